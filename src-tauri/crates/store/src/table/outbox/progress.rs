//! Moving a promised change on.

use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, Transaction, params};

/// Notes that these are about to be sent: from now on whether they happened is looked up first, and not before
/// `look_from`. Returns those that may be sent: none that was taken back or replaced since it was read, and none at all
/// when a person stopped sending meanwhile.
///
/// # Errors
/// Faults of the file.
#[must_use = "what is not among them may not be sent"]
pub fn begin(
    tx: &Transaction<'_>,
    ids: &[i64],
    now: UtcMillis,
    look_from: UtcMillis,
) -> Result<Vec<i64>, StoreError> {
    let mut begun = Vec::new();
    if super::is_paused(tx)? {
        return Ok(begun);
    }
    for id in ids {
        let is_here = run(
            tx,
            "UPDATE outbox SET state = 'sending', first_sent_at_ms = coalesce(first_sent_at_ms, ?2), due_at_ms = ?3,
                 cause = NULL, cause_detail = NULL
             WHERE id = ?1 AND state IN ('waiting', 'sending')",
            params![id, now.0, look_from.0],
        )?;
        begun.extend(is_here.then_some(*id));
    }
    Ok(begun)
}

/// Kommo has it. `created` is its number of what was created.
///
/// # Errors
/// Faults of the file.
pub fn done(tx: &Transaction<'_>, id: i64, created: Option<i64>, now: UtcMillis) -> Result<bool, StoreError> {
    run(
        tx,
        "UPDATE outbox SET state = 'done', ended_at_ms = ?3, result_kommo_id = ?2, cause = NULL, cause_detail = NULL
         WHERE id = ?1 AND state IN ('waiting', 'sending', 'wedged')",
        params![id, created, now.0],
    )
}

/// Somebody changed the same thing in Kommo and won.
///
/// # Errors
/// Faults of the file.
pub fn conflict(tx: &Transaction<'_>, id: i64, cause: &str, now: UtcMillis) -> Result<bool, StoreError> {
    run(
        tx,
        "UPDATE outbox SET state = 'conflict', ended_at_ms = ?3, cause = ?2
         WHERE id = ?1 AND state IN ('waiting', 'sending', 'wedged')",
        params![id, cause, now.0],
    )
}

/// Tried again from `due_at` on. `was_sent` false: it certainly was not carried out. `counts`: Kommo answered.
///
/// # Errors
/// Faults of the file.
pub fn postpone(
    tx: &Transaction<'_>,
    id: i64,
    cause: &str,
    due_at: UtcMillis,
    was_sent: bool,
    counts: bool,
) -> Result<bool, StoreError> {
    run(
        tx,
        "UPDATE outbox SET state = iif(?4, 'sending', 'waiting'), due_at_ms = ?3, cause = ?2,
             attempts = attempts + ?5
         WHERE id = ?1 AND state IN ('waiting', 'sending')",
        params![id, cause, due_at.0, was_sent, counts],
    )
}

/// Moves only the time on, for a row that waits for something else than its own turn.
///
/// # Errors
/// Faults of the file.
pub fn hold(tx: &Transaction<'_>, id: i64, due_at: UtcMillis) -> Result<bool, StoreError> {
    run(
        tx,
        "UPDATE outbox SET due_at_ms = ?2 WHERE id = ?1 AND state IN ('waiting', 'sending')",
        params![id, due_at.0],
    )
}

/// Puts one aside that could not even be looked at, so that others go on.
///
/// # Errors
/// Faults of the file.
pub fn put_aside(tx: &Transaction<'_>, id: i64, cause: &str, due_at: UtcMillis) -> Result<bool, StoreError> {
    run(
        tx,
        "UPDATE outbox SET due_at_ms = ?3, cause = ?2, attempts = attempts + 1
         WHERE id = ?1 AND state IN ('waiting', 'sending')",
        params![id, cause, due_at.0],
    )
}

