//! `/{entity}/notes` and `/{entity}/{id}/notes`.

use serde_json::{Value, json};

use super::input::{self, Reader};
use super::leads::MOST_PER_WRITE;

use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::NewNote;
use crate::hal;
use crate::select::{self, Keep};
use crate::serializers::activity::note;
use crate::state::{Note, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let wish = call.query.page()?;
    let mut keep = conditions(call);
    keep.push(Box::new(move |note| note.kind == kind));
    let rows = select::rows(&world.notes.table, &call.query, wish, &keep, |note| note.created_at);
    let items: Vec<Value> = rows.into_iter().map(|row| note(world, row, &call.base)).collect();
    hal::page(call, "notes", &items, wish, None)
}

pub(crate) fn list_of_card(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let wish = call.query.page()?;
    let id = call.id(3)?;
    let keep = conditions(call);
    let range = call.query.range("updated_at");
    let ids = call.query.filter_ids("id");
    let mut rows: Vec<&Note> = world
        .notes
        .of(kind, id)
        .iter()
        .filter_map(|id| world.notes.table.get(*id))
        .filter(|note| keep.iter().all(|holds| holds(note)))
        .filter(|note| range.is_none_or(|range| range.holds(note.updated_at)))
        .filter(|note| ids.as_ref().is_none_or(|ids| ids.contains(&note.id)))
        .collect();
    if let Some(direction) = call.query.order("updated_at") {
        rows.sort_by_key(|note| (note.updated_at, note.id));
        if direction == crate::query::Direction::Desc {
            rows.reverse();
        }
    } else if call.query.order("id") == Some(crate::query::Direction::Desc) {
        rows.reverse();
    }
    let items: Vec<Value> = rows
        .into_iter()
        .skip(wish.offset())
        .take(wish.limit)
        .map(|row| note(world, row, &call.base))
        .collect();
    hal::page(call, "notes", &items, wish, None)
}

fn conditions<'a>(call: &'a Call<'_>) -> Vec<Keep<'a, Note>> {
    let mut keep: Vec<Keep<'a, Note>> = Vec::new();
    if let Some(ids) = call.query.filter_ids("entity_id") {
        keep.push(Box::new(move |note| ids.contains(&note.entity_id)));
    }
    if let Some(types) = call.query.filter("note_type") {
        keep.push(Box::new(move |note| types.contains(&&*note.note_type)));
    }
    keep
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    // `/leads/notes/7` and `/leads/5/notes/7`.
    let id = if call.segment(3) == "notes" { call.id(4)? } else { call.id(5)? };
    let found = world.notes.table.get(id).filter(|note| note.kind == kind);
    let Some(found) = found else { return Ok(Answer::none()) };
    Ok(Answer::ok(note(world, found, &call.base)))
}

/// Types a client may write. The others are the system's own.
const WRITABLE: [&str; 10] = [
    "common",
    "call_in",
    "call_out",
    "service_message",
    "extended_service_message",
    "message_cashier",
    "geolocation",
    "sms_in",
    "sms_out",
    "attachment",
];

fn note_params(reader: &mut Reader<'_>, note_type: &str) -> Option<Value> {
    let params = match reader.some("params") {
        Some(Value::Object(params)) => params,
        Some(_) => {
            reader.fail(FieldError::of_type("params", "array"));
            return None;
        }
        None => {
            reader.fail(FieldError::missing("params"));
            return None;
        }
    };
    let needed: &[&str] = match note_type {
        "common" | "sms_in" | "sms_out" | "geolocation" => &["text"],
        "service_message" | "extended_service_message" => &["service", "text"],
        "call_in" | "call_out" => &["uniq", "duration", "source", "phone"],
        "attachment" => &["file_uuid", "version_uuid", "file_name"],
        _ => &[],
    };
    for key in needed {
        if params.get(*key).is_none_or(Value::is_null) {
            reader.fail(FieldError::missing(format!("params.{key}")));
        }
    }
    Some(Value::Object(params.clone()))
}

fn note_type(reader: &mut Reader<'_>) -> Option<String> {
    let text = reader.text("note_type")?;
    if WRITABLE.contains(&text.as_str()) {
        return Some(text);
    }
    reader.fail(FieldError::choice("note_type"));
    None
}

