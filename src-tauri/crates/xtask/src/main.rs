#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod command;
mod plan;
mod process;
mod session;
mod setup;
mod tidy;
mod ui;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sets up what is missing, builds everything and opens the program.
    Run(command::run::Options),
    /// Sets up what is missing and runs every check and every test.
    Test(command::test::Options),
    /// What a continuous integration server runs: the same as `test`.
    Ci(command::test::Options),
    /// Runs the simulated outside world (Kommo) as a program of its own; `sim --help` tells its options.
    #[command(disable_help_flag = true)]
    Sim(PassedOn),
    /// Runs Cadência without a window, for a browser; `serve --help` tells its options.
    #[command(disable_help_flag = true)]
    Serve(PassedOn),
    /// Writes the TypeScript of the contract between user interface and core.
    Gen(command::gen_contract::Options),
    /// Checks the rules of the house that no compiler checks.
    Tidy,
    /// Draws every icon from `icons/source.svg`.
    Icons,
    /// Runs the seeded simulation: `--seeds N [--from S]`, or `--seed S` to see one again.
    #[command(disable_help_flag = true)]
    Simulate(PassedOn),
    /// Feeds made-up input to the readers of what comes from outside.
    Fuzz(command::fuzz::Options),
    /// Measures; `bench --help` tells its options.
    #[command(disable_help_flag = true)]
    Bench(PassedOn),
}

/// Arguments that belong to the program which is started.
#[derive(clap::Args)]
struct PassedOn {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    arguments: Vec<std::ffi::OsString>,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Task::Run(options) => command::run::run(&options),
        Task::Test(options) | Task::Ci(options) => command::test::run(&options),
        Task::Sim(passed_on) => command::start::sim(&passed_on.arguments),
        Task::Serve(passed_on) => command::start::serve(&passed_on.arguments),
        Task::Gen(options) => command::gen_contract::run(&options),
        Task::Tidy => command::tidy::run(),
        Task::Icons => command::icons::run(),
        Task::Fuzz(options) => command::fuzz::run(&options),
        Task::Bench(passed_on) => command::start::bench(&passed_on.arguments),
        Task::Simulate(passed_on) => command::start::simulate(&passed_on.arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
