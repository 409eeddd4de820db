//! One poll: everything that changed in Kommo since the last one.
//!
//! Lists are asked newest change first, from the cursor minus an overlap, and read until the first row older than
//! that: a server that ignores the filter costs one page more, not the whole account. Rows are checked again here.
//! What lists cannot tell (deletions, links, changes written with an old date) comes from Kommo's events.

use super::list::{LEAD_WITH, Rows, changed_page, order_of_changes};
use super::page_plan::PageFound;
use super::walk::{Met, Walk};
use super::{history, structure};
use crate::apply::{self, Changed};
use crate::context::Context;
use crate::log;
use crate::mapping;
use crate::status::{EngineEvent, Imported};
use crate::trouble::SyncError;
use cadencia_domain::field::EntityKind;
use cadencia_domain::lead::Lead;
use cadencia_domain::time::UtcMillis;
use cadencia_store::sync_cursors::{self, SyncEntity};
use kommo::leads::LeadsQuery;
use kommo::{Client, Order, OrderBy, PageRequest, Priority};
use std::collections::BTreeSet;

/// Asked again before the cursor: answers are in seconds, several servers answer, and rows may appear late.
pub(crate) const OVERLAP_MS: i64 = 120_000;
/// The lists, by the cursor that stands for them.
const LISTS: [(SyncEntity, &[Imported]); 5] = [
    (SyncEntity::Leads, &[Imported::Leads]),
    (SyncEntity::Contacts, &[Imported::Contacts]),
    (SyncEntity::Companies, &[Imported::Companies]),
    (SyncEntity::Tasks, &[Imported::Tasks]),
    (SyncEntity::Notes, &[Imported::LeadNotes, Imported::ContactNotes, Imported::CompanyNotes]),
];
/// A structure older than this is read again.
const STRUCTURE_EVERY_MS: i64 = 600_000;

/// What a poll found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollReport {
    /// Things that are different now.
    pub changes: u32,
    /// Kommo's time of the latest change seen.
    pub last_change_at: Option<UtcMillis>,
    /// Everything up to this instant of Kommo's clock is here.
    pub complete_until: UtcMillis,
}

/// Polls once.
pub(crate) async fn poll(context: &Context) -> Result<PollReport, SyncError> {
    let client = context.client.with_priority(Priority::Incremental);
    let started = context.clock.monotonic_ms();
    let begun = context.kommo_now();
    let mut poll = Poll { context, client, seen: Seen::default(), changed: Changed::default() };
    poll.structure_if_old().await?;
    for (cursor, lists) in LISTS {
        poll.lists(cursor, lists).await?;
    }
    let told = match history::read(context, &poll.client, &poll.seen).await {
        Err(SyncError::Kommo(kommo::Error::Forbidden { .. })) => {
            note_refusal(context, Imported::Events, true).await?;
            history::Told::through("poll")
        }
        told => told?,
    };
    poll.changed.add(told.changed);
    let report = PollReport {
        changes: u32::try_from(poll.changed.count).unwrap_or(u32::MAX),
        last_change_at: poll.seen.latest.max(told.latest),
        complete_until: begun,
    };
    if !poll.changed.lead_ids.is_empty() {
        context.tell(EngineEvent::LeadsChanged(std::mem::take(&mut poll.changed.lead_ids)));
    }
    let row = log::row("poll_finished")
        .channel("poll")
        .detail("changes", &report.changes)
        .took(context.clock.monotonic_ms().saturating_sub(started))
        .incoming(context.clock.now());
    log::write(context, vec![row]).await?;
    Ok(report)
}

/// The leads that changed last, newest first: one page.
pub(crate) async fn newest_leads(client: &Client) -> kommo::Result<Vec<Lead>> {
    let newest = Some(Order::descending(OrderBy::UpdatedAt));
    let query = LeadsQuery { order: newest, ..LeadsQuery::default() }.with(LEAD_WITH);
    let page = client.leads().list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(mapping::lead).collect())
}

/// What the lists of this poll showed, so that events about it need not be followed.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// (kind, number, updated at).
    pub(crate) rows: BTreeSet<(EntityKind, i64, i64)>,
    pub(crate) latest: Option<UtcMillis>,
}

impl Seen {
    fn note(&mut self, kind: Option<EntityKind>, id: i64, updated_at: UtcMillis) {
        if let Some(kind) = kind {
            self.rows.insert((kind, id, updated_at.0));
        }
        self.latest = self.latest.max(Some(updated_at));
    }

    /// A list showed this entity as of `at` or later.
    pub(crate) fn covers(&self, kind: EntityKind, id: i64, at: UtcMillis) -> bool {
        self.rows.range((kind, id, at.0)..=(kind, id, i64::MAX)).next().is_some()
    }
}

