//! Writing contacts.

use crate::column::to_json;
use crate::error::{During as _, StoreError};
use crate::freshness::{Applied, Arriving, Digest, Known, Verdict, digest, judge};
use crate::search;
use crate::table::{account_profiles, leads};
use cadencia_domain::contact::Contact;
use cadencia_domain::id::{ContactId, KommoContactId};
use cadencia_domain::phone::Phone;
use cadencia_domain::text::fold;
use cadencia_domain::time::UtcMillis;
use rusqlite::{OptionalExtension as _, Transaction, params};

/// Takes over contacts as Kommo gave them, asked at `read_at`; what their leads can be found by follows.
/// Newer knowledge is never overwritten, and a deletion seen after `read_at` stays.
///
/// # Errors
/// Faults of the file.
pub fn upsert_many(
    tx: &Transaction<'_>,
    contacts: &[Contact],
    read_at: UtcMillis,
    new_id: &mut dyn FnMut() -> ContactId,
) -> Result<Applied<KommoContactId>, StoreError> {
    write_many(tx, contacts, read_at, new_id).during("write contacts")
}

fn write_many(
    tx: &Transaction<'_>,
    contacts: &[Contact],
    read_at: UtcMillis,
    new_id: &mut dyn FnMut() -> ContactId,
) -> rusqlite::Result<Applied<KommoContactId>> {
    let region = account_profiles::phone_region(tx)?;
    let mut applied = Applied::default();
    let mut found_by_other_words = Vec::new();
    for contact in contacts {
        let known = known(tx, contact.kommo_id)?;
        let digest = digest(contact)?;
        let arriving =
            Arriving { updated_at: contact.updated_at, is_deleted: contact.is_deleted, digest, read_at };
        let verdict = judge(known.as_ref().map(|stored| stored.known), arriving);
        applied.note(verdict, contact.kommo_id);
        let writing = Writing { tx, contact, digest: &digest, read_at, region: &region };
        let text_changed = match (verdict, known) {
            (Verdict::Keep, _) => false,
            (Verdict::Update, Some(stored)) => writing.update(&stored)?,
            _ => writing.insert(&new_id())?,
        };
        if text_changed {
            found_by_other_words.push(contact.kommo_id);
        }
    }
    leads::reindex_leads_of(tx, &found_by_other_words)?;
    Ok(applied)
}

struct Stored {
    row_id: i64,
    known: Known,
}

fn known(tx: &Transaction<'_>, kommo_id: KommoContactId) -> rusqlite::Result<Option<Stored>> {
    tx.prepare_cached(
        "SELECT row_id, updated_at_ms, deleted_at_ms, synced_at_ms, content_digest FROM contacts WHERE kommo_id = ?1",
    )?
    .query_row([kommo_id.0], |row| Ok(Stored { row_id: row.get(0)?, known: Known::read(row, 1)? }))
    .optional()
}

struct Writing<'a> {
    tx: &'a Transaction<'a>,
    contact: &'a Contact,
    digest: &'a Digest,
    read_at: UtcMillis,
    region: &'a str,
}

