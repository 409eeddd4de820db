//! The simulator: one account, its clock, its faults and its door to the world.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::changes::{By, Incoming};
use crate::clock::{Clock, SimClock};
use crate::faults::{Fault, FaultBoard, FaultName};
use crate::limits::Limiter;
use crate::state::{Kind, World};
use crate::stats::Stats;
use crate::{control, people, router, seed, snapshot, webhooks};

/// The redirect URL the integration is configured with unless another is said.
pub const DEFAULT_REDIRECT_URI: &str = "http://localhost:8000/auth/kommo/callback";

/// How long running requests may still take when the simulator is shut down.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// How a simulator is set up. The same configuration gives the same account, ids and tokens.
#[derive(Clone, Debug)]
pub struct SimConfig {
    /// What everything random follows from.
    pub seed: u64,
    /// How many leads the account starts with.
    pub leads: usize,
    /// Whether seven requests per second and address are enforced.
    pub rate_limit: bool,
    /// Faults that are on from the start.
    pub faults: Vec<Fault>,
    /// How the clock runs; the seeded history ends at its start.
    pub clock: SimClock,
    /// What links in answers start with, until a socket is served.
    pub base_url: String,
    /// The redirect URL of the integration.
    pub redirect_uri: String,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            leads: 100,
            rate_limit: true,
            faults: Vec::new(),
            clock: SimClock::Real { offset_s: 0 },
            base_url: "https://solarhorizonte.kommo.com".to_owned(),
            redirect_uri: DEFAULT_REDIRECT_URI.to_owned(),
        }
    }
}

impl SimConfig {
    /// For seeded tests: a clock that stands at `now_ms` until it is moved.
    #[must_use]
    pub fn manual(seed: u64, leads: usize, now_ms: i64) -> Self {
        Self { seed, leads, clock: SimClock::Manual { now_ms }, ..Self::default() }
    }
}

/// What a client needs to know of the account. Nothing here is a secret of anybody: the account is invented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credentials {
    /// Where the account is served.
    pub base_url: String,
    /// The account's subdomain.
    pub subdomain: String,
    /// The integration's id.
    pub client_id: String,
    /// The integration's secret key.
    pub client_secret: String,
    /// The integration's redirect URL.
    pub redirect_uri: String,
    /// A fresh authorization code: one use, twenty minutes.
    pub authorization_code: String,
    /// A long-lived token of the account's administrator.
    pub long_lived_token: String,
    /// Where the control interface is served.
    pub control_url: String,
    /// Base addresses of the other simulated services.
    pub gateways: std::collections::BTreeMap<String, String>,
}

/// A simulated Kommo. Cheap to clone; every clone is the same account.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) config: SimConfig,
    pub(crate) clock: Clock,
    pub(crate) started_s: i64,
    pub(crate) faults: FaultBoard,
    pub(crate) stats: Mutex<Stats>,
    pub(crate) limiter: Mutex<Limiter>,
    /// Told whenever a webhook may have become due.
    pub(crate) hooks_changed: Notify,
    world: Mutex<World>,
    base_url: RwLock<String>,
    requests: AtomicU64,
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

impl Simulator {
    /// Builds the account. Serving is up to the caller: [`Simulator::router`] or [`Simulator::serve`].
    #[must_use]
    pub fn new(config: SimConfig) -> Self {
        let clock = Clock::start(config.clock);
        let started_s = clock.now_s();
        let world = seed::account(&config, started_s);
        let faults = FaultBoard::default();
        for fault in &config.faults {
            faults.set(fault.clone());
        }
        let base_url = RwLock::new(config.base_url.trim_end_matches('/').to_owned());
        Self {
            shared: Arc::new(Shared {
                config,
                clock,
                started_s,
                faults,
                stats: Mutex::default(),
                limiter: Mutex::default(),
                hooks_changed: Notify::new(),
                world: Mutex::new(world),
                base_url,
                requests: AtomicU64::new(0),
            }),
        }
    }

    /// The whole simulated service, for calls within the process or over a socket.
    pub fn router(&self) -> Router {
        router::router(self.clone())
    }

