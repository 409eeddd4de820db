//! `/tasks`.

use serde_json::{Value, json};

use super::input::{self, Reader};
use super::leads::MOST_PER_WRITE;

use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::{NewTask, TaskPatch};
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
    hal::page(call, "tasks", &items, wish, None)
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

/// What a task hangs on: both parts or none.
fn entity(reader: &mut Reader<'_>) -> Option<(Kind, u32)> {
    let text = reader.text("entity_type");
    let id = reader.id("entity_id");
    let kind = text.as_deref().and_then(Kind::from_plural);
    match (text, kind, id) {
        (None, _, None) => None,
        (_, Some(kind), Some(id)) if reader.world.live_card(kind, id).is_some() => Some((kind, id)),
        (_, Some(_), _) => {
            reader.fail(FieldError::choice("entity_id"));
            None
        }
        _ => {
            reader.fail(FieldError::choice("entity_type"));
            None
        }
    }
}

fn task_type(reader: &mut Reader<'_>) -> Option<u32> {
    let id = reader.id("task_type_id")?;
    if reader.world.task_types.iter().any(|known| known.id == id) {
        return Some(id);
    }
    reader.fail(FieldError::choice("task_type_id"));
    None
}

fn result_text(reader: &mut Reader<'_>) -> Option<String> {
    let result = reader.some("result")?;
    match result.get("text").and_then(Value::as_str) {
        Some(text) => Some(text.to_owned()),
        None if result.as_array().is_some_and(Vec::is_empty) => None,
        None => {
            reader.fail(FieldError::of_type("result.text", "string"));
            None
        }
    }
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let tasks = input::batch(world, &items, |reader| {
        let text = reader.text("text");
        let complete_till = reader.int("complete_till");
        NewTask {
            entity: entity(reader),
            text: reader.need("text", text).unwrap_or_default(),
            task_type_id: task_type(reader).unwrap_or(1),
            responsible: reader.active_user("responsible_user_id"),
            complete_till: reader.need("complete_till", complete_till).unwrap_or(0),
            duration: reader.int("duration").unwrap_or(0),
            is_completed: reader.flag("is_completed").unwrap_or(false),
            result: result_text(reader),
            created_by: reader.author("created_by"),
            created_at: reader.int("created_at"),
            updated_at: reader.int("updated_at"),
        }
    })?;
    call.wrote("tasks_added", tasks.len());
    let mut written = Vec::with_capacity(tasks.len());
    for (request_id, new) in tasks {
        let id = world.add_task(new, call.by());
        let links = hal::self_link(&call.base, &format!("tasks/{id}"));
        written.push(json!({"id": id, "request_id": request_id, "_links": links}));
    }
    Ok(Answer::ok(hal::written(call, "tasks", written)))
}

fn changed(reader: &mut Reader<'_>) -> TaskPatch {
    TaskPatch {
        entity: entity(reader).map(Some),
        text: reader.text("text"),
        task_type_id: task_type(reader),
        responsible: reader.active_user("responsible_user_id"),
        complete_till: reader.int("complete_till"),
        duration: reader.int("duration"),
        is_completed: reader.flag("is_completed"),
        result: result_text(reader),
        updated_by: reader.author("updated_by"),
        updated_at: reader.int("updated_at"),
    }
}

pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, |reader| {
        let id = reader.id("id");
        let id = reader.need("id", id).unwrap_or(0);
        if reader.world.tasks.table.live(id).is_none() {
            reader.fail(FieldError::choice("id"));
        }
        (id, changed(reader))
    })?;
    call.wrote("tasks_updated", patches.len());
    let mut written = Vec::with_capacity(patches.len());
    for (_, (id, patch)) in patches {
        world.change_task(id, patch, call.by());
        written.push(updated(world, call, id));
    }
    Ok(Answer::ok(hal::written(call, "tasks", written)))
}

pub(crate) fn update_one(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.id(3)?;
    if world.tasks.table.live(id).is_none() {
        return Err(Refusal::problem(404, "Task not found"));
    }
    let patch = input::single(world, &call.json()?, changed)?;
    call.wrote("tasks_updated", 1);
    world.change_task(id, patch, call.by());
    Ok(Answer::ok(updated(world, call, id)))
}

fn updated(world: &World, call: &Call<'_>, id: u32) -> Value {
    json!({
        "id": id,
        "updated_at": world.tasks.table.get(id).map(|task| task.updated_at),
        "_links": hal::self_link(&call.base, &format!("tasks/{id}")),
    })
}
