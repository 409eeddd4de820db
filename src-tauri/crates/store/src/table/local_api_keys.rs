//! `local_api_keys`: the key callers of the local API show.

use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use secrecy::{ExposeSecret as _, SecretString};

/// The key, once one was made.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection) -> Result<Option<SecretString>, StoreError> {
    conn.query_row("SELECT key FROM local_api_keys", [], |row| row.get::<_, String>(0))
        .optional()
        .map(|key| key.map(SecretString::from))
        .during("read the key of the local API")
}

/// Sets the key; the earlier one no longer opens anything. At least 32 characters.
///
/// # Errors
/// Faults of the file; [`StoreError::Sql`] when the key is too short.
pub fn put(tx: &Transaction<'_>, key: &SecretString, now: UtcMillis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO local_api_keys (slot, key, created_at_ms) VALUES (1, ?1, ?2)
         ON CONFLICT (slot) DO UPDATE SET key = excluded.key, created_at_ms = excluded.created_at_ms",
        params![key.expose_secret(), now.0],
    )
    .during("write the key of the local API")?;
    Ok(())
}
