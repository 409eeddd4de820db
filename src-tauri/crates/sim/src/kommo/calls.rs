//! `POST /calls`: the server finds the contact by the last ten digits of the phone.

use serde_json::{Value, json};

use super::input;
use super::leads::MOST_PER_WRITE;
use crate::answer::{Answer, FieldError, Outcome};
use crate::call::Call;
use crate::changes::NewNote;
use crate::hal;
use crate::state::{Kind, World};

struct Wish {
    note_type: &'static str,
    phone: String,
    params: Value,
    created_by: Option<u32>,
    created_at: Option<i64>,
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST_PER_WRITE)?;
    let wishes = input::batch(world, &items, |reader| {
        let direction = reader.text("direction");
        let note_type = match reader.need("direction", direction).as_deref() {
            Some("outbound") => "call_out",
            Some("inbound") => "call_in",
            _ => {
                reader.fail(FieldError::choice("direction"));
                "call_in"
            }
        };
        let phone = reader.text("phone");
        let phone = reader.need("phone", phone).unwrap_or_default();
        let duration = reader.int("duration");
        let source = reader.text("source");
        let params = json!({
            "uniq": reader.text("uniq"),
            "duration": reader.need("duration", duration),
            "source": reader.need("source", source),
            "link": reader.text("link"),
            "phone": phone,
            "call_result": reader.text("call_result"),
            "call_status": reader.int("call_status"),
        });
        let (created_by, created_at) = (reader.author("created_by"), reader.int("created_at"));
        Wish { note_type, phone, params, created_by, created_at }
    })?;
    let (mut written, mut errors) = (Vec::new(), Vec::new());
    for (request_id, wish) in wishes {
        let Some((kind, entity_id)) = owner(world, &wish.phone) else {
            errors.push(json!({"request_id": request_id, "title": "Entity not found", "status": 404}));
            continue;
        };
        let note = NewNote {
            kind,
            entity_id,
            note_type: wish.note_type.to_owned(),
            params: wish.params,
            created_by: wish.created_by,
            created_at: wish.created_at,
        };
        let id = world.add_note(note, call.by());
        let links = hal::self_link(&call.base, &format!("{}/{entity_id}", kind.plural()));
        written.push(json!({
            "id": id,
            "entity_id": entity_id,
            "entity_type": kind.singular(),
            "account_id": world.account.id,
            "request_id": request_id,
            "_embedded": {"entity": {"id": entity_id, "_links": links}},
        }));
    }
    call.wrote("calls_added", written.len());
    let mut body = hal::whole(call, "calls", written);
    body["errors"] = Value::Array(errors);
    Ok(Answer::ok(body))
}

/// Exactly one open lead of the contact, else the contact itself.
fn owner(world: &World, phone: &str) -> Option<(Kind, u32)> {
    let wanted = last_digits(phone)?;
    let has_phone =
        |id: &&u32| world.phone_of(**id).is_some_and(|known| last_digits(&known) == Some(wanted.clone()));
    let contact = *world.contacts.live_ids().iter().find(has_phone)?;
    let leads = &world.contacts.live(contact)?.leads;
    let is_open = |id: &&u32| world.leads.live(**id).is_some_and(|lead| lead.closed_at.is_none());
    let open: Vec<&u32> = leads.iter().filter(is_open).collect();
    match open.as_slice() {
        [lead] => Some((Kind::Lead, **lead)),
        _ => Some((Kind::Contact, contact)),
    }
}

fn last_digits(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let start = digits.len().checked_sub(10)?;
    Some(digits[start..].iter().collect())
}
