//! What a delivery tells: pure.

use crate::pull::history::Affected;
use cadencia_domain::field::EntityKind;
use cadencia_domain::time::UtcMillis;
use cadencia_store::deliveries::Delivery;
use cadencia_store::messages::{Message, MessageDirection};
use kommo::EntityType;
use kommo::webhook::{self, HookAction, HookAuthor, HookDirection, HookEntity, HookEvent, ParseError};
use std::collections::BTreeSet;

/// A delivery that was read.
#[derive(Debug)]
pub(super) struct Read {
    /// Codes of what it tells.
    pub(super) kinds: Vec<&'static str>,
    pub(super) told: Told,
}

/// What it tells.
#[derive(Debug)]
pub(super) enum Told {
    /// Not what Kommo sends: why.
    Unreadable(&'static str),
    /// Understood and not ours to act on: why.
    Ignored(&'static str),
    Events(Box<Events>),
}

/// What to look at, and what was said.
#[derive(Debug, Default)]
pub(super) struct Events {
    leads: BTreeSet<i64>,
    contacts: BTreeSet<i64>,
    companies: BTreeSet<i64>,
    tasks: BTreeSet<i64>,
    notes: BTreeSet<(EntityKind, i64)>,
    gone: BTreeSet<(String, i64)>,
    pub(super) messages: Vec<Message>,
    /// The lead of each conversation that began.
    pub(super) talks: Vec<Option<i64>>,
}

impl Events {
    /// What this delivery is about, as changes name it.
    pub(super) fn touched(&self) -> BTreeSet<(&'static str, i64)> {
        let kinds = [
            ("lead", &self.leads),
            ("contact", &self.contacts),
            ("company", &self.companies),
            ("task", &self.tasks),
        ];
        let cards = kinds.into_iter().flat_map(|(kind, ids)| ids.iter().map(move |id| (kind, *id)));
        cards.chain(self.notes.iter().map(|(_, id)| ("note", *id))).collect()
    }

    fn is_empty(&self) -> bool {
        self.touched().is_empty() && self.messages.is_empty() && self.talks.is_empty()
    }
}

impl Read {
    /// Adds what has to be looked at.
    pub(super) fn add_to(&self, affected: &mut Affected) {
        let Told::Events(events) = &self.told else { return };
        affected.leads.extend(&events.leads);
        affected.contacts.extend(&events.contacts);
        affected.companies.extend(&events.companies);
        affected.tasks.extend(&events.tasks);
        affected.notes.extend(&events.notes);
        affected.told_gone.extend(events.gone.iter().cloned());
    }

    /// The lead it is about, when it is about one.
    pub(super) fn lead(&self) -> Option<i64> {
        let Told::Events(events) = &self.told else { return None };
        let mut leads: BTreeSet<i64> = events.leads.clone();
        leads.extend(events.messages.iter().filter_map(|message| message.lead));
        if leads.len() == 1 { leads.first().copied() } else { None }
    }
}

/// Reads a delivery for the account with Kommo's number `account`.
pub(super) fn of(delivery: &Delivery, account: Option<i64>) -> Read {
    let Some(body) = &delivery.body else {
        return Read { kinds: Vec::new(), told: Told::Unreadable("empty") };
    };
    let parsed = match webhook::parse(body) {
        Ok(parsed) => parsed,
        Err(error) => return Read { kinds: Vec::new(), told: Told::Unreadable(code(&error)) },
    };
    let mut kinds: Vec<&'static str> = parsed.events.iter().map(HookEvent::kind).collect();
    kinds.dedup();
    // Nothing is signed: the secret and the account have to fit. Old bodies name no account.
    if let (Some(told), Some(known)) = (parsed.account_id, account)
        && told != known
    {
        return Read { kinds, told: Told::Ignored("other_account") };
    }
    let mut events = Events::default();
    for event in &parsed.events {
        note(&mut events, event, delivery.received_at);
    }
    if events.is_empty() {
        return Read { kinds, told: Told::Ignored("unknown_event") };
    }
    Read { kinds, told: Told::Events(Box::new(events)) }
}

fn code(error: &ParseError) -> &'static str {
    match error {
        ParseError::NotAForm => "not_a_form",
        ParseError::Empty => "empty",
        ParseError::TooLarge { .. } => "too_large",
        ParseError::TooManyPairs => "too_many_pairs",
        ParseError::TooDeep => "too_deep",
        _ => "not_a_delivery",
    }
}

fn note(events: &mut Events, event: &HookEvent, received_at: UtcMillis) {
    // A card that an event hangs on may have changed with it: its next task, its last change.
    if let Some(about) = event.about.filter(|about| about.id > 0) {
        match about.kind {
            EntityType::Leads => drop(events.leads.insert(about.id)),
            EntityType::Contacts => drop(events.contacts.insert(about.id)),
            EntityType::Companies => drop(events.companies.insert(about.id)),
            _ => {}
        }
    }
    let id = event.id.filter(|&id| id > 0);
    match &event.entity {
        HookEntity::Lead => insert(events, "lead", id, event),
        HookEntity::Contact => {
            events.leads.extend(event.item.linked_leads().into_iter().filter(|&id| id > 0));
            insert(events, "contact", id, event);
        }
        HookEntity::Company => insert(events, "company", id, event),
        HookEntity::Task => insert(events, "task", id, event),
        HookEntity::Note => {
            let kind = event.about.and_then(|about| kind(about.kind));
            events.notes.extend(kind.zip(id));
        }
        HookEntity::Talk if event.action == HookAction::Added => events.talks.push(lead_of(event)),
        HookEntity::Message | HookEntity::OutgoingMessage => {
            events.messages.extend(message(event, received_at));
        }
        HookEntity::Unsorted => {
            if let Some(unsorted) = event.unsorted() {
                events.leads.extend(unsorted.lead_ids.iter().copied().filter(|&id| id > 0));
                events.contacts.extend(unsorted.contact_ids.iter().copied().filter(|&id| id > 0));
            }
        }
        // Lists of goods, and what this program does not know.
        _ => {}
    }
}

fn insert(events: &mut Events, kind: &'static str, id: Option<i64>, event: &HookEvent) {
    let Some(id) = id else { return };
    let set = match kind {
        "lead" => &mut events.leads,
        "contact" => &mut events.contacts,
        "company" => &mut events.companies,
        _ => &mut events.tasks,
    };
    set.insert(id);
    if event.action == HookAction::Deleted {
        events.gone.insert((kind.to_owned(), id));
    }
}

fn kind(entity: EntityType) -> Option<EntityKind> {
    Some(match entity {
        EntityType::Leads => EntityKind::Lead,
        EntityType::Contacts => EntityKind::Contact,
        EntityType::Companies => EntityKind::Company,
        _ => return None,
    })
}

fn lead_of(event: &HookEvent) -> Option<i64> {
    event.about.filter(|about| about.kind == EntityType::Leads && about.id > 0).map(|about| about.id)
}

/// The longest text of a message that is kept.
const LONGEST: usize = 65_536;

fn message(event: &HookEvent, received_at: UtcMillis) -> Option<Message> {
    let told = event.message()?;
    let kommo_id = told.id.filter(|id| !id.is_empty() && id.len() <= 100)?.to_owned();
    let author = told.author.map(|author| match author {
        HookAuthor::External => "external",
        HookAuthor::Internal => "internal",
        HookAuthor::Bot => "bot",
        HookAuthor::Other => "other",
    });
    Some(Message {
        kommo_id,
        direction: match told.direction {
            HookDirection::Incoming => MessageDirection::In,
            HookDirection::Outgoing => MessageDirection::Out,
        },
        talk: told.talk_id,
        chat_id: told.chat_id.map(str::to_owned),
        contact: told.contact_id.filter(|&id| id > 0),
        lead: lead_of(event),
        author: author.map(str::to_owned),
        origin: told.origin.map(str::to_owned),
        text: told.text.chars().take(LONGEST).collect(),
        created_at: told.created_at.map_or(received_at, UtcMillis::from_unix_seconds),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_store::deliveries::{DeliveryEffect, DeliveryState};

    fn delivery(body: &str) -> Delivery {
        Delivery {
            id: 1,
            state: DeliveryState::Waiting,
            received_at: UtcMillis(5_000),
            times: 1,
            last_received_at: UtcMillis(5_000),
            body: Some(body.as_bytes().to_vec()),
            kinds: Vec::new(),
            attempts: 0,
            handled_at: None,
            reason: None,
            effect: DeliveryEffect::default(),
        }
    }

    fn events(body: &str) -> Events {
        match of(&delivery(body), Some(7)).told {
            Told::Events(events) => *events,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_delivery_says_what_to_look_at() {
        let told = events(
            "account[id]=7&leads[update][0][id]=1&leads[status][0][id]=2&contacts[add][0][id]=3\
             &contacts[add][0][type]=contact",
        );
        assert_eq!(told.leads, BTreeSet::from([1, 2]));
        assert_eq!(told.contacts, BTreeSet::from([3]));
        let told = events("account[id]=7&leads[delete][0][id]=1&task[delete][0][id]=9");
        assert!(told.gone.contains(&("lead".to_owned(), 1)) && told.gone.contains(&("task".to_owned(), 9)));
    }

    #[test]
    fn what_is_for_another_account_or_unknown_is_kept_and_not_acted_on() {
        for (body, reason) in [
            ("account[id]=8&leads[update][0][id]=1", "other_account"),
            ("account[id]=7&planets[add][0][id]=1", "unknown_event"),
            ("account[id]=7", "unknown_event"),
        ] {
            let told = of(&delivery(body), Some(7)).told;
            assert!(matches!(told, Told::Ignored(why) if why == reason), "{body}");
        }
        for (body, reason) in [("{\"a\":1}", "not_a_form"), ("", "empty")] {
            let told = of(&delivery(body), Some(7)).told;
            assert!(matches!(told, Told::Unreadable(why) if why == reason), "{body}");
        }
    }
}
