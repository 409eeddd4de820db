//! People.

use crate::convert::error::of_store;
use crate::state::App;
use cadencia_contract::{ApiError, ContactList, ContactRow, ContactSearchRequest, ErrorCode, Int53};
use cadencia_store::contacts::{self, FoundContact};

/// People found, when nobody says how many.
const USUAL: u32 = 20;
/// People found at most: whoever needs more types more.
const MOST: u32 = 50;

pub(crate) async fn contact_search(
    app: &App,
    request: ContactSearchRequest,
) -> Result<ContactList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let limit = request.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("limit"));
    }
    let found = account.store.read(move |conn| contacts::search(conn, &request.search, limit));
    let found = found.await.map_err(|error| of_store(&error))?;
    Ok(ContactList { rows: found.rows.into_iter().map(row).collect(), has_more: found.has_more })
}

fn row(found: FoundContact) -> ContactRow {
    ContactRow {
        kommo_id: Int53(found.kommo_id.0),
        name: found.name,
        phone: found.phone,
        email: found.email,
        lead_name: found.lead_name,
        leads: found.leads,
    }
}
