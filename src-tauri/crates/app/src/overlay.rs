//! What is on its way to Kommo, put over what Kommo said last: the screen shows what a person asked for at once.

use crate::convert::outbox::{Words, pending, pending_work};
use cadencia_contract::{PendingView, PendingWork};
use cadencia_domain::card_value::CardValue;
use cadencia_domain::field::{CustomField, EntityKind};
use cadencia_domain::id::KommoTagId;
use cadencia_domain::lead::Tag;
use cadencia_domain::phone::Phone;
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::Write;
use cadencia_store::contacts::{self, StoredPhone};
use cadencia_store::leads::{LeadDetail, LeadSummary, LinkedContact};
use cadencia_store::outbox::{self, OutboxRow, WriteState};
use cadencia_store::{Connection, StoreError, account_profiles, custom_fields};
use cadencia_sync::outbox::{show_on_contact, show_on_lead};
use std::collections::BTreeMap;

/// What of a lead and its people is not in Kommo yet.
#[derive(Debug, Default)]
pub(crate) struct OnItsWay {
    pub(crate) lead: Vec<PendingView>,
    pub(crate) people: BTreeMap<i64, Vec<PendingView>>,
    pub(crate) work: Vec<PendingWork>,
}

/// Shows a lead as it will be.
pub(crate) fn over_detail(conn: &Connection, detail: &mut LeadDetail) -> Result<OnItsWay, StoreError> {
    let number = detail.lead.kommo_id.0;
    let mut lanes = vec![format!("lead:{number}")];
    lanes.extend(detail.lead.contacts.iter().map(|link| format!("contact:{}", link.contact)));
    let open = outbox::open_of_cards(conn, &lanes)?;
    if open.is_empty() {
        return Ok(OnItsWay::default());
    }
    let fields = custom_fields::list(conn, EntityKind::Lead)?;
    show_on_lead(&mut detail.lead, &open, &fields);
    follow_links(conn, detail)?;
    let words = Words::read(conn)?;
    let of_people = custom_fields::list(conn, EntityKind::Contact)?;
    let mut people = BTreeMap::new();
    for linked in &mut detail.contacts {
        over_contact(conn, linked, &open, &of_people)?;
        let number = linked.stored.contact.kommo_id.0;
        let card = EntityRef { kind: EntityKind::Contact, kommo_id: number };
        people.insert(number, pending(conn, &open, card, &words)?);
    }
    for row in open.iter().filter(|row| row.state != WriteState::Wedged) {
        let Write::TaskDone { task, result, .. } = &row.write else { continue };
        if let Some(known) = detail.tasks.iter_mut().find(|known| known.kommo_id == *task) {
            known.is_completed = true;
            known.result = Some(result.clone()).filter(|text| !text.is_empty());
        }
    }
    let card = EntityRef { kind: EntityKind::Lead, kommo_id: number };
    Ok(OnItsWay { lead: pending(conn, &open, card, &words)?, people, work: pending_work(&open) })
}

/// People who are being linked come, those being unlinked go.
fn follow_links(conn: &Connection, detail: &mut LeadDetail) -> Result<(), StoreError> {
    let links = detail.lead.contacts.clone();
    detail.contacts.retain(|known| links.iter().any(|link| link.contact == known.stored.contact.kommo_id));
    for link in &links {
        match detail.contacts.iter_mut().find(|known| known.stored.contact.kommo_id == link.contact) {
            Some(known) => known.is_main = link.is_main,
            None => {
                if let Some(stored) = contacts::find(conn, link.contact)? {
                    detail.contacts.push(LinkedContact { is_main: link.is_main, stored });
                }
            }
        }
    }
    detail.contacts.sort_by_key(|known| !known.is_main);
    Ok(())
}

fn over_contact(
    conn: &Connection,
    linked: &mut LinkedContact,
    open: &[OutboxRow],
    fields: &[CustomField],
) -> Result<(), StoreError> {
    let stored = &mut linked.stored;
    let before: Vec<String> = stored.contact.phones().collect();
    show_on_contact(&mut stored.contact, open, fields);
    let after: Vec<String> = stored.contact.phones().collect();
    if before != after {
        let region = account_profiles::region(conn)?;
        stored.phones = after
            .into_iter()
            .map(|typed| StoredPhone { number: Phone::parse(&typed, &region).ok(), typed })
            .collect();
    }
    Ok(())
}

/// Shows rows of the table as they will be. Gives which of them are not all in Kommo yet.
pub(crate) fn over_rows(conn: &Connection, rows: &mut [LeadSummary]) -> Result<Vec<bool>, StoreError> {
    let counts = outbox::counts(conn)?;
    if counts.open == 0 {
        return Ok(vec![false; rows.len()]);
    }
    let mut marks = Vec::with_capacity(rows.len());
    for row in rows {
        let open = outbox::open_of_cards(conn, &[format!("lead:{}", row.kommo_id)])?;
        for one in open.iter().filter(|one| one.state != WriteState::Wedged) {
            put(row, &one.write);
        }
        marks.push(open.iter().any(|one| one.state != WriteState::Wedged));
    }
    Ok(marks)
}

fn put(row: &mut LeadSummary, write: &Write) {
    match write {
        Write::Edit { wanted, .. } => match wanted {
            CardValue::Name { text } => row.name.clone_from(text),
            CardValue::Price { cents } => row.price_cents = *cents,
            CardValue::Stage { pipeline, status, .. } => {
                row.pipeline = *pipeline;
                row.status = *status;
            }
            CardValue::Responsible { user } => row.responsible = *user,
            CardValue::Field { .. } => {}
        },
        Write::Tag { name, is_added, .. } => {
            row.tags.retain(|tag| !tag.name.eq_ignore_ascii_case(name));
            if *is_added {
                row.tags.push(Tag { kommo_id: KommoTagId(0), name: name.clone(), color: None });
            }
        }
        _ => {}
    }
}
