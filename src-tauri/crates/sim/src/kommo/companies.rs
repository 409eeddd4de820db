//! `/companies`.

use serde_json::{Value, json};

use super::input::{self, Reader};
use super::leads::MOST_PER_WRITE;
use super::{card_input, search};
use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::CardPatch;
use crate::hal;
use crate::select;
use crate::serializers::cards::{ContactParts, company};
use crate::state::{Company, Kind, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let world = &*world;
    let wish = call.query.page()?;
    let keep = search::conditions(world, Kind::Company, call, |company: &Company| &company.card);
    let rows = select::rows(&world.companies, &call.query, wish, &keep, |company| company.card.created_at);
    let parts = ContactParts::of(&call.query);
    let items: Vec<_> = rows.into_iter().map(|row| company(world, row, parts, &call.base)).collect();
    hal::page(call, "companies", &items, wish, None)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let found =
        world.companies.live(call.id(3)?).filter(|company| search::may_see(world, call, &company.card));
    let Some(found) = found else { return Ok(Answer::none()) };
    Ok(Answer::written(&company(world, found, ContactParts::of(&call.query), &call.base)))
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, company_patch)?;
    call.wrote("companies_added", patches.len());
    let mut written = Vec::with_capacity(patches.len());
    for (request_id, patch) in patches {
        let id = world.add_company(&patch, call.by());
        let mut item = brief(world, call, id);
        item["request_id"] = json!(request_id);
        written.push(item);
    }
    Ok(Answer::ok(hal::written(call, "companies", written)))
}

pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, |reader| {
        let id = reader.id("id");
        let found = reader.need("id", id).filter(|id| reader.world.companies.live(*id).is_some());
        if found.is_none() {
            reader.fail(FieldError::choice("id"));
        }
        found.map(|id| (id, company_patch(reader)))
    })?;
    call.wrote("companies_updated", patches.len());
    let mut written = Vec::with_capacity(patches.len());
    for (id, patch) in patches.into_iter().filter_map(|(_, patch)| patch) {
        world.change_company(id, &patch, call.by());
        written.push(updated(world, call, id));
    }
    Ok(Answer::ok(hal::written(call, "companies", written)))
}

pub(crate) fn update_one(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    let body = call.json()?;
    if world.companies.live(id).is_none() {
        return Err(Refusal::problem(404, "Company not found"));
    }
    let patch = input::single(world, &body, company_patch)?;
    call.wrote("companies_updated", 1);
    world.change_company(id, &patch, call.by());
    Ok(Answer::ok(updated(world, call, id)))
}

fn updated(world: &World, call: &Call<'_>, id: u32) -> Value {
    let mut item = brief(world, call, id);
    if let Some(card) = world.card(Kind::Company, id) {
        item["name"] = json!(card.name);
        item["updated_at"] = json!(card.updated_at);
    }
    item
}

fn brief(_: &World, call: &Call<'_>, id: u32) -> Value {
    json!({"id": id, "is_deleted": false, "_links": hal::self_link(&call.base, &format!("companies/{id}"))})
}

pub(super) fn company_patch(reader: &mut Reader<'_>) -> CardPatch {
    card_input::card(reader, Kind::Company)
}
