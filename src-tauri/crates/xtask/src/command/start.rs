//! `sim`, `serve` and `bench`: build a program, optimised yet quickly, and become it. Nothing but the program itself
//! writes to standard output, so that its first line can be read by whoever started it.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::setup::{self, Purpose};
use crate::ui;
use crate::workspace::Workspace;

const PROFILE: &str = "fast";

/// The simulated outside world.
pub fn sim(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare_rust()?;
    let mut program = built(&workspace, "cadencia-sim", "cadencia-sim")?;
    process::replace_by(program.args(arguments))
}

/// Cadência for a browser.
pub fn serve(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare(&workspace, Purpose::Headless)?;
    ui::build(&workspace)?;
    let mut program = built(&workspace, "cadencia-server", "cadencia-server")?;
    process::replace_by(program.arg("--ui").arg(workspace.built_ui()).args(arguments))
}

/// The measurements.
pub fn bench(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare_rust()?;
    let mut program = built(&workspace, "cadencia-tests", "bench")?;
    process::replace_by(program.current_dir(&workspace.root).args(arguments))
}

fn built(workspace: &Workspace, package: &str, program: &str) -> Result<Command> {
    process::run_silently(workspace.cargo().args([
        "build",
        "--quiet",
        "--profile",
        PROFILE,
        "--package",
        package,
        "--bin",
        program,
    ]))?;
    Ok(Command::new(workspace.program(PROFILE, program)))
}
