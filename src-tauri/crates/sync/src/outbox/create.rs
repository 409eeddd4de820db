//! What is created: notes, tasks, leads. Kommo knows no key against doing it twice, so each carries the second it was
//! asked for here as its creation date, and by that and its content it is found again when an answer was lost.

use super::failure::{self, Failure};
use super::look::{self, Seen};
use super::round::Round;
use super::{told, wire};
use crate::apply;
use crate::pull::history::{leads_by_number, notes_by_number, tasks_by_number};
use crate::pull::{Rows, wire_kind};
use crate::trouble::SyncError;
use cadencia_domain::field::EntityKind;
use cadencia_domain::write::Write;
use cadencia_store::outbox::{self, OutboxRow, WriteState};
use kommo::Written;

/// What is created together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Created {
    Notes(EntityKind),
    Tasks,
    Leads,
}

impl Created {
    pub(super) fn of(write: &Write) -> Option<Self> {
        Some(match write {
            Write::Note { about, .. } => Self::Notes(about.kind),
            Write::Task { .. } => Self::Tasks,
            Write::Lead(_) => Self::Leads,
            _ => return None,
        })
    }

    fn operation(self) -> &'static str {
        match self {
            Self::Notes(_) => "note_sent",
            Self::Tasks => "task_sent",
            Self::Leads => "lead_sent",
        }
    }
}

/// Looks for what may be there already, then creates the rest.
pub(super) async fn send(
    round: &mut Round<'_>,
    what: Created,
    rows: Vec<OutboxRow>,
) -> Result<(), SyncError> {
    let mut to_send = Vec::new();
    let (mut found, mut unsure) = (Vec::new(), Vec::new());
    for row in rows {
        if row.state != WriteState::Sending {
            to_send.push(row);
            continue;
        }
        let taken: Vec<i64> = found.iter().map(|(_, id)| *id).collect();
        match look::look(round, what, &row, &taken).await? {
            Seen::There(id) => found.push((row, id)),
            Seen::Nowhere => to_send.push(row),
            Seen::CannotTell => unsure.push(row),
        }
    }
    round.put_aside(&unsure, "no_answer").await?;
    finish(round, what, found).await?;
    let structure = round.context.structure();
    let (blocked, to_send): (Vec<_>, Vec<_>) = to_send.into_iter().partition(|row| {
        structure.as_ref().is_some_and(|known| super::decide::missing(&row.write, known).is_some())
    });
    for row in blocked {
        let cause = structure.as_ref().and_then(|known| super::decide::missing(&row.write, known));
        round.wedge(&row, cause.unwrap_or("refused_by_kommo"), "").await?;
    }
    let (ids, now): (Vec<i64>, _) = (to_send.iter().map(|row| row.id).collect(), round.context.clock.now());
    // Whoever is cut off from here on left a request under way.
    let look_from = now.plus(failure::UNSURE_MS);
    let begun = round.context.store.write(move |tx| outbox::begin(tx, &ids, now, look_from)).await?;
    round.progressed |= !begun.is_empty();
    create(round, what, to_send.into_iter().filter(|row| begun.contains(&row.id)).collect()).await
}

async fn create(round: &mut Round<'_>, what: Created, rows: Vec<OutboxRow>) -> Result<(), SyncError> {
    let mut parts = vec![rows];
    while let Some(rows) = parts.pop() {
        if rows.is_empty() {
            continue;
        }
        let error = match post(round, what, &rows).await {
            Ok(written) => {
                let created = pair(&rows, &written);
                // An answer that does not tell all of them apart leaves the others to be looked for.
                let left: Vec<OutboxRow> = rows
                    .iter()
                    .filter(|row| !created.iter().any(|(known, _)| known.id == row.id))
                    .cloned()
                    .collect();
                finish(round, what, created).await?;
                hold(round, &left).await?;
                continue;
            }
            Err(error) => error,
        };
        match failure::of(&error) {
            Failure::Refused { cause, detail, .. } if rows.len() == 1 => {
                round.wedge(&rows[0], cause, &detail).await?;
            }
            Failure::Refused { .. } => parts.extend(rows.into_iter().map(|row| vec![row])),
            Failure::NotSent => {
                // What comes after it was not sent either.
                let left: Vec<OutboxRow> = rows.into_iter().chain(parts.into_iter().flatten()).collect();
                return round.put_off(&left, &Failure::NotSent, error).await;
            }
            Failure::Unsure => round.put_off(&rows, &Failure::Unsure, error).await?,
        }
    }
    Ok(())
}

async fn post(round: &Round<'_>, what: Created, rows: &[OutboxRow]) -> kommo::Result<Vec<Written>> {
    match what {
        Created::Notes(kind) => {
            let notes: Vec<_> = rows
                .iter()
                .filter_map(|row| match &row.write {
                    Write::Note { about, text } => {
                        Some(wire::note(*about, text, row.marker_at_s, &row.intent))
                    }
                    _ => None,
                })
                .collect();
            round.client.notes(wire_kind(kind)).create(&notes).await
        }
        Created::Tasks => {
            let tasks: Vec<_> =
                rows.iter().filter_map(|row| wire::task(&row.write, row.marker_at_s, &row.intent)).collect();
            round.client.tasks().create(&tasks).await
        }
        Created::Leads => {
            let leads: Vec<_> =
                rows.iter().filter_map(|row| wire::lead(&row.write, row.marker_at_s, &row.intent)).collect();
            round.client.leads().create(&leads).await
        }
    }
}

/// Which answer belongs to which row: by our id, or alone.
fn pair(rows: &[OutboxRow], written: &[Written]) -> Vec<(OutboxRow, i64)> {
    if let ([row], [only]) = (rows, written) {
        return vec![(row.clone(), only.id)];
    }
    rows.iter()
        .filter_map(|row| {
            let own = written.iter().find(|one| one.request_id.as_deref() == Some(row.intent.as_str()))?;
            Some((row.clone(), own.id))
        })
        .collect()
}

/// They are in Kommo: reads them, so that the mirror shows them, and says so in the log.
async fn finish(
    round: &mut Round<'_>,
    what: Created,
    created: Vec<(OutboxRow, i64)>,
) -> Result<(), SyncError> {
    if created.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = created.iter().map(|(_, id)| *id).collect();
    let now = round.context.clock.now();
    let logs: Vec<_> = created.iter().map(|(row, _)| told::created(row, what.operation(), now)).collect();
    round.sent += u32::try_from(created.len()).unwrap_or(u32::MAX);
    round.progressed = true;
    // First of all it is noted that they are there: from then on nothing creates them again.
    round
        .context
        .store
        .write(move |tx| {
            for (row, id) in &created {
                outbox::done(tx, row.id, Some(*id), now)?;
            }
            apply::append(tx, &logs)
        })
        .await?;
    let asked = round.context.ask();
    let rows = match what {
        Created::Notes(kind) => Rows::Notes(notes_by_number(&round.client, kind, &ids).await?),
        Created::Tasks => Rows::Tasks(tasks_by_number(&round.client, &ids).await?),
        Created::Leads => Rows::Leads(leads_by_number(&round.client, &ids).await?),
    };
    round.changed.add(apply::store_changes(round.context, rows, asked, "outbox").await?);
    Ok(())
}

async fn hold(round: &Round<'_>, rows: &[OutboxRow]) -> Result<(), SyncError> {
    let due_at = round.context.clock.now().plus(failure::UNSURE_MS);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    round
        .context
        .store
        .write(move |tx| {
            for id in ids {
                outbox::hold(tx, id, due_at)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}
