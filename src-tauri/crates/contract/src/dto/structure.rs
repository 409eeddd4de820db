//! The account's own structure: pipelines, fields, people, tags.

use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything of the account that a mapping can point to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MappingView {
    /// The account.
    pub account_id: String,
    /// Pipelines in Kommo's order, archived ones last.
    pub pipelines: Vec<PipelineView>,
    /// Custom fields of leads, contacts and companies.
    pub fields: Vec<FieldView>,
    /// People of the account.
    pub users: Vec<UserView>,
    /// Who signed in, by Kommo's number; none until Kommo told it.
    pub current_user_id: Option<Int53>,
    /// The token's user may not list users; only those seen on leads are known, by number.
    pub users_refused: bool,
    /// Lead tags by name.
    pub tags: Vec<TagView>,
    /// Loss reasons in Kommo's order.
    pub loss_reasons: Vec<LossReasonView>,
    /// Kinds of tasks.
    pub task_types: Vec<TaskTypeView>,
    /// Lines of mapping brought by a `.env` file, checked against the account, not applied.
    pub proposals: Vec<MappingProposal>,
}

/// A pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PipelineView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Name.
    pub name: String,
    /// New leads go here by default.
    pub is_main: bool,
    /// Put away.
    pub is_archived: bool,
    /// Stages in order.
    pub stages: Vec<StageView>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StageView {
    /// Pipeline's number.
    pub pipeline_id: Int53,
    /// Kommo's number within the pipeline.
    pub status_id: Int53,
    /// Name.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// What it is for.
    pub kind: StageViewKind,
    /// Leads in it now.
    pub lead_count: u32,
    /// Sum of their prices, in the account's currency.
    pub value: f64,
}

/// What a stage is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StageViewKind {
    /// Incoming leads nobody accepted yet.
    Incoming,
    /// A working stage.
    Ordinary,
    /// Closed - won.
    Won,
    /// Closed - lost.
    Lost,
}

/// A custom field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// What it hangs on.
    pub entity: FieldEntity,
    /// Label.
    pub name: String,
    /// Kommo's type, such as `select`.
    pub kind: String,
    /// System code, such as `PHONE`.
    pub code: Option<String>,
    /// Options of a select-like field.
    pub options: Vec<FieldOptionView>,
}

/// What a field hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldEntity {
    /// A lead.
    Lead,
    /// A person.
    Contact,
    /// A company.
    Company,
}

/// An option of a select-like field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldOptionView {
    /// Kommo's number.
    pub enum_id: Int53,
    /// Label.
    pub label: String,
}

/// A person of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UserView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Name.
    pub name: String,
    /// Administrator.
    pub is_admin: bool,
    /// May sign in.
    pub is_active: bool,
    /// Open leads they are responsible for.
    pub open_leads: u32,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TagView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Text.
    pub name: String,
    /// `#rrggbb`, when coloured.
    pub color: Option<String>,
}

/// A loss reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LossReasonView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Text.
    pub name: String,
}

/// A kind of task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TaskTypeView {
    /// Kommo's number.
    pub kommo_id: Int53,
    /// Name.
    pub name: String,
}

/// A line of mapping from a `.env` file, checked against the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MappingProposal {
    /// The name in the file.
    pub key: String,
    /// What it points to.
    pub target: super::EnvTarget,
    /// Kommo's number in the file.
    pub kommo_id: Int53,
    /// The name that number has in the account; none when it does not exist there.
    pub found_name: Option<String>,
}
