//! Desktop notifications. Whether one was seen is not known: a system without a notification service drops them
//! silently, so nothing may depend on one.

use std::path::Path;

use cadencia_app::App;
use cadencia_contract::{Language, Notice, Preferences, PreferencesPatch};
use serde_json::json;
use tauri::{AppHandle, Manager as _, async_runtime};
use tauri_plugin_notification::NotificationExt as _;

use crate::{tray, window, words};

/// A click on a notification opens the window.
pub fn follow_clicks(app: &AppHandle) {
    let opened = app.clone();
    let followed = app.notification().on_action(move |_| {
        let app = opened.clone();
        if let Err(error) = opened.run_on_main_thread(move || window::show(&app)) {
            tracing::warn!(%error, "a click on a notification cannot open the window");
        }
    });
    if let Err(error) = followed {
        tracing::warn!(%error, "clicks on notifications are not told");
    }
}

/// Shows what the core wants to say, unless the person wants no notifications.
pub fn about(app: &AppHandle, notice: &Notice) {
    if tray::standing(app).notifications {
        show(app, &notice.title, &notice.body);
    }
}

/// Says that a file lies in the folder for downloads, or that it does not.
pub fn about_file(app: &AppHandle, path: Option<&Path>, success: bool) {
    let title = if success { words::SAVED } else { words::NOT_SAVED };
    let place = path.map(|path| path.display().to_string()).unwrap_or_default();
    show(app, title.in_language(tray::standing(app).language), &place);
}

/// Says, once in the life of an installation, that closing the window does not end the program.
pub fn about_tray(app: &AppHandle) {
    let Some(core) = app.try_state::<App>().map(|core| App::clone(&core)) else { return };
    let app = app.clone();
    async_runtime::spawn(async move {
        match first_time(&core).await {
            Some(language) => {
                let title = words::STILL_HERE.in_language(language);
                show(&app, title, words::STILL_HERE_WHY.in_language(language));
            }
            None => tracing::debug!("the person knows about the tray icon"),
        }
    });
}

/// The language to say it in, when it was not said before. It is written down before it is said.
async fn first_time(core: &App) -> Option<Language> {
    let answer = core.call("preferences_get", json!({})).await.ok()?;
    let preferences: Preferences = serde_json::from_value(answer).ok()?;
    if preferences.told_about_tray {
        return None;
    }
    let told = PreferencesPatch { told_about_tray: Some(true), ..PreferencesPatch::default() };
    core.call("preferences_set", serde_json::to_value(told).ok()?).await.ok()?;
    Some(words::language_of(&preferences))
}

fn show(app: &AppHandle, title: &str, body: &str) {
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::warn!(%error, "a notification cannot be shown");
    }
}
