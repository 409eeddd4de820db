//! `/tasks`.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::query::Direction;
use crate::select::{self, Keep};
use crate::serializers::activity::task;
use crate::state::{Kind, Task, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let world = &*world;
    let wish = call.query.page()?;
    let keep = conditions(call)?;
    let items: Vec<Value> = if let Some(direction) = call.query.order("complete_till") {
        let mut rows: Vec<&Task> =
            world.tasks.table.live_ids().iter().filter_map(|id| world.tasks.table.get(*id)).collect();
        rows.retain(|row| keep.iter().all(|holds| holds(row)));
        rows.sort_by_key(|row| (row.complete_till, row.id));
        if direction == Direction::Desc {
            rows.reverse();
        }
        rows.into_iter()
            .skip(wish.offset())
            .take(wish.limit)
            .map(|row| task(world, row, &call.base))
            .collect()
    } else {
        let rows = select::rows(&world.tasks.table, &call.query, wish, &keep, |row| row.created_at);
        rows.into_iter().map(|row| task(world, row, &call.base)).collect()
    };
    hal::page(call, "tasks", items, wish, None)
}

fn conditions<'a>(call: &'a Call<'_>) -> Result<Vec<Keep<'a, Task>>, Refusal> {
    let query = &call.query;
    let mut keep: Vec<Keep<'a, Task>> = Vec::new();
    if let Some(ids) = query.filter_ids("responsible_user_id") {
        keep.push(Box::new(move |task| ids.contains(&task.responsible)));
    }
    if let Some(flags) = query.filter_ids("is_completed") {
        keep.push(Box::new(move |task| flags.contains(&u32::from(task.is_completed))));
    }
    if let Some(ids) = query.filter_ids("task_type").or_else(|| query.filter_ids("task_type_id")) {
        keep.push(Box::new(move |task| ids.contains(&task.task_type_id)));
    }
    let kinds: Option<Vec<Kind>> =
        query.filter("entity_type").map(|texts| texts.into_iter().filter_map(Kind::from_plural).collect());
    let has_kind = kinds.is_some();
    if let Some(kinds) = kinds {
        keep.push(Box::new(move |task| task.entity.is_some_and(|(kind, _)| kinds.contains(&kind))));
    }
    if let Some(ids) = query.filter_ids("entity_id") {
        if !has_kind {
            return Err(Refusal::problem(400, "filter[entity_id] needs filter[entity_type]"));
        }
        keep.push(Box::new(move |task| task.entity.is_some_and(|(_, id)| ids.contains(&id))));
    }
    if let Some(range) = query.range("complete_till") {
        keep.push(Box::new(move |task| range.holds(task.complete_till)));
    }
    Ok(keep)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let Some(found) = world.tasks.table.live(call.id(3)?) else { return Ok(Answer::none()) };
    Ok(Answer::ok(task(world, found, &call.base)))
}
