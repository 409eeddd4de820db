//! Values and tags of leads and people: many changes, one request.

use super::decide::{self, Verdict};
use super::failure::{self, Failure};
use super::round::Round;
use super::{moves, told, wire};
use crate::apply;
use crate::pull::Rows;
use crate::pull::history::{contacts_by_number, leads_by_number};
use crate::trouble::SyncError;
use cadencia_domain::card_value::CardValue;
use cadencia_domain::contact::Contact;
use cadencia_domain::field::EntityKind;
use cadencia_domain::lead::Lead;
use cadencia_domain::text::is_same_tag;
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::Write;
use cadencia_store::conflicts::{self, NewConflict, Winner};
use cadencia_store::outbox::{self, OutboxRow};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Cards as Kommo gave them just now.
pub(super) enum Cards {
    Leads(HashMap<i64, Lead>),
    Contacts(HashMap<i64, Contact>),
}

impl Cards {
    pub(super) fn value(&self, card: EntityRef, like: &CardValue) -> Option<CardValue> {
        match self {
            Self::Leads(leads) => leads.get(&card.kommo_id).map(|lead| like.same_of_lead(lead)),
            Self::Contacts(people) => {
                people.get(&card.kommo_id).and_then(|contact| like.same_of_contact(contact))
            }
        }
    }

    fn has(&self, id: i64) -> bool {
        match self {
            Self::Leads(leads) => leads.get(&id).is_some_and(|lead| !lead.is_deleted),
            Self::Contacts(people) => people.get(&id).is_some_and(|contact| !contact.is_deleted),
        }
    }

    pub(super) fn lead(&self, id: i64) -> Option<&Lead> {
        match self {
            Self::Leads(leads) => leads.get(&id),
            Self::Contacts(_) => None,
        }
    }

    pub(super) fn name(&self, id: i64) -> String {
        match self {
            Self::Leads(leads) => leads.get(&id).map(|lead| lead.name.clone()),
            Self::Contacts(people) => people.get(&id).map(|contact| contact.name.clone()),
        }
        .unwrap_or_default()
    }
}

/// Asks Kommo for the cards of these rows, keeps what it says, and wedges what is about a card that is gone.
pub(super) async fn look(
    round: &mut Round<'_>,
    kind: EntityKind,
    ids: &BTreeSet<i64>,
) -> Result<Cards, SyncError> {
    let ids: Vec<i64> = ids.iter().copied().collect();
    let asked = round.context.ask();
    let (rows, cards) = match kind {
        EntityKind::Contact => {
            let rows = contacts_by_number(&round.client, &ids).await?;
            let cards = rows.iter().map(|row| (row.kommo_id.0, row.clone())).collect();
            (Rows::Contacts(rows), Cards::Contacts(cards))
        }
        EntityKind::Lead | EntityKind::Company => {
            let rows = leads_by_number(&round.client, &ids).await?;
            let cards = rows.iter().map(|row| (row.kommo_id.0, row.clone())).collect();
            (Rows::Leads(rows), Cards::Leads(cards))
        }
    };
    let came: BTreeSet<i64> = rows.changes().into_iter().map(|(id, _)| id).collect();
    if came.iter().any(|id| !ids.contains(id)) {
        return Err(SyncError::FilterIgnored);
    }
    for id in ids.iter().filter(|id| !came.contains(id)) {
        // One answer without it is no proof: a second, another way of asking, has to agree.
        let is_there = match kind {
            EntityKind::Contact => round.client.contacts().get(*id, &[]).await?.is_some(),
            EntityKind::Lead | EntityKind::Company => {
                round.client.leads().get(*id, &[]).await?.is_some_and(|lead| !lead.is_deleted)
            }
        };
        if is_there {
            return Err(SyncError::FilterIgnored);
        }
    }
    round.changed.add(apply::store_changes(round.context, rows, asked, "outbox").await?);
    Ok(cards)
}

