//! Promised changes and values that lost, for the screen.

use crate::convert::structure;
use cadencia_contract::{
    ChangeAuthor, ConflictView, Int53, LogActor, OutboxSummary, OutboxView, PendingView, PendingWork,
    WriteState,
};
use cadencia_domain::card_value::CardValue;
use cadencia_domain::field::{CustomField, EntityKind};
use cadencia_domain::id::{KommoCompanyId, KommoContactId, KommoLeadId};
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::Write;
use cadencia_store::conflicts::{Conflict, ConflictState, Winner};
use cadencia_store::outbox::{self, OutboxRow};
use cadencia_store::{
    Connection, StoreError, companies, conflicts, contacts, custom_fields, events, leads, loss_reasons,
    pipelines, sync_log, users,
};
use cadencia_sync::difference::Names;
use cadencia_sync::outbox::{Author, author};

/// How it stands in all.
pub(crate) fn summary(conn: &Connection) -> Result<OutboxSummary, StoreError> {
    let counts = outbox::counts(conn)?;
    Ok(OutboxSummary {
        open: counts.open,
        wedged: counts.wedged,
        oldest_at_ms: counts.oldest_at.map(|at| Int53(at.0)),
        conflicts: conflicts::count_open(conn)?,
        is_paused: outbox::is_paused(conn)?,
    })
}

/// Names for what numbers mean.
pub(crate) struct Words {
    names: Names,
    fields: Vec<CustomField>,
}

impl Words {
    /// As the account has them now.
    pub(crate) fn read(conn: &Connection) -> Result<Self, StoreError> {
        let mut names =
            structure::names(&pipelines::list(conn)?, &users::list(conn)?, &loss_reasons::list(conn)?);
        let mut fields = custom_fields::list(conn, EntityKind::Lead)?;
        fields.extend(custom_fields::list(conn, EntityKind::Contact)?);
        names.phone_fields = fields
            .iter()
            .filter(|field| field.code.as_deref() == Some("PHONE"))
            .map(|field| field.kommo_id.0)
            .collect();
        Ok(Self { names, fields })
    }

    fn field(&self, value: &CardValue) -> String {
        let CardValue::Field { field, .. } = value else { return value.subject() };
        let known = self.fields.iter().find(|known| known.kommo_id == *field);
        match known.map(|known| (known.code.as_deref(), &known.name)) {
            Some((Some("PHONE"), _)) => "phone".to_owned(),
            Some((Some("EMAIL"), _)) => "email".to_owned(),
            Some((_, name)) => name.clone(),
            None => field.to_string(),
        }
    }
}

/// The name of a card, and our identity when it is a lead.
fn named(conn: &Connection, card: EntityRef) -> Result<(Option<String>, Option<String>), StoreError> {
    Ok(match card.kind {
        EntityKind::Lead => {
            let found = leads::find(conn, KommoLeadId(card.kommo_id))?;
            found.map_or((None, None), |stored| (Some(stored.lead.name), Some(stored.id.to_string())))
        }
        EntityKind::Contact => {
            let contact = KommoContactId(card.kommo_id);
            let found = contacts::find(conn, contact)?;
            let lead = match contacts::leads_of(conn, contact)?.first() {
                Some(lead) => leads::id_of(conn, *lead)?,
                None => None,
            };
            (found.map(|stored| stored.contact.name), lead.map(|id| id.to_string()))
        }
        EntityKind::Company => {
            let found = companies::find(conn, KommoCompanyId(card.kommo_id))?;
            (found.map(|company| company.name), None)
        }
    })
}

/// A change in readable words: what it sets, from what to what.
struct Said {
    field: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

fn said(conn: &Connection, write: &Write, words: &Words) -> Result<Said, StoreError> {
    let (mut field, mut before) = (None, None);
    let after;
    match write {
        Write::Edit { base, wanted, .. } => {
            field = Some(words.field(wanted));
            before = words.names.value(base);
            after = words.names.value(wanted);
        }
        Write::Tag { name, is_added, .. } => {
            field = Some("tags".to_owned());
            before = (!is_added).then(|| name.clone());
            after = is_added.then(|| name.clone());
        }
        Write::Link { contact, is_linked, .. } => {
            field = Some("contacts".to_owned());
            let name = contacts::find(conn, *contact)?
                .map(|stored| stored.contact.name)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| contact.to_string());
            before = (!is_linked).then(|| name.clone());
            after = is_linked.then_some(name);
        }
        Write::Note { text, .. } | Write::Task { text, .. } => after = Some(text.clone()),
        Write::TaskDone { result, task, .. } => {
            before = cadencia_store::tasks::find(conn, *task)?.map(|task| task.text);
            after = Some(result.clone()).filter(|text| !text.is_empty());
        }
        Write::Lead(lead) => after = Some(lead.name.clone()),
    }
    Ok(Said { field, before, after })
}

/// One promised change.
pub(crate) fn row(conn: &Connection, row: OutboxRow, words: &Words) -> Result<OutboxView, StoreError> {
    let Said { field, before, after } = said(conn, &row.write, words)?;
    let card = row.write.card();
    let (entity_name, lead_id) = match card {
        Some(card) => named(conn, card)?,
        None => (None, None),
    };
    Ok(OutboxView {
        id: Int53(row.id),
        kind: row.write.kind().to_owned(),
        field,
        before,
        after,
        entity_kind: card.map(|card| card.kind.as_str().to_owned()),
        entity_kommo_id: card.map(|card| Int53(card.kommo_id)),
        entity_name,
        lead_id,
        state: state(row.state),
        actor: actor(row.actor),
        attempts: row.attempts,
        created_at_ms: Int53(row.created_at.0),
        due_at_ms: Int53(row.due_at.0),
        ended_at_ms: row.ended_at.map(|at| Int53(at.0)),
        cause: row.cause,
        cause_detail: row.cause_detail,
    })
}

