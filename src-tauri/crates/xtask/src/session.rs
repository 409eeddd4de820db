//! A desktop session of our own for tests: private folders, a private bus, and a screen that nobody sees.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Folders that stand in for the user's home; removed when dropped.
pub struct Session {
    folder: PathBuf,
}

impl Session {
    /// Makes the folders, inside the system's folder for temporary files (sockets need short paths).
    pub fn start(name: &str) -> Result<Self> {
        let folder = env::temp_dir().join(format!("cadencia-{name}-{}", std::process::id()));
        let session = Self { folder };
        for part in ["home", "run"] {
            let part = session.folder.join(part);
            fs::create_dir_all(&part).with_context(|| format!("could not make {}", part.display()))?;
            private(&part)?;
        }
        Ok(session)
    }

    /// `dbus-run-session -- SCRIPT`: a shell script under a private bus, in the private folders. `"$@"` in the script
    /// are `arguments`.
    pub fn script(&self, script: &str, arguments: &Command) -> Command {
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "sh", "-c", script, "sh"]);
        command.arg(arguments.get_program()).args(arguments.get_args());
        for (name, value) in arguments.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = arguments.get_current_dir() {
            command.current_dir(folder);
        }
        self.enter(&mut command);
        command
    }

    fn enter(&self, command: &mut Command) {
        // rustup and cargo look for their own folders under the home that is replaced here.
        if let Some(home) = env::home_dir() {
            for (name, folder) in [("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo")] {
                if env::var_os(name).is_none() {
                    command.env(name, home.join(folder));
                }
            }
        }
        command
            .env("HOME", self.folder.join("home"))
            .env("XDG_RUNTIME_DIR", self.folder.join("run"))
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A leftover in the folder for temporary files harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(unix)]
fn private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("could not close {} to others", folder.display()))
}

#[cfg(not(unix))]
fn private(_folder: &Path) -> Result<()> {
    Ok(())
}

/// An X server without a screen; ends when dropped.
pub struct Screen {
    server: Child,
    /// What `DISPLAY` has to be to use it.
    pub display: String,
}

impl Screen {
    /// Starts Xvfb on a display of its own choice and waits until it answers.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start Xvfb")?;
        let mut number = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut number).context("could not read what Xvfb said")?;
        }
        let mut screen = Self { server, display: format!(":{}", number.trim()) };
        if number.trim().is_empty() {
            let ended = screen.server.wait().context("could not wait for Xvfb")?;
            bail!("Xvfb ended at once ({ended})");
        }
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
