//! What happened to what.

use std::fmt;

use super::collect::Group;
use super::item::Item;
use crate::entity::EntityType;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HookEvent {
    /// To what.
    pub entity: HookEntity,
    /// What happened.
    pub action: HookAction,
    /// The number of the lead, the contact, the note ... Messages and incoming leads have a text instead: see
    /// [`Self::message`] and [`Self::unsorted`].
    pub id: Option<i64>,
    /// Of tasks, notes, talks, messages and incoming leads: the card they belong to, when it is named.
    pub about: Option<HookAbout>,
    /// Unix seconds, as Kommo's clock has them. Deletions and messages have none (Kommo docs: webhooks-general).
    pub updated_at: Option<i64>,
    /// All that was said.
    pub item: Item,
}

/// The kinds of things that deliveries tell of.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HookEntity {
    /// `leads`.
    Lead,
    /// `contacts` whose `type` is not `company`.
    Contact,
    /// `contacts` whose `type` is `company` (Kommo docs: webhooks-general).
    Company,
    /// `task`.
    Task,
    /// `leads[note]`, `contacts[note]`.
    Note,
    /// `talk`: a conversation.
    Talk,
    /// `message`: from a customer.
    Message,
    /// `outgoing_message`: to a customer, from whoever.
    OutgoingMessage,
    /// `unsorted`: an incoming lead.
    Unsorted,
    /// `catalogs`: an element of a list.
    CatalogElement,
    /// Something this crate has no name for, as Kommo wrote it.
    Other(String),
}

/// What can happen.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HookAction {
    /// `add`; of notes: `note`.
    Added,
    /// `update`. A new responsible person of a contact, a company or a task comes as this (Kommo docs:
    /// webhooks-general): see [`HookEvent::responsible`].
    Updated,
    /// `delete`. An incoming lead that was accepted or declined too: see [`HookEvent::unsorted`].
    Deleted,
    /// `restore`.
    Restored,
    /// `status`, of leads.
    StageChanged,
    /// `responsible`, of leads.
    ResponsibleChanged,
    /// Something else, as Kommo wrote it, for example `mail_in` of a digital pipeline (Kommo docs:
    /// digital-pipeline).
    Other(String),
}

/// The card that something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HookAbout {
    /// [`EntityType::Leads`], [`EntityType::Contacts`] or [`EntityType::Companies`], nothing else.
    pub kind: EntityType,
    /// Its id.
    pub id: i64,
}

impl HookEvent {
    /// A word for logs, such as `lead_stage_changed` or `message_received`. `other` for what has none. These
    /// words stay as they are.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        use HookAction::{Added, Deleted, ResponsibleChanged, Restored, StageChanged, Updated};
        use HookEntity::{
            CatalogElement, Company, Contact, Lead, Message, Note, OutgoingMessage, Talk, Task, Unsorted,
        };
        match (&self.entity, &self.action) {
            (Lead, Added) => "lead_added",
            (Lead, Updated) => "lead_updated",
            (Lead, Deleted) => "lead_deleted",
            (Lead, Restored) => "lead_restored",
            (Lead, StageChanged) => "lead_stage_changed",
            (Lead, ResponsibleChanged) => "lead_responsible_changed",
            (Contact, Added) => "contact_added",
            (Contact, Updated) => "contact_updated",
            (Contact, Deleted) => "contact_deleted",
            (Contact, Restored) => "contact_restored",
            (Contact, ResponsibleChanged) => "contact_responsible_changed",
            (Company, Added) => "company_added",
            (Company, Updated) => "company_updated",
            (Company, Deleted) => "company_deleted",
            (Company, Restored) => "company_restored",
            (Company, ResponsibleChanged) => "company_responsible_changed",
            (Task, Added) => "task_added",
            (Task, Updated) => "task_updated",
            (Task, Deleted) => "task_deleted",
            (Task, ResponsibleChanged) => "task_responsible_changed",
            (Note, Added) => "note_added",
            (Note, Updated) => "note_updated",
            (Note, Deleted) => "note_deleted",
            (Talk, Added) => "talk_added",
            (Talk, Updated) => "talk_updated",
            (Talk, Deleted) => "talk_deleted",
            (Message, Added) => "message_received",
            (OutgoingMessage, Added) => "message_sent",
            (Unsorted, Added) => "unsorted_added",
            (Unsorted, Updated) => "unsorted_updated",
            (Unsorted, Deleted) => "unsorted_deleted",
            (CatalogElement, Added) => "catalog_element_added",
            (CatalogElement, Updated) => "catalog_element_updated",
            (CatalogElement, Deleted) => "catalog_element_deleted",
            _ => "other",
        }
    }
}

