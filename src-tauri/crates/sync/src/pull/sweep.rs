//! Once a day, and after deletions during an import: every lead, person and task is listed, and what the mirror has
//! beyond that is asked for by number and, when Kommo does not have it, marked deleted.

use super::history::{self, Told, missing};
use super::list::{Rows, import_page};
use super::page_plan::PagePlan;
use crate::apply;
use crate::context::Context;
use crate::log;
use crate::status::{EngineEvent, Imported};
use crate::trouble::SyncError;
use cadencia_domain::id::{KommoContactId, KommoLeadId, KommoTaskId};
use cadencia_domain::time::UtcMillis;
use cadencia_store::sync_cursors::{self, SyncEntity};
use cadencia_store::{contacts, leads, tasks};
use kommo::contacts::ContactsQuery;
use kommo::tasks::TasksQuery;
use kommo::{Client, PageRequest, Priority};
use std::collections::HashSet;

/// A sweep is due after this long.
pub(crate) const EVERY_MS: i64 = 24 * 3_600_000;
/// Rows of the mirror looked at together.
const CHUNK: u32 = 1_000;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Rows that Kommo listed.
    pub checked: u32,
    /// Rows of the mirror that Kommo no longer has.
    pub deleted: u32,
}

/// Whether a sweep is due.
pub(crate) async fn is_due(context: &Context) -> Result<bool, SyncError> {
    let last = context.store.read(|conn| sync_cursors::get(conn, SyncEntity::Deletions)).await?;
    let now = context.clock.now();
    Ok(last.is_none_or(|last| !(0..EVERY_MS).contains(&now.since(last.polled_at))))
}

/// Makes the next sweep due now.
pub(crate) async fn make_due(context: &Context) -> Result<(), SyncError> {
    Ok(context.store.write(|tx| sync_cursors::reset(tx, SyncEntity::Deletions)).await?)
}

/// Sweeps once.
pub(crate) async fn sweep(context: &Context) -> Result<SweepReport, SyncError> {
    let client = context.client.with_priority(Priority::Import);
    let mut told = Told::default();
    let mut report = SweepReport::default();
    for entity in [Imported::Leads, Imported::Contacts, Imported::Tasks] {
        let listed = list(context, &client, entity, &mut told).await?;
        report.checked += u32::try_from(listed.len()).unwrap_or(u32::MAX);
        // An empty list could be a fault; Kommo's history tells of deletions as well.
        let Some(&witness) = listed.iter().next() else { continue };
        let suspects = beyond(context, entity, listed).await?;
        for ids in suspects.chunks(50) {
            forget(context, &client, entity, ids, witness, &mut told).await?;
        }
    }
    report.deleted = told.deleted;
    let now = context.clock.now();
    let row = log::row("sweep_finished")
        .channel("poll")
        .detail("checked", &report.checked)
        .detail("deleted", &report.deleted)
        .incoming(now);
    let last = context
        .store
        .write(move |tx| {
            sync_cursors::advance(tx, SyncEntity::Deletions, now, now)?;
            apply::append(tx, &[row])
        })
        .await?;
    context.tell(EngineEvent::LogAppended(last));
    if !told.changed.lead_ids.is_empty() {
        context.tell(EngineEvent::LeadsChanged(Vec::new()));
    }
    Ok(report)
}

/// Reads the whole list into the mirror and returns its numbers.
async fn list(
    context: &Context,
    client: &Client,
    entity: Imported,
    told: &mut Told,
) -> Result<HashSet<i64>, SyncError> {
    let mut listed = HashSet::new();
    let mut plan = PagePlan::new([], false);
    while let Some(page) = plan.start_next() {
        let (rows, found) = import_page(client, entity, page, (UtcMillis(0), UtcMillis(0))).await?;
        plan.finish(page, found)?;
        match &rows {
            Rows::Leads(rows) => listed.extend(rows.iter().map(|row| row.kommo_id.0)),
            Rows::Contacts(rows) => listed.extend(rows.iter().map(|row| row.kommo_id.0)),
            Rows::Tasks(rows) => listed.extend(rows.iter().map(|row| row.kommo_id.0)),
            _ => {}
        }
        let changed = apply::store_changes(context, rows, None).await?;
        told.changed.count += changed.count;
        told.changed.lead_ids.extend(changed.lead_ids);
    }
    Ok(listed)
}

/// Numbers that the mirror has and the list has not.
async fn beyond(context: &Context, entity: Imported, listed: HashSet<i64>) -> Result<Vec<i64>, SyncError> {
    let found = context.store.read(move |conn| {
        let mut beyond = Vec::new();
        let mut after: Option<i64> = None;
        loop {
            let ids: Vec<i64> = match entity {
                Imported::Leads => leads::kommo_ids_after(conn, after.map(KommoLeadId), CHUNK)?
                    .into_iter()
                    .map(|id| id.0)
                    .collect(),
                Imported::Contacts => contacts::kommo_ids_after(conn, after.map(KommoContactId), CHUNK)?
                    .into_iter()
                    .map(|id| id.0)
                    .collect(),
                _ => tasks::page_after(conn, after.map(KommoTaskId), CHUNK)?
                    .into_iter()
                    .map(|task| task.kommo_id.0)
                    .collect(),
            };
            let Some(&last) = ids.last() else { return Ok(beyond) };
            after = Some(last);
            beyond.extend(ids.into_iter().filter(|id| !listed.contains(id)));
        }
    });
    Ok(found.await?)
}

/// Asks for suspects by number before anything is marked. With them is asked for one that was just listed: an answer
/// without it proves nothing.
async fn forget(
    context: &Context,
    client: &Client,
    entity: Imported,
    suspects: &[i64],
    witness: i64,
    told: &mut Told,
) -> Result<(), SyncError> {
    let asked: Vec<i64> = suspects.iter().copied().chain([witness]).collect();
    let ids = asked.as_slice();
    let gone = |came: Vec<i64>| came.contains(&witness).then(|| missing(ids, came.into_iter(), |_| false))?;
    tracing::debug!(
        entity = entity.as_str(),
        suspects = suspects.len(),
        "the mirror has more than Kommo listed"
    );
    match entity {
        Imported::Leads => {
            let rows = history::leads_by_number(client, ids).await?;
            if let Some(gone) = gone(rows.iter().map(|lead| lead.kommo_id.0).collect()) {
                history::forget_leads(context, gone, told).await?;
            }
        }
        Imported::Contacts => {
            let query = ContactsQuery::default().ids(ids.iter().copied());
            let page = client.contacts().list(&query, PageRequest::default()).await?;
            if let Some(gone) = gone(page.items.iter().map(|contact| contact.id).collect()) {
                history::forget_contacts(context, gone, told).await?;
            }
        }
        _ => {
            let query = TasksQuery { ids: ids.to_vec(), ..TasksQuery::default() };
            let page = client.tasks().list(&query, PageRequest::default()).await?;
            if let Some(gone) = gone(page.items.iter().map(|task| task.id).collect()) {
                history::forget_tasks(context, gone, told).await?;
            }
        }
    }
    Ok(())
}
