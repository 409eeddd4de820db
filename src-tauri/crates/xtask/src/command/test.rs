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
    /// Only the steps with this in their name, on what is built already.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
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
    if let Some(text) = &options.only {
        steps.retain(|step| step.name.contains(text));
        anyhow::ensure!(!steps.is_empty(), "no step has \"{text}\" in its name");
    }
    plan::carry_out(&workspace, &steps)?;
    Ok(ExitCode::SUCCESS)
}
