//! What an error of a write means for what was sent: pure.

use crate::trouble::{SyncError, Trouble};
use cadencia_store::outbox::OutboxRow;
use kommo::Error;
use kommo::retry::RetryClass;

/// So many answers that were no success end in the hands of a person.
pub(crate) const MOST_ATTEMPTS: u32 = 10;
/// A request without an answer may still be under way: it is not looked for before.
pub(crate) const UNSURE_MS: i64 = 60_000;
const FIRST_WAIT_MS: i64 = 15_000;
const LONGEST_WAIT_MS: i64 = 1_800_000;

/// What an error means for what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Certainly not carried out, for a reason that lies between us and Kommo: the change waits as if nothing had been.
    NotSent,
    /// May have been carried out: to be looked up first.
    Unsure,
    /// Understood and refused: the same would be refused again.
    Refused {
        /// A code.
        cause: &'static str,
        /// Kommo's words.
        detail: String,
        /// The items of the batch that Kommo complains about, by the `request_id` they were sent with.
        items: Vec<String>,
    },
}

/// Tells what `error` means.
pub(crate) fn of(error: &Error) -> Failure {
    match error.retry_class() {
        RetryClass::Unauthorized
        | RetryClass::Blocked
        | RetryClass::RateLimited { .. }
        | RetryClass::NotProcessed => Failure::NotSent,
        RetryClass::Uncertain | RetryClass::Unusable => Failure::Unsure,
        RetryClass::Refused => refused(error),
    }
}

fn refused(error: &Error) -> Failure {
    let (cause, detail, items) = match error {
        Error::Validation { errors, detail, .. } => {
            let items = errors.iter().filter_map(|problem| problem.request_id.clone()).collect();
            // Where and what kind, never the value: that is a person's.
            let told: Vec<String> =
                errors.iter().map(|problem| format!("{}: {}", problem.path, problem.detail)).collect();
            ("refused_by_kommo", if told.is_empty() { detail.clone() } else { told.join("; ") }, items)
        }
        Error::Forbidden { .. } => (NO_RIGHT, String::new(), Vec::new()),
        Error::PaymentRequired { .. } => ("account_unpaid", String::new(), Vec::new()),
        Error::NotFound { detail, .. } => ("gone", detail.clone(), Vec::new()),
        Error::Unprocessable { detail, .. } | Error::Rejected { detail, .. } => {
            ("refused_by_kommo", detail.clone(), Vec::new())
        }
        _ => ("refused_by_kommo", String::new(), Vec::new()),
    };
    Failure::Refused { cause, detail: short(&detail), items }
}

/// Kommo did not show what it is about.
const NOT_SHOWN: &str = "no_answer";
/// Kommo refuses what it is about to this user.
const NO_RIGHT: &str = "no_right";

/// Whether it was put aside before: the next time it goes alone.
pub(crate) fn goes_alone(row: &OutboxRow) -> bool {
    row.cause.as_deref().is_some_and(|cause| [NOT_SHOWN, NO_RIGHT].contains(&cause))
}

/// Why these changes alone cannot go on, when what stands in the way is about them: Kommo does not show what they are
/// about. None: it stands in the way of all.
pub(crate) fn of_these_alone(error: &SyncError) -> Option<&'static str> {
    match error {
        SyncError::FilterIgnored => Some(NOT_SHOWN),
        SyncError::Kommo(Error::PaymentRequired { .. }) => None,
        SyncError::Kommo(Error::Forbidden { .. }) => Some(NO_RIGHT),
        SyncError::Kommo(error) => {
            matches!(error.retry_class(), RetryClass::Refused | RetryClass::Unusable).then_some(NOT_SHOWN)
        }
        _ => None,
    }
}

/// Kommo's words, short enough to be kept.
fn short(text: &str) -> String {
    text.chars().take(300).collect()
}

/// The code kept with a change that waits after `error`.
pub(crate) fn code(error: &Error) -> &'static str {
    Trouble::of_kommo(error).code()
}

/// How long a change waits after its `attempt`-th answer (from 1). `jitter` is a share from 0 to 1.
pub(crate) fn wait_ms(attempt: u32, jitter: f64) -> i64 {
    let doublings = attempt.saturating_sub(1).min(12);
    let full = (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS);
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
    let half = full / 2;
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "half an hour at most")]
    let by_chance = (half as f64 * jitter) as i64;
    half + by_chance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_half_its_length_up_to_a_bound() {
        assert_eq!((wait_ms(1, 0.0), wait_ms(1, 1.0)), (7_500, 15_000));
        assert_eq!((wait_ms(2, 0.0), wait_ms(2, 1.0)), (15_000, 30_000));
        assert_eq!(wait_ms(40, 1.0), LONGEST_WAIT_MS);
    }
}