    /// Serves on `listener` until the handle is shut down, and delivers webhooks meanwhile.
    /// Links in answers carry the listener's address from now on.
    ///
    /// # Errors
    /// When the listener cannot tell its own address.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<SimHandle> {
        let address = listener.local_addr()?;
        *self.shared.base_url.write().unwrap_or_else(PoisonError::into_inner) = format!("http://{address}");
        let (stop, stopped) = watch::channel(false);
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let mut until = stopped.clone();
        let server = tokio::spawn(async move {
            let served = axum::serve(listener, service)
                .with_graceful_shutdown(async move {
                    // An error means that the handle is gone: stop as well.
                    let _ = until.wait_for(|stop| *stop).await;
                })
                .await;
            if let Err(error) = served {
                tracing::error!(%error, "serving ended");
            }
        });
        let courier = tokio::spawn(webhooks::deliver_until(self.clone(), stopped));
        Ok(SimHandle { address, stop, server, courier })
    }

    /// What a client needs to connect; each call issues a fresh authorization code.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        let authorization_code = self.issue_code();
        let world = self.world();
        let base_url = self.base_url();
        Credentials {
            control_url: format!("{base_url}{}", control::PREFIX),
            base_url,
            subdomain: world.account.subdomain.clone(),
            client_id: world.grants.client_id.clone(),
            client_secret: world.grants.client_secret.clone(),
            redirect_uri: world.grants.redirect_uri.clone(),
            authorization_code,
            long_lived_token: world.grants.long_lived_token.clone(),
            gateways: std::collections::BTreeMap::new(),
        }
    }

    /// A fresh authorization code of the account's administrator.
    #[must_use]
    pub fn issue_code(&self) -> String {
        let now = self.shared.clock.now_s();
        let mut world = self.world();
        let owner = world.users.first().map_or(0, |user| user.id);
        world.grants.issue_code(owner, now)
    }

    /// Everything in the account, compact, ordered and comparable.
    #[must_use]
    pub fn state_snapshot(&self) -> Value {
        snapshot::snapshot(&self.world())
    }

    /// What was counted since the start or the last reset.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = self.shared.stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let limiter = self.shared.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        stats.peak_per_second = limiter.peak_per_second();
        stats
    }

    /// Switches a fault on, in place of an earlier one of the same name.
    pub fn set_fault(&self, fault: Fault) {
        self.shared.faults.set(fault);
        self.shared.hooks_changed.notify_one();
    }

    /// Switches a fault off.
    pub fn clear_fault(&self, name: FaultName) {
        self.shared.faults.clear(name);
        self.shared.hooks_changed.notify_one();
    }

    /// Switches every fault off.
    pub fn clear_faults(&self) {
        self.shared.faults.clear_all();
        self.shared.hooks_changed.notify_one();
    }

    /// The simulated instant, unix milliseconds UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.shared.clock.now_ms()
    }

    /// Moves the clock forward by `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.advance_ms(seconds.saturating_mul(1000));
    }

    /// Moves the clock forward by `by_ms` milliseconds.
    pub fn advance_ms(&self, by_ms: i64) {
        self.shared.clock.advance_ms(by_ms);
        self.shared.hooks_changed.notify_one();
    }

    /// Makes `changes` random changes as people and customers would in Kommo, the same for the same `seed` and
    /// state, and says what they were.
    pub fn people_edit(&self, changes: usize, seed: u64) -> Value {
        let now_ms = self.now_ms();
        let summary = people::edit(&mut self.world(), changes, seed, now_ms);
        self.shared.hooks_changed.notify_one();
        summary
    }

    /// A customer writes on WhatsApp. A number is the same however it is written; an unknown one becomes a
    /// new contact named `name`, with an incoming lead and a talk. Says which talk the message went to.
    pub fn receive_message(&self, phone: &str, name: Option<&str>, text: &str) -> Option<u32> {
        let by = By { user: 0, now_ms: self.now_ms() };
        let mut world = self.world();
        let from = match world.contact_of_phone(phone) {
            Some(contact) => Incoming::Known(contact),
            None => Incoming::Stranger { name: name.unwrap_or(phone).to_owned(), phone: phone.to_owned() },
        };
        let talk = world.receive_message(from, text, None, by);
        drop(world);
        self.shared.hooks_changed.notify_one();
        talk
    }

    /// What only a person in Kommo can do. `entity_type` is `leads`, `contacts` or `companies`; says whether
    /// there was such a card.
    pub fn delete_card(&self, entity_type: &str, id: u32) -> bool {
        self.act_on_card(entity_type, |world, kind, by| world.delete_card(kind, id, by))
    }

    /// Takes a card out of the bin again; says whether it was there.
    pub fn restore_card(&self, entity_type: &str, id: u32) -> bool {
        self.act_on_card(entity_type, |world, kind, by| world.restore_card(kind, id, by))
    }

    fn act_on_card(&self, entity_type: &str, act: impl FnOnce(&mut World, Kind, By) -> bool) -> bool {
        let Some(kind) = Kind::from_plural(entity_type) else { return false };
        let mut world = self.world();
        let user = world.users.first().map_or(0, |user| user.id);
        let is_done = act(&mut world, kind, By { user, now_ms: self.now_ms() });
        drop(world);
        self.shared.hooks_changed.notify_one();
        is_done
    }

    /// Builds the account anew, as at the start; faults and counts are cleared, the clock goes on.
    pub fn reset(&self) {
        let fresh = seed::account(&self.shared.config, self.shared.started_s);
        *self.world() = fresh;
        self.shared.faults.clear_all();
        *self.shared.stats.lock().unwrap_or_else(PoisonError::into_inner) = Stats::default();
        *self.shared.limiter.lock().unwrap_or_else(PoisonError::into_inner) = Limiter::default();
    }

    /// Revokes every token, as an administrator's "Revoke access" does.
    pub fn revoke_access(&self) {
        self.world().grants.revoke_all();
    }

    /// Lets every access token run out now. Refresh tokens stay good; the long-lived token does not.
    pub fn expire_access_tokens(&self) {
        let now = self.shared.clock.now_s();
        self.world().grants.expire_access(now);
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn base_url(&self) -> String {
        self.shared.base_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn count(&self, act: impl FnOnce(&mut Stats)) {
        act(&mut self.shared.stats.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// An id for the `X-Request-Id` header.
    pub(crate) fn next_request_id(&self) -> String {
        let number = self.shared.requests.fetch_add(1, Ordering::Relaxed);
        let mixed = (number ^ self.shared.config.seed.rotate_left(17)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{mixed:016x}{number:016x}")
    }
}

/// A simulator that is served on a socket.
#[derive(Debug)]
pub struct SimHandle {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: tokio::task::JoinHandle<()>,
    courier: tokio::task::JoinHandle<()>,
}

impl SimHandle {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops taking requests, lets running ones end within a few seconds, and ends. Deliveries under way are dropped.
    pub async fn shutdown(self) {
        // Nobody listening any more means that both tasks have ended already.
        let _ = self.stop.send(true);
        self.courier.abort();
        let mut server = self.server;
        match tokio::time::timeout(LAST_REQUESTS, &mut server).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the server of the simulator ended badly"),
            Err(_) => server.abort(),
        }
    }
}
