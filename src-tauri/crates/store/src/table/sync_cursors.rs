//! `sync_cursors`: up to where the changes of the account are known.

use crate::column::stored_list;
use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

stored_list! {
    /// What is polled.
    SyncEntity {
        /// Pipelines, users, fields, tags, loss reasons and the profile.
        Structure = "structure",
        /// Leads.
        Leads = "leads",
        /// Contacts.
        Contacts = "contacts",
        /// Companies.
        Companies = "companies",
        /// Tasks.
        Tasks = "tasks",
        /// Notes.
        Notes = "notes",
        /// Kommo's history.
        Events = "events",
        /// The sweep that looks for what was deleted.
        Deletions = "deletions",
    }
}

/// How far something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncCursor {
    /// Changes up to here are known, by Kommo's clock.
    pub cursor: UtcMillis,
    /// When Kommo was asked last, by our clock.
    pub polled_at: UtcMillis,
}

/// The cursor, once there is one.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, entity: SyncEntity) -> Result<Option<SyncCursor>, StoreError> {
    conn.query_row(
        "SELECT cursor_ms, polled_at_ms FROM sync_cursors WHERE entity = ?1",
        [entity.as_str()],
        |row| Ok(SyncCursor { cursor: UtcMillis(row.get(0)?), polled_at: UtcMillis(row.get(1)?) }),
    )
    .optional()
    .during("read a cursor")
}

/// Moves a cursor on; it never moves back.
///
/// # Errors
/// Faults of the file.
pub fn advance(
    tx: &Transaction<'_>,
    entity: SyncEntity,
    cursor: UtcMillis,
    polled_at: UtcMillis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sync_cursors (entity, cursor_ms, polled_at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (entity) DO UPDATE SET cursor_ms = max(cursor_ms, excluded.cursor_ms),
             polled_at_ms = excluded.polled_at_ms",
        params![entity.as_str(), cursor.0, polled_at.0],
    )
    .during("move a cursor on")?;
    Ok(())
}

/// Forgets a cursor: whatever it stood for is read from the beginning.
///
/// # Errors
/// Faults of the file.
pub fn reset(tx: &Transaction<'_>, entity: SyncEntity) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sync_cursors WHERE entity = ?1", [entity.as_str()]).during("forget a cursor")?;
    Ok(())
}
