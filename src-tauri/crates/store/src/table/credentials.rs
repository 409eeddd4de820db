//! `credentials`: how the account is signed in. Written only over the generation that was read.
//!
//! The row outlives signing out, emptied: a generation that began anew could be the one that a refresh under way
//! still holds, and its old pair would replace a newer sign-in.

use crate::column::{parsed, stored_list};
use crate::error::{During as _, StoreError};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use secrecy::{ExposeSecret as _, SecretString};

stored_list! {
    /// What kind of token it is.
    CredentialKind {
        /// A long-lived token of a private integration.
        LongLived = "long_lived",
        /// A pair that is refreshed.
        OAuth = "oauth",
    }
}

/// The tokens and what refreshes them.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// What kind.
    pub kind: CredentialKind,
    /// Where the API answers.
    pub base_url: String,
    /// What requests show.
    pub access_token: SecretString,
    /// What renews it; always there for [`CredentialKind::OAuth`].
    pub refresh_token: Option<SecretString>,
    /// When the access token ends, when known.
    pub expires_at: Option<UtcMillis>,
    /// Integration id; always there for [`CredentialKind::OAuth`].
    pub client_id: Option<String>,
    /// Integration secret; always there for [`CredentialKind::OAuth`].
    pub client_secret: Option<SecretString>,
    /// Redirect URL as configured in Kommo; always there for [`CredentialKind::OAuth`].
    pub redirect_uri: Option<String>,
}

/// What is stored.
#[derive(Clone, Debug)]
pub struct StoredCredentials {
    /// The tokens.
    pub credentials: Credentials,
    /// Why a person has to sign in again (a code, such as `refresh_refused`); none while they are good.
    pub needs_sign_in: Option<String>,
    /// Grows with every write, also across signing out: no number comes twice.
    pub generation: i64,
    /// When it was last written.
    pub updated_at: UtcMillis,
}

/// A refreshed pair.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// What requests show.
    pub access_token: SecretString,
    /// What renews it next time.
    pub refresh_token: SecretString,
    /// When the access token ends.
    pub expires_at: UtcMillis,
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredCredentials> {
    let secret = |column| row.get::<_, Option<String>>(column).map(|text| text.map(SecretString::from));
    Ok(StoredCredentials {
        credentials: Credentials {
            kind: parsed(row, 0, CredentialKind::parse)?,
            base_url: row.get(1)?,
            access_token: SecretString::from(row.get::<_, String>(2)?),
            refresh_token: secret(3)?,
            expires_at: row.get::<_, Option<i64>>(4)?.map(UtcMillis),
            client_id: row.get(5)?,
            client_secret: secret(6)?,
            redirect_uri: row.get(7)?,
        },
        needs_sign_in: row.get(8)?,
        generation: row.get(9)?,
        updated_at: UtcMillis(row.get(10)?),
    })
}

/// What is stored; none before the first sign-in and after signing out.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection) -> Result<Option<StoredCredentials>, StoreError> {
    conn.query_row(
        "SELECT kind, base_url, access_token, refresh_token, expires_at_ms, client_id, client_secret, redirect_uri,
             reason, generation, updated_at_ms
         FROM credentials WHERE access_token <> ''",
        [],
        read,
    )
    .optional()
    .during("read the credentials")
}

/// A person signed in: replaces whatever is there. Returns the new generation.
///
/// # Errors
/// Faults of the file; [`StoreError::Sql`] when an OAuth pair comes without what refreshes it.
pub fn put(tx: &Transaction<'_>, credentials: &Credentials, now: UtcMillis) -> Result<i64, StoreError> {
    tx.query_row(
        "INSERT INTO credentials (slot, kind, base_url, access_token, refresh_token, expires_at_ms, client_id,
             client_secret, redirect_uri, state, generation, updated_at_ms)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'valid', 1, ?9)
         ON CONFLICT (slot) DO UPDATE SET
             kind = excluded.kind, base_url = excluded.base_url, access_token = excluded.access_token,
             refresh_token = excluded.refresh_token, expires_at_ms = excluded.expires_at_ms,
             client_id = excluded.client_id, client_secret = excluded.client_secret,
             redirect_uri = excluded.redirect_uri, state = 'valid', reason = NULL, generation = generation + 1,
             updated_at_ms = excluded.updated_at_ms
         RETURNING generation",
        params![
            credentials.kind.as_str(),
            credentials.base_url,
            credentials.access_token.expose_secret(),
            credentials.refresh_token.as_ref().map(|token| token.expose_secret()),
            credentials.expires_at.map(|at| at.0),
            credentials.client_id,
            credentials.client_secret.as_ref().map(|secret| secret.expose_secret()),
            credentials.redirect_uri,
            now.0,
        ],
        |row| row.get(0),
    )
    .during("write the credentials")
}

/// Keeps a refreshed pair, if nobody wrote since `generation` was read. Returns the new generation, or none when
/// somebody did: the pair stored then is the one to use.
///
/// # Errors
/// Faults of the file.
pub fn rotate(
    tx: &Transaction<'_>,
    generation: i64,
    pair: &TokenPair,
    now: UtcMillis,
) -> Result<Option<i64>, StoreError> {
    tx.query_row(
        "UPDATE credentials SET access_token = ?2, refresh_token = ?3, expires_at_ms = ?4, state = 'valid',
             reason = NULL, generation = generation + 1, updated_at_ms = ?5
         WHERE generation = ?1 AND kind = 'oauth'
         RETURNING generation",
        params![
            generation,
            pair.access_token.expose_secret(),
            pair.refresh_token.expose_secret(),
            pair.expires_at.0,
            now.0,
        ],
        |row| row.get(0),
    )
    .optional()
    .during("keep the refreshed tokens")
}

/// Notes that a person has to sign in again, if nobody wrote since `generation` was read. Tokens stay. False when
/// somebody did.
///
/// # Errors
/// Faults of the file.
pub fn mark_needs_sign_in(
    tx: &Transaction<'_>,
    generation: i64,
    reason: &str,
    now: UtcMillis,
) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            "UPDATE credentials SET state = 'needs_sign_in', reason = ?2, generation = generation + 1,
                 updated_at_ms = ?3
             WHERE generation = ?1",
            params![generation, reason, now.0],
        )
        .during("note that signing in is needed")?;
    Ok(changed == 1)
}

/// Proves that credentials could be written now, so that no refresh is spent in vain: writes and changes nothing.
///
/// # Errors
/// Whatever would keep a write from lasting, as far as it shows before the commit.
pub fn probe_writable(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("UPDATE credentials SET updated_at_ms = updated_at_ms", [])
        .during("make sure that tokens can be kept")?;
    Ok(())
}

/// Signs out: tokens and secret are gone, only the generation stays.
///
/// # Errors
/// Faults of the file.
pub fn forget(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE credentials SET kind = 'long_lived', access_token = '', refresh_token = NULL, expires_at_ms = NULL,
             client_id = NULL, client_secret = NULL, redirect_uri = NULL, state = 'needs_sign_in',
             reason = 'signed_out', generation = generation + 1",
        [],
    )
    .during("forget the credentials")?;
    Ok(())
}