/// Only a person, or a repair in Kommo, can free it. What waits behind it to set the same thing was asked for on top of
/// it: that starts from where this one did.
///
/// # Errors
/// Faults of the file.
pub fn wedge(tx: &Transaction<'_>, id: i64, cause: &str, detail: Option<&str>) -> Result<bool, StoreError> {
    let is_wedged = run(
        tx,
        "UPDATE outbox SET state = 'wedged', cause = ?2, cause_detail = ?3, attempts = attempts + 1
         WHERE id = ?1 AND state IN ('waiting', 'sending')",
        params![id, cause, detail],
    )?;
    if is_wedged {
        super::base::hand_on(tx, id).during("move a change on")?;
    }
    Ok(is_wedged)
}

/// When a wedged one is due again: one without an answer may still be under way, and is not looked for before.
const DUE_AGAIN: &str = "iif(cause = 'no_answer', max(?2, min(due_at_ms, ?2 + 60000)), ?2)";

/// Lets a wedged one wait for its turn again. One that may have been carried out is looked up first.
///
/// # Errors
/// Faults of the file.
pub fn retry(tx: &Transaction<'_>, id: i64, now: UtcMillis) -> Result<bool, StoreError> {
    run(
        tx,
        &format!(
            "UPDATE outbox SET state = iif(first_sent_at_ms IS NULL, 'waiting', 'sending'), attempts = 0,
                 due_at_ms = {DUE_AGAIN}, cause = NULL, cause_detail = NULL
             WHERE id = ?1 AND state = 'wedged'"
        ),
        params![id, now.0],
    )
}

/// Lets all that are wedged for the same cause wait again. Returns how many.
///
/// # Errors
/// Faults of the file.
pub fn retry_alike(tx: &Transaction<'_>, cause: &str, now: UtcMillis) -> Result<usize, StoreError> {
    tx.execute(
        &format!(
            "UPDATE outbox SET state = iif(first_sent_at_ms IS NULL, 'waiting', 'sending'), attempts = 0,
                 due_at_ms = {DUE_AGAIN}, cause = NULL, cause_detail = NULL
             WHERE state = 'wedged' AND cause = ?1"
        ),
        params![cause, now.0],
    )
    .during("try changes again")
}

/// The same for these alone.
///
/// # Errors
/// Faults of the file.
pub fn release(tx: &Transaction<'_>, ids: &[i64], now: UtcMillis) -> Result<usize, StoreError> {
    let mut released = 0;
    for id in ids {
        released += usize::from(retry(tx, *id, now)?);
    }
    Ok(released)
}

/// A person takes it back. False when it is too late: it was sent.
///
/// # Errors
/// Faults of the file.
pub fn discard(tx: &Transaction<'_>, id: i64, now: UtcMillis) -> Result<bool, StoreError> {
    run(
        tx,
        "UPDATE outbox SET state = 'discarded', ended_at_ms = ?2 WHERE id = ?1 AND state IN ('waiting', 'wedged')",
        params![id, now.0],
    )
}

/// The same for what was asked for together. Returns how many were still here.
///
/// # Errors
/// Faults of the file.
pub fn discard_batch(tx: &Transaction<'_>, batch: &str, now: UtcMillis) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE outbox SET state = 'discarded', ended_at_ms = ?2
         WHERE batch = ?1 AND state IN ('waiting', 'wedged')",
        params![batch, now.0],
    )
    .during("take changes back")
}

/// Forgets changes that ended before then. Returns how many.
///
/// # Errors
/// Faults of the file.
pub fn forget(tx: &Transaction<'_>, before: UtcMillis, limit: u32) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE ended_at_ms < ?1 LIMIT ?2)",
        params![before.0, limit],
    )
    .during("forget changes that ended")
}

fn run(conn: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<bool, StoreError> {
    conn.prepare_cached(sql)
        .and_then(|mut statement| statement.execute(values))
        .map(|changed| changed > 0)
        .during("move a change on")
}
