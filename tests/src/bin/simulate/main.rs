//! Runs the seeded simulation: `simulate --seeds N` or `simulate --seed S`. `simulate --proof NAME --times N` does one thing
//! very often, and counts.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use cadencia_tests::simulate::{self, proof::Proof};
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| -> Option<u64> {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse().ok()
    };
    let proof = arguments.iter().position(|argument| argument == "--proof");
    if let Some(place) = proof {
        let name = arguments.get(place + 1).map(String::as_str).unwrap_or_default();
        return prove(name, number("--times").unwrap_or(10_000));
    }
    let (first, count) = match (number("--seed"), number("--seeds")) {
        (Some(seed), _) => (seed, 1),
        (None, Some(count)) => (number("--from").unwrap_or(1), count),
        (None, None) => {
            eprintln!("usage: simulate --seeds N [--from S] | --seed S | --proof NAME [--times N]");
            return ExitCode::from(2);
        }
    };
    match run_side_by_side(first, count) {
        Ok(all) => {
            println!("{count} seeds: {all}");
            ExitCode::SUCCESS
        }
        Err(Failed { seed, what }) => {
            eprintln!("{what}\n\nseen again with: cargo xtask simulate --seed {seed}");
            ExitCode::FAILURE
        }
    }
}

/// A seed that did not hold.
struct Failed {
    seed: u64,
    what: simulate::Broken,
}

/// One seed per processor at a time: each is a world of its own. Stops at the first that fails.
fn run_side_by_side(first: u64, count: u64) -> Result<simulate::Report, Failed> {
    let next = AtomicU64::new(first);
    let ended = Mutex::new((simulate::Report::default(), None));
    let lock = || ended.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count || lock().1.is_some() {
                return;
            }
            match simulate::run(seed) {
                Ok(report) => lock().0.add(&report),
                Err(what) => lock().1 = Some(Failed { seed, what }),
            }
            if count > 1 && (seed - first + 1).is_multiple_of(100) {
                eprintln!("{} of {count} seeds", seed - first + 1);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let (all, failed) = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.map_or(Ok(all), Err)
}

fn prove(name: &str, times: u64) -> ExitCode {
    let Some(proof) = Proof::named(name) else {
        let names: Vec<&str> = Proof::ALL.iter().map(|proof| proof.name()).collect();
        eprintln!("`{name}` is no proof: {}", names.join(", "));
        return ExitCode::from(2);
    };
    match proof.run(usize::try_from(times).unwrap_or(usize::MAX)) {
        Ok(counted) => {
            println!("{counted}");
            ExitCode::SUCCESS
        }
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}
