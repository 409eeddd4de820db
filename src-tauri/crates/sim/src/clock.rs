//! The simulated clock: the one place that reads the operating system's time.

use std::sync::Mutex;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// How a simulator's clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimClock {
    /// Real time plus an offset in seconds; it can be moved forward.
    Real {
        /// Seconds added to the real time.
        offset_s: i64,
    },
    /// Stands still until it is moved: for seeded tests.
    Manual {
        /// The instant it starts at, unix milliseconds UTC.
        now_ms: i64,
    },
}

/// A running clock.
#[derive(Debug)]
pub(crate) struct Clock {
    start_ms: i64,
    started: Option<Instant>,
    moved_ms: Mutex<i64>,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the simulator's only reading of the real time")]
    pub(crate) fn start(kind: SimClock) -> Self {
        match kind {
            SimClock::Manual { now_ms } => Self { start_ms: now_ms, started: None, moved_ms: Mutex::new(0) },
            SimClock::Real { offset_s } => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let real_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
                Self {
                    start_ms: real_ms.saturating_add(offset_s.saturating_mul(1000)),
                    started: Some(Instant::now()),
                    moved_ms: Mutex::new(0),
                }
            }
        }
    }

    /// Unix milliseconds. Never goes back: real time is measured by the monotonic clock.
    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed = self
            .started
            .map_or(0, |started| i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX));
        let moved = *self.moved_ms.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.start_ms.saturating_add(elapsed).saturating_add(moved)
    }

    pub(crate) fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    pub(crate) fn is_manual(&self) -> bool {
        self.started.is_none()
    }

    pub(crate) fn advance_ms(&self, by_ms: i64) {
        let mut moved = self.moved_ms.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *moved = moved.saturating_add(by_ms);
    }
}
