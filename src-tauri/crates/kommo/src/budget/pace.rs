use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::BudgetConfig;

/// How far behind its timetable the pace may catch up: as much as timers are late, no more.
const LARGEST_LAG: Duration = Duration::from_millis(20);
/// Two starts are never closer than this share of the even spacing, however late the first one was.
const CLOSEST: f64 = 0.75;
/// This share of the margin is kept free in every window, also while catching up.
const GUARDED: f64 = 0.75;
/// A refusal widens the margin by so much more than twice what was learned before, up to the most.
const LEARNED_STEP: f64 = 0.02;
const LEARNED_MOST: f64 = 0.5;
/// So many starts without a refusal halve what was learned; less than the least is forgotten.
const CALM: u32 = 500;
const LEARNED_LEAST: f64 = 0.005;

/// When the next request may start.
///
/// Starts follow a timetable whose steps are a little longer than the limit asks. A start that a coarse timer
/// made late does not shift the timetable, so that lateness does not add up over hundreds of requests. What the
/// limit is about is held apart from that: any `whole` starts and the one after them span the window of the limit
/// and a guard, because requests travel at different speeds. The server's refusals widen both.
#[derive(Debug)]
pub(super) struct Pace {
    /// Seconds from start to start that the limit allows.
    spacing: f64,
    /// The configured share by which the pace stays below the limit.
    margin: f64,
    /// What the server's refusals taught on top of it.
    learned: f64,
    /// Starts since the last refusal, or since something learned was forgotten.
    calm: u32,
    /// Starts that fit into a window.
    whole: usize,
    timetable: Option<Instant>,
    /// The last `whole` starts, oldest first.
    recent: VecDeque<Instant>,
}

impl Pace {
    pub(super) fn new(config: BudgetConfig) -> Self {
        // One start in 100 s is as good as none; the bound keeps the division within `Duration`.
        let rate = config.per_second.max(0.01);
        let margin = if config.margin.is_finite() { config.margin.clamp(0.0, 10.0) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
        let whole = rate.clamp(1.0, 1_000.0) as usize;
        Self {
            spacing: 1.0 / rate,
            margin,
            learned: 0.0,
            calm: 0,
            whole,
            timetable: None,
            recent: VecDeque::with_capacity(whole + 1),
        }
    }

    pub(super) fn earliest(&self) -> Option<Instant> {
        let by_timetable = self.timetable? + self.step();
        let last = *self.recent.back()?;
        let by_last = last + Duration::from_secs_f64(self.spacing * CLOSEST);
        let by_window = (self.recent.len() == self.whole).then(|| self.recent[0] + self.window());
        Some(by_timetable.max(by_last)).max(by_window)
    }

    pub(super) fn started(&mut self, now: Instant) {
        self.timetable = Some(match self.timetable {
            Some(last) => (last + self.step()).max(now.checked_sub(LARGEST_LAG).unwrap_or(now)),
            None => now,
        });
        if self.recent.len() == self.whole {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.calm += 1;
        if self.calm >= CALM {
            self.calm = 0;
            self.learned = if self.learned < LEARNED_LEAST { 0.0 } else { self.learned / 2.0 };
        }
    }

    /// The server counts otherwise than we thought, or something else calls from this address: keep further away.
    pub(super) fn refused(&mut self) {
        self.learned = (self.learned * 2.0 + LEARNED_STEP).min(LEARNED_MOST);
        self.calm = 0;
    }

    fn step(&self) -> Duration {
        self.spread(1.0 + self.margin + self.learned)
    }

    #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
    fn window(&self) -> Duration {
        self.spread(self.whole as f64 * (1.0 + (self.margin + self.learned) * GUARDED))
    }

    // Rounded up, so that N spacings are never less than N / rate seconds.
    fn spread(&self, spacings: f64) -> Duration {
        Duration::from_secs_f64(self.spacing * spacings) + Duration::from_nanos(2)
    }
}
