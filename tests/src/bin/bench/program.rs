//! The real programs, started and measured from outside.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Why a measurement could not be made.
#[derive(Debug)]
pub(crate) struct Problem(pub(crate) String);

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// A running program. Killed when dropped.
pub(crate) struct Program {
    child: Child,
    /// The first line it printed.
    pub(crate) first_line: Value,
}

impl Program {
    /// Starts `name`, a program built beside this one, and waits for its first line.
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Result<Self, Problem> {
        let path = beside(name)?;
        let mut child = Command::new(&path)
            .args(arguments)
            .env("CADENCIA_PASSPHRASE", "bench passphrase")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Problem(format!("cannot start `{}`: {error}", path.display())))?;
        let output = child.stdout.take().ok_or_else(|| Problem("no output".to_owned()))?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let first_line = serde_json::from_str(&line)
            .map_err(|_| Problem(format!("`{name}` said nothing that is JSON")))?;
        Ok(Self { child, first_line })
    }

    /// A text of the first line.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Problem> {
        self.first_line[name].as_str().ok_or_else(|| Problem(format!("the first line has no `{name}`")))
    }

    /// Largest resident memory so far, in bytes; none where the system does not tell.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(self.proc().join("status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
    }

    /// Processor time used so far, in seconds; none where the system does not tell.
    pub(crate) fn cpu_seconds(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(self.proc().join("stat")).ok()?;
        let after = stat.rsplit_once(')')?.1;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
        // USER_HZ is 100 on every Linux that this runs on.
        Some(ticks / 100.0)
    }

    fn proc(&self) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn beside(name: &str) -> Result<PathBuf, Problem> {
    let own = std::env::current_exe()?;
    let path = own.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if path.exists() { Ok(path) } else { Err(Problem(format!("`{}` is not built", path.display()))) }
}
