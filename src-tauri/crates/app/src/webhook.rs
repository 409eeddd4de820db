//! The way in: deliveries from the listener to the account they are for, and the test of the public address.

use crate::account::Account;
use crate::state::App;
use bytes::Bytes;
use cadencia_contract::{ApiError, ErrorCode, WebhookTest};
use cadencia_listener::{DeliveryOutcome, JsonAnswer};
use cadencia_store::AccountStore;
use cadencia_store::deliveries::{self, Arrived};
use kommo::TransportError;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use url::{Host, Url};

/// Deliveries kept with one write to the disk at most.
const TOGETHER: usize = 256;
/// Deliveries that wait for their turn to be kept at most; more are asked to come again.
const WAITING: usize = 4_096;
/// Kilobytes of deliveries that wait at most: the longest ones must not fill the memory.
const WAITING_KB: usize = 64 * 1024;
/// The path that the test of the way in asks for, before its number.
const REACH_PATH: &str = "/webhook/kommo/reach";

/// One delivery on its way to the disk.
pub(crate) struct Incoming {
    arrived: Arrived,
    kept: oneshot::Sender<bool>,
    room: OwnedSemaphorePermit,
}

/// Where an account's deliveries go in.
#[derive(Clone)]
pub(crate) struct Intake {
    way_in: mpsc::Sender<Incoming>,
    room: Arc<Semaphore>,
}

impl Intake {
    /// A way in, and what comes out of it.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Incoming>) {
        let (way_in, out) = mpsc::channel(WAITING);
        (Self { way_in, room: Arc::new(Semaphore::new(WAITING_KB)) }, out)
    }

    /// Room for a body of so many bytes; none when too much waits already.
    fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let kilobytes = u32::try_from(bytes / 1024 + 1).ok()?;
        Arc::clone(&self.room).try_acquire_many_owned(kilobytes).ok()
    }
}

impl Account {
    /// Keeps what is delivered: what comes while a write is under way shares the next one. Whoever delivered is answered
    /// when it is on the disk. Ends when the account does.
    pub(crate) async fn keep_deliveries(self: Arc<Self>, mut out: mpsc::Receiver<Incoming>) {
        let mut batch = Vec::with_capacity(TOGETHER);
        while out.recv_many(&mut batch, TOGETHER).await > 0 {
            let (arrived, kept): (Vec<Arrived>, Vec<_>) =
                batch.drain(..).map(|one: Incoming| (one.arrived, (one.kept, one.room))).unzip();
            let done = keep(&self.store, arrived).await;
            for (kept, _room) in kept {
                // Whoever delivered may not wait any more; it is kept all the same.
                let _ = kept.send(done);
            }
            if done {
                self.engine.want_inbox();
            }
        }
    }
}

async fn keep(store: &AccountStore, arrived: Vec<Arrived>) -> bool {
    match store.write(move |tx| deliveries::receive(tx, &arrived)).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a delivery could not be kept");
            false
        }
    }
}

impl App {
    /// Keeps a delivery for the account whose secret it carries.
    pub(crate) async fn deliver(&self, secret: &SecretString, body: Bytes) -> DeliveryOutcome {
        let accounts = self.0.accounts.read().await.all().to_vec();
        if accounts.is_empty() {
            // Locked, or not yet open: Kommo comes again.
            return DeliveryOutcome::NotReady;
        }
        // All are compared, whichever fits: how long it takes says nothing.
        let mut found = None;
        for account in accounts {
            let known = account.webhook_secret();
            if bool::from(known.expose_secret().as_bytes().ct_eq(secret.expose_secret().as_bytes())) {
                found = Some(account);
            }
        }
        let Some(account) = found else { return DeliveryOutcome::Unknown };
        let (kept, answered) = oneshot::channel();
        let intake = account.intake();
        let Some(room) = intake.room(body.len()) else { return DeliveryOutcome::TooMany };
        let arrived = Arrived { body: body.to_vec(), at: self.now() };
        match intake.way_in.try_send(Incoming { arrived, kept, room }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => return DeliveryOutcome::TooMany,
            Err(mpsc::error::TrySendError::Closed(_)) => return DeliveryOutcome::NotReady,
        }
        match answered.await {
            Ok(true) => DeliveryOutcome::Kept,
            _ => DeliveryOutcome::NotReady,
        }
    }

