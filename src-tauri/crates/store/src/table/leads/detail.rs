//! A lead with everything around it.

use super::read::{StoredLead, by};
use crate::error::{During as _, StoreError};
use crate::table::{companies, contacts, events, notes, tasks};
use cadencia_domain::contact::Company;
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoLeadId, LeadId};
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::{EntityRef, Note, Task};
use rusqlite::Connection;

/// Notes and events shown with a lead, the latest ones.
const HISTORY: u32 = 200;

/// Everything the drawer of a lead shows.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadDetail {
    /// Ours.
    pub id: LeadId,
    /// What Kommo said last.
    pub lead: cadencia_domain::lead::Lead,
    /// When it was deleted in Kommo, by our clock.
    pub deleted_at: Option<UtcMillis>,
    /// When Kommo last answered something new about it, by our clock.
    pub synced_at: UtcMillis,
    /// Its people that are known, the main one first. Links to others are in `lead.contacts`.
    pub contacts: Vec<LinkedContact>,
    /// Its company, once read.
    pub company: Option<Company>,
    /// Its tasks, open ones first, then by due time.
    pub tasks: Vec<Task>,
    /// Its notes, latest first.
    pub notes: Vec<Note>,
    /// What happened to it, latest first.
    pub events: Vec<AccountEvent>,
}

/// A person of a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkedContact {
    /// The main contact of the lead.
    pub is_main: bool,
    /// The person.
    pub stored: contacts::StoredContact,
}

/// A lead by our identity, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn get(conn: &Connection, id: &LeadId) -> Result<Option<LeadDetail>, StoreError> {
    let stored = by(conn, "l.id = ?1", id.as_str()).during("read a lead")?;
    stored.map(|stored| around(conn, stored)).transpose()
}

/// A lead by Kommo's number, deleted or not.
///
/// # Errors
/// Faults of the file.
pub fn get_by_kommo_id(conn: &Connection, kommo_id: KommoLeadId) -> Result<Option<LeadDetail>, StoreError> {
    let stored = by(conn, "l.kommo_id = ?1", kommo_id.0).during("read a lead")?;
    stored.map(|stored| around(conn, stored)).transpose()
}

fn around(conn: &Connection, stored: StoredLead) -> Result<LeadDetail, StoreError> {
    let StoredLead { id, lead, deleted_at, synced_at } = stored;
    let about = EntityRef { kind: EntityKind::Lead, kommo_id: lead.kommo_id.0 };
    let mut people = Vec::with_capacity(lead.contacts.len());
    for link in &lead.contacts {
        if let Some(stored) = contacts::find(conn, link.contact)? {
            people.push(LinkedContact { is_main: link.is_main, stored });
        }
    }
    people.sort_by_key(|person| !person.is_main);
    let company = match lead.company {
        Some(company) => companies::find(conn, company)?,
        None => None,
    };
    Ok(LeadDetail {
        id,
        deleted_at,
        synced_at,
        contacts: people,
        company,
        tasks: tasks::about(conn, about)?,
        notes: notes::about(conn, about, HISTORY)?,
        events: events::about(conn, "lead", lead.kommo_id.0, HISTORY)?,
        lead,
    })
}
