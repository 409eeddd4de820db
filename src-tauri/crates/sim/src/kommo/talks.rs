//! `/talks` and their messages.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::activity::{message, talk};
use crate::state::{Talk, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let wish = call.query.page()?;
    let contacts = call.query.filter_ids("contact_id");
    let only_in_work = call.query.filter("only_in_work").is_some_and(|flags| flags.contains(&"1"));
    let mut found: Vec<&Talk> = world
        .talks
        .all()
        .filter(|talk| contacts.as_ref().is_none_or(|ids| ids.contains(&talk.contact_id)))
        .filter(|talk| !only_in_work || talk.is_in_work)
        .collect();
    found.sort_by_key(|talk| std::cmp::Reverse((talk.updated_at, talk.id)));
    let items: Vec<Value> = found
        .into_iter()
        .skip(wish.offset())
        .take(wish.limit)
        .map(|found| talk(world, found, &call.base))
        .collect();
    hal::page(call, "talks", items, wish, None)
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Talk, Refusal> {
    world.talks.get(call.id(3)?).ok_or_else(Refusal::not_found)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(Answer::ok(talk(world, named(world, call)?, &call.base)))
}

/// Newest first.
pub(crate) fn messages(world: &mut World, call: &Call<'_>) -> Outcome {
    let wish = call.query.page()?;
    let range = call.query.range("created_at");
    let found = named(world, call)?;
    let items: Vec<Value> = found
        .messages
        .iter()
        .rev()
        .filter(|known| range.is_none_or(|range| range.holds(known.created_at)))
        .skip(wish.offset())
        .take(wish.limit)
        .map(|known| message(found, known, call.now))
        .collect();
    hal::page(call, "messages", items, wish, None)
}