struct Poll<'a> {
    context: &'a Context,
    client: Client,
    seen: Seen,
    changed: Changed,
}

impl Poll<'_> {
    async fn structure_if_old(&mut self) -> Result<(), SyncError> {
        let known = self.context.store.read(|conn| sync_cursors::get(conn, SyncEntity::Structure)).await?;
        let now = self.context.clock.now();
        let is_fresh = self.context.has_structure()
            && known.is_some_and(|known| (0..STRUCTURE_EVERY_MS).contains(&now.since(known.polled_at)));
        if is_fresh { Ok(()) } else { self.structure().await }
    }

    async fn structure(&mut self) -> Result<(), SyncError> {
        let (_, changed) = structure::refresh(self.context, &self.client).await?;
        let (now, kommo_now) = (self.context.clock.now(), self.context.kommo_now());
        self.context
            .store
            .write(move |tx| sync_cursors::advance(tx, SyncEntity::Structure, kommo_now, now))
            .await?;
        if changed {
            self.context.tell(EngineEvent::StructureChanged);
        }
        Ok(())
    }

    /// Reads what changed in lists that share a cursor, page by page, and moves the cursor on when all are read.
    async fn lists(&mut self, cursor: SyncEntity, lists: &[Imported]) -> Result<(), SyncError> {
        let known = self.context.store.read(move |conn| sync_cursors::get(conn, cursor)).await?;
        let begun = self.context.kommo_now();
        let from = known.map_or(begun, |known| known.cursor).plus(-OVERLAP_MS);
        let mut latest = None;
        for &entity in lists {
            match self.list(entity, from).await {
                Ok(seen) => {
                    latest = latest.max(seen);
                    note_refusal(self.context, entity, false).await?;
                }
                // A user without rights to people still gets their leads.
                Err(SyncError::Kommo(kommo::Error::Forbidden { .. })) if entity != Imported::Leads => {
                    note_refusal(self.context, entity, true).await?;
                }
                Err(error) => return Err(error),
            }
        }
        // The cursor never passes Kommo's own present, as it was when the list was begun: a row written with a date in
        // the future must not hide others.
        if let Some(latest) = latest {
            let (until, now) = (latest.min(begun), self.context.clock.now());
            self.context.store.write(move |tx| sync_cursors::advance(tx, cursor, until, now)).await?;
        }
        Ok(())
    }

    /// Reads one list. Each page is stored before the next is asked for: a poll after a long absence needs no more
    /// memory than any other. Gives the latest change.
    async fn list(&mut self, entity: Imported, from: UtcMillis) -> Result<Option<UtcMillis>, SyncError> {
        let limit = PageRequest::MAX_LIMIT;
        let mut walk = Walk::new(from, order_of_changes(entity), limit);
        let mut latest = None;
        while let Some(at) = walk.next() {
            let asked = self.context.ask();
            let (mut rows, found) = changed_page(&self.client, entity, from, at).await?;
            rows.retain(|at| walk.wants(at));
            walk.met(&met(&rows, found))?;
            for (id, updated_at) in rows.changes() {
                self.seen.note(seen_as(entity), id, updated_at);
                latest = latest.max(Some(updated_at));
            }
            if let Rows::Leads(leads) = &rows
                && leads.iter().any(|lead| !self.context.knows_stage(lead.pipeline.0, lead.status.0))
            {
                self.structure().await?;
            }
            self.changed.add(apply::store_changes(self.context, rows, asked, "poll").await?);
        }
        Ok(latest)
    }
}

/// Which things events tell about that a list shows whole.
fn seen_as(entity: Imported) -> Option<EntityKind> {
    match entity {
        Imported::Leads => Some(EntityKind::Lead),
        Imported::Contacts => Some(EntityKind::Contact),
        Imported::Companies => Some(EntityKind::Company),
        _ => None,
    }
}

/// A page whose rows were already reduced to the span.
fn met(rows: &Rows, found: PageFound) -> Met {
    Met {
        items: found.items,
        within: u32::try_from(rows.changes().len()).unwrap_or(u32::MAX),
        key: found.ids.map(|(first, last)| format!("{first}-{last}")),
        has_next: found.has_next,
    }
}

/// Says once when Kommo begins to refuse a list to this user, and once when it gives it again.
async fn note_refusal(context: &Context, entity: Imported, is_refused: bool) -> Result<(), SyncError> {
    if !context.note_refusal(entity, is_refused) {
        return Ok(());
    }
    let row = log::row(if is_refused { "list_refused" } else { "list_allowed" })
        .channel("poll")
        .detail("entity", &entity.as_str());
    let row = if is_refused { row.failed("forbidden", true) } else { row };
    log::write(context, vec![row.incoming(context.clock.now())]).await
}
