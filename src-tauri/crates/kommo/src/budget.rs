//! The shared rate budget: who may start a request, and when.
//!
//! Kommo accepts 7 requests a second for one address and blocks clients that keep ignoring its 429s (Kommo
//! docs: limitations). Every clone of a [`Budget`] draws from the same allowance. The budget spaces the
//! *starts* of requests evenly; any number may be in flight. Among those waiting, the most urgent
//! [`Priority`] goes first, and within one priority the one that asked first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

mod pace;
mod queue;
mod usage;

use pace::Pace;
use queue::Queue;
use usage::Counts;
pub use usage::Usage;

/// Why a budget is blocked after Kommo refused an address.
pub(crate) const REASON_OF_BLOCK: &str = "Kommo blocks this address";
/// How long everything pauses after a 429 that names no time.
pub(crate) const WAIT_AFTER_UNTIMED_429: Duration = Duration::from_secs(5);
/// The limit is counted by the second: a shorter pause after a refusal would be none.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// How urgent a request is. The order of the variants is the order of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Somebody clicked and is waiting.
    Person,
    /// A check that must happen before a message is sent.
    BeforeSend,
    /// Reading what a webhook announced.
    Webhook,
    /// Polling for changes.
    Incremental,
    /// Reading a whole account.
    Import,
}

impl Priority {
    /// Every priority, most urgent first.
    pub const ALL: [Self; 5] =
        [Self::Person, Self::BeforeSend, Self::Webhook, Self::Incremental, Self::Import];

    /// A stable name for logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::BeforeSend => "before_send",
            Self::Webhook => "webhook",
            Self::Incremental => "incremental",
            Self::Import => "import",
        }
    }
}

/// How fast a [`Budget`] lets requests start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BudgetConfig {
    /// The limit: never more starts than this in any second. Default 7.
    pub per_second: f64,
    /// The share by which the steady pace stays below the limit, so that requests that travel at different
    /// speeds do not arrive closer than the limit allows. Default 0.013 (1.3 %).
    pub margin: f64,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self { per_second: 7.0, margin: 0.013 }
    }
}

/// Leave to start one request now.
#[derive(Debug)]
#[must_use = "a permit is spent whether or not a request follows"]
pub struct Permit {
    priority: Priority,
    waited: Duration,
}

impl Permit {
    /// The priority it was asked with.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// How long it took to get.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

/// Nothing may be sent until [`Budget::unblock`] is called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("all requests are stopped: {reason}")]
pub struct BudgetBlocked {
    /// The reason given to [`Budget::block`].
    pub reason: String,
}

/// A prioritised rate scheduler. Clones share one allowance.
#[derive(Debug, Clone)]
pub struct Budget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    per_second: Option<f64>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pace: Option<Pace>,
    queue: Queue,
    paused_until: Option<Instant>,
    blocked: Option<String>,
    counts: Counts,
}

impl Budget {
    /// A budget that keeps to `config`. A rate that is not a positive number means no limit.
    #[must_use]
    pub fn new(config: BudgetConfig) -> Self {
        let limited = config.per_second.is_finite() && config.per_second > 0.0;
        Self::with_pace(limited.then_some(config))
    }

