//! Custom field values as REST shows them.

use serde_json::{Map, Value, json};

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
    let mut shown = Map::new();
    shown.insert("field_id".to_owned(), json!(field.id));
    shown.insert("field_name".to_owned(), json!(field.name));
    shown.insert("field_code".to_owned(), json!(field.code));
    shown.insert("field_type".to_owned(), json!(field.kind.as_str()));
    shown.insert("values".to_owned(), Value::Array(values));
    if kind == Kind::Lead {
        shown.insert("is_computed".to_owned(), json!(false));
    }
    Value::Object(shown)
}

fn item_json(field: &Field, item: &Item) -> Value {
    let chosen = item.enum_id.and_then(|id| field.enum_by_id(id));
    match field.kind {
        kind if kind.is_choice() => json!({
            "value": chosen.map(|known| known.value.as_str()),
            "enum_id": item.enum_id,
            "enum_code": chosen.and_then(|known| known.code.as_deref()),
        }),
        FieldType::Multitext | FieldType::SmartAddress => json!({
            "value": item.value.to_json(),
            "enum_id": item.enum_id,
            "enum_code": chosen.and_then(|known: &Enum| known.code.as_deref()),
        }),
        _ => json!({"value": item.value.to_json()}),
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
