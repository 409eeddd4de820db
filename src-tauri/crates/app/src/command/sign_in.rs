//! Signing in.

use crate::state::App;
use cadencia_contract::{
    ApiError, DemoClockRequest, EnvImportPreview, EnvImportRequest, EnvImportSignInRequest, ErrorCode,
    Nothing, SignInBrowserCancelRequest, SignInBrowserRequest, SignInBrowserStarted, SignInCodeRequest,
    SignInLongLivedRequest, SignInOutcome,
};

pub(crate) async fn sign_in_long_lived(
    app: &App,
    request: SignInLongLivedRequest,
) -> Result<SignInOutcome, ApiError> {
    app.sign_in_long_lived(request).await
}

pub(crate) async fn sign_in_code(app: &App, request: SignInCodeRequest) -> Result<SignInOutcome, ApiError> {
    app.sign_in_code(request).await
}

pub(crate) async fn sign_in_browser_start(
    app: &App,
    request: SignInBrowserRequest,
) -> Result<SignInBrowserStarted, ApiError> {
    app.start_browser(request).await
}

pub(crate) async fn sign_in_browser_cancel(
    app: &App,
    request: SignInBrowserCancelRequest,
) -> Result<Nothing, ApiError> {
    app.cancel_browser(&request.attempt_id).await?;
    Ok(Nothing {})
}

pub(crate) async fn env_import_preview(
    app: &App,
    request: EnvImportRequest,
) -> Result<EnvImportPreview, ApiError> {
    app.preview_env(&request.text)
}

pub(crate) async fn env_import_sign_in(
    app: &App,
    request: EnvImportSignInRequest,
) -> Result<SignInOutcome, ApiError> {
    app.sign_in_env(request).await
}

pub(crate) async fn demo_start(app: &App, _: Nothing) -> Result<SignInOutcome, ApiError> {
    app.start_demo().await
}

pub(crate) async fn demo_clock_advance(app: &App, request: DemoClockRequest) -> Result<Nothing, ApiError> {
    let accounts = app.0.accounts.read().await.all().to_vec();
    let account = accounts.iter().find(|account| account.demo.is_some());
    let (account, demo) = account
        .and_then(|account| account.demo.clone().map(|demo| (account, demo)))
        .ok_or_else(|| ApiError::new(ErrorCode::NotDemo))?;
    tokio::task::spawn_blocking(move || demo.advance(request.advance_s))
        .await
        .map_err(|_| ApiError::new(ErrorCode::Internal))??;
    account.engine.want_poll();
    Ok(Nothing {})
}
