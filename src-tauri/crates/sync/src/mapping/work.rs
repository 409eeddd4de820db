//! Tasks, notes, history.

use super::value::{instant, some_text, user};
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoNoteId, KommoTaskId};
use cadencia_domain::work::{EntityRef, Note, Task};
use kommo::EntityType;
use serde_json::Value;

fn kind(wire: EntityType) -> Option<EntityKind> {
    match wire {
        EntityType::Leads => Some(EntityKind::Lead),
        EntityType::Contacts => Some(EntityKind::Contact),
        EntityType::Companies => Some(EntityKind::Company),
        _ => None,
    }
}

/// A task.
pub fn task(wire: kommo::tasks::Task) -> Task {
    let about = wire
        .entity_type
        .and_then(kind)
        .zip(wire.entity_id.filter(|&id| id > 0))
        .map(|(kind, kommo_id)| EntityRef { kind, kommo_id });
    Task {
        kommo_id: KommoTaskId(wire.id),
        about,
        responsible: user(wire.responsible_user_id),
        task_type: wire.task_type_id,
        text: wire.text,
        due_at: instant(wire.complete_till),
        is_completed: wire.is_completed,
        result: wire.result.map(|result| result.text).and_then(some_text),
        created_at: instant(wire.created_at),
        updated_at: instant(wire.updated_at),
    }
}

/// A note on something of kind `about`.
pub fn note(about: EntityKind, wire: kommo::notes::Note) -> Note {
    Note {
        kommo_id: KommoNoteId(wire.id),
        about: EntityRef { kind: about, kommo_id: wire.entity_id },
        text: wire.text().unwrap_or_default().to_owned(),
        kind: wire.note_type,
        params: Value::Object(wire.params),
        created_by: user(wire.created_by),
        is_pinned: wire.is_pinned,
        created_at: instant(wire.created_at),
        updated_at: instant(wire.updated_at),
    }
}

/// An entry of the account's history; none when it has no identity.
pub fn event(wire: kommo::events::Event) -> Option<AccountEvent> {
    if wire.id.is_empty() {
        return None;
    }
    Some(AccountEvent {
        kommo_id: wire.id,
        kind: wire.kind,
        entity_type: wire.entity_type.unwrap_or(EntityType::Unknown).singular().to_owned(),
        entity_kommo_id: wire.entity_id,
        created_by: user(wire.created_by),
        created_at: instant(wire.created_at),
        value_before: Value::Array(wire.value_before),
        value_after: Value::Array(wire.value_after),
    })
}