/// Sends what may be sent of `rows`, which are all about cards of one kind.
pub(super) async fn send(
    round: &mut Round<'_>,
    kind: EntityKind,
    rows: Vec<OutboxRow>,
) -> Result<(), SyncError> {
    let ids: BTreeSet<i64> =
        rows.iter().filter_map(|row| row.write.card()).map(|card| card.kommo_id).collect();
    let cards = look(round, kind, &ids).await?;
    let to_send = judge(round, &cards, rows).await?;
    send_all(round, kind, &cards, to_send).await
}

/// Decides about each change and notes the decisions. What is left may be sent, and is noted as being sent.
async fn judge(
    round: &mut Round<'_>,
    cards: &Cards,
    rows: Vec<OutboxRow>,
) -> Result<Vec<OutboxRow>, SyncError> {
    let context = round.context;
    let structure = context.structure();
    let now = context.clock.now();
    let moves = moves::prepare(round, &rows).await?;
    let mut taken: HashSet<(String, String)> = HashSet::new();
    let (mut there, mut lost, mut wedged, mut to_send) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let Some(card) = row.write.card() else { continue };
        // A later change of the same thing waits until the earlier one is through.
        if row.write.subject().is_some_and(|subject| !taken.insert((row.lane.clone(), subject))) {
            continue;
        }
        if !cards.has(card.kommo_id) {
            wedged.push((row, "gone"));
            continue;
        }
        if let Some(cause) = structure.as_ref().and_then(|known| decide::missing(&row.write, known)) {
            wedged.push((row, cause));
            continue;
        }
        let verdict = match &row.write {
            Write::Edit { base, wanted, .. } => match cards.value(card, wanted) {
                Some(stands) => {
                    let verdict = decide::edit(base, wanted, &stands);
                    let kept = moves.keeps(&row, wanted, &stands);
                    let verdict = match (verdict, kept) {
                        (Verdict::Send, Some(reason)) => Verdict::Lost(reason),
                        (verdict, _) => verdict,
                    };
                    if let Verdict::Lost(reason) = verdict {
                        lost.push((
                            row.clone(),
                            NewConflict {
                                at: now,
                                winner: Winner::Kommo,
                                reason,
                                card,
                                base: base.clone(),
                                lost: wanted.clone(),
                                kept: stands,
                                outbox_id: Some(row.id),
                            },
                        ));
                    }
                    verdict
                }
                None => {
                    wedged.push((row, "refused_by_kommo"));
                    continue;
                }
            },
            Write::Tag { name, is_added, .. } => {
                let is_there = cards
                    .lead(card.kommo_id)
                    .is_some_and(|lead| lead.tags.iter().any(|tag| is_same_tag(&tag.name, name)));
                if is_there == *is_added { Verdict::There } else { Verdict::Send }
            }
            _ => continue,
        };
        match verdict {
            Verdict::There => there.push(row.id),
            Verdict::Send => to_send.push(row),
            Verdict::Lost(_) => {}
        }
    }
    let sending: Vec<i64> = to_send.iter().map(|row| row.id).collect();
    let logs: Vec<_> = lost
        .iter()
        .map(|(row, conflict)| told::conflict(round, row, conflict, &cards.name(conflict.card.kommo_id)))
        .collect();
    let decided = !there.is_empty() || !lost.is_empty() || !wedged.is_empty();
    round.wedged.extend(wedged.iter().map(|(row, cause)| (row.id, (*cause).to_owned())));
    let wedge_logs: Vec<_> =
        wedged.iter().map(|(row, cause)| told::wedged_row(row, cause, "", now)).collect();
    let begun = context
        .store
        .write(move |tx| {
            for id in there {
                outbox::done(tx, id, None, now)?;
            }
            for (row, conflict) in &lost {
                if outbox::conflict(tx, row.id, conflict.reason, now)? {
                    conflicts::add(tx, conflict)?;
                }
            }
            for (row, cause) in &wedged {
                outbox::wedge(tx, row.id, cause, None)?;
            }
            apply::append(tx, &logs)?;
            apply::append(tx, &wedge_logs)?;
            outbox::begin(tx, &sending, now, now)
        })
        .await?;
    round.progressed |= decided || !begun.is_empty();
    // While Kommo was asked a person may have taken something back, or asked for something else.
    Ok(to_send.into_iter().filter(|row| begun.contains(&row.id)).collect())
}

