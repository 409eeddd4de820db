//! Changes that this program wants in Kommo.

use crate::card_value::CardValue;
use crate::field::EntityKind;
use crate::id::{KommoContactId, KommoLeadId, KommoPipelineId, KommoStatusId, KommoTaskId, KommoUserId};
use crate::time::UtcMillis;
use crate::work::EntityRef;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A change that this program wants in Kommo.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Write {
    /// One value of a lead or a person.
    Edit {
        /// Whose.
        card: EntityRef,
        /// What stood there when it was asked for.
        base: CardValue,
        /// What should stand there.
        wanted: CardValue,
    },
    /// One tag of a lead, put on or taken off. Other tags stay.
    Tag {
        /// The lead.
        lead: KommoLeadId,
        /// The tag's text.
        name: String,
        /// Put on; else taken off.
        is_added: bool,
    },
    /// A person linked to a lead, or no longer.
    Link {
        /// The lead.
        lead: KommoLeadId,
        /// The person.
        contact: KommoContactId,
        /// Linked; else the link is taken away.
        is_linked: bool,
        /// As the main contact.
        is_main: bool,
    },
    /// A note.
    Note {
        /// On what.
        about: EntityRef,
        /// What it says.
        text: String,
    },
    /// A task.
    Task {
        /// About what.
        about: EntityRef,
        /// What to do.
        text: String,
        /// Kommo's number of its type.
        task_type: i64,
        /// Due.
        due_at: UtcMillis,
        /// Who has to do it; without it whoever the token belongs to.
        responsible: Option<KommoUserId>,
    },
    /// A task that is done.
    TaskDone {
        /// The task.
        task: KommoTaskId,
        /// What it is about.
        about: Option<EntityRef>,
        /// What came of it.
        result: String,
    },
    /// A new lead.
    Lead(NewLead),
}

/// A lead to create.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct NewLead {
    /// Its name.
    pub name: String,
    /// In hundredths of the account's currency.
    pub price_cents: i64,
    /// Its pipeline.
    pub pipeline: KommoPipelineId,
    /// Its stage.
    pub status: KommoStatusId,
    /// Whose it is.
    pub responsible: Option<KommoUserId>,
    /// Its people, who exist already; the first is the main one.
    pub contacts: Vec<KommoContactId>,
    /// Its tags.
    pub tags: Vec<String>,
}

impl Write {
    /// The text kept in the store.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Edit { .. } => "edit",
            Self::Tag { .. } => "tag",
            Self::Link { .. } => "link",
            Self::Note { .. } => "note",
            Self::Task { .. } => "task",
            Self::TaskDone { .. } => "task_done",
            Self::Lead(_) => "lead",
        }
    }

    /// The card it is about; none for a lead that does not exist yet and for a task on its own.
    pub fn card(&self) -> Option<EntityRef> {
        match self {
            Self::Edit { card, .. } => Some(*card),
            Self::Tag { lead, .. } | Self::Link { lead, .. } => {
                Some(EntityRef { kind: EntityKind::Lead, kommo_id: lead.0 })
            }
            Self::Note { about, .. } | Self::Task { about, .. } => Some(*about),
            Self::TaskDone { about, .. } => *about,
            Self::Lead(_) => None,
        }
    }

    /// The lead it is about.
    pub fn lead(&self) -> Option<KommoLeadId> {
        self.card().filter(|card| card.kind == EntityKind::Lead).map(|card| KommoLeadId(card.kommo_id))
    }

    /// What has to stay in order. None: it depends on nothing.
    pub fn lane(&self) -> Option<String> {
        match (self.card(), self) {
            (Some(card), _) => Some(format!("{}:{}", card.kind.as_str(), card.kommo_id)),
            (None, Self::TaskDone { task, .. }) => Some(format!("task:{task}")),
            (None, _) => None,
        }
    }

    /// What it sets within its lane, when setting it again takes its place.
    pub fn subject(&self) -> Option<String> {
        match self {
            Self::Edit { wanted, .. } => Some(wanted.subject()),
            Self::Tag { name, .. } => Some(format!("tag:{}", name.to_lowercase())),
            Self::Link { contact, .. } => Some(format!("contact:{contact}")),
            Self::TaskDone { task, .. } => Some(format!("task:{task}")),
            Self::Note { .. } | Self::Task { .. } | Self::Lead(_) => None,
        }
    }

    /// Sending it twice would do it twice: before it is sent again it is looked for.
    pub fn creates(&self) -> bool {
        matches!(self, Self::Note { .. } | Self::Task { .. } | Self::Lead(_))
    }
}

// What people write, names and phones are not for logs.
impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("kind", &self.kind())
            .field("card", &self.card())
            .field("subject", &self.subject().filter(|_| !matches!(self, Self::Tag { .. })))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewLead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLead")
            .field("pipeline", &self.pipeline)
            .field("status", &self.status)
            .field("contacts", &self.contacts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_prints_what_it_is_and_not_what_it_says() {
        let note = Write::Note {
            about: EntityRef { kind: EntityKind::Lead, kommo_id: 51 },
            text: "ligar 11 98765-4321".to_owned(),
        };
        let shown = format!("{note:?}");
        assert!(shown.contains("51") && shown.contains("note") && !shown.contains("8765"), "{shown}");
    }
}
