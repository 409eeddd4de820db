//! `/{leads|contacts|companies}/tags`.

use serde_json::{Value, json};

use crate::answer::Outcome;
use crate::call::Call;
use crate::hal;
use crate::state::World;

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
