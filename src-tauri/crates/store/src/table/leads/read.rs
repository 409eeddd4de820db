//! Reading leads whole.

use crate::column::{json, parsed};
use crate::error::{During as _, StoreError};
use crate::table::tags;
use cadencia_domain::id::{
    KommoCompanyId, KommoContactId, KommoLeadId, KommoLossReasonId, KommoPipelineId, KommoSourceId,
    KommoStatusId, KommoUserId, LeadId,
};
use cadencia_domain::lead::{Lead, LeadContact, Tag};
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A lead with its identity here.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredLead {
    /// Ours.
    pub id: LeadId,
    /// What Kommo said last.
    pub lead: Lead,
    /// When it was deleted in Kommo, by our clock.
    pub deleted_at: Option<UtcMillis>,
    /// When Kommo was last asked about it with a new answer, by our clock.
    pub synced_at: UtcMillis,
}

const COLUMNS: &str = "l.row_id, l.id, l.kommo_id, l.name, l.price_cents, l.pipeline_kommo_id, l.status_kommo_id,
    l.responsible_kommo_id, l.loss_reason_kommo_id, l.source_kommo_id, l.company_kommo_id, l.created_by_kommo_id,
    l.updated_by_kommo_id, l.created_at_ms, l.updated_at_ms, l.closed_at_ms, l.closest_task_at_ms, l.deleted_at_ms,
    l.synced_at_ms, d.fields_json";

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, StoredLead)> {
    let optional = |column| row.get::<_, Option<i64>>(column);
    let deleted_at = optional(17)?.map(UtcMillis);
    let lead = Lead {
        kommo_id: KommoLeadId(row.get(2)?),
        name: row.get(3)?,
        price_cents: row.get(4)?,
        pipeline: KommoPipelineId(row.get(5)?),
        status: KommoStatusId(row.get(6)?),
        responsible: optional(7)?.map(KommoUserId),
        loss_reason: optional(8)?.map(KommoLossReasonId),
        source: optional(9)?.map(KommoSourceId),
        company: optional(10)?.map(KommoCompanyId),
        contacts: Vec::new(),
        tags: Vec::new(),
        fields: json(row, 19)?,
        created_by: optional(11)?.map(KommoUserId),
        updated_by: optional(12)?.map(KommoUserId),
        created_at: UtcMillis(row.get(13)?),
        updated_at: UtcMillis(row.get(14)?),
        closed_at: optional(15)?.map(UtcMillis),
        closest_task_at: optional(16)?.map(UtcMillis),
        is_deleted: deleted_at.is_some(),
    };
    let id = parsed(row, 1, |text| LeadId::parse(text).ok())?;
    Ok((row.get(0)?, StoredLead { id, lead, deleted_at, synced_at: UtcMillis(row.get(18)?) }))
}

/// Adds tags and contacts.
fn complete(conn: &Connection, (row_id, mut stored): (i64, StoredLead)) -> rusqlite::Result<StoredLead> {
    stored.lead.tags = tags_of(conn, row_id)?;
    stored.lead.contacts = links_of(conn, stored.lead.kommo_id)?;
    Ok(stored)
}

pub(super) fn tags_of(conn: &Connection, row_id: i64) -> rusqlite::Result<Vec<Tag>> {
    conn.prepare_cached(
        "SELECT t.kommo_id, t.name, t.color FROM lead_tags lt
         JOIN tags t ON t.entity = 'lead' AND t.kommo_id = lt.tag_kommo_id
         WHERE lt.lead_row = ?1 ORDER BY lt.position",
    )?
    .query_map([row_id], tags::read)?
    .collect()
}

pub(super) fn links_of(conn: &Connection, lead: KommoLeadId) -> rusqlite::Result<Vec<LeadContact>> {
    conn.prepare_cached(
        "SELECT contact_kommo_id, is_main FROM lead_contacts WHERE lead_kommo_id = ?1 ORDER BY position",
    )?
    .query_map([lead.0], |row| {
        Ok(LeadContact { contact: KommoContactId(row.get(0)?), is_main: row.get(1)? })
    })?
    .collect()
}

