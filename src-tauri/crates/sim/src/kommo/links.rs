//! `/{entity}/{id}/links`, `/link`, `/unlink` and their mass forms.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
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
