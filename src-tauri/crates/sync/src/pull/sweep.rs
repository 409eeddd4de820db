//! Once a day, and after deletions during an import: every list is read again, and what the mirror has beyond that is
//! asked for by number and, when Kommo does not have it, marked deleted.
//!
//! A sweep goes on in slices between polls: on a large account it takes minutes, and changes must not wait for it.

use super::gone::{forget_companies, forget_contacts, forget_leads, forget_notes, forget_tasks, missing};
use super::history::{
    Told, companies_by_number, contacts_by_number, leads_by_number, notes_by_number, tasks_by_number,
};
use super::list::{import_page, notes_about};
use super::page_plan::PagePlan;
use crate::apply;
use crate::context::Context;
use crate::log;
use crate::status::{EngineEvent, Imported};
use crate::trouble::SyncError;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoCompanyId, KommoContactId, KommoLeadId, KommoNoteId, KommoTaskId};
use cadencia_domain::time::UtcMillis;
use cadencia_store::sync_cursors::{self, SyncEntity};
use cadencia_store::{Connection, StoreError, companies, contacts, leads, notes, tasks};
use kommo::{Client, Priority};
use std::collections::HashSet;

/// A sweep is due after this long.
pub(crate) const EVERY_MS: i64 = 24 * 3_600_000;
/// Pages read in one slice.
const SLICE: u32 = 20;
/// Rows of the mirror looked at together.
const CHUNK: u32 = 1_000;
/// Things asked for by number in one request, and one more that is a witness.
const BY_NUMBER: usize = 49;

/// What is read, in this order.
const LISTS: [Imported; 7] = [
    Imported::Leads,
    Imported::Contacts,
    Imported::Companies,
    Imported::Tasks,
    Imported::LeadNotes,
    Imported::ContactNotes,
    Imported::CompanyNotes,
];

/// Whether a sweep is due.
pub(crate) async fn is_due(context: &Context) -> Result<bool, SyncError> {
    let last = context.store.read(|conn| sync_cursors::get(conn, SyncEntity::Deletions)).await?;
    let now = context.clock.now();
    Ok(last.is_none_or(|last| !(0..EVERY_MS).contains(&now.since(last.polled_at))))
}

/// A sweep under way.
#[derive(Debug)]
pub(crate) struct Sweep {
    /// Lists that are done.
    done: usize,
    reading: Option<Reading>,
    told: Told,
    checked: u32,
}

#[derive(Debug)]
struct Reading {
    plan: PagePlan,
    listed: HashSet<i64>,
}

impl Default for Sweep {
    fn default() -> Self {
        Self { done: 0, reading: None, told: Told::through("poll"), checked: 0 }
    }
}

