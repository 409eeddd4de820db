//! `run`: from a fresh clone to the open window.

use std::env;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::setup::{self, Purpose};
use crate::ui;
use crate::workspace::Workspace;

/// What `run` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Opens on the demo account: no Kommo account, no keyring and no passphrase needed.
    #[arg(long)]
    demo: bool,
    /// Optimised, as it is published. Takes several minutes longer to build.
    #[arg(long)]
    release: bool,
    /// Options for the program itself, after `--`.
    #[arg(last = true)]
    arguments: Vec<std::ffi::OsString>,
}

/// No display: the exit code of a wrong call, since nothing was tried.
const NO_DISPLAY: u8 = 2;

/// Sets up what is missing, builds, and becomes the program.
pub fn run(options: &Options) -> Result<ExitCode> {
    if !has_display() {
        eprintln!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.\n\
             To use Cadência in a browser, on this machine or through a tunnel, start it without a window:\n\
             \n  cargo xtask serve{} --data target/serve --port 8787\n",
            if options.demo { " --demo" } else { "" }
        );
        return Ok(ExitCode::from(NO_DISPLAY));
    }
    let workspace = Workspace::find()?;
    setup::prepare(&workspace, Purpose::Desktop)?;
    ui::build(&workspace)?;
    let profile = if options.release { "release" } else { "dev" };
    process::run(workspace.cargo().args(["build", "--package", "cadencia", "--profile", profile]))?;
    let mut program = Command::new(workspace.program(profile, "cadencia"));
    if options.demo {
        program.arg("--demo");
    }
    process::replace_by(program.args(&options.arguments))
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
