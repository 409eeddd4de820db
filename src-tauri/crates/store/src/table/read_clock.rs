//! `read_clock`: the latest instant at which Kommo was asked for something that is stored.

use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Transaction};

/// The latest instant; none before anything was stored.
///
/// # Errors
/// Faults of the file.
pub fn latest(conn: &Connection) -> Result<Option<UtcMillis>, StoreError> {
    conn.query_row("SELECT latest_ms FROM read_clock", [], |row| row.get(0).map(UtcMillis))
        .optional()
        .during("read when Kommo was asked last")
}

/// Notes that something asked for at `at` is stored. It never goes back.
///
/// # Errors
/// Faults of the file.
pub fn note(tx: &Transaction<'_>, at: UtcMillis) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO read_clock (id, latest_ms) VALUES (1, ?1)
         ON CONFLICT (id) DO UPDATE SET latest_ms = max(latest_ms, excluded.latest_ms)",
    )
    .and_then(|mut statement| statement.execute([at.0]))
    .during("note when Kommo was asked last")?;
    Ok(())
}
