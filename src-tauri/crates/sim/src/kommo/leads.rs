//! `/leads`.

use serde_json::{Value, json};

use super::input::{self, Reader};
use super::{card_input, search};
use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::LeadPatch;
use crate::hal;
use crate::select::{self, Keep};
use crate::serializers::cards::{LeadParts, lead};
use crate::state::{FIRST_KIND, Kind, Lead, LinkedContact, World};

/// Kommo docs: limitations.
pub(super) const MOST_PER_WRITE: usize = 250;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let world = &*world;
    let wish = call.query.page()?;
    let keep = conditions(world, call);
    let rows = select::rows(&world.leads, &call.query, wish, &keep, |lead| lead.card.created_at);
    let parts = LeadParts::of(&call.query);
    let items: Vec<_> = rows.into_iter().map(|row| lead(world, row, parts, &call.base)).collect();
    hal::page(call, "leads", &items, wish, None)
}

fn conditions<'a>(world: &'a World, call: &'a Call<'_>) -> Vec<Keep<'a, Lead>> {
    let query = &call.query;
    let mut keep = search::conditions(world, Kind::Lead, call, |lead: &Lead| &lead.card);
    if let Some(range) = query.range("price") {
        keep.push(Box::new(move |lead| range.holds(lead.price)));
    }
    if let Some(ids) = query.filter_ids("pipeline_id") {
        keep.push(Box::new(move |lead| ids.contains(&lead.pipeline_id)));
    }
    if let Some(pairs) = query.status_pairs() {
        keep.push(Box::new(move |lead| {
            pairs.iter().any(|(pipeline, status)| {
                pipeline.is_none_or(|id| id == lead.pipeline_id)
                    && status.is_none_or(|id| id == lead.status_id)
            })
        }));
    }
    if let Some(range) = query.range("closed_at") {
        keep.push(Box::new(move |lead| lead.closed_at.is_some_and(|at| range.holds(at))));
    }
    keep
}

/// A missing, deleted or hidden lead is 204 with nothing in it.
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let found = world.leads.live(call.id(3)?).filter(|lead| search::may_see(world, call, &lead.card));
    let Some(found) = found else { return Ok(Answer::none()) };
    Ok(Answer::written(&lead(world, found, LeadParts::of(&call.query), &call.base)))
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, new_lead)?;
    call.wrote("leads_added", patches.len());
    let mut written = Vec::with_capacity(patches.len());
    for (request_id, patch) in patches {
        let id = world.add_lead(&patch, call.by());
        written.push(json!({
            "id": id,
            "request_id": request_id,
            "_links": hal::self_link(&call.base, &format!("leads/{id}")),
        }));
    }
    Ok(Answer::ok(hal::written(call, "leads", written)))
}

pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, |reader| {
        let id = reader.id("id");
        let found = reader.need("id", id).filter(|id| reader.world.leads.live(*id).is_some());
        match found {
            Some(id) => Some((id, changed_lead(reader, id))),
            None => {
                reader.fail(FieldError::choice("id"));
                None
            }
        }
    })?;
    call.wrote("leads_updated", patches.len());
    let mut written = Vec::with_capacity(patches.len());
    for (id, patch) in patches.into_iter().filter_map(|(_, patch)| patch) {
        world.change_lead(id, &patch, call.by());
        written.push(updated(world, call, id));
    }
    Ok(Answer::ok(hal::written(call, "leads", written)))
}

pub(crate) fn update_one(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    let body = call.json()?;
    if world.leads.live(id).is_none() {
        return Err(Refusal::problem(404, "Lead not found"));
    }
    let patch = input::single(world, &body, |reader| changed_lead(reader, id))?;
    call.wrote("leads_updated", 1);
    world.change_lead(id, &patch, call.by());
    Ok(Answer::ok(updated(world, call, id)))
}

fn updated(world: &World, call: &Call<'_>, id: u32) -> Value {
    json!({
        "id": id,
        "updated_at": world.card(Kind::Lead, id).map(|card| card.updated_at),
        "_links": hal::self_link(&call.base, &format!("leads/{id}")),
    })
}

