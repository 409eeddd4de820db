//! Embeds the configuration, the permissions and the icons.

use std::env;
use std::path::Path;

use tauri_build::{AppManifest, Attributes, WindowsAttributes};

fn main() {
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    let mut attributes =
        Attributes::new().app_manifest(AppManifest::new().commands(&["call", "open_external"]));
    if target("OS") == "linux" {
        // WebKit runs inside this process and looks for the system's SQLite by name. Without this it would find ours,
        // which encrypts and is built with other options. tests/exports.rs checks it.
        println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
    if target("OS") == "windows" && target("ENV") == "msvc" {
        // A program that does not ask for the controls of Windows XP and later does not even start, and Tauri asks for
        // them in the program alone: the tests are programs too.
        attributes = attributes.windows_attributes(WindowsAttributes::new_without_app_manifest());
        embed_manifest(&Path::new(env!("CARGO_MANIFEST_DIR")).join("windows").join("program.manifest"));
    }
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:error={error:#}");
        std::process::exit(1);
    }
}

/// Tells the linker to put the manifest into everything that is linked here.
fn embed_manifest(manifest: &Path) {
    println!("cargo:rerun-if-changed={}", manifest.display());
    println!("cargo:rustc-link-arg=/MANIFEST:EMBED");
    println!("cargo:rustc-link-arg=/MANIFESTINPUT:{}", manifest.display());
}
