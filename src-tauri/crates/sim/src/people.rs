//! What people and customers do in Kommo while nobody watches: random edits that can be repeated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::changes::{
    By, CardPatch, ContactPatch, Incoming, LeadPatch, NewNote, NewTask, TagRef, TagsPatch, TaskPatch,
};
use crate::seed::{CITIES, FIRST_NAMES, LAST_NAMES, NOTE_TEXTS, TASK_TEXTS, invent_phone};
use crate::state::{FieldType, FieldValue, Item, Kind, LinkedContact, Scalar, World};

type Edit = fn(&mut Edits<'_>) -> Option<u32>;

/// What can happen, and how often.
const EDITS: [(&str, u32, Edit); 19] = [
    ("lead_created", 6, |edits| edits.create_lead()),
    ("contact_created", 3, |edits| edits.create_contact()),
    ("lead_renamed", 6, |edits| edits.rename_lead()),
    ("contact_renamed", 4, |edits| edits.rename_contact()),
    ("price_changed", 8, |edits| edits.change_price()),
    ("stage_moved", 14, |edits| edits.move_stage()),
    ("tag_added", 8, |edits| edits.add_tag()),
    ("tag_removed", 4, |edits| edits.remove_tag()),
    ("responsible_changed", 5, |edits| edits.change_responsible()),
    ("field_changed", 10, |edits| edits.change_field()),
    ("linked", 3, |edits| edits.link()),
    ("unlinked", 2, |edits| edits.unlink()),
    ("note_added", 8, |edits| edits.add_note()),
    ("task_added", 6, |edits| edits.add_task()),
    ("task_completed", 4, |edits| edits.complete_task()),
    ("task_deleted", 2, |edits| edits.delete_task()),
    ("lead_deleted", 3, |edits| edits.delete_lead()),
    ("lead_restored", 2, |edits| edits.restore_lead()),
    ("message_received", 8, |edits| edits.receive()),
];

struct Edits<'a> {
    world: &'a mut World,
    chance: Chance,
    by: By,
}

/// Makes `changes` edits and says how many there were of each kind and which leads they touched.
pub(crate) fn edit(world: &mut World, changes: usize, seed: u64, now_ms: i64) -> Value {
    let mut edits = Edits { world, chance: Chance::new(seed, "people"), by: By { user: 0, now_ms } };
    let weights = EDITS.map(|(_, weight, _)| weight);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut touched: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    let (mut made, mut tried) = (0, 0);
    // An edit may find nothing to act on in a small account; another one is drawn then.
    while made < changes && tried < changes.saturating_mul(20).saturating_add(100) {
        tried += 1;
        edits.by.user = edits.someone();
        let (name, _, act) = EDITS[edits.chance.weighted(&weights)];
        if let Some(id) = act(&mut edits) {
            made += 1;
            *counts.entry(name).or_default() += 1;
            touched.entry(name).or_default().insert(id);
        }
    }
    json!({"changes": made, "by_kind": counts, "ids": touched})
}

