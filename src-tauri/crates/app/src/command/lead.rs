//! Leads.

use crate::convert::error::of_store;
use crate::convert::lead::{Around, detail, row};
use crate::convert::{filter, structure};
use crate::state::App;
use cadencia_contract::{ApiError, ErrorCode, LeadDetail, LeadGetRequest, LeadList, LeadListRequest};
use cadencia_domain::id::{KommoLeadId, LeadId};
use cadencia_store::{leads, loss_reasons, pipelines, users};

pub(crate) async fn lead_list(app: &App, request: LeadListRequest) -> Result<LeadList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let query = filter::query(&request)?;
    let offset = query.offset;
    let page =
        account.store.read(move |conn| leads::list(conn, &query)).await.map_err(|error| of_store(&error))?;
    Ok(LeadList { total: page.total, offset, rows: page.rows.into_iter().map(row).collect() })
}

pub(crate) async fn lead_get(app: &App, request: LeadGetRequest) -> Result<LeadDetail, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let unknown = || ApiError::new(ErrorCode::LeadUnknown);
    // Ours, or Kommo's number as text.
    let own = LeadId::parse(&request.lead_id).ok();
    let number = request.lead_id.parse::<i64>().ok();
    if own.is_none() && number.is_none() {
        return Err(unknown());
    }
    let found = account.store.read(move |conn| {
        let lead = match (own, number) {
            (Some(id), _) => leads::get(conn, &id)?,
            (None, Some(number)) => leads::get_by_kommo_id(conn, KommoLeadId(number))?,
            (None, None) => None,
        };
        let names =
            structure::names(&pipelines::list(conn)?, &users::list(conn)?, &loss_reasons::list(conn)?);
        Ok((lead, names))
    });
    let (lead, names) = found.await.map_err(|error| of_store(&error))?;
    let task_types = account.profile().map(|profile| profile.task_types).unwrap_or_default();
    let around = Around { account: &account, names: &names, task_types: &task_types };
    lead.map(|lead| detail(lead, &around)).ok_or_else(unknown)
}
