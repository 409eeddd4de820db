//! Stands in for the desktop's notification service.

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use super::programs::Program;

/// Import of a small account, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What the desktop would have shown.
pub(crate) struct Notifications {
    _service: Program,
    shown: Receiver<Value>,
}

impl Notifications {
    /// Takes the service's name on the session bus; returns once it is there.
    pub(crate) fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/window/notifications.py");
        // Debian's own Python, for that is where its bindings to the bus are.
        let mut service = Program::start(Command::new("/usr/bin/python3").arg(script).stdout(Stdio::piped()));
        let mut lines = service.output().lines();
        let ready = lines.next().expect("the service starts").expect("its output is text");
        assert_eq!(ready, "ready");
        let (send, shown) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let notification = serde_json::from_str(&line).expect("each line is one notification");
                // The test has ended: nobody asks any more.
                if send.send(notification).is_err() {
                    break;
                }
            }
        });
        Self { _service: service, shown }
    }

    /// Waits for the next one: title and text.
    pub(crate) fn next(&self) -> (String, String) {
        let notification = self.shown.recv_timeout(PATIENCE).expect("a notification comes");
        let text = |name: &str| notification[name].as_str().unwrap_or_default().to_owned();
        (text("summary"), text("body"))
    }
}
