//! Reading promised changes.

use super::{COLUMNS, OutboxRow, WriteState, read_row};
use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Params, params};

/// Nothing waits longer: what is due later was promised before the clock was set back, and is due now.
const LONGEST_MS: i64 = 3_600_000;

/// The changes whose turn it is: of each lane what comes first, and what follows it as far as all is due and can go
/// together with it (`joins`). The oldest first; at most `limit`.
///
/// # Errors
/// Faults of the file.
pub fn due(conn: &Connection, now: UtcMillis, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
    // The first of each lane decides for the lane; what waits behind it waits with it.
    many(
        conn,
        &format!(
            "SELECT {COLUMNS} FROM outbox o
             WHERE state IN ('waiting', 'sending') AND (due_at_ms <= ?1 OR due_at_ms > ?3)
               AND NOT EXISTS (SELECT 1 FROM outbox earlier WHERE earlier.lane = o.lane AND earlier.id < o.id
                   AND earlier.state IN ('waiting', 'sending')
                   AND ((earlier.due_at_ms > ?1 AND earlier.due_at_ms <= ?3)
                       OR (earlier.kind IN ('edit', 'tag')) <> (o.kind IN ('edit', 'tag'))
                       OR o.kind NOT IN ('edit', 'tag')))
             ORDER BY id LIMIT ?2"
        ),
        params![now.0, limit, now.plus(LONGEST_MS).0],
    )
}

/// When the next change is due; none when none waits.
///
/// # Errors
/// Faults of the file.
pub fn next_due(conn: &Connection) -> Result<Option<UtcMillis>, StoreError> {
    conn.query_row("SELECT min(due_at_ms) FROM outbox WHERE state IN ('waiting', 'sending')", [], |row| {
        row.get::<_, Option<i64>>(0)
    })
    .map(|at| at.map(UtcMillis))
    .during("read the outbox")
}

/// What waits, is being sent or is wedged for these lanes, the oldest first.
///
/// # Errors
/// Faults of the file.
pub fn open_of_cards(conn: &Connection, lanes: &[String]) -> Result<Vec<OutboxRow>, StoreError> {
    let mut rows = Vec::new();
    for lane in lanes {
        rows.extend(many(
            conn,
            &format!(
                "SELECT {COLUMNS} FROM outbox
                 WHERE lane = ?1 AND state IN ('waiting', 'sending', 'wedged') ORDER BY id"
            ),
            [lane],
        )?);
    }
    Ok(rows)
}

/// What was sent in a lane and had not ended by then, or ended well since: to know our own changes again. What was sent and
/// lost in the end, to a person who was faster, stood in Kommo for a while, too.
///
/// # Errors
/// Faults of the file.
pub fn recent_of_lane(conn: &Connection, lane: &str, since: UtcMillis) -> Result<Vec<OutboxRow>, StoreError> {
    many(
        conn,
        &format!(
            "SELECT {COLUMNS} FROM outbox WHERE lane = ?1 AND
                 ((state = 'done' AND ended_at_ms >= ?2)
                  OR (first_sent_at_ms IS NOT NULL AND (ended_at_ms IS NULL OR ended_at_ms >= ?2)))
             ORDER BY id"
        ),
        params![lane, since.0],
    )
}

/// Kommo's numbers of what is known to have been created by changes of this kind with this creation date.
///
/// # Errors
/// Faults of the file.
pub fn created(conn: &Connection, kind: &str, marker_at_s: i64) -> Result<Vec<i64>, StoreError> {
    const WHAT: &str = "read the outbox";
    let sql = "SELECT result_kommo_id FROM outbox
         WHERE kind = ?1 AND marker_at_s = ?2 AND result_kommo_id IS NOT NULL";
    let mut statement = conn.prepare_cached(sql).during(WHAT)?;
    statement.query_map(params![kind, marker_at_s], |row| row.get(0)).and_then(Iterator::collect).during(WHAT)
}

/// The latest changes in these states (all without any), before `before_id` when given.
///
/// # Errors
/// Faults of the file.
pub fn list(
    conn: &Connection,
    states: &[WriteState],
    before_id: Option<i64>,
    limit: u32,
) -> Result<Vec<OutboxRow>, StoreError> {
    let states: Vec<String> = states.iter().map(|state| format!("'{}'", state.as_str())).collect();
    let states = if states.is_empty() { "1".to_owned() } else { format!("state IN ({})", states.join(", ")) };
    many(
        conn,
        &format!("SELECT {COLUMNS} FROM outbox WHERE {states} AND id < ?1 ORDER BY id DESC LIMIT ?2"),
        params![before_id.unwrap_or(i64::MAX), limit],
    )
}

/// One change.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: i64) -> Result<Option<OutboxRow>, StoreError> {
    conn.query_row(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"), [id], read_row)
        .optional()
        .during("read a change")
}

/// Changes that were asked for together.
///
/// # Errors
/// Faults of the file.
pub fn of_batch(conn: &Connection, batch: &str) -> Result<Vec<OutboxRow>, StoreError> {
    many(conn, &format!("SELECT {COLUMNS} FROM outbox WHERE batch = ?1 ORDER BY id"), [batch])
}

/// Wedged ones with one of these causes.
///
/// # Errors
/// Faults of the file.
pub fn wedged_with(conn: &Connection, causes: &[&str]) -> Result<Vec<OutboxRow>, StoreError> {
    let causes: Vec<String> = causes.iter().map(|cause| format!("'{cause}'")).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM outbox WHERE state = 'wedged' AND cause IN ({}) ORDER BY id",
        causes.join(", ")
    );
    many(conn, &sql, [])
}

/// How many changes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Waiting or being sent.
    pub open: u32,
    /// For a person to look at.
    pub wedged: u32,
    /// Since when the oldest open one waits.
    pub oldest_at: Option<UtcMillis>,
}

/// Counts changes.
///
/// # Errors
/// Faults of the file.
pub fn counts(conn: &Connection) -> Result<OutboxCounts, StoreError> {
    conn.query_row(
        "SELECT count(*) FILTER (WHERE state <> 'wedged'), count(*) FILTER (WHERE state = 'wedged'),
             min(created_at_ms) FILTER (WHERE state <> 'wedged')
         FROM outbox WHERE state IN ('waiting', 'sending', 'wedged')",
        [],
        |row| {
            Ok(OutboxCounts {
                open: row.get(0)?,
                wedged: row.get(1)?,
                oldest_at: row.get::<_, Option<i64>>(2)?.map(UtcMillis),
            })
        },
    )
    .during("count changes")
}

fn many(conn: &Connection, sql: &str, values: impl Params) -> Result<Vec<OutboxRow>, StoreError> {
    const WHAT: &str = "read the outbox";
    let mut statement = conn.prepare_cached(sql).during(WHAT)?;
    statement.query_map(values, read_row).and_then(Iterator::collect).during(WHAT)
}
