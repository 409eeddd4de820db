//! The programs a journey needs, ended when dropped.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use cadencia_tests::wait_for;
use serde_json::Value;

/// The value of a variable that `cargo xtask test` sets.
pub(crate) fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `cargo xtask test` starts these tests"))
}

/// A program and everything it has started.
pub(crate) struct Program {
    child: Child,
}

impl Program {
    /// Starts it at the head of a group of its own, so that its end takes along what it has started.
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}")) }
    }

    /// What it says, for whoever asked for it with a pipe.
    pub(crate) fn output(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.child.stdout.take().expect("the output is a pipe"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The shell's own `kill`: small systems have no program of that name. A program that has ended on its own leaves
        // nothing to end.
        let group = format!("kill -TERM -{}", self.child.id());
        let _ = Command::new("sh").args(["-c", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// The simulated Kommo.
pub(crate) struct Kommo {
    _program: Program,
    credentials: Value,
}

impl Kommo {
    pub(crate) fn start(leads: u32) -> Self {
        Self::start_with(leads, &[])
    }

    /// With a limit for nobody: for tests in which somebody else asks as well.
    pub(crate) fn start_without_limit(leads: u32) -> Self {
        Self::start_with(leads, &["--rate-limit", "off"])
    }

    fn start_with(leads: u32, more: &[&str]) -> Self {
        let mut command = Command::new(variable("CADENCIA_SIM"));
        command.args(["--port", "0", "--leads", &leads.to_string()]).args(more).stdout(Stdio::piped());
        let mut program = Program::start(&mut command);
        let mut line = String::new();
        program.output().read_line(&mut line).expect("the simulator says how to connect");
        let credentials = serde_json::from_str(&line).expect("it says so in JSON");
        Self { _program: program, credentials }
    }

    /// One of the things the simulator says at its start.
    pub(crate) fn told(&self, name: &str) -> &str {
        self.credentials[name].as_str().unwrap_or_else(|| panic!("the simulator does not tell {name}"))
    }
}

/// The driver of the window. It starts the program when a session begins.
pub(crate) struct Driver {
    _program: Program,
    /// Where it answers.
    pub(crate) url: String,
}

impl Driver {
    pub(crate) fn start() -> Self {
        let (port, native) = (free_port(), free_port());
        let mut command = Command::new(variable("TAURI_DRIVER"));
        command
            .args(["--port", &port.to_string(), "--native-port", &native.to_string()])
            .args(["--native-driver", &variable("WEBKIT_DRIVER")])
            // There is no keyring on this bus: a passphrase takes its place.
            .env("CADENCIA_PASSPHRASE", "quatro palavras que ficam aqui");
        let program = Program::start(&mut command);
        for port in [port, native] {
            wait_for("the driver to listen", || match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                Ok(_) => ControlFlow::Break(()),
                Err(error) => ControlFlow::Continue(error.to_string()),
            });
        }
        Self { _program: program, url: format!("http://127.0.0.1:{port}") }
    }
}

fn free_port() -> u16 {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    socket.local_addr().expect("a socket has an address").port()
}

/// The arguments with which the program runs on data of its own against `kommo`.
pub(crate) fn arguments(data: &Path, kommo: &Kommo) -> Vec<String> {
    let data = data.to_str().expect("the path of a temporary folder is text");
    ["--data", data, "--listener-port", "0", "--kommo-url", kommo.told("base_url")]
        .map(str::to_owned)
        .to_vec()
}
