//! Writing leads.

use super::index;
use crate::column::{json, to_json};
use crate::error::{During as _, StoreError};
use crate::freshness::{Applied, Arriving, Known, Verdict, digest, judge};
use crate::search;
use crate::table::{account_profiles, tags};
use cadencia_domain::field::{EntityKind, FieldValue};
use cadencia_domain::id::{KommoLeadId, KommoTagId, LeadId};
use cadencia_domain::lead::Lead;
use cadencia_domain::text::fold;
use cadencia_domain::time::UtcMillis;
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::collections::HashSet;

/// Takes over leads as Kommo gave them, asked at `read_at`. Newer knowledge is never overwritten, and a
/// deletion seen after `read_at` stays. `new_id` gives an identity to each lead that is new.
///
/// # Errors
/// Faults of the file.
pub fn upsert_many(
    tx: &Transaction<'_>,
    leads: &[Lead],
    read_at: UtcMillis,
    new_id: &mut dyn FnMut() -> LeadId,
) -> Result<Applied<KommoLeadId>, StoreError> {
    write_many(tx, leads, read_at, new_id).during("write leads")
}

fn write_many(
    tx: &Transaction<'_>,
    leads: &[Lead],
    read_at: UtcMillis,
    new_id: &mut dyn FnMut() -> LeadId,
) -> rusqlite::Result<Applied<KommoLeadId>> {
    let region = account_profiles::phone_region(tx)?;
    let mut batch = Batch { tx, region, read_at, tags: HashSet::new() };
    let mut applied = Applied::default();
    for lead in leads {
        let verdict = batch.write(lead, new_id)?;
        applied.note(verdict, lead.kommo_id);
    }
    Ok(applied)
}

struct Batch<'a> {
    tx: &'a Transaction<'a>,
    region: String,
    read_at: UtcMillis,
    /// Tags already written in this batch.
    tags: HashSet<(KommoTagId, String)>,
}

