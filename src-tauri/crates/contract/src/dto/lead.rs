//! Leads.

use super::{PendingView, PendingWork};
use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for a window of the lead table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct LeadListRequest {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
    /// Words, a phone number or a part of one, an e-mail.
    pub search: Option<String>,
    /// All filters have to hold.
    pub filters: Option<LeadFilters>,
    /// Order; newest change first without it.
    pub sort: Option<LeadSort>,
    /// First row, from 0.
    pub offset: Option<u32>,
    /// How many rows, 1 to 500; 100 without it.
    pub limit: Option<u32>,
}

/// Filters of the lead table. An empty list does not filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct LeadFilters {
    /// In one of these stages.
    pub stages: Vec<StageRef>,
    /// In one of these pipelines.
    pub pipeline_ids: Vec<Int53>,
    /// Responsible is one of these; 0 means nobody.
    pub responsible_ids: Vec<Int53>,
    /// Has one of these tags.
    pub tag_ids: Vec<Int53>,
    /// Only open leads, or only closed ones.
    pub is_open: Option<bool>,
    /// Has an open task, or has none.
    pub has_task: Option<bool>,
    /// Price at least.
    pub price_from: Option<f64>,
    /// Price at most.
    pub price_to: Option<f64>,
    /// Created at or after.
    pub created_from_ms: Option<Int53>,
    /// Created before.
    pub created_to_ms: Option<Int53>,
    /// Changed at or after.
    pub updated_from_ms: Option<Int53>,
    /// Changed before.
    pub updated_to_ms: Option<Int53>,
    /// By custom fields; all have to hold.
    pub fields: Vec<LeadFieldFilter>,
}

/// A stage, as pipeline and status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StageRef {
    /// Pipeline's number.
    pub pipeline_id: Int53,
    /// Status within it.
    pub status_id: Int53,
}

/// A filter on one custom field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct LeadFieldFilter {
    /// The field.
    pub field_id: Int53,
    /// One of these options is chosen.
    pub enum_ids: Vec<Int53>,
    /// Number or instant (unix seconds) at least.
    pub number_from: Option<f64>,
    /// Number or instant (unix seconds) at most.
    pub number_to: Option<f64>,
    /// Text contains, without regard to case and accents.
    pub text: Option<String>,
    /// The field is filled, or is empty.
    pub is_filled: Option<bool>,
}

/// Order of the lead table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeadSort {
    /// By which column.
    pub column: LeadColumn,
    /// Greatest, latest or Z first.
    pub descending: bool,
}

/// A column that the lead table can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeadColumn {
    /// Name, without regard to case and accents.
    Name,
    /// Price.
    Price,
    /// Pipeline and stage, in Kommo's order.
    Stage,
    /// Name of the responsible user.
    Responsible,
    /// Created.
    Created,
    /// Last changed.
    Updated,
    /// Next open task; leads without one come last.
    NextTask,
}

/// A window of the lead table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LeadList {
    /// Rows that match in all.
    pub total: u32,
    /// First row of the window.
    pub offset: u32,
    /// The window.
    pub rows: Vec<LeadRow>,
}

/// One row of the lead table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LeadRow {
    /// Ours.
    pub id: String,
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Name; empty shows as "Lead #number".
    pub name: String,
    /// Price in the account's currency.
    pub price: f64,
    /// Pipeline's number.
    pub pipeline_id: Int53,
    /// Stage within it.
    pub status_id: Int53,
    /// Responsible user's number.
    pub responsible_id: Option<Int53>,
    /// Name of the main contact.
    pub contact_name: Option<String>,
    /// First phone of the main contact, in E.164 when readable, else as typed.
    pub phone: Option<String>,
    /// Tags.
    pub tags: Vec<TagRef>,
    /// Created, Kommo's clock.
    pub created_at_ms: Int53,
    /// Last changed, Kommo's clock.
    pub updated_at_ms: Int53,
    /// Next open task.
    pub next_task_at_ms: Option<Int53>,
    /// It shows changes that are not in Kommo yet.
    pub is_pending: bool,
}

/// A tag on something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TagRef {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Text.
    pub name: String,
    /// `#rrggbb`, when coloured.
    pub color: Option<String>,
}

