//! Kommo's history in readable words: names instead of numbers.

use cadencia_contract::{EventView, Int53};
use cadencia_domain::event::AccountEvent;
use cadencia_sync::difference::Names;
use serde_json::Value;

/// One entry.
pub(crate) fn view(event: &AccountEvent, names: &Names) -> EventView {
    EventView {
        kommo_id: event.kommo_id.clone(),
        kind: event.kind.clone(),
        created_at_ms: Int53(event.created_at.0),
        created_by: event.created_by.map(|id| Int53(id.0)),
        before: readable(&event.value_before, names),
        after: readable(&event.value_after, names),
    }
}

/// Values by the shapes that Kommo documents; what is unknown is not shown.
fn readable(values: &Value, names: &Names) -> Option<String> {
    let texts: Vec<String> = values.as_array()?.iter().filter_map(|value| one(value, names)).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn one(value: &Value, names: &Names) -> Option<String> {
    let (kind, inner) = value.as_object()?.iter().next()?;
    match kind.as_str() {
        "lead_status" => {
            let (status, pipeline) = (inner["id"].as_i64()?, inner["pipeline_id"].as_i64().unwrap_or(0));
            Some(names.stages.get(&(pipeline, status)).cloned().unwrap_or_else(|| status.to_string()))
        }
        "responsible_user" => {
            let id = inner["id"].as_i64()?;
            Some(names.users.get(&id).cloned().unwrap_or_else(|| id.to_string()))
        }
        "custom_field_value" => text(&inner["text"]),
        "sale_field_value" => text(&inner["sale"]),
        "name_field_value" => text(&inner["name"]),
        "tag" => text(&inner["name"]),
        "task" => text(&inner["text"]),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::HashMap;

    #[test]
    fn numbers_become_names_and_unknown_shapes_nothing() {
        let names = Names {
            stages: HashMap::from([((1, 142), "Ganho".to_owned())]),
            users: HashMap::from([(7, "Ana".to_owned())]),
            ..Names::default()
        };
        let read = |value| readable(&value, &names);
        assert_eq!(read(json!([{"lead_status": {"id": 142, "pipeline_id": 1}}])).as_deref(), Some("Ganho"));
        assert_eq!(read(json!([{"responsible_user": {"id": 8}}])).as_deref(), Some("8"));
        assert_eq!(
            read(json!([{"tag": {"name": "vip"}}, {"tag": {"name": "x"}}])).as_deref(),
            Some("vip, x")
        );
        assert_eq!(read(json!([{"new_thing": {"id": 1}}])), None);
        assert_eq!(read(json!([])), None);
        assert_eq!(read(json!(null)), None);
    }
}
