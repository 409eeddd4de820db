//! Leads.

use super::event;
use crate::account::Account;
use crate::overlay::OnItsWay;
use cadencia_contract::{
    CompanyView, ContactView, EmailView, FieldValueView, Int53, LeadDetail, LeadRow, MessageView, NoteView,
    PhoneView, TagRef, TaskView,
};
use cadencia_domain::account::TaskType;
use cadencia_domain::field::{FieldItem, FieldValue};
use cadencia_domain::id::KommoLeadId;
use cadencia_domain::lead::Tag;
use cadencia_domain::work::{Note, Task};
use cadencia_store::leads::{self, LeadSummary, LinkedContact};
use cadencia_store::messages::{Message, MessageDirection};
use cadencia_sync::difference::Names;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One row of the table.
pub(crate) fn row(lead: LeadSummary, is_pending: bool) -> LeadRow {
    let (contact_name, phone) = match lead.contact {
        Some(contact) => (Some(contact.name), contact.phone),
        None => (None, None),
    };
    LeadRow {
        id: lead.id.to_string(),
        kommo_id: Int53(lead.kommo_id.0),
        name: lead.name,
        price: money(lead.price_cents),
        pipeline_id: Int53(lead.pipeline.0),
        status_id: Int53(lead.status.0),
        responsible_id: lead.responsible.map(|id| Int53(id.0)),
        contact_name,
        phone,
        tags: lead.tags.into_iter().map(tag).collect(),
        created_at_ms: Int53(lead.created_at.0),
        updated_at_ms: Int53(lead.updated_at.0),
        next_task_at_ms: lead.closest_task_at.map(|at| Int53(at.0)),
        is_pending,
    }
}

/// What a detail needs beside the lead.
pub(crate) struct Around<'a> {
    pub(crate) account: &'a Account,
    pub(crate) names: &'a Names,
    pub(crate) task_types: &'a [TaskType],
    /// What of it is not in Kommo yet.
    pub(crate) on_its_way: OnItsWay,
    /// What was said.
    pub(crate) messages: Vec<Message>,
}

/// Everything known of one lead.
pub(crate) fn detail(stored: leads::LeadDetail, around: &Around<'_>) -> LeadDetail {
    let lead = stored.lead;
    let main = stored.contacts.first();
    let row = LeadRow {
        id: stored.id.to_string(),
        kommo_id: Int53(lead.kommo_id.0),
        name: lead.name,
        price: money(lead.price_cents),
        pipeline_id: Int53(lead.pipeline.0),
        status_id: Int53(lead.status.0),
        responsible_id: lead.responsible.map(|id| Int53(id.0)),
        contact_name: main.map(|contact| contact.stored.contact.name.clone()),
        phone: main.and_then(|contact| contact.stored.phones.first()).map(|phone| {
            phone.number.as_ref().map_or_else(|| phone.typed.clone(), |number| number.e164().to_owned())
        }),
        tags: lead.tags.into_iter().map(tag).collect(),
        created_at_ms: Int53(lead.created_at.0),
        updated_at_ms: Int53(lead.updated_at.0),
        next_task_at_ms: lead.closest_task_at.map(|at| Int53(at.0)),
        is_pending: !around.on_its_way.lead.is_empty() || !around.on_its_way.work.is_empty(),
    };
    LeadDetail {
        web_url: around.account.web_page(&format!("leads/detail/{}", lead.kommo_id)),
        deleted_at_ms: stored.deleted_at.map(|at| Int53(at.0)),
        closed_at_ms: lead.closed_at.map(|at| Int53(at.0)),
        loss_reason: lead
            .loss_reason
            .map(|id| around.names.loss_reasons.get(&id.0).cloned().unwrap_or_else(|| id.to_string())),
        company: stored
            .company
            .map(|company| CompanyView { kommo_id: Int53(company.kommo_id.0), name: company.name }),
        contacts: stored.contacts.into_iter().map(|contact| person(contact, around)).collect(),
        fields: lead.fields.iter().map(field).collect(),
        tasks: stored.tasks.into_iter().map(|task| task_view(task, around.task_types)).collect(),
        notes: stored.notes.into_iter().map(note).collect(),
        events: stored.events.iter().map(|event| event::view(event, around.names)).collect(),
        messages: around.messages.iter().map(message).collect(),
        pending: around.on_its_way.lead.clone(),
        pending_work: around.on_its_way.work.clone(),
        synced_at_ms: Int53(stored.synced_at.0),
        row,
    }
}

