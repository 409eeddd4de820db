//! `/contacts`.

use serde_json::{Value, json};

use super::input::{self, Reader};
use super::leads::MOST_PER_WRITE;
use super::{card_input, search};
use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::ContactPatch;
use crate::hal;
use crate::select;
use crate::serializers::cards::{ContactParts, contact};
use crate::state::{Contact, Kind, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let world = &*world;
    let wish = call.query.page()?;
    let keep = search::conditions(world, Kind::Contact, call, |contact: &Contact| &contact.card);
    let rows = select::rows(&world.contacts, &call.query, wish, &keep, |contact| contact.card.created_at);
    let parts = ContactParts::of(&call.query);
    let items: Vec<_> = rows.into_iter().map(|row| contact(world, row, parts, &call.base)).collect();
    hal::page(call, "contacts", &items, wish, None)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let found =
        world.contacts.live(call.id(3)?).filter(|contact| search::may_see(world, call, &contact.card));
    let Some(found) = found else { return Ok(Answer::none()) };
    Ok(Answer::written(&contact(world, found, ContactParts::of(&call.query), &call.base)))
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, contact_patch)?;
    call.wrote("contacts_added", patches.len());
    let mut written = Vec::with_capacity(patches.len());
    for (request_id, patch) in patches {
        let id = world.add_contact(&patch, call.by());
        let mut item = brief(world, call, id);
        item["request_id"] = json!(request_id);
        written.push(item);
    }
    Ok(Answer::ok(hal::written(call, "contacts", written)))
}

pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, |reader| {
        let id = reader.id("id");
        let found = reader.need("id", id).filter(|id| reader.world.contacts.live(*id).is_some());
        if found.is_none() {
            reader.fail(FieldError::choice("id"));
        }
        found.map(|id| (id, contact_patch(reader)))
    })?;
    call.wrote("contacts_updated", patches.len());
    let mut written = Vec::with_capacity(patches.len());
    for (id, patch) in patches.into_iter().filter_map(|(_, patch)| patch) {
        world.change_contact(id, &patch, call.by());
        written.push(updated(world, call, id));
    }
    Ok(Answer::ok(hal::written(call, "contacts", written)))
}

pub(crate) fn update_one(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    let body = call.json()?;
    if world.contacts.live(id).is_none() {
        return Err(Refusal::problem(404, "Contact not found"));
    }
    let patch = input::single(world, &body, contact_patch)?;
    call.wrote("contacts_updated", 1);
    world.change_contact(id, &patch, call.by());
    Ok(Answer::ok(updated(world, call, id)))
}

fn updated(world: &World, call: &Call<'_>, id: u32) -> Value {
    let mut item = brief(world, call, id);
    if let Some(card) = world.card(Kind::Contact, id) {
        item["name"] = json!(card.name);
        item["updated_at"] = json!(card.updated_at);
    }
    item
}

fn brief(world: &World, call: &Call<'_>, id: u32) -> Value {
    json!({
        "id": id,
        "is_deleted": false,
        "is_unsorted": world.contacts.get(id).is_some_and(|contact| contact.is_unsorted),
        "_links": hal::self_link(&call.base, &format!("contacts/{id}")),
    })
}

pub(super) fn contact_patch(reader: &mut Reader<'_>) -> ContactPatch {
    ContactPatch {
        first_name: reader.text("first_name"),
        last_name: reader.text("last_name"),
        card: card_input::card(reader, Kind::Contact),
        is_unsorted: false,
    }
}