/// Sends these changes; splits them as far as Kommo complains about single ones.
async fn send_all(
    round: &mut Round<'_>,
    kind: EntityKind,
    cards: &Cards,
    rows: Vec<OutboxRow>,
) -> Result<(), SyncError> {
    let mut parts = vec![rows];
    while let Some(rows) = parts.pop() {
        if rows.is_empty() {
            continue;
        }
        let by_card = by_card(&rows);
        let sent = match kind {
            EntityKind::Contact => round.client.contacts().update(&wire::contact_patches(&by_card)).await,
            EntityKind::Lead | EntityKind::Company => {
                round.client.leads().update(&wire::lead_patches(&by_card)).await
            }
        };
        let Err(error) = sent else {
            finish(round, kind, cards, rows).await?;
            continue;
        };
        match failure::of(&error) {
            Failure::Refused { cause, detail, .. } if rows.len() == 1 => {
                round.wedge(&rows[0], cause, &detail).await?;
            }
            Failure::Refused { items, .. } => parts.extend(split(rows, &items)),
            failed => {
                parts.push(rows);
                let left: Vec<OutboxRow> = parts.into_iter().flatten().collect();
                return round.put_off(&left, &failed, error).await;
            }
        }
    }
    Ok(())
}

fn by_card(rows: &[OutboxRow]) -> BTreeMap<i64, Vec<&Write>> {
    let mut cards: BTreeMap<i64, Vec<&Write>> = BTreeMap::new();
    for row in rows {
        if let Some(card) = row.write.card() {
            cards.entry(card.kommo_id).or_default().push(&row.write);
        }
    }
    cards
}

/// What Kommo complains about goes one by one, the rest together. Without a name for the culprit, card by card, and a
/// single card change by change.
fn split(rows: Vec<OutboxRow>, culprits: &[String]) -> Vec<Vec<OutboxRow>> {
    let card = |row: &OutboxRow| row.write.card().map_or(0, |card| card.kommo_id);
    let cards: BTreeSet<i64> = rows.iter().map(card).collect();
    if cards.len() == 1 {
        return rows.into_iter().map(|row| vec![row]).collect();
    }
    let is_named = |row: &OutboxRow| culprits.contains(&card(row).to_string());
    let (mut named, rest): (BTreeMap<i64, Vec<OutboxRow>>, Vec<OutboxRow>) =
        rows.into_iter().fold((BTreeMap::new(), Vec::new()), |(mut named, mut rest), row| {
            if is_named(&row) {
                named.entry(card(&row)).or_default().push(row);
            } else {
                rest.push(row);
            }
            (named, rest)
        });
    if named.is_empty() {
        for row in rest {
            named.entry(card(&row)).or_default().push(row);
        }
        return named.into_values().collect();
    }
    let mut parts = vec![rest];
    parts.extend(named.into_values());
    parts
}

/// They are in Kommo: reads the cards again, so that the mirror shows it, and says so in the log.
async fn finish(
    round: &mut Round<'_>,
    kind: EntityKind,
    before: &Cards,
    rows: Vec<OutboxRow>,
) -> Result<(), SyncError> {
    let logs = told::sent(round, before, &rows);
    let ids: BTreeSet<i64> =
        rows.iter().filter_map(|row| row.write.card()).map(|card| card.kommo_id).collect();
    // Whoever stops here finds at the next look that Kommo has it.
    look(round, kind, &ids).await?;
    let now = round.context.clock.now();
    round.sent += u32::try_from(rows.len()).unwrap_or(u32::MAX);
    round
        .context
        .store
        .write(move |tx| {
            for row in &rows {
                outbox::done(tx, row.id, None, now)?;
            }
            apply::append(tx, &logs)
        })
        .await?;
    Ok(())
}
