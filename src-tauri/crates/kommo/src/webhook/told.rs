//! What a delivery says of stages, responsible people, notes and incoming leads.

use std::fmt;

use super::event::{HookEntity, HookEvent};
use super::item::Item;

/// Where a lead is, and where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HookStage {
    /// The stage.
    pub status_id: Option<i64>,
    /// Its pipeline.
    pub pipeline_id: Option<i64>,
    /// The stage before. Comes with `status`, with `responsible` (the same then) and with an `update` that
    /// changed it (Kommo docs: webhooks-general; recorded).
    pub old_status_id: Option<i64>,
    /// The pipeline before; only when it was another (recorded).
    pub old_pipeline_id: Option<i64>,
}

impl HookStage {
    /// Whether this tells of a change. 142 and 143 are stages of every pipeline, so both numbers count.
    #[must_use]
    pub fn is_change(&self) -> bool {
        let differs = |old: Option<i64>, new| old.is_some() && old != new;
        differs(self.old_status_id, self.status_id) || differs(self.old_pipeline_id, self.pipeline_id)
    }
}

/// Who is responsible, and who was. 0 is nobody or a robot (recorded).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HookResponsible {
    /// The user.
    pub user_id: i64,
    /// The user before; only when it changed (Kommo docs: webhooks-general).
    pub old_user_id: Option<i64>,
}

/// A note, as a delivery tells it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HookNote<'a> {
    /// 4 is a text, 5 a file, 10 and 11 are calls, 25 is a service, 102 and 103 are SMS (Kommo docs:
    /// webhooks-general).
    pub note_type: Option<i64>,
    /// What it says, or the name of the file.
    pub text: &'a str,
    /// By whom; 0 for a robot.
    pub created_by: Option<i64>,
    /// Unix seconds. The dates as text are in another time zone.
    pub created_at: Option<i64>,
    /// The message that the file of the note came with (recorded).
    pub message_uuid: Option<&'a str>,
}

/// An incoming lead, as a delivery tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct HookUnsorted<'a> {
    /// What names it, for it has no number.
    pub uid: Option<&'a str>,
    /// `sip`, `mail`, `forms` or `chats`.
    pub category: Option<&'a str>,
    /// Its pipeline.
    pub pipeline_id: Option<i64>,
    /// How it ended; only of deletions.
    pub outcome: Option<HookOutcome>,
    /// The leads it is, becomes or was.
    pub lead_ids: Vec<i64>,
    /// The contacts it came with.
    pub contact_ids: Vec<i64>,
}

/// How an incoming lead ended (Kommo docs: webhooks-general).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookOutcome {
    /// `accept`.
    Accepted,
    /// `decline`.
    Declined,
    /// Something else.
    Other,
}

impl HookEvent {
    /// The stage, if this event is about a lead.
    #[must_use]
    pub fn stage(&self) -> Option<HookStage> {
        (self.entity == HookEntity::Lead).then(|| HookStage {
            status_id: self.item.id("status_id"),
            pipeline_id: self.item.id("pipeline_id"),
            old_status_id: self.item.id("old_status_id"),
            old_pipeline_id: self.item.id("old_pipeline_id"),
        })
    }

    /// The responsible user, if one is named.
    #[must_use]
    pub fn responsible(&self) -> Option<HookResponsible> {
        let user_id = self.item.int("responsible_user_id")?;
        Some(HookResponsible { user_id, old_user_id: self.item.int("old_responsible_user_id") })
    }

    /// The note, if this event is about one.
    #[must_use]
    pub fn note(&self) -> Option<HookNote<'_>> {
        (self.entity == HookEntity::Note).then_some(())?;
        let item = &self.item;
        let text = |inner: &str, bare: &str| item.text(inner).or_else(|| item.text(bare));
        let int = |inner: &str, bare: &str| item.int(inner).or_else(|| item.int(bare));
        Some(HookNote {
            note_type: int("note[note_type]", "note_type"),
            text: text("note[text]", "text").unwrap_or_default(),
            created_by: int("note[created_by]", "created_by"),
            created_at: int("note[created_at]", "created_at"),
            message_uuid: text("note[type][message_uuid]", "type[message_uuid]"),
        })
    }

    /// The incoming lead, if this event is about one.
    #[must_use]
    pub fn unsorted(&self) -> Option<HookUnsorted<'_>> {
        (self.entity == HookEntity::Unsorted).then_some(())?;
        let item = &self.item;
        Some(HookUnsorted {
            uid: item.text("uid").filter(|uid| !uid.is_empty()),
            category: item.text("category").filter(|category| !category.is_empty()),
            pipeline_id: item.id("pipeline_id"),
            outcome: item.text("action").map(|action| match action {
                "accept" => HookOutcome::Accepted,
                "decline" => HookOutcome::Declined,
                _ => HookOutcome::Other,
            }),
            lead_ids: unsorted_leads(item),
            contact_ids: item.ids("data[contacts]", "[id]"),
        })
    }
}

/// The leads of an incoming lead: its own first, then those of its result, then those it came with.
pub(super) fn unsorted_leads(item: &Item) -> Vec<i64> {
    let own = item.id("lead_id").into_iter();
    let lists = [("accept_result[leads]", ""), ("decline_result[leads]", ""), ("data[leads]", "[id]")];
    let mut leads = Vec::new();
    for lead in own.chain(lists.into_iter().flat_map(|(list, field)| item.ids(list, field))) {
        if !leads.contains(&lead) {
            leads.push(lead);
        }
    }
    leads
}

// What people wrote is not for logs.
impl fmt::Debug for HookNote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookNote")
            .field("note_type", &self.note_type)
            .field("created_by", &self.created_by)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HookUnsorted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookUnsorted")
            .field("pipeline_id", &self.pipeline_id)
            .field("outcome", &self.outcome)
            .field("lead_ids", &self.lead_ids)
            .field("contact_ids", &self.contact_ids)
            .finish_non_exhaustive()
    }
}
