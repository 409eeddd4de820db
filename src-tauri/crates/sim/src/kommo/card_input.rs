//! What is read the same way from leads, contacts and companies: owner, times, tags, custom field values.

use serde_json::{Map, Value};

use super::input::Reader;
use crate::answer::FieldError;
use crate::changes::{CardPatch, TagRef, TagsPatch};
use crate::state::{Field, FieldType, FieldValue, Item, Kind, Scalar};

pub(super) fn card(reader: &mut Reader<'_>, kind: Kind) -> CardPatch {
    CardPatch {
        name: reader.text("name"),
        responsible: reader.active_user("responsible_user_id"),
        created_by: reader.author("created_by"),
        updated_by: reader.author("updated_by"),
        created_at: reader.int("created_at"),
        updated_at: reader.int("updated_at"),
        values: values(reader, kind),
        tags: tags(reader, kind),
    }
}

/// `_embedded.tags` replaces the whole set, null clears it; the deltas count only without it.
fn tags(reader: &mut Reader<'_>, kind: Kind) -> TagsPatch {
    let embedded = reader.some("_embedded").and_then(|embedded| embedded.get("tags"));
    if let Some(embedded) = embedded {
        return match embedded {
            Value::Null => TagsPatch::Replace(Vec::new()),
            Value::Array(items) => TagsPatch::Replace(tag_refs(reader, kind, items, "_embedded.tags")),
            _ => {
                reader.fail(FieldError::of_type("_embedded.tags", "array"));
                TagsPatch::Keep
            }
        };
    }
    let add = tag_list(reader, kind, "tags_to_add");
    let delete = tag_list(reader, kind, "tags_to_delete");
    if add.is_empty() && delete.is_empty() { TagsPatch::Keep } else { TagsPatch::Delta { add, delete } }
}

fn tag_list(reader: &mut Reader<'_>, kind: Kind, key: &str) -> Vec<TagRef> {
    match reader.some(key) {
        None => Vec::new(),
        Some(Value::Array(items)) => tag_refs(reader, kind, items, key),
        Some(_) => {
            reader.fail(FieldError::of_type(key, "array"));
            Vec::new()
        }
    }
}

fn tag_refs(reader: &mut Reader<'_>, kind: Kind, items: &[Value], path: &str) -> Vec<TagRef> {
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let id = item.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
        let name = item.get("name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
        match (id, name) {
            (Some(id), _) if reader.world.tags(kind).get(id).is_some() => found.push(TagRef::Id(id)),
            (Some(_), _) => reader.fail(FieldError::choice(format!("{path}.{index}.id"))),
            (None, Some(name)) => found.push(TagRef::Name(name.to_owned())),
            (None, None) => reader.fail(FieldError::missing(format!("{path}.{index}.name"))),
        }
    }
    found
}

fn values(reader: &mut Reader<'_>, kind: Kind) -> Vec<FieldValue> {
    let items = match reader.some("custom_fields_values") {
        None => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(_) => {
            reader.fail(FieldError::of_type("custom_fields_values", "array"));
            return Vec::new();
        }
    };
    let mut found: Vec<FieldValue> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let at = format!("custom_fields_values.{index}");
        let Some(field) = named_field(reader, kind, item, &at) else { continue };
        let items = match item.get("values") {
            // A cleared field.
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(values)) => {
                let read = values.iter().enumerate();
                read.filter_map(|(n, value)| field_item(reader, field, value, &format!("{at}.values.{n}")))
                    .collect()
            }
            Some(_) => {
                reader.fail(FieldError::of_type(format!("{at}.values"), "array"));
                continue;
            }
        };
        found.retain(|known| known.field != field.id);
        found.push(FieldValue { field: field.id, items });
    }
    found
}

fn named_field<'a>(reader: &mut Reader<'a>, kind: Kind, item: &Value, at: &str) -> Option<&'a Field> {
    let world = reader.world;
    if let Some(id) = item.get("field_id").filter(|id| !id.is_null()) {
        let field = id.as_u64().and_then(|id| u32::try_from(id).ok()).and_then(|id| world.field(kind, id));
        if field.is_none() {
            reader.fail(FieldError::choice(format!("{at}.field_id")));
        }
        return field;
    }
    if let Some(code) = item.get("field_code").and_then(Value::as_str) {
        let field = world.field_by_code(kind, code);
        if field.is_none() {
            reader.fail(FieldError::choice(format!("{at}.field_code")));
        }
        return field;
    }
    reader.fail(FieldError::missing(format!("{at}.field_id")));
    None
}

