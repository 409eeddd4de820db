//! `fuzz`: looks for input from outside that breaks a reader of ours. See `tests/fuzz/README.md`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::process;
use crate::setup;
use crate::workspace::Workspace;

/// No input that people or Kommo send is longer.
const LONGEST_INPUT: &str = "-max_len=65536";

/// What `fuzz` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// What reads.
    #[arg(value_enum)]
    target: Target,
    /// For how long.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// A reader of something that comes from outside.
#[derive(Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum Target {
    /// Bodies of webhooks.
    Webhook,
    /// Answers of Kommo's API.
    ApiJson,
    /// Dropped `.env` files.
    EnvImport,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::ApiJson => "api_json",
            Self::EnvImport => "env_import",
        }
    }

    /// Recorded input to start from.
    fn recorded(self, workspace: &Workspace) -> Option<PathBuf> {
        let fixtures = workspace.root.join("tests/fixtures/kommo");
        match self {
            Self::Webhook => Some(fixtures.join("webhooks")),
            Self::ApiJson => Some(fixtures),
            Self::EnvImport => None,
        }
    }
}

/// Runs the fuzzer.
pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    setup::prepare_rust()?;
    let fuzzer = setup::tools::cargo_fuzz(&workspace)?;
    let folder = workspace.root.join("tests/fuzz");
    let found = folder.join("corpus").join(options.target.name());
    std::fs::create_dir_all(&found).with_context(|| format!("cannot make `{}`", found.display()))?;
    let mut command = Command::new(fuzzer);
    command
        // The instrumentation is not stable; this lets any toolchain build it, for this package alone.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["run", "--fuzz-dir"])
        .arg(&folder)
        .arg("--target-dir")
        .arg(workspace.root.join("target/fuzz"))
        .arg(options.target.name())
        .arg(&found)
        .args(options.target.recorded(&workspace).iter().filter(|path| Path::exists(path)))
        .arg("--")
        .args([LONGEST_INPUT, &format!("-max_total_time={}", options.seconds)]);
    process::replace_by(&mut command)
}
