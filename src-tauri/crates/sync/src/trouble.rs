//! What stands between us and Kommo, told apart by what follows from it.

use cadencia_store::StoreError;
use kommo::error::{Error as KommoError, MalformedKind};
use kommo::token::{Hindrance, TokenError};
use kommo::transport::TransportError;
use std::time::Duration;

/// Why reading the account does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Only signing in again helps.
    NeedsSignIn,
    /// The account is unpaid or its plan lacks what was asked.
    Unpaid,
    /// The token's user may not see this path.
    Forbidden {
        /// The path.
        path: String,
    },
    /// Kommo blocks this computer's address.
    IpBlocked,
    /// Kommo asks to wait.
    RateLimited {
        /// For so long, when it says so.
        wait_ms: Option<i64>,
    },
    /// Kommo answers with a fault of its own.
    Unavailable,
    /// Kommo's answer cannot be used.
    Unreadable {
        /// In what way, for the log.
        what: &'static str,
    },
    /// No connection.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The disk is full.
    StorageFull,
    /// The database cannot be used at the moment.
    StorageBusy,
    /// The database is damaged.
    StorageBroken,
}

impl Trouble {
    /// Classifies a failed request.
    pub fn of_kommo(error: &KommoError) -> Self {
        match error {
            KommoError::Unauthorized { .. } => Self::NeedsSignIn,
            KommoError::TokenUnavailable { source, .. } => Self::of_token(source),
            KommoError::PaymentRequired { .. } => Self::Unpaid,
            KommoError::Forbidden { request, .. } => Self::Forbidden { path: request.path.clone() },
            KommoError::Blocked { .. } | KommoError::BudgetBlocked { .. } => Self::IpBlocked,
            KommoError::TooManyRequests { retry_after, .. } => Self::rate_limited(*retry_after),
            KommoError::Server { .. } => Self::Unavailable,
            KommoError::NotSent { source, .. } | KommoError::Ambiguous { source, .. } => {
                Self::of_transport(source)
            }
            KommoError::Malformed { what, .. } => Self::Unreadable {
                what: match what {
                    MalformedKind::Html => "html",
                    MalformedKind::PageRepeats => "page_repeats",
                    MalformedKind::Truncated => "truncated",
                    _ => "shape",
                },
            },
            KommoError::NotFound { .. } => Self::Unreadable { what: "not_found" },
            _ => Self::Unreadable { what: "refused" },
        }
    }

    /// Classifies why there is no access token.
    pub fn of_token(error: &TokenError) -> Self {
        let TokenError::Unavailable { why, .. } = error else { return Self::NeedsSignIn };
        match *why {
            Hindrance::Unreachable => Self::Unreachable,
            Hindrance::NoAnswer => Self::TimedOut,
            Hindrance::Blocked => Self::IpBlocked,
            Hindrance::RateLimited { retry_after } => Self::rate_limited(retry_after),
            Hindrance::Server => Self::Unavailable,
            Hindrance::Unreadable => Self::Unreadable { what: "token" },
            Hindrance::NotWritable => Self::StorageFull,
            Hindrance::StorageBroken => Self::StorageBroken,
        }
    }

    fn rate_limited(wait: Option<Duration>) -> Self {
        Self::RateLimited { wait_ms: wait.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)) }
    }

    /// Classifies a fault of the database.
    pub fn of_store(error: &StoreError) -> Self {
        match error {
            StoreError::DiskFull { .. } | StoreError::NotWritable { .. } => Self::StorageFull,
            StoreError::Corrupt { .. } => Self::StorageBroken,
            // Another program holds the file, or the system refuses it just now.
            _ => Self::StorageBusy,
        }
    }

    /// Whether it is about this computer's disk, and says nothing of Kommo.
    pub(crate) fn is_of_storage(&self) -> bool {
        matches!(self, Self::StorageFull | Self::StorageBusy | Self::StorageBroken)
    }

    /// Classifies why a pass ended early.
    pub fn of(error: &SyncError) -> Self {
        match error {
            SyncError::Kommo(error) => Self::of_kommo(error),
            SyncError::Store(error) => Self::of_store(error),
            SyncError::Pages(_) => Self::Unreadable { what: "page_repeats" },
            SyncError::FilterIgnored => Self::Unreadable { what: "filter_ignored" },
            SyncError::StructureEmpty => Self::Unreadable { what: "empty" },
            SyncError::Panicked => Self::Unreadable { what: "panicked" },
            SyncError::Stopped => Self::Unreachable,
        }
    }

    /// Classifies a request without an answer.
    pub fn of_transport(error: &TransportError) -> Self {
        match error {
            TransportError::BeforeSend(_) => Self::Unreachable,
            TransportError::AfterSend(_) => Self::TimedOut,
            TransportError::TooLarge { .. } => Self::Unreadable { what: "too_large" },
        }
    }

    /// The name kept in the log and worded by the screen: the contract's error codes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NeedsSignIn => "needs_sign_in",
            Self::Unpaid => "account_unpaid",
            Self::Forbidden { .. } => "forbidden",
            Self::IpBlocked => "ip_blocked",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable => "kommo_unavailable",
            Self::Unreadable { .. } => "kommo_unreadable",
            Self::Unreachable => "network_unreachable",
            Self::TimedOut => "timed_out",
            Self::StorageFull => "storage_full",
            Self::StorageBusy => "storage_busy",
            Self::StorageBroken => "database_damaged",
        }
    }

    /// How long to wait before the `attempt`-th new attempt (from 1); none when only a person can help.
    /// `jitter` is a share from 0 to 1.
    pub fn wait_ms(&self, attempt: u32, jitter: f64) -> Option<i64> {
        let doublings = attempt.saturating_sub(1).min(16);
        let growing = |first_ms: f64, most_ms: f64| {
            let grown = (first_ms * 2_f64.powi(i32::try_from(doublings).unwrap_or(16))).min(most_ms);
            Some(jittered(grown, jitter))
        };
        match self {
            Self::NeedsSignIn => None,
            // Asked for by name, so waited for in full; and no less than a growing time, should it name none.
            Self::RateLimited { wait_ms: Some(wait) } => Some((*wait).max((1_000 << doublings).min(60_000))),
            Self::IpBlocked => growing(300_000.0, 1_800_000.0),
            Self::Unpaid | Self::Forbidden { .. } => growing(300_000.0, 3_600_000.0),
            Self::StorageFull | Self::StorageBusy | Self::StorageBroken => growing(30_000.0, 300_000.0),
            Self::RateLimited { wait_ms: None }
            | Self::Unavailable
            | Self::Unreadable { .. }
            | Self::Unreachable
            | Self::TimedOut => growing(5_000.0, 60_000.0),
        }
    }
}

