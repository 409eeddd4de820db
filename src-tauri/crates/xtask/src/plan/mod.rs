//! A plan: steps that run one after the other, each told with its time, all told again in a table.

mod interface;
mod journeys;
mod rust;
mod statics;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

pub use self::interface::interface;
pub use self::journeys::journeys;
pub use self::rust::{built, tested};
pub use self::statics::statics;
use crate::workspace::Workspace;

/// How a step ended that did not fail.
pub enum Done {
    /// Everything it looks at is right.
    Passed,
    /// It could not look, and need not; with the reason.
    Skipped(String),
}

/// One step.
pub struct Step {
    /// What it is called in headings and in the table.
    pub name: &'static str,
    /// The steps without which it makes no sense to start.
    pub needs: &'static [&'static str],
    /// Does it.
    pub act: fn(&Workspace) -> Result<Done>,
}

impl Step {
    /// A step that needs no other.
    pub const fn new(name: &'static str, act: fn(&Workspace) -> Result<Done>) -> Self {
        Self { name, needs: &[], act }
    }

    /// The same step, which is not started unless the others have passed.
    pub const fn after(mut self, needs: &'static [&'static str]) -> Self {
        self.needs = needs;
        self
    }
}

enum Ending {
    Passed,
    Failed,
    Skipped(String),
    NotRun(&'static str),
}

/// Runs every step, also after one has failed, except those that need a failed one; prints the table. Fails when a
/// step has failed or could not run.
pub fn carry_out(workspace: &Workspace, steps: &[Step]) -> Result<()> {
    let begin = now();
    let mut broken = BTreeSet::new();
    let mut endings = Vec::new();
    for step in steps {
        let started = now();
        let ending = match step.needs.iter().find(|need| broken.contains(*need)) {
            Some(need) => {
                println!("\n== {}: not run, it needs \"{need}\"", step.name);
                Ending::NotRun(need)
            }
            None => act(workspace, step),
        };
        if matches!(ending, Ending::Failed | Ending::NotRun(_)) {
            broken.insert(step.name);
        }
        endings.push((step.name, ending, started.elapsed()));
    }
    println!("\n{}", table(&endings));
    let count = |is: fn(&Ending) -> bool| endings.iter().filter(|(_, ending, _)| is(ending)).count();
    let passed = count(|ending| matches!(ending, Ending::Passed));
    let skipped = count(|ending| matches!(ending, Ending::Skipped(_)));
    let time = shown(begin.elapsed());
    println!("{passed} passed, {} failed, {skipped} skipped in {time}", broken.len());
    if !broken.is_empty() {
        bail!("not everything passed: {}", broken.into_iter().collect::<Vec<_>>().join(", "));
    }
    Ok(())
}

fn act(workspace: &Workspace, step: &Step) -> Ending {
    println!("\n== {}", step.name);
    let started = now();
    let outcome = (step.act)(workspace);
    let time = shown(started.elapsed());
    match outcome {
        Ok(Done::Passed) => {
            println!("== {}: passed in {time}", step.name);
            Ending::Passed
        }
        Ok(Done::Skipped(why)) => {
            println!("== {}: skipped, {why}", step.name);
            Ending::Skipped(why)
        }
        Err(error) => {
            println!("== {}: FAILED in {time}\n{error:#}", step.name);
            Ending::Failed
        }
    }
}

fn table(endings: &[(&str, Ending, Duration)]) -> String {
    let width = endings.iter().map(|(name, _, _)| name.chars().count()).max().unwrap_or(0);
    let rows = endings.iter().map(|(name, ending, time)| {
        let word = match ending {
            Ending::Passed => "passed".to_owned(),
            Ending::Failed => "FAILED".to_owned(),
            Ending::Skipped(why) => format!("skipped: {why}"),
            Ending::NotRun(need) => format!("NOT RUN: needs \"{need}\""),
        };
        format!("{name:width$}  {:>8}  {word}\n", shown(*time))
    });
    rows.collect()
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} m {:02} s", seconds / 60, seconds % 60)
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a step took is told to a person and decides nothing")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn nowhere() -> Workspace {
        Workspace { root: PathBuf::from("nowhere"), target: PathBuf::from("nowhere") }
    }

    #[test]
    fn a_failed_step_stops_only_what_needs_it_and_fails_the_plan() {
        let steps = [
            Step::new("build", |_| bail!("broken")),
            Step::new("use", |_| panic!("must not be started")).after(&["build"]),
            Step::new("use of use", |_| panic!("must not be started")).after(&["use"]),
            Step::new("apart", |_| Ok(Done::Passed)),
        ];
        let error = carry_out(&nowhere(), &steps).unwrap_err().to_string();
        assert_eq!(error, "not everything passed: build, use, use of use");
    }

    #[test]
    fn a_skipped_step_is_no_failure() {
        let steps = [
            Step::new("optional", |_| Ok(Done::Skipped("not installed".to_owned()))),
            Step::new("next", |_| Ok(Done::Passed)).after(&["optional"]),
        ];
        assert!(carry_out(&nowhere(), &steps).is_ok());
    }

    #[test]
    fn the_table_lines_up_and_tells_the_reason() {
        let endings = [
            ("a", Ending::Passed, Duration::from_millis(1500)),
            ("longer", Ending::Skipped("no tool".to_owned()), Duration::from_secs(61)),
        ];
        assert_eq!(table(&endings), "a          1.5 s  passed\nlonger  1 m 01 s  skipped: no tool\n");
    }
}
