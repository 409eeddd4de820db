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

    /// A share by chance, from 0 to 1.
    fn jitter(&self) -> f64 {
        let mut byte = [0_u8; 1];
        self.context.entropy.fill(&mut byte);
        f64::from(byte[0]) / 255.0
    }

    /// Gives a change to a person.
    pub(super) async fn wedge(
        &mut self,
        row: &OutboxRow,
        cause: &str,
        detail: &str,
    ) -> Result<(), SyncError> {
        self.progressed = true;
        let log = told::wedged_row(row, cause, detail, self.context.clock.now());
        let (id, code) = (row.id, cause.to_owned());
        let detail = (!detail.is_empty()).then(|| detail.to_owned());
        let is_wedged = self
            .context
            .store
            .write(move |tx| {
                let is_wedged = outbox::wedge(tx, id, &code, detail.as_deref())?;
                if is_wedged {
                    apply::append(tx, &[log])?;
                }
                Ok(is_wedged)
            })
            .await?;
        if is_wedged {
            self.wedged.push((row.id, cause.to_owned()));
        }
        Ok(())
    }

    /// Ends a part of the round, which was about `rows`. What stands in the way of them alone does not hold up the others:
    /// they are tried again later, each by itself, and end in the hands of a person.
    pub(super) async fn end_part(
        &mut self,
        rows: &[OutboxRow],
        ended: Result<(), SyncError>,
    ) -> Result<(), SyncError> {
        let Err(error) = ended else { return Ok(()) };
        let Some(cause) = failure::of_these_alone(&error) else { return Err(error) };
        tracing::info!(
            error = &error as &dyn std::error::Error,
            changes = rows.len(),
            "changes are put aside"
        );
        self.put_aside(rows, cause).await
    }

    /// Lets these wait, and the others go on. At last they end in the hands of a person.
    pub(super) async fn put_aside(
        &mut self,
        rows: &[OutboxRow],
        cause: &'static str,
    ) -> Result<(), SyncError> {
        let now = self.context.clock.now();
        for row in rows {
            let attempt = row.attempts + 1;
            if attempt >= failure::MOST_ATTEMPTS {
                self.wedge(row, cause, "").await?;
                continue;
            }
            // One that may have been sent is under way for a while.
            let due_at = now.plus(failure::wait_ms(attempt, self.jitter()).max(failure::UNSURE_MS));
            let id = row.id;
            self.context.store.write(move |tx| outbox::put_aside(tx, id, cause, due_at)).await?;
        }
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
        let jitter = self.jitter();
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
