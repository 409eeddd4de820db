//! Reading contacts.

use crate::column::{json, parsed};
use crate::error::{During as _, StoreError};
use cadencia_domain::contact::Contact;
use cadencia_domain::id::{ContactId, KommoCompanyId, KommoContactId, KommoLeadId, KommoUserId};
use cadencia_domain::phone::Phone;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A contact with its identity here.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredContact {
    /// Ours.
    pub id: ContactId,
    /// What Kommo said last.
    pub contact: Contact,
    /// Its phones, in order.
    pub phones: Vec<StoredPhone>,
    /// When it was deleted in Kommo, by our clock.
    pub deleted_at: Option<UtcMillis>,
    /// When Kommo last answered something new about it, by our clock.
    pub synced_at: UtcMillis,
}

/// A phone of a contact.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPhone {
    /// As typed in Kommo. Personal data.
    pub typed: String,
    /// The number, when the text is one.
    pub number: Option<Phone>,
}

impl std::fmt::Debug for StoredPhone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredPhone").field("number", &self.number).finish_non_exhaustive()
    }
}

const COLUMNS: &str = "c.row_id, c.id, c.kommo_id, c.name, c.first_name, c.last_name, c.responsible_kommo_id,
    c.company_kommo_id, c.is_unsorted, c.created_at_ms, c.updated_at_ms, c.deleted_at_ms, c.synced_at_ms,
    d.fields_json, d.tags_json";

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, StoredContact)> {
    let deleted_at = row.get::<_, Option<i64>>(11)?.map(UtcMillis);
    let contact = Contact {
        kommo_id: KommoContactId(row.get(2)?),
        name: row.get(3)?,
        first_name: row.get(4)?,
        last_name: row.get(5)?,
        responsible: row.get::<_, Option<i64>>(6)?.map(KommoUserId),
        company: row.get::<_, Option<i64>>(7)?.map(KommoCompanyId),
        fields: json(row, 13)?,
        tags: json(row, 14)?,
        created_at: UtcMillis(row.get(9)?),
        updated_at: UtcMillis(row.get(10)?),
        is_unsorted: row.get(8)?,
        is_deleted: deleted_at.is_some(),
    };
    let stored = StoredContact {
        id: parsed(row, 1, |text| ContactId::parse(text).ok())?,
        contact,
        phones: Vec::new(),
        deleted_at,
        synced_at: UtcMillis(row.get(12)?),
    };
    Ok((row.get(0)?, stored))
}

fn complete(
    conn: &Connection,
    (row_id, mut stored): (i64, StoredContact),
) -> rusqlite::Result<StoredContact> {
    stored.phones = conn
        .prepare_cached("SELECT typed, e164 FROM contact_phones WHERE contact_row = ?1 ORDER BY position")?
        .query_map([row_id], |row| {
            let number: Option<String> = row.get(1)?;
            Ok(StoredPhone {
                typed: row.get(0)?,
                number: number.and_then(|text| Phone::from_e164(&text).ok()),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(stored)
}

fn by(
    conn: &Connection,
    condition: &str,
    value: impl rusqlite::ToSql,
) -> rusqlite::Result<Option<StoredContact>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM contacts c JOIN contact_documents d ON d.contact_row = c.row_id WHERE {condition}"
    );
    let found = conn.prepare_cached(&sql)?.query_row(params![value], read).optional()?;
    found.map(|found| complete(conn, found)).transpose()
}

/// A contact by Kommo's number, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn find(conn: &Connection, kommo_id: KommoContactId) -> Result<Option<StoredContact>, StoreError> {
    by(conn, "c.kommo_id = ?1", kommo_id.0).during("read a contact")
}

/// A contact by our identity, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: &ContactId) -> Result<Option<StoredContact>, StoreError> {
    by(conn, "c.id = ?1", id.as_str()).during("read a contact")
}

/// Contacts that are not deleted and have this phone, with or without the ninth digit; the last changed first.
///
/// # Errors
/// Faults of the file.
pub fn find_by_phone(conn: &Connection, phone: &Phone) -> Result<Vec<StoredContact>, StoreError> {
    const WHAT: &str = "find contacts by phone";
    let sql = format!(
        "SELECT {COLUMNS} FROM contacts c JOIN contact_documents d ON d.contact_row = c.row_id
         WHERE c.row_id IN (SELECT contact_row FROM contact_phones WHERE person_key = ?1)
             AND c.deleted_at_ms IS NULL
         ORDER BY c.updated_at_ms DESC, c.row_id DESC"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    let rows = statement
        .query_map([phone.person_key()], read)
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .during(WHAT)?;
    rows.into_iter().map(|row| complete(conn, row)).collect::<rusqlite::Result<_>>().during(WHAT)
}

/// Leads linked to a contact, deleted or not, by number.
///
/// # Errors
/// Faults of the file.
pub fn leads_of(conn: &Connection, contact: KommoContactId) -> Result<Vec<KommoLeadId>, StoreError> {
    const WHAT: &str = "list the leads of a contact";
    let mut statement = conn
        .prepare_cached(
            "SELECT lead_kommo_id FROM lead_contacts WHERE contact_kommo_id = ?1 ORDER BY lead_kommo_id",
        )
        .during(WHAT)?;
    statement
        .query_map([contact.0], |row| row.get(0).map(KommoLeadId))
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Up to `limit` contacts, deleted ones too, by Kommo's number from the first after `after`: to walk over all.
///
/// # Errors
/// Faults of the file.
pub fn page_after(
    conn: &Connection,
    after: Option<KommoContactId>,
    limit: u32,
) -> Result<Vec<StoredContact>, StoreError> {
    const WHAT: &str = "walk over contacts";
    let sql = format!(
        "SELECT {COLUMNS} FROM contacts c JOIN contact_documents d ON d.contact_row = c.row_id
         WHERE c.kommo_id > ?1 ORDER BY c.kommo_id LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    let rows = statement
        .query_map(params![after.map_or(i64::MIN, |id| id.0), limit], read)
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .during(WHAT)?;
    rows.into_iter().map(|row| complete(conn, row)).collect::<rusqlite::Result<_>>().during(WHAT)
}

/// Up to `limit` of Kommo's numbers of contacts that are not deleted, from the first after `after`.
///
/// # Errors
/// Faults of the file.
pub fn kommo_ids_after(
    conn: &Connection,
    after: Option<KommoContactId>,
    limit: u32,
) -> Result<Vec<KommoContactId>, StoreError> {
    const WHAT: &str = "walk over the numbers of contacts";
    let mut statement = conn
        .prepare_cached(
            "SELECT kommo_id FROM contacts WHERE kommo_id > ?1 AND deleted_at_ms IS NULL ORDER BY kommo_id LIMIT ?2",
        )
        .during(WHAT)?;
    statement
        .query_map(params![after.map_or(i64::MIN, |id| id.0), limit], |row| row.get(0).map(KommoContactId))
        .and_then(Iterator::collect)
        .during(WHAT)
}
