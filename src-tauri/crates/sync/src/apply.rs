//! Writes what was read into the mirror, with its bookkeeping in the same transaction.

use crate::context::Context;
use crate::difference::{self, Change, Names};
use crate::log;
use crate::own;
use crate::pull::Rows;
use crate::status::{EngineEvent, Imported};
use crate::trouble::SyncError;
use cadencia_domain::contact::Contact;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoCompanyId, KommoContactId, KommoLeadId};
use cadencia_domain::lead::Lead;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::{EntityRef, Task};
use cadencia_store::import_runs::{self, ImportRunId};
use cadencia_store::sync_log::{self, NewLogEntry};
use cadencia_store::{StoreError, Transaction, companies, contacts, events, leads, notes, read_clock, tasks};
use std::collections::HashMap;

/// A finished page of an import.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FinishedPage {
    pub(crate) run: ImportRunId,
    pub(crate) entity: Imported,
    pub(crate) page: u32,
    pub(crate) items: u32,
}

/// Stores a page of an import, asked for at `read_at`. Returns the id of the last log row.
pub(crate) async fn store_page(
    context: &Context,
    rows: Rows,
    read_at: UtcMillis,
    done: Option<FinishedPage>,
) -> Result<i64, SyncError> {
    let now = context.clock.now();
    let (mut lead_ids, mut contact_ids) = (context.lead_ids(), context.contact_ids());
    let stored = context
        .store
        .write(move |tx| {
            match &rows {
                Rows::Leads(rows) => leads::upsert_many(tx, rows, read_at, &mut lead_ids).map(drop)?,
                Rows::Contacts(rows) => {
                    contacts::upsert_many(tx, rows, read_at, &mut contact_ids).map(drop)?
                }
                Rows::Companies(rows) => companies::upsert_many(tx, rows, read_at).map(drop)?,
                Rows::Tasks(rows) => tasks::upsert_many(tx, rows, read_at).map(drop)?,
                Rows::Notes(rows) => notes::upsert_many(tx, rows, read_at).map(drop)?,
                Rows::Events(rows) => events::insert_new(tx, rows).map(drop)?,
            }
            read_clock::note(tx, read_at)?;
            let Some(done) = done else { return Ok(0) };
            import_runs::add_page(tx, done.run, done.entity.stored(), done.page, done.items)?;
            let row = log::row("import_page")
                .channel("import")
                .detail("entity", &done.entity.as_str())
                .detail("page", &done.page)
                .detail("items", &done.items)
                .incoming(now);
            sync_log::append(tx, &row)
        })
        .await?;
    Ok(stored)
}

/// What a poll changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changed {
    /// Things that are different now.
    pub(crate) count: usize,
    /// Kommo's numbers of the leads among them.
    pub(crate) lead_ids: Vec<i64>,
    /// What they are: kind and number.
    pub(crate) touched: Vec<(&'static str, i64)>,
}

impl Changed {
    pub(crate) fn add(&mut self, more: Self) {
        self.count += more.count;
        self.lead_ids.extend(more.lead_ids);
        self.touched.extend(more.touched);
    }
}

