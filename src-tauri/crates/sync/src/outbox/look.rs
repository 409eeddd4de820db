//! Looking for what may have been created although its answer was lost.
//!
//! That something is not in a list proves nothing by itself: an empty answer may be a fault. So each question is put in
//! a way that its answer has to show something else as well, which is known to be there.

use super::create::Created;
use super::round::Round;
use crate::pull::{LEAD_WITH, wire_kind};
use crate::trouble::SyncError;
use cadencia_domain::id::KommoUserId;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::write::Write;
use cadencia_store::outbox::{self, OutboxRow};
use cadencia_store::{account_profiles, leads, notes, tasks};
use kommo::events::EventsQuery;
use kommo::leads::LeadsQuery;
use kommo::notes::NotesQuery;
use kommo::tasks::TasksQuery;
use kommo::{EntityType, PageRequest, TimeRange};

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Kommo's number of it.
    There(i64),
    /// It was not created.
    Nowhere,
    /// The answer cannot be trusted.
    CannotTell,
}

/// Pages that are read; more than this is no lost answer.
const PAGES: u32 = 40;
/// Servers differ by some seconds.
const SLACK_S: i64 = 120;

/// One page of an answer: whether it shows what is looked for, and the witness.
#[derive(Default)]
struct Found {
    it: Option<i64>,
    /// What may be it, changed by somebody since.
    changed: Vec<Changed>,
    witness: bool,
    has_next: bool,
}

/// Something with the very second as its creation date that does not look as it was sent.
enum Changed {
    /// On the card it was sent to, by whoever the token belongs to.
    OnCard(i64),
    /// A lead: its history tells what it was called.
    Lead { id: i64, name: String, pipeline: i64 },
}

/// Looks for what `row` may have created. Two may look alike: what other rows created, and what this round found for them
/// (`taken`), is not it.
pub(super) async fn look(
    round: &Round<'_>,
    what: Created,
    row: &OutboxRow,
    taken: &[i64],
) -> Result<Seen, SyncError> {
    let (kind, marker) = (row.write.kind(), row.marker_at_s);
    let mut taken_ids = round.context.store.read(move |conn| outbox::created(conn, kind, marker)).await?;
    taken_ids.extend(taken);
    let question = Question::of(round, what, row).await?;
    let us = round.context.store.read(account_profiles::get).await?.and_then(|profile| profile.current_user);
    let mut page = PageRequest::default();
    let mut changed = Vec::new();
    let mut saw_witness = !question.has_witness();
    for _ in 0..PAGES {
        let found = question.ask(round, row, &taken_ids, us, page).await?;
        if let Some(id) = found.it {
            return Ok(Seen::There(id));
        }
        changed.extend(found.changed);
        saw_witness |= found.witness;
        if found.has_next {
            page = page.next();
            continue;
        }
        return Ok(match changed_since(round, row, changed).await? {
            Some(id) => Seen::There(id),
            None if saw_witness => Seen::Nowhere,
            None => Seen::CannotTell,
        });
    }
    Ok(Seen::CannotTell)
}

/// What is it although somebody changed it before we looked.
async fn changed_since(
    round: &Round<'_>,
    row: &OutboxRow,
    found: Vec<Changed>,
) -> Result<Option<i64>, SyncError> {
    for one in found {
        match one {
            Changed::OnCard(id) => return Ok(Some(id)),
            Changed::Lead { id, name, pipeline } => {
                let Write::Lead(lead) = &row.write else { continue };
                let first = first_values(round, id).await?;
                let name = first.name.unwrap_or(name);
                let pipeline = first.pipeline.unwrap_or(pipeline);
                if name.trim() == lead.name.trim() && pipeline == lead.pipeline.0 {
                    return Ok(Some(id));
                }
            }
        }
    }
    Ok(None)
}

/// What a lead was before it was changed for the first time; nothing where it never was.
#[derive(Default)]
struct FirstValues {
    name: Option<String>,
    pipeline: Option<i64>,
}

async fn first_values(round: &Round<'_>, lead: i64) -> Result<FirstValues, SyncError> {
    let query = EventsQuery::default()
        .of(EntityType::Leads, lead)
        .types(["name_field_changed", "lead_status_changed"]);
    let mut first = FirstValues::default();
    let mut at = PageRequest::default();
    for _ in 0..PAGES {
        let page = round.client.events().list(&query, at).await?;
        // Newest first: what comes later in the list was earlier.
        for event in page.items {
            let Some(before) = event.value_before.first() else { continue };
            if let Some(name) = before["name_field_value"]["name"].as_str() {
                first.name = Some(name.to_owned());
            }
            if let Some(pipeline) = before["lead_status"]["pipeline_id"].as_i64() {
                first.pipeline = Some(pipeline);
            }
        }
        if !page.has_next {
            break;
        }
        at = at.next();
    }
    Ok(first)
}

enum Question {
    Notes { kind: kommo::EntityType, query: NotesQuery, witness: Option<i64> },
    Tasks { query: TasksQuery, witness: Option<i64> },
    Leads { query: Box<LeadsQuery>, witness: Option<i64> },
}