/// Between 75 % and 125 % of `millis`.
#[expect(clippy::cast_possible_truncation, reason = "at most some hours in milliseconds")]
fn jittered(millis: f64, jitter: f64) -> i64 {
    (millis * (0.75 + 0.5 * jitter.clamp(0.0, 1.0))) as i64
}

/// Why a pass over the account ended early.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// A request to Kommo failed.
    #[error("reading from Kommo failed")]
    Kommo(#[from] kommo::Error),
    /// The mirror could not be read or written.
    #[error("the mirror could not be used")]
    Store(#[from] StoreError),
    /// The server repeats pages.
    #[error("the list from Kommo cannot be trusted")]
    Pages(#[from] crate::pull::page_plan::PagesOverlap),
    /// The server answered with things nobody asked for, or contradicts itself.
    #[error("the answer from Kommo cannot be trusted")]
    FilterIgnored,
    /// The account came without pipelines or without people.
    #[error("the account came without pipelines or people")]
    StructureEmpty,
    /// A fault of ours while the account was read.
    #[error("reading ended in a fault of the program")]
    Panicked,
    /// The program ends, or a person cancelled.
    #[error("stopped")]
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_there_is_no_token_is_told_apart() {
        let named = Some(Duration::from_secs(300));
        let table = [
            (Hindrance::Unreachable, "network_unreachable"),
            (Hindrance::NoAnswer, "timed_out"),
            (Hindrance::Blocked, "ip_blocked"),
            (Hindrance::RateLimited { retry_after: named }, "rate_limited"),
            (Hindrance::Server, "kommo_unavailable"),
            (Hindrance::Unreadable, "kommo_unreadable"),
            (Hindrance::NotWritable, "storage_full"),
            (Hindrance::StorageBroken, "database_damaged"),
        ];
        for (why, code) in table {
            let trouble = Trouble::of_token(&TokenError::Unavailable { why, source: "a fault".into() });
            assert_eq!(trouble.code(), code, "{why:?}");
            assert!(trouble.wait_ms(1, 0.5).is_some(), "{why:?} passes by itself");
        }
        let limited = Hindrance::RateLimited { retry_after: named };
        let trouble = Trouble::of_token(&TokenError::Unavailable { why: limited, source: "a fault".into() });
        assert_eq!(trouble.wait_ms(1, 0.5), Some(300_000));
        assert_eq!(Trouble::of_token(&TokenError::SignedOut), Trouble::NeedsSignIn);
    }

    #[test]
    fn waits_grow_to_a_bound_and_a_named_wait_is_kept() {
        let waits: Vec<_> = (1..=6).map(|n| Trouble::Unreachable.wait_ms(n, 0.5)).collect();
        assert_eq!(waits, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000].map(Some).to_vec());
        assert_eq!(Trouble::RateLimited { wait_ms: Some(300_000) }.wait_ms(9, 0.0), Some(300_000));
        // A server that names no time worth the name is left alone longer and longer.
        let named_nothing: Vec<_> =
            (1..=8).map(|n| Trouble::RateLimited { wait_ms: Some(0) }.wait_ms(n, 0.0)).collect();
        let grown = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
        assert_eq!(named_nothing, grown.map(Some).to_vec());
        assert_eq!(Trouble::NeedsSignIn.wait_ms(1, 0.5), None);
        assert!(Trouble::Unreachable.wait_ms(u32::MAX, 1.0).is_some_and(|ms| ms <= 75_000));
    }
}
