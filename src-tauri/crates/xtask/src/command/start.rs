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

/// A program of the workspace.
#[derive(Clone, Copy)]
struct Built {
    package: &'static str,
    name: &'static str,
}

const SIM: Built = Built { package: "cadencia-sim", name: "cadencia-sim" };
const SERVER: Built = Built { package: "cadencia-server", name: "cadencia-server" };
const BENCH: Built = Built { package: "cadencia-tests", name: "bench" };

const SIMULATE: Built = Built { package: "cadencia-tests", name: "simulate" };

/// The seeded simulation.
pub fn simulate(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare_rust()?;
    build(&workspace, &[SIMULATE])?;
    process::replace_by(program(&workspace, SIMULATE).args(arguments))
}

/// The simulated outside world.
pub fn sim(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare_rust()?;
    build(&workspace, &[SIM])?;
    process::replace_by(program(&workspace, SIM).args(arguments))
}

/// Cadência for a browser.
pub fn serve(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare(&workspace, Purpose::Headless)?;
    ui::build(&workspace)?;
    build(&workspace, &[SERVER])?;
    process::replace_by(program(&workspace, SERVER).arg("--ui").arg(workspace.built_ui()).args(arguments))
}

/// The measurements: of the real programs, which lie beside the one that measures.
pub fn bench(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare_rust()?;
    build(&workspace, &[SIM, SERVER, BENCH])?;
    process::replace_by(program(&workspace, BENCH).current_dir(&workspace.root).args(arguments))
}

fn build(workspace: &Workspace, programs: &[Built]) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--quiet", "--profile", PROFILE]);
    for built in programs {
        cargo.args(["--package", built.package, "--bin", built.name]);
    }
    process::run_silently(&mut cargo)
}

fn program(workspace: &Workspace, built: Built) -> Command {
    Command::new(workspace.program(PROFILE, built.name))
}
