//! Kommo's own history: what lists cannot tell.

use super::gone::{forget_companies, forget_contacts, forget_leads, forget_notes, forget_tasks, missing};
use super::incremental::{OVERLAP_MS, Seen};
use super::list::{LEAD_WITH, Rows, wire_kind};
use super::walk::{Met, Ordered, Walk};
use crate::apply::{self, Changed};
use crate::context::Context;
use crate::log;
use crate::mapping;
use crate::outbox::overwritten;
use crate::status::EngineEvent;
use crate::trouble::SyncError;
use cadencia_domain::contact::{Company, Contact};
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::EntityKind;
use cadencia_domain::lead::Lead;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::{Note, Task};
use cadencia_store::import_runs::{self, ImportState};
use cadencia_store::sync_cursors::{self, SyncEntity};
use cadencia_store::{Connection, StoreError, events};
use kommo::companies::CompaniesQuery;
use kommo::contacts::ContactsQuery;
use kommo::events::EventsQuery;
use kommo::leads::LeadsQuery;
use kommo::notes::NotesQuery;
use kommo::tasks::TasksQuery;
use kommo::{Client, PageRequest, TimeRange};
use std::collections::BTreeSet;

/// Things asked for by number in one request: an address stays well under any server's limit.
const BY_NUMBER: usize = 50;
/// The page size that every page of Kommo's documentation allows.
const PAGE: u32 = 100;

/// What the history told.
#[derive(Debug)]
pub(crate) struct Told {
    /// By what way it was told, for the log.
    pub(crate) channel: &'static str,
    pub(crate) changed: Changed,
    pub(crate) latest: Option<UtcMillis>,
    /// Things marked deleted.
    pub(crate) deleted: u32,
}

impl Told {
    /// Nothing yet, by this way.
    pub(crate) fn through(channel: &'static str) -> Self {
        Self { channel, changed: Changed::default(), latest: None, deleted: 0 }
    }
}

/// Which things an event says to look at again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Affected {
    pub(crate) leads: BTreeSet<i64>,
    pub(crate) contacts: BTreeSet<i64>,
    pub(crate) companies: BTreeSet<i64>,
    pub(crate) tasks: BTreeSet<i64>,
    pub(crate) deleted_notes: BTreeSet<i64>,
    /// Notes to read, by what they hang on.
    pub(crate) notes: BTreeSet<(EntityKind, i64)>,
    /// What events say was deleted or merged away: Kommo's word for the kind, and the number.
    pub(crate) told_gone: BTreeSet<(String, i64)>,
    pub(crate) saw_deletions: bool,
}

/// Reads new events and looks at what they are about.
pub(crate) async fn read(context: &Context, client: &Client, seen: &Seen) -> Result<Told, SyncError> {
    let known = context.store.read(|conn| sync_cursors::get(conn, SyncEntity::Events)).await?;
    let begun = context.kommo_now();
    let from = known.map_or(begun, |known| known.cursor).plus(-OVERLAP_MS);
    let listed = list(client, from).await?;
    let latest = listed.iter().map(|event| event.created_at).max();
    let cursor = latest.map(|latest| latest.min(begun));

    // Which of them are new is asked first and noted last: whoever stops in between reads them again.
    let new = {
        let listed = listed.clone();
        context.store.read(move |conn| events::unknown(conn, &listed)).await?
    };
    let affected = affected(&new, seen);
    let saw_deletions = affected.saw_deletions;
    let mut told = Told { latest, ..Told::through("poll") };
    follow(context, client, affected, &mut told).await?;

    let now = context.clock.now();
    let offset_ms = context.client.server_time_offset().unwrap_or(0);
    let count = new.len();
    let row =
        (count > 0).then(|| log::row("events_read").channel("poll").detail("events", &count).incoming(now));
    let last = context
        .store
        .write(move |tx| {
            if saw_deletions && is_read_by_number(tx)? {
                // A neighbour of what was deleted may have slipped through: a sweep is due.
                sync_cursors::reset(tx, SyncEntity::Deletions)?;
            }
            overwritten::keep(tx, &new, now, offset_ms)?;
            events::insert_new(tx, &new)?;
            if let Some(cursor) = cursor {
                sync_cursors::advance(tx, SyncEntity::Events, cursor, now)?;
            }
            apply::append(tx, row.as_slice())
        })
        .await?;
    if last > 0 {
        context.tell(EngineEvent::LogAppended(last));
    }
    Ok(told)
}

