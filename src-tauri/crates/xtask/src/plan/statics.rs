//! Steps that only read.

use anyhow::Result;

use super::{Done, Step};
use crate::process;
use crate::setup::tools;
use crate::tidy;
use crate::workspace::Workspace;

/// Formatting, the rules of the house, and dependencies.
pub fn statics() -> Vec<Step> {
    vec![
        Step::new("format", format),
        Step::new("tidy", |workspace| tidy::check(workspace).map(|()| Done::Passed)),
        Step::new("dependencies", dependencies),
    ]
}

fn format(workspace: &Workspace) -> Result<Done> {
    process::run(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Done::Passed)
}

fn dependencies(workspace: &Workspace) -> Result<Done> {
    if !tools::has_deny() {
        let why = "cargo-deny is not installed (cargo install cargo-deny --locked)";
        return Ok(Done::Skipped(why.to_owned()));
    }
    // Known weaknesses need a database from the network: the workflow asks for them in a step of its own.
    process::run(workspace.cargo().args(["deny", "--all-features", "check", "licenses", "bans", "sources"]))?;
    Ok(Done::Passed)
}
