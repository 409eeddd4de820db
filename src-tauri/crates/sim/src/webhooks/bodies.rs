//! The bodies of general webhooks, key by key as recorded.

use serde_json::Value;

use super::form::Form;
use crate::serializers::activity::direction;
use crate::serializers::values::plain_text;
use crate::state::{Card, Direction, FieldType, Item, Kind, Note, Scalar, UnsortedState, World};

/// What a card was before, where the body tells.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Old {
    pub(crate) status: Option<u32>,
    pub(crate) pipeline: Option<u32>,
    pub(crate) responsible: Option<u32>,
}

/// What a task was before.
#[derive(Clone, Debug)]
pub(crate) struct OldTask {
    pub(crate) text: String,
    pub(crate) responsible: Option<u32>,
    pub(crate) is_closing: bool,
    pub(crate) is_result: bool,
}

/// Leads speak under `leads`, contacts and companies both under `contacts`.
fn root(kind: Kind) -> &'static str {
    if kind == Kind::Lead { "leads" } else { "contacts" }
}

pub(crate) fn card(world: &World, kind: Kind, id: u32, action: &str, old: &Old) -> String {
    let mut form = Form::new(world, &format!("{}[{action}][0]", root(kind)));
    let Some(card) = world.card(kind, id) else { return form.finish() };
    form.put("[id]", card.id).put("[name]", &card.name);
    match kind {
        Kind::Lead => lead(world, &mut form, card, old),
        Kind::Contact | Kind::Company => person(world, &mut form, kind, card, old),
    }
    form.put_some("[old_responsible_user_id]", old.responsible);
    form.put("[created_at]", card.created_at).put("[updated_at]", card.updated_at);
    if kind != Kind::Lead {
        form.put("[type]", kind.singular());
    }
    form.finish()
}

fn lead(world: &World, form: &mut Form, card: &Card, old: &Old) {
    let Some(lead) = world.leads.get(card.id) else { return };
    form.put("[status_id]", lead.status_id).put_some("[old_status_id]", old.status);
    form.put_some("[price]", (lead.price != 0).then_some(lead.price));
    form.put("[responsible_user_id]", card.responsible)
        .put("[last_modified]", card.updated_at)
        .put("[modified_user_id]", card.updated_by)
        .put("[created_user_id]", card.created_by)
        .put("[date_create]", card.created_at)
        .put("[pipeline_id]", lead.pipeline_id)
        .put_some("[old_pipeline_id]", old.pipeline);
    tags(world, form, Kind::Lead, card);
    form.put("[account_id]", world.account.id);
    custom_fields(world, form, Kind::Lead, card);
}

fn person(world: &World, form: &mut Form, kind: Kind, card: &Card, _: &Old) {
    form.put("[responsible_user_id]", card.responsible)
        .put("[date_create]", card.created_at)
        .put("[last_modified]", card.updated_at)
        .put("[created_user_id]", card.created_by)
        .put("[modified_user_id]", card.updated_by)
        .put("[account_id]", world.account.id);
    let (company, leads) = match kind {
        Kind::Contact => world.contacts.get(card.id).map(|known| (known.company, known.leads.clone())),
        _ => world.companies.get(card.id).map(|known| (None, known.leads.clone())),
    }
    .unwrap_or_default();
    if let Some(company) = company.and_then(|id| world.card(Kind::Company, id)) {
        form.put("[company_name]", &company.name).put("[linked_company_id]", company.id);
    }
    custom_fields(world, form, kind, card);
    tags(world, form, kind, card);
    for id in leads {
        form.put(&format!("[linked_leads_id][{id}][ID]"), id);
    }
}

fn tags(world: &World, form: &mut Form, kind: Kind, card: &Card) {
    for (index, tag) in card.tags.iter().filter_map(|id| world.tags(kind).get(*id)).enumerate() {
        form.put(&format!("[tags][{index}][id]"), tag.id).put(&format!("[tags][{index}][name]"), &tag.name);
    }
}

