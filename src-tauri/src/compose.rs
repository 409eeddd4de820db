//! Starts the core, then the window and everything that follows the core; stops it at the end.

use std::path::PathBuf;

use cadencia_app::{App, AppConfig, Source};
use secrecy::SecretString;
use tauri::{AppHandle, Manager as _, async_runtime};

use crate::arguments::{Arguments, IDENTIFIER};
use crate::{events, failure, tray, window, words};

/// Starts everything. Returns at once: opening the database or a keyring that asks the person must not stop the
/// system's event loop. Fails only when the system names no folder for data.
pub fn start(app: &AppHandle, arguments: &Arguments) -> tauri::Result<()> {
    let config = config(app, arguments)?;
    let hidden = arguments.hidden;
    let app = app.clone();
    async_runtime::spawn(async move {
        match App::start(config).await {
            Ok(core) => {
                let standing = events::first_standing(&core).await;
                let opening = app.clone();
                // Windows and tray icons belong to the thread of the event loop.
                let opened = app.run_on_main_thread(move || {
                    opening.manage(core.clone());
                    tray::place(&opening, standing);
                    events::follow(&opening, core);
                    if !hidden || !tray::is_there(&opening) {
                        window::show(&opening);
                    }
                });
                if let Err(error) = opened {
                    tracing::error!(%error, "the event loop has ended before the start");
                }
            }
            Err(error) => {
                tracing::error!(error = ?error, "the core cannot start");
                failure::show(&app, &error);
            }
        }
    });
    Ok(())
}

/// A system that shuts down asks with a signal: the program then ends as if the person had chosen to.
pub fn follow_signals(app: &AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let app = app.clone();
        async_runtime::spawn(async move {
            let (Ok(mut terminate), Ok(mut interrupt)) =
                (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
            else {
                return tracing::warn!("signals cannot be followed");
            };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            app.exit(0);
        });
    }
    #[cfg(not(unix))]
    let _ = app;
}

/// Lets the core finish what it does and close the database.
pub fn stop(app: &AppHandle) {
    if let Some(core) = app.try_state::<App>() {
        async_runtime::block_on(core.shutdown());
    }
}

fn config(app: &AppHandle, arguments: &Arguments) -> tauri::Result<AppConfig> {
    let mut config = AppConfig::new(folder(app, arguments)?);
    config.source = match (&arguments.kommo_url, arguments.demo) {
        (_, true) => Source::Demo,
        (Some(url), _) => Source::Address { url: url.clone(), token: None },
        (None, _) => Source::Kommo,
    };
    config.listener_port = arguments.listener_port;
    config.language = words::system_language();
    config.passphrase =
        std::env::var("CADENCIA_PASSPHRASE").ok().filter(|text| !text.is_empty()).map(SecretString::from);
    Ok(config)
}

fn folder(app: &AppHandle, arguments: &Arguments) -> tauri::Result<PathBuf> {
    match &arguments.data {
        Some(folder) => Ok(folder.clone()),
        // Tauri's own folder for the program would follow the identifier, and that is another for each instance.
        None => app.path().data_dir().map(|folder| folder.join(IDENTIFIER)),
    }
}
