//! Leads.

use crate::convert::error::of_store;
use crate::convert::lead::{Around, detail, row};
use crate::convert::{filter, structure};
use crate::overlay;
use crate::state::App;
use cadencia_contract::{ApiError, ErrorCode, LeadDetail, LeadGetRequest, LeadList, LeadListRequest};
use cadencia_domain::id::{KommoLeadId, LeadId};
use cadencia_store::{leads, loss_reasons, messages, pipelines, users};

/// Messages shown with a lead.
const MESSAGES: u32 = 100;

pub(crate) async fn lead_list(app: &App, request: LeadListRequest) -> Result<LeadList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let query = filter::query(&request)?;
    let offset = query.offset;
    let found = account.store.read(move |conn| {
        let mut page = leads::list(conn, &query)?;
        let marks = overlay::over_rows(conn, &mut page.rows)?;
        Ok((page, marks))
    });
    let (page, marks) = found.await.map_err(|error| of_store(&error))?;
    let rows = page.rows.into_iter().zip(marks).map(|(lead, is_pending)| row(lead, is_pending)).collect();
    Ok(LeadList { total: page.total, offset, rows })
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
        let mut lead = match (own, number) {
            (Some(id), _) => leads::get(conn, &id)?,
            (None, Some(number)) => leads::get_by_kommo_id(conn, KommoLeadId(number))?,
            (None, None) => None,
        };
        let names =
            structure::names(&pipelines::list(conn)?, &users::list(conn)?, &loss_reasons::list(conn)?);
        let (on_its_way, messages) = match &mut lead {
            Some(lead) => {
                let messages = messages::of_lead(conn, lead.lead.kommo_id.0, MESSAGES)?;
                (overlay::over_detail(conn, lead)?, messages)
            }
            None => Default::default(),
        };
        Ok((lead, names, on_its_way, messages))
    });
    let (lead, names, on_its_way, messages) = found.await.map_err(|error| of_store(&error))?;
    let task_types = account.profile().map(|profile| profile.task_types).unwrap_or_default();
    let around = Around { account: &account, names: &names, task_types: &task_types, on_its_way, messages };
    lead.map(|lead| detail(lead, &around)).ok_or_else(unknown)
}
