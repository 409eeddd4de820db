//! Finding people.

use crate::error::{During as _, StoreError};
use crate::search::Terms;
use crate::table::account_profiles;
use cadencia_domain::id::KommoContactId;
use cadencia_domain::text::fold;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

/// People who were found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FoundContacts {
    /// Names that begin with what was searched first, then the last changed.
    pub rows: Vec<FoundContact>,
    /// There are more than these.
    pub has_more: bool,
}

/// A person, as much as is needed to tell one from another.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundContact {
    /// Kommo's number.
    pub kommo_id: KommoContactId,
    /// Name; may be empty.
    pub name: String,
    /// First phone, in E.164 when readable, else as typed. Personal data.
    pub phone: Option<String>,
    /// First e-mail address. Personal data.
    pub email: Option<String>,
    /// Name of their lead that changed last.
    pub lead_name: Option<String>,
    /// Leads that are not deleted.
    pub leads: u32,
}

impl std::fmt::Debug for FoundContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundContact").field("kommo_id", &self.kommo_id).finish_non_exhaustive()
    }
}

/// Up to `limit` people who are not deleted, by what a person typed; nothing finds nobody.
///
/// # Errors
/// Faults of the file.
pub fn search(conn: &Connection, typed: &str, limit: u32) -> Result<FoundContacts, StoreError> {
    found(conn, typed, limit).during("find contacts")
}

fn found(conn: &Connection, typed: &str, limit: u32) -> rusqlite::Result<FoundContacts> {
    let region = account_profiles::phone_region(conn)?;
    // One more tells whether there are more.
    let most = Value::from(i64::from(limit) + 1);
    let (sql, values) = match Terms::of(typed, &region) {
        Terms::Nothing | Terms::Hopeless => return Ok(FoundContacts::default()),
        Terms::Beginning(letters) => (
            "SELECT kommo_id, name, row_id FROM contacts INDEXED BY contacts_by_name
             WHERE deleted_at_ms IS NULL AND name_folded >= ?1 AND name_folded < ?1 || char(1114111)
             ORDER BY name_folded LIMIT ?2",
            vec![letters.into(), most],
        ),
        Terms::Matching(expression) => (
            "SELECT kommo_id, name, row_id FROM contacts
             WHERE row_id IN (SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH ?1) AND deleted_at_ms IS NULL
             ORDER BY substr(name_folded, 1, length(?3)) = ?3 DESC, updated_at_ms DESC, row_id DESC LIMIT ?2",
            vec![expression.into(), most, fold(typed.trim()).into()],
        ),
    };
    let mut statement = conn.prepare_cached(sql)?;
    let people: Vec<(i64, FoundContact)> = statement
        .query_map(params_from_iter(values), |row| {
            let contact = FoundContact {
                kommo_id: KommoContactId(row.get(0)?),
                name: row.get(1)?,
                phone: None,
                email: None,
                lead_name: None,
                leads: 0,
            };
            Ok((row.get(2)?, contact))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let has_more = people.len() > limit as usize;
    let kept = people.into_iter().take(limit as usize);
    let rows = kept.map(|(row_id, contact)| complete(conn, row_id, contact)).collect::<Result<_, _>>()?;
    Ok(FoundContacts { rows, has_more })
}

fn complete(conn: &Connection, row_id: i64, mut contact: FoundContact) -> rusqlite::Result<FoundContact> {
    let text = |row: &Row<'_>| row.get(0);
    contact.phone = conn
        .prepare_cached(
            "SELECT coalesce(e164, typed) FROM contact_phones WHERE contact_row = ?1 ORDER BY position LIMIT 1",
        )?
        .query_row([row_id], text)
        .optional()?;
    contact.email = conn
        .prepare_cached("SELECT email FROM contact_emails WHERE contact_row = ?1 ORDER BY position LIMIT 1")?
        .query_row([row_id], text)
        .optional()?;
    let mut statement = conn.prepare_cached(
        "SELECT l.name FROM lead_contacts lc JOIN leads l ON l.kommo_id = lc.lead_kommo_id
         WHERE lc.contact_kommo_id = ?1 AND l.deleted_at_ms IS NULL ORDER BY l.updated_at_ms DESC",
    )?;
    let leads =
        statement.query_map([contact.kommo_id.0], text)?.collect::<rusqlite::Result<Vec<String>>>()?;
    contact.leads = u32::try_from(leads.len()).unwrap_or(u32::MAX);
    contact.lead_name = leads.into_iter().next();
    Ok(contact)
}
