//! What happened around the leads: tasks, notes, conversations, incoming leads and the last thirty days' events.

use serde_json::{Value, json};

use super::{phones, words};
use crate::chance::Chance;
use crate::state::{
    Card, Contact, Direction, Event, FieldValue, IdKind, Item, Kind, Lead, LinkedContact, Message, Note,
    Scalar, Talk, Task, Unsorted, UnsortedState, World, event_id,
};

const DAY_S: i64 = 24 * 60 * 60;
const EVENT_DAYS: i64 = 30;
const MOST_EVENTS: usize = 20_000;
const TALK_DAYS: i64 = 21;
const MOST_TALKS: usize = 1_500;

pub(super) fn fill(world: &mut World, incoming: usize, now: i64) {
    unsorted(world, incoming, now);
    tasks(world, now);
    notes(world, now);
    talks(world, now);
    events(world, now);
}

/// What the other parts need to know of a lead, copied so that the world can be changed.
struct Brief {
    id: u32,
    responsible: u32,
    created_at: i64,
    updated_at: i64,
    contact: Option<u32>,
    is_closed: bool,
}

fn briefs(world: &World) -> Vec<Brief> {
    world
        .leads
        .all()
        .iter()
        .map(|lead| Brief {
            id: lead.card.id,
            responsible: lead.card.responsible,
            created_at: lead.card.created_at,
            updated_at: lead.card.updated_at,
            contact: lead.contacts.first().map(|link| link.id),
            is_closed: lead.closed_at.is_some(),
        })
        .collect()
}

fn tasks(world: &mut World, now: i64) {
    let mut chance = Chance::new(world.seed, "tasks");
    let mut tasks = Vec::new();
    for lead in briefs(world) {
        if !chance.percent(25) {
            continue;
        }
        let created_at = chance.between(lead.created_at, lead.updated_at.max(lead.created_at));
        let is_completed = lead.is_closed || chance.percent(45);
        let complete_till = created_at + chance.between(1, 14) * DAY_S;
        let updated_at = if is_completed { complete_till.min(now) } else { created_at };
        tasks.push(Task {
            id: world.ids.next(IdKind::Task),
            entity: Some((Kind::Lead, lead.id)),
            text: (*chance.pick(&words::TASK_TEXTS)).to_owned(),
            task_type_id: world.task_types[chance.weighted(&[70, 15, 8, 7])].id,
            responsible: lead.responsible,
            complete_till,
            duration: 0,
            is_completed,
            result: (is_completed && chance.percent(60))
                .then(|| (*chance.pick(&words::TASK_RESULTS)).to_owned()),
            created_by: lead.responsible,
            updated_by: if is_completed { lead.responsible } else { 0 },
            created_at,
            updated_at,
            is_deleted: false,
        });
    }
    world.tasks.fill(tasks);
}

fn notes(world: &mut World, now: i64) {
    let mut chance = Chance::new(world.seed, "notes");
    let mut notes = Vec::new();
    for lead in briefs(world) {
        if !chance.percent(33) {
            continue;
        }
        for _ in 0..=chance.weighted(&[75, 25]) {
            let created_at = chance.between(lead.created_at, lead.updated_at).min(now);
            let (note_type, params, author) = match chance.weighted(&[88, 6, 6]) {
                0 => ("common", json!({"text": chance.pick(&words::NOTE_TEXTS)}), lead.responsible),
                1 => (
                    "call_out",
                    json!({"uniq": chance.hex(16), "duration": chance.between(5, 900), "source": "telefonia",
                        "link": "", "phone": "+551140000000", "call_status": 4}),
                    lead.responsible,
                ),
                // A system note without parameters: PHP answers the empty object as an array.
                _ => ("site_visit", json!([]), 0),
            };
            notes.push(Note {
                id: world.ids.next(IdKind::Note),
                kind: Kind::Lead,
                entity_id: lead.id,
                note_type: note_type.into(),
                params,
                responsible: lead.responsible,
                created_by: author,
                updated_by: author,
                created_at,
                updated_at: created_at,
                is_pinned: false,
            });
        }
    }
    world.notes.fill(notes);
}

