//! Custom field values as REST shows them.

use serde_json::Value;

use crate::hal::object;

use crate::state::{Card, Enum, Field, FieldType, FieldValue, Item, Kind, World};

/// `custom_fields_values`: null when there are none, never an empty array.
pub(crate) fn custom_fields_values(world: &World, kind: Kind, card: &Card) -> Value {
    let shown: Vec<Value> = card
        .values
        .iter()
        .filter_map(|value| world.field(kind, value.field).map(|field| custom_field(kind, field, value)))
        .collect();
    if shown.is_empty() { Value::Null } else { Value::Array(shown) }
}

fn custom_field(kind: Kind, field: &Field, value: &FieldValue) -> Value {
    let values: Vec<Value> = value.items.iter().map(|item| item_json(field, item)).collect();
    let mut shown = object! {
        "field_id": field.id,
        "field_name": field.name.as_str(),
        "field_code": field.code.as_deref(),
        "field_type": field.kind.as_str(),
        "values": values,
    };
    if kind == Kind::Lead {
        shown["is_computed"] = Value::Bool(false);
    }
    shown
}

fn item_json(field: &Field, item: &Item) -> Value {
    let chosen = item.enum_id.and_then(|id| field.enum_by_id(id));
    match field.kind {
        kind if kind.is_choice() => object! {
            "value": chosen.map(|known| known.value.as_str()),
            "enum_id": item.enum_id,
            "enum_code": chosen.and_then(|known| known.code.as_deref()),
        },
        FieldType::Multitext | FieldType::SmartAddress => object! {
            "value": item.value.to_json(),
            "enum_id": item.enum_id,
            "enum_code": chosen.and_then(|known: &Enum| known.code.as_deref()),
        },
        _ => object! {"value": item.value.to_json()},
    }
}

/// The plain text of a value: for full-text search, events and webhooks.
pub(crate) fn plain_text(field: &Field, item: &Item) -> String {
    if field.kind.is_choice() {
        return item
            .enum_id
            .and_then(|id| field.enum_by_id(id))
            .map_or_else(String::new, |known| known.value.clone());
    }
    match item.value.to_json() {
        Value::String(text) => text,
        Value::Bool(flag) => if flag { "1" } else { "0" }.to_owned(),
        other => other.to_string(),
    }
}
