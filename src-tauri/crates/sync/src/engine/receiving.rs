//! The part of the engine that looks at what webhooks delivered, and keeps the subscription.

use super::{Engine, caught};
use crate::hooks;
use crate::inbox::{self, InboxReport};
use crate::trouble::{SyncError, Trouble};
use cadencia_domain::time::UtcMillis;
use cadencia_store::webhook::WebhookState;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

/// The subscription is compared with the wanted one this often.
const CHECK_EVERY_MS: i64 = 900_000;
/// And this often while Kommo refuses it for a reason that may pass, or cannot be asked.
const CHECK_AGAIN_MS: i64 = 60_000;
/// A look at the inbox at least this often.
const AT_LEAST_EVERY_MS: i64 = 60_000;

/// What receiving needs beside the rest.
#[derive(Debug, Default)]
pub(super) struct Receiving {
    pub(super) wake: Notify,
    pub(super) wake_check: Notify,
    turn: Mutex<()>,
    check_turn: Mutex<()>,
}

impl Engine {
    /// A delivery was kept: look now.
    pub fn want_inbox(&self) {
        self.0.receiving.wake.notify_one();
    }

    /// The wanted subscription changed: compare now.
    pub fn want_webhook_check(&self) {
        self.0.receiving.wake_check.notify_one();
    }

    /// Looks at what was delivered, once.
    ///
    /// # Errors
    /// Why it could not be finished. What was not looked at goes on waiting.
    pub async fn inbox_once(&self) -> Result<InboxReport, SyncError> {
        let _turn = self.0.receiving.turn.lock().await;
        inbox::run_once(&self.0.context).await
    }

    /// Compares the subscription in Kommo with the wanted one and repairs it, once.
    ///
    /// # Errors
    /// Faults of the mirror.
    pub async fn check_webhook(&self) -> Result<Option<WebhookState>, SyncError> {
        let _turn = self.0.receiving.check_turn.lock().await;
        hooks::check(&self.0.context).await
    }

    pub(super) async fn run_inbox(&self, stop: &CancellationToken) {
        let mut attempt = 0_u32;
        while !stop.is_cancelled() {
            let ended = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                ended = caught(self.inbox_once()) => ended,
            };
            let now = self.0.context.clock.now();
            let wait_until = match ended {
                Ok(report) if report.has_more => continue,
                Ok(_) => {
                    attempt = 0;
                    Some(now.plus(AT_LEAST_EVERY_MS))
                }
                Err(error) => {
                    attempt = attempt.saturating_add(1);
                    let trouble = Trouble::of(&error);
                    tracing::info!(
                        error = &error as &dyn std::error::Error,
                        code = trouble.code(),
                        "deliveries wait"
                    );
                    trouble.wait_ms(attempt, 0.5).map(|wait| now.plus(wait))
                }
            };
            self.rest(stop, &self.0.receiving.wake, wait_until).await;
        }
    }

    pub(super) async fn run_webhook_checks(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let ended = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                ended = caught(self.check_webhook()) => ended,
            };
            let wait = match ended {
                Ok(None | Some(WebhookState::Active | WebhookState::Off)) => CHECK_EVERY_MS,
                _ => CHECK_AGAIN_MS,
            };
            let at = self.0.context.clock.now().plus(wait);
            self.rest(stop, &self.0.receiving.wake_check, Some(at)).await;
        }
    }

    /// Waits until `at`, a call, or the end. Without `at` only for the latter two.
    pub(super) async fn rest(&self, stop: &CancellationToken, wake: &Notify, at: Option<UtcMillis>) {
        let alarm = async {
            match at {
                Some(at) => self.0.context.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = wake.notified() => {}
            () = alarm => {}
        }
    }
}
