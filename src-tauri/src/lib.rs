//! The desktop shell: what needs an operating-system window, and nothing else. It starts the core
//! (`cadencia-app`), hands commands and events through, and adds a window, a tray icon, notifications, one instance
//! per data folder and the start with the system.
//!
//! One matter per file: [`arguments`] the command line; `compose` starts the core; `host` the commands; `events` the
//! way back; `window`, `tray`, `notify`, `autostart` what their names say; `standing` what the tray shows; `words`
//! its words in three languages; `failure` the page that is shown when the core cannot start.

pub mod arguments;
mod autostart;
mod compose;
mod events;
mod failure;
mod host;
mod notify;
mod standing;
mod tray;
mod window;
mod words;

use std::process::ExitCode;

use clap::Parser as _;
use tauri::{RunEvent, generate_context, generate_handler};
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;

/// Runs the program until the person quits. The exit code is not 0 when it could not start.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("CADENCIA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was already there");
    }

    let instance = arguments.instance();
    let mut context = generate_context!();
    // Only on Linux does the lock of the one instance have a name of its own. Elsewhere the identifier is its name, and
    // `--demo` would bring the window of the real accounts to the front.
    if cfg!(not(target_os = "linux")) {
        context.config_mut().identifier.clone_from(&instance);
    }
    let built = tauri::Builder::default()
        // First, so that a second start ends before it does anything.
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(instance)
                .callback(|app, arguments, _folder| window::second_start(app, &arguments))
                .build(),
        )
        .plugin(tauri_plugin_notification::init())
        .plugin(window::remembered())
        .plugin(autostart::plugin())
        .register_uri_scheme_protocol(failure::SCHEME, |context, _request| {
            failure::page(context.app_handle())
        })
        .invoke_handler(generate_handler![host::call, host::open_external])
        .on_window_event(window::on_event)
        .setup(move |app| {
            notify::follow_clicks(app.handle());
            compose::follow_signals(app.handle());
            compose::start(app.handle(), &arguments)?;
            Ok(())
        })
        .build(context);
    let app = match built {
        Ok(app) => app,
        Err(error) => return cannot_open(&error),
    };
    let code = app.run_return(|app, event| match event {
        // The last window may be closed, or never have been opened: the program goes on in the tray.
        RunEvent::ExitRequested { code: None, api, .. } if tray::is_there(app) => api.prevent_exit(),
        RunEvent::Exit => compose::stop(app),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    });
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

#[expect(clippy::print_stderr, reason = "there is no window in which to say it")]
fn cannot_open(error: &tauri::Error) -> ExitCode {
    eprintln!("cadencia: no window can be opened: {error}");
    ExitCode::FAILURE
}
