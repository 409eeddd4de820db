use std::time::Duration;

use tokio::time::Instant;

use super::BudgetConfig;

/// How far behind its timetable the pace may catch up: as much as timers are late, no more.
const LARGEST_LAG: Duration = Duration::from_millis(10);

/// When the next request may start.
///
/// Starts follow a timetable whose steps are a little longer than the limit asks. A start that a coarse timer
/// made late does not shift the timetable, so that lateness does not add up over hundreds of requests; but
/// two starts are never closer than the limit's own spacing, so that catching up cannot break it.
#[derive(Debug)]
pub(super) struct Pace {
    step: Duration,
    closest: Duration,
    last: Option<Started>,
}

#[derive(Debug, Clone, Copy)]
struct Started {
    timetable: Instant,
    actually: Instant,
}

impl Pace {
    pub(super) fn new(config: BudgetConfig) -> Self {
        // One start in 100 s is as good as none; the bound keeps the division within `Duration`.
        let seconds = 1.0 / config.per_second.max(0.01);
        // Rounded up, so that N spacings are never less than N / rate seconds.
        let closest = Duration::from_secs_f64(seconds) + Duration::from_nanos(2);
        let margin = if config.margin.is_finite() { config.margin.clamp(0.0, 10.0) } else { 0.0 };
        let step = Duration::from_secs_f64(seconds * (1.0 + margin)).max(closest);
        Self { step, closest, last: None }
    }

    pub(super) fn earliest(&self) -> Option<Instant> {
        self.last.map(|last| (last.timetable + self.step).max(last.actually + self.closest))
    }

    pub(super) fn started(&mut self, now: Instant) {
        let timetable = match self.last {
            Some(last) => (last.timetable + self.step).max(now.checked_sub(LARGEST_LAG).unwrap_or(now)),
            None => now,
        };
        self.last = Some(Started { timetable, actually: now });
    }
}
