//! `/sources`: the integration's own ones. Sources of Kommo's channels are seen only as `source_id` on leads.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::definitions::source;
use crate::state::World;

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