pub(super) fn by(
    conn: &Connection,
    condition: &str,
    value: impl rusqlite::ToSql,
) -> rusqlite::Result<Option<StoredLead>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM leads l JOIN lead_documents d ON d.lead_row = l.row_id WHERE {condition}"
    );
    let found = conn.prepare_cached(&sql)?.query_row(params![value], read).optional()?;
    found.map(|found| complete(conn, found)).transpose()
}

/// A lead by Kommo's number, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn find(conn: &Connection, kommo_id: KommoLeadId) -> Result<Option<StoredLead>, StoreError> {
    by(conn, "l.kommo_id = ?1", kommo_id.0).during("read a lead")
}

/// Our identity of a lead, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn id_of(conn: &Connection, kommo_id: KommoLeadId) -> Result<Option<LeadId>, StoreError> {
    conn.prepare_cached("SELECT id FROM leads WHERE kommo_id = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([kommo_id.0], |row| parsed(row, 0, |text| LeadId::parse(text).ok()))
                .optional()
        })
        .during("find a lead's id")
}

/// Up to `limit` leads, deleted ones too, by Kommo's number from the first after `after`: to walk over all.
///
/// # Errors
/// Faults of the file.
pub fn page_after(
    conn: &Connection,
    after: Option<KommoLeadId>,
    limit: u32,
) -> Result<Vec<StoredLead>, StoreError> {
    const WHAT: &str = "walk over leads";
    let sql = format!(
        "SELECT {COLUMNS} FROM leads l JOIN lead_documents d ON d.lead_row = l.row_id
         WHERE l.kommo_id > ?1 ORDER BY l.kommo_id LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql).during(WHAT)?;
    let rows = statement
        .query_map(params![after.map_or(i64::MIN, |id| id.0), limit], read)
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .during(WHAT)?;
    rows.into_iter().map(|row| complete(conn, row)).collect::<rusqlite::Result<_>>().during(WHAT)
}

/// Up to `limit` of Kommo's numbers of leads that are not deleted, from the first after `after`: for the sweep that
/// looks for deletions.
///
/// # Errors
/// Faults of the file.
pub fn kommo_ids_after(
    conn: &Connection,
    after: Option<KommoLeadId>,
    limit: u32,
) -> Result<Vec<KommoLeadId>, StoreError> {
    const WHAT: &str = "walk over the numbers of leads";
    let mut statement = conn
        .prepare_cached(
            "SELECT kommo_id FROM leads WHERE kommo_id > ?1 AND deleted_at_ms IS NULL ORDER BY kommo_id LIMIT ?2",
        )
        .during(WHAT)?;
    statement
        .query_map(params![after.map_or(i64::MIN, |id| id.0), limit], |row| row.get(0).map(KommoLeadId))
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Kommo's number of a lead by our identity, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn kommo_id_of(conn: &Connection, id: &LeadId) -> Result<Option<KommoLeadId>, StoreError> {
    conn.prepare_cached("SELECT kommo_id FROM leads WHERE id = ?1")
        .and_then(|mut statement| {
            statement.query_row([id.as_str()], |row| row.get(0).map(KommoLeadId)).optional()
        })
        .during("find a lead's number")
}

/// The lead that was created last, up to this instant of Kommo's clock: a list that does not show it cannot be trusted.
///
/// # Errors
/// Faults of the file.
pub fn witness(conn: &Connection, up_to: UtcMillis) -> Result<Option<(KommoLeadId, UtcMillis)>, StoreError> {
    conn.prepare_cached(
        "SELECT kommo_id, created_at_ms FROM leads WHERE deleted_at_ms IS NULL AND created_at_ms <= ?1
         ORDER BY created_at_ms DESC LIMIT 1",
    )
    .and_then(|mut statement| {
        statement
            .query_row([up_to.0], |row| Ok((KommoLeadId(row.get(0)?), UtcMillis(row.get(1)?))))
            .optional()
    })
    .during("find a lead")
}
