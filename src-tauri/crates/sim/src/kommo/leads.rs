//! `/leads`.

use serde_json::Value;

use super::search;
use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::hal;
use crate::select::{self, Keep};
use crate::serializers::cards::{LeadParts, lead};
use crate::state::{Kind, Lead, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let world = &*world;
    let wish = call.query.page()?;
    let keep = conditions(world, call);
    let rows = select::rows(&world.leads, &call.query, wish, &keep, |lead| lead.card.created_at);
    let parts = LeadParts::of(&call.query);
    let items: Vec<Value> = rows.into_iter().map(|row| lead(world, row, parts, &call.base)).collect();
    hal::page(call, "leads", items, wish, None)
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
    Ok(Answer::ok(lead(world, found, LeadParts::of(&call.query), &call.base)))
}
