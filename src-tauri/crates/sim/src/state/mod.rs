//! The account as it stands: everything the handlers read and change, with the indexes that keep lists fast.

mod account;
mod card;
mod events;
mod fields;
mod ids;
mod kind;
mod pipelines;
mod table;
mod tags;
mod talks;
mod tasks;
mod unsorted;

pub(crate) use account::{Account, Bot, LossReason, Rights, Source, TaskType, User};
pub(crate) use card::{Card, Company, Contact, FieldValue, Item, Lead, LinkedContact, Scalar};
pub(crate) use events::{Event, EventLog, event_id};
pub(crate) use fields::{Enum, Field, FieldType};
pub(crate) use ids::{IdKind, Ids};
pub(crate) use kind::Kind;
pub(crate) use pipelines::{FIRST_KIND, LOST, Pipeline, Status, WON};
pub(crate) use table::{Row, Table};
pub(crate) use tags::{Tag, TagBook};
pub(crate) use talks::{Direction, Message, Talk, Talks};
pub(crate) use tasks::{Note, Notes, Task, Tasks};
pub(crate) use unsorted::{Unsorted, UnsortedState};

use crate::chance::Chance;
use crate::oauth::Grants;
use crate::webhooks::Hooks;

/// One simulated Kommo account.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) account: Account,
    pub(crate) users: Vec<User>,
    pub(crate) task_types: Vec<TaskType>,
    pub(crate) loss_reasons: Vec<LossReason>,
    pub(crate) sources: Vec<Source>,
    pub(crate) bots: Vec<Bot>,
    pub(crate) pipelines: Vec<Pipeline>,
    fields: [Vec<Field>; 3],
    tags: [TagBook; 3],
    pub(crate) leads: Table<Lead>,
    pub(crate) contacts: Table<Contact>,
    pub(crate) companies: Table<Company>,
    pub(crate) tasks: Tasks,
    pub(crate) notes: Notes,
    pub(crate) events: EventLog,
    pub(crate) unsorted: Vec<Unsorted>,
    pub(crate) talks: Talks,
    pub(crate) hooks: Hooks,
    pub(crate) grants: Grants,
    pub(crate) ids: Ids,
    pub(crate) chance: Chance,
}

impl World {
    /// An account with nobody and nothing in it.
    pub(crate) fn empty(seed: u64, account: Account, grants: Grants) -> Self {
        Self {
            seed,
            account,
            users: Vec::new(),
            task_types: Vec::new(),
            loss_reasons: Vec::new(),
            sources: Vec::new(),
            bots: Vec::new(),
            pipelines: Vec::new(),
            fields: Default::default(),
            tags: Default::default(),
            leads: Table::default(),
            contacts: Table::default(),
            companies: Table::default(),
            tasks: Tasks::default(),
            notes: Notes::default(),
            events: EventLog::default(),
            unsorted: Vec::new(),
            talks: Talks::default(),
            hooks: Hooks::default(),
            grants,
            ids: Ids::new(seed),
            chance: Chance::new(seed, "running"),
        }
    }

    pub(crate) fn fields(&self, kind: Kind) -> &[Field] {
        &self.fields[kind.index()]
    }

    pub(crate) fn fields_mut(&mut self, kind: Kind) -> &mut Vec<Field> {
        &mut self.fields[kind.index()]
    }

    pub(crate) fn field(&self, kind: Kind, id: u32) -> Option<&Field> {
        self.fields(kind).iter().find(|field| field.id == id)
    }

    pub(crate) fn field_by_code(&self, kind: Kind, code: &str) -> Option<&Field> {
        self.fields(kind).iter().find(|field| field.code.as_deref() == Some(code))
    }

    pub(crate) fn field_by_name(&self, kind: Kind, name: &str) -> Option<&Field> {
        self.fields(kind).iter().find(|field| field.name == name)
    }

    pub(crate) fn tags(&self, kind: Kind) -> &TagBook {
        &self.tags[kind.index()]
    }

    pub(crate) fn tags_mut(&mut self, kind: Kind) -> &mut TagBook {
        &mut self.tags[kind.index()]
    }

    /// The id of the tag of this name, made when there is none yet.
    pub(crate) fn tag_named(&mut self, kind: Kind, name: &str) -> u32 {
        if let Some(tag) = self.tags(kind).by_name(name) {
            return tag.id;
        }
        let id = self.ids.next(IdKind::Tag);
        self.tags_mut(kind).add(Tag { id, name: name.to_owned(), color: None });
        id
    }

    pub(crate) fn user(&self, id: u32) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn pipeline(&self, id: u32) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.id == id)
    }

    pub(crate) fn main_pipeline(&self) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.is_main).or(self.pipelines.first())
    }

    pub(crate) fn status(&self, pipeline_id: u32, status_id: u32) -> Option<&Status> {
        self.pipeline(pipeline_id)?.statuses.iter().find(|status| status.id == status_id)
    }

    /// What leads, contacts and companies have in common. Deleted ones too.
    pub(crate) fn card(&self, kind: Kind, id: u32) -> Option<&Card> {
        match kind {
            Kind::Lead => self.leads.get(id).map(|lead| &lead.card),
            Kind::Contact => self.contacts.get(id).map(|contact| &contact.card),
            Kind::Company => self.companies.get(id).map(|company| &company.card),
        }
    }

    /// The card of something that is not deleted.
    pub(crate) fn live_card(&self, kind: Kind, id: u32) -> Option<&Card> {
        self.card(kind, id).filter(|card| card.deleted_at.is_none())
    }

    /// Changes a card and keeps the indexes right.
    pub(crate) fn change_card<R>(
        &mut self,
        kind: Kind,
        id: u32,
        act: impl FnOnce(&mut Card) -> R,
    ) -> Option<R> {
        match kind {
            Kind::Lead => self.leads.change(id, |lead| act(&mut lead.card)),
            Kind::Contact => self.contacts.change(id, |contact| act(&mut contact.card)),
            Kind::Company => self.companies.change(id, |company| act(&mut company.card)),
        }
    }

    /// When the next open task of something falls due.
    pub(crate) fn closest_task_at(&self, kind: Kind, id: u32) -> Option<i64> {
        self.tasks.of(kind, id).filter(|task| !task.is_completed).map(|task| task.complete_till).min()
    }
}
