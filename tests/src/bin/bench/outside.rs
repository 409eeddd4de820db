//! The simulated Kommo, and the program connected to it.

use crate::program::{Problem, Program};
use std::path::Path;

/// The simulated Kommo.
pub(crate) struct Kommo {
    pub(crate) program: Program,
}

/// Where a simulated Kommo is.
pub(crate) struct Address {
    base_url: String,
    token: String,
}

impl Kommo {
    /// An account of so many leads.
    pub(crate) fn start(leads: u32, more: &[&str]) -> Result<Self, Problem> {
        let leads = leads.to_string();
        let mut arguments = vec!["--port", "0", "--seed", "1", "--leads", &leads];
        arguments.extend(more);
        // What it does not tell cannot be asked for later.
        let program = Program::start("cadencia-sim", &arguments)?;
        program.text("base_url")?;
        program.text("long_lived_token")?;
        Ok(Self { program })
    }

    pub(crate) fn where_it_is(&self) -> Address {
        let text = |name| self.program.text(name).unwrap_or_default().to_owned();
        Address { base_url: text("base_url"), token: text("long_lived_token") }
    }

    /// The program, connected to it.
    pub(crate) fn server(&self, folder: &Path, more: &[&str]) -> Result<Program, Problem> {
        self.where_it_is().server(folder, more)
    }
}

impl Address {
    /// The program, connected to what is here.
    pub(crate) fn server(&self, folder: &Path, more: &[&str]) -> Result<Program, Problem> {
        let data = folder.display().to_string();
        let mut arguments = vec!["--data", &data, "--port", "0", "--poll-interval", "3600"];
        arguments.extend(["--kommo-url", &self.base_url, "--token", &self.token]);
        arguments.extend(more);
        Program::start("cadencia-server", &arguments)
    }
}