/// `POST /{entity}/notes` and `POST /{entity}/{id}/notes`.
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let of_path = if call.segment(3) == "notes" { None } else { Some(call.id(3)?) };
    if of_path.is_some_and(|id| world.live_card(kind, id).is_none()) {
        return Err(Refusal::problem(404, "Entity not found"));
    }
    let items = call.items(MOST_PER_WRITE)?;
    let notes = input::batch(world, &items, |reader| {
        let sent = of_path.or_else(|| reader.id("entity_id"));
        let entity_id = reader.need("entity_id", sent).unwrap_or(0);
        if reader.world.live_card(kind, entity_id).is_none() {
            reader.fail(FieldError::choice("entity_id"));
        }
        let found = note_type(reader);
        let note_type = reader.need("note_type", found).unwrap_or_default();
        let params = note_params(reader, &note_type).unwrap_or_default();
        let (created_by, created_at) = (reader.author("created_by"), reader.int("created_at"));
        NewNote { kind, entity_id, note_type, params, created_by, created_at }
    })?;
    call.wrote("notes_added", notes.len());
    let mut written = Vec::with_capacity(notes.len());
    for (request_id, new) in notes {
        let entity_id = new.entity_id;
        let id = world.add_note(new, call.by());
        written.push(json!({
            "id": id,
            "entity_id": entity_id,
            "request_id": request_id,
            "_links": hal::self_link(&call.base, &format!("{}/notes/{id}", kind.plural())),
        }));
    }
    Ok(Answer::ok(hal::written(call, "notes", written)))
}

/// `PATCH /{entity}/notes`, `PATCH /{entity}/{id}/notes` with an array.
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let items = call.items(MOST_PER_WRITE)?;
    let patches = input::batch(world, &items, |reader| {
        let id = reader.id("id");
        let id = reader.need("id", id).unwrap_or(0);
        if reader.world.notes.table.get(id).is_none_or(|note| note.kind != kind) {
            reader.fail(FieldError::choice("id"));
        }
        (id, changed(reader, id))
    })?;
    let mut written = Vec::with_capacity(patches.len());
    for (_, (id, (params, note_type))) in patches {
        world.change_note(id, params, note_type, call.by());
        written.push(updated(world, call, id));
    }
    call.wrote("notes_updated", written.len());
    Ok(Answer::ok(hal::written(call, "notes", written)))
}

/// `PATCH /{entity}/notes/{note}` and `PATCH /{entity}/{id}/notes/{note}` with an object.
pub(crate) fn update_one(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let id = if call.segment(3) == "notes" { call.id(4)? } else { call.id(5)? };
    if world.notes.table.get(id).is_none_or(|note| note.kind != kind) {
        return Err(Refusal::problem(404, "Note not found"));
    }
    let (params, note_type) = input::single(world, &call.json()?, |reader| changed(reader, id))?;
    world.change_note(id, params, note_type, call.by());
    call.wrote("notes_updated", 1);
    Ok(Answer::ok(updated(world, call, id)))
}

fn changed(reader: &mut Reader<'_>, id: u32) -> (Option<Value>, Option<String>) {
    let sent = note_type(reader);
    let current = reader.world.notes.table.get(id).map(|note| note.note_type.to_string());
    let params = reader
        .some("params")
        .and_then(|_| note_params(reader, &sent.clone().or(current).unwrap_or_default()));
    (params, sent)
}

fn updated(world: &World, call: &Call<'_>, id: u32) -> Value {
    let known = world.notes.table.get(id);
    let path = format!("{}/notes/{id}", known.map_or("leads", |note| note.kind.plural()));
    json!({
        "id": id,
        "entity_id": known.map(|note| note.entity_id),
        "updated_at": known.map(|note| note.updated_at),
        "_links": hal::self_link(&call.base, &path),
    })
}

/// `POST /{entity}/notes/{note}/pin` and `/unpin`.
pub(crate) fn pin(world: &mut World, call: &Call<'_>) -> Outcome {
    let is_pinned = call.segment(5) == "pin";
    let found = world.notes.table.change(call.id(4)?, |note| note.is_pinned = is_pinned);
    found.map(|()| Answer::none()).ok_or_else(|| Refusal::problem(404, "Note not found"))
}