    /// `POST /webhook/kommo/setup`: the same as the page does.
    pub(crate) async fn set_up_webhook(&self, body: serde_json::Value) -> JsonAnswer {
        let request = match serde_json::from_value(body) {
            Ok(request) => request,
            Err(_) => {
                let error = ApiError::new(ErrorCode::InvalidRequest);
                return JsonAnswer { status: 400, body: serde_json::json!({"error": error}) };
            }
        };
        match crate::command::webhook_set(self, request).await {
            Ok(view) => JsonAnswer { status: 200, body: serde_json::to_value(view).unwrap_or_default() },
            Err(error) => {
                let status = match error.code {
                    ErrorCode::AccountUnknown | ErrorCode::NoAccount => 404,
                    ErrorCode::PublicUrlInvalid => 422,
                    ErrorCode::RunsElsewhere => 409,
                    _ => 503,
                };
                JsonAnswer { status, body: serde_json::json!({"error": error}) }
            }
        }
    }

    /// What the way in answers to the number that a test carries; nothing to a number of nobody's.
    pub(crate) fn answer_reach(&self, number: &str) -> Option<String> {
        let tests = self.0.reach_tests.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tests.get(number).cloned()
    }

    /// Goes out to the public address and looks whether the way ends at this listener.
    pub(crate) async fn test_way_in(&self, public_url: &str) -> WebhookTest {
        let entropy = &self.0.config.entropy;
        let (number, proof) = (hex::encode(entropy.secret_bytes()), hex::encode(entropy.secret_bytes()));
        let tests = || self.0.reach_tests.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tests().insert(number.clone(), proof.clone());
        let begun = self.0.config.clock.monotonic_ms();
        let answer = self.ask_way_in(public_url, &number).await;
        tests().remove(&number);
        let took = self.0.config.clock.monotonic_ms().saturating_sub(begun);
        let (status, problem) = match answer {
            Ok((200, body)) if body == proof => (Some(200), None),
            Ok((200, _)) => (Some(200), Some("other_server")),
            Ok((status, _)) => (Some(status), Some("status")),
            Err(problem) => (None, Some(problem)),
        };
        WebhookTest {
            is_reached: problem.is_none(),
            problem: problem.map(str::to_owned),
            status,
            took_ms: u32::try_from(took).unwrap_or(u32::MAX),
        }
    }

    async fn ask_way_in(&self, public_url: &str, number: &str) -> Result<(u16, String), &'static str> {
        let address = format!("{}{REACH_PATH}/{number}", public_url.trim_end_matches('/'));
        let request = http::Request::get(address)
            .header(http::header::USER_AGENT, crate::USER_AGENT)
            .body(Bytes::new())
            .map_err(|_| "unreachable")?;
        match self.0.transport.send(request).await {
            Ok(answer) => {
                let body = String::from_utf8_lossy(answer.body()).trim().to_owned();
                Ok((answer.status().as_u16(), body))
            }
            Err(TransportError::AfterSend(_)) => Err("timed_out"),
            Err(_) => Err("unreachable"),
        }
    }
}

/// An address at which Kommo can reach this computer: https, a name that the whole internet knows, nothing behind it but
/// a path. Kommo resolves the name in the public DNS (recorded), so local names can never do.
pub(crate) fn public_url(typed: &str) -> Result<String, ApiError> {
    let refuse = || ApiError::new(ErrorCode::PublicUrlInvalid);
    let text = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = Url::parse(&text).map_err(|_| refuse())?;
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let is_public = match url.host() {
        Some(Host::Domain(name)) => {
            name.contains('.') && !name.ends_with(".local") && !name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => {
            // The simulated Kommo lives on this very computer.
            ip.is_loopback() || !(ip.is_private() || ip.is_link_local() || ip.is_unspecified())
        }
        Some(Host::Ipv6(ip)) => ip.is_loopback() || !ip.is_unspecified(),
        None => false,
    };
    let is_loopback = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    if !(is_plain && is_public && is_safe) || text.len() > 500 {
        return Err(refuse());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_by_its_size_too() {
        let (intake, _out) = Intake::new();
        let held: Vec<_> = (0..64).filter_map(|_| intake.room(1024 * 1024 - 1)).collect();
        assert_eq!(held.len(), 64);
        assert!(intake.room(1024).is_none(), "no room is left");
        drop(held);
        assert!(intake.room(1024).is_some());
    }

    #[test]
    fn only_an_address_that_kommo_can_reach_is_taken() {
        for (typed, taken) in [
            ("leads.example.com", Some("https://leads.example.com")),
            ("https://leads.example.com/", Some("https://leads.example.com")),
            ("https://leads.example.com/cadencia/", Some("https://leads.example.com/cadencia")),
            ("http://127.0.0.1:8000", Some("http://127.0.0.1:8000")),
            ("http://leads.example.com", None),
            ("https://localhost", None),
            ("https://meu-pc.local", None),
            ("https://192.168.0.10", None),
            ("https://user:pass@leads.example.com", None),
            ("https://leads.example.com/?a=1", None),
            ("ftp://leads.example.com", None),
            ("meu pc", None),
        ] {
            assert_eq!(public_url(typed).ok().as_deref(), taken, "{typed}");
        }
    }
}
