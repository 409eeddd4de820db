//! Counts over several tables, for the first page.

use crate::column::json;
use crate::error::{During as _, StoreError};
use cadencia_domain::event::AccountEvent;
use cadencia_domain::id::{KommoLeadId, KommoUserId, LeadId};
use cadencia_domain::phone::Masked;
use cadencia_domain::time::UtcMillis;
use rusqlite::{Connection, params};

/// What the mirror holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MirrorCounts {
    /// Leads that are not deleted.
    pub leads: u32,
    /// People that are not deleted.
    pub contacts: u32,
    /// Companies that are not deleted.
    pub companies: u32,
    /// Tasks not yet done.
    pub open_tasks: u32,
    /// Notes.
    pub notes: u32,
}

/// Counts what the mirror holds.
///
/// # Errors
/// Faults of the file.
pub fn counts(conn: &Connection) -> Result<MirrorCounts, StoreError> {
    let count = |sql: &str| {
        conn.prepare_cached(sql)
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .during("count the mirror")
    };
    Ok(MirrorCounts {
        leads: count("SELECT count(*) FROM leads WHERE deleted_at_ms IS NULL")?,
        contacts: count("SELECT count(*) FROM contacts WHERE deleted_at_ms IS NULL")?,
        companies: count("SELECT count(*) FROM companies WHERE deleted_at_ms IS NULL")?,
        open_tasks: count("SELECT count(*) FROM tasks WHERE is_completed = 0 AND deleted_at_ms IS NULL")?,
        notes: count("SELECT count(*) FROM notes WHERE deleted_at_ms IS NULL")?,
    })
}

/// Open tasks that were due before `now`.
///
/// # Errors
/// Faults of the file.
pub fn overdue_tasks(conn: &Connection, now: UtcMillis) -> Result<u32, StoreError> {
    conn.query_row(
        "SELECT count(*) FROM tasks WHERE is_completed = 0 AND deleted_at_ms IS NULL AND due_at_ms < ?1",
        [now.0],
        |row| row.get(0),
    )
    .during("count overdue tasks")
}

/// Open leads by the user who is responsible.
///
/// # Errors
/// Faults of the file.
pub fn open_leads_by_user(conn: &Connection) -> Result<Vec<(KommoUserId, u32)>, StoreError> {
    const WHAT: &str = "count leads by user";
    let mut statement = conn
        .prepare_cached(
            "SELECT responsible_kommo_id, count(*) FROM leads INDEXED BY leads_for_lists
             WHERE deleted_at_ms IS NULL AND status_kommo_id NOT IN (142, 143) AND responsible_kommo_id IS NOT NULL
             GROUP BY responsible_kommo_id",
        )
        .during(WHAT)?;
    statement
        .query_map([], |row| Ok((KommoUserId(row.get(0)?), row.get(1)?)))
        .and_then(Iterator::collect)
        .during(WHAT)
}

/// Something that happened to a lead.
#[derive(Clone, PartialEq)]
pub struct RecentEvent {
    /// Ours.
    pub lead: LeadId,
    /// Kommo's number.
    pub lead_kommo_id: KommoLeadId,
    /// Its name.
    pub lead_name: String,
    /// What happened.
    pub event: AccountEvent,
}

// A lead that a messenger made is called by the phone of its person.
impl std::fmt::Debug for RecentEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecentEvent")
            .field("lead", &self.lead)
            .field("lead_kommo_id", &self.lead_kommo_id)
            .field("lead_name", &Masked(&self.lead_name))
            .field("event", &self.event)
            .finish()
    }
}

/// The latest things that happened to leads that are not deleted, newest first.
///
/// # Errors
/// Faults of the file.
pub fn recent_events(conn: &Connection, limit: u32) -> Result<Vec<RecentEvent>, StoreError> {
    const WHAT: &str = "read recent events";
    let mut statement = conn
        .prepare_cached(
            "SELECT l.id, l.kommo_id, l.name, e.kommo_id, e.kind, e.entity_type, e.entity_kommo_id,
                 e.created_by_kommo_id, e.created_at_ms, e.value_before_json, e.value_after_json
             FROM events e INDEXED BY events_by_created
             JOIN leads l ON l.kommo_id = e.entity_kommo_id AND l.deleted_at_ms IS NULL
             WHERE e.entity_type = 'lead' ORDER BY e.created_at_ms DESC LIMIT ?1",
        )
        .during(WHAT)?;
    statement
        .query_map(params![limit], |row| {
            Ok(RecentEvent {
                lead: crate::column::parsed(row, 0, |text| LeadId::parse(text).ok())?,
                lead_kommo_id: KommoLeadId(row.get(1)?),
                lead_name: row.get(2)?,
                event: AccountEvent {
                    kommo_id: row.get(3)?,
                    kind: row.get(4)?,
                    entity_type: row.get(5)?,
                    entity_kommo_id: row.get(6)?,
                    created_by: row.get::<_, Option<i64>>(7)?.map(KommoUserId),
                    created_at: UtcMillis(row.get(8)?),
                    value_before: json(row, 9)?,
                    value_after: json(row, 10)?,
                },
            })
        })
        .and_then(Iterator::collect)
        .during(WHAT)
}