impl Edits<'_> {
    fn someone(&mut self) -> u32 {
        let active: Vec<u32> =
            self.world.users.iter().filter(|user| user.rights.is_active).map(|user| user.id).collect();
        if active.is_empty() { 0 } else { *self.chance.pick(&active) }
    }

    /// Leads near the end of the list are worked on more.
    fn any_lead(&mut self) -> Option<u32> {
        let live = self.world.leads.live_ids();
        if live.is_empty() {
            return None;
        }
        let span = if self.chance.percent(50) { live.len().div_ceil(5) } else { live.len() };
        Some(live[live.len() - 1 - self.chance.below(span)])
    }

    fn any_contact(&mut self) -> Option<u32> {
        let live = self.world.contacts.live_ids();
        if live.is_empty() { None } else { Some(*self.chance.pick(live)) }
    }

    fn person(&mut self) -> (String, String) {
        let first = *self.chance.pick(&FIRST_NAMES);
        let last = *self.chance.pick(&LAST_NAMES);
        (format!("{first} {last}"), {
            let area = self.chance.pick(&CITIES).1;
            invent_phone(&mut self.chance, area)
        })
    }

    fn change_lead(&mut self, id: u32, patch: &LeadPatch) -> Option<u32> {
        self.world.change_lead(id, patch, self.by).then_some(id)
    }

    fn create_lead(&mut self) -> Option<u32> {
        let contact = self.create_contact()?;
        let name = self.world.card(Kind::Contact, contact).map(|card| card.name.clone());
        let patch = LeadPatch {
            card: CardPatch { name, ..CardPatch::default() },
            price: Some(self.chance.between(80, 900) * 100),
            contacts: vec![LinkedContact { id: contact, is_main: true }],
            ..LeadPatch::default()
        };
        Some(self.world.add_lead(&patch, self.by))
    }

    fn create_contact(&mut self) -> Option<u32> {
        let (name, phone) = self.person();
        let field = self.world.field_by_code(Kind::Contact, "PHONE")?;
        let enum_id = field.enum_by_code("WORK").map(|known| known.id);
        let items = vec![Item { value: Scalar::text(&phone), enum_id }];
        let values = vec![FieldValue { field: field.id, items }];
        let card = CardPatch { name: Some(name), values, ..CardPatch::default() };
        Some(self.world.add_contact(&ContactPatch { card, ..ContactPatch::default() }, self.by))
    }

    fn rename_lead(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        let name = format!("{} - {}", self.person().0, self.chance.pick(&CITIES).0);
        let card = CardPatch { name: Some(name), ..CardPatch::default() };
        self.change_lead(id, &LeadPatch { card, ..LeadPatch::default() })
    }

    fn rename_contact(&mut self) -> Option<u32> {
        let id = self.any_contact()?;
        let card = CardPatch { name: Some(self.person().0), ..CardPatch::default() };
        let patch = ContactPatch { card, ..ContactPatch::default() };
        self.world.change_contact(id, &patch, self.by).then_some(id)
    }

    fn change_price(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        let price = Some(self.chance.between(50, 3_000) * 100);
        self.change_lead(id, &LeadPatch { price, ..LeadPatch::default() })
    }

    fn move_stage(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        let at = self.chance.below(self.world.pipelines.len());
        let pipeline = &self.world.pipelines[at];
        let open: Vec<u32> =
            pipeline.statuses.iter().filter(|known| known.kind == 0).map(|known| known.id).collect();
        let status = *self.chance.pick(&open);
        let reason = self.chance.pick(&self.world.loss_reasons).id;
        let patch = LeadPatch {
            stage: Some((pipeline.id, status)),
            loss_reason: (status == crate::state::LOST).then_some(Some(reason)),
            ..LeadPatch::default()
        };
        self.change_lead(id, &patch)
    }

    fn add_tag(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        let tag = self.chance.pick(self.world.tags(Kind::Lead).all()).id;
        let add = vec![TagRef::Id(tag)];
        let card = CardPatch { tags: TagsPatch::Delta { add, delete: Vec::new() }, ..CardPatch::default() };
        self.change_lead(id, &LeadPatch { card, ..LeadPatch::default() })
    }

    fn remove_tag(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        let tag = *self.world.card(Kind::Lead, id)?.tags.last()?;
        let delete = vec![TagRef::Id(tag)];
        let card = CardPatch { tags: TagsPatch::Delta { add: Vec::new(), delete }, ..CardPatch::default() };
        self.change_lead(id, &LeadPatch { card, ..LeadPatch::default() })
    }

    fn change_responsible(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        let card = CardPatch { responsible: Some(self.someone()), ..CardPatch::default() };
        self.change_lead(id, &LeadPatch { card, ..LeadPatch::default() })
    }

    fn change_field(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        let field = self.chance.pick(self.world.fields(Kind::Lead)).clone();
        let item = match field.kind {
            kind if kind.is_choice() => {
                let chosen = self.chance.pick(&field.enums).id;
                Item { value: Scalar::OfEnum, enum_id: Some(chosen) }
            }
            kind if kind.is_number() => {
                let number = self.chance.between(1, 9_999).to_string();
                Item { value: Scalar::text(&number), enum_id: None }
            }
            kind if kind.is_instant() => {
                let at = self.by.now() + self.chance.between(1, 400) * 3_600;
                Item { value: Scalar::Int(at), enum_id: None }
            }
            FieldType::Url => Item { value: Scalar::text("https://agenda.example/solar"), enum_id: None },
            _ => {
                let text = *self.chance.pick(&NOTE_TEXTS);
                Item { value: Scalar::text(text), enum_id: None }
            }
        };
        let items = if self.chance.percent(12) { Vec::new() } else { vec![item] };
        let values = vec![FieldValue { field: field.id, items }];
        let card = CardPatch { values, ..CardPatch::default() };
        self.change_lead(id, &LeadPatch { card, ..LeadPatch::default() })
    }

    fn link(&mut self) -> Option<u32> {
        let (lead, contact) = (self.any_lead()?, self.any_contact()?);
        self.world.link((Kind::Lead, lead), (Kind::Contact, contact), None, self.by);
        Some(lead)
    }

    fn unlink(&mut self) -> Option<u32> {
        let lead = self.any_lead()?;
        let contact = self.world.leads.live(lead)?.contacts.last()?.id;
        self.world.unlink((Kind::Lead, lead), (Kind::Contact, contact), self.by).then_some(lead)
    }

    fn add_note(&mut self) -> Option<u32> {
        let (kind, entity_id) = if self.chance.percent(85) {
            (Kind::Lead, self.any_lead()?)
        } else {
            (Kind::Contact, self.any_contact()?)
        };
        let params = json!({"text": self.chance.pick(&NOTE_TEXTS)});
        let note_type = "common".to_owned();
        let new = NewNote { kind, entity_id, note_type, params, created_by: None, created_at: None };
        Some(self.world.add_note(new, self.by))
    }

    fn add_task(&mut self) -> Option<u32> {
        let lead = self.any_lead()?;
        let new = NewTask {
            entity: Some((Kind::Lead, lead)),
            text: (*self.chance.pick(&TASK_TEXTS)).to_owned(),
            task_type_id: self.chance.pick(&self.world.task_types).id,
            responsible: Some(self.by.user),
            complete_till: self.by.now() + self.chance.between(1, 240) * 3_600,
            duration: 0,
            is_completed: false,
            result: None,
            created_by: None,
            created_at: None,
            updated_at: None,
        };
        Some(self.world.add_task(new, self.by))
    }

    fn any_open_task(&mut self) -> Option<u32> {
        let live = self.world.tasks.table.live_ids();
        for _ in 0..8 {
            if live.is_empty() {
                return None;
            }
            let id = live[live.len() - 1 - self.chance.below(live.len())];
            if self.world.tasks.table.live(id).is_some_and(|task| !task.is_completed) {
                return Some(id);
            }
        }
        None
    }

    fn complete_task(&mut self) -> Option<u32> {
        let id = self.any_open_task()?;
        let result = Some("Feito".to_owned());
        let patch = TaskPatch { is_completed: Some(true), result, ..TaskPatch::default() };
        self.world.change_task(id, patch, self.by).then_some(id)
    }

    fn delete_task(&mut self) -> Option<u32> {
        let id = self.any_open_task()?;
        self.world.delete_task(id, self.by).then_some(id)
    }

    fn delete_lead(&mut self) -> Option<u32> {
        let id = self.any_lead()?;
        self.world.delete_card(Kind::Lead, id, self.by).then_some(id)
    }

    fn restore_lead(&mut self) -> Option<u32> {
        let deleted = self.world.leads.deleted_ids();
        if deleted.is_empty() {
            return None;
        }
        let id = *self.chance.pick(deleted);
        self.world.restore_card(Kind::Lead, id, self.by).then_some(id)
    }

    fn receive(&mut self) -> Option<u32> {
        let text = *self.chance.pick(&NOTE_TEXTS);
        let from = if self.chance.percent(20) {
            let (name, phone) = self.person();
            Incoming::Stranger { name, phone }
        } else {
            Incoming::Known(self.any_contact()?)
        };
        self.world.receive_message(from, text, None, self.by)
    }
}