/// Whether pages are, or were until the last look at the history, read by their number: a deletion moves what comes
/// after it one place forward.
fn is_read_by_number(conn: &Connection) -> Result<bool, StoreError> {
    let Some(run) = import_runs::latest(conn)? else { return Ok(false) };
    let looked_at = sync_cursors::get(conn, SyncEntity::Events)?.map(|known| known.polled_at);
    Ok(run.state != ImportState::Finished || run.finished_at >= looked_at)
}

/// Events from `from` on, newest first as Kommo gives them.
async fn list(client: &Client, from: UtcMillis) -> Result<Vec<AccountEvent>, SyncError> {
    let query = EventsQuery::default().created(TimeRange::since(from.unix_seconds()));
    let mut walk = Walk::new(from, Ordered::ByChange, PAGE);
    let mut rows = Vec::new();
    while let Some(at) = walk.next() {
        let page = client.events().list(&query, at).await?;
        let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
        let items = count(page.items.len());
        let key = page.items.first().map(|event| event.id.clone());
        let wanted: Vec<_> = page
            .items
            .into_iter()
            .filter(|event| walk.wants(UtcMillis::from_unix_seconds(event.created_at)))
            .collect();
        walk.met(&Met { items, within: count(wanted.len()), key, has_next: page.has_next })?;
        rows.extend(wanted.into_iter().filter_map(mapping::event));
    }
    Ok(rows)
}

/// Pure: what to look at again. What a list of the same poll showed since the event is passed over.
pub(crate) fn affected(new: &[AccountEvent], seen: &Seen) -> Affected {
    let mut affected = Affected::default();
    for event in new {
        let kind = event.kind.as_str();
        // Conversations change nothing of the lead itself.
        let is_talk =
            kind.contains("chat_message") || kind.starts_with("talk_") || kind == "conversation_answered";
        let deletes = kind.ends_with("_deleted") && !kind.starts_with("entity_tag");
        if kind.ends_with("_note_deleted") {
            affected.saw_deletions = true;
            affected.deleted_notes.extend(note_of(event));
            continue;
        }
        if kind.starts_with("task_") {
            affected.tasks.extend(task_of(event));
        }
        let id = event.entity_kommo_id;
        if deletes || kind == "entity_merged" {
            affected.saw_deletions = true;
            affected.told_gone.insert((event.entity_type.clone(), id));
            affected.told_gone.extend(task_of(event).map(|task| ("task".to_owned(), task)));
        }
        let entity = EntityKind::parse(&event.entity_type);
        let is_fresh = |kind| seen.covers(kind, id, event.created_at) && !deletes;
        let set = match entity {
            _ if is_talk || id <= 0 => continue,
            Some(kind) if is_fresh(kind) => continue,
            Some(EntityKind::Lead) => &mut affected.leads,
            Some(EntityKind::Contact) => &mut affected.contacts,
            Some(EntityKind::Company) => &mut affected.companies,
            None if event.entity_type == "task" => &mut affected.tasks,
            None => continue,
        };
        set.insert(id);
    }
    affected
}

/// The number of the note that an event is about.
fn note_of(event: &AccountEvent) -> Option<i64> {
    let values = [&event.value_before, &event.value_after];
    values
        .into_iter()
        .filter_map(|value| value.as_array())
        .flatten()
        .find_map(|value| value["note"]["id"].as_i64())
}

/// The number of the task that an event of a lead's history is about.
fn task_of(event: &AccountEvent) -> Option<i64> {
    let values = [&event.value_after, &event.value_before];
    values
        .into_iter()
        .filter_map(|value| value.as_array())
        .flatten()
        .find_map(|value| value["task"]["id"].as_i64())
}

