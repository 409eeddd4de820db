use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Priority;

const HISTORY_SECONDS: u64 = 60;

/// What a [`super::Budget`] has spent and who waits for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// The limit in requests a second; `None` when there is none.
    pub per_second: Option<f64>,
    /// Requests started during the last second.
    pub last_second: u32,
    /// Requests started in each of the last 60 seconds, oldest first; the last entry is the running second.
    pub history: Vec<u32>,
    /// How many wait, in the order of [`Priority::ALL`].
    pub waiting: [usize; Priority::ALL.len()],
    /// How much longer everything waits because the server asked for it.
    pub paused_for: Option<Duration>,
    /// Why everything is stopped.
    pub blocked: Option<String>,
}

impl Usage {
    /// How many wait with `priority`.
    #[must_use]
    pub fn waiting_with(&self, priority: Priority) -> usize {
        self.waiting[priority as usize]
    }
}

#[derive(Debug)]
pub(super) struct Counts {
    origin: Instant,
    /// `(second since origin, starts in it)`, oldest first, only seconds that had any.
    seconds: VecDeque<(u64, u32)>,
    recent: VecDeque<Instant>,
}

impl Counts {
    pub(super) fn new(origin: Instant) -> Self {
        Self { origin, seconds: VecDeque::new(), recent: VecDeque::new() }
    }

    pub(super) fn started(&mut self, now: Instant) {
        self.forget(now);
        self.recent.push_back(now);
        let second = self.second_of(now);
        match self.seconds.back_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.seconds.push_back((second, 1)),
        }
    }

    pub(super) fn read(&mut self, now: Instant) -> (u32, Vec<u32>) {
        self.forget(now);
        let mut history = vec![0; HISTORY_SECONDS as usize];
        let running = self.second_of(now);
        for &(second, count) in &self.seconds {
            let age = running.saturating_sub(second);
            if let Some(index) = (HISTORY_SECONDS - 1).checked_sub(age) {
                history[index as usize] = count;
            }
        }
        (u32::try_from(self.recent.len()).unwrap_or(u32::MAX), history)
    }

    fn forget(&mut self, now: Instant) {
        let second = Duration::from_secs(1);
        while self.recent.front().is_some_and(|&start| now.saturating_duration_since(start) >= second) {
            self.recent.pop_front();
        }
        let running = self.second_of(now);
        while self.seconds.front().is_some_and(|&(second, _)| second + HISTORY_SECONDS <= running) {
            self.seconds.pop_front();
        }
    }

    fn second_of(&self, instant: Instant) -> u64 {
        instant.saturating_duration_since(self.origin).as_secs()
    }
}
