//! Webhooks: the subscription in Kommo and what it delivers.

use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the subscription stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WebhookView {
    /// Where this computer is reached from outside; none means polling alone.
    pub public_url: Option<String>,
    /// How it stands.
    pub state: WebhookState,
    /// Why it is refused or failing: `plan`, `no_right`, `address`, or an error code.
    pub reason: Option<String>,
    /// When Kommo was asked last.
    pub checked_at_ms: Option<Int53>,
    /// How often it had to be made again.
    pub repairs: u32,
    /// When last.
    pub repaired_at_ms: Option<Int53>,
    /// Address that Kommo calls, with the secret covered.
    pub destination: Option<String>,
    /// Where a tunnel or proxy has to send to; none when the listener does not run.
    pub listener_url: Option<String>,
    /// How deliveries stand.
    pub deliveries: DeliverySummary,
}

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// Nobody asked for one: changes come by polling.
    Off,
    /// Asked for and not yet looked at.
    Unchecked,
    /// Kommo has it and it is switched on.
    Active,
    /// Kommo refuses it.
    Refused,
    /// It could not be looked at or repaired; tried again by itself.
    Failing,
}

/// How many deliveries there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliverySummary {
    /// In all.
    pub total: u32,
    /// Since midnight where the account is.
    pub today: u32,
    /// Not yet looked at.
    pub waiting: u32,
    /// Not what Kommo sends.
    pub unreadable: u32,
    /// When the last one came.
    pub last_at_ms: Option<Int53>,
}

/// Asks for deliveries by webhook at this address, or for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct WebhookSetRequest {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
    /// Where this computer is reached from outside, such as `https://leads.example.com`; none for polling alone.
    pub public_url: Option<String>,
}

/// Whether this computer is reached from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WebhookTest {
    /// The way from outside ends here.
    pub is_reached: bool,
    /// Why not: `unreachable`, `timed_out`, `not_https`, `other_server`, `status`.
    pub problem: Option<String>,
    /// The status that came back, when one did.
    pub status: Option<u16>,
    /// How long the way took.
    pub took_ms: u32,
}

/// Asks for deliveries, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct DeliveryListRequest {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
    /// Only in this state.
    pub state: Option<DeliveryState>,
    /// Only older ones than this.
    pub before_id: Option<Int53>,
    /// How many, 1 to 500; 100 without it.
    pub limit: Option<u32>,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Kept, not yet looked at.
    Waiting,
    /// Looked at; what it tells is here.
    Done,
    /// Understood and not ours to act on.
    Ignored,
    /// Not what Kommo sends.
    Unreadable,
}

/// Deliveries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DeliveryList {
    /// How they stand in all.
    pub summary: DeliverySummary,
    /// Newest first.
    pub rows: Vec<DeliveryView>,
}

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryView {
    /// Grows with every new one.
    pub id: Int53,
    /// What became of it.
    pub state: DeliveryState,
    /// When it came first.
    pub received_at_ms: Int53,
    /// How often it came.
    pub times: u32,
    /// When it came last.
    pub last_received_at_ms: Int53,
    /// What it tells, such as `lead_updated`.
    pub kinds: Vec<String>,
    /// How often it was looked at.
    pub attempts: u32,
    /// When it was looked at.
    pub handled_at_ms: Option<Int53>,
    /// Why it was ignored or unreadable: a code.
    pub reason: Option<String>,
    /// Things it changed here.
    pub changes: u32,
    /// Messages it brought.
    pub messages: u32,
    /// Kommo's number of the lead it is about.
    pub lead_kommo_id: Option<Int53>,
    /// That lead's name.
    pub lead_name: Option<String>,
    /// That lead here.
    pub lead_id: Option<String>,
    /// Size of its body in bytes; none once that aged out.
    pub bytes: Option<u32>,
}

/// Names one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct DeliveryRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Which.
    pub id: Int53,
}

/// One delivery with its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryDetail {
    /// The row.
    pub row: DeliveryView,
    /// What it says, name by name, with phones masked; empty once it aged out.
    pub pairs: Vec<DeliveryPair>,
}

/// One name and value of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryPair {
    /// Such as `leads[update][0][id]`.
    pub name: String,
    /// Its value; phones masked.
    pub value: String,
}
