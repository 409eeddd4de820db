//! `/leads/pipelines` and their stages.

use serde_json::{Value, json};

use super::input::{self, Reader};

use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::LeadPatch;
use crate::hal;
use crate::serializers::definitions::{pipeline, status};
use crate::state::{FIRST_KIND, IdKind, LOST, Pipeline, Status, WON, World};

/// Never empty, never paged.
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let items: Vec<Value> = world.pipelines.iter().map(|known| pipeline(world, known, &call.base)).collect();
    Ok(Answer::list(hal::whole(call, "pipelines", items)))
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Pipeline, Refusal> {
    world.pipeline(call.id(4)?).ok_or_else(|| Refusal::problem(404, "Pipeline not found"))
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(Answer::ok(pipeline(world, named(world, call)?, &call.base)))
}

pub(crate) fn list_statuses(world: &mut World, call: &Call<'_>) -> Outcome {
    let known = named(world, call)?;
    let items = known.statuses.iter().map(|stage| status(world, known.id, stage, &call.base)).collect();
    Ok(Answer::list(hal::whole(call, "statuses", items)))
}

pub(crate) fn get_status(world: &mut World, call: &Call<'_>) -> Outcome {
    let known = named(world, call)?;
    let id = call.id(6)?;
    let stage = known.statuses.iter().find(|stage| stage.id == id);
    let stage = stage.ok_or_else(|| Refusal::problem(404, "Status not found"))?;
    Ok(Answer::ok(status(world, known.id, stage, &call.base)))
}

/// Kommo docs: limitations.
const MOST_PIPELINES: usize = 50;
const MOST_STATUSES: usize = 100;

/// The colours Kommo has for stages.
const COLORS: [&str; 21] = [
    "#fffeb2", "#fffd7f", "#fff000", "#ffeab2", "#ffdc7f", "#ffce5a", "#ffdbdb", "#ffc8c8", "#ff8f92",
    "#d6eaff", "#c1e0ff", "#98cbff", "#ebffb1", "#deff81", "#87f2c0", "#f9deff", "#f3beff", "#ccc8f9",
    "#eb93ff", "#f2f3f4", "#e6e8ea",
];

/// A stage as it is sent: won and lost are named by their ids, others have none.
struct NewStatus {
    id: Option<u32>,
    name: String,
    sort: i64,
    color: String,
}

fn new_status(reader: &mut Reader<'_>) -> NewStatus {
    let name = reader.text("name").filter(|name| !name.trim().is_empty());
    let color = reader.text("color");
    if color.as_deref().is_some_and(|color| !COLORS.contains(&color)) {
        reader.fail(FieldError::choice("color"));
    }
    NewStatus {
        id: reader.id("id"),
        name: reader.need("name", name).unwrap_or_default(),
        sort: reader.int("sort").unwrap_or(0),
        color: color.unwrap_or_else(|| COLORS[0].to_owned()),
    }
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let items = call.items(MOST_PIPELINES)?;
    if world.pipelines.len() + items.len() > MOST_PIPELINES {
        return Err(Refusal::problem(422, "Pipelines limit exceeded"));
    }
    let wanted = input::batch(world, &items, |reader| {
        let name = reader.text("name");
        let name = reader.need("name", name).unwrap_or_default();
        let (sort, is_main) = (reader.int("sort").unwrap_or(0), reader.flag("is_main").unwrap_or(false));
        let is_unsorted_on = reader.flag("is_unsorted_on").unwrap_or(true);
        let statuses: Vec<NewStatus> = reader
            .embedded("statuses")
            .into_iter()
            .enumerate()
            .map(|(index, item)| reader.nested(item, &format!("_embedded.statuses.{index}"), new_status))
            .collect();
        (name, sort, is_main, is_unsorted_on, statuses)
    })?;
    let mut written = Vec::new();
    for (request_id, (name, sort, is_main, is_unsorted_on, statuses)) in wanted {
        let id = world.ids.next(IdKind::Pipeline);
        if is_main {
            world.pipelines.iter_mut().for_each(|known| known.is_main = false);
        }
        let mut new =
            Pipeline { id, name, sort, is_main, is_unsorted_on, is_archive: false, statuses: Vec::new() };
        let incoming = world.ids.next(IdKind::Status);
        new.statuses.push(stage(incoming, "Leads de entrada", "#c1c1c1", FIRST_KIND));
        new.statuses.push(stage(WON, "Fechado/Ganho", "#CCFF66", 0));
        new.statuses.push(stage(LOST, "Fechado/Perdido", "#D5D8DB", 0));
        for sent in statuses {
            put_status(&mut new, sent, || world.ids.next(IdKind::Status));
        }
        new.normalise();
        world.pipelines.push(new);
        let shown = world.pipeline(id).map(|known| pipeline(world, known, &call.base));
        let mut shown = shown.unwrap_or_default();
        shown["request_id"] = json!(request_id);
        written.push(shown);
    }
    call.wrote("pipelines_added", written.len());
    Ok(Answer::ok(hal::whole(call, "pipelines", written)))
}

fn stage(id: u32, name: &str, color: &str, kind: u32) -> Status {
    Status { id, name: name.to_owned(), sort: 0, is_editable: false, color: color.to_owned(), kind }
}

