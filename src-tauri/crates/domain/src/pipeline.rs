//! Pipelines and their stages.

use crate::id::{KommoPipelineId, KommoStatusId};
use serde::{Deserialize, Serialize};

/// A sales pipeline of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pipeline {
    /// Kommo's number.
    pub kommo_id: KommoPipelineId,
    /// Name shown in Kommo.
    pub name: String,
    /// Order among pipelines.
    pub sort: i64,
    /// The pipeline new leads go to by default.
    pub is_main: bool,
    /// Put away; kept because old leads still point to it.
    pub is_archived: bool,
    /// Stages in Kommo's order.
    pub stages: Vec<Stage>,
}

/// A stage of one pipeline. Its identity is the pair (pipeline, status).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// The pipeline it belongs to.
    pub pipeline: KommoPipelineId,
    /// Kommo's number within the pipeline.
    pub status: KommoStatusId,
    /// Name shown in Kommo.
    pub name: String,
    /// Order within the pipeline.
    pub sort: i64,
    /// Kommo's colour, `#rrggbb`.
    pub color: String,
    /// What the stage is for.
    pub kind: StageKind,
}

/// What a stage is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// Incoming leads that nobody accepted yet; nothing can be moved into it.
    Incoming,
    /// A working stage.
    Ordinary,
    /// Closed - won (142).
    Won,
    /// Closed - lost (143).
    Lost,
}

impl StageKind {
    /// From Kommo's status number and its `type` (1 = incoming leads).
    pub fn of(status: KommoStatusId, wire_type: i64) -> Self {
        match (status, wire_type) {
            (KommoStatusId::WON, _) => Self::Won,
            (KommoStatusId::LOST, _) => Self::Lost,
            (_, 1) => Self::Incoming,
            _ => Self::Ordinary,
        }
    }
}