/// Stores what Kommo said when it was asked at `read_at`: rows, and the log with differences, in one transaction.
/// `channel` is by what way it came, for the log. What this program changed itself is no news.
pub(crate) async fn store_changes(
    context: &Context,
    rows: Rows,
    read_at: UtcMillis,
    channel: &'static str,
) -> Result<Changed, SyncError> {
    let now = context.clock.now();
    let mut names = context.names();
    let (mut lead_ids, mut contact_ids) = (context.lead_ids(), context.contact_ids());
    let (changed, last) = context
        .store
        .write(move |tx| {
            let (mut log_rows, mut lead_numbers, mut touched) = (Vec::new(), Vec::new(), Vec::new());
            let count = match &rows {
                Rows::Leads(rows) => {
                    let before = before_leads(tx, rows)?;
                    let applied = leads::upsert_many(tx, rows, read_at, &mut lead_ids)?;
                    for id in &applied.changed {
                        let Some(lead) = rows.iter().rfind(|lead| lead.kommo_id == *id) else { continue };
                        let old = before.get(id);
                        if let Some(old) = old {
                            name_links(tx, [old, lead], &mut names)?;
                        }
                        lead_numbers.push(id.0);
                        touched.push(("lead", id.0));
                        if own::explains_lead(tx, old, lead, channel, now)? {
                            continue;
                        }
                        let changes = old.map(|old| difference::of_leads(old, lead, &names));
                        log_rows.push(changed_row(
                            "lead",
                            id.0,
                            &lead.name,
                            changes.as_deref(),
                            channel,
                            now,
                        ));
                    }
                    applied.changed.len()
                }
                Rows::Contacts(rows) => {
                    let before = before_contacts(tx, rows)?;
                    let applied = contacts::upsert_many(tx, rows, read_at, &mut contact_ids)?;
                    for id in &applied.changed {
                        let Some(contact) = rows.iter().rfind(|contact| contact.kommo_id == *id) else {
                            continue;
                        };
                        let old = before.get(id);
                        touched.push(("contact", id.0));
                        if !own::explains_contact(tx, old, contact, now)? {
                            let changes = old.map(|old| difference::of_contacts(old, contact, &names));
                            let changes = changes.as_deref();
                            log_rows.push(changed_row("contact", id.0, &contact.name, changes, channel, now));
                        }
                        lead_numbers.extend(contacts::leads_of(tx, *id)?.into_iter().map(|id| id.0));
                    }
                    applied.changed.len()
                }
                Rows::Companies(rows) => {
                    let applied = companies::upsert_many(tx, rows, read_at)?;
                    for id in &applied.changed {
                        let name = rows
                            .iter()
                            .find(|c| c.kommo_id == *id)
                            .map(|c| c.name.clone())
                            .unwrap_or_default();
                        log_rows.push(
                            log::row("company_changed")
                                .channel(channel)
                                .by_kommo()
                                .about("company", id.0, &name)
                                .incoming(now),
                        );
                    }
                    applied.changed.len()
                }
                Rows::Tasks(rows) => {
                    let mut news = Vec::new();
                    for task in rows {
                        news.push((task.kommo_id, tasks::find(tx, task.kommo_id)?));
                    }
                    let applied = tasks::upsert_many(tx, rows, read_at)?;
                    for id in &applied.changed {
                        let Some(task) = rows.iter().rfind(|task| task.kommo_id == *id) else { continue };
                        let old =
                            news.iter().find(|(known, _)| known == id).and_then(|(_, old)| old.as_ref());
                        let operation = match old {
                            None => "task_created",
                            Some(old) if task.is_completed && !old.is_completed => "task_completed",
                            Some(_) => "task_changed",
                        };
                        log_rows.push(
                            log::row(operation)
                                .channel(channel)
                                .by_kommo()
                                .about("task", id.0, &called(tx, task)?)
                                .incoming(now),
                        );
                        touched.push(("task", id.0));
                        lead_numbers.extend(task.about.filter(is_lead).map(|about| about.kommo_id));
                    }
                    applied.changed.len()
                }
                Rows::Notes(rows) => {
                    let applied = notes::upsert_many(tx, rows, read_at)?;
                    for id in &applied.changed {
                        let Some(note) = rows.iter().rfind(|note| note.kommo_id == *id) else { continue };
                        let operation =
                            if note.created_at == note.updated_at { "note_added" } else { "note_changed" };
                        log_rows.push(
                            log::row(operation)
                                .channel(channel)
                                .by_kommo()
                                .about(
                                    note.about.kind.as_str(),
                                    note.about.kommo_id,
                                    &name_of(tx, note.about)?,
                                )
                                .detail("kind", &note.kind)
                                .incoming(now),
                        );
                        touched.push(("note", id.0));
                        lead_numbers.extend(Some(note.about).filter(is_lead).map(|about| about.kommo_id));
                    }
                    applied.changed.len()
                }
                Rows::Events(rows) => events::insert_new(tx, rows)?.len(),
            };
            read_clock::note(tx, read_at)?;
            // Whoever sends says so itself, with more than can be seen here.
            let is_told = channel == "outbox" && matches!(rows, Rows::Tasks(_) | Rows::Notes(_));
            let last = if is_told { 0 } else { append(tx, &log_rows)? };
            Ok((Changed { count, lead_ids: lead_numbers, touched }, last))
        })
        .await?;
    if last > 0 {
        context.tell(EngineEvent::LogAppended(last));
    }
    Ok(changed)
}

