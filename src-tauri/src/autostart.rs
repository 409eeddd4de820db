//! Starting with the system, as the preference says.

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::ManagerExt as _;

/// Started with the system the program stays in the tray.
pub fn plugin() -> TauriPlugin<Wry> {
    tauri_plugin_autostart::Builder::new().app_name("Cadencia").arg("--hidden").build()
}

/// Makes the system do what the person has just chosen. It is not called at a start: whoever removed the entry with
/// the system's own settings does not get it back.
pub fn set(app: &AppHandle, wanted: bool) {
    let entry = app.autolaunch();
    let done = if wanted { entry.enable() } else { entry.disable() };
    if let Err(error) = done {
        tracing::warn!(%error, wanted, "the start with the system cannot be changed");
    }
}
