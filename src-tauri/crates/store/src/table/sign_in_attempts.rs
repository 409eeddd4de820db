//! `sign_in_attempts`: browser sign-ins on their way. Each state opens one door, once, for a while.

use crate::column::{parsed, stored_list};
use crate::error::{During as _, StoreError};
use cadencia_domain::id::{AccountId, SignInId};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

stored_list! {
    /// How the code comes back.
    SignInMethod {
        /// Through the redirect to the listener.
        Browser = "browser",
        /// Pasted by the person.
        Code = "code",
    }
}

/// An attempt to sign in.
#[derive(Clone, Debug)]
pub struct SignInAttempt {
    /// Ours.
    pub id: SignInId,
    /// How the code comes back.
    pub method: SignInMethod,
    /// The account that signs in again; none when a new one is being connected.
    pub account: Option<AccountId>,
    /// The Kommo address, when the person named it.
    pub subdomain: Option<String>,
    /// Integration id.
    pub client_id: String,
    /// Integration secret.
    pub client_secret: SecretString,
    /// Redirect URL as configured in Kommo.
    pub redirect_uri: String,
    /// When it began.
    pub created_at: UtcMillis,
    /// Until when its state is accepted.
    pub expires_at: UtcMillis,
}

/// What became of a state that came back.
#[derive(Clone, Debug)]
pub enum Consumed {
    /// It is good, and used up now.
    Good(SignInAttempt),
    /// It was used before.
    AlreadyUsed,
    /// It came too late.
    Expired,
    /// Nobody gave it out.
    Unknown,
}

const COLUMNS: &str =
    "id, method, account_id, subdomain, client_id, client_secret, redirect_uri, created_at_ms,
    expires_at_ms";

fn read(row: &Row<'_>) -> rusqlite::Result<SignInAttempt> {
    let account = match row.get_ref(2)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(parsed(row, 2, |text| AccountId::parse(text).ok())?),
    };
    Ok(SignInAttempt {
        id: parsed(row, 0, |text| SignInId::parse(text).ok())?,
        method: parsed(row, 1, SignInMethod::parse)?,
        account,
        subdomain: row.get(3)?,
        client_id: row.get(4)?,
        client_secret: SecretString::from(row.get::<_, String>(5)?),
        redirect_uri: row.get(6)?,
        created_at: UtcMillis(row.get(7)?),
        expires_at: UtcMillis(row.get(8)?),
    })
}

fn digest(state: &SecretString) -> [u8; 32] {
    Sha256::digest(state.expose_secret().as_bytes()).into()
}

/// Remembers an attempt under its state (32 random bytes as text). Only a digest of the state is stored.
///
/// # Errors
/// Faults of the file; [`StoreError::Sql`] when the state was given out before.
pub fn insert(tx: &Transaction<'_>, attempt: &SignInAttempt, state: &SecretString) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sign_in_attempts (id, state_sha256, method, account_id, subdomain, client_id, client_secret,
             redirect_uri, created_at_ms, expires_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            attempt.id.as_str(),
            digest(state),
            attempt.method.as_str(),
            attempt.account.as_ref().map(AccountId::as_str),
            attempt.subdomain,
            attempt.client_id,
            attempt.client_secret.expose_secret(),
            attempt.redirect_uri,
            attempt.created_at.0,
            attempt.expires_at.0,
        ],
    )
    .during("remember a sign-in")?;
    Ok(())
}

/// Uses a state up. The row is found by comparing the digests of all states in constant time.
///
/// # Errors
/// Faults of the file.
pub fn consume(tx: &Transaction<'_>, state: &SecretString, now: UtcMillis) -> Result<Consumed, StoreError> {
    const WHAT: &str = "use a sign-in";
    let wanted = digest(state);
    let found = {
        let mut statement = tx
            .prepare("SELECT id, state_sha256, expires_at_ms, used_at_ms FROM sign_in_attempts")
            .during(WHAT)?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?, row.get(2)?, row.get(3)?))
            })
            .and_then(Iterator::collect::<rusqlite::Result<Vec<(String, [u8; 32], i64, Option<i64>)>>>)
            .during(WHAT)?;
        // Every row is looked at, whatever is found.
        let mut found = None;
        for (id, digest, expires_at, used_at) in rows {
            if bool::from(digest.ct_eq(&wanted)) {
                found = Some((id, expires_at, used_at));
            }
        }
        found
    };
    let Some((id, expires_at, used_at)) = found else { return Ok(Consumed::Unknown) };
    if used_at.is_some() {
        return Ok(Consumed::AlreadyUsed);
    }
    if now.0 >= expires_at {
        return Ok(Consumed::Expired);
    }
    let attempt = by_id(tx, &id)?;
    tx.execute("UPDATE sign_in_attempts SET used_at_ms = ?2 WHERE id = ?1", params![id, now.0])
        .during(WHAT)?;
    Ok(attempt.map_or(Consumed::Unknown, Consumed::Good))
}

/// An attempt by its id, used or not.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: &SignInId) -> Result<Option<SignInAttempt>, StoreError> {
    by_id(conn, id.as_str())
}

fn by_id(conn: &Connection, id: &str) -> Result<Option<SignInAttempt>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM sign_in_attempts WHERE id = ?1");
    conn.query_row(&sql, [id], read).optional().during("read a sign-in")
}

/// Gives an attempt up: its state no longer opens anything, its secret is gone.
///
/// # Errors
/// Faults of the file.
pub fn cancel(tx: &Transaction<'_>, id: &SignInId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_attempts WHERE id = ?1 AND used_at_ms IS NULL", [id.as_str()])
        .during("give a sign-in up")?;
    Ok(())
}

/// Deletes attempts that ended before `before`, with their secrets.
///
/// # Errors
/// Faults of the file.
pub fn delete_expired(tx: &Transaction<'_>, before: UtcMillis) -> Result<usize, StoreError> {
    tx.execute("DELETE FROM sign_in_attempts WHERE expires_at_ms < ?1", [before.0])
        .during("forget old sign-ins")
}