/// Asks for one lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct LeadGetRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Ours; or Kommo's number as text.
    pub lead_id: String,
}

/// Everything known of one lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LeadDetail {
    /// The row of the table.
    pub row: LeadRow,
    /// The lead in Kommo, for the browser.
    pub web_url: String,
    /// Deleted in Kommo, and when we saw it.
    pub deleted_at_ms: Option<Int53>,
    /// Closed as won or lost.
    pub closed_at_ms: Option<Int53>,
    /// Why it was lost.
    pub loss_reason: Option<String>,
    /// Company.
    pub company: Option<CompanyView>,
    /// People, the main one first.
    pub contacts: Vec<ContactView>,
    /// Filled custom fields, in the account's order.
    pub fields: Vec<FieldValueView>,
    /// Tasks, open ones first.
    pub tasks: Vec<TaskView>,
    /// Notes, newest first.
    pub notes: Vec<NoteView>,
    /// History, newest first.
    pub events: Vec<EventView>,
    /// Messages as webhooks brought them, newest first; at most 100.
    pub messages: Vec<MessageView>,
    /// What of the lead is not in Kommo yet.
    pub pending: Vec<PendingView>,
    /// Notes and tasks that are not in Kommo yet, oldest first.
    pub pending_work: Vec<PendingWork>,
    /// When we read it from Kommo last.
    pub synced_at_ms: Int53,
}

/// A company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CompanyView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Name.
    pub name: String,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ContactView {
    /// Ours.
    pub id: String,
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Name.
    pub name: String,
    /// Main contact of the lead.
    pub is_main: bool,
    /// Phones.
    pub phones: Vec<PhoneView>,
    /// E-mail addresses.
    pub emails: Vec<EmailView>,
    /// Other filled fields.
    pub fields: Vec<FieldValueView>,
    /// What of the person is not in Kommo yet.
    pub pending: Vec<PendingView>,
    /// The contact in Kommo, for the browser.
    pub web_url: String,
}

/// A phone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhoneView {
    /// As typed in Kommo.
    pub typed: String,
    /// In E.164, when it is a number at all.
    pub e164: Option<String>,
    /// What kind (work, mobile): one of the field's options.
    pub enum_id: Option<Int53>,
}

/// An e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EmailView {
    /// The address.
    pub text: String,
    /// What kind (work, personal): one of the field's options.
    pub enum_id: Option<Int53>,
}

/// The values of one custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FieldValueView {
    /// The field.
    pub field_id: Int53,
    /// Label.
    pub name: String,
    /// Kommo's type: tells how to show the values.
    pub kind: String,
    /// Values as text; dates as unix seconds, yes/no as `true` or `false`.
    pub values: Vec<String>,
    /// Kommo's numbers of the chosen options, for fields that have some.
    pub enum_ids: Vec<Int53>,
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MessageView {
    /// Kommo's text.
    pub kommo_id: String,
    /// The lead wrote; else the team, a robot or this program.
    pub is_incoming: bool,
    /// What was written; empty for pictures and voice.
    pub text: String,
    /// The channel's code, such as `waba`.
    pub origin: Option<String>,
    /// When.
    pub created_at_ms: Int53,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TaskView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// What to do.
    pub text: String,
    /// Name of its type.
    pub task_type: String,
    /// Due.
    pub due_at_ms: Int53,
    /// Done.
    pub is_completed: bool,
    /// What came of it.
    pub result: Option<String>,
    /// Who has to do it.
    pub responsible_id: Option<Int53>,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoteView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Kommo's type, such as `common`.
    pub kind: String,
    /// Text.
    pub text: String,
    /// Who wrote it; none for Kommo's robot.
    pub created_by: Option<Int53>,
    /// When.
    pub created_at_ms: Int53,
    /// Pinned.
    pub is_pinned: bool,
}

/// An entry of the lead's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EventView {
    /// Kommo's text.
    pub kommo_id: String,
    /// Kommo's type, such as `lead_status_changed`.
    pub kind: String,
    /// When.
    pub created_at_ms: Int53,
    /// Who; none for Kommo's robot.
    pub created_by: Option<Int53>,
    /// Value before, readable (stage name, user name, amount, text); none when there is nothing to show.
    pub before: Option<String>,
    /// Value after, readable.
    pub after: Option<String>,
}
