//! What the lead table asks for.

use cadencia_contract::{ApiError, ErrorCode, LeadColumn, LeadFieldFilter, LeadFilters, LeadListRequest};
use cadencia_domain::id::{KommoFieldId, KommoPipelineId, KommoStatusId, KommoTagId, KommoUserId};
use cadencia_domain::time::UtcMillis;
use cadencia_store::leads::{self, Between, FieldFilter, FieldTest, LeadQuery, LeadState, StageChoice};

/// The store's question for a request.
pub(crate) fn query(request: &LeadListRequest) -> Result<LeadQuery, ApiError> {
    let limit = request.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("limit"));
    }
    let filters = request.filters.clone().unwrap_or_default();
    let sort = request.sort.map_or_else(leads::LeadSort::default, |sort| leads::LeadSort {
        column: match sort.column {
            LeadColumn::Name => leads::LeadColumn::Name,
            LeadColumn::Price => leads::LeadColumn::Price,
            LeadColumn::Stage => leads::LeadColumn::Stage,
            LeadColumn::Responsible => leads::LeadColumn::Responsible,
            LeadColumn::Created => leads::LeadColumn::CreatedAt,
            LeadColumn::Updated => leads::LeadColumn::UpdatedAt,
            LeadColumn::NextTask => leads::LeadColumn::ClosestTask,
        },
        descending: sort.descending,
    });
    Ok(LeadQuery {
        search: request.search.clone().filter(|text| !text.trim().is_empty()),
        stages: stages(&filters),
        state: match filters.is_open {
            None => LeadState::Any,
            Some(true) => LeadState::Open,
            Some(false) => LeadState::Closed,
        },
        responsibles: filters
            .responsible_ids
            .iter()
            .map(|id| (id.0 != 0).then_some(KommoUserId(id.0)))
            .collect(),
        tags: filters.tag_ids.iter().map(|id| KommoTagId(id.0)).collect(),
        price_cents: Between { from: filters.price_from.map(cents), to: filters.price_to.map(cents) },
        created_at: between(filters.created_from_ms, filters.created_to_ms),
        updated_at: between(filters.updated_from_ms, filters.updated_to_ms),
        has_open_task: filters.has_task,
        fields: filters.fields.iter().flat_map(field).collect(),
        sort,
        offset: request.offset.unwrap_or(0),
        limit,
        ..LeadQuery::default()
    })
}

fn stages(filters: &LeadFilters) -> Vec<StageChoice> {
    let exact = filters.stages.iter().map(|stage| StageChoice {
        pipeline: KommoPipelineId(stage.pipeline_id.0),
        status: Some(KommoStatusId(stage.status_id.0)),
    });
    let whole =
        filters.pipeline_ids.iter().map(|id| StageChoice { pipeline: KommoPipelineId(id.0), status: None });
    exact.chain(whole).collect()
}

/// The end is meant to be excluded; the store's spans include both ends.
fn between(
    from: Option<cadencia_contract::Int53>,
    to: Option<cadencia_contract::Int53>,
) -> Between<UtcMillis> {
    Between { from: from.map(|at| UtcMillis(at.0)), to: to.map(|at| UtcMillis(at.0 - 1)) }
}

/// Each given condition on a field is a test of its own; all have to hold.
fn field(filter: &LeadFieldFilter) -> Vec<FieldFilter> {
    let mut tests = Vec::new();
    if !filter.enum_ids.is_empty() {
        tests.push(FieldTest::OneOf(filter.enum_ids.iter().map(|id| id.0).collect()));
    }
    if filter.number_from.is_some() || filter.number_to.is_some() {
        tests.push(FieldTest::Number(Between { from: filter.number_from, to: filter.number_to }));
    }
    if let Some(text) = filter.text.as_ref().filter(|text| !text.trim().is_empty()) {
        tests.push(FieldTest::Contains(text.trim().to_owned()));
    }
    match filter.is_filled {
        Some(true) => tests.push(FieldTest::Filled),
        Some(false) => tests.push(FieldTest::Empty),
        None => {}
    }
    let field = KommoFieldId(filter.field_id.0);
    tests.into_iter().map(|test| FieldFilter { field, test }).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and no price is that large")]
fn cents(price: f64) -> i64 {
    (price * 100.0).round() as i64
}
