//! `/contacts`.

use serde_json::Value;

use super::search;
use crate::answer::{Answer, Outcome};
use crate::call::Call;
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
    let items: Vec<Value> = rows.into_iter().map(|row| contact(world, row, parts, &call.base)).collect();
    hal::page(call, "contacts", items, wish, None)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let found =
        world.contacts.live(call.id(3)?).filter(|contact| search::may_see(world, call, &contact.card));
    let Some(found) = found else { return Ok(Answer::none()) };
    Ok(Answer::ok(contact(world, found, ContactParts::of(&call.query), &call.base)))
}
