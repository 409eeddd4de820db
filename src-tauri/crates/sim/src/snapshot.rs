//! The whole account, compact, ordered and comparable.

use serde_json::{Map, Value, json};

use crate::state::{Card, Kind, UnsortedState, World};

type Part = fn(&World) -> Value;

const PARTS: [(&str, Part); 13] = [
    ("account", account),
    ("users", users),
    ("pipelines", pipelines),
    ("custom_fields", custom_fields),
    ("tags", tags),
    ("leads", leads),
    ("contacts", contacts),
    ("companies", companies),
    ("tasks", tasks),
    ("notes", notes),
    ("events", events),
    ("talks", talks),
    ("unsorted", unsorted),
];

/// Everything, or the parts of a comma list. Deleted cards are there, marked.
pub(crate) fn snapshot(world: &World, parts: Option<&str>) -> Value {
    let wanted: Option<Vec<&str>> = parts.map(|list| list.split(',').map(str::trim).collect());
    let mut all = Map::new();
    for (name, part) in PARTS {
        if wanted.as_ref().is_none_or(|wanted| wanted.contains(&name)) {
            all.insert(name.to_owned(), part(world));
        }
    }
    Value::Object(all)
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

fn leads(world: &World) -> Value {
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
    shown.collect()
}

fn contacts(world: &World) -> Value {
    let shown = world.contacts.all().iter().map(|contact| {
        let mut body = card_json(world, Kind::Contact, &contact.card);
        body["first_name"] = json!(contact.first_name);
        body["last_name"] = json!(contact.last_name);
        body["is_unsorted"] = json!(contact.is_unsorted);
        body["leads"] = json!(contact.leads);
        body["company_id"] = json!(contact.company);
        body
    });
    shown.collect()
}

fn companies(world: &World) -> Value {
    let shown = world.companies.all().iter().map(|company| {
        let mut body = card_json(world, Kind::Company, &company.card);
        body["leads"] = json!(company.leads);
        body["contacts"] = json!(company.contacts);
        body
    });
    shown.collect()
}

fn tasks(world: &World) -> Value {
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
    shown.collect()
}

fn notes(world: &World) -> Value {
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
    shown.collect()
}

fn events(world: &World) -> Value {
    let shown = world.events.all().iter().map(|event| {
        json!([event.id, event.kind, event.entity_type, event.entity_id, event.created_by, event.created_at])
    });
    shown.collect()
}

fn talks(world: &World) -> Value {
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
    shown.collect()
}

fn unsorted(world: &World) -> Value {
    let shown = world.unsorted.iter().map(|item| {
        let state = match item.state {
            UnsortedState::Waiting => "waiting",
            UnsortedState::Accepted => "accepted",
            UnsortedState::Declined => "declined",
        };
        json!({"uid": item.uid, "lead_id": item.lead_id, "contact_id": item.contact_id, "state": state})
    });
    shown.collect()
}
