//! Faults of the layers below, in the screen's words.

use cadencia_contract::{ApiError, ErrorCode};
use cadencia_store::StoreError;
use cadencia_sync::{SyncError, Trouble};

/// What a trouble with Kommo means for the person.
pub(crate) fn of_trouble(trouble: &Trouble) -> ApiError {
    match trouble {
        Trouble::NeedsSignIn => ApiError::new(ErrorCode::NeedsSignIn),
        Trouble::Unpaid => ApiError::new(ErrorCode::AccountUnpaid),
        Trouble::Forbidden { path } => ApiError::new(ErrorCode::Forbidden).with_detail(path.clone()),
        Trouble::IpBlocked => ApiError::new(ErrorCode::IpBlocked),
        Trouble::RateLimited { .. } => ApiError::new(ErrorCode::RateLimited),
        Trouble::Unavailable => ApiError::new(ErrorCode::KommoUnavailable),
        Trouble::Unreadable { what } => ApiError::new(ErrorCode::KommoUnreadable).with_detail(*what),
        Trouble::Unreachable => ApiError::new(ErrorCode::NetworkUnreachable),
        Trouble::TimedOut => ApiError::new(ErrorCode::TimedOut),
        Trouble::StorageFull => ApiError::new(ErrorCode::StorageFull),
        Trouble::StorageBusy => ApiError::new(ErrorCode::StorageBusy),
        Trouble::StorageBroken => ApiError::new(ErrorCode::DatabaseDamaged),
    }
}

/// What a failed request to Kommo means for the person.
pub(crate) fn of_kommo(error: &kommo::Error) -> ApiError {
    tracing::info!(error = error as &dyn std::error::Error, "a request to Kommo failed");
    of_trouble(&Trouble::of_kommo(error))
}

/// What a fault of the database means for the person.
pub(crate) fn of_store(error: &StoreError) -> ApiError {
    tracing::warn!(error = error as &dyn std::error::Error, "the database failed");
    of_trouble(&Trouble::of_store(error))
}

/// What an ended pass means for the person.
pub(crate) fn of_sync(error: &SyncError) -> ApiError {
    tracing::info!(error = error as &dyn std::error::Error, "a pass over the account ended early");
    of_trouble(&Trouble::of(error))
}
