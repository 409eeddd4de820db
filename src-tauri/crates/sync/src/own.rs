//! Knowing our own changes again, by what they mean: Kommo gives no mark back with what it was told.

use cadencia_domain::contact::Contact;
use cadencia_domain::lead::Lead;
use cadencia_domain::text::is_same_tag;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::write::Write;
use cadencia_store::outbox::{self, OutboxRow};
use cadencia_store::{StoreError, Transaction};
use std::collections::BTreeSet;

/// A change that came back later than this is somebody else's.
const REMEMBERED_MS: i64 = 24 * 3_600_000;

/// Whether everything that is different on a lead is what this program asked for.
pub(crate) fn explains_lead(
    tx: &Transaction<'_>,
    before: Option<&Lead>,
    after: &Lead,
    channel: &str,
    now: UtcMillis,
) -> Result<bool, StoreError> {
    let Some(before) = before else { return Ok(channel == "outbox") };
    let ours = outbox::recent_of_lane(tx, &format!("lead:{}", after.kommo_id), now.plus(-REMEMBERED_MS))?;
    Ok(!ours.is_empty()
        && is_explained(&changed_on_lead(before, after), &ours, |write| lead_has(after, write)))
}

/// The same for a person.
pub(crate) fn explains_contact(
    tx: &Transaction<'_>,
    before: Option<&Contact>,
    after: &Contact,
    now: UtcMillis,
) -> Result<bool, StoreError> {
    let Some(before) = before else { return Ok(false) };
    let ours = outbox::recent_of_lane(tx, &format!("contact:{}", after.kommo_id), now.plus(-REMEMBERED_MS))?;
    let has = |write: &Write| match write {
        Write::Edit { wanted, .. } => {
            wanted.same_of_contact(after).is_some_and(|stands| wanted.means(&stands))
        }
        _ => false,
    };
    Ok(!ours.is_empty() && is_explained(&changed_on_contact(before, after), &ours, has))
}

fn is_explained(changed: &BTreeSet<String>, ours: &[OutboxRow], has: impl Fn(&Write) -> bool) -> bool {
    // Nothing but bookkeeping follows from our own notes, tasks and links.
    changed.iter().all(|subject| {
        ours.iter().any(|row| row.write.subject().as_ref() == Some(subject) && has(&row.write))
    })
}

fn lead_has(lead: &Lead, write: &Write) -> bool {
    match write {
        Write::Edit { wanted, .. } => wanted.means(&wanted.same_of_lead(lead)),
        Write::Tag { name, is_added, .. } => {
            lead.tags.iter().any(|tag| is_same_tag(&tag.name, name)) == *is_added
        }
        Write::Link { contact, is_linked, .. } => {
            lead.contacts.iter().any(|link| link.contact == *contact) == *is_linked
        }
        _ => false,
    }
}

/// What is different, by the subjects of changes. Who and when, and the next task, follow from something else.
fn changed_on_lead(before: &Lead, after: &Lead) -> BTreeSet<String> {
    let mut changed = BTreeSet::new();
    let mut note = |is_changed: bool, subject: &str| {
        if is_changed {
            changed.insert(subject.to_owned());
        }
    };
    note(before.name != after.name, "name");
    note(before.price_cents != after.price_cents, "price");
    let stage = |lead: &Lead| (lead.pipeline, lead.status, lead.loss_reason);
    note(stage(before) != stage(after), "stage");
    note(before.responsible != after.responsible, "responsible");
    note(before.company != after.company, "company");
    note(before.is_deleted != after.is_deleted, "deleted");
    let tags = |lead: &Lead| lead.tags.iter().map(|tag| tag.name.to_lowercase()).collect::<BTreeSet<_>>();
    changed.extend(tags(before).symmetric_difference(&tags(after)).map(|name| format!("tag:{name}")));
    let people = |lead: &Lead| lead.contacts.iter().map(|link| link.contact.0).collect::<BTreeSet<_>>();
    changed.extend(people(before).symmetric_difference(&people(after)).map(|id| format!("contact:{id}")));
    changed.extend(changed_fields(&before.fields, &after.fields));
    changed
}

fn changed_on_contact(before: &Contact, after: &Contact) -> BTreeSet<String> {
    let mut changed = BTreeSet::new();
    if before.name != after.name {
        changed.insert("name".to_owned());
    }
    if before.responsible != after.responsible {
        changed.insert("responsible".to_owned());
    }
    if before.company != after.company || before.is_deleted != after.is_deleted || before.tags != after.tags {
        changed.insert("other".to_owned());
    }
    changed.extend(changed_fields(&before.fields, &after.fields));
    changed
}

fn changed_fields(
    before: &[cadencia_domain::field::FieldValue],
    after: &[cadencia_domain::field::FieldValue],
) -> Vec<String> {
    let ids: BTreeSet<i64> = before.iter().chain(after).map(|value| value.field.0).collect();
    let items = |values: &[cadencia_domain::field::FieldValue], id: i64| {
        values.iter().find(|value| value.field.0 == id).map(|value| value.items.clone())
    };
    ids.into_iter()
        .filter(|&id| items(before, id) != items(after, id))
        .map(|id| format!("field:{id}"))
        .collect()
}
