//! The whole account, compact, ordered and comparable.

use serde_json::{Map, Value, json};

use crate::state::{Card, Kind, UnsortedState, World};

/// A part of the account: one value, or rows that need not all be in memory at once.
enum Part {
    One(fn(&World) -> Value),
    Rows(fn(&World, &mut dyn FnMut(Value))),
}

const PARTS: [(&str, Part); 13] = [
    ("account", Part::One(account)),
    ("users", Part::One(users)),
    ("pipelines", Part::One(pipelines)),
    ("custom_fields", Part::One(custom_fields)),
    ("tags", Part::One(tags)),
    ("leads", Part::Rows(leads)),
    ("contacts", Part::Rows(contacts)),
    ("companies", Part::Rows(companies)),
    ("tasks", Part::Rows(tasks)),
    ("notes", Part::Rows(notes)),
    ("events", Part::Rows(events)),
    ("talks", Part::Rows(talks)),
    ("unsorted", Part::Rows(unsorted)),
];

/// Everything. Deleted cards are there, marked.
pub(crate) fn snapshot(world: &World) -> Value {
    let mut all = Map::new();
    for (name, part) in &PARTS {
        let value = match part {
            Part::One(one) => one(world),
            Part::Rows(rows) => {
                let mut found = Vec::new();
                rows(world, &mut |row| found.push(row));
                Value::Array(found)
            }
        };
        all.insert((*name).to_owned(), value);
    }
    Value::Object(all)
}

/// The same as text, or the parts of a comma list, without holding it all as values.
pub(crate) fn written(world: &World, parts: Option<&str>) -> String {
    let wanted: Option<Vec<&str>> = parts.map(|list| list.split(',').map(str::trim).collect());
    let mut out = String::from("{");
    for (name, part) in &PARTS {
        if wanted.as_ref().is_some_and(|wanted| !wanted.contains(name)) {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&format!("{name:?}:"));
        match part {
            Part::One(one) => out.push_str(&one(world).to_string()),
            Part::Rows(rows) => {
                out.push('[');
                let start = out.len();
                rows(world, &mut |row| {
                    if out.len() > start {
                        out.push_str(",\n");
                    }
                    out.push_str(&row.to_string());
                });
                out.push(']');
            }
        }
    }
    out.push('}');
    out
}

fn account(world: &World) -> Value {
    json!({"id": world.account.id, "subdomain": world.account.subdomain, "name": world.account.name})
}

fn users(world: &World) -> Value {
    world
        .users
        .iter()
        .map(|user| json!({"id": user.id, "name": user.name, "is_active": user.rights.is_active}))
        .collect()
}

fn pipelines(world: &World) -> Value {
    let shown = world.pipelines.iter().map(|pipeline| {
        let statuses: Value = pipeline
            .statuses
            .iter()
            .map(|status| json!({"id": status.id, "name": status.name, "sort": status.sort, "type": status.kind}))
            .collect();
        json!({"id": pipeline.id, "name": pipeline.name, "is_main": pipeline.is_main, "statuses": statuses})
    });
    shown.collect()
}

fn per_kind(part: impl Fn(Kind) -> Value) -> Value {
    let shown: Map<String, Value> =
        Kind::ALL.into_iter().map(|kind| (kind.plural().to_owned(), part(kind))).collect();
    Value::Object(shown)
}

fn custom_fields(world: &World) -> Value {
    per_kind(|kind| {
        let shown = world.fields(kind).iter().map(|field| {
            let enums: Value = field.enums.iter().map(|known| json!([known.id, known.value])).collect();
            json!({"id": field.id, "name": field.name, "type": field.kind.as_str(), "code": field.code, "enums": enums})
        });
        shown.collect()
    })
}

fn tags(world: &World) -> Value {
    per_kind(|kind| {
        world.tags(kind).all().iter().map(|tag| json!({"id": tag.id, "name": tag.name})).collect()
    })
}

