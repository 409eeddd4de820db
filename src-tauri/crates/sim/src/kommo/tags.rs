//! `/{leads|contacts|companies}/tags`.

use serde_json::{Value, json};

use super::input;
use super::leads::MOST_PER_WRITE;
use crate::answer::{Answer, FieldError, Outcome};
use crate::call::Call;
use crate::hal;
use crate::state::{Tag, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let ids = call.query.filter_ids("id");
    let names = call.query.filter_texts("name");
    let wanted = call.query.text("query").map(str::to_lowercase);
    let items: Vec<Value> = world
        .tags(kind)
        .all()
        .iter()
        .filter(|tag| ids.as_ref().is_none_or(|ids| ids.contains(&tag.id)))
        .filter(|tag| names.as_ref().is_none_or(|names| names.contains(&tag.name.as_str())))
        .filter(|tag| wanted.as_ref().is_none_or(|wanted| tag.name.to_lowercase().contains(wanted)))
        .map(|tag| json!({"id": tag.id, "name": tag.name, "color": tag.color}))
        .collect();
    hal::page_of_all(call, "tags", items, false)
}

/// Kommo docs: tags; only leads' tags have colours.
const COLORS: [&str; 23] = [
    "EBEBEB", "D0D0D0", "F2DDF7", "D1A4DC", "FF8F92", "FFC8C8", "C7DB8C", "DDEBB5", "8699DA", "AABDFF",
    "FFCE5A", "FFE193", "90CDB0", "C6F4DE", "A9A5D7", "D8D5FF", "86C0FC", "832161", "6A0F49", "0C7C59",
    "10599D", "9D2B32", "247BA0",
];

/// Making a tag that is there already answers with the one that is there.
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.kind()?;
    let items = call.items(MOST_PER_WRITE)?;
    let wanted = input::batch(world, &items, |reader| {
        let name = reader.text("name").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let color = reader.text("color");
        if color.as_deref().is_some_and(|color| !COLORS.contains(&color)) {
            reader.fail(FieldError::choice("color"));
        }
        (reader.need("name", name), color)
    })?;
    call.wrote("tags_added", wanted.len());
    let mut written = Vec::with_capacity(wanted.len());
    for (request_id, (name, color)) in wanted {
        let Some(name) = name else { continue };
        if world.tags(kind).by_name(&name).is_none() && color.is_some() {
            let id = world.ids.next(crate::state::IdKind::Tag);
            world.tags_mut(kind).add(Tag { id, name: name.clone(), color });
        }
        let id = world.tag_named(kind, &name);
        let color = world.tags(kind).get(id).and_then(|tag| tag.color.clone());
        written.push(json!({"id": id, "name": name, "color": color, "request_id": request_id}));
    }
    Ok(Answer::ok(hal::whole(call, "tags", written)))
}
