//! The import of the whole account: list after list, page after page, each page durable with its rows.

use super::list::{Rows, import_page};
use super::page_plan::{PageFound, PagePlan};
use super::structure;
use crate::apply;
use crate::context::Context;
use crate::log;
use crate::progress::Progress;
use crate::status::{EngineEvent, EntityState, ImportState, Imported};
use crate::trouble::SyncError;
use cadencia_domain::time::UtcMillis;
use cadencia_store::import_runs::{self, ImportEntityState, ImportRunId, ImportState as RunState};
use cadencia_store::sync_cursors::{self, SyncEntity};
use cadencia_store::sync_log;
use kommo::{Client, Priority};
use std::collections::HashMap;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Pages under way at a time: enough for answers that take a second and a half at 7 requests a second.
const WIDTH: usize = 12;
/// How far back the history is read.
const HISTORY_MS: i64 = 30 * 24 * 3_600_000;

/// What polling asks for later, from the beginning of the import on.
const CHANGING: [SyncEntity; 6] = [
    SyncEntity::Leads,
    SyncEntity::Contacts,
    SyncEntity::Companies,
    SyncEntity::Tasks,
    SyncEntity::Notes,
    SyncEntity::Events,
];

/// A page as it came.
type Fetched = kommo::Result<(Rows, PageFound)>;

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportEnd {
    /// Everything is here.
    Finished,
    /// A person cancelled it; it can go on where it stopped.
    Cancelled,
}

/// An import at work.
pub(crate) struct Import<'a> {
    context: &'a Context,
    client: Client,
    cancelled: watch::Receiver<bool>,
    run: ImportRunId,
    progress: Progress,
    history: (UtcMillis, UtcMillis),
}

/// Begins an import or goes on with the open one, until it is finished, cancelled or cannot go on.
pub(crate) async fn run(context: &Context, cancelled: watch::Receiver<bool>) -> Result<ImportEnd, SyncError> {
    let client = context.client.with_priority(Priority::Import);
    let now = context.clock.now();
    let open = context
        .store
        .write(move |tx| match import_runs::open(tx)? {
            Some(run) => {
                import_runs::set_state(tx, run.id, RunState::Running, None, now)?;
                Ok((run.id, run.started_at, false))
            }
            None => Ok((import_runs::start(tx, &Imported::ALL.map(Imported::stored), now)?, now, true)),
        })
        .await?;
    let (run, started_at, is_new) = open;
    if is_new {
        log::write(context, vec![log::row("import_started").channel("import").local(now)]).await?;
    }
    let progress = Progress::load(context).await?;
    let mut import = Import { context, client, cancelled, run, progress, history: (started_at, started_at) };
    import.progress.publish(context, ImportState::Running);
    let end = import.all().await;
    match &end {
        Ok(ImportEnd::Finished) => {}
        Ok(ImportEnd::Cancelled) => import.progress.publish(context, ImportState::Cancelled),
        Err(_) => import.progress.publish(context, ImportState::Waiting),
    }
    end
}

