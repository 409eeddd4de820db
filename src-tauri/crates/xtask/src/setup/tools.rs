//! Tools of cargo that the tests use.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// `tauri-driver`, which speaks WebDriver to the desktop program.
pub fn tauri_driver(workspace: &Workspace) -> Result<PathBuf> {
    // "newest" on the registry is a preview of the next major version: the requirement keeps to this one.
    installed(workspace, "tauri-driver", "^2")
}

/// `cargo-fuzz`, which builds and runs the targets of `tests/fuzz`.
pub fn cargo_fuzz(workspace: &Workspace) -> Result<PathBuf> {
    installed(workspace, "cargo-fuzz", "^0.13")
}

/// A program of crates.io; installed inside the target folder when missing.
fn installed(workspace: &Workspace, name: &str, version: &str) -> Result<PathBuf> {
    let ours = workspace.tools().join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if ours.is_file() {
        return Ok(ours);
    }
    if let Some(found) = process::find(name) {
        return Ok(found);
    }
    process::run(
        workspace
            .cargo()
            .args(["install", name, "--version", version, "--locked", "--quiet", "--root"])
            .arg(workspace.tools()),
    )
    .with_context(|| format!("could not install {name}; is crates.io reachable?"))?;
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
