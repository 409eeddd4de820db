//! Webhooks and their deliveries, for the screen.

use cadencia_contract::{
    DeliveryPair, DeliveryState, DeliverySummary, DeliveryView, Int53, WebhookState, WebhookView,
};
use cadencia_domain::id::KommoLeadId;
use cadencia_domain::phone::mask;
use cadencia_store::deliveries::{self, Delivery, DeliveryCounts};
use cadencia_store::webhook::{self, Webhook};
use cadencia_store::{Connection, StoreError, leads};

/// Pairs of a body that are shown.
const MOST_PAIRS: usize = 500;
/// A run of this many digits may be a phone.
const PHONE_DIGITS: usize = 8;

/// How the subscription stands.
pub(crate) fn webhook(
    known: Option<&Webhook>,
    counts: DeliveryCounts,
    listener_url: Option<String>,
) -> WebhookView {
    let public_url = known.and_then(|known| known.public_url.clone());
    WebhookView {
        destination: public_url.as_ref().map(|url| {
            format!("{}{}/••••••••", url.trim_end_matches('/'), cadencia_sync::hooks::EVENTS_PATH)
        }),
        public_url,
        state: state(known.map_or(webhook::WebhookState::Off, |known| known.state)),
        reason: known.and_then(|known| known.reason.clone()),
        checked_at_ms: known.and_then(|known| known.checked_at).map(|at| Int53(at.0)),
        repairs: known.map_or(0, |known| known.repairs),
        repaired_at_ms: known.and_then(|known| known.repaired_at).map(|at| Int53(at.0)),
        listener_url,
        deliveries: summary(counts),
    }
}

/// The screen's word for a state.
pub(crate) fn state(state: webhook::WebhookState) -> WebhookState {
    match state {
        webhook::WebhookState::Off => WebhookState::Off,
        webhook::WebhookState::Unchecked => WebhookState::Unchecked,
        webhook::WebhookState::Active => WebhookState::Active,
        webhook::WebhookState::Refused => WebhookState::Refused,
        webhook::WebhookState::Failing => WebhookState::Failing,
    }
}

/// How deliveries stand.
pub(crate) fn summary(counts: DeliveryCounts) -> DeliverySummary {
    DeliverySummary {
        total: counts.total,
        today: counts.today,
        waiting: counts.waiting,
        unreadable: counts.unreadable,
        last_at_ms: counts.last_at.map(|at| Int53(at.0)),
    }
}

/// The store's word for a state.
pub(crate) fn stored_state(state: DeliveryState) -> deliveries::DeliveryState {
    match state {
        DeliveryState::Waiting => deliveries::DeliveryState::Waiting,
        DeliveryState::Done => deliveries::DeliveryState::Done,
        DeliveryState::Ignored => deliveries::DeliveryState::Ignored,
        DeliveryState::Unreadable => deliveries::DeliveryState::Unreadable,
    }
}

/// One delivery.
pub(crate) fn delivery(conn: &Connection, known: &Delivery) -> Result<DeliveryView, StoreError> {
    let lead = match known.effect.lead {
        Some(lead) => leads::find(conn, KommoLeadId(lead))?,
        None => None,
    };
    Ok(DeliveryView {
        id: Int53(known.id),
        state: match known.state {
            deliveries::DeliveryState::Waiting => DeliveryState::Waiting,
            deliveries::DeliveryState::Done => DeliveryState::Done,
            deliveries::DeliveryState::Ignored => DeliveryState::Ignored,
            deliveries::DeliveryState::Unreadable => DeliveryState::Unreadable,
        },
        received_at_ms: Int53(known.received_at.0),
        times: known.times,
        last_received_at_ms: Int53(known.last_received_at.0),
        kinds: known.kinds.clone(),
        attempts: known.attempts,
        handled_at_ms: known.handled_at.map(|at| Int53(at.0)),
        reason: known.reason.clone(),
        changes: known.effect.changes,
        messages: known.effect.messages,
        lead_kommo_id: known.effect.lead.map(Int53),
        lead_name: lead.as_ref().map(|stored| stored.lead.name.clone()),
        lead_id: lead.map(|stored| stored.id.to_string()),
        bytes: known.body.as_ref().map(|body| u32::try_from(body.len()).unwrap_or(u32::MAX)),
    })
}

/// What a body says, name by name. Phones are masked, unix times are not.
pub(crate) fn pairs(body: Option<&[u8]>) -> Vec<DeliveryPair> {
    url::form_urlencoded::parse(body.unwrap_or_default())
        .take(MOST_PAIRS)
        .map(|(name, value)| DeliveryPair {
            value: if may_be_phone(&name, &value) { mask(&value) } else { value.into_owned() },
            name: name.into_owned(),
        })
        .collect()
}

fn may_be_phone(name: &str, value: &str) -> bool {
    let is_of_kommo = ["_at]", "[id]", "_id]", "date_create]", "last_modified]", "_before]", "[ID]"];
    let digits = value.chars().filter(char::is_ascii_digit).count();
    digits >= PHONE_DIGITS && !is_of_kommo.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_shown_name_by_name_with_phones_masked() {
        let body = "leads[add][0][id]=12345678&leads[add][0][name]=WhatsApp+5511987654321&leads[add][0][updated_at]=1790000000";
        let shown = pairs(Some(body.as_bytes()));
        let values: Vec<&str> = shown.iter().map(|pair| pair.value.as_str()).collect();
        assert_eq!(values[0], "12345678");
        assert!(!values[1].contains("98765"), "{}", values[1]);
        assert_eq!(values[2], "1790000000");
        assert!(pairs(None).is_empty());
    }
}