fn custom_fields(world: &World, form: &mut Form, kind: Kind, card: &Card) {
    let known =
        card.values.iter().filter_map(|value| world.field(kind, value.field).map(|field| (value, field)));
    for (index, (value, field)) in known.enumerate() {
        let at = format!("[custom_fields][{index}]");
        form.put(&format!("{at}[id]"), field.id).put(&format!("{at}[name]"), &field.name);
        for (n, item) in value.items.iter().enumerate() {
            let text = plain_text(field, item);
            match field.kind {
                FieldType::Date | FieldType::DateTime => {
                    form.put(&format!("{at}[values][{n}]"), text);
                }
                // Without an index on contacts and companies (seen on live accounts).
                FieldType::Radiobutton if kind != Kind::Lead => {
                    form.put(&format!("{at}[values][value]"), text);
                    form.put_some(&format!("{at}[values][enum]"), item.enum_id);
                }
                FieldType::Birthday => {
                    form.put(&format!("{at}[values][{n}][value]"), birthday(item));
                }
                _ => {
                    form.put(&format!("{at}[values][{n}][value]"), text);
                    form.put_some(&format!("{at}[values][{n}][enum]"), item.enum_id);
                }
            }
        }
        if kind != Kind::Lead {
            form.put_some(&format!("{at}[code]"), field.code.as_ref());
        }
    }
}

fn birthday(item: &Item) -> String {
    let Scalar::Int(at) = item.value else { return String::new() };
    chrono::DateTime::from_timestamp(at, 0).unwrap_or_default().format("%d.%m.%Y").to_string()
}

/// Only what identifies it.
pub(crate) fn card_deleted(world: &World, kind: Kind, id: u32) -> String {
    let mut form = Form::new(world, &format!("{}[delete][0]", root(kind)));
    form.put("[id]", id);
    match world.leads.get(id).filter(|_| kind == Kind::Lead) {
        Some(lead) => form.put("[status_id]", lead.status_id).put("[pipeline_id]", lead.pipeline_id),
        None => form.put("[type]", kind.singular()),
    };
    form.finish()
}

/// The digital pipeline's own webhook: ids only.
pub(crate) fn stage_entered(world: &World, id: u32, old: (u32, u32)) -> String {
    let mut form = Form::new(world, "leads[status][0]");
    if let Some(lead) = world.leads.get(id) {
        form.put("[id]", id)
            .put("[status_id]", lead.status_id)
            .put("[pipeline_id]", lead.pipeline_id)
            .put("[old_status_id]", old.1)
            .put("[old_pipeline_id]", old.0);
    }
    form.finish()
}

const UTC: i32 = 0;
/// Notes carry their text times three hours ahead of UTC (seen on live accounts).
const NOTE_ZONE_S: i32 = 3 * 60 * 60;

