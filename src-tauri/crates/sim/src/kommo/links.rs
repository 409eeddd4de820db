//! `/{entity}/{id}/links`, `/link`, `/unlink` and their mass forms.

use serde_json::{Value, json};

use super::input;
use super::leads::MOST_PER_WRITE;
use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::state::{Kind, World};

/// What one card is linked to, as `(kind, id, is_main)`.
fn links_of(world: &World, kind: Kind, id: u32) -> Vec<(Kind, u32, Option<bool>)> {
    let mut links = Vec::new();
    match kind {
        Kind::Lead => {
            let Some(lead) = world.leads.live(id) else { return links };
            links.extend(lead.contacts.iter().map(|link| (Kind::Contact, link.id, Some(link.is_main))));
            links.extend(lead.company.map(|id| (Kind::Company, id, None)));
        }
        Kind::Contact => {
            let Some(contact) = world.contacts.live(id) else { return links };
            links.extend(contact.leads.iter().map(|lead| {
                let link =
                    world.leads.get(*lead).and_then(|lead| lead.contacts.iter().find(|link| link.id == id));
                (Kind::Lead, *lead, link.map(|link| link.is_main))
            }));
            links.extend(contact.company.map(|id| (Kind::Company, id, None)));
        }
        Kind::Company => {
            let Some(company) = world.companies.live(id) else { return links };
            links.extend(company.leads.iter().map(|id| (Kind::Lead, *id, None)));
            links.extend(company.contacts.iter().map(|id| (Kind::Contact, *id, None)));
        }
    }
    links.retain(|(kind, id, _)| world.live_card(*kind, *id).is_some());
    links
}

fn link_json(link: (Kind, u32, Option<bool>)) -> Value {
    let (kind, id, is_main) = link;
    json!({
        "to_entity_id": id,
        "to_entity_type": kind.plural(),
        // Written as `is_main`, read as `main_contact`.
        "metadata": is_main.map(|is_main| json!({"main_contact": is_main})),
    })
}

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let wanted_id = call.query.filter_ids("to_entity_id");
    let wanted_kind: Option<Vec<Kind>> = call
        .query
        .filter("to_entity_type")
        .map(|texts| texts.into_iter().filter_map(Kind::from_plural).collect());
    let items: Vec<Value> = links_of(world, kind, call.id(3)?)
        .into_iter()
        .filter(|(_, id, _)| wanted_id.as_ref().is_none_or(|ids| ids.contains(id)))
        .filter(|(kind, _, _)| wanted_kind.as_ref().is_none_or(|kinds| kinds.contains(kind)))
        .map(link_json)
        .collect();
    if items.is_empty() {
        return Ok(Answer::none());
    }
    Ok(Answer::list(hal::whole(call, "links", items)))
}

/// `/{entity}/links?filter[entity_id][]=`.
pub(crate) fn list_of_many(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let mut items = Vec::new();
    for id in call.query.filter_ids("entity_id").unwrap_or_default() {
        for link in links_of(world, kind, id) {
            let mut shown = link_json(link);
            shown["entity_id"] = json!(id);
            shown["entity_type"] = json!(kind.plural());
            items.push(shown);
        }
    }
    if items.is_empty() {
        return Ok(Answer::none());
    }
    Ok(Answer::list(hal::whole(call, "links", items)))
}

/// One wish to link or unlink, checked.
struct Wish {
    from: (Kind, u32),
    to: (Kind, u32),
    is_main: Option<bool>,
}

/// `POST /{entity}/{id}/link` and, with `entity_id` in the items, `POST /{entity}/link`.
fn wishes(world: &World, call: &Call<'_>) -> Result<Vec<Wish>, Refusal> {
    let kind = call.kind()?;
    let of_path = match call.segment(3) {
        "link" | "unlink" => None,
        _ => Some(call.id(3)?),
    };
    if of_path.is_some_and(|id| world.live_card(kind, id).is_none()) {
        return Err(Refusal::problem(404, "Entity not found"));
    }
    let items = call.items(MOST_PER_WRITE)?;
    let wishes = input::batch(world, &items, |reader| {
        let sent = of_path.or_else(|| reader.id("entity_id"));
        let from = reader.need("entity_id", sent).unwrap_or(0);
        let to_type = reader.text("to_entity_type");
        let to_kind = reader.need("to_entity_type", to_type).as_deref().and_then(Kind::from_plural);
        let sent = reader.id("to_entity_id");
        let to = reader.need("to_entity_id", sent).unwrap_or(0);
        if reader.world.live_card(kind, from).is_none() {
            reader.fail(FieldError::choice("entity_id"));
        }
        let Some(to_kind) = to_kind.filter(|to_kind| *to_kind != kind) else {
            reader.fail(FieldError::choice("to_entity_type"));
            return None;
        };
        if reader.world.live_card(to_kind, to).is_none() {
            reader.fail(FieldError::choice("to_entity_id"));
        }
        let is_main =
            reader.some("metadata").and_then(|metadata| metadata.get("is_main")).and_then(Value::as_bool);
        Some(Wish { from: (kind, from), to: (to_kind, to), is_main })
    })?;
    Ok(wishes.into_iter().filter_map(|(_, wish)| wish).collect())
}

pub(crate) fn link(world: &mut World, call: &Call<'_>) -> Outcome {
    let wishes = wishes(world, call)?;
    call.wrote("links_added", wishes.len());
    let mut written = Vec::with_capacity(wishes.len());
    for wish in wishes {
        world.link(wish.from, wish.to, wish.is_main, call.by());
        let made = links_of(world, wish.from.0, wish.from.1)
            .into_iter()
            .find(|(kind, id, _)| (*kind, *id) == wish.to)
            .unwrap_or((wish.to.0, wish.to.1, None));
        let mut shown = link_json(made);
        shown["entity_id"] = json!(wish.from.1);
        shown["entity_type"] = json!(wish.from.0.plural());
        written.push(shown);
    }
    Ok(Answer::ok(hal::whole(call, "links", written)))
}

pub(crate) fn unlink(world: &mut World, call: &Call<'_>) -> Outcome {
    let wishes = wishes(world, call)?;
    call.wrote("links_deleted", wishes.len());
    for wish in wishes {
        world.unlink(wish.from, wish.to, call.by());
    }
    Ok(Answer::none())
}
