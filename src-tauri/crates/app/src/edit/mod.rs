//! What a person changes, checked and promised.

mod bulk;
mod card;
mod promise;
mod value;

pub(crate) use bulk::{apply as apply_bulk, choose, preview as preview_bulk};
pub(crate) use card::{check_price, check_stage, contact_writes, lead_writes, open_lead};
pub(crate) use promise::{promise, promise_for};
pub(crate) use value::text_of;

use cadencia_contract::{ApiError, ErrorCode};
use cadencia_store::StoreError;

/// Why changes were not promised.
#[derive(Debug)]
pub(crate) enum NotPromised {
    /// What was asked for does not fit.
    Refused(ApiError),
    /// A fault of the file.
    Store(StoreError),
}

impl From<StoreError> for NotPromised {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ApiError> for NotPromised {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

/// A value that does not fit; `field` says whose.
pub(crate) fn invalid(field: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::ValueInvalid).with_detail(field)
}
