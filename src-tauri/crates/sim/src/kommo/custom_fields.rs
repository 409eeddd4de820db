//! `/{leads|contacts|companies}/custom_fields`.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::query::Direction;
use crate::serializers::definitions::field;
use crate::state::World;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let types = call.query.filter("type");
    let mut fields: Vec<_> = world
        .fields(kind)
        .iter()
        .filter(|known| types.as_ref().is_none_or(|types| types.contains(&known.kind.as_str())))
        .collect();
    if let Some(direction) = call.query.order("sort") {
        fields.sort_by_key(|known| known.sort);
        reverse_if(&mut fields, direction);
    } else if let Some(direction) = call.query.order("id") {
        fields.sort_by_key(|known| known.id);
        reverse_if(&mut fields, direction);
    }
    let items: Vec<Value> = fields.into_iter().map(|known| field(world, kind, known, &call.base)).collect();
    hal::page_of_all(call, "custom_fields", items, true)
}

fn reverse_if<T>(items: &mut [T], direction: Direction) {
    if direction == Direction::Desc {
        items.reverse();
    }
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let known =
        world.field(kind, call.id(4)?).ok_or_else(|| Refusal::problem(404, "Custom field not found"))?;
    Ok(Answer::ok(field(world, kind, known, &call.base)))
}
