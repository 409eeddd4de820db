//! The account as it is in the simulator, and comparing it with the mirror.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Everything that is not deleted, by kind and Kommo's number. Lists whose order means nothing are sorted.
pub type Snapshot = BTreeMap<&'static str, BTreeMap<i64, Value>>;

/// Differences shown of each kind.
const SHOWN: usize = 5;

/// The simulator's snapshot, in the shape of the mirror's.
pub fn of_simulator(state: &Value) -> Snapshot {
    let mut all = Snapshot::new();
    all.insert("leads", rows(&state["leads"], lead));
    all.insert("contacts", rows(&state["contacts"], contact));
    all.insert("companies", rows(&state["companies"], company));
    all.insert("tasks", rows(&state["tasks"], task));
    all.insert("notes", rows(&state["notes"], note));
    all.insert("users", rows(&state["users"], |user| pick(user, &["name", "is_active"])));
    all.insert("stages", stages(&state["pipelines"]));
    all.insert("tags", rows(&state["tags"]["leads"], |tag| pick(tag, &["name"])));
    all
}

/// What differs, in words; empty when nothing does.
pub fn differences(mirror: &Snapshot, kommo: &Snapshot) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, theirs) in kommo {
        let ours = mirror.get(kind).cloned().unwrap_or_default();
        let mut of_kind = Vec::new();
        for (id, row) in theirs {
            match ours.get(id) {
                None => of_kind.push(format!("{kind} {id} is missing here")),
                Some(known) if known != row => of_kind.push(format!("{kind} {id}: {}", fields(known, row))),
                Some(_) => {}
            }
        }
        let gone = ours.keys().filter(|id| !theirs.contains_key(id));
        of_kind.extend(gone.map(|id| format!("{kind} {id} is here but not in Kommo")));
        let more = of_kind.len().saturating_sub(SHOWN);
        of_kind.truncate(SHOWN);
        if more > 0 {
            of_kind.push(format!("... and {more} more {kind}"));
        }
        found.extend(of_kind);
    }
    found
}

fn fields(ours: &Value, theirs: &Value) -> String {
    let empty = Map::new();
    let (ours, theirs) = (ours.as_object().unwrap_or(&empty), theirs.as_object().unwrap_or(&empty));
    let differing = theirs.iter().filter(|(name, value)| ours.get(*name) != Some(value));
    let shown = differing.map(|(name, value)| {
        format!("{name} is {} here and {value} in Kommo", ours.get(name).unwrap_or(&Value::Null))
    });
    shown.collect::<Vec<_>>().join("; ")
}

fn rows(list: &Value, row: impl Fn(&Value) -> Value) -> BTreeMap<i64, Value> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter(|item| item["is_deleted"] != json!(true))
        .filter_map(|item| item["id"].as_i64().map(|id| (id, row(item))))
        .collect()
}

fn pick(value: &Value, names: &[&str]) -> Value {
    Value::Object(names.iter().map(|name| ((*name).to_owned(), value[*name].clone())).collect())
}

/// Kommo's 0 and null both mean "none".
fn given(value: &Value) -> Value {
    if value.as_i64() == Some(0) { Value::Null } else { value.clone() }
}

/// Lists whose order means nothing.
pub(crate) fn sorted(mut list: Vec<Value>) -> Value {
    list.sort_by_key(Value::to_string);
    Value::Array(list)
}

fn sorted_list(value: &Value) -> Value {
    sorted(value.as_array().cloned().unwrap_or_default())
}

/// Values without those that are empty: Kommo does not list them.
fn values(card: &Value) -> Value {
    let list = card["values"].as_array().cloned().unwrap_or_default();
    let filled = list.into_iter().filter_map(|field| {
        let items: Vec<Value> =
            field[1].as_array()?.iter().filter(|item| !item[0].is_null()).cloned().collect();
        (!items.is_empty()).then(|| json!([field[0], items]))
    });
    sorted(filled.collect())
}

fn card(card: &Value) -> Value {
    let mut row = pick(card, &["name", "created_at", "updated_at"]);
    row["responsible"] = given(&card["responsible_user_id"]);
    row["tags"] = sorted_list(&card["tags"]);
    row["values"] = values(card);
    row
}

fn lead(lead: &Value) -> Value {
    let mut row = card(lead);
    row["price"] = lead["price"].clone();
    row["pipeline"] = lead["pipeline_id"].clone();
    row["status"] = lead["status_id"].clone();
    for (name, from) in [
        ("loss_reason", "loss_reason_id"),
        ("closed_at", "closed_at"),
        ("source", "source_id"),
        ("company", "company_id"),
        ("created_by", "created_by"),
        ("updated_by", "updated_by"),
    ] {
        row[name] = given(&lead[from]);
    }
    row["contacts"] = sorted_list(&lead["contacts"]);
    row
}

fn contact(contact: &Value) -> Value {
    let mut row = card(contact);
    let text =
        |value: &Value| if value.as_str().is_some_and(str::is_empty) { Value::Null } else { value.clone() };
    row["first_name"] = text(&contact["first_name"]);
    row["last_name"] = text(&contact["last_name"]);
    row["company"] = given(&contact["company_id"]);
    row["is_unsorted"] = contact["is_unsorted"].clone();
    row
}

fn company(company: &Value) -> Value {
    card(company)
}

fn task(task: &Value) -> Value {
    let mut row = pick(task, &["text", "is_completed", "result", "created_at", "updated_at"]);
    row["about"] = about(task);
    row["type"] = task["task_type_id"].clone();
    row["responsible"] = given(&task["responsible_user_id"]);
    row["due_at"] = task["complete_till"].clone();
    if row["result"].as_str().is_some_and(str::is_empty) {
        row["result"] = Value::Null;
    }
    row
}

fn note(note: &Value) -> Value {
    let mut row = pick(note, &["params", "created_at", "updated_at"]);
    row["about"] = about(note);
    row["type"] = note["note_type"].clone();
    row["created_by"] = given(&note["created_by"]);
    // PHP writes an object without members as an array.
    if row["params"] == json!([]) {
        row["params"] = json!({});
    }
    row
}

/// `[kind in the singular, number]`, or none.
fn about(value: &Value) -> Value {
    let singular = match value["entity_type"].as_str() {
        Some("leads") => "lead",
        Some("contacts") => "contact",
        Some("companies") => "company",
        _ => return Value::Null,
    };
    json!([singular, value["entity_id"]])
}

/// Stages by pipeline and number: the won and lost ones have the same number in every pipeline.
fn stages(pipelines: &Value) -> BTreeMap<i64, Value> {
    let mut all = BTreeMap::new();
    for pipeline in pipelines.as_array().map(Vec::as_slice).unwrap_or_default() {
        for status in pipeline["statuses"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let key = stage_key(pipeline["id"].as_i64().unwrap_or(0), status["id"].as_i64().unwrap_or(0));
            all.insert(key, json!({"pipeline": pipeline["name"], "name": status["name"]}));
        }
    }
    all
}

/// One number for a stage within its pipeline.
pub(crate) fn stage_key(pipeline: i64, status: i64) -> i64 {
    pipeline.wrapping_mul(1 << 31).wrapping_add(status)
}