impl Sweep {
    /// Goes on for some pages. True when it is over.
    ///
    /// # Errors
    /// Why it stopped before. It can go on at the same page.
    pub(crate) async fn go_on(&mut self, context: &Context) -> Result<bool, SyncError> {
        let client = context.client.with_priority(Priority::Import);
        for _ in 0..SLICE {
            let Some(&entity) = LISTS.get(self.done) else {
                self.end(context).await?;
                return Ok(true);
            };
            match self.page(context, &client, entity).await {
                Ok(()) => {}
                // What this user may not read is not judged either.
                Err(SyncError::Kommo(kommo::Error::Forbidden { .. })) => {
                    self.reading = None;
                    self.done += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Reads one page into the mirror, or judges what the list of all of them left out.
    async fn page(&mut self, context: &Context, client: &Client, entity: Imported) -> Result<(), SyncError> {
        let reading = self
            .reading
            .get_or_insert_with(|| Reading { plan: PagePlan::new([], false), listed: HashSet::new() });
        if let Some(page) = reading.plan.start_next() {
            let asked = context.ask();
            let read = import_page(client, entity, page, (UtcMillis(0), UtcMillis(0))).await;
            // Given back first: whatever happens from here on, the page can be asked for again.
            reading.plan.give_back(page);
            let (rows, found) = read?;
            let numbers: Vec<i64> = rows.changes().into_iter().map(|(id, _)| id).collect();
            self.told.changed.add(apply::store_changes(context, rows, asked, "poll").await?);
            reading.plan.finish(page, found)?;
            reading.listed.extend(numbers);
            return Ok(());
        }
        // An empty list could be a fault; Kommo's history tells of deletions as well.
        if let Some(&witness) = reading.listed.iter().next() {
            let listed = reading.listed.clone();
            let suspects = context.store.read(move |conn| beyond(conn, entity, &listed)).await?;
            tracing::debug!(entity = entity.as_str(), suspects = suspects.len(), "the mirror has more");
            for suspects in suspects.chunks(BY_NUMBER) {
                judge(context, client, entity, suspects, witness, &mut self.told).await?;
            }
        }
        self.checked = self.checked.saturating_add(u32::try_from(reading.listed.len()).unwrap_or(u32::MAX));
        self.reading = None;
        self.done += 1;
        Ok(())
    }

    async fn end(&mut self, context: &Context) -> Result<(), SyncError> {
        let now = context.clock.now();
        let row = log::row("sweep_finished")
            .channel("poll")
            .detail("checked", &self.checked)
            .detail("deleted", &self.told.deleted)
            .incoming(now);
        let last = context
            .store
            .write(move |tx| {
                sync_cursors::advance(tx, SyncEntity::Deletions, now, now)?;
                apply::append(tx, &[row])
            })
            .await?;
        context.tell(EngineEvent::LogAppended(last));
        if !self.told.changed.lead_ids.is_empty() {
            context.tell(EngineEvent::LeadsChanged(Vec::new()));
        }
        Ok(())
    }
}

/// Numbers that the mirror has and the list has not.
fn beyond(conn: &Connection, entity: Imported, listed: &HashSet<i64>) -> Result<Vec<i64>, StoreError> {
    let mut beyond = Vec::new();
    let mut after = None;
    loop {
        // The last number of the chunk, and those of it that belong to this list.
        let (last, ids): (Option<i64>, Vec<i64>) = match entity {
            Imported::Leads => whole(leads::kommo_ids_after(conn, after.map(KommoLeadId), CHUNK)?, |id| id.0),
            Imported::Contacts => {
                whole(contacts::kommo_ids_after(conn, after.map(KommoContactId), CHUNK)?, |id| id.0)
            }
            Imported::Companies => {
                let rows = companies::page_after(conn, after.map(KommoCompanyId), CHUNK)?;
                let last = rows.last().map(|company| company.kommo_id.0);
                let here = rows.iter().filter(|company| !company.is_deleted);
                (last, here.map(|company| company.kommo_id.0).collect())
            }
            Imported::Tasks => {
                whole(tasks::page_after(conn, after.map(KommoTaskId), CHUNK)?, |task| task.kommo_id.0)
            }
            list => {
                let about = notes_about(list).unwrap_or(EntityKind::Lead);
                let rows = notes::page_after(conn, after.map(KommoNoteId), CHUNK)?;
                let last = rows.last().map(|note| note.kommo_id.0);
                let here = rows.iter().filter(|note| note.about.kind == about);
                (last, here.map(|note| note.kommo_id.0).collect())
            }
        };
        if last.is_none() {
            return Ok(beyond);
        }
        after = last;
        beyond.extend(ids.into_iter().filter(|id| !listed.contains(id)));
    }
}

fn whole<T>(rows: Vec<T>, number: impl Fn(T) -> i64) -> (Option<i64>, Vec<i64>) {
    let ids: Vec<i64> = rows.into_iter().map(number).collect();
    (ids.last().copied(), ids)
}

/// Asks for suspects by number before anything is marked. With them is asked for one that was just listed: an answer
/// without it proves nothing.
async fn judge(
    context: &Context,
    client: &Client,
    entity: Imported,
    suspects: &[i64],
    witness: i64,
    told: &mut Told,
) -> Result<(), SyncError> {
    let ids: Vec<i64> = suspects.iter().copied().chain([witness]).collect();
    let asked = context.ask();
    let came: Vec<i64> = match entity {
        Imported::Leads => leads_by_number(client, &ids).await?.iter().map(|row| row.kommo_id.0).collect(),
        Imported::Contacts => {
            contacts_by_number(client, &ids).await?.iter().map(|row| row.kommo_id.0).collect()
        }
        Imported::Companies => {
            companies_by_number(client, &ids).await?.iter().map(|row| row.kommo_id.0).collect()
        }
        Imported::Tasks => tasks_by_number(client, &ids).await?.iter().map(|row| row.kommo_id.0).collect(),
        list => {
            let about = notes_about(list).unwrap_or(EntityKind::Lead);
            notes_by_number(client, about, &ids).await?.iter().map(|row| row.kommo_id.0).collect()
        }
    };
    if !came.contains(&witness) {
        return Ok(());
    }
    let Some(gone) = missing(&ids, came.into_iter(), |_| false) else { return Ok(()) };
    match entity {
        Imported::Leads => forget_leads(context, gone, asked, told).await,
        Imported::Contacts => forget_contacts(context, gone, asked, told).await,
        Imported::Companies => forget_companies(context, gone, asked, told).await,
        Imported::Tasks => forget_tasks(context, gone, asked, told).await,
        _ => forget_notes(context, gone, asked, told).await,
    }
}
