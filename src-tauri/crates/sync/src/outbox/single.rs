//! Changes that Kommo takes one by one: links and tasks that are done.

use super::failure::{self, Failure};
use super::round::Round;
use super::{cards, told};
use crate::apply;
use crate::pull::Rows;
use crate::pull::history::tasks_by_number;
use crate::trouble::SyncError;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoContactId, KommoLeadId, KommoTaskId};
use cadencia_store::outbox::{self, OutboxRow};
use kommo::EntityType;
use kommo::links::LinkTo;
use std::collections::BTreeSet;

/// A link to make or to take away.
#[derive(Clone, Copy)]
pub(super) struct LinkChange {
    pub(super) lead: KommoLeadId,
    pub(super) contact: KommoContactId,
    pub(super) is_linked: bool,
    pub(super) is_main: bool,
}

/// Links or unlinks a person.
pub(super) async fn link(
    round: &mut Round<'_>,
    row: &OutboxRow,
    change: LinkChange,
) -> Result<(), SyncError> {
    let only = BTreeSet::from([change.lead.0]);
    let known = cards::look(round, EntityKind::Lead, &only).await?;
    let Some(lead) = known.lead(change.lead.0) else { return round.wedge(row, "gone", "").await };
    let standing = lead.contacts.iter().find(|link| link.contact == change.contact);
    let is_there = match standing {
        Some(link) => change.is_linked && (link.is_main || !change.is_main),
        None => !change.is_linked,
    };
    if !is_there {
        if !begin(round, row).await? {
            return Ok(());
        }
        let links = round.client.links(EntityType::Leads);
        let to = [LinkTo::contact(change.contact.0, change.is_linked && change.is_main)];
        let sent = if change.is_linked {
            links.link(change.lead.0, &to).await
        } else {
            links.unlink(change.lead.0, &to).await
        };
        if let Err(error) = sent {
            return failed(round, row, error).await;
        }
        cards::look(round, EntityKind::Lead, &only).await?;
    }
    done(round, row, if change.is_linked { "link_sent" } else { "unlink_sent" }).await
}

/// Marks a task as done.
pub(super) async fn task_done(
    round: &mut Round<'_>,
    row: &OutboxRow,
    task: KommoTaskId,
    result: &str,
) -> Result<(), SyncError> {
    match is_completed(round, task).await? {
        None => return round.wedge(row, "gone", "").await,
        Some(true) => return done(round, row, "task_done_sent").await,
        Some(false) => {}
    }
    if !begin(round, row).await? {
        return Ok(());
    }
    if let Err(error) = round.client.tasks().complete(task.0, result).await {
        return failed(round, row, error).await;
    }
    is_completed(round, task).await?;
    done(round, row, "task_done_sent").await
}

/// Reads a task. None when Kommo does not have it, by two ways of asking.
async fn is_completed(round: &mut Round<'_>, task: KommoTaskId) -> Result<Option<bool>, SyncError> {
    let asked = round.context.ask();
    let rows = tasks_by_number(&round.client, &[task.0]).await?;
    let Some(known) = rows.iter().find(|known| known.kommo_id == task) else {
        return match round.client.tasks().get(task.0).await? {
            Some(known) => Ok(Some(known.is_completed)),
            None => Ok(None),
        };
    };
    let is_completed = known.is_completed;
    round.changed.add(apply::store_changes(round.context, Rows::Tasks(rows), asked, "outbox").await?);
    Ok(Some(is_completed))
}

/// False when a person took it back meanwhile.
async fn begin(round: &mut Round<'_>, row: &OutboxRow) -> Result<bool, SyncError> {
    let (id, now) = (row.id, round.context.clock.now());
    let begun = round.context.store.write(move |tx| outbox::begin(tx, &[id], now, now)).await?;
    round.progressed |= !begun.is_empty();
    Ok(!begun.is_empty())
}

async fn failed(round: &mut Round<'_>, row: &OutboxRow, error: kommo::Error) -> Result<(), SyncError> {
    match failure::of(&error) {
        Failure::Refused { cause, detail, .. } => round.wedge(row, cause, &detail).await,
        failure => round.put_off(std::slice::from_ref(row), &failure, error).await,
    }
}

async fn done(round: &mut Round<'_>, row: &OutboxRow, operation: &'static str) -> Result<(), SyncError> {
    let now = round.context.clock.now();
    let log = told::created(row, operation, now);
    let id = row.id;
    round.sent += 1;
    round.progressed = true;
    round
        .context
        .store
        .write(move |tx| {
            outbox::done(tx, id, None, now)?;
            apply::append(tx, &[log])
        })
        .await?;
    Ok(())
}