fn talks(world: &mut World, now: i64) {
    let mut chance = Chance::new(world.seed, "talks");
    let recent: Vec<Brief> =
        briefs(world).into_iter().filter(|lead| lead.updated_at > now - TALK_DAYS * DAY_S).collect();
    let skipped = recent.len().saturating_sub(MOST_TALKS);
    for lead in recent.into_iter().skip(skipped) {
        let Some(contact) = lead.contact else { continue };
        if !chance.percent(70) {
            continue;
        }
        let card = world.card(Kind::Contact, contact);
        let name = card.map_or_else(String::new, |card| card.name.clone());
        let seller = world.user(lead.responsible).map_or_else(String::new, |user| user.name.clone());
        let mut at = lead.created_at.max(lead.updated_at - 3 * DAY_S);
        let mut messages = Vec::new();
        for index in 0..chance.between(2, 11) {
            at = (at + chance.between(20, 4_000)).min(now);
            let is_incoming = index == 0 || chance.percent(50);
            messages.push(seeded_message(&mut chance, is_incoming, &name, (lead.responsible, &seller), at));
        }
        let id = world.ids.next(IdKind::Talk);
        let is_read = messages.last().is_some_and(|last| last.direction == Direction::Outgoing);
        world.talks.insert(Talk {
            id,
            contact_id: contact,
            lead_id: Some(lead.id),
            chat_id: chance.uuid(),
            origin: "waba",
            source_id: world.sources[0].id,
            is_in_work: !lead.is_closed,
            is_read,
            created_at: messages.first().map_or(at, |first| first.created_at),
            updated_at: at,
            client_id: chance.uuid(),
            client_name: name,
            messages,
        });
    }
}

fn seeded_message(
    chance: &mut Chance,
    is_incoming: bool,
    client: &str,
    seller: (u32, &str),
    at: i64,
) -> Message {
    let text = if is_incoming { *chance.pick(&words::INCOMING) } else { *chance.pick(&words::OUTGOING) };
    let is_bot = !is_incoming && chance.percent(30);
    Message {
        id: chance.uuid(),
        direction: if is_incoming { Direction::Incoming } else { Direction::Outgoing },
        message_type: "text",
        text: text.to_owned(),
        author_type: match (is_incoming, is_bot) {
            (true, _) => "external",
            (false, true) => "bot",
            (false, false) => "internal",
        },
        author_user: (!is_incoming && !is_bot).then_some(seller.0),
        author_name: match (is_incoming, is_bot) {
            (true, _) => client.to_owned(),
            (false, true) => "Salesbot".to_owned(),
            (false, false) => seller.1.to_owned(),
        },
        created_at: at,
        attachment: None,
    }
}

/// The newest leads wait unsorted, each with a contact that is unsorted too.
fn unsorted(world: &mut World, count: usize, now: i64) {
    let mut chance = Chance::new(world.seed, "unsorted");
    let Some((pipeline_id, status_id)) =
        world.main_pipeline().and_then(|known| known.incoming_stage().map(|stage| (known.id, stage.id)))
    else {
        return;
    };
    let mut at = now - count as i64 * 1_800;
    for _ in 0..count {
        at += chance.between(60, 1_700);
        let is_chat = chance.percent(70);
        let name = format!("{} {}", chance.pick(&words::FIRST_NAMES), chance.pick(&words::LAST_NAMES));
        let phone = phones::invent(&mut chance, chance_area(world.seed, at));
        let contact = incoming_contact(world, &name, &phone, at);
        let lead_id = world.ids.next(IdKind::Lead);
        let source = &world.sources[if is_chat { 0 } else { 3 }];
        let (source_id, source_name) = (source.id, source.name.clone());
        let chat = chance.uuid();
        let metadata = if is_chat {
            json!({"from": name, "to": "5511940000000", "received_at": at, "service": "waba",
                "client": {"name": name, "avatar": null}, "origin": {"chat_id": chat, "ref": null, "visitor_uid": null},
                "last_message_text": chance.pick(&words::INCOMING), "source_name": source_name})
        } else {
            json!({"form_id": "orcamento", "form_name": "Peça um orçamento", "form_page": "https://solarhorizonte.example",
                "form_sent_at": at, "ip": "203.0.113.7", "referer": "https://solarhorizonte.example/"})
        };
        let uid = chance.hex(60);
        world.contacts.change(contact, |contact| contact.leads.push(lead_id));
        world.leads.insert(Lead {
            card: Card {
                id: lead_id,
                name: if is_chat { String::new() } else { "Pedido do site".to_owned() },
                created_at: at,
                updated_at: at,
                ..Card::default()
            },
            status_id,
            pipeline_id,
            source_id: Some(source_id),
            contacts: vec![LinkedContact { id: contact, is_main: true }],
            ..Lead::default()
        });
        world.unsorted.push(Unsorted {
            uid,
            source_uid: is_chat.then(|| format!("amojo:waba:{chat}")),
            source_name: Some(source_name),
            category: if is_chat { "chats" } else { "forms" },
            pipeline_id,
            created_at: at,
            metadata,
            lead_id,
            contact_id: Some(contact),
            company_id: None,
            state: UnsortedState::Waiting,
            decided_at: None,
        });
    }
}

