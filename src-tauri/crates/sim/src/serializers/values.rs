//! Custom field values as REST shows them.

use serde::Serialize;
use serde_json::Value;

use crate::state::{Card, Field, FieldType, FieldValue, Item, Kind, Scalar, World};

/// One entry of `custom_fields_values`.
#[derive(Serialize)]
pub(crate) struct FieldJson<'a> {
    field_id: u32,
    field_name: &'a str,
    field_code: Option<&'a str>,
    field_type: &'static str,
    values: Vec<ItemJson<'a>>,
    /// Leads only.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_computed: Option<bool>,
}

/// One value: with its enum where the type has such.
#[derive(Serialize)]
#[serde(untagged)]
enum ItemJson<'a> {
    OfKind { value: ScalarJson<'a>, enum_id: Option<u32>, enum_code: Option<&'a str> },
    Plain { value: ScalarJson<'a> },
}

#[derive(Serialize)]
#[serde(untagged)]
enum ScalarJson<'a> {
    Text(Option<&'a str>),
    Int(i64),
    Bool(bool),
    Object(&'a Value),
}

/// `custom_fields_values`: null when there are none, never an empty array.
pub(crate) fn custom_fields_values<'a>(
    world: &'a World,
    kind: Kind,
    card: &'a Card,
) -> Option<Vec<FieldJson<'a>>> {
    let shown: Vec<FieldJson<'a>> = card
        .values
        .iter()
        .filter_map(|value| world.field(kind, value.field).map(|field| field_json(kind, field, value)))
        .collect();
    (!shown.is_empty()).then_some(shown)
}

fn field_json<'a>(kind: Kind, field: &'a Field, value: &'a FieldValue) -> FieldJson<'a> {
    FieldJson {
        field_id: field.id,
        field_name: &field.name,
        field_code: field.code.as_deref(),
        field_type: field.kind.as_str(),
        values: value.items.iter().map(|item| item_json(field, item)).collect(),
        is_computed: (kind == Kind::Lead).then_some(false),
    }
}

fn item_json<'a>(field: &'a Field, item: &'a Item) -> ItemJson<'a> {
    let chosen = item.enum_id.and_then(|id| field.enum_by_id(id));
    let value = match &item.value {
        Scalar::Text(text) => ScalarJson::Text(Some(text)),
        Scalar::Int(number) => ScalarJson::Int(*number),
        Scalar::Bool(flag) => ScalarJson::Bool(*flag),
        Scalar::Object(value) => ScalarJson::Object(value),
        Scalar::OfEnum => ScalarJson::Text(chosen.map(|known| known.value.as_str())),
    };
    let is_of_kind =
        field.kind.is_choice() || matches!(field.kind, FieldType::Multitext | FieldType::SmartAddress);
    if !is_of_kind {
        return ItemJson::Plain { value };
    }
    let enum_code = chosen.and_then(|known| known.code.as_deref());
    ItemJson::OfKind { value, enum_id: item.enum_id, enum_code }
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
