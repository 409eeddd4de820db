//! Import, polling, connection and rate.

use super::{ConnectionState, DeliverySummary, OutboxSummary, WebhookState};
use crate::{ApiError, Int53};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How an account's mirror stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncStatus {
    /// The account.
    pub account_id: String,
    /// Whether Kommo answers and accepts us.
    pub connection: ConnectionState,
    /// The last trouble, while it lasts.
    pub problem: Option<ApiError>,
    /// The first import.
    pub import: ImportStatus,
    /// Polling for changes.
    pub polling: PollingStatus,
    /// Requests to Kommo.
    pub rate: RateStatus,
    /// What the mirror holds.
    pub counts: MirrorCounts,
    /// Changes on their way to Kommo.
    pub outbox: OutboxSummary,
    /// What webhooks delivered.
    pub deliveries: DeliverySummary,
    /// How the subscription to webhooks stands.
    pub webhook: WebhookState,
    /// Kommo's clock minus this computer's, in milliseconds; none until Kommo answered.
    pub clock_skew_ms: Option<Int53>,
}

/// The import of the whole account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportStatus {
    /// Where it stands.
    pub state: ImportState,
    /// When it began.
    pub started_at_ms: Option<Int53>,
    /// When it ended.
    pub finished_at_ms: Option<Int53>,
    /// Share done, 0 to 1, over everything; none while the size is not known.
    pub share: Option<f64>,
    /// Remaining seconds at the present speed; none while not known.
    pub remaining_s: Option<u32>,
    /// Kind by kind, in the order they are fetched.
    pub entities: Vec<ImportEntity>,
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Never started.
    Never,
    /// Fetching.
    Running,
    /// Waits for the connection, goes on by itself.
    Waiting,
    /// Cancelled by a person; can go on where it stopped.
    Cancelled,
    /// The whole account is here.
    Finished,
}

/// One kind of thing in an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportEntity {
    /// What it is.
    pub entity: ImportedEntity,
    /// Where it stands.
    pub state: ImportEntityState,
    /// Things fetched.
    pub done: u32,
    /// Things in all, estimated until the end is known; none while unknown.
    pub total: Option<u32>,
    /// `total` is an estimate.
    pub is_estimate: bool,
    /// Pages fetched.
    pub pages_done: u32,
}

/// What an import fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportedEntity {
    /// Account, pipelines, users, fields, tags, loss reasons.
    Structure,
    /// Leads.
    Leads,
    /// People.
    Contacts,
    /// Companies.
    Companies,
    /// Tasks.
    Tasks,
    /// Notes.
    Notes,
    /// Recent history.
    Events,
}

/// Where one kind of thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportEntityState {
    /// Not begun.
    Waiting,
    /// Being fetched.
    Running,
    /// All here.
    Done,
    /// Kommo refuses it to this user.
    Refused,
}

/// Polling for changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PollingStatus {
    /// Seconds between two polls.
    pub interval_s: u32,
    /// When the last poll ended well.
    pub last_at_ms: Option<Int53>,
    /// When the next begins.
    pub next_at_ms: Option<Int53>,
    /// Changes the last poll found.
    pub last_changes: u32,
    /// When the last change made in Kommo was seen.
    pub last_change_seen_at_ms: Option<Int53>,
    /// Everything that changed in Kommo up to this instant is here; none before the first import ended.
    pub complete_until_ms: Option<Int53>,
}

/// Requests to Kommo, shared by all accounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RateStatus {
    /// Requests a second that Kommo allows.
    pub limit_per_s: f64,
    /// Requests in the last second.
    pub used_last_s: f64,
    /// Requests in each of the last 60 seconds, oldest first.
    pub history: Vec<u32>,
    /// Requests that wait for their turn.
    pub waiting: u32,
    /// Kommo asked us to wait until then.
    pub paused_until_ms: Option<Int53>,
    /// Kommo blocks this computer's address.
    pub is_blocked: bool,
}

/// What the mirror holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MirrorCounts {
    /// Leads that are not deleted.
    pub leads: u32,
    /// People that are not deleted.
    pub contacts: u32,
    /// Companies.
    pub companies: u32,
    /// Tasks not yet done.
    pub open_tasks: u32,
    /// Notes.
    pub notes: u32,
}