fn person(linked: LinkedContact, around: &Around<'_>) -> ContactView {
    let stored = linked.stored;
    let kind = |item: &FieldItem| item.enum_id.map(Int53);
    let emails = stored
        .contact
        .email_items()
        .map(|item| EmailView { text: item.text(), enum_id: kind(item) })
        .collect();
    // The stored phones are these, read as numbers.
    let kinds: Vec<Option<Int53>> = stored.contact.phone_items().map(kind).collect();
    let fields = stored
        .contact
        .fields
        .iter()
        .filter(|value| !matches!(value.code.as_deref(), Some("PHONE" | "EMAIL")))
        .map(field)
        .collect();
    ContactView {
        id: stored.id.to_string(),
        kommo_id: Int53(stored.contact.kommo_id.0),
        web_url: around.account.web_page(&format!("contacts/detail/{}", stored.contact.kommo_id)),
        name: stored.contact.name,
        is_main: linked.is_main,
        phones: stored
            .phones
            .into_iter()
            .enumerate()
            .map(|(place, phone)| PhoneView {
                e164: phone.number.map(|number| number.e164().to_owned()),
                typed: phone.typed,
                enum_id: kinds.get(place).copied().flatten(),
            })
            .collect(),
        emails,
        fields,
        pending: around.on_its_way.people.get(&stored.contact.kommo_id.0).cloned().unwrap_or_default(),
    }
}

fn task_view(task: Task, types: &[TaskType]) -> TaskView {
    let name = types.iter().find(|known| known.kommo_id == task.task_type).map(|known| known.name.clone());
    TaskView {
        kommo_id: Int53(task.kommo_id.0),
        text: task.text,
        task_type: name.unwrap_or_default(),
        due_at_ms: Int53(task.due_at.0),
        is_completed: task.is_completed,
        result: task.result,
        responsible_id: task.responsible.map(|id| Int53(id.0)),
    }
}

fn note(note: Note) -> NoteView {
    NoteView {
        kommo_id: Int53(note.kommo_id.0),
        kind: note.kind,
        text: note.text,
        created_by: note.created_by.map(|id| Int53(id.0)),
        created_at_ms: Int53(note.created_at.0),
        is_pinned: note.is_pinned,
    }
}

fn field(value: &FieldValue) -> FieldValueView {
    FieldValueView {
        field_id: Int53(value.field.0),
        name: value.name.clone(),
        kind: value.kind.clone(),
        values: value
            .items
            .iter()
            .map(|item| readable(&item.value))
            .filter(|text| !text.is_empty())
            .collect(),
        enum_ids: value.items.iter().filter_map(|item| item.enum_id).map(Int53).collect(),
    }
}

fn message(message: &Message) -> MessageView {
    MessageView {
        kommo_id: message.kommo_id.clone(),
        is_incoming: message.direction == MessageDirection::In,
        text: message.text.clone(),
        origin: message.origin.clone(),
        created_at_ms: Int53(message.created_at.0),
    }
}

/// Objects (addresses, legal entities, files) as the texts within them.
fn readable(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(map) => {
            map.values().map(readable).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Value::Array(list) => {
            list.iter().map(readable).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

pub(crate) fn tag(tag: Tag) -> TagRef {
    TagRef { kommo_id: Int53(tag.kommo_id.0), name: tag.name, color: tag.color }
}

/// Hundredths to whole units.
#[expect(clippy::cast_precision_loss, reason = "no price comes near 2^53 hundredths")]
pub(crate) fn money(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// Our ids for Kommo's numbers; unknown ones are left out.
pub(crate) async fn own_ids(account: &Arc<Account>, numbers: BTreeSet<i64>) -> Vec<String> {
    let found = account.store.read(move |conn| {
        let mut ids = Vec::new();
        for number in numbers {
            ids.extend(leads::id_of(conn, KommoLeadId(number))?.map(|id| id.to_string()));
        }
        Ok(ids)
    });
    found.await.unwrap_or_default()
}