impl From<Group> for HookEvent {
    fn from(group: Group) -> Self {
        let item = Item::new(group.fields);
        let host = match &group.entity {
            Some(word) => entity(word, &item),
            None => alone(&group.action, &item),
        };
        let is_note = group.action == "note";
        let action = if is_note { HookAction::Added } else { action(group.action) };
        let about = about(&host, is_note, &item);
        let entity = if is_note { HookEntity::Note } else { host };
        let id = match entity {
            HookEntity::Note => item.id("note[id]").or_else(|| item.id("id")),
            HookEntity::Talk => item.id("talk_id").or_else(|| item.id("id")),
            HookEntity::Message | HookEntity::OutgoingMessage | HookEntity::Unsorted => None,
            _ => item.id("id"),
        };
        // Tasks have dates for `last_modified`, which are no numbers (Kommo docs: webhooks-general).
        let updated_at = ["updated_at", "note[updated_at]", "last_modified", "date_modify"];
        let updated_at = updated_at.into_iter().find_map(|field| item.id(field));
        Self { entity, action, id, about, updated_at, item }
    }
}

fn entity(word: &str, item: &Item) -> HookEntity {
    match word {
        "leads" | "lead" => HookEntity::Lead,
        "contacts" | "contact" if item.text("type") == Some("company") => HookEntity::Company,
        "contacts" | "contact" => HookEntity::Contact,
        "companies" | "company" => HookEntity::Company,
        "task" | "tasks" => HookEntity::Task,
        "note" | "notes" => HookEntity::Note,
        "talk" | "talks" => HookEntity::Talk,
        "message" | "messages" => message(item),
        "outgoing_message" | "outgoing_messages" => HookEntity::OutgoingMessage,
        "unsorted" => HookEntity::Unsorted,
        "catalogs" | "catalog_elements" => HookEntity::CatalogElement,
        other => HookEntity::Other(other.to_owned()),
    }
}

/// An item without its entity is a message when it looks like one (Kommo docs, 2026: `add_message`).
fn alone(action: &str, item: &Item) -> HookEntity {
    if item.text("chat_id").is_some() && (item.text("id").is_some() || item.text("message_type").is_some()) {
        message(item)
    } else {
        HookEntity::Other(action.to_owned())
    }
}

fn message(item: &Item) -> HookEntity {
    match item.text("type") {
        Some("outgoing") => HookEntity::OutgoingMessage,
        _ => HookEntity::Message,
    }
}

fn action(word: String) -> HookAction {
    match word.as_str() {
        "add" => HookAction::Added,
        "update" => HookAction::Updated,
        "delete" => HookAction::Deleted,
        "restore" => HookAction::Restored,
        "status" => HookAction::StageChanged,
        "responsible" => HookAction::ResponsibleChanged,
        _ => HookAction::Other(word),
    }
}

fn about(host: &HookEntity, is_note: bool, item: &Item) -> Option<HookAbout> {
    let named = |kind: &str, id: &str| card(EntityType::parse(item.text(kind)?), item.id(id));
    match host {
        _ if is_note => named("note[element_type]", "note[element_id]").or_else(|| {
            let kind = match host {
                HookEntity::Lead => EntityType::Leads,
                HookEntity::Contact => EntityType::Contacts,
                HookEntity::Company => EntityType::Companies,
                _ => return None,
            };
            card(kind, item.id("note[element_id]"))
        }),
        HookEntity::Task | HookEntity::Note => named("element_type", "element_id"),
        // A chat that is on no lead yet has neither of the first two (recorded).
        HookEntity::Talk | HookEntity::Message | HookEntity::OutgoingMessage => {
            named("entity_type", "entity_id")
                .or_else(|| named("element_type", "element_id"))
                .or_else(|| card(EntityType::Contacts, item.id("contact_id")))
        }
        HookEntity::Unsorted => card(EntityType::Leads, super::told::unsorted_leads(item).first().copied()),
        _ => None,
    }
}

fn card(kind: EntityType, id: Option<i64>) -> Option<HookAbout> {
    matches!(kind, EntityType::Leads | EntityType::Contacts | EntityType::Companies).then_some(())?;
    Some(HookAbout { kind, id: id? })
}

/// Only what looks like a name of Kommo's: whoever knows the address can write anything there.
fn other(f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
    let is_name = word.len() <= 40 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    f.debug_tuple("Other").field(&if is_name { word } else { "..." }).finish()
}

impl fmt::Debug for HookEntity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lead => "Lead",
            Self::Contact => "Contact",
            Self::Company => "Company",
            Self::Task => "Task",
            Self::Note => "Note",
            Self::Talk => "Talk",
            Self::Message => "Message",
            Self::OutgoingMessage => "OutgoingMessage",
            Self::Unsorted => "Unsorted",
            Self::CatalogElement => "CatalogElement",
            Self::Other(word) => return other(f, word),
        })
    }
}

impl fmt::Debug for HookAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added => "Added",
            Self::Updated => "Updated",
            Self::Deleted => "Deleted",
            Self::Restored => "Restored",
            Self::StageChanged => "StageChanged",
            Self::ResponsibleChanged => "ResponsibleChanged",
            Self::Other(word) => return other(f, word),
        })
    }
}
