//! What the last failure to renew a token taught. Until the next try is due, everybody is answered from it.

use kommo::{Hindrance, TokenError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Shorter than an engine's waits, so that a pass that comes back after one of them is not put off once more.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(40);
/// After a 429 that names no time.
const WAIT_AFTER_UNTIMED_429: Duration = Duration::from_secs(5);

/// Nobody was asked for a token, because it did not work a moment ago.
#[derive(Debug, thiserror::Error)]
#[error("the token could not be renewed, and the next try is not due yet")]
struct NotDue;

/// The last failure, when it was not followed by a success. Instants are monotonic milliseconds.
#[derive(Debug, Default)]
pub(super) struct Setback(Mutex<Option<Failed>>);

#[derive(Clone, Copy, Debug)]
struct Failed {
    why: Hindrance,
    in_a_row: u32,
    retry_at_ms: u64,
}

impl Setback {
    /// The answer to whoever comes before the next try is due.
    pub(super) fn postponed(&self, now_ms: u64, budget_is_blocked: bool) -> Option<TokenError> {
        let failed = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let left = Duration::from_millis(failed.retry_at_ms.saturating_sub(now_ms));
        let why = match failed.why {
            // Whoever lets the budget go again wants to know whether Kommo still blocks us.
            Hindrance::Blocked => budget_is_blocked.then_some(Hindrance::Blocked),
            _ if left.is_zero() => None,
            Hindrance::RateLimited { .. } => Some(Hindrance::RateLimited { retry_after: Some(left) }),
            why => Some(why),
        };
        why.map(|why| TokenError::Unavailable { why, source: Box::new(NotDue) })
    }

    /// Notes a failure. Answers it with the time until the next try, where it tells one.
    pub(super) fn note(&self, why: Hindrance, now_ms: u64) -> Hindrance {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let in_a_row = known.map_or(1, |failed| failed.in_a_row.saturating_add(1));
        let grown = FIRST_WAIT.saturating_mul(1 << (in_a_row - 1).min(10)).min(LONGEST_WAIT);
        let (why, wait) = match why {
            Hindrance::RateLimited { retry_after } => {
                let wait = retry_after.unwrap_or(WAIT_AFTER_UNTIMED_429).max(grown);
                (Hindrance::RateLimited { retry_after: Some(wait) }, wait)
            }
            why => (why, grown),
        };
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        *known = Some(Failed { why, in_a_row, retry_at_ms: now_ms.saturating_add(wait_ms) });
        why
    }

    /// It worked, or a person does not want to wait.
    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(seconds: u64) -> Hindrance {
        Hindrance::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
    }

    fn answer(setback: &Setback, now_ms: u64) -> Option<Hindrance> {
        match setback.postponed(now_ms, false) {
            Some(TokenError::Unavailable { why, .. }) => Some(why),
            Some(TokenError::SignedOut) => panic!("a setback never loses the sign-in"),
            None => None,
        }
    }

    #[test]
    fn nothing_is_postponed_before_something_failed_or_after_it_was_forgotten() {
        let setback = Setback::default();
        assert_eq!(answer(&setback, 0), None);
        setback.note(Hindrance::Server, 0);
        assert_eq!(answer(&setback, 0), Some(Hindrance::Server));
        setback.clear();
        assert_eq!(answer(&setback, 0), None);
    }

    #[test]
    fn each_failure_in_a_row_postpones_the_next_try_for_longer_up_to_a_bound() {
        let setback = Setback::default();
        let mut now = 1_000;
        for seconds in [2, 4, 8, 16, 32, 40, 40] {
            setback.note(Hindrance::Unreachable, now);
            assert_eq!(answer(&setback, now + seconds * 1_000 - 1), Some(Hindrance::Unreachable));
            now += seconds * 1_000;
            assert_eq!(answer(&setback, now), None, "after {seconds} s");
        }
        setback.clear();
        setback.note(Hindrance::Unreachable, now);
        assert_eq!(answer(&setback, now + 2_000), None, "what worked in between starts anew");
    }

    #[test]
    fn a_named_wait_is_kept_and_what_is_left_of_it_is_told() {
        let setback = Setback::default();
        assert_eq!(setback.note(limited(300), 0), limited(300));
        assert_eq!(answer(&setback, 100_000), Some(limited(200)));
        assert_eq!(answer(&setback, 300_000), None);
        assert_eq!(setback.note(limited(0), 300_000), limited(4), "no less than after any other failure");
        let untimed = Setback::default().note(Hindrance::RateLimited { retry_after: None }, 0);
        assert_eq!(untimed, limited(5));
    }

    #[test]
    fn a_block_lasts_as_long_as_the_budget_is_blocked() {
        let setback = Setback::default();
        setback.note(Hindrance::Blocked, 0);
        assert!(setback.postponed(3_600_000, true).is_some());
        assert!(setback.postponed(0, false).is_none());
    }
}
