//! Stands in for the desktop's notification service.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use zbus::blocking::{Connection, connection};
use zbus::zvariant::Value;

/// Import of a small account, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What the desktop would have shown.
pub(crate) struct Notifications {
    _service: Connection,
    shown: Receiver<(String, String)>,
}

impl Notifications {
    /// Takes the service's name on the session bus; returns once it is there.
    pub(crate) fn start() -> Self {
        let (send, shown) = channel();
        let service = connection::Builder::session()
            .and_then(|bus| bus.serve_at("/org/freedesktop/Notifications", Desktop { last: 0, send }))
            .and_then(|bus| bus.name("org.freedesktop.Notifications"))
            .and_then(connection::Builder::build);
        Self { _service: service.expect("the bus has no such service yet"), shown }
    }

    /// Waits for the next one: title and text.
    pub(crate) fn next(&self) -> (String, String) {
        self.shown.recv_timeout(PATIENCE).expect("a notification comes")
    }
}

/// The part of the Desktop Notifications Specification that programs call.
struct Desktop {
    last: u32,
    send: Sender<(String, String)>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    #[expect(clippy::too_many_arguments, reason = "the specification has them")]
    fn notify(
        &mut self,
        _program: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, Value<'_>>,
        _timeout: i32,
    ) -> u32 {
        // The test may have ended: then nobody asks any more.
        let _ = self.send.send((summary, body));
        self.last += 1;
        self.last
    }

    fn close_notification(&self, _number: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".to_owned(), "test".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}
