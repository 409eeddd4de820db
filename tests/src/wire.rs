//! The way to the simulator: records what is sent, holds it back, loses answers.

use async_trait::async_trait;
use bytes::Bytes;
use cadencia_sim::Simulator;
use kommo::{RouterTransport, Transport, TransportError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tokio::time::Instant;

/// One request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// `GET`, `POST`, ...
    pub method: String,
    /// Without the query.
    pub path: String,
    /// As sent, percent-encoded.
    pub query: String,
    /// None while there is no answer, or when it was lost.
    pub status: Option<u16>,
}

impl Sent {
    /// The page asked for; 1 when none is named.
    pub fn page(&self) -> u32 {
        let named = self.query.split('&').find_map(|part| part.strip_prefix("page="));
        named.and_then(|page| page.parse().ok()).unwrap_or(1)
    }
}

/// The way to the simulator.
pub struct Wire {
    sim: Simulator,
    inside: Box<dyn Transport>,
    state: Mutex<State>,
    /// Whether held requests may go on.
    open: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    sent: Vec<Sent>,
    /// Requests that may still pass before the rest is held.
    hold_after: Option<usize>,
    /// Requests that are held now.
    held: usize,
    lose_answers: Option<(String, u32)>,
    is_cut: bool,
    /// Up to when Kommo's clock has followed real time.
    real_time: Option<Instant>,
    /// A web page with this status for paths that start so.
    page: Option<(String, u16)>,
    /// Paths that start so are refused as Kommo refuses what it does not understand.
    refused: Option<String>,
    panic_at: Option<String>,
    tokens: Vec<String>,
    /// What somebody in Kommo does just before the next request of this method and path.
    before: Vec<(String, String, http::Request<Bytes>)>,
}

impl Wire {
    pub(crate) fn new(sim: &Simulator) -> Self {
        Self {
            sim: sim.clone(),
            inside: Box::new(RouterTransport::new(sim.router())),
            state: Mutex::default(),
            open: watch::Sender::new(true),
        }
    }

    /// Everything sent so far, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    /// Forgets what was sent.
    pub fn forget_sent(&self) {
        self.state().sent.clear();
    }

    /// Lets `count` more requests pass; those after it get no answer until [`Wire::release`].
    pub fn hold_after(&self, count: usize) {
        self.state().hold_after = Some(count);
        self.open.send_replace(false);
    }

    /// Whether requests are held back from now on.
    pub fn is_holding(&self) -> bool {
        self.state().hold_after == Some(0)
    }

    /// Whether a request waits to be let through.
    pub fn is_holding_one(&self) -> bool {
        self.state().held > 0
    }

    /// Lets everything pass again, also what was held.
    pub fn release(&self) {
        self.state().hold_after = None;
        self.open.send_replace(true);
    }

    /// The next `times` answers to paths that start with `path` are lost after Kommo acted.
    pub fn lose_answers(&self, path: &str, times: u32) {
        self.state().lose_answers = Some((path.to_owned(), times));
    }

    /// The next request to a path that starts with `path` meets a fault of ours: its task panics.
    pub fn panic_at(&self, path: &str) {
        self.state().panic_at = Some(path.to_owned());
    }

    /// Somebody in Kommo sends `request` just before the next request with this method to a path that starts with `path`.
    pub fn before(&self, method: &str, path: &str, request: http::Request<Bytes>) {
        self.state().before.push((method.to_owned(), path.to_owned(), request));
    }

    fn take_before(&self, method: &str, path: &str) -> Vec<http::Request<Bytes>> {
        let mut state = self.state();
        let (now, later) = std::mem::take(&mut state.before)
            .into_iter()
            .partition(|(of, prefix, _)| of == method && path.starts_with(prefix.as_str()));
        state.before = later;
        now.into_iter().map(|(_, _, request)| request).collect()
    }

    /// Pulls the cable, or puts it back.
    pub fn cut(&self, is_cut: bool) {
        self.state().is_cut = is_cut;
    }

    /// From now on Kommo's clock shows at each request how much real time has passed: what keeps to a rate does so in
    /// real time, and is judged by when its requests arrive.
    pub fn follow_real_time(&self) {
        self.state().real_time = Some(Instant::now());
    }

