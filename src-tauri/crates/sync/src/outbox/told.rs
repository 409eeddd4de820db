//! Rows of the log about changes that are sent, and knowing our own again.

use super::cards::Cards;
use super::round::Round;
use crate::difference::Change;
use crate::log::{self, Row};
use cadencia_domain::card_value::CardValue;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::Write;
use cadencia_store::conflicts::NewConflict;
use cadencia_store::outbox::OutboxRow;
use cadencia_store::sync_log::{LogActor, NewLogEntry};

/// Rows for changes that Kommo took: one per card, with what changed.
pub(super) fn sent(round: &Round<'_>, before: &Cards, rows: &[OutboxRow]) -> Vec<NewLogEntry> {
    let now = round.context.clock.now();
    let names = round.context.names();
    let mut logs: Vec<(EntityRef, LogActor, u32, Vec<Change>)> = Vec::new();
    for row in rows {
        let Some(card) = row.write.card() else { continue };
        let change = match &row.write {
            Write::Edit { wanted, .. } => Change {
                field: field_of(wanted, &round.context.structure().map(|s| s.fields).unwrap_or_default()),
                before: before.value(card, wanted).and_then(|value| names.value(&value)),
                after: names.value(wanted),
            },
            Write::Tag { name, is_added, .. } => Change {
                field: "tags".to_owned(),
                before: (!is_added).then(|| name.clone()),
                after: is_added.then(|| name.clone()),
            },
            _ => continue,
        };
        match logs.iter_mut().find(|(known, actor, ..)| *known == card && *actor == row.actor) {
            Some((_, _, attempt, changes)) => {
                *attempt = (*attempt).max(row.attempts + 1);
                changes.push(change);
            }
            None => logs.push((card, row.actor, row.attempts + 1, vec![change])),
        }
    }
    logs.into_iter()
        .map(|(card, actor, attempt, changes)| {
            let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
            let mut row = by(log::row("change_sent"), actor)
                .channel("outbox")
                .about(card.kind.as_str(), card.kommo_id, &before.name(card.kommo_id))
                .detail("fields", &fields.join(","))
                .attempt(attempt);
            if let [only] = changes.as_slice() {
                row = row.detail("before", &only.before.clone().unwrap_or_default());
                row = row.detail("after", &only.after.clone().unwrap_or_default());
            }
            row.changes(&changes).outgoing(now)
        })
        .collect()
}

/// How the log calls what a value is of: as differences do.
fn field_of(value: &CardValue, fields: &[cadencia_domain::field::CustomField]) -> String {
    let CardValue::Field { field, .. } = value else { return value.subject() };
    let Some(known) = fields.iter().find(|known| known.kommo_id == *field) else { return field.to_string() };
    match known.code.as_deref() {
        Some("PHONE") => "phone".to_owned(),
        Some("EMAIL") => "email".to_owned(),
        _ => known.name.clone(),
    }
}

/// A row for something that was created or done in Kommo.
pub(super) fn created(row: &OutboxRow, operation: &'static str, now: UtcMillis) -> NewLogEntry {
    let told = by(log::row(operation), row.actor).channel("outbox").attempt(row.attempts + 1);
    about(told, row, "").outgoing(now)
}

/// A row for a change that lost.
pub(super) fn conflict(
    round: &Round<'_>,
    row: &OutboxRow,
    conflict: &NewConflict,
    name: &str,
) -> NewLogEntry {
    let names = round.context.names();
    let fields = round.context.structure().map(|known| known.fields).unwrap_or_default();
    let change = Change {
        field: field_of(&conflict.lost, &fields),
        before: names.value(&conflict.lost),
        after: names.value(&conflict.kept),
    };
    by(log::row("change_lost"), row.actor)
        .channel("outbox")
        .about(conflict.card.kind.as_str(), conflict.card.kommo_id, name)
        .detail("fields", &change.field)
        .detail("before", &change.before.clone().unwrap_or_default())
        .detail("after", &change.after.clone().unwrap_or_default())
        .detail("reason", &conflict.reason)
        .changes(&[change])
        .local(conflict.at)
}

/// A row for a change that only a person can free.
pub(super) fn wedged_row(row: &OutboxRow, cause: &str, detail: &str, now: UtcMillis) -> NewLogEntry {
    let told = by(log::row("change_wedged"), row.actor)
        .channel("outbox")
        .detail("cause", &cause)
        .detail("detail", &detail)
        .attempt(row.attempts + 1)
        .failed("change_wedged", false);
    about(told, row, "").outgoing(now)
}

/// A row for a change whose answer did not come.
pub(super) fn put_off(row: &OutboxRow, cause: &'static str, now: UtcMillis) -> NewLogEntry {
    let told = by(log::row("change_put_off"), row.actor)
        .channel("outbox")
        .attempt(row.attempts + 1)
        .failed(cause, true);
    about(told, row, "").outgoing(now)
}

fn about(told: Row, row: &OutboxRow, name: &str) -> Row {
    let told = told.detail("kind", &row.write.kind());
    match row.write.card() {
        Some(card) => told.about(card.kind.as_str(), card.kommo_id, name),
        None => told,
    }
}

fn by(row: Row, actor: LogActor) -> Row {
    match actor {
        LogActor::Person => row.by_person(),
        LogActor::Agent => row.by_agent(),
        LogActor::Engine | LogActor::Kommo => row,
    }
}
