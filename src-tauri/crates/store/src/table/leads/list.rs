//! Lists of leads for the screen.

use super::filter::{LeadColumn, LeadQuery};
use super::matching::matching;
use super::read::tags_of;
use super::{grouped, order};
use crate::column::parsed;
use crate::error::{During as _, StoreError};
use crate::row_set::RowSet;
use cadencia_domain::id::{
    KommoCompanyId, KommoContactId, KommoLeadId, KommoLossReasonId, KommoPipelineId, KommoSourceId,
    KommoStatusId, KommoUserId, LeadId,
};
use cadencia_domain::lead::Tag;
use cadencia_domain::phone::Masked;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, OptionalExtension as _, Row};

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadPage {
    /// Leads in the whole list.
    pub total: u32,
    /// Those asked for.
    pub rows: Vec<LeadSummary>,
}

/// A lead as a row of a list.
#[derive(Clone, PartialEq)]
pub struct LeadSummary {
    /// Ours.
    pub id: LeadId,
    /// Kommo's number.
    pub kommo_id: KommoLeadId,
    /// Name; may be empty.
    pub name: String,
    /// Price in hundredths of the account's currency.
    pub price_cents: i64,
    /// The pipeline.
    pub pipeline: KommoPipelineId,
    /// The stage within it.
    pub status: KommoStatusId,
    /// Who is responsible.
    pub responsible: Option<KommoUserId>,
    /// Why it was lost.
    pub loss_reason: Option<KommoLossReasonId>,
    /// Where it came from.
    pub source: Option<KommoSourceId>,
    /// Its company.
    pub company: Option<KommoCompanyId>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its main contact (the first, when none is marked), once read.
    pub contact: Option<ContactBrief>,
    /// Created, by Kommo's clock.
    pub created_at: UtcMillis,
    /// Last changed, by Kommo's clock.
    pub updated_at: UtcMillis,
    /// Closed.
    pub closed_at: Option<UtcMillis>,
    /// Its next open task.
    pub closest_task_at: Option<UtcMillis>,
}

// A lead that a messenger made is called by the phone of its person.
impl std::fmt::Debug for LeadSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeadSummary")
            .field("id", &self.id)
            .field("kommo_id", &self.kommo_id)
            .field("name", &Masked(&self.name))
            .field("price_cents", &self.price_cents)
            .field("pipeline", &self.pipeline)
            .field("status", &self.status)
            .field("responsible", &self.responsible)
            .field("loss_reason", &self.loss_reason)
            .field("source", &self.source)
            .field("company", &self.company)
            .field("tags", &self.tags)
            .field("contact", &self.contact)
            .field("created_at", &self.created_at)
            .field("updated_at", &self.updated_at)
            .field("closed_at", &self.closed_at)
            .field("closest_task_at", &self.closest_task_at)
            .finish()
    }
}

/// A contact in a row of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactBrief {
    /// Kommo's number.
    pub kommo_id: KommoContactId,
    /// Name.
    pub name: String,
    /// First phone: in E.164 when it could be read, otherwise as typed. Personal data.
    pub phone: Option<String>,
}

// Whoever gave no name is called by their phone.
impl std::fmt::Debug for ContactBrief {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactBrief")
            .field("kommo_id", &self.kommo_id)
            .field("name", &Masked(&self.name))
            .field("phone", &self.phone.as_deref().map(Masked))
            .finish()
    }
}

/// How many leads stand in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageCount {
    /// The pipeline.
    pub pipeline: KommoPipelineId,
    /// The stage within it.
    pub status: KommoStatusId,
    /// Leads.
    pub leads: u32,
    /// Sum of their prices, in hundredths.
    pub price_cents: i64,
}

/// A part of the list that `query` asks for.
///
/// # Errors
/// Faults of the file.
pub fn list(conn: &Connection, query: &LeadQuery) -> Result<LeadPage, StoreError> {
    const WHAT: &str = "list leads";
    let set = matching(conn, query).during(WHAT)?;
    let total = size(conn, set.as_ref()).during(WHAT)?;
    let rows = match query.sort.column {
        column @ (LeadColumn::Stage | LeadColumn::Responsible) => {
            let places = grouped::places(conn, column)?;
            grouped::page(conn, query, set.as_ref(), &places)
        }
        _ => order::page(conn, query, set),
    };
    let rows = rows.during(WHAT)?.into_iter().map(|row_id| summary(conn, row_id));
    Ok(LeadPage { total, rows: rows.collect::<rusqlite::Result<_>>().during(WHAT)? })
}

/// How many leads `query` asks for, whatever its offset and limit.
///
/// # Errors
/// Faults of the file.
pub fn count(conn: &Connection, query: &LeadQuery) -> Result<u32, StoreError> {
    matching(conn, query).and_then(|set| size(conn, set.as_ref())).during("count leads")
}

fn size(conn: &Connection, set: Option<&RowSet>) -> rusqlite::Result<u32> {
    match set {
        Some(set) => Ok(u32::try_from(set.len()).unwrap_or(u32::MAX)),
        None => conn
            .prepare_cached(
                "SELECT count(*) FROM leads INDEXED BY leads_by_updated WHERE deleted_at_ms IS NULL",
            )?
            .query_row([], |row| row.get(0)),
    }
}

