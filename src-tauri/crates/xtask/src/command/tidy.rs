//! `tidy`: the rules of the house that no compiler checks.

use std::process::ExitCode;

use anyhow::Result;

use crate::tidy;
use crate::workspace::Workspace;

/// Prints every violation; fails when there is one.
pub fn run() -> Result<ExitCode> {
    tidy::check(&Workspace::find()?)?;
    println!("tidy");
    Ok(ExitCode::SUCCESS)
}