impl Question {
    async fn of(round: &Round<'_>, what: Created, row: &OutboxRow) -> Result<Self, SyncError> {
        let store = &round.context.store;
        let since = row.marker_at_s - SLACK_S;
        let card = row.write.card();
        let besides = card.map_or(0, |card| card.kommo_id);
        Ok(match what {
            Created::Notes(kind) => {
                let witness = store.read(move |conn| notes::witness(conn, kind, besides)).await?;
                let since = witness.as_ref().map_or(since, |note| since.min(note.updated_at.unix_seconds()));
                let query = NotesQuery {
                    entity_ids: witness.iter().map(|note| note.about.kommo_id).chain([besides]).collect(),
                    ..NotesQuery::default()
                }
                .updated(TimeRange::since(since));
                let witness = witness.map(|note| note.kommo_id.0);
                Self::Notes { kind: wire_kind(kind), query, witness }
            }
            Created::Tasks => {
                let kind = card.map_or(cadencia_domain::field::EntityKind::Lead, |card| card.kind);
                let witness = store.read(move |conn| tasks::witness(conn, kind, besides)).await?;
                let mut query = TasksQuery::default().of(wire_kind(kind), besides);
                query
                    .entity_ids
                    .extend(witness.as_ref().and_then(|task| task.about).map(|about| about.kommo_id));
                Self::Tasks { query, witness: witness.map(|task| task.kommo_id.0) }
            }
            Created::Leads => {
                let up_to = UtcMillis::from_unix_seconds(row.marker_at_s);
                let witness = store.read(move |conn| leads::witness(conn, up_to)).await?;
                let from = witness.map_or(row.marker_at_s, |(_, at)| at.unix_seconds());
                let created_at = Some(TimeRange { from: Some(from), to: Some(row.marker_at_s) });
                let query = LeadsQuery { created_at, ..LeadsQuery::default() }.with(LEAD_WITH);
                Self::Leads { query: Box::new(query), witness: witness.map(|(id, _)| id.0) }
            }
        })
    }

    fn has_witness(&self) -> bool {
        match self {
            Self::Notes { witness, .. } | Self::Tasks { witness, .. } | Self::Leads { witness, .. } => {
                witness.is_some()
            }
        }
    }

    async fn ask(
        &self,
        round: &Round<'_>,
        row: &OutboxRow,
        taken: &[i64],
        us: Option<KommoUserId>,
        at: PageRequest,
    ) -> kommo::Result<Found> {
        let is_ours = |user: i64| us.is_none_or(|us| us.0 == user);
        Ok(match (self, &row.write) {
            (Self::Notes { kind, query, witness }, Write::Note { about, text }) => {
                let page = round.client.notes(*kind).list(query, at).await?;
                let may_be = |note: &&kommo::notes::Note| {
                    !taken.contains(&note.id)
                        && note.entity_id == about.kommo_id
                        && note.created_at == row.marker_at_s
                };
                let is_it = |note: &&kommo::notes::Note| note.text().map(str::trim) == Some(text.trim());
                let ours = page.items.iter().filter(may_be).filter(|note| is_ours(note.created_by));
                Found {
                    it: page.items.iter().filter(may_be).find(is_it).map(|note| note.id),
                    changed: ours.map(|note| Changed::OnCard(note.id)).collect(),
                    witness: page.items.iter().any(|note| Some(note.id) == *witness),
                    has_next: page.has_next,
                }
            }
            (Self::Tasks { query, witness }, Write::Task { about, text, due_at, .. }) => {
                let page = round.client.tasks().list(query, at).await?;
                let may_be = |task: &&kommo::tasks::Task| {
                    !taken.contains(&task.id)
                        && task.entity_id == Some(about.kommo_id)
                        && task.created_at == row.marker_at_s
                };
                let is_it = |task: &&kommo::tasks::Task| {
                    task.complete_till == due_at.unix_seconds() && task.text.trim() == text.trim()
                };
                let ours = page.items.iter().filter(may_be).filter(|task| is_ours(task.created_by));
                Found {
                    it: page.items.iter().filter(may_be).find(is_it).map(|task| task.id),
                    changed: ours.map(|task| Changed::OnCard(task.id)).collect(),
                    witness: page.items.iter().any(|task| Some(task.id) == *witness),
                    has_next: page.has_next,
                }
            }
            (Self::Leads { query, witness }, Write::Lead(lead)) => {
                let page = round.client.leads().list(query.as_ref(), at).await?;
                let may_be = |found: &&kommo::leads::Lead| {
                    !taken.contains(&found.id) && found.created_at == row.marker_at_s
                };
                let is_it = |found: &&kommo::leads::Lead| {
                    found.name.trim() == lead.name.trim() && found.pipeline_id == lead.pipeline.0
                };
                let others = page.items.iter().filter(may_be).map(|found| Changed::Lead {
                    id: found.id,
                    name: found.name.clone(),
                    pipeline: found.pipeline_id,
                });
                Found {
                    it: page.items.iter().filter(may_be).find(is_it).map(|found| found.id),
                    changed: others.collect(),
                    witness: page.items.iter().any(|found| Some(found.id) == *witness),
                    has_next: page.has_next,
                }
            }
            _ => Found::default(),
        })
    }
}
