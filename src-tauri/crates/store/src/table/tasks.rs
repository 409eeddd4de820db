//! `tasks`.

use crate::column::{parsed, unreadable};
use crate::error::{During as _, StoreError};
use crate::freshness::{Applied, Arriving, Known, Verdict, digest, judge};
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoTaskId, KommoUserId};
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::{EntityRef, Task};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

const COLUMNS: &str = "kommo_id, entity, entity_kommo_id, responsible_kommo_id, task_type, text, due_at_ms,
    is_completed, result, created_at_ms, updated_at_ms";

fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
    let about = match row.get::<_, Option<i64>>(2)? {
        Some(kommo_id) => Some(EntityRef { kind: parsed(row, 1, EntityKind::parse)?, kommo_id }),
        None if row.get_ref(1)? == rusqlite::types::ValueRef::Null => None,
        None => return Err(unreadable(2)),
    };
    Ok(Task {
        kommo_id: KommoTaskId(row.get(0)?),
        about,
        responsible: row.get::<_, Option<i64>>(3)?.map(KommoUserId),
        task_type: row.get(4)?,
        text: row.get(5)?,
        due_at: UtcMillis(row.get(6)?),
        is_completed: row.get(7)?,
        result: row.get(8)?,
        created_at: UtcMillis(row.get(9)?),
        updated_at: UtcMillis(row.get(10)?),
    })
}

/// A task that is not deleted.
///
/// # Errors
/// Faults of the file.
pub fn find(conn: &Connection, kommo_id: KommoTaskId) -> Result<Option<Task>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM tasks WHERE kommo_id = ?1 AND deleted_at_ms IS NULL");
    conn.prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([kommo_id.0], read).optional())
        .during("read a task")
}

/// The tasks of an entity, open ones first, then by due time.
///
/// # Errors
/// Faults of the file.
pub fn about(conn: &Connection, entity: EntityRef) -> Result<Vec<Task>, StoreError> {
    const WHAT: &str = "list tasks";
    let sql = format!(
        "SELECT {COLUMNS} FROM tasks WHERE entity = ?1 AND entity_kommo_id = ?2 AND deleted_at_ms IS NULL
         ORDER BY is_completed, due_at_ms, kommo_id"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![entity.kind.as_str(), entity.kommo_id], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Up to `limit` tasks that are not deleted, from the first after `after`: to walk over all.
///
/// # Errors
/// Faults of the file.
pub fn page_after(
    conn: &Connection,
    after: Option<KommoTaskId>,
    limit: u32,
) -> Result<Vec<Task>, StoreError> {
    const WHAT: &str = "walk over tasks";
    let sql = format!(
        "SELECT {COLUMNS} FROM tasks WHERE kommo_id > ?1 AND deleted_at_ms IS NULL ORDER BY kommo_id LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![after.map_or(i64::MIN, |id| id.0), limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Takes over tasks as Kommo gave them, asked at `read_at`. Newer knowledge is never overwritten, and a
/// deletion seen after `read_at` stays.
///
/// # Errors
/// Faults of the file.
pub fn upsert_many(
    tx: &Transaction<'_>,
    tasks: &[Task],
    read_at: UtcMillis,
) -> Result<Applied<KommoTaskId>, StoreError> {
    write_many(tx, tasks, read_at).during("write tasks")
}

fn write_many(
    tx: &Transaction<'_>,
    tasks: &[Task],
    read_at: UtcMillis,
) -> rusqlite::Result<Applied<KommoTaskId>> {
    let mut applied = Applied::default();
    for task in tasks {
        let known = tx
            .prepare_cached(
                "SELECT updated_at_ms, deleted_at_ms, synced_at_ms, content_digest FROM tasks WHERE kommo_id = ?1",
            )?
            .query_row([task.kommo_id.0], |row| Known::read(row, 0))
            .optional()?;
        let digest = digest(task)?;
        let verdict =
            judge(known, Arriving { updated_at: task.updated_at, is_deleted: false, digest, read_at });
        applied.note(verdict, task.kommo_id);
        if verdict == Verdict::Keep {
            continue;
        }
        tx.prepare_cached(
            "INSERT OR REPLACE INTO tasks (kommo_id, entity, entity_kommo_id, responsible_kommo_id, task_type, text,
                 due_at_ms, is_completed, result, created_at_ms, updated_at_ms, content_digest, synced_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            task.kommo_id.0,
            task.about.map(|about| about.kind.as_str()),
            task.about.map(|about| about.kommo_id),
            task.responsible.map(|id| id.0),
            task.task_type,
            task.text,
            task.due_at.0,
            task.is_completed,
            task.result,
            task.created_at.0,
            task.updated_at.0,
            digest,
            read_at.0,
        ])?;
    }
    Ok(applied)
}

/// Notes that these tasks were deleted in Kommo, seen at `now` by our clock. Returns those that were not before.
///
/// # Errors
/// Faults of the file.
pub fn mark_deleted(
    tx: &Transaction<'_>,
    tasks: &[KommoTaskId],
    now: UtcMillis,
) -> Result<Vec<KommoTaskId>, StoreError> {
    const WHAT: &str = "note deleted tasks";
    let mut statement = tx
        .prepare_cached("UPDATE tasks SET deleted_at_ms = ?2 WHERE kommo_id = ?1 AND deleted_at_ms IS NULL")
        .during(WHAT)?;
    let mut gone = Vec::new();
    for task in tasks {
        if statement.execute(params![task.0, now.0]).during(WHAT)? == 1 {
            gone.push(*task);
        }
    }
    Ok(gone)
}

/// The latest task about another card of this kind: a list that does not show it cannot be trusted.
///
/// # Errors
/// Faults of the file.
pub fn witness(conn: &Connection, kind: EntityKind, besides: i64) -> Result<Option<Task>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tasks WHERE entity = ?1 AND entity_kommo_id <> ?2 AND deleted_at_ms IS NULL
         ORDER BY kommo_id DESC LIMIT 1"
    );
    conn.query_row(&sql, params![kind.as_str(), besides], read).optional().during("find a task")
}
