//! Counts of an import, for the screen.

use crate::context::Context;
use crate::pull::page_plan::Length;
use crate::status::{EntityProgress, EntityState, ImportProgress, ImportState, Imported};
use crate::trouble::SyncError;
use cadencia_domain::time::UtcMillis;
use cadencia_store::import_runs::{self, ImportEntityState};

/// The progress of an import at work.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    shown: ImportProgress,
}

impl Progress {
    /// Takes up what is stored of the latest run.
    pub(crate) async fn load(context: &Context) -> Result<Self, SyncError> {
        let run = context.store.read(import_runs::latest).await?;
        let stored = run.as_ref().map(|run| run.entities.clone()).unwrap_or_default();
        let entities = Imported::ALL
            .into_iter()
            .map(|entity| {
                let known = stored.iter().find(|known| known.entity == entity.stored());
                EntityProgress {
                    entity,
                    state: known.map_or(EntityState::Waiting, |known| match known.state {
                        ImportEntityState::Done => EntityState::Done,
                        ImportEntityState::Refused => EntityState::Refused,
                        _ => EntityState::Waiting,
                    }),
                    items: known.map_or(0, |known| known.items),
                    pages: known.map_or(0, |known| known.pages),
                    total_pages: known
                        .filter(|known| known.state == ImportEntityState::Done)
                        .map(|known| known.pages),
                    is_estimate: known.is_none_or(|known| known.state != ImportEntityState::Done),
                }
            })
            .collect();
        let shown = ImportProgress {
            state: match run.as_ref().map(|run| run.state) {
                None => ImportState::Never,
                Some(import_runs::ImportState::Running) => ImportState::Running,
                Some(import_runs::ImportState::Paused | import_runs::ImportState::Cancelled) => {
                    ImportState::Cancelled
                }
                Some(import_runs::ImportState::Finished) => ImportState::Finished,
                Some(import_runs::ImportState::Failed) => ImportState::Waiting,
            },
            started_at: run.as_ref().map(|run| run.started_at),
            finished_at: run.as_ref().and_then(|run| run.finished_at),
            entities,
        };
        Ok(Self { shown })
    }

    pub(crate) fn is_ended(&self, entity: Imported) -> bool {
        self.shown
            .entities
            .iter()
            .any(|e| e.entity == entity && matches!(e.state, EntityState::Done | EntityState::Refused))
    }

    pub(crate) fn enter(&mut self, entity: Imported) {
        self.change(entity, |e| e.state = EntityState::Running);
    }

    pub(crate) fn leave(&mut self, entity: Imported, state: EntityState) {
        self.change(entity, |e| {
            e.state = state;
            e.total_pages = Some(e.pages);
            e.is_estimate = false;
        });
    }

    pub(crate) fn count(&mut self, entity: Imported, pages: u32, items: u32) {
        self.change(entity, |e| {
            e.pages += pages;
            e.items += items;
        });
    }

    /// What is known of a list's length. People are about as many as leads until their own end is known.
    pub(crate) fn learn_length(&mut self, entity: Imported, length: Option<Length>) {
        let Some(length) = length else { return };
        self.change(entity, |e| {
            e.total_pages = Some(length.pages.max(e.pages));
            e.is_estimate = !length.is_exact;
        });
        if entity == Imported::Leads {
            self.change(Imported::Contacts, |e| {
                if e.state == EntityState::Waiting {
                    e.total_pages = Some(length.pages.max(e.pages));
                }
            });
        }
    }

    pub(crate) fn finish(&mut self, now: UtcMillis) {
        self.shown.finished_at = Some(now);
    }

    pub(crate) fn started_at(&self) -> UtcMillis {
        self.shown.started_at.unwrap_or(UtcMillis(0))
    }

    pub(crate) fn items(&self, entity: Imported) -> u32 {
        self.shown.entities.iter().find(|e| e.entity == entity).map_or(0, |e| e.items)
    }

    /// Where the run stands in the store.
    pub(crate) fn state(&self) -> ImportState {
        self.shown.state
    }

    pub(crate) fn publish(&mut self, context: &Context, state: ImportState) {
        self.shown.state = state;
        let shown = self.shown.clone();
        context.status.send_modify(|status| status.import = shown);
    }

    fn change(&mut self, entity: Imported, edit: impl FnOnce(&mut EntityProgress)) {
        if let Some(progress) = self.shown.entities.iter_mut().find(|e| e.entity == entity) {
            edit(progress);
        }
    }
}
