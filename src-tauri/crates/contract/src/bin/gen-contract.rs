//! `gen-contract [--check] FILE`: writes the contract as TypeScript, or fails when the file is stale.

use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a program's own report")]
fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|a| a == "--check");
    arguments.retain(|a| a != "--check");
    let [path] = arguments.as_slice() else {
        eprintln!("usage: gen-contract [--check] FILE");
        return ExitCode::FAILURE;
    };
    let wanted = cadencia_contract::typescript::contract();
    let found = std::fs::read_to_string(path).unwrap_or_default();
    if wanted == found {
        return ExitCode::SUCCESS;
    }
    if check {
        eprintln!("`{path}` is stale: run `cargo xtask gen` and commit it");
        return ExitCode::FAILURE;
    }
    match std::fs::write(path, wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write `{path}`: {error}");
            ExitCode::FAILURE
        }
    }
}
