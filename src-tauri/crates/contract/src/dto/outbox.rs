//! Changes on their way to Kommo, and values that lost.

use super::LogActor;
use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for promised changes, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct OutboxListRequest {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
    /// Only in these states; all without any.
    pub states: Vec<WriteState>,
    /// Only older ones than this.
    pub before_id: Option<Int53>,
    /// How many, 1 to 500; 100 without it.
    pub limit: Option<u32>,
}

/// Promised changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OutboxList {
    /// How it stands in all.
    pub summary: OutboxSummary,
    /// Newest first.
    pub rows: Vec<OutboxView>,
}

/// How many changes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxSummary {
    /// Waiting or being sent.
    pub open: u32,
    /// Only a person can free them.
    pub wedged: u32,
    /// Since when the oldest open one waits.
    pub oldest_at_ms: Option<Int53>,
    /// Values that lost and nobody looked at yet.
    pub conflicts: u32,
    /// A person stopped sending.
    pub is_paused: bool,
}

/// How far a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WriteState {
    /// Not yet sent.
    Waiting,
    /// Asked for; whether it happened is not known yet.
    Sending,
    /// Kommo has it.
    Done,
    /// A later change of the same thing took its place.
    Superseded,
    /// Somebody changed the same thing in Kommo and won.
    Conflict,
    /// Only a person, or a repair in Kommo, can free it.
    Wedged,
    /// A person took it back.
    Discarded,
}

/// One promised change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OutboxView {
    /// Grows with every new one.
    pub id: Int53,
    /// `edit`, `tag`, `link`, `note`, `task`, `task_done` or `lead`.
    pub kind: String,
    /// What it sets: `name`, `price`, `stage`, `responsible`, `tags`, `contacts`, or a field's label; none for what is
    /// created.
    pub field: Option<String>,
    /// What stood there, readable.
    pub before: Option<String>,
    /// What should stand there, readable; the text of a note or task.
    pub after: Option<String>,
    /// `lead`, `contact` or `company`.
    pub entity_kind: Option<String>,
    /// Kommo's number of the card.
    pub entity_kommo_id: Option<Int53>,
    /// Its name.
    pub entity_name: Option<String>,
    /// The lead here, when it is about one.
    pub lead_id: Option<String>,
    /// How far it is.
    pub state: WriteState,
    /// Who wanted it.
    pub actor: LogActor,
    /// How often Kommo answered and it still was not done.
    pub attempts: u32,
    /// When it was asked for.
    pub created_at_ms: Int53,
    /// Not sent before.
    pub due_at_ms: Int53,
    /// When it ended.
    pub ended_at_ms: Option<Int53>,
    /// Why it waits or is wedged: a code that the screen words.
    pub cause: Option<String>,
    /// Kommo's words about it.
    pub cause_detail: Option<String>,
}

/// Names one promised change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct OutboxRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Which.
    pub id: Int53,
}

/// Tries wedged changes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct OutboxRetryRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// This one.
    pub id: Int53,
    /// And all that are wedged for the same cause.
    #[serde(default)]
    pub all_alike: bool,
}

/// Stops sending, or goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct OutboxPauseRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Stop.
    pub is_paused: bool,
}

/// Asks for values that lost, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ConflictListRequest {
    /// The account; without it the one that is shown.
    pub account_id: Option<String>,
    /// Also those that ended.
    pub with_ended: bool,
    /// Only older ones than this.
    pub before_id: Option<Int53>,
    /// How many, 1 to 500; 100 without it.
    pub limit: Option<u32>,
}

/// Values that lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConflictList {
    /// How many are open in all.
    pub open: u32,
    /// Newest first.
    pub rows: Vec<ConflictView>,
}

/// A value that lost against another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConflictView {
    /// Grows with every new one.
    pub id: Int53,
    /// When it was seen.
    pub at_ms: Int53,
    /// Not looked at yet.
    pub is_open: bool,
    /// The lost value was asked for again.
    pub is_undone: bool,
    /// Why: `changed_in_kommo`, `overwritten`, `backwards` or `stage_of_person`.
    pub reason: String,
    /// Ours stands in Kommo; else the one from Kommo.
    pub is_ours_kept: bool,
    /// As in [`OutboxView`].
    pub field: String,
    /// What stood there before both.
    pub base: Option<String>,
    /// What is lost.
    pub lost: Option<String>,
    /// What stood there when it was seen.
    pub kept: Option<String>,
    /// `lead` or `contact`.
    pub entity_kind: String,
    /// Kommo's number of the card.
    pub entity_kommo_id: Int53,
    /// Its name.
    pub entity_name: Option<String>,
    /// The lead here, when it is about one.
    pub lead_id: Option<String>,
    /// Who set the value that came from Kommo.
    pub changed_by: ChangeAuthor,
}

/// Who changed something in Kommo, by Kommo's own history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum ChangeAuthor {
    /// A person of the account.
    Person {
        /// Kommo's number.
        user_id: Int53,
        /// Name; none when the account does not tell it.
        name: Option<String>,
    },
    /// A robot or an integration of the account.
    Automation,
    /// The history does not tell.
    Unknown,
}

/// Names one conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct ConflictRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Which.
    pub id: Int53,
}

/// What of a card is not in Kommo yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PendingView {
    /// What it sets: `name`, `price`, `stage`, `responsible`, `field:7`, `tag:vip`, `contact:3`, `task:9`.
    pub subject: String,
    /// Only a person can free it; shown with the value that stands in Kommo.
    pub is_wedged: bool,
    /// The change.
    pub outbox_id: Int53,
    /// As in [`OutboxView`].
    pub kind: String,
    /// As in [`OutboxView`].
    pub field: Option<String>,
    /// What stood there, readable.
    pub before: Option<String>,
    /// What should stand there, readable.
    pub after: Option<String>,
    /// Why it is wedged: a code.
    pub cause: Option<String>,
}

/// A note or task that is not in Kommo yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PendingWork {
    /// The change.
    pub outbox_id: Int53,
    /// It is a task; else a note.
    pub is_task: bool,
    /// What it says.
    pub text: String,
    /// When a task is due.
    pub due_at_ms: Option<Int53>,
    /// When it was asked for.
    pub created_at_ms: Int53,
    /// Only a person can free it.
    pub is_wedged: bool,
    /// Why: a code.
    pub cause: Option<String>,
}