    fn tell_time(&self) {
        let mut state = self.state();
        let Some(before) = state.real_time.as_mut() else { return };
        let passed = before.elapsed().as_millis();
        let millis = u64::try_from(passed).unwrap_or(0);
        // Only whole milliseconds are told; the rest counts at the next request.
        *before += std::time::Duration::from_millis(millis);
        self.sim.advance_ms(i64::try_from(millis).unwrap_or(0));
    }

    /// Something in between answers paths that start with `path` with a web page of its own.
    pub fn answer_with_page(&self, path: &str, status: u16) {
        self.state().page = Some((path.to_owned(), status));
    }

    /// Nothing is in between any more.
    pub fn answer_no_page(&self) {
        self.state().page = None;
    }

    /// Kommo refuses paths that start with `path` as something it does not understand; none with `None`.
    pub fn refuse(&self, path: Option<&str>) {
        self.state().refused = path.map(str::to_owned);
    }

    fn refusal(&self, path: &str) -> Option<http::Response<Bytes>> {
        let is_refused = self.state().refused.as_deref().is_some_and(|prefix| path.starts_with(prefix));
        let body = Bytes::from_static(
            br#"{"validation-errors":[],"title":"Bad Request","status":400,"detail":"Request validation failed"}"#,
        );
        let answer = http::Response::builder().status(400).header("content-type", "application/problem+json");
        is_refused.then(|| answer.body(body).expect("a status and a header that exist"))
    }

    /// Every token that Kommo ever gave out over this wire.
    pub fn tokens(&self) -> Vec<String> {
        self.state().tokens.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request; its place, and whether it has to wait.
    fn note(&self, sent: Sent) -> (usize, bool) {
        let mut state = self.state();
        state.sent.push(sent);
        let is_held = match state.hold_after.as_mut() {
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        };
        (state.sent.len() - 1, is_held)
    }

    fn panics(&self, path: &str) -> bool {
        let mut state = self.state();
        let is_here = state.panic_at.as_deref().is_some_and(|prefix| path.starts_with(prefix));
        if is_here {
            state.panic_at = None;
        }
        is_here
    }

    fn page(&self, path: &str) -> Option<http::Response<Bytes>> {
        let state = self.state();
        let (_, status) = state.page.as_ref().filter(|(prefix, _)| path.starts_with(prefix.as_str()))?;
        let page = Bytes::from_static(b"<!DOCTYPE html><title>Not allowed here</title>");
        let answer = http::Response::builder().status(*status).header("content-type", "text/html");
        Some(answer.body(page).expect("a status and a header that exist"))
    }

    fn is_lost(&self, path: &str) -> bool {
        let mut state = self.state();
        match state.lose_answers.as_mut() {
            Some((prefix, left)) if *left > 0 && path.starts_with(prefix.as_str()) => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    fn keep_tokens(&self, body: &Bytes) {
        let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let given = ["access_token", "refresh_token"];
        let given = given.iter().filter_map(|name| answer[name].as_str().map(str::to_owned));
        self.state().tokens.extend(given);
    }
}

/// A request that is held; given up when its task is cut.
struct Held<'a>(&'a Wire);

impl<'a> Held<'a> {
    fn new(wire: &'a Wire) -> Self {
        wire.state().held += 1;
        Self(wire)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.state().held -= 1;
    }
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let path = request.uri().path().to_owned();
        let sent = Sent {
            method: request.method().to_string(),
            path: path.clone(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            status: None,
        };
        let (place, is_held) = self.note(sent);
        assert!(!self.panics(&path), "a made-up fault of ours");
        if self.state().is_cut {
            return Err(TransportError::BeforeSend("the cable is out".into()));
        }
        if is_held {
            let _held = Held::new(self);
            // Only a wire that is gone never opens; then nobody waits either.
            let _ = self.open.subscribe().wait_for(|open| *open).await;
        }
        self.tell_time();
        for theirs in self.take_before(request.method().as_str(), &path) {
            // Whether it worked is theirs to see.
            let _ = self.inside.send(theirs).await;
        }
        let answer = match self.page(&path).or_else(|| self.refusal(&path)) {
            Some(page) => page,
            None => self.inside.send(request).await?,
        };
        if path.starts_with("/oauth2/") {
            self.keep_tokens(answer.body());
        }
        if self.is_lost(&path) {
            return Err(TransportError::AfterSend("the answer was lost".into()));
        }
        if let Some(sent) = self.state().sent.get_mut(place) {
            sent.status = Some(answer.status().as_u16());
        }
        Ok(answer)
    }
}
