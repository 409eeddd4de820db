//! Kommo's own history: what lists cannot tell.

use super::incremental::{OVERLAP_MS, Seen};
use super::list::{LEAD_WITH, Rows};
use crate::apply::{self, Changed};
use crate::context::Context;
use crate::log;
use crate::mapping;
use crate::status::EngineEvent;
use crate::trouble::SyncError;
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoCompanyId, KommoContactId, KommoLeadId, KommoNoteId, KommoTaskId};
use cadencia_domain::time::UtcMillis;
use cadencia_store::sync_cursors::{self, SyncEntity};
use cadencia_store::{companies, contacts, events, leads, notes, tasks};
use kommo::companies::CompaniesQuery;
use kommo::contacts::ContactsQuery;
use kommo::events::EventsQuery;
use kommo::leads::LeadsQuery;
use kommo::tasks::TasksQuery;
use kommo::{Client, PageRequest, TimeRange};
use std::collections::BTreeSet;

/// Things asked for by number in one request: an address stays well under any server's limit.
const BY_NUMBER: usize = 50;
/// The page size that every page of Kommo's documentation allows.
const PAGE: u32 = 100;

/// What the history told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) changed: Changed,
    pub(crate) latest: Option<UtcMillis>,
    pub(crate) saw_deletions: bool,
    /// Things marked deleted.
    pub(crate) deleted: u32,
}

/// Which things an event says to look at again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Affected {
    pub(crate) leads: BTreeSet<i64>,
    pub(crate) contacts: BTreeSet<i64>,
    pub(crate) companies: BTreeSet<i64>,
    pub(crate) tasks: BTreeSet<i64>,
    pub(crate) deleted_notes: BTreeSet<i64>,
    /// What events say was deleted or merged away: Kommo's word for the kind, and the number.
    pub(crate) told_gone: BTreeSet<(String, i64)>,
    pub(crate) saw_deletions: bool,
}