fn is_lead(about: &EntityRef) -> bool {
    about.kind == EntityKind::Lead
}

/// What the mirror calls an entity; empty when it does not know it.
fn name_of(tx: &Transaction<'_>, about: EntityRef) -> Result<String, StoreError> {
    let id = about.kommo_id;
    let name = match about.kind {
        EntityKind::Lead => leads::find(tx, KommoLeadId(id))?.map(|stored| stored.lead.name),
        EntityKind::Contact => contacts::find(tx, KommoContactId(id))?.map(|stored| stored.contact.name),
        EntityKind::Company => companies::find(tx, KommoCompanyId(id))?.map(|company| company.name),
    };
    Ok(name.unwrap_or_default())
}

/// What a log row calls a task: its text, else whom it is about.
pub(crate) fn called(tx: &Transaction<'_>, task: &Task) -> Result<String, StoreError> {
    match task.about {
        Some(about) if task.text.trim().is_empty() => name_of(tx, about),
        _ => Ok(task.text.clone()),
    }
}

fn before_leads(tx: &Transaction<'_>, rows: &[Lead]) -> Result<HashMap<KommoLeadId, Lead>, StoreError> {
    let mut known = HashMap::with_capacity(rows.len());
    for row in rows {
        known.extend(leads::find(tx, row.kommo_id)?.map(|stored| (row.kommo_id, stored.lead)));
    }
    Ok(known)
}

/// Finds the names of the people and companies that a difference may speak of.
fn name_links(tx: &Transaction<'_>, leads: [&Lead; 2], names: &mut Names) -> Result<(), StoreError> {
    let [old, new] = leads;
    if old.contacts != new.contacts {
        for link in old.contacts.iter().chain(&new.contacts) {
            let found = contacts::find(tx, link.contact)?;
            names.contacts.extend(found.map(|stored| (link.contact.0, stored.contact.name)));
        }
    }
    if old.company != new.company {
        for id in [old.company, new.company].into_iter().flatten() {
            names.companies.extend(companies::find(tx, id)?.map(|company| (id.0, company.name)));
        }
    }
    Ok(())
}

fn before_contacts(
    tx: &Transaction<'_>,
    rows: &[Contact],
) -> Result<HashMap<KommoContactId, Contact>, StoreError> {
    let mut known = HashMap::with_capacity(rows.len());
    for row in rows {
        known.extend(contacts::find(tx, row.kommo_id)?.map(|stored| (row.kommo_id, stored.contact)));
    }
    Ok(known)
}

/// A row for something that is new (no changes given) or changed.
fn changed_row(
    kind: &str,
    id: i64,
    name: &str,
    changes: Option<&[Change]>,
    channel: &'static str,
    now: UtcMillis,
) -> NewLogEntry {
    let operation = match (kind, changes.is_some()) {
        ("lead", true) => "lead_changed",
        ("lead", false) => "lead_created",
        (_, true) => "contact_changed",
        (_, false) => "contact_created",
    };
    let changes = changes.unwrap_or_default();
    let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
    let mut row = log::row(operation).channel(channel).by_kommo().about(kind, id, name).changes(changes);
    if !fields.is_empty() {
        row = row.detail("fields", &fields.join(","));
    }
    // One change reads best in one line: "Etapa Novo -> Qualificado".
    if let [only] = changes {
        row = row.detail("before", &only.before.as_deref().unwrap_or_default());
        row = row.detail("after", &only.after.as_deref().unwrap_or_default());
    }
    row.incoming(now)
}

/// Appends rows; returns the last id, or 0 when there were none.
pub(crate) fn append(tx: &Transaction<'_>, rows: &[NewLogEntry]) -> Result<i64, StoreError> {
    rows.iter().try_fold(0, |_, row| sync_log::append(tx, row))
}