fn chance_area(seed: u64, at: i64) -> u32 {
    let index = (seed ^ at.unsigned_abs()) as usize % words::CITIES.len();
    words::CITIES[index].1
}

fn incoming_contact(world: &mut World, name: &str, phone: &str, at: i64) -> u32 {
    let id = world.ids.next(IdKind::Contact);
    let field = world.field_by_code(Kind::Contact, "PHONE");
    let values = field
        .map(|field| FieldValue {
            field: field.id,
            items: vec![Item {
                value: Scalar::text(phone),
                enum_id: field.enum_by_code("WORK").map(|known| known.id),
            }],
        })
        .into_iter()
        .collect();
    world.contacts.insert(Contact {
        card: Card { id, name: name.to_owned(), created_at: at, updated_at: at, values, ..Card::default() },
        first_name: name.to_owned(),
        is_unsorted: true,
        ..Contact::default()
    });
    id
}

/// At most three events a lead, of the last thirty days, the newest twenty thousand.
fn events(world: &mut World, now: i64) {
    let since = now - EVENT_DAYS * DAY_S;
    let mut drafts: Vec<(i64, &'static str, u32, u32, Value, Value)> = Vec::new();
    for lead in world.leads.all() {
        let card = &lead.card;
        if card.created_at > since {
            drafts.push((card.created_at, "lead_added", card.id, card.created_by, json!([]), json!([])));
        }
        if card.updated_at > since && card.updated_at > card.created_at {
            let first =
                world.pipeline(lead.pipeline_id).and_then(|known| known.first_stage()).map(|stage| stage.id);
            if let Some(first) = first.filter(|first| *first != lead.status_id) {
                let status = |id: u32| json!([{"lead_status": {"id": id, "pipeline_id": lead.pipeline_id}}]);
                let change = (status(first), status(lead.status_id));
                drafts.push((
                    card.updated_at,
                    "lead_status_changed",
                    card.id,
                    card.updated_by,
                    change.0,
                    change.1,
                ));
            }
        }
        if let Some(id) = world.notes.of(Kind::Lead, card.id).last()
            && let Some(note) = world.notes.table.get(*id)
            && note.created_at > since
            && &*note.note_type == "common"
        {
            let after = json!([{"note": {"id": note.id}}]);
            drafts.push((note.created_at, "common_note_added", card.id, note.created_by, json!([]), after));
        }
    }
    drafts.sort_by_key(|draft| (draft.0, draft.2));
    let skipped = drafts.len().saturating_sub(MOST_EVENTS);
    let seed = world.seed;
    let mut events = Vec::with_capacity(drafts.len() - skipped);
    for (at, kind, entity_id, created_by, before, after) in drafts.into_iter().skip(skipped) {
        events.push(Event {
            id: event_id(at * 1000, world.ids.next(IdKind::Event), seed),
            kind: kind.to_owned(),
            entity_type: "lead",
            entity_id,
            created_by,
            created_at: at,
            before,
            after,
        });
    }
    world.events.fill(events);
}
