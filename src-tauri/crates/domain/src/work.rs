//! Tasks and notes.

use crate::field::EntityKind;
use crate::id::{KommoNoteId, KommoTaskId, KommoUserId};
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// A task read from Kommo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// A note read from Kommo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// Points to an entity in Kommo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntityRef {
    /// What it is.
    pub kind: EntityKind,
    /// Kommo's number.
    pub kommo_id: i64,
}
