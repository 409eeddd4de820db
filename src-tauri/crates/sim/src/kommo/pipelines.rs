//! `/leads/pipelines` and their stages.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::definitions::{pipeline, status};
use crate::state::{Pipeline, World};

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