fn written(at: i64, zone_s: i32) -> String {
    let at = chrono::DateTime::from_timestamp(at + i64::from(zone_s), 0).unwrap_or_default();
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

pub(crate) fn task(world: &World, id: u32, action: &str, old: Option<&OldTask>) -> String {
    let mut form = Form::new(world, &format!("task[{action}][0]"));
    let Some(task) = world.tasks.table.get(id) else { return form.finish() };
    form.put("[id]", id)
        .put_some("[element_id]", task.entity.map(|(_, id)| id))
        .put_some("[element_type]", task.entity.map(|(kind, _)| kind.code()))
        .put("[task_type]", task.task_type_id)
        .put("[date_create]", written(task.created_at, UTC))
        .put("[text]", &task.text)
        .put("[status]", u32::from(task.is_completed))
        .put("[account_id]", world.account.id)
        .put("[created_user_id]", task.created_by)
        .put("[last_modified]", written(task.updated_at, UTC))
        .put("[responsible_user_id]", task.responsible)
        .put("[complete_till]", written(task.complete_till, UTC));
    if let Some(old) = old {
        form.put("[action_close]", u32::from(old.is_closing));
        if let Some(result) = task.result.as_ref().filter(|_| old.is_result) {
            form.put("[result][id]", id).put("[result][text]", result);
        } else {
            form.put("[old_text]", &old.text);
        }
        if let Some(responsible) = old.responsible {
            form.put("[main_user]", task.responsible)
                .put("[modified_by]", task.updated_by)
                .put("[old_responsible_user_id]", responsible);
        }
    }
    form.put("[created_at]", task.created_at)
        .put("[updated_at]", task.updated_at)
        .put("[complete_before]", task.complete_till);
    form.finish()
}

pub(crate) fn task_deleted(world: &World, id: u32) -> String {
    let mut form = Form::new(world, "task[delete][0]");
    form.put("[id]", id);
    form.finish()
}

pub(crate) fn note(world: &World, id: u32) -> String {
    let Some(note) = world.notes.table.get(id) else { return Form::new(world, "").finish() };
    let item = format!("{}[note][0]", root(note.kind));
    let mut form = Form::new(world, &format!("{item}[note]"));
    let (text, file) = note_text(note);
    let author = world.user(note.created_by).map_or("", |user| user.name.as_str());
    let source =
        serde_json::json!({"event_source": {"id": note.created_by, "author_name": author, "type": 1}});
    let at = written(note.created_at, NOTE_ZONE_S);
    form.put("[text]", text)
        .put("[attachement]", file)
        .put("[date_create]", &at)
        .put("[note_type]", note_number(&note.note_type))
        .put("[element_type]", note.kind.code())
        .put("[element_id]", note.entity_id)
        .put("[catalog_id]", 0)
        .put("[group_id]", 0)
        .put("[timestamp_x]", &at)
        .put("[account_id]", world.account.id)
        .put("[metadata]", source)
        .put("[created_by]", note.created_by)
        .put("[modified_by]", note.updated_by)
        .put("[main_user_id]", note.responsible)
        .put("[id]", id)
        .put("[created_at]", note.created_at)
        .put("[updated_at]", note.updated_at);
    if let Some(message) = note.params.get("message_uuid").and_then(Value::as_str) {
        // A scalar and a nested key on one path (seen on live accounts).
        form.put("[type]", 3).put("[type][message_uuid]", message);
    } else if note.kind != Kind::Lead {
        form.prefix(&item).put("[type]", note.kind.singular());
    }
    form.finish()
}

fn note_text(note: &Note) -> (String, String) {
    let get = |key: &str| note.params.get(key).and_then(Value::as_str).unwrap_or_default();
    if &*note.note_type == "attachment" {
        let (file, version, name) = (get("file_uuid"), get("version_uuid"), get("file_name"));
        return (name.to_owned(), format!("drive/{file}/{version}/{name}"));
    }
    (get("text").to_owned(), String::new())
}

fn note_number(note_type: &str) -> u32 {
    match note_type {
        "attachment" => 5,
        "call_in" => 10,
        "call_out" => 11,
        "service_message" | "extended_service_message" => 25,
        "sms_in" => 102,
        "sms_out" => 103,
        _ => 4,
    }
}

pub(crate) fn talk(world: &World, id: u32, action: &str) -> String {
    let mut form = Form::new(world, &format!("talk[{action}][0]"));
    let Some(talk) = world.talks.get(id) else { return form.finish() };
    form.put("[talk_id]", id)
        .put("[created_at]", talk.created_at)
        .put("[updated_at]", talk.updated_at)
        .put("[rate]", 0)
        .put("[contact_id]", talk.contact_id)
        .put("[chat_id]", &talk.chat_id);
    if let Some(lead) = talk.lead_id {
        form.put("[entity_id]", lead).put("[entity_type]", "lead");
    }
    form.put("[is_in_work]", u32::from(talk.is_in_work))
        .put("[is_read]", u32::from(talk.is_read))
        .put("[origin]", talk.origin);
    form.finish()
}

/// Messages of one talk, incoming or outgoing as the first one is.
pub(crate) fn messages(world: &World, talk: u32, ids: &[&str]) -> String {
    let Some(talk) = world.talks.get(talk) else { return Form::new(world, "").finish() };
    let found: Vec<_> = talk.messages.iter().filter(|known| ids.contains(&known.id.as_str())).collect();
    let is_outgoing = found.first().is_some_and(|first| first.direction == Direction::Outgoing);
    let root = if is_outgoing { "outgoing_message" } else { "message" };
    let mut form = Form::new(world, "");
    for (index, message) in found.into_iter().enumerate() {
        form.prefix(&format!("{root}[add][{index}]"))
            .put("[id]", &message.id)
            .put("[chat_id]", &talk.chat_id)
            .put("[talk_id]", talk.id)
            .put("[contact_id]", talk.contact_id)
            .put("[text]", &message.text)
            .put("[created_at]", message.created_at)
            .put("[message_type]", message.message_type);
        if let Some((link, file_name)) = &message.attachment {
            form.put("[attachment][type]", message.message_type)
                .put("[attachment][link]", link)
                .put("[attachment][file_name]", file_name);
        }
        if let Some(lead) = talk.lead_id {
            form.put("[element_type]", Kind::Lead.code())
                .put("[entity_type]", "lead")
                .put("[element_id]", lead)
                .put("[entity_id]", lead);
        }
        form.put("[type]", direction(message.direction));
        let author = message.author_user.and_then(|id| world.user(id));
        form.put("[author][id]", author.map_or(&talk.client_id, |user| &user.amojo_id))
            .put("[author][type]", message.author_type)
            .put_some("[author][user_id]", message.author_user)
            .put("[author][name]", &message.author_name)
            .put("[origin]", talk.origin);
        if is_outgoing {
            form.put("[recipient][id]", &talk.client_id)
                .put("[recipient][type]", "external")
                .put("[recipient][name]", &talk.client_name)
                .put("[source_id]", talk.source_id);
        }
    }
    form.finish()
}

pub(crate) fn unsorted_added(world: &World, uid: &str) -> String {
    let mut form = Form::new(world, "unsorted[add][0]");
    let Some(item) = world.unsorted.iter().find(|item| item.uid == uid) else { return form.finish() };
    let meta =
        |path: &str| item.metadata.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let source_id = world.leads.get(item.lead_id).and_then(|lead| lead.source_id);
    let source_uid = item.source_uid.clone().unwrap_or_default();
    form.put("[uid]", uid);
    if item.category == "chats" {
        let channel = format!("waba:{}", world.account.amojo_id);
        form.put("[source]", &channel).put("[source_uid]", &source_uid);
        form.put("[category]", item.category)
            .put("[source_data][from]", meta("/from"))
            .put("[source_data][name]", meta("/from"))
            .put("[source_data][to]", &world.account.amojo_id)
            .put("[source_data][date]", item.created_at)
            .put("[source_data][service]", meta("/service"))
            .put("[source_data][site]", "WhatsApp")
            .put("[source_data][client][name]", meta("/client/name"))
            .put("[source_data][client][id]", phone_digits(world, item.contact_id))
            .put("[source_data][origin][provider]", "amojo")
            .put("[source_data][origin][chat_id]", meta("/origin/chat_id"))
            .put("[source_data][data][0][id]", first_message(world, item.lead_id))
            .put("[source_data][data][0][manager]", 0)
            .put("[source_data][data][0][date]", item.created_at)
            .put("[source_data][data][0][text]", meta("/last_message_text"))
            .put("[source_data][source_uid]", &source_uid)
            .put("[source_data][source]", &channel)
            .put_some("[source_data][source_name]", item.source_name.as_ref())
            .put("[date_create]", item.created_at)
            .put_some("[data][contacts][0][id]", item.contact_id);
        form.put("[pipeline_id]", item.pipeline_id).put("[account_id]", world.account.id);
    } else {
        form_request(world, &mut form, item);
    }
    form.put_some("[source_id]", source_id)
        .put("[lead_id]", item.lead_id)
        .put("[created_at]", item.created_at);
    form.finish()
}

fn form_request(world: &World, form: &mut Form, item: &crate::state::Unsorted) {
    let meta =
        |path: &str| item.metadata.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = world.card(Kind::Lead, item.lead_id).map_or("", |card| card.name.as_str());
    let source_id = world.leads.get(item.lead_id).and_then(|lead| lead.source_id);
    form.put("[category]", item.category)
        .put("[source_data][form_id]", meta("/form_id"))
        .put("[source_data][form_type]", 1)
        .put("[source_data][from]", meta("/form_name"))
        .put("[source_data][form_name]", meta("/form_name"))
        .put("[source_data][origin][ip]", meta("/ip"))
        .put("[source_data][origin][datetime]", item.created_at)
        .put("[source_data][origin][referer]", meta("/referer"));
    let field = "[source_data][data][name_2]";
    form.put(&format!("{field}[type]"), "text")
        .put(&format!("{field}[id]"), "name_2")
        .put(&format!("{field}[element_type]"), Kind::Lead.code())
        .put(&format!("{field}[name]"), "Nome do lead")
        .put(&format!("{field}[value]"), name)
        .put("[source_data][date]", item.created_at)
        .put("[date_create]", item.created_at);
    let lead = "[data][leads][0]";
    form.put(&format!("{lead}[last_modified]"), item.created_at)
        .put(&format!("{lead}[name]"), name)
        .put(&format!("{lead}[pipeline_id]"), item.pipeline_id)
        .put(&format!("{lead}[modified_user_id]"), 0)
        .put(&format!("{lead}[date_create]"), item.created_at);
    if let Some(field) =
        world.field_by_code(Kind::Lead, "REFERRER").or(world.field_by_code(Kind::Lead, "UTM_SOURCE"))
    {
        form.put(&format!("{lead}[custom_fields][0][id]"), field.id)
            .put_some(&format!("{lead}[custom_fields][0][code]"), field.code.as_ref())
            .put(&format!("{lead}[custom_fields][0][values][0][value]"), meta("/referer"));
    }
    form.put(&format!("{lead}[visitor_uid]"), crate::chance::uuid_of(world.seed, &item.uid))
        .put_some(&format!("{lead}[source_id]"), source_id)
        .put(&format!("{lead}[form_request_id]"), &item.uid[..10.min(item.uid.len())]);
    form.put("[pipeline_id]", item.pipeline_id).put("[account_id]", world.account.id).put("[request_id]", 0);
}

fn phone_digits(world: &World, contact: Option<u32>) -> String {
    let phone = contact.and_then(|contact| world.phone_of(contact)).unwrap_or_default();
    phone.chars().filter(char::is_ascii_digit).collect()
}

fn first_message(world: &World, lead: u32) -> String {
    let talk = world.talks.open_of_lead(lead).and_then(|talk| world.talks.get(talk));
    talk.and_then(|talk| talk.messages.first()).map(|message| message.id.clone()).unwrap_or_default()
}

/// Accepting and declining both come as a deletion.
pub(crate) fn unsorted_decided(world: &World, uid: &str, user: u32) -> String {
    let mut form = Form::new(world, "unsorted[delete][0]");
    let Some(item) = world.unsorted.iter().find(|item| item.uid == uid) else { return form.finish() };
    let action = if item.state == UnsortedState::Declined { "decline" } else { "accept" };
    form.put("[action]", action)
        .put("[uid]", uid)
        .put(&format!("[{action}_result][leads][0]"), item.lead_id)
        .put("[category]", item.category)
        .put("[created_at]", item.decided_at.unwrap_or(item.created_at))
        .put("[modified_user_id]", user);
    form.finish()
}