/// Adds a stage, or renames won and lost. Says its id.
fn put_status(pipeline: &mut Pipeline, sent: NewStatus, mut next_id: impl FnMut() -> u32) -> u32 {
    if let Some(id) = sent.id.filter(|id| *id == WON || *id == LOST) {
        if let Some(known) = pipeline.statuses.iter_mut().find(|known| known.id == id) {
            known.name = sent.name;
        }
        return id;
    }
    let id = next_id();
    let NewStatus { name, sort, color, .. } = sent;
    pipeline.statuses.push(Status { id, name, sort, is_editable: true, color, kind: 0 });
    id
}

pub(crate) fn create_statuses(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let pipeline_id = named(world, call)?.id;
    let items = call.items(MOST_STATUSES)?;
    let wanted = input::batch(world, &items, new_status)?;
    let mut made = Vec::new();
    for (request_id, sent) in wanted {
        let next = world.ids.next(IdKind::Status);
        let Some(known) = world.pipelines.iter_mut().find(|known| known.id == pipeline_id) else { continue };
        if known.statuses.len() >= MOST_STATUSES {
            return Err(Refusal::problem(422, "Statuses limit exceeded"));
        }
        let sent = NewStatus { sort: if sent.sort == 0 { i64::MAX } else { sent.sort }, ..sent };
        made.push((request_id, put_status(known, sent, || next)));
        known.normalise();
    }
    call.wrote("statuses_added", made.len());
    let written: Vec<Value> = made
        .into_iter()
        .filter_map(|(request_id, id)| {
            let mut shown = status(world, pipeline_id, world.status(pipeline_id, id)?, &call.base);
            shown["request_id"] = json!(request_id);
            Some(shown)
        })
        .collect();
    Ok(Answer::ok(hal::whole(call, "statuses", written)))
}

pub(crate) fn update_status(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let (pipeline_id, id) = (named(world, call)?.id, call.id(6)?);
    let (name, sort, color) = input::single(world, &call.json()?, |reader| {
        let color = reader.text("color");
        if color.as_deref().is_some_and(|color| !COLORS.contains(&color)) {
            reader.fail(FieldError::choice("color"));
        }
        (reader.text("name"), reader.int("sort"), color)
    })?;
    let pipeline = world.pipelines.iter_mut().find(|known| known.id == pipeline_id);
    let pipeline = pipeline.ok_or_else(Refusal::not_found)?;
    let known = pipeline.statuses.iter_mut().find(|known| known.id == id);
    let known = known.ok_or_else(|| Refusal::problem(404, "Status not found"))?;
    known.name = name.unwrap_or_else(|| known.name.clone());
    known.sort = sort.unwrap_or(known.sort);
    known.color = color.unwrap_or_else(|| known.color.clone());
    pipeline.normalise();
    call.wrote("statuses_updated", 1);
    get_status(world, call)
}

/// A stage that goes leaves its leads to the pipeline's first one.
pub(crate) fn delete_status(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let (pipeline_id, id) = (named(world, call)?.id, call.id(6)?);
    let is_editable = world.status(pipeline_id, id).map(|status| status.is_editable);
    match is_editable {
        None => return Err(Refusal::problem(404, "Status not found")),
        Some(false) => return Err(Refusal::problem(400, "System statuses cannot be deleted")),
        Some(true) => {}
    }
    if let Some(known) = world.pipelines.iter_mut().find(|known| known.id == pipeline_id) {
        known.statuses.retain(|status| status.id != id);
        known.normalise();
    }
    let first = world.pipeline(pipeline_id).and_then(|known| known.first_stage()).map(|stage| stage.id);
    let stranded: Vec<u32> = world
        .leads
        .all()
        .iter()
        .filter(|lead| {
            (lead.pipeline_id, lead.status_id) == (pipeline_id, id) && lead.card.deleted_at.is_none()
        })
        .map(|lead| lead.card.id)
        .collect();
    let patch = LeadPatch { stage: first.map(|first| (pipeline_id, first)), ..LeadPatch::default() };
    for lead in stranded {
        world.change_lead(lead, &patch, call.by());
    }
    call.wrote("statuses_deleted", 1);
    Ok(Answer::none())
}

pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let id = named(world, call)?.id;
    let (name, sort, is_main, is_unsorted_on) = input::single(world, &call.json()?, |reader| {
        (reader.text("name"), reader.int("sort"), reader.flag("is_main"), reader.flag("is_unsorted_on"))
    })?;
    if is_main == Some(true) {
        world.pipelines.iter_mut().for_each(|known| known.is_main = known.id == id);
    }
    if let Some(known) = world.pipelines.iter_mut().find(|known| known.id == id) {
        known.name = name.unwrap_or_else(|| known.name.clone());
        known.sort = sort.unwrap_or(known.sort);
        known.is_unsorted_on = is_unsorted_on.unwrap_or(known.is_unsorted_on);
    }
    call.wrote("pipelines_updated", 1);
    get(world, call)
}

/// Neither the last pipeline nor one with leads can go.
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let id = named(world, call)?.id;
    let has_leads =
        world.leads.all().iter().any(|lead| lead.pipeline_id == id && lead.card.deleted_at.is_none());
    if has_leads || world.pipelines.len() == 1 {
        return Err(Refusal::problem(400, "The pipeline cannot be deleted"));
    }
    world.pipelines.retain(|known| known.id != id);
    call.wrote("pipelines_deleted", 1);
    Ok(Answer::none())
}