impl Import<'_> {
    async fn all(&mut self) -> Result<ImportEnd, SyncError> {
        for entity in Imported::ALL {
            if *self.cancelled.borrow() {
                return self.cancel().await;
            }
            if self.progress.is_ended(entity) {
                continue;
            }
            self.progress.enter(entity);
            self.progress.publish(self.context, ImportState::Running);
            let read = match entity {
                Imported::Structure => self.structure().await,
                list => self.list(list).await,
            };
            match read {
                Ok(()) => self.end(entity, EntityState::Done).await?,
                Err(SyncError::Stopped) => return self.cancel().await,
                // A user without rights to people still gets their leads.
                Err(SyncError::Kommo(kommo::Error::Forbidden { .. }))
                    if !matches!(entity, Imported::Structure | Imported::Leads) =>
                {
                    self.end(entity, EntityState::Refused).await?;
                }
                Err(error) => return Err(error),
            }
        }
        self.finish().await
    }

    /// Reads the structure, and notes from which of Kommo's instants on changes have to be asked for.
    async fn structure(&mut self) -> Result<(), SyncError> {
        let (structure, _) = structure::refresh(self.context, &self.client).await?;
        let (now, kommo_now) = (self.context.clock.now(), self.context.kommo_now());
        self.context
            .store
            .write(move |tx| {
                let mut is_first = false;
                for entity in CHANGING {
                    if sync_cursors::get(tx, entity)?.is_none() {
                        is_first = true;
                        sync_cursors::advance(tx, entity, kommo_now, now)?;
                    }
                }
                // The import reads everything, so the first sweep is due a day later; a deletion seen meanwhile makes it
                // due at once.
                if is_first {
                    sync_cursors::advance(tx, SyncEntity::Deletions, kommo_now, now)?;
                }
                Ok(())
            })
            .await?;
        self.context.tell(EngineEvent::StructureChanged);
        log::write(self.context, vec![log::structure_read(&structure, now)]).await?;
        self.progress.count(Imported::Structure, 1, 8);
        self.newest().await
    }

    /// The most recently changed leads first, so that the table is useful at once. They come again with their page.
    async fn newest(&mut self) -> Result<(), SyncError> {
        let asked = self.context.ask();
        let leads = super::incremental::newest_leads(&self.client).await?;
        if leads.is_empty() {
            return Ok(());
        }
        apply::store_page(self.context, Rows::Leads(leads), asked, None).await?;
        self.context.tell(EngineEvent::LeadsChanged(Vec::new()));
        Ok(())
    }

    async fn list(&mut self, entity: Imported) -> Result<(), SyncError> {
        let (run, stored) = (self.run, entity.stored());
        let finished = self.context.store.read(move |conn| import_runs::pages(conn, run, stored)).await?;
        let mut plan = PagePlan::new(finished, has_probes(entity));
        if entity == Imported::Events {
            self.history = self.history_span().await?;
        }
        let mut flying: JoinSet<(u32, UtcMillis, Fetched)> = JoinSet::new();
        let mut handles: HashMap<u32, AbortHandle> = HashMap::new();
        // After a failure nothing new is started, but what is under way is still stored.
        let mut failure: Option<SyncError> = None;
        loop {
            if failure.is_none() && *self.cancelled.borrow() {
                failure = Some(SyncError::Stopped);
                flying.abort_all();
            }
            while failure.is_none() && flying.len() < WIDTH {
                let Some(page) = plan.start_next() else { break };
                let (client, history, asked) = (self.client.clone(), self.history, self.context.ask());
                let handle = flying
                    .spawn(async move { (page, asked, import_page(&client, entity, page, history).await) });
                handles.insert(page, handle);
            }
            let joined = tokio::select! {
                joined = flying.join_next() => joined,
                () = cancelled(&mut self.cancelled), if failure.is_none() => continue,
            };
            let Some(joined) = joined else { break };
            let (page, asked, fetched) = match joined {
                Ok(done) => done,
                Err(error) => {
                    // What was aborted is not wanted any more; a page that was lost to a fault of ours is.
                    if error.is_panic() {
                        failure.get_or_insert(SyncError::Panicked);
                    }
                    continue;
                }
            };
            handles.remove(&page);
            match fetched {
                Ok((rows, found)) => match plan.finish(page, found) {
                    Ok(()) => {
                        let done = apply::FinishedPage { run: self.run, entity, page, items: found.items };
                        if let Err(error) = self.keep(rows, asked, done, &plan).await {
                            failure.get_or_insert(error);
                        }
                    }
                    Err(overlap) => {
                        plan.give_back(page);
                        failure.get_or_insert(overlap.into());
                    }
                },
                Err(error) => {
                    plan.give_back(page);
                    failure.get_or_insert(error.into());
                }
            }
            handles.retain(|&page, handle| {
                let wanted = plan.is_wanted(page);
                if !wanted {
                    handle.abort();
                }
                wanted
            });
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Stores a page with its number, in one transaction.
    async fn keep(
        &mut self,
        rows: Rows,
        asked: UtcMillis,
        done: apply::FinishedPage,
        plan: &PagePlan,
    ) -> Result<(), SyncError> {
        let entity = done.entity;
        if done.items > 0 {
            let last_log_id = apply::store_page(self.context, rows, asked, Some(done)).await?;
            if matches!(entity, Imported::Leads | Imported::Contacts) {
                self.context.tell(EngineEvent::LeadsChanged(Vec::new()));
            }
            self.context.tell(EngineEvent::LogAppended(last_log_id));
            self.progress.count(entity, 1, done.items);
        }
        self.progress.learn_length(entity, plan.length());
        self.progress.publish(self.context, ImportState::Running);
        Ok(())
    }

    async fn end(&mut self, entity: Imported, state: EntityState) -> Result<(), SyncError> {
        self.progress.leave(entity, state);
        let (run, entity) = (self.run, entity.stored());
        let stored = match state {
            EntityState::Refused => ImportEntityState::Refused,
            _ => ImportEntityState::Done,
        };
        self.context.store.write(move |tx| import_runs::set_entity_state(tx, run, entity, stored)).await?;
        self.progress.publish(self.context, ImportState::Running);
        Ok(())
    }

    async fn cancel(&mut self) -> Result<ImportEnd, SyncError> {
        let (run, now) = (self.run, self.context.clock.now());
        self.context
            .store
            .write(move |tx| import_runs::set_state(tx, run, RunState::Paused, None, now))
            .await?;
        log::write(self.context, vec![log::row("import_cancelled").channel("import").by_person().local(now)])
            .await?;
        Ok(ImportEnd::Cancelled)
    }

    async fn finish(&mut self) -> Result<ImportEnd, SyncError> {
        let (run, now) = (self.run, self.context.clock.now());
        let leads = self.progress.items(Imported::Leads);
        let contacts = self.progress.items(Imported::Contacts);
        let row = log::row("import_finished")
            .channel("import")
            .detail("leads", &leads)
            .detail("contacts", &contacts)
            .detail("seconds", &(now.since(self.progress.started_at()).max(0) / 1_000))
            .local(now);
        let last = self
            .context
            .store
            .write(move |tx| {
                import_runs::set_state(tx, run, RunState::Finished, None, now)?;
                sync_log::append(tx, &row)
            })
            .await?;
        self.progress.finish(now);
        self.progress.publish(self.context, ImportState::Finished);
        self.context.tell(EngineEvent::LogAppended(last));
        self.context.tell(EngineEvent::ImportFinished { leads, contacts });
        if let Err(error) = self.context.store.optimize().await {
            // The import is over all the same; tidying up is done again after the next one.
            tracing::warn!(error = &error as &dyn std::error::Error, "the database could not be tidied up");
        }
        Ok(ImportEnd::Finished)
    }

    /// The same span after a restart: up to the cursor that was set when the import began.
    async fn history_span(&self) -> Result<(UtcMillis, UtcMillis), SyncError> {
        let begun = self.context.store.read(|conn| sync_cursors::get(conn, SyncEntity::Events)).await?;
        let end = begun.map_or_else(|| self.context.kommo_now(), |cursor| cursor.cursor);
        Ok((end.plus(-HISTORY_MS), end))
    }
}

/// Lists whose length is sought ahead. People are about as many as leads; the rest is short.
fn has_probes(entity: Imported) -> bool {
    matches!(entity, Imported::Leads | Imported::LeadNotes | Imported::Tasks)
}

/// Returns when a person cancels.
async fn cancelled(flag: &mut watch::Receiver<bool>) {
    if flag.wait_for(|&cancelled| cancelled).await.is_err() {
        std::future::pending::<()>().await;
    }
}
