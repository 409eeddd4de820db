//! `test`: every check and every test, from a fresh clone on.

use std::process::ExitCode;

use anyhow::Result;

use crate::plan;
use crate::setup::{self, Purpose};
use crate::workspace::Workspace;

/// What `test` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Leaves out what needs a screen, a browser or a keyring.
    #[arg(long)]
    quick: bool,
}

/// Sets up what is missing and runs all steps; fails when one has failed.
pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    // The desktop program is compiled and linted in both cases.
    setup::prepare(&workspace, if options.quick { Purpose::Desktop } else { Purpose::Test })?;
    setup::tools::rust_components(&workspace)?;
    let mut steps = plan::statics();
    steps.extend(plan::interface());
    steps.extend(plan::built());
    steps.extend(plan::tested());
    if !options.quick {
        steps.extend(plan::journeys());
    }
    plan::carry_out(&workspace, &steps)?;
    Ok(ExitCode::SUCCESS)
}
