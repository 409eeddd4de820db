//! Steps of the user interface.

use anyhow::Result;

use super::{Done, Step};
use crate::process;
use crate::ui;
use crate::workspace::Workspace;

/// Build first: the desktop program does not compile without it.
pub fn interface() -> Vec<Step> {
    vec![
        Step::new("interface: build", |workspace| ui::build(workspace).map(|()| Done::Passed)),
        Step::new("interface: types", |workspace| script(workspace, "check")).after(&["interface: build"]),
        Step::new("interface: lints", |workspace| script(workspace, "lint")).after(&["interface: build"]),
        Step::new("interface: tests", |workspace| script(workspace, "test")).after(&["interface: build"]),
    ]
}

fn script(workspace: &Workspace, name: &str) -> Result<Done> {
    process::run(workspace.npm(&workspace.ui()).args(["run", "--silent", name]))?;
    Ok(Done::Passed)
}
