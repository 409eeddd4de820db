//! What happens around cards: tasks, notes, events, talks, messages, incoming leads.

use serde_json::{Value, json};

use crate::hal::self_link;
use crate::state::{Direction, Event, Kind, Message, Note, Talk, Task, Unsorted, World};

pub(crate) fn task(world: &World, task: &Task, base: &str) -> Value {
    json!({
        "id": task.id,
        "created_by": task.created_by,
        "updated_by": task.updated_by,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "responsible_user_id": task.responsible,
        "group_id": 0,
        "entity_id": task.entity.map(|(_, id)| id),
        "entity_type": task.entity.map(|(kind, _)| kind.plural()),
        "duration": task.duration,
        "is_completed": task.is_completed,
        "task_type_id": task.task_type_id,
        "text": task.text,
        // PHP answers an empty object as an empty array.
        "result": task.result.as_ref().map_or(json!([]), |text| json!({"text": text})),
        "complete_till": task.complete_till,
        "account_id": world.account.id,
        "_links": self_link(base, &format!("tasks/{}", task.id)),
    })
}

pub(crate) fn note(world: &World, note: &Note, base: &str) -> Value {
    json!({
        "id": note.id,
        "entity_id": note.entity_id,
        "created_by": note.created_by,
        "updated_by": note.updated_by,
        "created_at": note.created_at,
        "updated_at": note.updated_at,
        "responsible_user_id": note.responsible,
        "group_id": 0,
        "note_type": note.note_type,
        "params": note.params,
        "account_id": world.account.id,
        "is_pinned": note.is_pinned,
        "_links": self_link(base, &format!("{}/notes/{}", note.kind.plural(), note.id)),
    })
}

/// `with_name` shows the card's name, as `with=lead_name` and the like ask for.
pub(crate) fn event(world: &World, event: &Event, with_name: bool, base: &str) -> Value {
    let entity_path = match event.entity_type {
        "task" => format!("tasks/{}", event.entity_id),
        singular => {
            let plural = Kind::from_singular(singular).map_or("leads", Kind::plural);
            format!("{plural}/{}", event.entity_id)
        }
    };
    let mut entity = json!({"id": event.entity_id, "_links": self_link(base, &entity_path)});
    let kind = Kind::from_singular(event.entity_type).filter(|_| with_name);
    if let Some(card) = kind.and_then(|kind| world.card(kind, event.entity_id)) {
        entity["name"] = json!(card.name);
    }
    json!({
        "id": event.id,
        "type": event.kind,
        "entity_id": event.entity_id,
        "entity_type": event.entity_type,
        "created_by": event.created_by,
        "created_at": event.created_at,
        "value_after": event.after,
        "value_before": event.before,
        "account_id": world.account.id,
        "_links": self_link(base, &format!("events/{}", event.id)),
        "_embedded": {"entity": entity},
    })
}

pub(crate) fn talk(world: &World, talk: &Talk, base: &str) -> Value {
    let mut embedded = json!({
        "contacts": [{"id": talk.contact_id, "_links": self_link(base, &format!("contacts/{}", talk.contact_id))}],
    });
    if let Some(lead) = talk.lead_id {
        embedded["leads"] = json!([{"id": lead, "_links": self_link(base, &format!("leads/{lead}"))}]);
    }
    json!({
        "talk_id": talk.id,
        "created_at": talk.created_at,
        "updated_at": talk.updated_at,
        "rate": 0,
        "contact_id": talk.contact_id,
        "chat_id": talk.chat_id,
        "entity_id": talk.lead_id,
        "entity_type": talk.lead_id.map(|_| "lead"),
        "is_in_work": talk.is_in_work,
        "is_read": talk.is_read,
        "origin": talk.origin,
        "missed_at": null,
        "account_id": world.account.id,
        "status": if talk.is_in_work { "in_work" } else { "closed" },
        "_links": self_link(base, &format!("talks/{}", talk.id)),
        "_embedded": embedded,
    })
}

/// How long a message takes to be delivered, and to be read by three people of four.
const DELIVERED_AFTER_S: i64 = 2;
const READ_AFTER_S: i64 = 90;

pub(crate) fn message(talk: &Talk, message: &Message, now: i64) -> Value {
    let is_outgoing = message.direction == Direction::Outgoing;
    let age = now - message.created_at;
    let is_reader = !message.id.starts_with(['0', '1', '2', '3']);
    let delivery = match (is_outgoing, age) {
        (false, _) => "read",
        (true, age) if age < DELIVERED_AFTER_S => "sent",
        (true, age) if age >= READ_AFTER_S && is_reader => "read",
        (true, _) => "delivered",
    };
    let author_id = match message.author_user {
        Some(user) => json!(user),
        None => json!(talk.client_id),
    };
    let mut body = json!({
        "id": message.id,
        "type": direction(message.direction),
        "message_type": message.message_type,
        "origin": talk.origin,
        "text": message.text,
        "author": {"id": author_id, "type": message.author_type, "name": message.author_name, "avatar_url": null},
        "created_at": message.created_at,
        "delivery_status": delivery,
    });
    if let Some((link, file_name)) = &message.attachment {
        body["attachment"] = json!({"type": message.message_type, "link": link, "file_name": file_name});
    }
    body
}

pub(crate) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    }
}

pub(crate) fn unsorted(world: &World, item: &Unsorted, base: &str) -> Value {
    let contacts: Vec<Value> = item.contact_id.iter().map(|id| json!({"id": id})).collect();
    let companies: Vec<Value> = item.company_id.iter().map(|id| json!({"id": id})).collect();
    json!({
        "uid": item.uid,
        "source_uid": item.source_uid,
        "source_name": item.source_name,
        "category": item.category,
        "pipeline_id": item.pipeline_id,
        "created_at": item.created_at,
        "metadata": item.metadata,
        "account_id": world.account.id,
        "_links": self_link(base, &format!("leads/unsorted/{}", item.uid)),
        "_embedded": {"contacts": contacts, "leads": [{"id": item.lead_id}], "companies": companies},
    })
}
