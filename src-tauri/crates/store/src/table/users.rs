//! `users`: the people who work in the account.

use super::Kept;
use crate::error::{During as _, StoreError};
use cadencia_domain::account::User;
use cadencia_domain::id::KommoUserId;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, Transaction, params};

/// Every user ever seen, by name.
///
/// # Errors
/// Faults of the file.
pub fn list_all(conn: &Connection) -> Result<Vec<Kept<User>>, StoreError> {
    const WHAT: &str = "list users";
    let mut statement = conn
        .prepare_cached(
            "SELECT kommo_id, name, email, is_admin, is_active, removed_at_ms FROM users ORDER BY name, kommo_id",
        )
        .during(WHAT)?;
    statement
        .query_map([], |row| {
            let item = User {
                kommo_id: KommoUserId(row.get(0)?),
                name: row.get(1)?,
                email: row.get(2)?,
                is_admin: row.get(3)?,
                is_active: row.get(4)?,
            };
            Ok(Kept { item, removed_at: row.get::<_, Option<i64>>(5)?.map(UtcMillis) })
        })
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// The users Kommo has now, by name.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection) -> Result<Vec<User>, StoreError> {
    let kept = list_all(conn)?;
    Ok(kept.into_iter().filter(|user| user.removed_at.is_none()).map(|user| user.item).collect())
}

/// Takes over the whole list as Kommo has it. Who vanished is kept, marked removed.
///
/// # Errors
/// Faults of the file.
pub fn replace_all(tx: &Transaction<'_>, users: &[User], now: UtcMillis) -> Result<(), StoreError> {
    write_all(tx, users, now).during("write users")
}

fn write_all(tx: &Transaction<'_>, users: &[User], now: UtcMillis) -> rusqlite::Result<()> {
    tx.execute("UPDATE users SET removed_at_ms = ?1 WHERE removed_at_ms IS NULL", [now.0])?;
    for user in users {
        tx.prepare_cached(
            "INSERT INTO users (kommo_id, name, email, is_admin, is_active) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (kommo_id) DO UPDATE SET name = excluded.name, email = excluded.email,
                 is_admin = excluded.is_admin, is_active = excluded.is_active, removed_at_ms = NULL",
        )?
        .execute(params![user.kommo_id.0, user.name, user.email, user.is_admin, user.is_active])?;
    }
    Ok(())
}
