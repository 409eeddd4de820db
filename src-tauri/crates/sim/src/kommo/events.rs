//! `/events`: the account's history, newest first.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::serializers::activity::event;
use crate::state::{Event, World};

/// Kommo docs: events-list.
const MOST_FILTER_VALUES: usize = 10;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let query = &call.query;
    let wish = query.page()?;
    let ids = query.filter("id");
    let range = query.range("created_at");
    let by = query.filter_ids("created_by");
    let types = query.filter("type");
    let entities = query.filter("entity");
    let entity_ids = query.filter_ids("entity_id");
    for list in [&by, &entity_ids].into_iter().flatten() {
        if list.len() > MOST_FILTER_VALUES {
            return Err(Refusal::problem(400, "Too many values in the filter"));
        }
    }
    let keep = |event: &&Event| {
        range.is_none_or(|range| range.holds(event.created_at))
            && ids.as_ref().is_none_or(|ids| ids.contains(&event.id.as_str()))
            && by.as_ref().is_none_or(|by| by.contains(&event.created_by))
            && types.as_ref().is_none_or(|types| types.iter().any(|wanted| is_of_type(event, wanted)))
            && entities.as_ref().is_none_or(|kinds| kinds.contains(&event.entity_type))
            && entity_ids.as_ref().is_none_or(|ids| ids.contains(&event.entity_id))
    };
    let items: Vec<Value> = world
        .events
        .all()
        .iter()
        .rev()
        .filter(keep)
        .skip(wish.offset())
        .take(wish.limit)
        .map(|found| event(world, found, query.with(&format!("{}_name", found.entity_type)), &call.base))
        .collect();
    hal::page(call, "events", &items, wish, None)
}

/// `custom_field_value_changed` stands for the change of any field.
fn is_of_type(event: &Event, wanted: &str) -> bool {
    event.kind == wanted
        || (wanted == "custom_field_value_changed"
            && event.kind.starts_with("custom_field_")
            && event.kind.ends_with("_value_changed"))
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.segment(3);
    let found = world.events.all().iter().find(|event| event.id == id);
    Ok(found.map_or_else(Answer::none, |found| Answer::ok(event(world, found, false, &call.base))))
}

const TYPES: [(u32, &str, &str); 24] = [
    (1, "lead_added", "New lead"),
    (2, "contact_added", "New contact"),
    (3, "company_added", "New company"),
    (7, "lead_deleted", "Lead deleted"),
    (8, "contact_deleted", "Contact deleted"),
    (10, "lead_restored", "Lead restored"),
    (14, "lead_status_changed", "Lead stage changed"),
    (17, "task_added", "New task"),
    (18, "task_deleted", "Task deleted"),
    (19, "task_completed", "Task completed"),
    (21, "task_text_changed", "Task text changed"),
    (22, "task_deadline_changed", "Task deadline changed"),
    (24, "custom_field_value_changed", "Field changed"),
    (25, "entity_responsible_changed", "Responsible user changed"),
    (27, "common_note_added", "New note"),
    (28, "attachment_note_added", "New file"),
    (63, "entity_tag_added", "Tags added"),
    (64, "entity_tag_deleted", "Tags removed"),
    (69, "sale_field_changed", "Budget changed"),
    (70, "name_field_changed", "Name changed"),
    (72, "entity_linked", "Linked"),
    (73, "entity_unlinked", "Unlinked"),
    (89, "incoming_chat_message", "Incoming message"),
    (90, "outgoing_chat_message", "Outgoing message"),
];

pub(crate) fn types(_: &mut World, call: &Call<'_>) -> Outcome {
    let items = TYPES.iter().map(|(id, key, label)| json!({"key": key, "type": id, "lang": label})).collect();
    Ok(Answer::list(hal::whole(call, "events_types", items)))
}