/// Asks for the affected things by number. What Kommo no longer has is marked deleted.
pub(crate) async fn follow(
    context: &Context,
    client: &Client,
    affected: Affected,
    told: &mut Told,
) -> Result<(), SyncError> {
    let is_told_gone = |kind: &'static str| |id: i64| affected.told_gone.contains(&(kind.to_owned(), id));
    for ids in chunks(&affected.leads) {
        let asked = context.ask();
        let rows = leads_by_number(client, &ids).await?;
        let came = rows.iter().map(|lead| lead.kommo_id.0);
        let gone = match missing(&ids, came, is_told_gone("lead")) {
            Some(gone) => {
                told.changed
                    .add(apply::store_changes(context, Rows::Leads(rows), asked, told.channel).await?);
                gone
            }
            None => one_by_one(client, "lead", &ids, &affected.told_gone).await?,
        };
        forget_leads(context, gone, asked, told).await?;
    }
    for ids in chunks(&affected.contacts) {
        let asked = context.ask();
        let Some(rows) = allowed(contacts_by_number(client, &ids).await)? else { break };
        let came = rows.iter().map(|contact| contact.kommo_id.0);
        let gone = match missing(&ids, came, is_told_gone("contact")) {
            Some(gone) => {
                told.changed
                    .add(apply::store_changes(context, Rows::Contacts(rows), asked, told.channel).await?);
                gone
            }
            None => one_by_one(client, "contact", &ids, &affected.told_gone).await?,
        };
        forget_contacts(context, gone, asked, told).await?;
    }
    for ids in chunks(&affected.companies) {
        let asked = context.ask();
        let Some(rows) = allowed(companies_by_number(client, &ids).await)? else { break };
        let came = rows.iter().map(|company| company.kommo_id.0);
        let gone = match missing(&ids, came, is_told_gone("company")) {
            Some(gone) => {
                told.changed
                    .add(apply::store_changes(context, Rows::Companies(rows), asked, told.channel).await?);
                gone
            }
            None => one_by_one(client, "company", &ids, &affected.told_gone).await?,
        };
        forget_companies(context, gone, asked, told).await?;
    }
    for ids in chunks(&affected.tasks) {
        let asked = context.ask();
        let Some(rows) = allowed(tasks_by_number(client, &ids).await)? else { break };
        let came = rows.iter().map(|task| task.kommo_id.0);
        let gone = match missing(&ids, came, is_told_gone("task")) {
            Some(gone) => {
                told.changed
                    .add(apply::store_changes(context, Rows::Tasks(rows), asked, told.channel).await?);
                gone
            }
            None => one_by_one(client, "task", &ids, &affected.told_gone).await?,
        };
        forget_tasks(context, gone, asked, told).await?;
    }
    for kind in [EntityKind::Lead, EntityKind::Contact, EntityKind::Company] {
        let ids = affected.notes.iter().filter(|(of, _)| *of == kind).map(|(_, id)| *id).collect();
        for ids in chunks(&ids) {
            let asked = context.ask();
            let Some(rows) = allowed(notes_by_number(client, kind, &ids).await)? else { break };
            told.changed.add(apply::store_changes(context, Rows::Notes(rows), asked, told.channel).await?);
        }
    }
    let deleted = affected.deleted_notes.iter().copied().collect();
    forget_notes(context, deleted, context.ask(), told).await
}

/// Those of `ids` that the history tells to be gone and that Kommo does not have when it is asked for each alone: for
/// answers that cannot be trusted.
async fn one_by_one(
    client: &Client,
    kind: &'static str,
    ids: &[i64],
    told_gone: &BTreeSet<(String, i64)>,
) -> Result<Vec<i64>, SyncError> {
    let mut gone = Vec::new();
    for &id in ids.iter().filter(|&&id| told_gone.contains(&(kind.to_owned(), id))) {
        let is_gone = match kind {
            "lead" => client.leads().get(id, &[]).await?.is_none_or(|lead| lead.is_deleted),
            "contact" => client.contacts().get(id, &[]).await?.is_none(),
            "company" => client.companies().get(id, &CompaniesQuery::default()).await?.is_none(),
            _ => client.tasks().get(id).await?.is_none(),
        };
        if is_gone {
            gone.push(id);
        }
    }
    Ok(gone)
}

/// None when Kommo refuses the list to this user: then nothing of it is here either.
fn allowed<T>(answer: kommo::Result<T>) -> kommo::Result<Option<T>> {
    match answer {
        Err(kommo::Error::Forbidden { .. }) => Ok(None),
        answer => answer.map(Some),
    }
}