/// What a new lead may say. Contacts and companies are named by id and must exist.
pub(super) fn new_lead(reader: &mut Reader<'_>) -> LeadPatch {
    let mut patch = parts(reader, None);
    for (index, item) in reader.embedded("contacts").into_iter().enumerate() {
        let id = item.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
        let is_main = item.get("is_main").and_then(Value::as_bool).unwrap_or(index == 0);
        match id.filter(|id| reader.world.contacts.live(*id).is_some()) {
            Some(id) => patch.contacts.push(LinkedContact { id, is_main }),
            None => reader.fail(FieldError::choice(format!("_embedded.contacts.{index}.id"))),
        }
    }
    for (index, item) in reader.embedded("companies").into_iter().enumerate() {
        let id = item.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
        match id.filter(|id| reader.world.companies.live(*id).is_some()) {
            Some(id) => patch.company = Some(id),
            None => reader.fail(FieldError::choice(format!("_embedded.companies.{index}.id"))),
        }
    }
    let external = reader.some("_embedded").and_then(|embedded| embedded.pointer("/source/external_id"));
    if let Some(external) = external.and_then(Value::as_str) {
        let source = reader.world.sources.iter().find(|known| known.is_own && known.external_id == external);
        match source {
            Some(source) => patch.source_id = Some(source.id),
            None => reader.fail(FieldError::choice("_embedded.source.external_id")),
        }
    }
    patch
}

/// What `/leads/complex` reads: a lead without links to what is there already.
pub(super) fn plain_lead(reader: &mut Reader<'_>) -> LeadPatch {
    parts(reader, None)
}

fn changed_lead(reader: &mut Reader<'_>, id: u32) -> LeadPatch {
    let lead = reader.world.leads.get(id);
    let current = lead.map(|lead| (lead.pipeline_id, lead.status_id));
    parts(reader, current)
}

/// `current` is where the lead stands; a new one stands nowhere.
fn parts(reader: &mut Reader<'_>, current: Option<(u32, u32)>) -> LeadPatch {
    let loss_reason = reader.nullable_int("loss_reason_id");
    let reason_id = loss_reason.flatten().and_then(|id| u32::try_from(id).ok());
    if loss_reason.flatten().is_some()
        && !reader.world.loss_reasons.iter().any(|known| Some(known.id) == reason_id)
    {
        reader.fail(FieldError::choice("loss_reason_id"));
    }
    LeadPatch {
        card: card_input::card(reader, Kind::Lead),
        price: reader.int("price"),
        stage: stage(reader, current),
        loss_reason: loss_reason.map(|_| reason_id),
        closed_at: reader.nullable_int("closed_at"),
        ..LeadPatch::default()
    }
}

/// A stage counts only together with its pipeline: won and lost exist in each. The stage of incoming leads
/// cannot be written (seen on live accounts).
fn stage(reader: &mut Reader<'_>, current: Option<(u32, u32)>) -> Option<(u32, u32)> {
    let pipeline_id = reader.id("pipeline_id");
    let status_id = reader.id("status_id");
    if pipeline_id.is_none() && status_id.is_none() {
        return None;
    }
    let main = reader.world.main_pipeline().map(|known| known.id);
    let pipeline = pipeline_id.or(current.map(|(pipeline, _)| pipeline)).or(main);
    let Some(pipeline) = pipeline.and_then(|id| reader.world.pipeline(id)) else {
        reader.fail(FieldError::choice("pipeline_id"));
        return None;
    };
    let Some(status_id) = status_id else {
        return pipeline.first_stage().map(|stage| (pipeline.id, stage.id));
    };
    let stands_there = current == Some((pipeline.id, status_id));
    let known = pipeline.statuses.iter().find(|stage| stage.id == status_id);
    if stands_there || known.is_some_and(|stage| stage.kind != FIRST_KIND) {
        return Some((pipeline.id, status_id));
    }
    reader.fail(FieldError::choice("status_id"));
    None
}
