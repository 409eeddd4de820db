//! Where things lie in this work tree.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::process;
use crate::setup::perl;

/// The work tree and the folder that holds what is built.
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the environment or a configuration puts it.
    pub target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo. Fails when cargo cannot read the workspace.
    pub fn find() -> Result<Self> {
        // The folder is the one this program was built from, not the one it is called in.
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&manifest)
            .output()
            .context("could not start cargo")?;
        ensure!(
            output.status.success(),
            "cargo could not read the workspace:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("could not read what `cargo metadata` said")?;
        Ok(Self { root: metadata.workspace_root, target: metadata.target_directory })
    }

    /// The folder of the user interface.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The built user interface.
    pub fn built_ui(&self) -> PathBuf {
        self.root.join("ui").join("build")
    }

    /// Where tools that only this project needs are installed: never in the user's own folders.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// A program of ours as cargo built it. `profile` is the name of cargo's profile.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        let folder = if profile == "dev" { "debug" } else { profile };
        self.target.join(folder).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// `cargo` at the root of the workspace.
    pub fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }

    /// `npm` in a folder.
    pub fn npm(&self, folder: &Path) -> Command {
        let mut command = Command::new(process::NPM);
        command.current_dir(folder);
        command
    }
}

/// The cargo that runs this program, so that a `+toolchain` stays in force.
fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What `cargo run` sets for this program is not meant for the programs it starts.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    if cfg!(windows)
        && let Some(perl) = perl::find()
    {
        command.env(perl::VARIABLE, perl);
    }
    command
}
