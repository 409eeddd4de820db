//! Steps that go through the built programs from outside: a browser, the real window, the system's keyring, and a
//! client of Kommo that others wrote.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::rust::{Selection, runner};
use super::{Done, Step};
use crate::process;
use crate::session::{Screen, Session};
use crate::setup::{browser as browsers, tools};
use crate::ui;
use crate::workspace::Workspace;

const NEEDS: &[&str] = &["interface: build", "rust: build"];

/// Everything seen from outside.
pub fn journeys() -> Vec<Step> {
    vec![
        Step::new("browser", browser).after(NEEDS),
        Step::new("window", window).after(NEEDS),
        Step::new("keyring", keyring).after(NEEDS),
        Step::new("simulator and amocrm-js", amocrm).after(NEEDS),
    ]
}

/// Tells a test where the programs are.
fn with_programs<'a>(workspace: &Workspace, command: &'a mut Command) -> &'a mut Command {
    command
        .env("CADENCIA_APP", workspace.program("dev", "cadencia"))
        .env("CADENCIA_SERVER", workspace.program("dev", "cadencia-server"))
        .env("CADENCIA_SIM", workspace.program("dev", "cadencia-sim"))
        .env("CADENCIA_UI", workspace.built_ui())
}

fn folder(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let folder = workspace.root.join("tests").join("e2e").join(name);
    ensure!(folder.join("package.json").is_file(), "{} is missing", folder.join("package.json").display());
    ui::install(workspace, &folder)?;
    Ok(folder)
}

fn browser(workspace: &Workspace) -> Result<Done> {
    let Some(chromium) = browsers::find() else {
        return Ok(Done::Skipped(
            "none of Chrome, Chromium (not as a snap) and Edge is installed".to_owned(),
        ));
    };
    let folder = folder(workspace, "browser")?;
    let mut npm = workspace.npm(&folder);
    npm.args(["test", "--silent"]).env("CHROMIUM", chromium);
    process::run(with_programs(workspace, &mut npm))?;
    Ok(Done::Passed)
}

fn amocrm(workspace: &Workspace) -> Result<Done> {
    let folder = folder(workspace, "amocrm-js")?;
    let simulator = Simulator::start(workspace)?;
    let mut npm = workspace.npm(&folder);
    process::run(
        npm.args(["run", "--silent", "conformance"]).env("CADENCIA_SIM", simulator.connection.trim()),
    )?;
    Ok(Done::Passed)
}

/// A running simulator; ends when dropped.
struct Simulator {
    program: Child,
    /// Kept open, so that whatever it says later finds a reader's end.
    output: Option<BufReader<ChildStdout>>,
    /// Its first line: where it is and how to sign in.
    connection: String,
}

impl Simulator {
    fn start(workspace: &Workspace) -> Result<Self> {
        let mut command = Command::new(workspace.program("dev", "cadencia-sim"));
        command.args(["--port", "0", "--leads", "300"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut program = command.spawn().context("could not start the simulator")?;
        let output = program.stdout.take().map(BufReader::new);
        let mut simulator = Self { program, output, connection: String::new() };
        if let Some(output) = &mut simulator.output {
            output.read_line(&mut simulator.connection).context("could not read what the simulator said")?;
        }
        ensure!(!simulator.connection.trim().is_empty(), "the simulator ended at once");
        Ok(simulator)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Why a step cannot look here: it is made for Linux, and needs these programs.
fn hindered(needs: &[&str]) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("it needs a session of Linux: a screen, a bus and WebKitGTK of its own".to_owned());
    }
    let missing = needs.iter().find(|name| process::find(name).is_none())?;
    Some(format!("{missing} is not installed"))
}

const WEBKIT_DRIVER: &str = "WebKitWebDriver";

fn window(workspace: &Workspace) -> Result<Done> {
    if let Some(why) = hindered(&["Xvfb", "dbus-run-session", WEBKIT_DRIVER]) {
        return Ok(Done::Skipped(why));
    }
    let target: &Path = &workspace.root.join("tests").join("e2e").join("window");
    ensure!(target.is_dir(), "{} is missing", target.display());
    let driver = tools::tauri_driver(workspace)?;
    let session = Session::start("window")?;
    let screen = Screen::start()?;
    let selection =
        Selection { target: Some("window"), ignored: true, one_by_one: true, ..Selection::default() };
    let mut tests = session.script(r#"exec "$@""#, &runner(workspace, &selection));
    tests
        .env("DISPLAY", &screen.display)
        .env("TAURI_DRIVER", driver)
        .env("WEBKIT_DRIVER", process::find(WEBKIT_DRIVER).context("WebKit's driver has gone")?)
        // Software drawing: there is no graphics card behind this screen.
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    process::run(with_programs(workspace, &mut tests))?;
    Ok(Done::Passed)
}

/// The daemon takes the password of its keyring from standard input; with nothing at all there it stays locked.
const UNLOCKED: &str =
    r#"printf 'test\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@""#;

fn keyring(workspace: &Workspace) -> Result<Done> {
    if let Some(why) = hindered(&["dbus-run-session", "gnome-keyring-daemon"]) {
        return Ok(Done::Skipped(why));
    }
    let session = Session::start("keyring")?;
    let selection =
        Selection { name: Some("secret_service"), ignored: true, one_by_one: true, ..Selection::default() };
    process::run(&mut session.script(UNLOCKED, &runner(workspace, &selection)))?;
    Ok(Done::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_lacks_a_program_names_it() {
        let why = hindered(&["cargo", "no-such-program-anywhere"]).unwrap();
        assert!(!cfg!(target_os = "linux") || why == "no-such-program-anywhere is not installed", "{why}");
    }
}
