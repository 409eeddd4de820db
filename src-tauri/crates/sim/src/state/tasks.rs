use std::collections::HashMap;

use serde_json::Value;

use super::kind::Kind;
use super::table::{Row, Table};

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) id: u32,
    pub(crate) entity: Option<(Kind, u32)>,
    pub(crate) text: String,
    pub(crate) task_type_id: u32,
    pub(crate) responsible: u32,
    pub(crate) complete_till: i64,
    pub(crate) duration: i64,
    pub(crate) is_completed: bool,
    pub(crate) result: Option<String>,
    pub(crate) created_by: u32,
    pub(crate) updated_by: u32,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) is_deleted: bool,
}

impl Row for Task {
    fn id(&self) -> u32 {
        self.id
    }

    fn updated_at(&self) -> i64 {
        self.updated_at
    }

    fn is_deleted(&self) -> bool {
        self.is_deleted
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tasks {
    pub(crate) table: Table<Task>,
    by_entity: HashMap<(Kind, u32), Vec<u32>>,
}

impl Tasks {
    /// The tasks of one card that are not deleted.
    pub(crate) fn of(&self, kind: Kind, id: u32) -> impl Iterator<Item = &Task> {
        let ids = self.by_entity.get(&(kind, id)).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.table.live(*id))
    }

    pub(crate) fn insert(&mut self, task: Task) {
        if let Some(entity) = task.entity {
            self.by_entity.entry(entity).or_default().push(task.id);
        }
        self.table.insert(task);
    }

    /// Hangs a task on another card.
    pub(crate) fn rehang(&mut self, id: u32, from: Option<(Kind, u32)>, to: Option<(Kind, u32)>) {
        if from == to {
            return;
        }
        if let Some(ids) = from.and_then(|from| self.by_entity.get_mut(&from)) {
            ids.retain(|known| *known != id);
        }
        if let Some(to) = to {
            self.by_entity.entry(to).or_default().push(id);
        }
    }

    pub(crate) fn fill(&mut self, tasks: Vec<Task>) {
        for task in &tasks {
            if let Some(entity) = task.entity {
                self.by_entity.entry(entity).or_default().push(task.id);
            }
        }
        self.table.fill(tasks);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) id: u32,
    pub(crate) kind: Kind,
    pub(crate) entity_id: u32,
    pub(crate) note_type: Box<str>,
    pub(crate) params: Value,
    pub(crate) responsible: u32,
    pub(crate) created_by: u32,
    pub(crate) updated_by: u32,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) is_pinned: bool,
}

impl Row for Note {
    fn id(&self) -> u32 {
        self.id
    }

    fn updated_at(&self) -> i64 {
        self.updated_at
    }

    fn is_deleted(&self) -> bool {
        false
    }
}

#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) table: Table<Note>,
    by_entity: HashMap<(Kind, u32), Vec<u32>>,
}

impl Notes {
    pub(crate) fn of(&self, kind: Kind, id: u32) -> &[u32] {
        self.by_entity.get(&(kind, id)).map_or(&[][..], Vec::as_slice)
    }

    pub(crate) fn insert(&mut self, note: Note) {
        self.by_entity.entry((note.kind, note.entity_id)).or_default().push(note.id);
        self.table.insert(note);
    }

    pub(crate) fn fill(&mut self, notes: Vec<Note>) {
        for note in &notes {
            self.by_entity.entry((note.kind, note.entity_id)).or_default().push(note.id);
        }
        self.table.fill(notes);
    }
}