    /// A budget that never delays, for tests and measurements. Pauses and blocks still hold.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::with_pace(None)
    }

    fn with_pace(config: Option<BudgetConfig>) -> Self {
        let state = State {
            pace: config.map(Pace::new),
            queue: Queue::default(),
            paused_until: None,
            blocked: None,
            counts: Counts::new(Instant::now()),
        };
        let per_second = config.map(|config| config.per_second);
        Self { shared: Arc::new(Shared { per_second, state: Mutex::new(state) }) }
    }

    /// Waits for its turn. Dropping the future gives the place in the queue to the next.
    ///
    /// # Errors
    /// [`BudgetBlocked`] while the budget is blocked, also for those already waiting when it happens.
    pub async fn acquire(&self, priority: Priority) -> Result<Permit, BudgetBlocked> {
        let asked_at = Instant::now();
        let place = Place::join(&self.shared, priority);
        loop {
            match place.turn(Instant::now())? {
                Turn::Start => {
                    let waited = Instant::now().saturating_duration_since(asked_at);
                    return Ok(Permit { priority, waited });
                }
                Turn::At(instant) => {
                    tokio::select! {
                        () = sleep_until(instant) => {}
                        () = place.wake.notified() => {}
                    }
                }
                Turn::Behind => place.wake.notified().await,
            }
        }
    }

    /// Lets nothing start before `instant`. A later pause already set stays.
    pub fn pause_until(&self, instant: Instant) {
        let mut state = self.shared.lock();
        state.paused_until = Some(state.paused_until.map_or(instant, |already| already.max(instant)));
    }

    /// [`Self::pause_until`], counted from now: what to do with the `retry_after` of a 429.
    pub fn pause_for(&self, duration: Duration) {
        self.pause_until(Instant::now() + duration);
    }

    /// The server refused a request as one too many: pauses for `wait`, though for a second at least, and keeps
    /// further below the limit for the next minutes. Refusals that arrive during a pause tell nothing new.
    pub fn refused(&self, wait: Duration) {
        let now = Instant::now();
        let mut state = self.shared.lock();
        let is_paused = state.paused_until.is_some_and(|until| now < until);
        if !is_paused && let Some(pace) = &mut state.pace {
            pace.refused();
        }
        drop(state);
        self.pause_for(wait.max(LEAST_PAUSE));
    }

    /// Ends a pause.
    pub fn resume(&self) {
        let mut state = self.shared.lock();
        state.paused_until = None;
        state.queue.wake_first();
    }

    /// Stops everything: whoever waits, and whoever asks later, gets [`BudgetBlocked`] with `reason`.
    pub fn block(&self, reason: impl Into<String>) {
        let mut state = self.shared.lock();
        state.blocked = Some(reason.into());
        state.queue.wake_all();
    }

    /// Lets requests start again after [`Self::block`].
    pub fn unblock(&self) {
        self.shared.lock().blocked = None;
    }

    /// Whether everything is stopped.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.shared.lock().blocked.is_some()
    }

    /// What has been spent and who waits.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let now = Instant::now();
        let mut state = self.shared.lock();
        let (last_second, history) = state.counts.read(now);
        Usage {
            per_second: self.shared.per_second,
            last_second,
            history,
            waiting: state.queue.waiting(),
            paused_for: state
                .paused_until
                .map(|until| until.saturating_duration_since(now))
                .filter(|left| !left.is_zero()),
            blocked: state.blocked.clone(),
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(BudgetConfig::default())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Turn {
    Start,
    At(Instant),
    Behind,
}

/// A place in the queue; leaving it for whatever reason wakes the next.
struct Place<'a> {
    shared: &'a Shared,
    priority: Priority,
    ticket: u64,
    wake: Arc<Notify>,
}

impl<'a> Place<'a> {
    fn join(shared: &'a Shared, priority: Priority) -> Self {
        let wake = Arc::new(Notify::new());
        let ticket = shared.lock().queue.join(priority, Arc::clone(&wake));
        Self { shared, priority, ticket, wake }
    }

    fn turn(&self, now: Instant) -> Result<Turn, BudgetBlocked> {
        let mut state = self.shared.lock();
        if let Some(reason) = &state.blocked {
            return Err(BudgetBlocked { reason: reason.clone() });
        }
        if !state.queue.is_first(self.priority, self.ticket) {
            return Ok(Turn::Behind);
        }
        let earliest = state.pace.as_ref().and_then(Pace::earliest).max(state.paused_until);
        if let Some(earliest) = earliest
            && now < earliest
        {
            return Ok(Turn::At(earliest));
        }
        if let Some(pace) = &mut state.pace {
            pace.started(now);
        }
        state.counts.started(now);
        Ok(Turn::Start)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.queue.leave(self.priority, self.ticket);
        state.queue.wake_first();
    }
}