/// Leads with these numbers, as far as Kommo has them.
pub(crate) async fn leads_by_number(client: &Client, ids: &[i64]) -> kommo::Result<Vec<Lead>> {
    let query = LeadsQuery::default().with(LEAD_WITH).ids(ids.iter().copied());
    let page = client.leads().list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(mapping::lead).collect())
}

/// People with these numbers, as far as Kommo has them.
pub(crate) async fn contacts_by_number(client: &Client, ids: &[i64]) -> kommo::Result<Vec<Contact>> {
    let query = ContactsQuery::default().ids(ids.iter().copied());
    let page = client.contacts().list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(mapping::contact).collect())
}

/// Companies with these numbers, as far as Kommo has them.
pub(crate) async fn companies_by_number(client: &Client, ids: &[i64]) -> kommo::Result<Vec<Company>> {
    let query = CompaniesQuery { ids: ids.to_vec(), ..CompaniesQuery::default() };
    let page = client.companies().list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(mapping::company).collect())
}

/// Tasks with these numbers, as far as Kommo has them.
pub(crate) async fn tasks_by_number(client: &Client, ids: &[i64]) -> kommo::Result<Vec<Task>> {
    let query = TasksQuery { ids: ids.to_vec(), ..TasksQuery::default() };
    let page = client.tasks().list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(mapping::task).collect())
}

/// Notes of one kind of entity with these numbers, as far as Kommo has them.
pub(crate) async fn notes_by_number(
    client: &Client,
    about: EntityKind,
    ids: &[i64],
) -> kommo::Result<Vec<Note>> {
    let query = NotesQuery { ids: ids.to_vec(), ..NotesQuery::default() };
    let page = client.notes(wire_kind(about)).list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(|note| mapping::note(about, note)).collect())
}

fn chunks(ids: &BTreeSet<i64>) -> Vec<Vec<i64>> {
    let ids: Vec<i64> = ids.iter().copied().collect();
    ids.chunks(BY_NUMBER).map(<[i64]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn event(kind: &str, entity: &str, id: i64, after: Value) -> AccountEvent {
        AccountEvent {
            kommo_id: format!("{kind}{id}"),
            kind: kind.into(),
            entity_type: entity.into(),
            entity_kommo_id: id,
            created_by: None,
            created_at: UtcMillis(10_000),
            value_before: json!([]),
            value_after: after,
        }
    }

    #[test]
    fn what_a_list_showed_since_is_not_asked_again_but_a_deletion_is() {
        let mut seen = Seen::default();
        seen.rows.insert((EntityKind::Lead, 1, 10_000));
        seen.rows.insert((EntityKind::Lead, 2, 9_000));
        let new = [
            event("lead_status_changed", "lead", 1, json!([])),
            event("entity_linked", "lead", 2, json!([])),
            event("lead_deleted", "lead", 1, json!([])),
            event("incoming_chat_message", "lead", 3, json!([])),
            event("contact_added", "contact", 7, json!([])),
        ];
        let found = affected(&new[..2], &seen);
        assert_eq!(found.leads, BTreeSet::from([2]));
        let found = affected(&new, &seen);
        assert_eq!((found.leads, found.contacts), (BTreeSet::from([1, 2]), BTreeSet::from([7])));
        assert!(found.saw_deletions);
    }

    #[test]
    fn deleted_notes_and_tasks_are_found_by_their_own_number() {
        let mut note = event("common_note_deleted", "lead", 1, json!([]));
        note.value_before = json!([{"note": {"id": 55}}]);
        let task = event("task_completed", "lead", 1, json!([{"task": {"id": 66}}]));
        let found = affected(&[note, task], &Seen::default());
        assert_eq!((found.deleted_notes, found.tasks), (BTreeSet::from([55]), BTreeSet::from([66])));
    }

    #[test]
    fn the_history_tells_what_is_gone_itself() {
        let deleted = event("lead_deleted", "lead", 1, json!([]));
        let mut task = event("task_deleted", "lead", 4, json!([]));
        task.value_before = json!([{"task": {"id": 66}}]);
        let found = affected(&[deleted, task, event("lead_added", "lead", 2, json!([]))], &Seen::default());
        assert!(found.told_gone.contains(&("lead".to_owned(), 1)));
        assert!(found.told_gone.contains(&("task".to_owned(), 66)));
        assert!(!found.told_gone.contains(&("lead".to_owned(), 2)));
    }
}