/// One value, read by the field's declared type. Null and empty text clear it.
fn field_item(reader: &mut Reader<'_>, field: &Field, sent: &Value, at: &str) -> Option<Item> {
    let Some(sent) = sent.as_object() else {
        reader.fail(FieldError::of_type(at, "array"));
        return None;
    };
    if field.kind.is_choice() {
        return chosen(reader, field, sent, at);
    }
    let value = sent.get("value").filter(|value| !value.is_null())?;
    if matches!(field.kind, FieldType::Multitext | FieldType::SmartAddress) {
        let text = text_of(reader, value, at)?;
        let enum_id = multitext_kind(reader, field, sent, at)?;
        return Some(Item { value: Scalar::text(&text), enum_id });
    }
    let value = scalar(reader, field, value, at)?;
    Some(Item { value, enum_id: None })
}

fn chosen(reader: &mut Reader<'_>, field: &Field, sent: &Map<String, Value>, at: &str) -> Option<Item> {
    let by_id = sent.get("enum_id").filter(|id| !id.is_null());
    let by_code = sent.get("enum_code").and_then(Value::as_str);
    let by_value = sent.get("value").filter(|value| !value.is_null());
    let (known, key) = if let Some(id) = by_id {
        let id = id.as_u64().and_then(|id| u32::try_from(id).ok());
        (id.and_then(|id| field.enum_by_id(id)), "enum_id")
    } else if let Some(code) = by_code {
        (field.enum_by_code(code), "enum_code")
    } else if let Some(value) = by_value {
        (value.as_str().and_then(|text| field.enum_by_value(text)), "value")
    } else {
        return None;
    };
    match known {
        Some(known) => Some(Item { value: Scalar::OfEnum, enum_id: Some(known.id) }),
        None => {
            reader.fail(FieldError::choice(format!("{at}.{key}")));
            None
        }
    }
}

/// Phones and e-mails are of a kind; WORK when none is said.
fn multitext_kind(
    reader: &mut Reader<'_>,
    field: &Field,
    sent: &Map<String, Value>,
    at: &str,
) -> Option<Option<u32>> {
    let (known, key) = if let Some(id) = sent.get("enum_id").and_then(Value::as_u64) {
        (u32::try_from(id).ok().and_then(|id| field.enum_by_id(id)), "enum_id")
    } else if let Some(code) = sent.get("enum_code").and_then(Value::as_str) {
        (field.enum_by_code(code), "enum_code")
    } else {
        return Some(field.enums.first().map(|known| known.id));
    };
    if known.is_none() {
        reader.fail(FieldError::choice(format!("{at}.{key}")));
    }
    known.map(|known| Some(known.id))
}

fn text_of(reader: &mut Reader<'_>, value: &Value, at: &str) -> Option<String> {
    match value.as_str() {
        Some("") => None,
        Some(text) => Some(text.to_owned()),
        None => {
            reader.fail(FieldError::of_type(format!("{at}.value"), "string"));
            None
        }
    }
}

fn scalar(reader: &mut Reader<'_>, field: &Field, value: &Value, at: &str) -> Option<Scalar> {
    let path = format!("{at}.value");
    let kind = field.kind;
    let (found, wanted) = if kind.is_number() {
        (number_text(value), "numeric")
    } else if kind == FieldType::Checkbox {
        let flag = value.as_bool().or_else(|| value.as_i64().map(|n| n != 0));
        (flag.map(Scalar::Bool), "bool")
    } else if kind.is_instant() {
        let at = value.as_i64().or_else(|| {
            let text = value.as_str()?;
            text.parse()
                .ok()
                .or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp()))
        });
        (at.map(Scalar::Int), "int")
    } else if kind.is_object() {
        (value.is_object().then(|| Scalar::Object(Box::new(value.clone()))), "array")
    } else {
        return text_of(reader, value, at).map(|text| Scalar::text(&text));
    };
    if found.is_none() && value.as_str() != Some("") {
        reader.fail(FieldError::of_type(path, wanted));
    }
    found
}

/// Numbers are kept and answered as text, with a point.
fn number_text(value: &Value) -> Option<Scalar> {
    match value {
        // 12.0 is answered as 12.
        Value::Number(number) => match number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e15) {
            Some(whole) => Some(Scalar::text(&format!("{whole:.0}"))),
            None => Some(Scalar::text(&number.to_string())),
        },
        Value::String(text) => text.trim().parse::<f64>().ok().map(|_| Scalar::text(text.trim())),
        _ => None,
    }
}
