//! `notes`.

use crate::column::{json, parsed, to_json};
use crate::error::{During as _, StoreError};
use crate::freshness::{Applied, Arriving, Known, Verdict, digest, judge};
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoNoteId, KommoUserId};
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::{EntityRef, Note};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

const COLUMNS: &str =
    "kommo_id, entity, entity_kommo_id, kind, text, params_json, created_by_kommo_id, is_pinned,
    created_at_ms, updated_at_ms";

fn read(row: &Row<'_>) -> rusqlite::Result<Note> {
    Ok(Note {
        kommo_id: KommoNoteId(row.get(0)?),
        about: EntityRef { kind: parsed(row, 1, EntityKind::parse)?, kommo_id: row.get(2)? },
        kind: row.get(3)?,
        text: row.get(4)?,
        params: json(row, 5)?,
        created_by: row.get::<_, Option<i64>>(6)?.map(KommoUserId),
        is_pinned: row.get(7)?,
        created_at: UtcMillis(row.get(8)?),
        updated_at: UtcMillis(row.get(9)?),
    })
}

/// Up to `limit` notes of an entity, pinned ones first, then the latest.
///
/// # Errors
/// Faults of the file.
pub fn about(conn: &Connection, entity: EntityRef, limit: u32) -> Result<Vec<Note>, StoreError> {
    const WHAT: &str = "list notes";
    let sql = format!(
        "SELECT {COLUMNS} FROM notes WHERE entity = ?1 AND entity_kommo_id = ?2 AND deleted_at_ms IS NULL
         ORDER BY is_pinned DESC, created_at_ms DESC, kommo_id DESC LIMIT ?3"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![entity.kind.as_str(), entity.kommo_id, limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Up to `limit` notes that are not deleted, from the first after `after`: to walk over all.
///
/// # Errors
/// Faults of the file.
pub fn page_after(
    conn: &Connection,
    after: Option<KommoNoteId>,
    limit: u32,
) -> Result<Vec<Note>, StoreError> {
    const WHAT: &str = "walk over notes";
    let sql = format!(
        "SELECT {COLUMNS} FROM notes WHERE kommo_id > ?1 AND deleted_at_ms IS NULL ORDER BY kommo_id LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement
        .query_map(params![after.map_or(i64::MIN, |id| id.0), limit], read)
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Takes over notes as Kommo gave them, asked at `read_at`. Newer knowledge is never overwritten, and a
/// deletion seen after `read_at` stays.
///
/// # Errors
/// Faults of the file.
pub fn upsert_many(
    tx: &Transaction<'_>,
    notes: &[Note],
    read_at: UtcMillis,
) -> Result<Applied<KommoNoteId>, StoreError> {
    write_many(tx, notes, read_at).during("write notes")
}

fn write_many(
    tx: &Transaction<'_>,
    notes: &[Note],
    read_at: UtcMillis,
) -> rusqlite::Result<Applied<KommoNoteId>> {
    let mut applied = Applied::default();
    for note in notes {
        let known = tx
            .prepare_cached(
                "SELECT updated_at_ms, deleted_at_ms, synced_at_ms, content_digest FROM notes WHERE kommo_id = ?1",
            )?
            .query_row([note.kommo_id.0], |row| Known::read(row, 0))
            .optional()?;
        let digest = digest(note)?;
        let verdict =
            judge(known, Arriving { updated_at: note.updated_at, is_deleted: false, digest, read_at });
        applied.note(verdict, note.kommo_id);
        if verdict == Verdict::Keep {
            continue;
        }
        tx.prepare_cached(
            "INSERT OR REPLACE INTO notes (kommo_id, entity, entity_kommo_id, kind, text, params_json,
                 created_by_kommo_id, is_pinned, created_at_ms, updated_at_ms, content_digest, synced_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            note.kommo_id.0,
            note.about.kind.as_str(),
            note.about.kommo_id,
            note.kind,
            note.text,
            to_json(&note.params)?,
            note.created_by.map(|id| id.0),
            note.is_pinned,
            note.created_at.0,
            note.updated_at.0,
            digest,
            read_at.0,
        ])?;
    }
    Ok(applied)
}

/// Notes that these notes were deleted in Kommo, seen at `now` by our clock. Returns those that were not before.
///
/// # Errors
/// Faults of the file.
pub fn mark_deleted(
    tx: &Transaction<'_>,
    notes: &[KommoNoteId],
    now: UtcMillis,
) -> Result<Vec<KommoNoteId>, StoreError> {
    const WHAT: &str = "note deleted notes";
    let mut statement = tx
        .prepare_cached("UPDATE notes SET deleted_at_ms = ?2 WHERE kommo_id = ?1 AND deleted_at_ms IS NULL")
        .during(WHAT)?;
    let mut gone = Vec::new();
    for note in notes {
        if statement.execute(params![note.0, now.0]).during(WHAT)? == 1 {
            gone.push(*note);
        }
    }
    Ok(gone)
}

/// The latest note on another card of this kind: a list that does not show it cannot be trusted.
///
/// # Errors
/// Faults of the file.
pub fn witness(conn: &Connection, kind: EntityKind, besides: i64) -> Result<Option<Note>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM notes WHERE entity = ?1 AND entity_kommo_id <> ?2 AND deleted_at_ms IS NULL
         ORDER BY kommo_id DESC LIMIT 1"
    );
    conn.query_row(&sql, params![kind.as_str(), besides], read).optional().during("find a note")
}
