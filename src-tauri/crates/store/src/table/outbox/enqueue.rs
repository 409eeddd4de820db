//! Promising a change.

use super::{COLUMNS, read_row};
use crate::column::to_json;
use crate::error::{During as _, StoreError};
use crate::sync_log::LogActor;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::write::Write;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// A change to promise.
#[derive(Clone, Debug, PartialEq)]
pub struct NewWrite {
    /// Ours: a UUID.
    pub intent: String,
    /// Changes that are asked for together.
    pub batch: Option<String>,
    /// Who wants it.
    pub actor: LogActor,
    /// The change.
    pub write: Write,
    /// Not before; minutes away at most.
    pub due_at: UtcMillis,
    /// Now, by our clock.
    pub now: UtcMillis,
    /// Now, by Kommo's clock, Unix seconds.
    pub kommo_now_s: i64,
}

/// Promises a change, in the transaction of its cause. What waits to set the same thing gives way to it: then what
/// stood there before the earlier change is what this one starts from. Returns its number.
///
/// # Errors
/// Faults of the file.
pub fn enqueue(tx: &Transaction<'_>, new: &NewWrite) -> Result<i64, StoreError> {
    write(tx, new).during("promise a change")
}

fn write(tx: &Transaction<'_>, new: &NewWrite) -> rusqlite::Result<i64> {
    let lane = new.write.lane().unwrap_or_else(|| format!("new:{}", new.intent));
    let subject = new.write.subject();
    let mut wanted = new.write.clone();
    if let Some(subject) = &subject {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE lane = ?1 AND subject = ?2 AND state IN ('waiting', 'wedged')
             ORDER BY state = 'waiting' DESC, id LIMIT 1"
        );
        let earlier = tx.prepare_cached(&sql)?.query_row(params![lane, subject], read_row).optional()?;
        // A wedged one starts from a value that may be long gone: only what waits hands its own on.
        if let (Some(earlier), Write::Edit { base, .. }) = (&earlier, &mut wanted)
            && earlier.state == super::WriteState::Waiting
            && let Write::Edit { base: before, .. } = &earlier.write
        {
            *base = before.clone();
        }
        tx.prepare_cached(
            "UPDATE outbox SET state = 'superseded', ended_at_ms = ?3
             WHERE lane = ?1 AND subject = ?2 AND state IN ('waiting', 'wedged')",
        )?
        .execute(params![lane, subject, new.now.0])?;
    }
    // By its second a created thing is found again: no two of one lane may share it.
    let latest: Option<i64> = tx
        .prepare_cached("SELECT max(marker_at_s) FROM outbox WHERE lane = ?1 AND kind = ?2")?
        .query_row(params![lane, wanted.kind()], |row| row.get(0))?;
    let marker = latest.map_or(new.kommo_now_s, |latest| new.kommo_now_s.max(latest + 1));
    tx.prepare_cached(
        "INSERT INTO outbox (intent, batch, actor, kind, lane, subject, write_json, state, attempts, due_at_ms,
             created_at_ms, marker_at_s)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', 0, ?8, ?9, ?10)",
    )?
    .execute(params![
        new.intent,
        new.batch,
        new.actor.as_str(),
        wanted.kind(),
        lane,
        subject,
        to_json(&wanted)?,
        new.due_at.0,
        new.now.0,
        marker
    ])?;
    Ok(tx.last_insert_rowid())
}
