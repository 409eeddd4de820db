//! `/webhooks`: subscriptions, for administrators of accounts whose plan has them.

use serde_json::Value;

use super::input::{self, Reader};
use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::faults::FaultName;
use crate::hal;
use crate::serializers::definitions::webhook;
use crate::state::{IdKind, World};

fn allowed(world: &World, call: &Call<'_>) -> Result<(), Refusal> {
    if call.strike(FaultName::PlanWithoutWebhooks) {
        return Err(Refusal::problem(402, "Endpoint not available for current account tariff"));
    }
    // The list is refused with 401 where other rights answer 403 (Kommo docs: webhooks-list).
    if call.is_admin(world) {
        return Ok(());
    }
    Err(if call.method == "GET" { Refusal::unauthorized() } else { Refusal::not_admin() })
}

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    allowed(world, call)?;
    let wanted = call.query.filter_texts("destination");
    let all_disabled = call.faults.is_on(FaultName::HookDisabled);
    let items: Vec<Value> = world
        .hooks
        .subscriptions()
        .iter()
        .filter(|known| wanted.as_ref().is_none_or(|wanted| wanted.contains(&known.destination.as_str())))
        .map(|known| webhook(world, known, known.is_disabled || all_disabled))
        .collect();
    if items.is_empty() {
        return Ok(Answer::none());
    }
    Ok(Answer::list(hal::whole(call, "webhooks", items)))
}

/// Codes a subscription may name: Kommo's own list, and what amoCRM takes besides.
const SETTINGS: [&str; 31] = [
    "add_lead",
    "update_lead",
    "delete_lead",
    "restore_lead",
    "status_lead",
    "responsible_lead",
    "note_lead",
    "add_contact",
    "update_contact",
    "delete_contact",
    "restore_contact",
    "responsible_contact",
    "note_contact",
    "add_company",
    "update_company",
    "delete_company",
    "restore_company",
    "responsible_company",
    "note_company",
    "add_task",
    "update_task",
    "delete_task",
    "responsible_task",
    "add_talk",
    "update_talk",
    "add_message",
    "add_outgoing_message",
    "add_chat_template_review",
    "add_unsorted",
    "update_unsorted",
    "delete_unsorted",
];

const MOST_WEBHOOKS: usize = 100;
/// What Symfony's URL check calls itself; it leaks into the answer (seen on live accounts).
const INVALID_URL: &str = "57c2f299-1154-4870-89bb-ef3b1f5ad229";

/// Subscribing an address again replaces its settings and enables it.
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    allowed(world, call)?;
    let (destination, settings, sort) = input::single(world, &call.json()?, |reader| {
        let destination = reader.text("destination");
        let destination = reader.need("destination", destination).unwrap_or_default();
        if !is_address(&destination) {
            reader.fail(FieldError {
                code: INVALID_URL,
                path: "destination.destination".to_owned(),
                detail: "Invalid URL".to_owned(),
            });
        }
        (destination, settings(reader), reader.int("sort").unwrap_or(10))
    })?;
    call.wrote("webhooks_added", 1);
    if let Some(known) = world.hooks.subscription_mut(&destination) {
        known.settings = settings;
        known.sort = sort;
        known.is_disabled = false;
        known.updated_at = call.now;
    } else {
        if world.hooks.subscriptions().len() >= MOST_WEBHOOKS {
            return Err(Refusal::problem(422, "Webhooks limit exceeded"));
        }
        let id = world.ids.next(IdKind::Webhook);
        world.hooks.subscribe(id, &destination, settings, sort, call.user, call.now);
    }
    let known = world.hooks.subscriptions().iter().find(|known| known.destination == destination);
    let known = known.ok_or_else(Refusal::not_found)?;
    Ok(Answer::created(webhook(world, known, known.is_disabled)))
}

fn settings(reader: &mut Reader<'_>) -> Vec<String> {
    let Some(Value::Array(sent)) = reader.some("settings") else {
        reader.fail(FieldError::missing("settings"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, code) in sent.iter().enumerate() {
        match code.as_str().filter(|code| SETTINGS.contains(code)) {
            Some(code) => found.push(code.to_owned()),
            None => reader.fail(FieldError::choice(format!("settings.{index}"))),
        }
    }
    found
}

/// Kommo resolves the host; here it is enough that the address is one.
fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    allowed(world, call)?;
    let body = call.json()?;
    let destination = body.get("destination").and_then(Value::as_str).unwrap_or_default();
    if !world.hooks.unsubscribe(destination) {
        return Err(Refusal::problem(404, "Webhook not found"));
    }
    call.wrote("webhooks_deleted", 1);
    Ok(Answer::none())
}
