//! `cargo xtask bench [--only PART] [--leads N] [--paced-leads N] [--delivery-seconds N] [--out FILE]`: measures the real
//! programs against the simulator. Parts are `deliveries`, `paced` (import at Kommo's pace) and `large` (a large account).
//!
//! Figures are shares of a stated limit or of each other where that is possible; times are printed beside them and are
//! for reading, not for assertions.

mod client;
mod deliveries;
mod outside;
mod program;
mod report;
mod steps;

use program::Problem;
use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;

struct Arguments {
    /// Leads of the account that is imported without a limit and searched.
    leads: u32,
    /// Leads of the account that is imported at Kommo's pace.
    paced_leads: u32,
    /// How long webhooks are delivered.
    delivery_seconds: u32,
    /// Only this part.
    only: Option<String>,
    out: PathBuf,
}

impl Arguments {
    fn is_wanted(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }
}

const USAGE: &str = "usage: bench [--only deliveries|paced|large] [--leads N] [--paced-leads N] [--delivery-seconds N] [--out FILE]";

#[expect(clippy::print_stderr, reason = "a program's own report")]
fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("bench: {problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::default();
    let measured = runtime.block_on(steps::all(&arguments, &mut report));
    report.print();
    if let Err(error) = report.write(&arguments.out) {
        eprintln!("bench: cannot write `{}`: {error}", arguments.out.display());
        return ExitCode::FAILURE;
    }
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments, Problem> {
    let mut found = Arguments {
        leads: 100_000,
        paced_leads: 10_000,
        delivery_seconds: 60,
        only: None,
        out: PathBuf::from("bench-results/bench.json"),
    };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| Problem(format!("`{name}` needs a value")))?;
        let number = || value.parse::<u32>().map_err(|_| Problem(format!("`{name}` needs a number")));
        match name.as_str() {
            "--leads" => found.leads = number()?,
            "--paced-leads" => found.paced_leads = number()?,
            "--delivery-seconds" => found.delivery_seconds = number()?,
            "--only" => found.only = Some(value),
            "--out" => found.out = PathBuf::from(&value),
            _ => return Err(Problem(format!("unknown `{name}`"))),
        }
    }
    Ok(found)
}
