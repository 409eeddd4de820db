//! Import, polling, connection and rate.

use super::error::of_trouble;
use crate::account::{Account, connection};
use crate::calendar::day_start;
use crate::state::App;
use cadencia_contract::{
    ApiError, ConnectionState, ErrorCode, ImportEntity, ImportEntityState, ImportState, ImportStatus,
    ImportedEntity, Int53, MirrorCounts, PollingStatus, RateStatus, SyncStatus,
};
use cadencia_store::{deliveries, webhook};
use cadencia_sync::{EntityProgress, EntityState, ImportProgress, Imported};
use kommo::Usage;
use std::sync::Arc;

/// Rows on a full page.
const PAGE: u32 = 250;

impl App {
    /// How an account's mirror stands.
    pub(crate) async fn sync_status(&self, account: &Arc<Account>) -> Result<SyncStatus, ApiError> {
        let status = account.engine.status();
        let summary = account.summary();
        let counts = account.counts().await.map_err(|error| super::error::of_store(&error))?;
        let retry_at = status.retry_at;
        let problem = match (&status.trouble, summary.connection) {
            (Some(trouble), _) => {
                let error = of_trouble(trouble);
                Some(retry_at.map_or(error.clone(), |at| error.retry_at(at.0)))
            }
            (None, ConnectionState::NeedsSignIn) => Some(ApiError::new(ErrorCode::NeedsSignIn)),
            (None, _) if account.runs_elsewhere() => Some(ApiError::new(ErrorCode::RunsElsewhere)),
            (None, _) => None,
        };
        let now = self.now();
        let midnight = day_start(now, &summary.time_zone);
        let found = account.store.read(move |conn| {
            let webhook = webhook::get(conn)?.map_or(webhook::WebhookState::Off, |known| known.state);
            Ok((super::outbox::summary(conn)?, deliveries::counts(conn, midnight)?, webhook))
        });
        let (outbox, deliveries, webhook) = found.await.map_err(|error| super::error::of_store(&error))?;
        let settings = *self.0.settings.borrow();
        Ok(SyncStatus {
            account_id: account.id.to_string(),
            connection: match summary.connection {
                ConnectionState::NeedsSignIn => ConnectionState::NeedsSignIn,
                shown if account.runs_elsewhere() => shown,
                _ => connection(status.connection),
            },
            problem,
            import: import(&status.import, now.0),
            polling: PollingStatus {
                interval_s: settings.poll_interval_s,
                last_at_ms: status.polling.last_at.map(|at| Int53(at.0)),
                next_at_ms: status.polling.next_at.map(|at| Int53(at.0)),
                last_changes: status.polling.last_changes,
                last_change_seen_at_ms: status.polling.last_change_seen_at.map(|at| Int53(at.0)),
                complete_until_ms: status.polling.complete_until.map(|at| Int53(at.0)),
            },
            rate: rate(account.client.budget().usage(), now.0),
            counts: MirrorCounts {
                leads: counts.leads,
                contacts: counts.contacts,
                companies: counts.companies,
                open_tasks: counts.open_tasks,
                notes: counts.notes,
            },
            outbox,
            deliveries: super::webhook::summary(deliveries),
            webhook: super::webhook::state(webhook),
            clock_skew_ms: account.client.server_time_offset().map(Int53),
        })
    }
}

fn rate(usage: Usage, now_ms: i64) -> RateStatus {
    RateStatus {
        limit_per_s: usage.per_second.unwrap_or(0.0),
        used_last_s: f64::from(usage.last_second),
        history: usage.history,
        waiting: u32::try_from(usage.waiting.iter().sum::<usize>()).unwrap_or(u32::MAX),
        paused_until_ms: usage
            .paused_for
            .map(|left| Int53(now_ms.saturating_add(i64::try_from(left.as_millis()).unwrap_or(0)))),
        is_blocked: usage.blocked.is_some(),
    }
}

/// The import, with what the kinds of notes have in common put together.
fn import(progress: &ImportProgress, now_ms: i64) -> ImportStatus {
    let state = match progress.state {
        cadencia_sync::ImportState::Never => ImportState::Never,
        cadencia_sync::ImportState::Running => ImportState::Running,
        cadencia_sync::ImportState::Waiting => ImportState::Waiting,
        cadencia_sync::ImportState::Cancelled => ImportState::Cancelled,
        cadencia_sync::ImportState::Finished => ImportState::Finished,
    };
    let share = match state {
        ImportState::Finished => Some(1.0),
        ImportState::Never => None,
        _ => share(&progress.entities),
    };
    let elapsed_ms = progress.started_at.map_or(0, |at| (now_ms - at.0).max(0));
    ImportStatus {
        state,
        started_at_ms: progress.started_at.map(|at| Int53(at.0)),
        finished_at_ms: progress.finished_at.map(|at| Int53(at.0)),
        share,
        remaining_s: share
            .filter(|_| state == ImportState::Running)
            .and_then(|share| remaining_s(share, elapsed_ms)),
        entities: KINDS.iter().map(|(kind, parts)| entity(*kind, parts, &progress.entities)).collect(),
    }
}

