//! Time as an argument.

use async_trait::async_trait;
use cadencia_domain::time::UtcMillis;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;

/// Reads the time and waits for it. Loops hold one; everything below them takes instants as arguments.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug + 'static {
    /// The wall clock of this computer. It may jump in either direction.
    fn now(&self) -> UtcMillis;

    /// Milliseconds that only ever grow while the program runs; for durations.
    fn monotonic_ms(&self) -> u64;

    /// Returns when `now()` has reached `deadline`. Looks at the wall clock at least every 30 s, so that a
    /// computer that slept or whose clock was set wakes up in time.
    async fn sleep_until(&self, deadline: UtcMillis);
}

/// The real clock.
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[expect(clippy::disallowed_methods, reason = "this crate is the one place that reads the time")]
    pub fn new() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this crate is the one place that reads the time")]
    fn now(&self) -> UtcMillis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        UtcMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    #[expect(clippy::disallowed_methods, reason = "this crate is the one place that waits")]
    async fn sleep_until(&self, deadline: UtcMillis) {
        loop {
            let left = deadline.since(self.now());
            if left <= 0 {
                return;
            }
            let step = u64::try_from(left).unwrap_or(0).min(30_000);
            tokio::time::sleep(Duration::from_millis(step)).await;
        }
    }
}

/// A clock that stands still until it is moved: tests and seeded simulation.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<Reading>,
    moved: watch::Sender<UtcMillis>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    wall: UtcMillis,
    monotonic_ms: u64,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: UtcMillis) -> Self {
        Self { state: Mutex::new(Reading { wall: start, monotonic_ms: 0 }), moved: watch::Sender::new(start) }
    }

    /// Time passes: both the wall clock and the monotonic one go on.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.change(|reading| {
            reading.wall = reading.wall.plus(i64::try_from(millis).unwrap_or(i64::MAX));
            reading.monotonic_ms = reading.monotonic_ms.saturating_add(millis);
        });
    }

    /// Somebody sets the wall clock; monotonic time does not care.
    pub fn set_wall(&self, wall: UtcMillis) {
        self.change(|reading| reading.wall = wall);
    }

    fn change(&self, edit: impl FnOnce(&mut Reading)) {
        let wall = {
            let mut reading = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            edit(&mut reading);
            reading.wall
        };
        self.moved.send_replace(wall);
    }

    fn reading(&self) -> Reading {
        *self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> UtcMillis {
        self.reading().wall
    }

    fn monotonic_ms(&self) -> u64 {
        self.reading().monotonic_ms
    }

    async fn sleep_until(&self, deadline: UtcMillis) {
        let mut moved = self.moved.subscribe();
        while self.now() < deadline {
            if moved.changed().await.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_manual_clock_passes_its_deadline() {
        let clock = Arc::new(ManualClock::new(UtcMillis(1_000)));
        let sleeper = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { clock.sleep_until(UtcMillis(5_000)).await }
        });
        clock.advance(Duration::from_secs(3));
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(1));
        sleeper.await.unwrap();
        assert_eq!(clock.now(), UtcMillis(5_000));
        assert_eq!(clock.monotonic_ms(), 4_000);
    }

    #[test]
    fn setting_the_wall_clock_back_leaves_monotonic_time_alone() {
        let clock = ManualClock::new(UtcMillis(10_000));
        clock.advance(Duration::from_secs(1));
        clock.set_wall(UtcMillis(0));
        assert_eq!((clock.now(), clock.monotonic_ms()), (UtcMillis(0), 1_000));
    }
}