impl Batch<'_> {
    fn write(&mut self, lead: &Lead, new_id: &mut dyn FnMut() -> LeadId) -> rusqlite::Result<Verdict> {
        let known = self.known(lead.kommo_id)?;
        let digest = digest(lead)?;
        let arriving = Arriving {
            updated_at: lead.updated_at,
            is_deleted: lead.is_deleted,
            digest,
            read_at: self.read_at,
        };
        let verdict = judge(known.map(|(_, known)| known), arriving);
        match (verdict, known) {
            (Verdict::Keep, _) => return Ok(verdict),
            (Verdict::Update, Some((row_id, known))) => self.update(row_id, known, lead, &digest)?,
            _ => self.insert(lead, &new_id(), &digest)?,
        }
        Ok(verdict)
    }

    fn known(&self, kommo_id: KommoLeadId) -> rusqlite::Result<Option<(i64, Known)>> {
        self.tx
            .prepare_cached(
                "SELECT row_id, updated_at_ms, deleted_at_ms, synced_at_ms, content_digest FROM leads WHERE kommo_id = ?1",
            )?
            .query_row([kommo_id.0], |row| Ok((row.get(0)?, Known::read(row, 1)?)))
            .optional()
    }

    fn insert(&mut self, lead: &Lead, id: &LeadId, digest: &[u8; 16]) -> rusqlite::Result<()> {
        let tx = self.tx;
        tx.prepare_cached(
            "INSERT INTO leads (id, kommo_id, name, name_folded, price_cents, pipeline_kommo_id, status_kommo_id,
                 responsible_kommo_id, loss_reason_kommo_id, source_kommo_id, company_kommo_id, created_by_kommo_id,
                 updated_by_kommo_id, created_at_ms, updated_at_ms, closed_at_ms, closest_task_at_ms, deleted_at_ms,
                 content_digest, synced_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        )?
        .execute(params![
            id.as_str(),
            lead.kommo_id.0,
            lead.name,
            fold(&lead.name),
            lead.price_cents,
            lead.pipeline.0,
            lead.status.0,
            lead.responsible.map(|id| id.0),
            lead.loss_reason.map(|id| id.0),
            lead.source.map(|id| id.0),
            lead.company.map(|id| id.0),
            lead.created_by.map(|id| id.0),
            lead.updated_by.map(|id| id.0),
            lead.created_at.0,
            lead.updated_at.0,
            lead.closed_at.map(|at| at.0),
            lead.closest_task_at.map(|at| at.0),
            lead.is_deleted.then_some(self.read_at.0),
            digest,
            self.read_at.0,
        ])?;
        let row_id = tx.last_insert_rowid();
        let text = search::lead_text(lead, &self.region);
        tx.prepare_cached(
            "INSERT INTO lead_documents (lead_row, fields_json, search_text) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![row_id, to_json(&lead.fields)?, text])?;
        self.insert_tags(row_id, lead)?;
        self.replace_links(lead)?;
        index::insert_field_values(tx, row_id, &lead.fields)?;
        if !lead.is_deleted {
            index::put(tx, row_id, lead.kommo_id.0, &text, true)?;
        }
        Ok(())
    }

    fn update(&mut self, row_id: i64, known: Known, lead: &Lead, digest: &[u8; 16]) -> rusqlite::Result<()> {
        let tx = self.tx;
        let deleted_at = lead.is_deleted.then(|| known.deleted_at.unwrap_or(self.read_at));
        tx.prepare_cached(
            "UPDATE leads SET name = ?2, name_folded = ?3, price_cents = ?4, pipeline_kommo_id = ?5,
                 status_kommo_id = ?6, responsible_kommo_id = ?7, loss_reason_kommo_id = ?8, source_kommo_id = ?9,
                 company_kommo_id = ?10, created_by_kommo_id = ?11, updated_by_kommo_id = ?12, created_at_ms = ?13,
                 updated_at_ms = ?14, closed_at_ms = ?15, closest_task_at_ms = ?16, deleted_at_ms = ?17,
                 content_digest = ?18, synced_at_ms = ?19
             WHERE row_id = ?1",
        )?
        .execute(params![
            row_id,
            lead.name,
            fold(&lead.name),
            lead.price_cents,
            lead.pipeline.0,
            lead.status.0,
            lead.responsible.map(|id| id.0),
            lead.loss_reason.map(|id| id.0),
            lead.source.map(|id| id.0),
            lead.company.map(|id| id.0),
            lead.created_by.map(|id| id.0),
            lead.updated_by.map(|id| id.0),
            lead.created_at.0,
            lead.updated_at.0,
            lead.closed_at.map(|at| at.0),
            lead.closest_task_at.map(|at| at.0),
            deleted_at.map(|at| at.0),
            digest,
            self.read_at.0,
        ])?;
        let text = search::lead_text(lead, &self.region);
        let (text_before, fields_before): (String, Vec<FieldValue>) = tx
            .prepare_cached("SELECT search_text, fields_json FROM lead_documents WHERE lead_row = ?1")?
            .query_row([row_id], |row| Ok((row.get(0)?, json(row, 1)?)))?;
        tx.prepare_cached(
            "UPDATE lead_documents SET fields_json = ?2, search_text = ?3 WHERE lead_row = ?1",
        )?
        .execute(params![row_id, to_json(&lead.fields)?, text])?;
        tx.prepare_cached("DELETE FROM lead_tags WHERE lead_row = ?1")?.execute([row_id])?;
        self.insert_tags(row_id, lead)?;
        index::remove_field_values(tx, row_id, &fields_before)?;
        index::insert_field_values(tx, row_id, &lead.fields)?;
        let links_changed = self.replace_links(lead)?;
        let was_indexed = known.deleted_at.is_none();
        match (was_indexed, deleted_at.is_none()) {
            (true, false) => index::remove(tx, row_id)?,
            (false, true) => index::put(tx, row_id, lead.kommo_id.0, &text, true)?,
            (true, true) if links_changed || text != text_before => {
                index::put(tx, row_id, lead.kommo_id.0, &text, false)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn insert_tags(&mut self, row_id: i64, lead: &Lead) -> rusqlite::Result<()> {
        for (position, tag) in lead.tags.iter().enumerate() {
            if !self.tags.contains(&(tag.kommo_id, tag.name.clone())) {
                tags::remember(self.tx, EntityKind::Lead, tag)?;
                self.tags.insert((tag.kommo_id, tag.name.clone()));
            }
            self.tx
                .prepare_cached(
                    "INSERT OR IGNORE INTO lead_tags (lead_row, tag_kommo_id, position) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![row_id, tag.kommo_id.0, i64::try_from(position).unwrap_or(i64::MAX)])?;
        }
        Ok(())
    }

    /// True when the links are other than before.
    fn replace_links(&self, lead: &Lead) -> rusqlite::Result<bool> {
        let before = super::read::links_of(self.tx, lead.kommo_id)?;
        if before == lead.contacts {
            return Ok(false);
        }
        self.tx
            .prepare_cached("DELETE FROM lead_contacts WHERE lead_kommo_id = ?1")?
            .execute([lead.kommo_id.0])?;
        for (position, link) in lead.contacts.iter().enumerate() {
            self.tx
                .prepare_cached(
                    "INSERT OR IGNORE INTO lead_contacts (lead_kommo_id, contact_kommo_id, position, is_main)
                     VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    lead.kommo_id.0,
                    link.contact.0,
                    i64::try_from(position).unwrap_or(i64::MAX),
                    link.is_main
                ])?;
        }
        Ok(true)
    }
}

/// Notes that these leads were deleted in Kommo, seen at `now` by our clock. They leave lists and search. Returns
/// those that were not deleted before.
///
/// # Errors
/// Faults of the file.
pub fn mark_deleted(
    tx: &Transaction<'_>,
    leads: &[KommoLeadId],
    now: UtcMillis,
) -> Result<Vec<KommoLeadId>, StoreError> {
    const WHAT: &str = "note deleted leads";
    let mut gone = Vec::new();
    for lead in leads {
        let row_id = tx
            .prepare_cached(
                "UPDATE leads SET deleted_at_ms = ?2, synced_at_ms = ?2 WHERE kommo_id = ?1 AND deleted_at_ms IS NULL
                 RETURNING row_id",
            )
            .and_then(|mut statement| {
                statement.query_row(params![lead.0, now.0], |row| row.get::<_, i64>(0)).optional()
            })
            .during(WHAT)?;
        if let Some(row_id) = row_id {
            index::remove(tx, row_id).during(WHAT)?;
            gone.push(*lead);
        }
    }
    Ok(gone)
}
