//! `account_profiles`: what Kommo says of the account.

use crate::column::{json, to_json};
use crate::error::{During as _, StoreError};
use cadencia_domain::account::AccountProfile;
use cadencia_domain::id::{KommoAccountId, KommoUserId};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

/// The profile, once it was read.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection) -> Result<Option<AccountProfile>, StoreError> {
    conn.query_row(
        "SELECT kommo_id, name, subdomain, country, currency, time_zone, current_user_kommo_id, task_types_json
         FROM account_profiles",
        [],
        |row| {
            Ok(AccountProfile {
                kommo_id: KommoAccountId(row.get(0)?),
                name: row.get(1)?,
                subdomain: row.get(2)?,
                country: row.get(3)?,
                currency: row.get(4)?,
                time_zone: row.get(5)?,
                current_user: row.get::<_, Option<i64>>(6)?.map(KommoUserId),
                task_types: json(row, 7)?,
            })
        },
    )
    .optional()
    .during("read the account's profile")
}

/// Keeps the profile.
///
/// # Errors
/// Faults of the file.
pub fn put(tx: &Transaction<'_>, profile: &AccountProfile, now: UtcMillis) -> Result<(), StoreError> {
    const WHAT: &str = "write the account's profile";
    tx.execute(
        "INSERT OR REPLACE INTO account_profiles (slot, kommo_id, name, subdomain, country, currency, time_zone,
             current_user_kommo_id, task_types_json, updated_at_ms)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            profile.kommo_id.0,
            profile.name,
            profile.subdomain,
            profile.country,
            profile.currency,
            profile.time_zone,
            profile.current_user.map(|user| user.0),
            to_json(&profile.task_types).during(WHAT)?,
            now.0,
        ],
    )
    .during(WHAT)?;
    Ok(())
}

/// The country whose numbers are written without a country code.
pub(crate) fn phone_region(conn: &Connection) -> rusqlite::Result<String> {
    let country: Option<Option<String>> = conn
        .prepare_cached("SELECT country FROM account_profiles")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(country.flatten().filter(|country| country.len() == 2).unwrap_or_else(|| "BR".to_owned()))
}

/// The country whose numbers are written without a country code, such as `BR`.
///
/// # Errors
/// Faults of the file.
pub fn region(conn: &Connection) -> Result<String, StoreError> {
    phone_region(conn).during("read the account's country")
}
