//! `gen`: the TypeScript of the contract.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// What `gen` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Changes nothing; fails when the file is not what the contract says.
    #[arg(long)]
    check: bool,
}

/// Where the TypeScript lies, from the root of the workspace.
pub const OUTPUT: &str = "ui/src/lib/backend/contract.gen.ts";

/// Runs the generator of the contract's crate.
pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--quiet", "--package", "cadencia-contract", "--bin", "gen-contract", "--"]);
    if options.check {
        cargo.arg("--check");
    }
    process::run_silently(cargo.arg(OUTPUT))?;
    Ok(ExitCode::SUCCESS)
}
