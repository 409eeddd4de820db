//! Whether changes are sent at all.

use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

/// A person stopped sending.
///
/// # Errors
/// Faults of the file.
pub fn is_paused(conn: &Connection) -> Result<bool, StoreError> {
    conn.query_row("SELECT is_paused FROM outbox_switch", [], |row| row.get(0))
        .optional()
        .map(|paused| paused.unwrap_or(false))
        .during("read whether changes are sent")
}

/// Stops sending, or goes on.
///
/// # Errors
/// Faults of the file.
pub fn set_paused(tx: &Transaction<'_>, is_paused: bool, now: UtcMillis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO outbox_switch (only_one, is_paused, changed_at_ms) VALUES (1, ?1, ?2)
         ON CONFLICT (only_one) DO UPDATE SET is_paused = excluded.is_paused, changed_at_ms = excluded.changed_at_ms",
        params![is_paused, now.0],
    )
    .during("note whether changes are sent")?;
    Ok(())
}
