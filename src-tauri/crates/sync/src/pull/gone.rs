//! What Kommo no longer has is marked deleted, and told.

use super::history::Told;
use crate::apply;
use crate::context::Context;
use crate::log;
use crate::status::EngineEvent;
use crate::trouble::SyncError;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoCompanyId, KommoContactId, KommoLeadId, KommoNoteId, KommoTaskId};
use cadencia_domain::time::UtcMillis;
use cadencia_store::{companies, contacts, leads, notes, tasks};
use std::collections::{BTreeMap, BTreeSet};

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

/// Marks leads deleted that were missing when Kommo was asked at `asked`, and says so in the log.
pub(crate) async fn forget_leads(
    context: &Context,
    gone: Vec<i64>,
    asked: UtcMillis,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let (now, channel) = (context.clock.now(), told.channel);
    let (marked, last) = context
        .store
        .write(move |tx| {
            let gone: Vec<_> = gone.into_iter().map(KommoLeadId).collect();
            let marked = leads::mark_deleted(tx, &gone, asked)?;
            let mut rows = Vec::new();
            for id in &marked {
                let name = leads::find(tx, *id)?.map(|stored| stored.lead.name).unwrap_or_default();
                rows.push(
                    log::row("lead_deleted")
                        .channel(channel)
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
    asked: UtcMillis,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let (now, channel) = (context.clock.now(), told.channel);
    let marked = context
        .store
        .write(move |tx| {
            let gone: Vec<_> = gone.into_iter().map(KommoContactId).collect();
            let marked = contacts::mark_deleted(tx, &gone, asked)?;
            let mut rows = Vec::new();
            for id in &marked {
                let name = contacts::find(tx, *id)?.map(|stored| stored.contact.name).unwrap_or_default();
                rows.push(
                    log::row("contact_deleted")
                        .channel(channel)
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
    asked: UtcMillis,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let (now, channel) = (context.clock.now(), told.channel);
    let (count, leads) = context
        .store
        .write(move |tx| {
            let (mut leads, mut names) = (Vec::new(), BTreeMap::new());
            let gone: Vec<_> = gone.into_iter().map(KommoTaskId).collect();
            for id in &gone {
                let Some(task) = tasks::find(tx, *id)? else { continue };
                names.insert(id.0, apply::called(tx, &task)?);
                let about = task.about.filter(|about| about.kind == EntityKind::Lead);
                leads.extend(about.map(|about| about.kommo_id));
            }
            let marked = tasks::mark_deleted(tx, &gone, asked)?;
            let rows: Vec<_> = marked
                .iter()
                .map(|id| {
                    let name = names.get(&id.0).map_or("", String::as_str);
                    log::row("task_deleted")
                        .channel(channel)
                        .by_kommo()
                        .about("task", id.0, name)
                        .incoming(now)
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

/// Marks notes deleted.
pub(crate) async fn forget_notes(
    context: &Context,
    gone: Vec<i64>,
    asked: UtcMillis,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let gone: Vec<_> = gone.into_iter().map(KommoNoteId).collect();
    let marked = context.store.write(move |tx| notes::mark_deleted(tx, &gone, asked)).await?.len();
    told.changed.count += marked;
    told.deleted += u32::try_from(marked).unwrap_or(u32::MAX);
    Ok(())
}

/// Marks companies deleted.
pub(crate) async fn forget_companies(
    context: &Context,
    gone: Vec<i64>,
    asked: UtcMillis,
    told: &mut Told,
) -> Result<(), SyncError> {
    if gone.is_empty() {
        return Ok(());
    }
    let gone: Vec<_> = gone.into_iter().map(KommoCompanyId).collect();
    let marked = context.store.write(move |tx| companies::mark_deleted(tx, &gone, asked)).await?;
    told.changed.count += marked;
    told.deleted += u32::try_from(marked).unwrap_or(u32::MAX);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_others_proves_nothing_about_the_missing() {
        let never = |_| false;
        assert_eq!(missing(&[1, 2, 3], [1, 3].into_iter(), never), Some(vec![2]));
        assert_eq!(missing(&[1, 2, 3], [1, 9].into_iter(), never), None);
    }

    #[test]
    fn an_empty_answer_proves_only_what_the_history_tells_too() {
        assert_eq!(missing(&[1, 2], [].into_iter(), |id| id == 2), Some(vec![2]));
    }
}
