//! What a fresh machine still lacks, found and installed: system packages, Node.js, packages of npm, tools of cargo.

pub mod browser;
mod node;
mod packages;
pub mod perl;
mod platform;
pub mod tools;

use anyhow::Result;

use crate::ui;
use crate::workspace::Workspace;

/// What the machine is about to be used for. Each level includes the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Purpose {
    /// Everything without a window: `serve`, `sim`, `test --quick`.
    Headless,
    /// The desktop program.
    Desktop,
    /// Every test, in a real window and in a browser too.
    Test,
}

/// Installs what is missing for a purpose. Says what it does before it does it; an error names what a person has to
/// install and the command for it.
pub fn prepare(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    packages::install_missing(purpose)?;
    node::check()?;
    ui::install(workspace, &workspace.ui())
}

/// Installs what is missing to build Rust programs without a window and without a user interface.
pub fn prepare_rust() -> Result<()> {
    packages::install_missing(Purpose::Headless)
}
