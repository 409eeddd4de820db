//! Embeds the configuration, the permissions and the icons.

use tauri_build::{AppManifest, Attributes};

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // WebKit runs inside this process and looks for the system's SQLite by name. Without this it would find ours,
        // which encrypts and is built with other options. tests/exports.rs checks it.
        println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
    let commands = AppManifest::new().commands(&["call", "open_external"]);
    if let Err(error) = tauri_build::try_build(Attributes::new().app_manifest(commands)) {
        println!("cargo:error={error:#}");
        std::process::exit(1);
    }
}
