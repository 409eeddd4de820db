//! Starting other programs, so that a failure says which one and why.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Result, anyhow, bail};

/// npm is a script: Windows finds scripts only by their full name.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Says what is started (on standard error), runs it, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", shown(command));
    run_silently(command)
}

/// Runs a program without announcing it, and fails when it fails.
pub fn run_silently(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|cause| cannot_start(command, &cause))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a program that is asked something and returns what it printed on standard output; `None` when it is missing
/// or ends with a failure.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Becomes the other program, so that signals and the exit code are its own. Returns only where the system cannot do
/// that, with the exit code of the finished program.
pub fn replace_by(command: &mut Command) -> Result<ExitCode> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        let cause = command.exec();
        Err(cannot_start(command, &cause))
    }
    #[cfg(not(unix))]
    {
        let status = command.status().map_err(|cause| cannot_start(command, &cause))?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }
}

/// Where a program lies, as a shell would find it.
pub fn find(name: &str) -> Option<PathBuf> {
    find_all(name).into_iter().next()
}

/// Every place where a program of that name lies, the one that a shell would find first.
pub fn find_all(name: &str) -> Vec<PathBuf> {
    let suffixes: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ""] } else { &[""] };
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .flat_map(|folder| suffixes.iter().map(move |suffix| folder.join(format!("{name}{suffix}"))))
        .filter(|candidate| candidate.is_file())
        .collect()
}

/// The first of several names that is installed.
pub fn find_any(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| find(name))
}

/// A command as one would type it: the program by its name alone, wherever it lies.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(command.get_program()))
        .chain(command.get_args())
        .map(quoted)
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(part: &OsStr) -> String {
    let part = part.to_string_lossy();
    if part.is_empty() || part.contains(|c: char| c.is_whitespace() || "'\"\\$&|;<>()*?".contains(c)) {
        format!("'{}'", part.replace('\'', r"'\''"))
    } else {
        part.into_owned()
    }
}

fn cannot_start(command: &Command, cause: &std::io::Error) -> anyhow::Error {
    anyhow!("could not start `{}`: {cause}", command.get_program().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_so_that_it_can_be_typed_again() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'hi' | cat", "plain"]);
        assert_eq!(shown(&command), r"sh -c 'echo '\''hi'\'' | cat' plain");
    }

    #[test]
    fn a_missing_program_is_named_in_the_error() {
        let error = run_silently(&mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-anywhere"), "{error}");
    }

    #[test]
    fn a_missing_program_gives_no_answer() {
        assert_eq!(answer(&mut Command::new("no-such-program-anywhere")), None);
    }
}
