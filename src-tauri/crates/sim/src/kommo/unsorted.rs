//! `/leads/unsorted`: incoming leads.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::query::Direction;
use crate::serializers::activity::unsorted;
use crate::state::{Unsorted, UnsortedState, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let query = &call.query;
    let uids = query.filter_texts("uid");
    let categories = query.filter("category");
    let pipelines = query.filter_ids("pipeline_id");
    let mut found: Vec<&Unsorted> = world
        .unsorted
        .iter()
        .filter(|item| item.state == UnsortedState::Waiting)
        .filter(|item| uids.as_ref().is_none_or(|uids| uids.contains(&item.uid.as_str())))
        .filter(|item| categories.as_ref().is_none_or(|known| known.contains(&item.category)))
        .filter(|item| pipelines.as_ref().is_none_or(|ids| ids.contains(&item.pipeline_id)))
        .collect();
    found.sort_by_key(|item| item.created_at);
    let order = query.order("created_at").or(query.order("updated_at"));
    if order == Some(Direction::Desc) {
        found.reverse();
    }
    let items: Vec<Value> = found.into_iter().map(|item| unsorted(world, item, &call.base)).collect();
    hal::page_of_all(call, "unsorted", items, false)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let uid = call.segment(4);
    let found = world.unsorted.iter().find(|item| item.uid == uid).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(unsorted(world, found, &call.base)))
}

pub(crate) fn summary(world: &mut World, call: &Call<'_>) -> Outcome {
    let range = call.query.range("created_at");
    let (mut total, mut accepted, mut declined, mut waited) = (0_i64, 0_i64, 0_i64, 0_i64);
    let mut categories: BTreeMap<&str, i64> = ["sip", "mail", "forms", "chats"].map(|name| (name, 0)).into();
    for item in &world.unsorted {
        if range.is_some_and(|range| !range.holds(item.created_at)) {
            continue;
        }
        total += 1;
        *categories.entry(item.category).or_default() += 1;
        match item.state {
            UnsortedState::Waiting => {}
            UnsortedState::Accepted => accepted += 1,
            UnsortedState::Declined => declined += 1,
        }
        waited += item.decided_at.map_or(0, |at| at - item.created_at);
    }
    let average = waited.checked_div(accepted + declined).unwrap_or(0);
    let categories: BTreeMap<&str, Value> =
        categories.into_iter().map(|(name, count)| (name, json!({"total": count}))).collect();
    Ok(Answer::ok(json!({
        "total": total,
        "accepted": accepted,
        "declined": declined,
        "average_sort_time": average,
        "categories": categories,
        "_links": hal::self_link(&call.base, "leads/unsorted/summary"),
    })))
}