const KINDS: [(ImportedEntity, &[Imported]); 7] = [
    (ImportedEntity::Structure, &[Imported::Structure]),
    (ImportedEntity::Leads, &[Imported::Leads]),
    (ImportedEntity::Contacts, &[Imported::Contacts]),
    (ImportedEntity::Companies, &[Imported::Companies]),
    (ImportedEntity::Tasks, &[Imported::Tasks]),
    (ImportedEntity::Notes, &[Imported::LeadNotes, Imported::ContactNotes, Imported::CompanyNotes]),
    (ImportedEntity::Events, &[Imported::Events]),
];

fn entity(kind: ImportedEntity, parts: &[Imported], all: &[EntityProgress]) -> ImportEntity {
    let parts: Vec<&EntityProgress> =
        all.iter().filter(|progress| parts.contains(&progress.entity)).collect();
    let all_are = |state| !parts.is_empty() && parts.iter().all(|part| part.state == state);
    let ended = parts.iter().all(|part| matches!(part.state, EntityState::Done | EntityState::Refused));
    let state = if all_are(EntityState::Refused) {
        ImportEntityState::Refused
    } else if ended && !parts.is_empty() {
        ImportEntityState::Done
    } else if all_are(EntityState::Waiting) || parts.is_empty() {
        ImportEntityState::Waiting
    } else {
        ImportEntityState::Running
    };
    let done = parts.iter().map(|part| part.items).sum();
    let is_estimate = state != ImportEntityState::Done;
    let total = if is_estimate {
        let pages: Option<u32> = parts.iter().map(|part| part.total_pages).sum();
        pages.map(|pages| (pages * PAGE).max(done))
    } else {
        Some(done)
    };
    ImportEntity {
        entity: kind,
        state,
        done,
        total,
        is_estimate,
        pages_done: parts.iter().map(|part| part.pages).sum(),
    }
}

/// Pages done of pages in all, once the length of the leads is known. Of lists whose length is not known yet, a third of
/// the leads' pages is assumed in all.
fn share(entities: &[EntityProgress]) -> Option<f64> {
    let leads = entities.iter().find(|entity| entity.entity == Imported::Leads)?.total_pages?;
    let unknown = f64::from(leads) / 3.0 / 6.0;
    let (mut done, mut total) = (0.0, 0.0);
    for entity in entities {
        let pages = f64::from(entity.pages);
        done += pages;
        total += entity.total_pages.map_or(unknown.max(pages), f64::from).max(pages);
    }
    (total > 0.0).then(|| (done / total).clamp(0.0, 0.999))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
fn remaining_s(share: f64, elapsed_ms: i64) -> Option<u32> {
    if share < 0.02 || elapsed_ms < 2_000 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a duration in milliseconds")]
    let elapsed_s = elapsed_ms as f64 / 1_000.0;
    Some((elapsed_s * (1.0 - share) / share).clamp(0.0, 86_400.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(entity: Imported, pages: u32, total_pages: Option<u32>) -> EntityProgress {
        EntityProgress {
            entity,
            state: EntityState::Running,
            items: pages * PAGE,
            pages,
            total_pages,
            is_estimate: true,
        }
    }

    #[test]
    fn the_share_grows_with_pages_and_never_says_done_too_early() {
        assert_eq!(share(&[progress(Imported::Leads, 1, None)]), None);
        let half =
            share(&[progress(Imported::Leads, 50, Some(100)), progress(Imported::Contacts, 0, Some(100))])
                .unwrap();
        assert!((0.24..0.26).contains(&half), "{half}");
        assert_eq!(share(&[progress(Imported::Leads, 100, Some(100))]), Some(0.999));
    }

    #[test]
    fn remaining_time_is_not_guessed_from_too_little() {
        assert_eq!(remaining_s(0.01, 60_000), None);
        assert_eq!(remaining_s(0.5, 60_000), Some(60));
    }

    #[test]
    fn notes_of_all_kinds_are_one_line() {
        let all = [
            progress(Imported::LeadNotes, 2, Some(2)),
            progress(Imported::ContactNotes, 1, Some(1)),
            progress(Imported::CompanyNotes, 0, Some(0)),
        ];
        let notes = entity(ImportedEntity::Notes, KINDS[5].1, &all);
        assert_eq!((notes.done, notes.pages_done, notes.state), (750, 3, ImportEntityState::Running));
    }
}
