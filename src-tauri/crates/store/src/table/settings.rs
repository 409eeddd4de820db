//! `settings` and `secret_settings`: what the person chose for this computer, by name.

use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use secrecy::{ExposeSecret as _, SecretString};

/// A setting.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    conn.query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0))
        .optional()
        .during("read a setting")
}

/// All settings by name.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    const WHAT: &str = "list settings";
    let mut statement = conn.prepare("SELECT key, value FROM settings ORDER BY key").during(WHAT)?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect).during(WHAT)
}

/// Sets it.
///
/// # Errors
/// Faults of the file.
pub fn put(tx: &Transaction<'_>, key: &str, value: &str, now: UtcMillis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO settings (key, value, updated_at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms",
        params![key, value, now.0],
    )
    .during("write a setting")?;
    Ok(())
}

/// Goes back to the default.
///
/// # Errors
/// Faults of the file.
pub fn remove(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM settings WHERE key = ?1", [key]).during("remove a setting")?;
    Ok(())
}

/// A secret setting.
///
/// # Errors
/// Faults of the file.
pub fn get_secret(conn: &Connection, key: &str) -> Result<Option<SecretString>, StoreError> {
    conn.query_row("SELECT value FROM secret_settings WHERE key = ?1", [key], |row| row.get::<_, String>(0))
        .optional()
        .map(|value| value.map(SecretString::from))
        .during("read a secret setting")
}

/// Sets a secret one.
///
/// # Errors
/// Faults of the file.
pub fn put_secret(
    tx: &Transaction<'_>,
    key: &str,
    value: &SecretString,
    now: UtcMillis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO secret_settings (key, value, updated_at_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms",
        params![key, value.expose_secret(), now.0],
    )
    .during("write a secret setting")?;
    Ok(())
}

/// Forgets a secret one.
///
/// # Errors
/// Faults of the file.
pub fn remove_secret(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM secret_settings WHERE key = ?1", [key]).during("remove a secret setting")?;
    Ok(())
}
