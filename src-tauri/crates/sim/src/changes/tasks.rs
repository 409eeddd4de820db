//! Tasks and notes.

use serde_json::{Value, json};

use super::By;
use crate::state::{IdKind, Kind, Note, Task, World};
use crate::webhooks::bodies::{self, OldTask};

#[derive(Clone, Debug)]
pub(crate) struct NewTask {
    pub(crate) entity: Option<(Kind, u32)>,
    pub(crate) text: String,
    pub(crate) task_type_id: u32,
    pub(crate) responsible: Option<u32>,
    pub(crate) complete_till: i64,
    pub(crate) duration: i64,
    pub(crate) is_completed: bool,
    pub(crate) result: Option<String>,
    pub(crate) created_by: Option<u32>,
    pub(crate) created_at: Option<i64>,
    pub(crate) updated_at: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct TaskPatch {
    pub(crate) entity: Option<Option<(Kind, u32)>>,
    pub(crate) text: Option<String>,
    pub(crate) task_type_id: Option<u32>,
    pub(crate) responsible: Option<u32>,
    pub(crate) complete_till: Option<i64>,
    pub(crate) duration: Option<i64>,
    pub(crate) is_completed: Option<bool>,
    pub(crate) result: Option<String>,
    pub(crate) updated_by: Option<u32>,
    pub(crate) updated_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct NewNote {
    pub(crate) kind: Kind,
    pub(crate) entity_id: u32,
    pub(crate) note_type: String,
    pub(crate) params: Value,
    pub(crate) created_by: Option<u32>,
    pub(crate) created_at: Option<i64>,
}

impl World {
    pub(crate) fn add_task(&mut self, new: NewTask, by: By) -> u32 {
        let id = self.ids.next(IdKind::Task);
        let created_at = new.created_at.unwrap_or(by.now());
        self.tasks.insert(Task {
            id,
            entity: new.entity,
            text: new.text.clone(),
            task_type_id: new.task_type_id,
            responsible: new.responsible.unwrap_or(by.user),
            complete_till: new.complete_till,
            duration: new.duration,
            is_completed: new.is_completed,
            result: new.result,
            created_by: new.created_by.unwrap_or(by.user),
            updated_by: 0,
            created_at,
            updated_at: new.updated_at.unwrap_or(created_at),
            is_deleted: false,
        });
        let after = json!([{"task": {"text": new.text}}]);
        self.record(by, "task_added", ("task", id), json!([]), after);
        self.announce("add_task", by, |world| bodies::task(world, id, "add", None));
        id
    }

    pub(crate) fn change_task(&mut self, id: u32, patch: TaskPatch, by: By) -> bool {
        let Some(before) = self.tasks.table.live(id).cloned() else { return false };
        self.tasks.table.change(id, |task| {
            if let Some(entity) = patch.entity {
                task.entity = entity;
            }
            if let Some(text) = patch.text {
                task.text = text;
            }
            task.task_type_id = patch.task_type_id.unwrap_or(task.task_type_id);
            task.responsible = patch.responsible.unwrap_or(task.responsible);
            task.complete_till = patch.complete_till.unwrap_or(task.complete_till);
            task.duration = patch.duration.unwrap_or(task.duration);
            task.is_completed = patch.is_completed.unwrap_or(task.is_completed);
            if let Some(result) = patch.result {
                task.result = Some(result);
            }
            task.updated_by = patch.updated_by.unwrap_or(by.user);
            task.updated_at = patch.updated_at.unwrap_or(by.now());
        });
        let Some(after) = self.tasks.table.get(id).cloned() else { return false };
        self.tasks.rehang(id, before.entity, after.entity);
        self.record_task_changes(&before, &after, by);
        let old = OldTask {
            text: before.text.clone(),
            responsible: (before.responsible != after.responsible).then_some(before.responsible),
            is_closing: !before.is_completed && after.is_completed,
            is_result: before.result != after.result && before.is_completed == after.is_completed,
        };
        self.announce("update_task", by, |world| bodies::task(world, id, "update", Some(&old)));
        if old.responsible.is_some() {
            self.announce("responsible_task", by, |world| bodies::task(world, id, "update", Some(&old)));
        }
        true
    }

    fn record_task_changes(&mut self, before: &Task, after: &Task, by: By) {
        let of = ("task", after.id);
        if before.text != after.text {
            let shown = |task: &Task| json!([{"task": {"text": task.text}}]);
            self.record(by, "task_text_changed", of, shown(before), shown(after));
        }
        if before.complete_till != after.complete_till {
            let shown = |task: &Task| json!([{"task_deadline": {"timestamp": task.complete_till}}]);
            self.record(by, "task_deadline_changed", of, shown(before), shown(after));
        }
        if before.task_type_id != after.task_type_id {
            let shown = |task: &Task| json!([{"task_type": {"id": task.task_type_id}}]);
            self.record(by, "task_type_changed", of, shown(before), shown(after));
        }
        if !before.is_completed && after.is_completed {
            let text = after.result.clone().unwrap_or_default();
            self.record(by, "task_completed", of, json!([]), json!([{"task": {"text": text}}]));
        } else if before.result != after.result {
            let text = after.result.clone().unwrap_or_default();
            self.record(by, "task_result_added", of, json!([]), json!([{"task": {"text": text}}]));
        }
        if before.responsible != after.responsible {
            let shown = |task: &Task| json!([{"responsible_user": {"id": task.responsible}}]);
            self.record(by, "entity_responsible_changed", of, shown(before), shown(after));
        }
    }

    /// What only a person in Kommo can do.
    pub(crate) fn delete_task(&mut self, id: u32, by: By) -> bool {
        if self.tasks.table.live(id).is_none() {
            return false;
        }
        self.tasks.table.change(id, |task| {
            task.is_deleted = true;
            task.updated_at = by.now();
        });
        self.record(by, "task_deleted", ("task", id), json!([]), json!([]));
        self.announce("delete_task", by, |world| bodies::task_deleted(world, id));
        true
    }

    pub(crate) fn add_note(&mut self, new: NewNote, by: By) -> u32 {
        let id = self.ids.next(IdKind::Note);
        let created_at = new.created_at.unwrap_or(by.now());
        let created_by = new.created_by.unwrap_or(by.user);
        let responsible = self.card(new.kind, new.entity_id).map_or(0, |card| card.responsible);
        let event = match new.note_type.as_str() {
            "attachment" => "attachment_note_added",
            "geolocation" => "geo_note_added",
            "service_message" | "extended_service_message" => "service_note_added",
            "call_in" => "incoming_call",
            "call_out" => "outgoing_call",
            "sms_in" => "incoming_sms",
            "sms_out" => "outgoing_sms",
            _ => "common_note_added",
        };
        self.notes.insert(Note {
            id,
            kind: new.kind,
            entity_id: new.entity_id,
            note_type: new.note_type.into(),
            params: new.params,
            responsible,
            created_by,
            updated_by: created_by,
            created_at,
            updated_at: created_at,
            is_pinned: false,
        });
        let of = (new.kind.singular(), new.entity_id);
        self.record(by, event, of, json!([]), json!([{"note": {"id": id}}]));
        self.announce(&format!("note_{}", new.kind.singular()), by, |world| bodies::note(world, id));
        id
    }

    pub(crate) fn change_note(
        &mut self,
        id: u32,
        params: Option<Value>,
        note_type: Option<String>,
        by: By,
    ) -> bool {
        self.notes
            .table
            .change(id, |note| {
                if let Some(params) = params {
                    note.params = params;
                }
                if let Some(note_type) = note_type {
                    note.note_type = note_type.into();
                }
                note.updated_by = by.user;
                note.updated_at = by.now();
            })
            .is_some()
    }
}
