//! `/sources`: the integration's own ones. Sources of Kommo's channels are seen only as `source_id` on leads.

use serde_json::{Value, json};

use super::input;

use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::definitions::source;
use crate::state::{IdKind, Source, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let wanted = call.query.filter_texts("external_id");
    let items: Vec<Value> = world
        .sources
        .iter()
        .filter(|known| known.is_own)
        .filter(|known| wanted.as_ref().is_none_or(|ids| ids.contains(&known.external_id.as_str())))
        .map(|known| source(known, &call.base))
        .collect();
    if items.is_empty() {
        return Ok(Answer::none());
    }
    Ok(Answer::list(hal::whole(call, "sources", items)))
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    let found = world.sources.iter().find(|known| known.is_own && known.id == id);
    let found = found.ok_or_else(|| Refusal::problem(404, "Source not found"))?;
    Ok(Answer::ok(source(found, &call.base)))
}

const MOST_SOURCES: usize = 100;

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_SOURCES)?;
    if world.sources.iter().filter(|known| known.is_own).count() + items.len() > MOST_SOURCES {
        return Err(Refusal::problem(422, "Sources limit exceeded"));
    }
    let wanted = input::batch(world, &items, |reader| {
        let name = reader.text("name");
        let external_id = reader.text("external_id");
        let external_id = reader.need("external_id", external_id).unwrap_or_default();
        if reader.world.sources.iter().any(|known| known.external_id == external_id) {
            reader.fail(FieldError::choice("external_id"));
        }
        let pipeline_id = reader.id("pipeline_id");
        if pipeline_id.is_some_and(|id| reader.world.pipeline(id).is_none()) {
            reader.fail(FieldError::choice("pipeline_id"));
        }
        Source {
            id: 0,
            name: reader.need("name", name).unwrap_or_default(),
            pipeline_id,
            external_id,
            is_default: reader.flag("default").unwrap_or(false),
            origin_code: reader.text("origin_code"),
            services: reader.some("services").cloned().unwrap_or_else(|| json!([])),
            is_own: true,
        }
    })?;
    call.wrote("sources_added", wanted.len());
    let mut written = Vec::with_capacity(wanted.len());
    for (request_id, new) in wanted {
        let new = Source { id: world.ids.next(IdKind::Source), ..new };
        let mut shown = source(&new, &call.base);
        shown["request_id"] = json!(request_id);
        world.sources.push(new);
        written.push(shown);
    }
    Ok(Answer::ok(hal::whole(call, "sources", written)))
}

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    let before = world.sources.len();
    world.sources.retain(|known| !(known.is_own && known.id == id));
    if world.sources.len() == before {
        return Err(Refusal::problem(404, "Source not found"));
    }
    call.wrote("sources_deleted", 1);
    Ok(Answer::none())
}
