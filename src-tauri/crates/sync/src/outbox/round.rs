//! One round of sending: what its parts share.

use super::failure::{self, Failure};
use super::told;
use crate::apply::{self, Changed};
use crate::context::Context;
use crate::trouble::SyncError;
use cadencia_store::outbox::{self, OutboxRow};
use kommo::Client;

/// One round of sending.
pub(super) struct Round<'a> {
    pub(super) context: &'a Context,
    pub(super) client: Client,
    pub(super) changed: Changed,
    /// Changes that are in Kommo now.
    pub(super) sent: u32,
    /// Something moved: another round may have work.
    pub(super) progressed: bool,
    /// Changes that need a person, and why.
    pub(super) wedged: Vec<(i64, String)>,
}

impl<'a> Round<'a> {
    pub(super) fn new(context: &'a Context, client: Client) -> Self {
        Self { context, client, changed: Changed::default(), sent: 0, progressed: false, wedged: Vec::new() }
    }

    /// Gives a change to a person.
    pub(super) async fn wedge(
        &mut self,
        row: &OutboxRow,
        cause: &str,
        detail: &str,
    ) -> Result<(), SyncError> {
        self.wedged.push((row.id, cause.to_owned()));
        self.progressed = true;
        let now = self.context.clock.now();
        let log = told::wedged_row(row, cause, detail, now);
        let (id, cause) = (row.id, cause.to_owned());
        let detail = (!detail.is_empty()).then(|| detail.to_owned());
        self.context
            .store
            .write(move |tx| {
                outbox::wedge(tx, id, &cause, detail.as_deref())?;
                apply::append(tx, &[log])
            })
            .await?;
        Ok(())
    }

    /// Notes that these were not carried out, or that nobody knows. What lies between us and Kommo is passed on, so
    /// that everything waits.
    pub(super) async fn put_off(
        &mut self,
        rows: &[OutboxRow],
        failure: &Failure,
        error: kommo::Error,
    ) -> Result<(), SyncError> {
        let now = self.context.clock.now();
        let cause = failure::code(&error);
        let is_unsure = *failure == Failure::Unsure;
        let mut byte = [0_u8; 1];
        self.context.entropy.fill(&mut byte);
        let jitter = f64::from(byte[0]) / 255.0;
        let (mut postponed, mut given_up) = (Vec::new(), Vec::new());
        for row in rows {
            let attempt = row.attempts + 1;
            if is_unsure && attempt >= failure::MOST_ATTEMPTS {
                given_up.push(row.clone());
                continue;
            }
            let least = if row.write.creates() { failure::UNSURE_MS } else { 0 };
            let wait = if is_unsure { failure::wait_ms(attempt, jitter).max(least) } else { 0 };
            postponed.push((row.id, now.plus(wait)));
        }
        let logs: Vec<_> = rows.iter().map(|row| told::put_off(row, cause, now)).collect();
        self.context
            .store
            .write(move |tx| {
                for (id, due_at) in postponed {
                    outbox::postpone(tx, id, cause, due_at, is_unsure, is_unsure)?;
                }
                if is_unsure { apply::append(tx, &logs) } else { Ok(0) }
            })
            .await?;
        for row in given_up {
            self.wedge(&row, "no_answer", "").await?;
        }
        match failure {
            Failure::Unsure => {
                self.progressed = true;
                Ok(())
            }
            _ => Err(error.into()),
        }
    }
}