fn state(state: outbox::WriteState) -> WriteState {
    match state {
        outbox::WriteState::Waiting => WriteState::Waiting,
        outbox::WriteState::Sending => WriteState::Sending,
        outbox::WriteState::Done => WriteState::Done,
        outbox::WriteState::Superseded => WriteState::Superseded,
        outbox::WriteState::Conflict => WriteState::Conflict,
        outbox::WriteState::Wedged => WriteState::Wedged,
        outbox::WriteState::Discarded => WriteState::Discarded,
    }
}

/// The store's word for a state.
pub(crate) fn stored_state(state: WriteState) -> outbox::WriteState {
    match state {
        WriteState::Waiting => outbox::WriteState::Waiting,
        WriteState::Sending => outbox::WriteState::Sending,
        WriteState::Done => outbox::WriteState::Done,
        WriteState::Superseded => outbox::WriteState::Superseded,
        WriteState::Conflict => outbox::WriteState::Conflict,
        WriteState::Wedged => outbox::WriteState::Wedged,
        WriteState::Discarded => outbox::WriteState::Discarded,
    }
}

/// Who wanted something.
pub(crate) fn actor(actor: sync_log::LogActor) -> LogActor {
    match actor {
        sync_log::LogActor::Person => LogActor::Person,
        sync_log::LogActor::Engine => LogActor::Engine,
        sync_log::LogActor::Agent => LogActor::Agent,
        sync_log::LogActor::Kommo => LogActor::Kommo,
    }
}

/// Entries of a card's history that are looked through for who changed something.
const HISTORY: u32 = 200;

/// Who set the value that came from Kommo. Read when it is shown: the history may arrive after the value.
fn changed_by(conn: &Connection, conflict: &Conflict, words: &Words) -> Result<ChangeAuthor, StoreError> {
    let theirs = match conflict.winner {
        Winner::Kommo => &conflict.kept,
        Winner::Ours => &conflict.lost,
    };
    let history = events::about(conn, conflict.card.kind.as_str(), conflict.card.kommo_id, HISTORY)?;
    Ok(match author(&history, theirs, conflict.at) {
        Some(Author::Person(user)) => {
            ChangeAuthor::Person { user_id: Int53(user.0), name: words.names.users.get(&user.0).cloned() }
        }
        Some(Author::Automation) => ChangeAuthor::Automation,
        None => ChangeAuthor::Unknown,
    })
}

/// One conflict.
pub(crate) fn conflict(
    conn: &Connection,
    conflict: &Conflict,
    words: &Words,
) -> Result<ConflictView, StoreError> {
    let (entity_name, lead_id) = named(conn, conflict.card)?;
    Ok(ConflictView {
        id: Int53(conflict.id),
        at_ms: Int53(conflict.at.0),
        is_open: conflict.state == ConflictState::Open,
        is_undone: conflict.state == ConflictState::Undone,
        reason: conflict.reason.clone(),
        is_ours_kept: conflict.winner == Winner::Ours,
        field: words.field(&conflict.lost),
        base: words.names.value(&conflict.base),
        lost: words.names.value(&conflict.lost),
        kept: words.names.value(&conflict.kept),
        entity_kind: conflict.card.kind.as_str().to_owned(),
        entity_kommo_id: Int53(conflict.card.kommo_id),
        entity_name,
        lead_id,
        changed_by: changed_by(conn, conflict, words)?,
    })
}

/// What of a card is not in Kommo yet.
pub(crate) fn pending(
    conn: &Connection,
    open: &[OutboxRow],
    card: EntityRef,
    words: &Words,
) -> Result<Vec<PendingView>, StoreError> {
    let mut views = Vec::new();
    for row in open.iter().filter(|row| row.write.card() == Some(card)) {
        let Some(subject) = row.write.subject() else { continue };
        let Said { field, before, after } = said(conn, &row.write, words)?;
        let is_wedged = row.state == outbox::WriteState::Wedged;
        views.push(PendingView {
            subject,
            is_wedged,
            outbox_id: Int53(row.id),
            kind: row.write.kind().to_owned(),
            field,
            before,
            after,
            cause: row.cause.clone().filter(|_| is_wedged),
        });
    }
    Ok(views)
}

/// Notes and tasks that are not in Kommo yet.
pub(crate) fn pending_work(open: &[OutboxRow]) -> Vec<PendingWork> {
    open.iter()
        .filter_map(|row| {
            let (is_task, text, due_at) = match &row.write {
                Write::Note { text, .. } => (false, text.clone(), None),
                Write::Task { text, due_at, .. } => (true, text.clone(), Some(*due_at)),
                _ => return None,
            };
            let is_wedged = row.state == outbox::WriteState::Wedged;
            Some(PendingWork {
                outbox_id: Int53(row.id),
                is_task,
                text,
                due_at_ms: due_at.map(|at| Int53(at.0)),
                created_at_ms: Int53(row.created_at.0),
                is_wedged,
                cause: row.cause.clone().filter(|_| is_wedged),
            })
        })
        .collect()
}
