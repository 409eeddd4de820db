//! Seven requests per second and address; who does not listen is blocked.

use std::collections::{HashMap, VecDeque};

/// Kommo docs: limitations. The window slides: no second, wherever it starts, may hold more.
pub(crate) const PER_SECOND: usize = 7;
const WINDOW_MS: i64 = 1000;
/// So many refusals within a minute and the address is blocked.
const REFUSALS_BEFORE_BLOCK: usize = 20;
const REFUSAL_MEMORY_MS: i64 = 60_000;
/// How long the block lasts. Kommo names no time; five minutes is the `retry_after` of its example.
const BLOCK_MS: i64 = 300_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    TooMany,
    Blocked,
}

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    callers: HashMap<String, Caller>,
}

#[derive(Debug, Default)]
struct Caller {
    accepted_ms: VecDeque<i64>,
    refused_ms: VecDeque<i64>,
    blocked_until_ms: i64,
    peak: usize,
}

impl Limiter {
    pub(crate) fn arrive(&mut self, caller: &str, now_ms: i64, limited: bool) -> Verdict {
        let caller = match self.callers.get_mut(caller) {
            Some(known) => known,
            None => self.callers.entry(caller.to_owned()).or_default(),
        };
        forget(&mut caller.accepted_ms, now_ms - WINDOW_MS);
        forget(&mut caller.refused_ms, now_ms - REFUSAL_MEMORY_MS);
        if limited {
            if now_ms < caller.blocked_until_ms {
                return Verdict::Blocked;
            }
            if caller.accepted_ms.len() >= PER_SECOND {
                caller.refused_ms.push_back(now_ms);
                if caller.refused_ms.len() >= REFUSALS_BEFORE_BLOCK {
                    caller.refused_ms.clear();
                    caller.blocked_until_ms = now_ms + BLOCK_MS;
                }
                return Verdict::TooMany;
            }
        }
        caller.accepted_ms.push_back(now_ms);
        caller.peak = caller.peak.max(caller.accepted_ms.len());
        Verdict::Pass
    }

    /// The most requests one caller ever had accepted within one second.
    pub(crate) fn peak_per_second(&self) -> usize {
        self.callers.values().map(|caller| caller.peak).max().unwrap_or(0)
    }
}

/// Drops what happened at or before `until_ms`.
fn forget(times: &mut VecDeque<i64>, until_ms: i64) {
    while times.front().is_some_and(|first| *first <= until_ms) {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_eighth_request_within_a_second_is_refused_and_the_next_second_is_free() {
        let mut limiter = Limiter::default();
        for offset in 0..7 {
            assert_eq!(limiter.arrive("a", offset, true), Verdict::Pass);
        }
        assert_eq!(limiter.arrive("a", 999, true), Verdict::TooMany);
        assert_eq!(limiter.arrive("b", 999, true), Verdict::Pass, "another address has its own budget");
        assert_eq!(limiter.arrive("a", 1000, true), Verdict::Pass);
    }

    #[test]
    fn twenty_refusals_in_a_minute_block_the_address_for_five_minutes() {
        let mut limiter = Limiter::default();
        let mut refused = 0;
        for _ in 0..27 {
            refused += usize::from(limiter.arrive("a", 5_000, true) == Verdict::TooMany);
        }
        assert_eq!(refused, 20);
        assert_eq!(limiter.arrive("a", 5_000 + BLOCK_MS - 1, true), Verdict::Blocked);
        assert_eq!(limiter.arrive("a", 5_000 + BLOCK_MS, true), Verdict::Pass);
    }

    #[test]
    fn without_a_limit_everything_passes() {
        let mut limiter = Limiter::default();
        assert!((0..100).all(|_| limiter.arrive("a", 0, false) == Verdict::Pass));
        assert_eq!(limiter.peak_per_second(), 100);
    }

    proptest! {
        #[test]
        fn no_window_of_a_second_ever_holds_more_than_seven(gaps in prop::collection::vec(0_i64..400, 1..200)) {
            let mut limiter = Limiter::default();
            let mut now = 0;
            let mut accepted = Vec::new();
            for gap in gaps {
                now += gap;
                if limiter.arrive("a", now, true) == Verdict::Pass {
                    accepted.push(now);
                }
            }
            for window in accepted.windows(PER_SECOND + 1) {
                prop_assert!(window[PER_SECOND] - window[0] >= WINDOW_MS);
            }
        }
    }
}
