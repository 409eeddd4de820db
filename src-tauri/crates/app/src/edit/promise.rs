//! Promising changes: all together or none.

use super::NotPromised;
use crate::account::Account;
use crate::convert::error::of_store;
use crate::state::App;
use cadencia_contract::{ApiError, ChangesPromised, Int53};
use cadencia_domain::time::UtcMillis;
use cadencia_domain::write::Write;
use cadencia_store::outbox::{self, NewWrite};
use cadencia_store::sync_log::LogActor;
use cadencia_store::{StoreError, Transaction};
use std::sync::Arc;

/// Promises what `make` finds to be changed for the person at this computer, in one transaction with what it read.
/// `delay_ms` is the time in which it can be taken back for certain.
pub(crate) async fn promise(
    app: &App,
    account: &Arc<Account>,
    delay_ms: i64,
    make: impl FnOnce(&Transaction<'_>) -> Result<Vec<Write>, NotPromised> + Send + 'static,
) -> Result<ChangesPromised, ApiError> {
    promise_for(LogActor::Person, app, account, delay_ms, make).await
}

/// The same for whoever asks.
pub(crate) async fn promise_for(
    actor: LogActor,
    app: &App,
    account: &Arc<Account>,
    delay_ms: i64,
    make: impl FnOnce(&Transaction<'_>) -> Result<Vec<Write>, NotPromised> + Send + 'static,
) -> Result<ChangesPromised, ApiError> {
    let now = app.now();
    let kommo_now_s = account.engine.kommo_now().unix_seconds();
    let entropy = Arc::clone(&app.0.config.entropy);
    let batch = entropy.uuid_v7(now).to_string();
    let batch_of_rows = batch.clone();
    let due_at = now.plus(delay_ms);
    let promised = account
        .store
        .write(move |tx| {
            let writes = match make(tx) {
                Ok(writes) => writes,
                Err(NotPromised::Refused(error)) => return Ok(Err(error)),
                Err(NotPromised::Store(error)) => return Err(error),
            };
            let mut leads = Vec::new();
            for write in &writes {
                leads.extend(leads_of(tx, write)?);
                let new = NewWrite {
                    intent: entropy.uuid_v7(now).to_string(),
                    batch: Some(batch_of_rows.clone()),
                    actor,
                    write: write.clone(),
                    due_at,
                    now,
                    kommo_now_s,
                };
                outbox::enqueue(tx, &new)?;
            }
            Ok(Ok((writes.len(), leads)))
        })
        .await
        .map_err(|error| of_store(&error))??;
    let (changes, leads) = promised;
    if changes > 0 {
        account.engine.promised(leads);
    }
    Ok(ChangesPromised {
        batch_id: batch,
        changes: u32::try_from(changes).unwrap_or(u32::MAX),
        undo_until_ms: (delay_ms > 0 && changes > 0).then(|| Int53(until(due_at).0)),
    })
}

/// A second before it is sent nobody can be sure to come in time.
fn until(due_at: UtcMillis) -> UtcMillis {
    due_at.plus(-250)
}

/// The leads that look different once a change is promised.
fn leads_of(tx: &Transaction<'_>, write: &Write) -> Result<Vec<i64>, StoreError> {
    use cadencia_domain::field::EntityKind;
    use cadencia_domain::id::KommoContactId;
    match write.card() {
        Some(card) if card.kind == EntityKind::Lead => Ok(vec![card.kommo_id]),
        Some(card) if card.kind == EntityKind::Contact => {
            let leads = cadencia_store::contacts::leads_of(tx, KommoContactId(card.kommo_id))?;
            Ok(leads.into_iter().map(|id| id.0).collect())
        }
        _ => Ok(Vec::new()),
    }
}
