//! What a list of leads asks for.

use cadencia_domain::id::{
    KommoCompanyId, KommoFieldId, KommoLossReasonId, KommoPipelineId, KommoSourceId, KommoStatusId,
    KommoTagId, KommoUserId,
};
use cadencia_domain::phone::Masked;
use cadencia_domain::time::UtcMillis;

/// A list of leads to show. Empty lists and `None` do not restrict; restrictions of different kinds all hold.
#[derive(Clone, Default, PartialEq)]
pub struct LeadQuery {
    /// What the person typed: beginnings of all these words in names, contacts, e-mails, tags and fields, or any part
    /// of a phone.
    pub search: Option<String>,
    /// In any of these.
    pub stages: Vec<StageChoice>,
    /// Open, won, lost.
    pub state: LeadState,
    /// Of any of these people; `None` stands for nobody.
    pub responsibles: Vec<Option<KommoUserId>>,
    /// With any of these.
    pub tags: Vec<KommoTagId>,
    /// Lost for any of these.
    pub loss_reasons: Vec<KommoLossReasonId>,
    /// From any of these.
    pub sources: Vec<KommoSourceId>,
    /// Of this company.
    pub company: Option<KommoCompanyId>,
    /// Price in hundredths.
    pub price_cents: Between<i64>,
    /// Created.
    pub created_at: Between<UtcMillis>,
    /// Last changed.
    pub updated_at: Between<UtcMillis>,
    /// Closed.
    pub closed_at: Between<UtcMillis>,
    /// With or without an open task.
    pub has_open_task: Option<bool>,
    /// Custom fields, all of these.
    pub fields: Vec<FieldFilter>,
    /// Order.
    pub sort: LeadSort,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to answer at most.
    pub limit: u32,
}

// People search for phones.
impl std::fmt::Debug for LeadQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeadQuery")
            .field("search", &self.search.as_deref().map(Masked))
            .field("stages", &self.stages)
            .field("state", &self.state)
            .field("responsibles", &self.responsibles)
            .field("tags", &self.tags)
            .field("loss_reasons", &self.loss_reasons)
            .field("sources", &self.sources)
            .field("company", &self.company)
            .field("price_cents", &self.price_cents)
            .field("created_at", &self.created_at)
            .field("updated_at", &self.updated_at)
            .field("closed_at", &self.closed_at)
            .field("has_open_task", &self.has_open_task)
            .field("fields", &self.fields)
            .field("sort", &self.sort)
            .field("offset", &self.offset)
            .field("limit", &self.limit)
            .finish()
    }
}

/// A pipeline, or one stage of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageChoice {
    /// The pipeline.
    pub pipeline: KommoPipelineId,
    /// The stage; none for the whole pipeline.
    pub status: Option<KommoStatusId>,
}

/// Whether a lead is closed, by its stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeadState {
    /// Any.
    #[default]
    Any,
    /// Neither won nor lost.
    Open,
    /// Won or lost.
    Closed,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// Both ends are part of it; an absent end does not restrict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between<T> {
    /// Lowest.
    pub from: Option<T>,
    /// Highest.
    pub to: Option<T>,
}

impl<T> Default for Between<T> {
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

/// A restriction on a custom field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldFilter {
    /// The field.
    pub field: KommoFieldId,
    /// What one of its values has to be.
    pub test: FieldTest,
}

/// What a value of a custom field has to be.
#[derive(Clone, PartialEq)]
pub enum FieldTest {
    /// One of these options (Kommo's enum numbers).
    OneOf(Vec<i64>),
    /// A number, a date (unix seconds) or a flag (1 or 0) in this range.
    Number(Between<f64>),
    /// A text that contains this, whatever case and accents.
    Contains(String),
    /// Anything.
    Filled,
    /// The field is empty.
    Empty,
}

impl std::fmt::Debug for FieldTest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OneOf(options) => f.debug_tuple("OneOf").field(options).finish(),
            Self::Number(range) => f.debug_tuple("Number").field(range).finish(),
            Self::Contains(text) => f.debug_tuple("Contains").field(&Masked(text)).finish(),
            Self::Filled => f.write_str("Filled"),
            Self::Empty => f.write_str("Empty"),
        }
    }
}

/// Order of a list. Leads that are equal in it are ordered by age here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadSort {
    /// By what.
    pub column: LeadColumn,
    /// Highest, latest or last letter first.
    pub descending: bool,
}

impl Default for LeadSort {
    fn default() -> Self {
        Self { column: LeadColumn::UpdatedAt, descending: true }
    }
}

/// What leads can be ordered by. Those without a value come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadColumn {
    /// Last changed.
    UpdatedAt,
    /// Created.
    CreatedAt,
    /// Name.
    Name,
    /// Price.
    Price,
    /// Next open task.
    ClosestTask,
    /// Closed.
    ClosedAt,
    /// Pipeline and stage, in Kommo's order; within a stage the newest change first.
    Stage,
    /// Name of the responsible user, leads of nobody last; within a user the newest change first.
    Responsible,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_prints_what_it_restricts_and_not_what_somebody_typed() {
        let contains =
            FieldFilter { field: KommoFieldId(71), test: FieldTest::Contains("98765-4321".to_owned()) };
        let query = LeadQuery {
            search: Some("+55 11 98765-4321".to_owned()),
            stages: vec![StageChoice { pipeline: KommoPipelineId(51), status: None }],
            tags: vec![KommoTagId(61)],
            fields: vec![contains],
            limit: 80,
            ..LeadQuery::default()
        };
        let shown = format!("{query:?}");
        assert!(!shown.contains("8765") && !shown.contains("4321"), "{shown}");
        for told in ["search", "51", "61", "71", "Contains", "limit: 80"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
    }
}