/// Reads new events and looks at what they are about.
pub(crate) async fn read(context: &Context, client: &Client, seen: &Seen) -> Result<Told, SyncError> {
    let known = context.store.read(|conn| sync_cursors::get(conn, SyncEntity::Events)).await?;
    let from = known.map_or_else(|| context.kommo_now(), |known| known.cursor).plus(-OVERLAP_MS);
    let listed = list(client, from).await?;
    let latest = listed.iter().map(|event| event.created_at).max();
    let cursor = latest.map(|latest| latest.min(context.kommo_now()));

    // Which of them are new is asked first and noted last: whoever stops in between reads them again.
    let new = {
        let listed = listed.clone();
        context.store.read(move |conn| events::unknown(conn, &listed)).await?
    };
    let affected = affected(&new, seen);
    let mut told = Told { saw_deletions: affected.saw_deletions, latest, ..Told::default() };
    follow(context, client, affected, &mut told).await?;

    let now = context.clock.now();
    let count = new.len();
    let row =
        (count > 0).then(|| log::row("events_read").channel("poll").detail("events", &count).incoming(now));
    let last = context
        .store
        .write(move |tx| {
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

/// Events from `from` on, newest first as Kommo gives them.
async fn list(client: &Client, from: UtcMillis) -> Result<Vec<AccountEvent>, SyncError> {
    let query = EventsQuery::default().created(TimeRange::since(from.unix_seconds()));
    let mut rows = Vec::new();
    let mut at = PageRequest::first(PAGE);
    loop {
        let page = client.events().list(&query, at).await?;
        let reached_older = page.items.iter().any(|event| event.created_at < from.unix_seconds());
        rows.extend(
            page.items
                .into_iter()
                .filter(|event| event.created_at >= from.unix_seconds())
                .filter_map(mapping::event),
        );
        if reached_older || !page.has_next {
            return Ok(rows);
        }
        at = at.next();
    }
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
async fn follow(
    context: &Context,
    client: &Client,
    affected: Affected,
    told: &mut Told,
) -> Result<(), SyncError> {
    for ids in chunks(&affected.leads) {
        let rows = leads_by_number(client, &ids).await?;
        let told_gone = |id| affected.told_gone.contains(&("lead".to_owned(), id));
        let Some(gone) = missing(&ids, rows.iter().map(|lead| lead.kommo_id.0), told_gone) else { continue };
        add(told, apply::store_changes(context, Rows::Leads(rows), None).await?);
        forget_leads(context, gone, told).await?;
    }
    for ids in chunks(&affected.contacts) {
        let query = ContactsQuery::default().ids(ids.iter().copied());
        let page = client.contacts().list(&query, PageRequest::default()).await?;
        let rows: Vec<_> = page.items.into_iter().map(mapping::contact).collect();
        let told_gone = |id| affected.told_gone.contains(&("contact".to_owned(), id));
        let Some(gone) = missing(&ids, rows.iter().map(|contact| contact.kommo_id.0), told_gone) else {
            continue;
        };
        add(told, apply::store_changes(context, Rows::Contacts(rows), None).await?);
        forget_contacts(context, gone, told).await?;
    }
    for ids in chunks(&affected.companies) {
        let query = CompaniesQuery { ids: ids.clone(), ..CompaniesQuery::default() };
        let page = client.companies().list(&query, PageRequest::default()).await?;
        let rows: Vec<_> = page.items.into_iter().map(mapping::company).collect();
        let told_gone = |id| affected.told_gone.contains(&("company".to_owned(), id));
        let Some(gone) = missing(&ids, rows.iter().map(|company| company.kommo_id.0), told_gone) else {
            continue;
        };
        add(told, apply::store_changes(context, Rows::Companies(rows), None).await?);
        let now = context.clock.now();
        let gone: Vec<_> = gone.into_iter().map(KommoCompanyId).collect();
        told.changed.count += context.store.write(move |tx| companies::mark_deleted(tx, &gone, now)).await?;
    }
    for ids in chunks(&affected.tasks) {
        let query = TasksQuery { ids: ids.clone(), ..TasksQuery::default() };
        let page = client.tasks().list(&query, PageRequest::default()).await?;
        let rows: Vec<_> = page.items.into_iter().map(mapping::task).collect();
        let told_gone = |id| affected.told_gone.contains(&("task".to_owned(), id));
        let Some(gone) = missing(&ids, rows.iter().map(|task| task.kommo_id.0), told_gone) else { continue };
        add(told, apply::store_changes(context, Rows::Tasks(rows), None).await?);
        forget_tasks(context, gone, told).await?;
    }
    let deleted: Vec<_> = affected.deleted_notes.into_iter().map(KommoNoteId).collect();
    if !deleted.is_empty() {
        let now = context.clock.now();
        told.changed.count +=
            context.store.write(move |tx| notes::mark_deleted(tx, &deleted, now)).await?.len();
    }
    Ok(())
}

pub(crate) async fn leads_by_number(
    client: &Client,
    ids: &[i64],
) -> Result<Vec<cadencia_domain::lead::Lead>, SyncError> {
    let query = LeadsQuery::default().with(LEAD_WITH).ids(ids.iter().copied());
    let page = client.leads().list(&query, PageRequest::default()).await?;
    Ok(page.items.into_iter().map(mapping::lead).collect())
}

/// Marks leads deleted and says so in the log.
pub(crate) async fn forget_leads(
    context: &Context,
    gone: Vec<i64>,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let now = context.clock.now();
    let (marked, last) = context
        .store
        .write(move |tx| {
            let gone: Vec<_> = gone.into_iter().map(KommoLeadId).collect();
            let marked = leads::mark_deleted(tx, &gone, now)?;
            let mut rows = Vec::new();
            for id in &marked {
                let name = leads::find(tx, *id)?.map(|stored| stored.lead.name).unwrap_or_default();
                rows.push(
                    log::row("lead_deleted")
                        .channel("poll")
                        .by_kommo()
                        .about("lead", id.0, &name)
                        .incoming(now),
                );
            }
            Ok((marked, apply::append(tx, &rows)?))
        })
        .await?;
    told.changed.count += marked.len();
    told.deleted += u32::try_from(marked.len()).unwrap_or(u32::MAX);
    told.changed.lead_ids.extend(marked.into_iter().map(|id| id.0));
    if last > 0 {
        context.tell(EngineEvent::LogAppended(last));
    }
    Ok(())
}

/// Marks people deleted and says so in the log.
pub(crate) async fn forget_contacts(
    context: &Context,
    gone: Vec<i64>,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let now = context.clock.now();
    let marked = context
        .store
        .write(move |tx| {
            let gone: Vec<_> = gone.into_iter().map(KommoContactId).collect();
            let marked = contacts::mark_deleted(tx, &gone, now)?;
            let mut rows = Vec::new();
            for id in &marked {
                let name = contacts::find(tx, *id)?.map(|stored| stored.contact.name).unwrap_or_default();
                rows.push(
                    log::row("contact_deleted")
                        .channel("poll")
                        .by_kommo()
                        .about("contact", id.0, &name)
                        .incoming(now),
                );
            }
            apply::append(tx, &rows)?;
            Ok(marked)
        })
        .await?;
    told.changed.count += marked.len();
    told.deleted += u32::try_from(marked.len()).unwrap_or(u32::MAX);
    Ok(())
}

/// Marks tasks deleted and says so in the log.
pub(crate) async fn forget_tasks(
    context: &Context,
    gone: Vec<i64>,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let now = context.clock.now();
    let (count, leads) = context
        .store
        .write(move |tx| {
            let mut leads = Vec::new();
            let gone: Vec<_> = gone.into_iter().map(KommoTaskId).collect();
            for id in &gone {
                let about = tasks::find(tx, *id)?.and_then(|task| task.about);
                leads
                    .extend(about.filter(|about| about.kind == EntityKind::Lead).map(|about| about.kommo_id));
            }
            let marked = tasks::mark_deleted(tx, &gone, now)?;
            let rows: Vec<_> = marked
                .iter()
                .map(|id| {
                    log::row("task_deleted").channel("poll").by_kommo().about("task", id.0, "").incoming(now)
                })
                .collect();
            apply::append(tx, &rows)?;
            Ok((marked.len(), leads))
        })
        .await?;
    told.changed.count += count;
    told.deleted += u32::try_from(count).unwrap_or(u32::MAX);
    told.changed.lead_ids.extend(leads);
    Ok(())
}

fn add(told: &mut Told, changed: Changed) {
    told.changed.count += changed.count;
    told.changed.lead_ids.extend(changed.lead_ids);
}

fn chunks(ids: &BTreeSet<i64>) -> Vec<Vec<i64>> {
    let ids: Vec<i64> = ids.iter().copied().collect();
    ids.chunks(BY_NUMBER).map(<[i64]>::to_vec).collect()
}

/// Those asked for that did not come. None when others came too: then the server ignored the filter and what is
/// missing proves nothing. An answer without anything could be a fault as well: then only what `is_told` to be gone is.
pub(crate) fn missing(
    asked: &[i64],
    came: impl Iterator<Item = i64>,
    is_told: impl Fn(i64) -> bool,
) -> Option<Vec<i64>> {
    let came: BTreeSet<i64> = came.collect();
    if came.iter().any(|id| !asked.contains(id)) {
        return None;
    }
    let is_proof = |id: i64| !came.is_empty() || is_told(id);
    Some(asked.iter().copied().filter(|&id| !came.contains(&id) && is_proof(id)).collect())
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
    fn an_answer_with_others_proves_nothing_about_the_missing() {
        let never = |_| false;
        assert_eq!(missing(&[1, 2, 3], [1, 3].into_iter(), never), Some(vec![2]));
        assert_eq!(missing(&[1, 2, 3], [1, 9].into_iter(), never), None);
    }

    #[test]
    fn an_empty_answer_proves_only_what_the_history_tells_too() {
        assert_eq!(missing(&[1, 2], [].into_iter(), |id| id == 2), Some(vec![2]));
        let deleted = event("lead_deleted", "lead", 1, json!([]));
        let mut task = event("task_deleted", "lead", 4, json!([]));
        task.value_before = json!([{"task": {"id": 66}}]);
        let found = affected(&[deleted, task, event("lead_added", "lead", 2, json!([]))], &Seen::default());
        assert!(found.told_gone.contains(&("lead".to_owned(), 1)));
        assert!(found.told_gone.contains(&("task".to_owned(), 66)));
        assert!(!found.told_gone.contains(&("lead".to_owned(), 2)));
    }
}
