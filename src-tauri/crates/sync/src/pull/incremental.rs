//! One poll: everything that changed in Kommo since the last one.
//!
//! Lists are asked newest change first, from the cursor minus an overlap, and read until the first row older than
//! that: a server that ignores the filter costs one page more, not the whole account. Rows are checked again here.
//! What lists cannot tell (deletions, links, changes written with an old date) comes from Kommo's events.

use super::list::{LEAD_WITH, Rows, wire_kind};
use super::{history, structure};
use crate::apply::{self, Changed};
use crate::context::Context;
use crate::log;
use crate::mapping;
use crate::status::EngineEvent;
use crate::trouble::SyncError;
use cadencia_domain::field::EntityKind;
use cadencia_domain::lead::Lead;
use cadencia_domain::time::UtcMillis;
use cadencia_store::sync_cursors::{self, SyncEntity};
use kommo::companies::CompaniesQuery;
use kommo::contacts::ContactsQuery;
use kommo::leads::LeadsQuery;
use kommo::notes::NotesQuery;
use kommo::tasks::TasksQuery;
use kommo::{Client, Order, OrderBy, Page, PageRequest, Priority, TimeRange};
use std::collections::BTreeSet;

/// Asked again before the cursor: answers are in seconds, several servers answer, and rows may appear late.
pub(crate) const OVERLAP_MS: i64 = 120_000;
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
    /// Something was deleted in Kommo since the last sweep.
    pub saw_deletions: bool,
}

/// Polls once.
pub(crate) async fn poll(context: &Context) -> Result<PollReport, SyncError> {
    let client = context.client.with_priority(Priority::Incremental);
    let started = context.clock.monotonic_ms();
    let begun = context.kommo_now();
    let mut poll = Poll { context, client, seen: Seen::default(), changed: Changed::default() };
    poll.structure_if_old().await?;
    poll.leads().await?;
    poll.contacts().await?;
    poll.companies().await?;
    poll.tasks().await?;
    poll.notes().await?;
    let told = history::read(context, &poll.client, &poll.seen).await?;
    poll.add(told.changed);
    let report = PollReport {
        changes: u32::try_from(poll.changed.count).unwrap_or(u32::MAX),
        last_change_at: poll.seen.latest.max(told.latest),
        complete_until: begun,
        saw_deletions: told.saw_deletions,
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
    let query = LeadsQuery { order: Some(newest()), ..LeadsQuery::default() }.with(LEAD_WITH);
    let page = client.leads().list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(mapping::lead).collect())
}

