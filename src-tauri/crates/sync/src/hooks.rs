//! The subscription in Kommo that brings deliveries here, kept as it should be.

use crate::context::Context;
use crate::log;
use crate::status::EngineEvent;
use crate::trouble::{SyncError, Trouble};
use cadencia_store::sync_log::NewLogEntry;
use cadencia_store::webhook::{self, Webhook, WebhookState};
use cadencia_store::{Transaction, sync_log};
use kommo::webhooks::Webhook as Subscribed;
use secrecy::{ExposeSecret as _, SecretString};

/// What is subscribed: everything whose effect this program shows (Kommo docs: webhook-events).
pub const WANTED: [&str; 25] = [
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
    "delete_task",
    "responsible_task",
    "add_talk",
    "add_message",
    "add_outgoing_message",
];

/// The path of deliveries on the listener, before the secret.
pub const EVENTS_PATH: &str = "/webhook/kommo/events";

/// The whole address that Kommo calls.
pub fn destination(public_url: &str, secret: &SecretString) -> SecretString {
    format!("{}{EVENTS_PATH}/{}", public_url.trim_end_matches('/'), secret.expose_secret()).into()
}

/// What has to be done for a subscription: pure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repair {
    Nothing,
    /// Kommo does not have it.
    Make,
    /// Kommo has it switched off, or with other events.
    MakeAnew,
}

fn plan(has: &[Subscribed], destination: &str) -> Repair {
    let ours: Vec<&Subscribed> = has.iter().filter(|known| known.destination == destination).collect();
    let is_good = |known: &&Subscribed| {
        !known.disabled && WANTED.iter().all(|wanted| known.settings.iter().any(|has| has == wanted))
    };
    match ours.as_slice() {
        [] => Repair::Make,
        known if known.iter().any(is_good) => Repair::Nothing,
        _ => Repair::MakeAnew,
    }
}

/// Compares what Kommo has with what is wanted, and repairs it. Gives the state found.
///
/// # Errors
/// Faults of the mirror. What Kommo answers is in the state.
pub(crate) async fn check(context: &Context) -> Result<Option<WebhookState>, SyncError> {
    let Some(known) = context.store.read(webhook::get).await? else { return Ok(None) };
    let wanted = known.public_url.as_deref().map(|url| destination(url, &known.secret));
    if wanted.is_none() && known.destination.is_none() {
        return Ok(Some(WebhookState::Off));
    }
    let before = known.state;
    let given_up = give_up(context, &known, wanted.as_ref()).await;
    let is_given_up = given_up.is_ok();
    let outcome = match given_up {
        Ok(()) => ask(context, wanted.as_ref()).await,
        Err(error) => Err(error),
    };
    let now = context.clock.now();
    let mut found = Webhook { checked_at: Some(now), reason: None, ..known };
    let row = match outcome {
        Ok(made) => {
            found.state = if wanted.is_some() { WebhookState::Active } else { WebhookState::Off };
            found.destination = wanted;
            match made {
                Repair::Nothing if found.state == WebhookState::Off => Some(log::row("webhook_removed")),
                Repair::Nothing => None,
                _ if matches!(before, WebhookState::Active | WebhookState::Failing) => {
                    found.repairs += 1;
                    found.repaired_at = Some(now);
                    Some(log::row("webhook_repaired"))
                }
                Repair::Make | Repair::MakeAnew => Some(log::row("webhook_subscribed")),
            }
        }
        Err(error) => {
            let (state, reason) = refused(&error);
            // Kommo may have it all the same: it is looked for when it can be. An address that it was not told to forget
            // comes before.
            if is_given_up {
                found.destination = wanted.or(found.destination);
            }
            found.state = if found.public_url.is_none() { WebhookState::Off } else { state };
            found.reason = (found.state != WebhookState::Off).then(|| reason.to_owned());
            let operation =
                if state == WebhookState::Refused { "webhook_refused" } else { "webhook_failing" };
            (before != found.state)
                .then(|| log::row(operation).detail("reason", &reason).failed(reason, true))
        }
    };
    let state = found.state;
    let row = row.map(|row| row.channel("webhook").outgoing(now));
    context.store.write(move |tx| keep(tx, &found, row)).await?;
    context.tell(EngineEvent::InboxChanged);
    Ok(Some(state))
}

fn keep(
    tx: &Transaction<'_>,
    found: &Webhook,
    row: Option<NewLogEntry>,
) -> Result<(), cadencia_store::StoreError> {
    // Whoever asked for another address meanwhile has the last word; the next look follows it, and gives up what is
    // subscribed since this one.
    match webhook::get(tx)? {
        Some(now) if now.public_url == found.public_url => webhook::put(tx, found)?,
        Some(now) => webhook::put(tx, &Webhook { destination: found.destination.clone(), ..now })?,
        None => {}
    }
    row.map_or(Ok(()), |row| sync_log::append(tx, &row).map(drop))
}

/// Ends the subscription of an earlier address.
async fn give_up(context: &Context, known: &Webhook, wanted: Option<&SecretString>) -> kommo::Result<()> {
    let is_other = |old: &&SecretString| wanted.is_none_or(|new| new.expose_secret() != old.expose_secret());
    match known.destination.as_ref().filter(is_other) {
        Some(old) => context.client.webhooks().unsubscribe(old.expose_secret()).await,
        None => Ok(()),
    }
}

async fn ask(context: &Context, wanted: Option<&SecretString>) -> kommo::Result<Repair> {
    let hooks = context.client.webhooks();
    let Some(wanted) = wanted else { return Ok(Repair::Nothing) };
    let repair = plan(&hooks.list(None).await?, wanted.expose_secret());
    if repair == Repair::MakeAnew {
        hooks.unsubscribe(wanted.expose_secret()).await?;
    }
    if repair != Repair::Nothing {
        hooks.subscribe(wanted.expose_secret(), &WANTED).await?;
    }
    Ok(repair)
}

fn refused(error: &kommo::Error) -> (WebhookState, &'static str) {
    match error {
        kommo::Error::PaymentRequired { .. } => (WebhookState::Refused, "plan"),
        kommo::Error::Forbidden { .. } => (WebhookState::Refused, "no_right"),
        // A new name is not known everywhere at once: Kommo looks it up.
        kommo::Error::Validation { .. } | kommo::Error::Unprocessable { .. } => {
            (WebhookState::Refused, "address")
        }
        error => (WebhookState::Failing, Trouble::of_kommo(error).code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscribed(destination: &str, disabled: bool, settings: &[&str]) -> Subscribed {
        Subscribed {
            destination: destination.to_owned(),
            disabled,
            settings: settings.iter().map(|&event| event.to_owned()).collect(),
            ..Subscribed::default()
        }
    }

    #[test]
    fn a_subscription_is_made_anew_when_it_is_off_or_lacks_an_event() {
        let here = "https://a.example/x";
        let more: Vec<&str> = WANTED.iter().copied().chain(["update_task"]).collect();
        for (has, repair) in [
            (vec![], Repair::Make),
            (vec![subscribed("https://b.example", false, &WANTED)], Repair::Make),
            (vec![subscribed(here, false, &WANTED)], Repair::Nothing),
            (vec![subscribed(here, false, &more)], Repair::Nothing),
            (vec![subscribed(here, true, &WANTED)], Repair::MakeAnew),
            (vec![subscribed(here, false, &WANTED[1..])], Repair::MakeAnew),
        ] {
            assert_eq!(plan(&has, here), repair);
        }
    }
}