/// Leads per stage among those `query` asks for (its order, offset and limit do not matter).
///
/// # Errors
/// Faults of the file.
pub fn stage_counts(conn: &Connection, query: &LeadQuery) -> Result<Vec<StageCount>, StoreError> {
    count_stages(conn, query).during("count leads by stage")
}

fn count_stages(conn: &Connection, query: &LeadQuery) -> rusqlite::Result<Vec<StageCount>> {
    let set = matching(conn, query)?;
    let mut counts: Vec<StageCount> = Vec::new();
    let mut statement = conn.prepare_cached(
        "SELECT row_id, pipeline_kommo_id, status_kommo_id, price_cents FROM leads INDEXED BY leads_for_lists
         WHERE deleted_at_ms IS NULL ORDER BY pipeline_kommo_id, status_kommo_id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if set.as_ref().is_some_and(|set| row.get(0).is_ok_and(|row_id| !set.contains(row_id))) {
            continue;
        }
        let (pipeline, status) = (KommoPipelineId(row.get(1)?), KommoStatusId(row.get(2)?));
        match counts.last_mut() {
            Some(last) if (last.pipeline, last.status) == (pipeline, status) => {
                last.leads += 1;
                last.price_cents = last.price_cents.saturating_add(row.get(3)?);
            }
            _ => counts.push(StageCount { pipeline, status, leads: 1, price_cents: row.get(3)? }),
        }
    }
    Ok(counts)
}

fn summary(conn: &Connection, row_id: i64) -> rusqlite::Result<LeadSummary> {
    let mut summary = conn
        .prepare_cached(
            "SELECT id, kommo_id, name, price_cents, pipeline_kommo_id, status_kommo_id, responsible_kommo_id,
                 loss_reason_kommo_id, source_kommo_id, company_kommo_id, created_at_ms, updated_at_ms, closed_at_ms,
                 closest_task_at_ms
             FROM leads WHERE row_id = ?1",
        )?
        .query_row([row_id], read_summary)?;
    summary.tags = tags_of(conn, row_id)?;
    summary.contact = main_contact(conn, summary.kommo_id)?;
    Ok(summary)
}

fn read_summary(row: &Row<'_>) -> rusqlite::Result<LeadSummary> {
    let optional = |column| row.get::<_, Option<i64>>(column);
    Ok(LeadSummary {
        id: parsed(row, 0, |text| LeadId::parse(text).ok())?,
        kommo_id: KommoLeadId(row.get(1)?),
        name: row.get(2)?,
        price_cents: row.get(3)?,
        pipeline: KommoPipelineId(row.get(4)?),
        status: KommoStatusId(row.get(5)?),
        responsible: optional(6)?.map(KommoUserId),
        loss_reason: optional(7)?.map(KommoLossReasonId),
        source: optional(8)?.map(KommoSourceId),
        company: optional(9)?.map(KommoCompanyId),
        tags: Vec::new(),
        contact: None,
        created_at: UtcMillis(row.get(10)?),
        updated_at: UtcMillis(row.get(11)?),
        closed_at: optional(12)?.map(UtcMillis),
        closest_task_at: optional(13)?.map(UtcMillis),
    })
}

fn main_contact(conn: &Connection, lead: KommoLeadId) -> rusqlite::Result<Option<ContactBrief>> {
    conn.prepare_cached(
        "SELECT c.kommo_id, c.name,
             (SELECT coalesce(p.e164, p.typed) FROM contact_phones p WHERE p.contact_row = c.row_id
              ORDER BY p.position LIMIT 1)
         FROM lead_contacts lc JOIN contacts c ON c.kommo_id = lc.contact_kommo_id
         WHERE lc.lead_kommo_id = ?1 AND c.deleted_at_ms IS NULL
         ORDER BY lc.is_main DESC, lc.position LIMIT 1",
    )?
    .query_row([lead.0], |row| {
        Ok(ContactBrief { kommo_id: KommoContactId(row.get(0)?), name: row.get(1)?, phone: row.get(2)? })
    })
    .optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{account, contact, contact_ids, lead, lead_ids, link, write};
    use crate::table::{contacts, leads};

    #[test]
    fn a_row_of_a_list_prints_its_numbers_and_no_phone() {
        let mut conn = account();
        let person = contact(4_242, "+55 11 98765-4321", &["+55 11 98765-4321"], &[]);
        let mut named = lead(4_243, "Lead 5511987654321");
        named.contacts = vec![link(4_242, true)];
        write(&mut conn, |tx| {
            contacts::upsert_many(tx, &[person], UtcMillis(1), &mut contact_ids()).unwrap();
            leads::upsert_many(tx, &[named], UtcMillis(1), &mut lead_ids()).unwrap();
        });
        let page = list(&conn, &LeadQuery { limit: 10, ..LeadQuery::default() }).unwrap();
        assert_eq!(page.rows[0].contact.as_ref().unwrap().phone.as_deref(), Some("+5511987654321"));
        let detail = leads::get_by_kommo_id(&conn, KommoLeadId(4_243)).unwrap().unwrap();
        for shown in [format!("{page:?}"), format!("{detail:?}")] {
            assert!(!shown.contains("8765") && !shown.contains("4321"), "{shown}");
            assert!(shown.contains("4242") && shown.contains("4243"), "{shown}");
        }
    }
}
