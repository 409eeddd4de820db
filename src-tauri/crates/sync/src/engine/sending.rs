//! The part of the engine that sends.

use super::{Engine, caught};
use crate::outbox::{self, SendReport};
use crate::status::EngineEvent;
use crate::trouble::{SyncError, Trouble};
use cadencia_domain::time::UtcMillis;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

/// A look at the outbox at least this often: another program may have promised something.
const AT_LEAST_EVERY_MS: i64 = 15_000;

/// What sending needs beside the rest.
#[derive(Debug, Default)]
pub(super) struct Sending {
    pub(super) wake: Notify,
    /// One round at a time, whoever asks for it.
    turn: Mutex<()>,
}

impl Engine {
    /// A change was promised, or sending goes on: look now.
    pub fn want_send(&self) {
        self.0.sending.wake.notify_one();
    }

    /// Changes were promised, taken back or freed: these leads look different now, and there may be work.
    pub fn promised(&self, leads: Vec<i64>) {
        let context = &self.0.context;
        context.tell(EngineEvent::OutboxChanged);
        if !leads.is_empty() {
            context.tell(EngineEvent::LeadsChanged(leads));
        }
        self.want_send();
    }

    /// Sends what is due, once.
    ///
    /// # Errors
    /// Why it could not be finished. Every change is as it was, or as far as it came.
    pub async fn send_once(&self) -> Result<SendReport, SyncError> {
        let _turn = self.0.sending.turn.lock().await;
        outbox::run_once(&self.0.context).await
    }

    /// Sends until nothing is due any more or it does not go on: before the program ends.
    pub async fn drain(&self) {
        while let Ok(report) = caught(self.send_once()).await {
            if !report.has_more {
                return;
            }
        }
    }

    pub(super) async fn run_sending(&self, stop: &CancellationToken) {
        let mut attempt = 0_u32;
        while !stop.is_cancelled() {
            let ended = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                ended = caught(self.send_once()) => ended,
            };
            let now = self.0.context.clock.now();
            let wait_until = match ended {
                Ok(report) => {
                    attempt = 0;
                    if report.has_more {
                        continue;
                    }
                    // A clock that was set back must not put sending to sleep for hours.
                    let latest = now.plus(AT_LEAST_EVERY_MS);
                    Some(report.next_due.map_or(latest, |at| at.max(now.plus(250)).min(latest)))
                }
                Err(error) => {
                    attempt = attempt.saturating_add(1);
                    self.wait_after(&error, attempt, now)
                }
            };
            self.rest(stop, &self.0.sending.wake, wait_until).await;
        }
    }

    /// Until when sending rests; none: until a person signs in again.
    fn wait_after(&self, error: &SyncError, attempt: u32, now: UtcMillis) -> Option<UtcMillis> {
        let trouble = Trouble::of(error);
        tracing::info!(
            error = error as &dyn std::error::Error,
            code = trouble.code(),
            "changes wait to be sent"
        );
        let mut byte = [0_u8; 1];
        self.0.context.entropy.fill(&mut byte);
        trouble.wait_ms(attempt, f64::from(byte[0]) / 255.0).map(|wait| now.plus(wait))
    }
}
