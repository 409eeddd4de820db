//! `tags`. Lead tags, contact tags and company tags are separate sets.

use super::Kept;
use crate::error::{During as _, StoreError};
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::KommoTagId;
use cadencia_domain::lead::Tag;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, Row, Transaction, params};

/// Reads `kommo_id, name, color` from the first three columns.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Tag> {
    Ok(Tag { kommo_id: KommoTagId(row.get(0)?), name: row.get(1)?, color: row.get(2)? })
}

/// Every tag of a set ever seen, by name.
///
/// # Errors
/// Faults of the file.
pub fn list_all(conn: &Connection, entity: EntityKind) -> Result<Vec<Kept<Tag>>, StoreError> {
    const WHAT: &str = "list tags";
    let mut statement = conn
        .prepare_cached(
            "SELECT kommo_id, name, color, removed_at_ms FROM tags WHERE entity = ?1 ORDER BY name, kommo_id",
        )
        .during(WHAT)?;
    statement
        .query_map([entity.as_str()], |row| {
            Ok(Kept { item: read(row)?, removed_at: row.get::<_, Option<i64>>(3)?.map(UtcMillis) })
        })
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// The tags of a set that Kommo has now, by name.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection, entity: EntityKind) -> Result<Vec<Tag>, StoreError> {
    let kept = list_all(conn, entity)?;
    Ok(kept.into_iter().filter(|tag| tag.removed_at.is_none()).map(|tag| tag.item).collect())
}

/// Takes over a whole set as Kommo has it. What vanished is kept, marked removed.
///
/// # Errors
/// Faults of the file.
pub fn replace_all(
    tx: &Transaction<'_>,
    entity: EntityKind,
    tags: &[Tag],
    now: UtcMillis,
) -> Result<(), StoreError> {
    const WHAT: &str = "write tags";
    tx.execute(
        "UPDATE tags SET removed_at_ms = ?2 WHERE entity = ?1 AND removed_at_ms IS NULL",
        params![entity.as_str(), now.0],
    )
    .during(WHAT)?;
    tags.iter().try_for_each(|tag| remember(tx, entity, tag)).during(WHAT)
}

/// Adds a tag that was seen on an entity, where often no colour is told.
pub(crate) fn remember(tx: &Transaction<'_>, entity: EntityKind, tag: &Tag) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO tags (entity, kommo_id, name, color) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (entity, kommo_id) DO UPDATE SET name = excluded.name,
             color = coalesce(excluded.color, color), removed_at_ms = NULL
         WHERE name <> excluded.name OR removed_at_ms IS NOT NULL
             OR (excluded.color IS NOT NULL AND color IS NOT excluded.color)",
    )?
    .execute(params![entity.as_str(), tag.kommo_id.0, tag.name, tag.color])?;
    Ok(())
}