fn newest() -> Order {
    Order::descending(OrderBy::UpdatedAt)
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

/// Reads a list newest change first until a row is older than the span; gives the rows within it.
macro_rules! changed_rows {
    ($api:expr, $query:expr, $from:expr) => {{
        let (api, from) = ($api, $from);
        let query = $query;
        let mut rows = Vec::new();
        let mut at = PageRequest::default();
        loop {
            let page: Page<_> = api.list(&query, at).await?;
            let reached_older = page.items.iter().any(|item| item.updated_at < from.unix_seconds());
            rows.extend(page.items.into_iter().filter(|item| item.updated_at >= from.unix_seconds()));
            if reached_older || !page.has_next {
                break rows;
            }
            at = at.next();
        }
    }};
}

impl Poll<'_> {
    fn add(&mut self, changed: Changed) {
        self.changed.count += changed.count;
        self.changed.lead_ids.extend(changed.lead_ids);
    }

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

    /// From where to ask, and up to where the cursor may go.
    async fn span(&self, entity: SyncEntity) -> Result<UtcMillis, SyncError> {
        let known = self.context.store.read(move |conn| sync_cursors::get(conn, entity)).await?;
        Ok(known.map_or_else(|| self.context.kommo_now(), |known| known.cursor).plus(-OVERLAP_MS))
    }

    /// The cursor never passes Kommo's own present: a row written with a date in the future must not hide others.
    fn cursor(&self, entity: SyncEntity, latest: Option<UtcMillis>) -> Option<(SyncEntity, UtcMillis)> {
        latest.map(|latest| (entity, latest.min(self.context.kommo_now())))
    }

    async fn leads(&mut self) -> Result<(), SyncError> {
        let from = self.span(SyncEntity::Leads).await?;
        let query = LeadsQuery { order: Some(newest()), ..LeadsQuery::default() }
            .with(LEAD_WITH)
            .updated(TimeRange::since(from.unix_seconds()));
        let rows = changed_rows!(self.client.leads(), query, from);
        let rows: Vec<Lead> = rows.into_iter().map(mapping::lead).collect();
        for lead in &rows {
            self.seen.note(Some(EntityKind::Lead), lead.kommo_id.0, lead.updated_at);
        }
        if rows.iter().any(|lead| !self.context.knows_stage(lead.pipeline.0, lead.status.0)) {
            self.structure().await?;
        }
        let cursor = self.cursor(SyncEntity::Leads, rows.iter().map(|lead| lead.updated_at).max());
        let changed = apply::store_changes(self.context, Rows::Leads(rows), cursor).await?;
        self.add(changed);
        Ok(())
    }

    async fn contacts(&mut self) -> Result<(), SyncError> {
        let from = self.span(SyncEntity::Contacts).await?;
        let query = ContactsQuery { order: Some(newest()), ..ContactsQuery::default() }
            .updated(TimeRange::since(from.unix_seconds()));
        let rows = changed_rows!(self.client.contacts(), query, from);
        let rows: Vec<_> = rows.into_iter().map(mapping::contact).collect();
        for contact in &rows {
            self.seen.note(Some(EntityKind::Contact), contact.kommo_id.0, contact.updated_at);
        }
        let cursor = self.cursor(SyncEntity::Contacts, rows.iter().map(|contact| contact.updated_at).max());
        let changed = apply::store_changes(self.context, Rows::Contacts(rows), cursor).await?;
        self.add(changed);
        Ok(())
    }

    async fn companies(&mut self) -> Result<(), SyncError> {
        let from = self.span(SyncEntity::Companies).await?;
        let query = CompaniesQuery {
            order: Some(newest()),
            updated_at: Some(TimeRange::since(from.unix_seconds())),
            ..CompaniesQuery::default()
        };
        let rows = changed_rows!(self.client.companies(), query, from);
        let rows: Vec<_> = rows.into_iter().map(mapping::company).collect();
        for company in &rows {
            self.seen.note(Some(EntityKind::Company), company.kommo_id.0, company.updated_at);
        }
        let cursor = self.cursor(SyncEntity::Companies, rows.iter().map(|company| company.updated_at).max());
        let changed = apply::store_changes(self.context, Rows::Companies(rows), cursor).await?;
        self.add(changed);
        Ok(())
    }

    async fn tasks(&mut self) -> Result<(), SyncError> {
        let from = self.span(SyncEntity::Tasks).await?;
        // Tasks know no order by change, so every page of the span is read.
        let query = TasksQuery { order: Some(Order::descending(OrderBy::Id)), ..TasksQuery::default() }
            .updated(TimeRange::since(from.unix_seconds()));
        let rows = self.within_span(query, from).await?;
        for task in &rows {
            self.seen.note(None, task.kommo_id.0, task.updated_at);
        }
        let cursor = self.cursor(SyncEntity::Tasks, rows.iter().map(|task| task.updated_at).max());
        let changed = apply::store_changes(self.context, Rows::Tasks(rows), cursor).await?;
        self.add(changed);
        Ok(())
    }

    /// Reads the pages of a list that cannot be ordered by change. A page without any row of the span means that the
    /// server ignores the filter, or that the rest is older.
    async fn within_span(
        &self,
        query: TasksQuery,
        from: UtcMillis,
    ) -> Result<Vec<cadencia_domain::work::Task>, SyncError> {
        let mut rows = Vec::new();
        let mut at = PageRequest::default();
        loop {
            let page = self.client.tasks().list(&query, at).await?;
            let before = rows.len();
            rows.extend(
                page.items
                    .into_iter()
                    .filter(|task| task.updated_at >= from.unix_seconds())
                    .map(mapping::task),
            );
            if rows.len() == before || !page.has_next {
                return Ok(rows);
            }
            at = at.next();
        }
    }

    async fn notes(&mut self) -> Result<(), SyncError> {
        let from = self.span(SyncEntity::Notes).await?;
        let mut rows = Vec::new();
        for kind in [EntityKind::Lead, EntityKind::Contact, EntityKind::Company] {
            let query = NotesQuery::default().updated(TimeRange::since(from.unix_seconds())).order(newest());
            let found = changed_rows!(self.client.notes(wire_kind(kind)), query, from);
            rows.extend(found.into_iter().map(|note| mapping::note(kind, note)));
        }
        for note in &rows {
            self.seen.note(None, note.kommo_id.0, note.updated_at);
        }
        let cursor = self.cursor(SyncEntity::Notes, rows.iter().map(|note| note.updated_at).max());
        let changed = apply::store_changes(self.context, Rows::Notes(rows), cursor).await?;
        self.add(changed);
        Ok(())
    }
}
