//! The rules of the house that no compiler checks. Each rule is a function from a file (or the list of files) to
//! violations; all are printed, each as `file:line: what is wrong`.

mod bundle;
mod crates;
mod files;
mod messages;
mod migrations;
mod text;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// One thing that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    file: PathBuf,
    line: usize,
    what: String,
}

impl Violation {
    fn new(file: &Path, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// Prints every violation; fails when there is one.
pub fn check(workspace: &Workspace) -> Result<()> {
    let root = &workspace.root;
    let files = listed(root)?;
    let mut violations = Vec::new();
    for file in &files {
        violations.extend(files::named_well(file));
        // What cannot be read as text (pictures) has no lines to check.
        if let Ok(content) = std::fs::read_to_string(root.join(file)) {
            violations.extend(files::short_enough(file, &content));
            violations.extend(text::clean(file, &content));
        }
    }
    violations.extend(crates::documented(root)?);
    violations.extend(bundle::named_for_debian(root)?);
    violations.extend(migrations::numbered(&files));
    violations.extend(messages::complete(root)?);
    violations.sort();
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => Ok(()),
        1 => bail!("1 violation of the rules of the house"),
        count => bail!("{count} violations of the rules of the house"),
    }
}

/// Every file that is, or would be, in the repository, by its path from the root.
fn listed(root: &Path) -> Result<Vec<PathBuf>> {
    let list = process::answer(Command::new("git").current_dir(root).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]))
    .context("could not list the files; is this a clone made with git?")?;
    let files = list.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(files.filter(|file| root.join(file).is_file()).collect())
}
