//! Import and polling.

use crate::account::Account;
use crate::state::App;
use cadencia_contract::{AccountScope, ApiError, ConnectionState, ErrorCode, Nothing, SyncStatus};
use cadencia_sync::ImportState;
use std::sync::Arc;

pub(crate) async fn sync_status(app: &App, scope: AccountScope) -> Result<SyncStatus, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    app.sync_status(&account).await
}

/// The account, unless another program keeps it in sync: nobody here would do what is asked.
async fn working_here(app: &App, scope: &AccountScope) -> Result<Arc<Account>, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    if account.runs_elsewhere() { Err(ApiError::new(ErrorCode::RunsElsewhere)) } else { Ok(account) }
}

pub(crate) async fn sync_poll_now(app: &App, scope: AccountScope) -> Result<Nothing, ApiError> {
    let account = working_here(app, &scope).await?;
    if account.summary().connection == ConnectionState::NeedsSignIn {
        return Err(ApiError::new(ErrorCode::NeedsSignIn));
    }
    account.try_again();
    account.engine.want_poll();
    Ok(Nothing {})
}

pub(crate) async fn import_start(app: &App, scope: AccountScope) -> Result<SyncStatus, ApiError> {
    let account = working_here(app, &scope).await?;
    if account.summary().connection == ConnectionState::NeedsSignIn {
        return Err(ApiError::new(ErrorCode::NeedsSignIn));
    }
    if account.engine.status().import.state == ImportState::Running {
        return Err(ApiError::new(ErrorCode::ImportRunning));
    }
    account.try_again();
    account.engine.want_import();
    app.sync_status(&account).await
}

pub(crate) async fn import_cancel(app: &App, scope: AccountScope) -> Result<SyncStatus, ApiError> {
    let account = working_here(app, &scope).await?;
    if !matches!(account.engine.status().import.state, ImportState::Running | ImportState::Waiting) {
        return Err(ApiError::new(ErrorCode::ImportNotRunning));
    }
    account.engine.cancel_import();
    app.sync_status(&account).await
}
