//! `/{leads|contacts|companies}/custom_fields`.

use serde_json::{Value, json};

use super::input::{self, Reader};
use super::leads::MOST_PER_WRITE;

use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::hal;
use crate::query::Direction;
use crate::serializers::definitions::field;
use crate::state::{Enum, Field, FieldType, IdKind, World};

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

/// Types a client may create; phones and e-mails are there once, made by Kommo.
fn is_creatable(kind: FieldType) -> bool {
    !matches!(kind, FieldType::Multitext | FieldType::Price | FieldType::Category | FieldType::Items)
}

struct NewField {
    name: String,
    kind: FieldType,
    code: Option<String>,
    sort: Option<i64>,
    is_api_only: bool,
    enums: Vec<(String, Option<String>, i64)>,
    currency: Option<String>,
    remind: Option<String>,
}

fn new_field(reader: &mut Reader<'_>) -> Option<NewField> {
    let name = reader.text("name").filter(|name| !name.trim().is_empty());
    let name = reader.need("name", name);
    let sent = reader.text("type");
    let kind =
        reader.need("type", sent).and_then(|text| FieldType::parse(&text)).filter(|kind| is_creatable(*kind));
    let Some(kind) = kind else {
        reader.fail(FieldError::choice("type"));
        return None;
    };
    let enums = enums(reader);
    if kind.is_choice() && enums.is_empty() {
        reader.fail(FieldError::missing("enums"));
    }
    Some(NewField {
        name: name.unwrap_or_default(),
        kind,
        code: reader.text("code"),
        sort: reader.int("sort"),
        is_api_only: reader.flag("is_api_only").unwrap_or(false),
        enums,
        currency: reader.text("currency"),
        remind: reader.text("remind"),
    })
}

fn enums(reader: &mut Reader<'_>) -> Vec<(String, Option<String>, i64)> {
    let Some(sent) = reader.some("enums") else { return Vec::new() };
    let Some(items) = sent.as_array() else {
        reader.fail(FieldError::of_type("enums", "array"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(value) = item.get("value").and_then(Value::as_str) else {
            reader.fail(FieldError::missing(format!("enums.{index}.value")));
            continue;
        };
        let code = item.get("code").and_then(Value::as_str).map(str::to_owned);
        let sort = item.get("sort").and_then(Value::as_i64).unwrap_or((index as i64 + 1) * 10);
        found.push((value.to_owned(), code, sort));
    }
    found
}

/// 201, with the whole definitions.
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let kind = call.kind()?;
    let items = call.items(MOST_PER_WRITE)?;
    let wanted = input::batch(world, &items, new_field)?;
    call.wrote("custom_fields_added", wanted.len());
    let mut written = Vec::with_capacity(wanted.len());
    for (request_id, new) in wanted {
        let Some(new) = new else { continue };
        let id = world.ids.next(IdKind::Field);
        let enums = new.enums.into_iter().map(|(value, code, sort)| {
            let id = world.ids.next(IdKind::Enum);
            Enum { id, value, code, sort }
        });
        let enums = enums.collect();
        let sort = new.sort.unwrap_or(500 + world.fields(kind).len() as i64);
        world.fields_mut(kind).push(Field {
            id,
            name: new.name,
            kind: new.kind,
            code: new.code,
            sort,
            is_api_only: new.is_api_only,
            is_predefined: false,
            is_deletable: true,
            enums,
            group_id: None,
            required_statuses: json!([]),
            currency: new.currency.or_else(|| (new.kind == FieldType::Monetary).then(|| "BRL".to_owned())),
            remind: new.remind,
        });
        if let Some(known) = world.field(kind, id) {
            let mut shown = field(world, kind, known, &call.base);
            shown["request_id"] = json!(request_id);
            written.push(shown);
        }
    }
    Ok(Answer::created(hal::whole(call, "custom_fields", written)))
}

/// Renames a field, moves it, and sets its enums: those with an id stay, those without are new, the rest go.
pub(crate) fn update_one(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let (kind, id) = (call.kind()?, call.id(4)?);
    if world.field(kind, id).is_none() {
        return Err(Refusal::problem(404, "Custom field not found"));
    }
    let body = call.json()?;
    let (name, sort, sent) =
        input::single(world, &body, |reader| (reader.text("name"), reader.int("sort"), enums(reader)))?;
    let kept: Vec<Option<u32>> = body
        .get("enums")
        .and_then(Value::as_array)
        .map(|items| {
            items.iter().map(|item| item.get("id").and_then(Value::as_u64).map(|id| id as u32)).collect()
        })
        .unwrap_or_default();
    let mut after: Vec<Enum> = Vec::new();
    for ((value, code, sort), id) in sent.into_iter().zip(kept) {
        let id = id.unwrap_or_else(|| world.ids.next(IdKind::Enum));
        after.push(Enum { id, value, code, sort });
    }
    if let Some(known) = world.fields_mut(kind).iter_mut().find(|known| known.id == id) {
        known.name = name.unwrap_or_else(|| known.name.clone());
        known.sort = sort.unwrap_or(known.sort);
        if !after.is_empty() {
            known.enums = after;
        }
    }
    call.wrote("custom_fields_updated", 1);
    get(world, call)
}

/// A field that goes takes its values along.
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    call.admin_only(world)?;
    let (kind, id) = (call.kind()?, call.id(4)?);
    match world.field(kind, id).map(|known| known.is_deletable) {
        None => return Err(Refusal::problem(404, "Custom field not found")),
        Some(false) => return Err(Refusal::problem(400, "Predefined fields cannot be deleted")),
        Some(true) => world.fields_mut(kind).retain(|known| known.id != id),
    }
    call.wrote("custom_fields_deleted", 1);
    Ok(Answer::none())
}
