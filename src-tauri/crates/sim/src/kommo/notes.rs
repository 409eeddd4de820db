//! `/{entity}/notes` and `/{entity}/{id}/notes`.

use serde_json::Value;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
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
    hal::page(call, "notes", items, wish, None)
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
    hal::page(call, "notes", items, wish, None)
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
