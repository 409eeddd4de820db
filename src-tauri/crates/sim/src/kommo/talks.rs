//! `/talks` and their messages.

use serde_json::{Value, json};

use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::Attachment;
use crate::hal;
use crate::serializers::activity::{message, talk};
use crate::state::{Talk, World};

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let wish = call.query.page()?;
    let contacts = call.query.filter_ids("contact_id");
    let only_in_work = call.query.filter("only_in_work").is_some_and(|flags| flags.contains(&"1"));
    let mut found: Vec<&Talk> = world
        .talks
        .all()
        .filter(|talk| contacts.as_ref().is_none_or(|ids| ids.contains(&talk.contact_id)))
        .filter(|talk| !only_in_work || talk.is_in_work)
        .collect();
    found.sort_by_key(|talk| std::cmp::Reverse((talk.updated_at, talk.id)));
    let items: Vec<Value> = found
        .into_iter()
        .skip(wish.offset())
        .take(wish.limit)
        .map(|found| talk(world, found, &call.base))
        .collect();
    hal::page(call, "talks", &items, wish, None)
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Talk, Refusal> {
    world.talks.get(call.id(3)?).ok_or_else(Refusal::not_found)
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(Answer::ok(talk(world, named(world, call)?, &call.base)))
}

/// Newest first.
pub(crate) fn messages(world: &mut World, call: &Call<'_>) -> Outcome {
    let wish = call.query.page()?;
    let range = call.query.range("created_at");
    let found = named(world, call)?;
    let items: Vec<Value> = found
        .messages
        .iter()
        .rev()
        .filter(|known| range.is_none_or(|range| range.holds(known.created_at)))
        .skip(wish.offset())
        .take(wish.limit)
        .map(|known| message(found, known, call.now))
        .collect();
    hal::page(call, "messages", &items, wish, None)
}

pub(crate) fn close(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = named(world, call)?.id;
    world.change_talk(id, true, false, call.by());
    call.wrote("talks_closed", 1);
    Ok(Answer::Empty(202))
}

/// A text and/or one file. 202 means accepted, not delivered.
pub(crate) fn send(world: &mut World, call: &Call<'_>) -> Outcome {
    let found = named(world, call)?;
    let (id, is_open) = (found.id, found.is_in_work);
    let body = call.json()?;
    let text = body.get("text").and_then(Value::as_str).unwrap_or_default();
    let file = body.get("attachment").filter(|file| file.is_object()).map(|file| attachment(world, file));
    if text.is_empty() && file.is_none() {
        return Err(Refusal::invalid(FieldError::missing("text")));
    }
    if !is_open {
        return Err(Refusal::problem(422, "Talk is closed"));
    }
    if world.account.chat_quota == 0 {
        return Err(Refusal::problem(402, "Over chat API limit"));
    }
    world.account.chat_quota -= 1;
    let message = world.send_message(id, text, file, call.by()).ok_or_else(Refusal::not_found)?;
    call.wrote("messages_sent", 1);
    call.count(|stats| stats.messages_sent += 1);
    Ok(Answer::Json { status: 202, body: json!({"id": message}), list: false })
}

fn attachment(world: &World, sent: &Value) -> Attachment {
    let get = |key: &str| sent.get(key).and_then(Value::as_str).unwrap_or_default();
    let (kind, file_name) = match get("type") {
        "picture" => ("picture", "file.jpeg"),
        _ => ("file", "file.pdf"),
    };
    let (amojo, uuid) = (&world.account.amojo_id, get("drive_uuid"));
    let link = format!("https://amojo.kommo.com/v2/{amojo}/attachments/{uuid}/{file_name}");
    Attachment { kind, link, file_name: file_name.to_owned() }
}

/// `GET /contacts/chats`: which chats belong to which contacts.
pub(crate) fn chats(world: &mut World, call: &Call<'_>) -> Outcome {
    let contacts = call.query.filter_ids("contact_id");
    let chats = call.query.filter_texts("chat_id");
    let items: Vec<Value> = world
        .talks
        .all()
        .filter(|talk| contacts.as_ref().is_none_or(|ids| ids.contains(&talk.contact_id)))
        .filter(|talk| chats.as_ref().is_none_or(|ids| ids.contains(&talk.chat_id.as_str())))
        .map(|talk| json!({"chat_id": talk.chat_id, "contact_id": talk.contact_id, "id": talk.id}))
        .collect();
    if items.is_empty() {
        return Ok(Answer::none());
    }
    Ok(Answer::list(hal::whole(call, "chats", items)))
}
