//! Tasks and notes.

use crate::field::EntityKind;
use crate::id::{KommoNoteId, KommoTaskId, KommoUserId};
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A task read from Kommo.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Kommo's number.
    pub kommo_id: KommoTaskId,
    /// What it is about; a task may stand alone.
    pub about: Option<EntityRef>,
    /// Who has to do it.
    pub responsible: Option<KommoUserId>,
    /// Kommo's number of its type.
    pub task_type: i64,
    /// What to do.
    pub text: String,
    /// Due.
    pub due_at: UtcMillis,
    /// Done.
    pub is_completed: bool,
    /// What came of it.
    pub result: Option<String>,
    /// Created, by Kommo's clock.
    pub created_at: UtcMillis,
    /// Last changed, by Kommo's clock.
    pub updated_at: UtcMillis,
}

// What people write is not for logs.
impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("kommo_id", &self.kommo_id)
            .field("about", &self.about)
            .field("responsible", &self.responsible)
            .field("task_type", &self.task_type)
            .field("due_at", &self.due_at)
            .field("is_completed", &self.is_completed)
            .field("updated_at", &self.updated_at)
            .finish_non_exhaustive()
    }
}

/// A note read from Kommo.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Kommo's number.
    pub kommo_id: KommoNoteId,
    /// What it hangs on.
    pub about: EntityRef,
    /// Kommo's note type, such as `common` or `call_in`; new ones may appear.
    pub kind: String,
    /// Its readable text; empty for system notes without one.
    pub text: String,
    /// Everything Kommo says of it, so that nothing is lost.
    pub params: serde_json::Value,
    /// Who wrote it; none for Kommo's robot.
    pub created_by: Option<KommoUserId>,
    /// Pinned to the top of the card.
    pub is_pinned: bool,
    /// Created, by Kommo's clock.
    pub created_at: UtcMillis,
    /// Last changed, by Kommo's clock.
    pub updated_at: UtcMillis,
}

// What people write is not for logs, and the parameters of calls hold phones.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note")
            .field("kommo_id", &self.kommo_id)
            .field("about", &self.about)
            .field("kind", &self.kind)
            .field("created_by", &self.created_by)
            .field("is_pinned", &self.is_pinned)
            .field("updated_at", &self.updated_at)
            .finish_non_exhaustive()
    }
}

/// Points to an entity in Kommo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntityRef {
    /// What it is.
    pub kind: EntityKind,
    /// Kommo's number.
    pub kommo_id: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tasks_and_notes_print_their_numbers_and_nothing_that_people_wrote() {
        let about = EntityRef { kind: EntityKind::Lead, kommo_id: 51 };
        let phone = "ligar para 11 98765-4321".to_owned();
        let task = Task {
            kommo_id: KommoTaskId(4_242),
            about: Some(about),
            responsible: None,
            task_type: 1,
            text: phone.clone(),
            due_at: UtcMillis(1),
            is_completed: true,
            result: Some(phone.clone()),
            created_at: UtcMillis(1),
            updated_at: UtcMillis(2),
        };
        let note = Note {
            kommo_id: KommoNoteId(4_243),
            about,
            kind: "call_in".to_owned(),
            text: phone.clone(),
            params: json!({"phone": phone}),
            created_by: None,
            is_pinned: false,
            created_at: UtcMillis(1),
            updated_at: UtcMillis(2),
        };
        for (shown, id) in [(format!("{task:?}"), "4242"), (format!("{note:?}"), "4243")] {
            assert!(!shown.contains("8765"), "{shown}");
            assert!(shown.contains(id) && shown.contains("51"), "{shown}");
        }
    }
}
