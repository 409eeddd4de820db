//! Runs the seeded simulation: `simulate --seeds N` or `simulate --seed S`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use cadencia_tests::simulate;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| -> Option<u64> {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse().ok()
    };
    let (first, count) = match (number("--seed"), number("--seeds")) {
        (Some(seed), _) => (seed, 1),
        (None, Some(count)) => (number("--from").unwrap_or(1), count),
        (None, None) => {
            eprintln!("usage: simulate --seeds N [--from S] | --seed S");
            return ExitCode::from(2);
        }
    };
    let mut all = simulate::Report::default();
    for seed in first..first + count {
        match simulate::run(seed) {
            Ok(report) => all.add(&report),
            Err(what) => {
                eprintln!("{what}\n\nseen again with: cargo xtask simulate --seed {seed}");
                return ExitCode::FAILURE;
            }
        }
        if count > 1 && (seed - first + 1).is_multiple_of(100) {
            eprintln!("{} of {count} seeds", seed - first + 1);
        }
    }
    println!("{count} seeds: {all}");
    ExitCode::SUCCESS
}
