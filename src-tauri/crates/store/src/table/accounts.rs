//! `accounts`: every Kommo account connected on this computer.

use crate::column::parsed;
use crate::error::{During as _, StoreError};
use cadencia_domain::id::{AccountId, KommoAccountId};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

/// A connected account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Ours.
    pub id: AccountId,
    /// `acme` of `acme.kommo.com`.
    pub subdomain: String,
    /// Where its API answers, such as `https://acme.kommo.com`; the demo's is a loopback address.
    pub base_url: String,
    /// Name to show.
    pub name: String,
    /// Kommo's number, once Kommo told it.
    pub kommo_id: Option<KommoAccountId>,
    /// Its database, relative to the data folder.
    pub file_name: String,
    /// The simulated account.
    pub is_demo: bool,
    /// Order in the account switcher.
    pub sort: i64,
    /// When it was connected.
    pub created_at: UtcMillis,
}

const COLUMNS: &str = "id, subdomain, base_url, name, kommo_id, file_name, is_demo, sort, created_at_ms";

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: parsed(row, 0, |text| AccountId::parse(text).ok())?,
        subdomain: row.get(1)?,
        base_url: row.get(2)?,
        name: row.get(3)?,
        kommo_id: row.get::<_, Option<i64>>(4)?.map(KommoAccountId),
        file_name: row.get(5)?,
        is_demo: row.get(6)?,
        sort: row.get(7)?,
        created_at: UtcMillis(row.get(8)?),
    })
}

/// The connected accounts in their order.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection) -> Result<Vec<Account>, StoreError> {
    const WHAT: &str = "list accounts";
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE removed_at_ms IS NULL ORDER BY sort, created_at_ms, id"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    statement.query_map([], read).and_then(Iterator::collect).during(WHAT)
}

/// A connected account.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: &AccountId) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1 AND removed_at_ms IS NULL");
    conn.query_row(&sql, [id.as_str()], read).optional().during("read an account")
}

/// The connected account of this number in Kommo; the demo does not count.
///
/// # Errors
/// Faults of the file.
pub fn find_by_kommo_id(conn: &Connection, kommo_id: KommoAccountId) -> Result<Option<Account>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE kommo_id = ?1 AND removed_at_ms IS NULL AND is_demo = 0"
    );
    conn.query_row(&sql, [kommo_id.0], read).optional().during("find an account by its number")
}

/// Adds an account.
///
/// # Errors
/// Faults of the file; [`StoreError::Sql`] when its number or file name is taken.
pub fn insert(tx: &Transaction<'_>, account: &Account) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO accounts (id, subdomain, base_url, name, kommo_id, file_name, is_demo, sort, created_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            account.id.as_str(),
            account.subdomain,
            account.base_url,
            account.name,
            account.kommo_id.map(|id| id.0),
            account.file_name,
            account.is_demo,
            account.sort,
            account.created_at.0,
        ],
    )
    .during("add an account")?;
    Ok(())
}

/// Writes everything of an account but its file and its age. False when there is no such account.
///
/// # Errors
/// As [`insert`].
pub fn update(tx: &Transaction<'_>, account: &Account) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            "UPDATE accounts SET subdomain = ?2, base_url = ?3, name = ?4, kommo_id = ?5, sort = ?6
             WHERE id = ?1 AND removed_at_ms IS NULL",
            params![
                account.id.as_str(),
                account.subdomain,
                account.base_url,
                account.name,
                account.kommo_id.map(|id| id.0),
                account.sort,
            ],
        )
        .during("change an account")?;
    Ok(changed == 1)
}

/// Marks an account removed; its file is for the caller to delete, and [`forget`] ends it.
/// False when there was none.
///
/// # Errors
/// Faults of the file.
pub fn mark_removed(tx: &Transaction<'_>, id: &AccountId, now: UtcMillis) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            "UPDATE accounts SET removed_at_ms = ?2 WHERE id = ?1 AND removed_at_ms IS NULL",
            params![id.as_str(), now.0],
        )
        .during("remove an account")?;
    Ok(changed == 1)
}

/// Removed accounts whose files may still be there: id and file name.
///
/// # Errors
/// Faults of the file.
pub fn removed_files(conn: &Connection) -> Result<Vec<(AccountId, String)>, StoreError> {
    const WHAT: &str = "list removed accounts";
    let mut statement = conn
        .prepare("SELECT id, file_name FROM accounts WHERE removed_at_ms IS NOT NULL ORDER BY id")
        .during(WHAT)?;
    statement
        .query_map([], |row| Ok((parsed(row, 0, |text| AccountId::parse(text).ok())?, row.get(1)?)))
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Deletes the row of a removed account, after its file is gone.
///
/// # Errors
/// Faults of the file.
pub fn forget(tx: &Transaction<'_>, id: &AccountId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM accounts WHERE id = ?1 AND removed_at_ms IS NOT NULL", [id.as_str()])
        .during("forget an account")?;
    Ok(())
}
