//! `icons`: draws every icon anew.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Builds the drawing program, which needs libraries the other commands do without, and runs it.
pub fn run() -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let folder = workspace.root.join("icons");
    process::run(
        workspace
            .cargo()
            .args([
                "run",
                "--quiet",
                "--package",
                "xtask",
                "--features",
                "icons",
                "--bin",
                "draw-icons",
                "--",
            ])
            .arg(folder),
    )?;
    Ok(ExitCode::SUCCESS)
}
