//! Tools of cargo that the tests use.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// `tauri-driver`, which speaks WebDriver to the desktop program; installed inside the target folder when missing.
pub fn tauri_driver(workspace: &Workspace) -> Result<PathBuf> {
    let ours = workspace.tools().join("bin").join(format!("tauri-driver{}", std::env::consts::EXE_SUFFIX));
    if ours.is_file() {
        return Ok(ours);
    }
    if let Some(installed) = process::find("tauri-driver") {
        return Ok(installed);
    }
    // "newest" on the registry is a preview of the next major version: the requirement keeps to this one.
    process::run(
        workspace
            .cargo()
            .args(["install", "tauri-driver", "--version", "^2", "--locked", "--quiet", "--root"])
            .arg(workspace.tools()),
    )
    .context("could not install tauri-driver; is crates.io reachable?")?;
    Ok(ours)
}

/// `cargo-fuzz`; installed inside the target folder when missing.
pub fn cargo_fuzz(workspace: &Workspace) -> Result<PathBuf> {
    let ours = workspace.tools().join("bin").join(format!("cargo-fuzz{}", std::env::consts::EXE_SUFFIX));
    if ours.is_file() {
        return Ok(ours);
    }
    if let Some(installed) = process::find("cargo-fuzz") {
        return Ok(installed);
    }
    process::run(
        workspace
            .cargo()
            .args(["install", "cargo-fuzz", "--version", "^0.13", "--locked", "--quiet", "--root"])
            .arg(workspace.tools()),
    )
    .context("could not install cargo-fuzz; is crates.io reachable?")?;
    Ok(ours)
}

/// The formatter and the linter, which a minimal installation of Rust leaves out.
pub fn rust_components(workspace: &Workspace) -> Result<()> {
    let lacks = |tool: &str| process::answer(workspace.cargo().args([tool, "--version"])).is_none();
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(tool, _)| lacks(tool))
        .map(|(_, name)| name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.join(" and ");
    ensure!(
        process::find("rustup").is_some(),
        "{named} is missing beside cargo, and there is no rustup to add it: install it the way Rust was installed"
    );
    process::run(Command::new("rustup").args(["component", "add"]).args(&missing))
        .with_context(|| format!("could not add {named} to this Rust"))
}

/// Whether tests are run by cargo-nextest (in parallel, each in a process of its own) or by `cargo test`.
pub fn has_nextest() -> bool {
    process::find("cargo-nextest").is_some()
}

/// Whether licences, sources and known weaknesses of dependencies can be checked.
pub fn has_deny() -> bool {
    process::find("cargo-deny").is_some()
}
