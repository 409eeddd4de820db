//! Steps of the Rust side. Every one of them names the whole workspace, because cargo picks the features of shared
//! dependencies by the packages that are named: naming them one by one would build the same crates again and again.

use std::process::Command;

use anyhow::Result;

use super::{Done, Step};
use crate::process;
use crate::setup::tools;
use crate::workspace::Workspace;

/// What `ui` has to have built before the desktop program compiles: the interface lies inside the program.
const INTERFACE: &[&str] = &["interface: build"];

/// Lints, and everything built once.
pub fn built() -> Vec<Step> {
    vec![
        Step::new("rust: lints", lints).after(INTERFACE),
        Step::new("rust: build", build).after(INTERFACE),
        Step::new("contract", contract).after(&["rust: build"]),
    ]
}

/// The tests.
pub fn tested() -> Vec<Step> {
    vec![
        Step::new("rust: tests", tests).after(&["rust: build"]),
        Step::new("rust: examples in the documentation", examples).after(&["rust: build"]),
    ]
}

fn lints(workspace: &Workspace) -> Result<Done> {
    process::run(workspace.cargo().args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(Done::Passed)
}

fn build(workspace: &Workspace) -> Result<Done> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--workspace", "--bins", "--tests"]);
    // Windows does not let a running program be replaced, and this one runs.
    if cfg!(windows) {
        cargo.args(["--exclude", "xtask"]);
    }
    process::run(&mut cargo)?;
    Ok(Done::Passed)
}

fn contract(workspace: &Workspace) -> Result<Done> {
    let mut command = Command::new(workspace.program("dev", "gen-contract"));
    process::run(
        command.current_dir(&workspace.root).args(["--check", crate::command::gen_contract::OUTPUT]),
    )?;
    Ok(Done::Passed)
}

fn tests(workspace: &Workspace) -> Result<Done> {
    process::run(&mut runner(workspace, &Selection::default()))?;
    Ok(Done::Passed)
}

fn examples(workspace: &Workspace) -> Result<Done> {
    process::run(workspace.cargo().args(["test", "--quiet", "--workspace", "--doc"]))?;
    Ok(Done::Passed)
}

/// Which tests of the workspace to run.
#[derive(Default)]
pub struct Selection {
    /// Only the tests of this target.
    pub target: Option<&'static str>,
    /// Only tests with this in their name.
    pub name: Option<&'static str>,
    /// Those that are left out by default because they need something around them (`#[ignore = "..."]`), and only
    /// those.
    pub ignored: bool,
    /// One after the other, because they share a screen.
    pub one_by_one: bool,
}

/// The test runner: cargo-nextest where it is installed, cargo's own where not.
pub fn runner(workspace: &Workspace, selection: &Selection) -> Command {
    let mut command = workspace.cargo();
    let nextest = tools::has_nextest();
    command.args(if nextest { ["nextest", "run"].as_slice() } else { ["test"].as_slice() });
    command.arg("--workspace");
    match selection.target {
        Some(target) => command.args(["--test", target]),
        // What nextest runs by default; `cargo test` would add the examples in the documentation.
        None => command.args(["--bins", "--lib", "--tests"]),
    };
    if nextest {
        command.args(["--no-fail-fast", "--status-level", "slow", "--final-status-level", "slow"]);
        if selection.ignored {
            command.args(["--run-ignored", "only"]);
        }
        if selection.one_by_one {
            command.args(["--test-threads", "1"]);
        }
        command.args(selection.name);
    } else {
        command.arg("--no-fail-fast").args(selection.name).arg("--");
        if selection.ignored {
            command.arg("--ignored");
        }
        if selection.one_by_one {
            command.arg("--test-threads=1");
        }
    }
    command
}
