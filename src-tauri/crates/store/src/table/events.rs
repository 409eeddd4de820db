//! `events`: Kommo's own history. Entries never change.

use crate::column::{json, to_json};
use crate::error::{During as _, StoreError};
use cadencia_domain::event::AccountEvent;
use cadencia_domain::id::KommoUserId;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

const COLUMNS: &str = "kommo_id, kind, entity_type, entity_kommo_id, created_by_kommo_id, created_at_ms,
    value_before_json, value_after_json";

fn read(row: &Row<'_>) -> rusqlite::Result<AccountEvent> {
    Ok(AccountEvent {
        kommo_id: row.get(0)?,
        kind: row.get(1)?,
        entity_type: row.get(2)?,
        entity_kommo_id: row.get(3)?,
        created_by: row.get::<_, Option<i64>>(4)?.map(KommoUserId),
        created_at: UtcMillis(row.get(5)?),
        value_before: json(row, 6)?,
        value_after: json(row, 7)?,
    })
}

/// Up to `limit` events of an entity (`lead`, `contact`, ... as Kommo names it), the latest first.
///
/// # Errors
/// Faults of the file.
pub fn about(
    conn: &Connection,
    entity_type: &str,
    entity_kommo_id: i64,
    limit: u32,
) -> Result<Vec<AccountEvent>, StoreError> {
    const WHAT: &str = "list events";
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE entity_type = ?1 AND entity_kommo_id = ?2
         ORDER BY created_at_ms DESC, kommo_id DESC LIMIT ?3"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![entity_type, entity_kommo_id, limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// The latest event of this kind about a lead that is there: an answer of Kommo's has to show it.
///
/// # Errors
/// Faults of the file.
pub fn witness(conn: &Connection, kind: &str) -> Result<Option<AccountEvent>, StoreError> {
    const WHAT: &str = "look for an event";
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE kind = ?1 AND entity_type = 'lead' AND EXISTS
             (SELECT 1 FROM leads WHERE leads.kommo_id = events.entity_kommo_id AND leads.deleted_at_ms IS NULL)
         ORDER BY created_at_ms DESC LIMIT 1"
    );
    conn.prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([kind], read).optional())
        .during(WHAT)
}

/// Up to `limit` events from the first after `after` (Kommo's text): to walk over all.
///
/// # Errors
/// Faults of the file.
pub fn page_after(
    conn: &Connection,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<AccountEvent>, StoreError> {
    const WHAT: &str = "walk over events";
    let sql = format!("SELECT {COLUMNS} FROM events WHERE kommo_id > ?1 ORDER BY kommo_id LIMIT ?2");
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![after.unwrap_or_default(), limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Adds the events that are not known yet, and returns those.
///
/// # Errors
/// Faults of the file.
pub fn insert_new<'a>(
    tx: &Transaction<'_>,
    events: &'a [AccountEvent],
) -> Result<Vec<&'a AccountEvent>, StoreError> {
    const WHAT: &str = "write events";
    let mut statement = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO events (kommo_id, kind, entity_type, entity_kommo_id, created_by_kommo_id,
                 created_at_ms, value_before_json, value_after_json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .during(WHAT)?;
    let mut new = Vec::new();
    for event in events {
        let added = statement
            .execute(params![
                event.kommo_id,
                event.kind,
                event.entity_type,
                event.entity_kommo_id,
                event.created_by.map(|id| id.0),
                event.created_at.0,
                to_json(&event.value_before).during(WHAT)?,
                to_json(&event.value_after).during(WHAT)?,
            ])
            .during(WHAT)?;
        if added == 1 {
            new.push(event);
        }
    }
    Ok(new)
}

/// Those of `events` that are not here yet.
///
/// # Errors
/// Faults of the file.
pub fn unknown(conn: &Connection, events: &[AccountEvent]) -> Result<Vec<AccountEvent>, StoreError> {
    const WHAT: &str = "look for events";
    let mut statement = conn.prepare_cached("SELECT 1 FROM events WHERE kommo_id = ?1").during(WHAT)?;
    let mut unknown = Vec::new();
    for event in events {
        if !statement.exists([&event.kommo_id]).during(WHAT)? {
            unknown.push(event.clone());
        }
    }
    Ok(unknown)
}

/// Events known.
///
/// # Errors
/// Faults of the file.
pub fn count(conn: &Connection) -> Result<u32, StoreError> {
    conn.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).during("count events")
}
