//! The window: made when first needed, hidden when closed, shown again.

use tauri::plugin::TauriPlugin;
use tauri::webview::{DownloadEvent, NewWindowResponse};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent, Wry};
use tauri_plugin_window_state::StateFlags;

use crate::{notify, tray};

/// The label of the one window. The permissions in `capabilities/main.json` are for it.
pub const MAIN: &str = "main";

const SIZE: (f64, f64) = (1280.0, 820.0);
const LEAST_SIZE: (f64, f64) = (960.0, 640.0);

/// Remembers place and size. Whether it is visible is ours to decide.
pub fn remembered() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::all() & !(StateFlags::VISIBLE | StateFlags::DECORATIONS))
        .with_filter(|label| label == MAIN)
        .build()
}

/// Shows the window in front of others; makes it when there is none yet.
pub fn show(app: &AppHandle) {
    let shown = match app.get_webview_window(MAIN) {
        Some(window) => window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()),
        None => create(app),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window cannot be shown");
    }
}

/// The program was started again while it runs. A start with the system (`--hidden`) opens nothing.
pub fn second_start(app: &AppHandle, arguments: &[String]) {
    // After a failed start there is no core behind a main window: its page stays in front.
    let has_core = app.try_state::<cadencia_app::App>().is_some();
    if has_core && !arguments.iter().any(|argument| argument == "--hidden") {
        show(app);
    }
}

fn create(app: &AppHandle) -> tauri::Result<()> {
    let built = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Cadência")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(LEAST_SIZE.0, LEAST_SIZE.1)
        .center()
        // Files dropped on the page are the page's: it reads a dropped `.env` itself.
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        // A link that wants a window of its own gets none; the page opens web addresses through `open_external`.
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|webview, event| match event {
            // Only files that the page itself has made, such as an exported log.
            DownloadEvent::Requested { url, .. } => matches!(url.scheme(), "blob" | "data"),
            DownloadEvent::Finished { path, success, .. } => {
                notify::about_file(webview.app_handle(), path.as_deref(), success);
                true
            }
            _ => true,
        })
        .build();
    built.map(|_| ())
}

/// The page stays on its own address: `tauri://localhost`, on Windows `http://tauri.localhost`, while developing Vite's.
fn is_ours(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")) => true,
        ("http", Some("localhost")) => cfg!(not(feature = "custom-protocol")) && url.port() == Some(5173),
        ("about", _) => url.path() == "blank",
        _ => false,
    }
}

/// Closing the window hides it while there is a tray icon to bring it back.
pub fn on_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && window.label() == MAIN
        && tray::is_there(window.app_handle())
    {
        api.prevent_close();
        match window.hide() {
            Ok(()) => notify::about_tray(window.app_handle()),
            Err(error) => tracing::error!(%error, "the window cannot be hidden"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_never_leaves_its_page() {
        for ours in
            ["tauri://localhost/leads", "http://tauri.localhost/", "https://tauri.localhost/x", "about:blank"]
        {
            assert!(is_ours(&Url::parse(ours).unwrap()), "{ours}");
        }
        for other in [
            "https://acme.kommo.com/",
            "file:///etc/passwd",
            "tauri://elsewhere/",
            "http://localhost:8000/",
            "data:text/html,x",
        ] {
            assert!(!is_ours(&Url::parse(other).unwrap()), "{other}");
        }
    }
}