/// What every card has. Values are `[field_id, [[value, enum_id], ...]]`, tags are names.
fn card_json(world: &World, kind: Kind, card: &Card) -> Value {
    let values: Value = card
        .values
        .iter()
        .map(|value| {
            let items: Value = value
                .items
                .iter()
                .map(|item| {
                    let chosen = item.enum_id.and_then(|id| world.field(kind, value.field)?.enum_by_id(id));
                    let shown = match (item.value.to_json(), chosen) {
                        (Value::Null, Some(chosen)) => json!(chosen.value),
                        (shown, _) => shown,
                    };
                    json!([shown, item.enum_id])
                })
                .collect();
            json!([value.field, items])
        })
        .collect();
    let tags: Value =
        card.tags.iter().filter_map(|id| world.tags(kind).get(*id)).map(|tag| json!(tag.name)).collect();
    json!({
        "id": card.id,
        "name": card.name,
        "responsible_user_id": card.responsible,
        "created_by": card.created_by,
        "updated_by": card.updated_by,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "is_deleted": card.deleted_at.is_some(),
        "values": values,
        "tags": tags,
    })
}

fn leads(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.leads.all().iter().map(|lead| {
        let mut body = card_json(world, Kind::Lead, &lead.card);
        body["price"] = json!(lead.price);
        body["status_id"] = json!(lead.status_id);
        body["pipeline_id"] = json!(lead.pipeline_id);
        body["loss_reason_id"] = json!(lead.loss_reason_id);
        body["closed_at"] = json!(lead.closed_at);
        body["source_id"] = json!(lead.source_id);
        body["contacts"] = lead.contacts.iter().map(|link| json!([link.id, link.is_main])).collect();
        body["company_id"] = json!(lead.company);
        body
    });
    shown.for_each(row);
}

fn contacts(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.contacts.all().iter().map(|contact| {
        let mut body = card_json(world, Kind::Contact, &contact.card);
        body["first_name"] = json!(contact.first_name);
        body["last_name"] = json!(contact.last_name);
        body["is_unsorted"] = json!(contact.is_unsorted);
        body["leads"] = json!(contact.leads);
        body["company_id"] = json!(contact.company);
        body
    });
    shown.for_each(row);
}

fn companies(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.companies.all().iter().map(|company| {
        let mut body = card_json(world, Kind::Company, &company.card);
        body["leads"] = json!(company.leads);
        body["contacts"] = json!(company.contacts);
        body
    });
    shown.for_each(row);
}

fn tasks(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.tasks.table.all().iter().map(|task| {
        json!({
            "id": task.id,
            "entity_type": task.entity.map(|(kind, _)| kind.plural()),
            "entity_id": task.entity.map(|(_, id)| id),
            "text": task.text,
            "task_type_id": task.task_type_id,
            "responsible_user_id": task.responsible,
            "complete_till": task.complete_till,
            "is_completed": task.is_completed,
            "result": task.result,
            "created_at": task.created_at,
            "updated_at": task.updated_at,
            "is_deleted": task.is_deleted,
        })
    });
    shown.for_each(row);
}

fn notes(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.notes.table.all().iter().map(|note| {
        json!({
            "id": note.id,
            "entity_type": note.kind.plural(),
            "entity_id": note.entity_id,
            "note_type": note.note_type,
            "params": note.params,
            "created_by": note.created_by,
            "created_at": note.created_at,
            "updated_at": note.updated_at,
        })
    });
    shown.for_each(row);
}

fn events(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.events.all().iter().map(|event| {
        json!([
            event.id,
            event.kind,
            event.entity_type,
            event.entity_id,
            event.created_by,
            event.created_at,
            event.after
        ])
    });
    shown.for_each(row);
}

fn talks(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.talks.all().map(|talk| {
        let messages: Value =
            talk.messages.iter().map(|known| json!([known.id, known.text, known.created_at])).collect();
        json!({
            "talk_id": talk.id,
            "contact_id": talk.contact_id,
            "lead_id": talk.lead_id,
            "is_in_work": talk.is_in_work,
            "updated_at": talk.updated_at,
            "messages": messages,
        })
    });
    shown.for_each(row);
}

fn unsorted(world: &World, row: &mut dyn FnMut(Value)) {
    let shown = world.unsorted.iter().map(|item| {
        let state = match item.state {
            UnsortedState::Waiting => "waiting",
            UnsortedState::Accepted => "accepted",
            UnsortedState::Declined => "declined",
        };
        json!({"uid": item.uid, "lead_id": item.lead_id, "contact_id": item.contact_id, "state": state})
    });
    shown.for_each(row);
}
