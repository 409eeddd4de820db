//! The sync log.

use crate::{ErrorCode, Int53};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Asks for a part of the log, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct LogListRequest {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
    /// Full text.
    pub search: Option<String>,
    /// What the search says in the screen's words: rows that are worded so match it as well.
    pub worded: Option<LogWorded>,
    /// Only these directions.
    pub directions: Vec<LogDirection>,
    /// Only these outcomes.
    pub outcomes: Vec<LogOutcome>,
    /// Only rows about this lead (Kommo's number).
    pub lead_kommo_id: Option<Int53>,
    /// Only rows older than this one.
    pub before_id: Option<Int53>,
    /// How many, 1 to 500; 100 without it.
    pub limit: Option<u32>,
}

/// The codes whose words match a search. Only the screen knows the words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LogWorded {
    /// What was done.
    pub operations: Vec<String>,
    /// Through what it went.
    pub channels: Vec<LogChannel>,
    /// How it ended.
    pub outcomes: Vec<LogOutcome>,
    /// What it is about, where the row has no name of it.
    pub entity_kinds: Vec<String>,
    /// Changed fields.
    pub fields: Vec<String>,
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LogList {
    /// Rows that match in all.
    pub total: u32,
    /// Newest first.
    pub rows: Vec<LogRow>,
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LogRow {
    /// Ours, growing.
    pub id: Int53,
    /// When.
    pub at_ms: Int53,
    /// Which way.
    pub direction: LogDirection,
    /// Through what.
    pub channel: LogChannel,
    /// What it is about: `lead`, `contact`, `task`...; none for the account as a whole.
    pub entity_kind: Option<String>,
    /// Kommo's number of it.
    pub entity_kommo_id: Option<Int53>,
    /// Its name.
    pub entity_name: Option<String>,
    /// What was done; worded by the screen.
    pub operation: String,
    /// Facts for the wording, such as counts and names.
    pub details: BTreeMap<String, String>,
    /// How it ended.
    pub outcome: LogOutcome,
    /// Why it failed.
    pub error_code: Option<ErrorCode>,
    /// How long it took.
    pub duration_ms: Option<u32>,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Who caused it.
    pub actor: LogActor,
}

/// Which way something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogDirection {
    /// From Kommo to us.
    In,
    /// From us to Kommo.
    Out,
    /// Within this computer.
    Local,
}

/// Through what it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogChannel {
    /// A request to Kommo.
    Kommo,
    /// Polling for changes.
    Poll,
    /// The import.
    Import,
    /// Signing in and refreshing tokens.
    SignIn,
    /// Sending changes to Kommo.
    Outbox,
    /// A webhook of Kommo's.
    Webhook,
    /// The program itself.
    App,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogOutcome {
    /// Done.
    Done,
    /// Failed; tried again by itself.
    Retrying,
    /// Failed for good.
    Failed,
    /// Refused by Kommo for want of rights.
    Refused,
}

/// Who caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogActor {
    /// The person at this computer.
    Person,
    /// The program by itself.
    Engine,
    /// The AI agent.
    Agent,
    /// Somebody in Kommo.
    Kommo,
}

/// Asks for one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct LogGetRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// The row.
    pub log_id: Int53,
}

/// Everything about one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LogDetail {
    /// The row.
    pub row: LogRow,
    /// What changed, field by field.
    pub difference: Vec<LogDifference>,
    /// Request and answer, without secrets and with phones masked; empty when there was none.
    pub exchange: String,
    /// The thing in Kommo, for the browser.
    pub web_url: Option<String>,
    /// Our id of the lead it is about.
    pub lead_id: Option<String>,
}

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogDifference {
    /// Field: one of `name`, `price`, `stage`, `responsible`, `tags`, ... or a custom field's label.
    pub field: String,
    /// Before; none when it was empty.
    pub before: Option<String>,
    /// After; none when it is empty.
    pub after: Option<String>,
}

/// Asks for the log as a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct LogExportRequest {
    /// Which rows; `before_id` and `limit` are ignored.
    pub filter: LogListRequest,
}

/// The log as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogExport {
    /// Proposed file name.
    pub file_name: String,
    /// The file: CSV in UTF-8 with a byte order mark, columns separated by semicolons.
    pub csv: String,
    /// How many rows it has; at most 100,000.
    pub rows: u32,
}