impl Writing<'_> {
    fn search_text(&self) -> String {
        if self.contact.is_deleted { String::new() } else { search::contact_text(self.contact, self.region) }
    }

    fn insert(&self, id: &ContactId) -> rusqlite::Result<bool> {
        let Self { tx, contact, .. } = *self;
        tx.prepare_cached(
            "INSERT INTO contacts (id, kommo_id, name, name_folded, first_name, last_name, responsible_kommo_id,
                 company_kommo_id, is_unsorted, created_at_ms, updated_at_ms, deleted_at_ms, content_digest,
                 synced_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            id.as_str(),
            contact.kommo_id.0,
            contact.name,
            fold(&contact.name),
            contact.first_name,
            contact.last_name,
            contact.responsible.map(|id| id.0),
            contact.company.map(|id| id.0),
            contact.is_unsorted,
            contact.created_at.0,
            contact.updated_at.0,
            contact.is_deleted.then_some(self.read_at.0),
            self.digest,
            self.read_at.0,
        ])?;
        let row_id = tx.last_insert_rowid();
        let text = self.search_text();
        tx.prepare_cached(
            "INSERT INTO contact_documents (contact_row, fields_json, tags_json, search_text) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![row_id, to_json(&contact.fields)?, to_json(&contact.tags)?, text])?;
        self.insert_ways_to_reach(row_id)?;
        index(tx, row_id, &text, true)?;
        Ok(!text.is_empty())
    }

    fn update(&self, stored: &Stored) -> rusqlite::Result<bool> {
        let Self { tx, contact, .. } = *self;
        let row_id = stored.row_id;
        let deleted_at = contact.is_deleted.then(|| stored.known.deleted_at.unwrap_or(self.read_at));
        tx.prepare_cached(
            "UPDATE contacts SET name = ?2, name_folded = ?3, first_name = ?4, last_name = ?5,
                 responsible_kommo_id = ?6, company_kommo_id = ?7, is_unsorted = ?8, created_at_ms = ?9,
                 updated_at_ms = ?10, deleted_at_ms = ?11, content_digest = ?12, synced_at_ms = ?13
             WHERE row_id = ?1",
        )?
        .execute(params![
            row_id,
            contact.name,
            fold(&contact.name),
            contact.first_name,
            contact.last_name,
            contact.responsible.map(|id| id.0),
            contact.company.map(|id| id.0),
            contact.is_unsorted,
            contact.created_at.0,
            contact.updated_at.0,
            deleted_at.map(|at| at.0),
            self.digest,
            self.read_at.0,
        ])?;
        let text = self.search_text();
        let text_before: String = tx
            .prepare_cached("SELECT search_text FROM contact_documents WHERE contact_row = ?1")?
            .query_row([row_id], |row| row.get(0))?;
        tx.prepare_cached(
            "UPDATE contact_documents SET fields_json = ?2, tags_json = ?3, search_text = ?4 WHERE contact_row = ?1",
        )?
        .execute(params![row_id, to_json(&contact.fields)?, to_json(&contact.tags)?, text])?;
        tx.prepare_cached("DELETE FROM contact_phones WHERE contact_row = ?1")?.execute([row_id])?;
        tx.prepare_cached("DELETE FROM contact_emails WHERE contact_row = ?1")?.execute([row_id])?;
        self.insert_ways_to_reach(row_id)?;
        if text != text_before {
            index(tx, row_id, &text, false)?;
        }
        Ok(text != text_before)
    }

    fn insert_ways_to_reach(&self, row_id: i64) -> rusqlite::Result<()> {
        for (position, typed) in (0_i64..).zip(self.contact.phones()) {
            let phone = Phone::parse(&typed, self.region).ok();
            self.tx
                .prepare_cached(
                    "INSERT INTO contact_phones (contact_row, position, typed, e164, person_key)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    row_id,
                    position,
                    typed,
                    phone.as_ref().map(Phone::e164),
                    phone.as_ref().map(Phone::person_key)
                ])?;
        }
        for (position, email) in (0_i64..).zip(self.contact.emails()) {
            self.tx
                .prepare_cached(
                    "INSERT INTO contact_emails (contact_row, position, email, email_folded) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![row_id, position, email, fold(email.trim())])?;
        }
        Ok(())
    }
}

/// Writes what the contact itself is found by; an empty text takes it out.
fn index(tx: &Transaction<'_>, row_id: i64, text: &str, is_new: bool) -> rusqlite::Result<()> {
    if !is_new {
        tx.prepare_cached("DELETE FROM contacts_fts WHERE rowid = ?1")?.execute([row_id])?;
    }
    if !text.is_empty() {
        tx.prepare_cached("INSERT INTO contacts_fts (rowid, text) VALUES (?1, ?2)")?
            .execute(params![row_id, text])?;
    }
    Ok(())
}

/// Notes that these contacts were deleted in Kommo, seen at `now` by our clock. Their leads are no longer found by
/// them. Returns those that were not deleted before.
///
/// # Errors
/// Faults of the file.
pub fn mark_deleted(
    tx: &Transaction<'_>,
    contacts: &[KommoContactId],
    now: UtcMillis,
) -> Result<Vec<KommoContactId>, StoreError> {
    const WHAT: &str = "note deleted contacts";
    let mut gone = Vec::new();
    for contact in contacts {
        let changed = tx
            .prepare_cached(
                "UPDATE contacts SET deleted_at_ms = ?2, synced_at_ms = ?2
                 WHERE kommo_id = ?1 AND deleted_at_ms IS NULL",
            )
            .and_then(|mut statement| statement.execute(params![contact.0, now.0]))
            .during(WHAT)?;
        if changed == 1 {
            tx.prepare_cached(
                "UPDATE contact_documents SET search_text = ''
                 WHERE contact_row = (SELECT row_id FROM contacts WHERE kommo_id = ?1)",
            )
            .and_then(|mut statement| statement.execute([contact.0]))
            .during(WHAT)?;
            tx.prepare_cached(
                "DELETE FROM contacts_fts WHERE rowid = (SELECT row_id FROM contacts WHERE kommo_id = ?1)",
            )
            .and_then(|mut statement| statement.execute([contact.0]))
            .during(WHAT)?;
            gone.push(*contact);
        }
    }
    leads::reindex_leads_of(tx, &gone).during(WHAT)?;
    Ok(gone)
}
