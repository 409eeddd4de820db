//! `conflicts`: values that lost against another.

use crate::column::{json, parsed, stored_list, to_json};
use crate::error::{During as _, StoreError};
use cadencia_domain::card_value::CardValue;
use cadencia_domain::field::EntityKind;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::EntityRef;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

stored_list! {
    /// What became of a conflict.
    ConflictState {
        /// For a person to look at.
        Open = "open",
        /// The lost value was asked for again.
        Undone = "undone",
        /// A person agrees with how it ended.
        Dismissed = "dismissed",
    }
}

stored_list! {
    /// Whose value stands in Kommo.
    Winner {
        /// The one from Kommo.
        Kommo = "kommo",
        /// The one from here.
        Ours = "ours",
    }
}

/// A value that lost, to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewConflict {
    /// When it was seen.
    pub at: UtcMillis,
    /// Whose value stands in Kommo.
    pub winner: Winner,
    /// Why: a code.
    pub reason: &'static str,
    /// Of which card.
    pub card: EntityRef,
    /// What stood there before both.
    pub base: CardValue,
    /// What is lost.
    pub lost: CardValue,
    /// What stands there now.
    pub kept: CardValue,
    /// The change that was part of it.
    pub outbox_id: Option<i64>,
}

/// A conflict.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Grows with every new one.
    pub id: i64,
    /// When it was seen.
    pub at: UtcMillis,
    /// What became of it.
    pub state: ConflictState,
    /// Whose value stands in Kommo.
    pub winner: Winner,
    /// Why: a code.
    pub reason: String,
    /// Of which card.
    pub card: EntityRef,
    /// What stood there before both.
    pub base: CardValue,
    /// What is lost.
    pub lost: CardValue,
    /// What stood there when it was seen.
    pub kept: CardValue,
    /// The change that was part of it.
    pub outbox_id: Option<i64>,
}

const COLUMNS: &str =
    "id, at_ms, state, winner, reason, entity, entity_kommo_id, base_json, lost_json, kept_json,
    outbox_id";

fn read(row: &Row<'_>) -> rusqlite::Result<Conflict> {
    Ok(Conflict {
        id: row.get(0)?,
        at: UtcMillis(row.get(1)?),
        state: parsed(row, 2, ConflictState::parse)?,
        winner: parsed(row, 3, Winner::parse)?,
        reason: row.get(4)?,
        card: EntityRef { kind: parsed(row, 5, EntityKind::parse)?, kommo_id: row.get(6)? },
        base: json(row, 7)?,
        lost: json(row, 8)?,
        kept: json(row, 9)?,
        outbox_id: row.get(10)?,
    })
}

/// Keeps what lost. Returns its number.
///
/// # Errors
/// Faults of the file.
pub fn add(tx: &Transaction<'_>, new: &NewConflict) -> Result<i64, StoreError> {
    const WHAT: &str = "keep a conflict";
    let json = |value: &CardValue| to_json(value).during(WHAT);
    tx.prepare_cached(
        "INSERT INTO conflicts (at_ms, state, winner, reason, entity, entity_kommo_id, subject, base_json, lost_json,
             kept_json, outbox_id)
         VALUES (?1, 'open', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .during(WHAT)?
    .execute(params![
        new.at.0,
        new.winner.as_str(),
        new.reason,
        new.card.kind.as_str(),
        new.card.kommo_id,
        new.lost.subject(),
        json(&new.base)?,
        json(&new.lost)?,
        json(&new.kept)?,
        new.outbox_id
    ])
    .during(WHAT)?;
    Ok(tx.last_insert_rowid())
}

/// The latest conflicts, only open ones when asked so, before `before_id` when given.
///
/// # Errors
/// Faults of the file.
pub fn list(
    conn: &Connection,
    open_only: bool,
    before_id: Option<i64>,
    limit: u32,
) -> Result<Vec<Conflict>, StoreError> {
    const WHAT: &str = "read conflicts";
    let sql = format!(
        "SELECT {COLUMNS} FROM conflicts WHERE (NOT ?1 OR state = 'open') AND id < ?2 ORDER BY id DESC LIMIT ?3"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![open_only, before_id.unwrap_or(i64::MAX), limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// One conflict.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: i64) -> Result<Option<Conflict>, StoreError> {
    conn.query_row(&format!("SELECT {COLUMNS} FROM conflicts WHERE id = ?1"), [id], read)
        .optional()
        .during("read a conflict")
}

/// How many are open.
///
/// # Errors
/// Faults of the file.
pub fn count_open(conn: &Connection) -> Result<u32, StoreError> {
    conn.query_row("SELECT count(*) FROM conflicts WHERE state = 'open'", [], |row| row.get(0))
        .during("count conflicts")
}

/// Ends an open one. False when it was not open.
///
/// # Errors
/// Faults of the file.
pub fn end(tx: &Transaction<'_>, id: i64, state: ConflictState, now: UtcMillis) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            "UPDATE conflicts SET state = ?2, ended_at_ms = ?3 WHERE id = ?1 AND state = 'open' AND ?2 <> 'open'",
            params![id, state.as_str(), now.0],
        )
        .during("end a conflict")?;
    Ok(changed > 0)
}

/// Forgets conflicts that a person ended before then. Open ones stay. Returns how many.
///
/// # Errors
/// Faults of the file.
pub fn forget(tx: &Transaction<'_>, before: UtcMillis, limit: u32) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM conflicts WHERE id IN (SELECT id FROM conflicts
             WHERE state <> 'open' AND ended_at_ms < ?1 LIMIT ?2)",
        params![before.0, limit],
    )
    .during("forget conflicts that ended")
}
