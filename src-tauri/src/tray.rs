//! The icon in the tray, its menu, and what it shows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cadencia_app::App;
use serde_json::json;
use tauri::image::Image;
use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry, async_runtime, include_image};

use crate::standing::{Icon, Standing, State};
use crate::{window, words};

const OPEN: &str = "open";
const SYNC_NOW: &str = "sync_now";
const QUIT: &str = "quit";

/// What is shown, and the parts that show it. Kept by Tauri as state.
pub struct Tray {
    standing: Mutex<Standing>,
    parts: Option<Parts>,
}

struct Parts {
    icon: TrayIcon,
    line: MenuItem<Wry>,
    open: MenuItem<Wry>,
    sync_now: MenuItem<Wry>,
    quit: MenuItem<Wry>,
}

/// Whether there is an icon from which a hidden window can be opened again.
pub fn is_there(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some_and(|tray| tray.parts.is_some())
}

/// How the accounts stand now.
pub fn standing(app: &AppHandle) -> Standing {
    app.try_state::<Tray>().map(|tray| tray.lock().clone()).unwrap_or_default()
}

/// Puts the icon into the tray. On a system that has none the program runs without.
pub fn place(app: &AppHandle, standing: Standing) {
    // The library behind the icon is loaded while the program runs on Linux, and its absence is a panic.
    let built = catch_unwind(AssertUnwindSafe(|| build(app, &standing)));
    let parts = match built {
        Ok(Ok(parts)) => Some(parts),
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no tray icon; closing the window ends the program");
            None
        }
        Err(_) => {
            tracing::warn!("the library of the tray icon is missing; closing the window ends the program");
            None
        }
    };
    app.manage(Tray { standing: Mutex::new(standing), parts });
}

/// Changes what is known and shows what changed by it.
pub fn update(app: &AppHandle, change: impl FnOnce(&mut Standing)) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let (before, after) = {
        let mut standing = tray.lock();
        let before = standing.clone();
        change(&mut standing);
        (before, standing.clone())
    };
    let Some(parts) = &tray.parts else { return };
    if let Err(error) = parts.show(&before, &after) {
        tracing::warn!(%error, "the tray icon cannot be changed");
    }
}

impl Tray {
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn build(app: &AppHandle, standing: &Standing) -> tauri::Result<Parts> {
    let language = standing.language;
    let state = standing.state();
    let item = |id: &str, text: &str| MenuItemBuilder::with_id(id, text).build(app);
    let line = MenuItemBuilder::new(state.line(language)).enabled(false).build(app)?;
    let open = item(OPEN, words::OPEN.in_language(language))?;
    let sync_now = item(SYNC_NOW, words::SYNC_NOW.in_language(language))?;
    let quit = item(QUIT, words::QUIT.in_language(language))?;
    let menu = MenuBuilder::new(app)
        .items(&[&line])
        .separator()
        .items(&[&open, &sync_now])
        .separator()
        .items(&[&quit])
        .build()?;
    let icon = TrayIconBuilder::with_id("main")
        .icon(picture(state.icon()))
        .tooltip(tooltip(state, standing))
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| match event.id().as_ref() {
            OPEN => window::show(app),
            SYNC_NOW => poll_now(app),
            QUIT => app.exit(0),
            _ => {}
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::show(tray.app_handle());
            }
        })
        .build(app)?;
    Ok(Parts { icon, line, open, sync_now, quit })
}

impl Parts {
    fn show(&self, before: &Standing, after: &Standing) -> tauri::Result<()> {
        let (was, is) = (before.state(), after.state());
        if before.language != after.language {
            self.open.set_text(words::OPEN.in_language(after.language))?;
            self.sync_now.set_text(words::SYNC_NOW.in_language(after.language))?;
            self.quit.set_text(words::QUIT.in_language(after.language))?;
        }
        if before.language != after.language || was != is {
            self.line.set_text(is.line(after.language))?;
            self.icon.set_tooltip(Some(tooltip(is, after)))?;
        }
        if was.icon() != is.icon() {
            self.icon.set_icon(Some(picture(is.icon())))?;
        }
        Ok(())
    }
}

fn tooltip(state: State, standing: &Standing) -> String {
    format!("Cadência: {}", state.line(standing.language))
}

fn picture(icon: Icon) -> Image<'static> {
    match icon {
        Icon::Normal => include_image!("../icons/tray/normal.png"),
        Icon::Importing => include_image!("../icons/tray/importing.png"),
        Icon::Problem => include_image!("../icons/tray/problem.png"),
    }
}

/// Asks Kommo for changes, for every account.
fn poll_now(app: &AppHandle) {
    let Some(core) = app.try_state::<App>().map(|core| App::clone(&core)) else { return };
    let accounts: Vec<String> = standing(app).accounts().map(str::to_owned).collect();
    async_runtime::spawn(async move {
        for account in accounts {
            if let Err(error) = core.call("sync_poll_now", json!({ "account_id": account })).await {
                tracing::warn!(%error, "an account cannot be polled now");
            }
        }
    });
}
