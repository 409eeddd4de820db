//! Webhooks: the subscription in Kommo and what it delivers.

use super::outbox::bounded;
use crate::account::Account;
use crate::calendar::day_start;
use crate::convert::error::of_store;
use crate::convert::webhook as convert;
use crate::state::App;
use cadencia_contract::{
    AccountScope, ApiError, DeliveryDetail, DeliveryList, DeliveryListRequest, DeliveryRequest, ErrorCode,
    WebhookSetRequest, WebhookTest, WebhookView,
};
use cadencia_store::deliveries;
use cadencia_store::webhook::{self, Webhook, WebhookState};
use std::sync::Arc;

pub(crate) async fn webhook_get(app: &App, scope: AccountScope) -> Result<WebhookView, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    view(app, &account).await
}

async fn view(app: &App, account: &Arc<Account>) -> Result<WebhookView, ApiError> {
    let midnight = day_start(app.now(), &account.summary().time_zone);
    let found =
        account.store.read(move |conn| Ok((webhook::get(conn)?, deliveries::counts(conn, midnight)?)));
    let (known, counts) = found.await.map_err(|error| of_store(&error))?;
    Ok(convert::webhook(known.as_ref(), counts, app.listener_url()))
}

/// Notes the wanted address and compares with Kommo at once, so that whoever asked sees how it stands.
pub(crate) async fn webhook_set(app: &App, request: WebhookSetRequest) -> Result<WebhookView, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    if account.runs_elsewhere() {
        return Err(ApiError::new(ErrorCode::RunsElsewhere));
    }
    let typed = request.public_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
    let public_url = typed.map(crate::webhook::public_url).transpose()?;
    let secret = account.webhook_secret();
    let written = account
        .store
        .write(move |tx| {
            let known = webhook::get(tx)?.unwrap_or_else(|| Webhook::off(secret));
            let state = match &public_url {
                None => WebhookState::Off,
                Some(url) if known.public_url.as_ref() == Some(url) && known.state != WebhookState::Off => {
                    return Ok(());
                }
                Some(_) => WebhookState::Unchecked,
            };
            webhook::put(tx, &Webhook { public_url, state, reason: None, ..known })
        })
        .await;
    written.map_err(|error| of_store(&error))?;
    check(app, &account).await
}

pub(crate) async fn webhook_check(app: &App, scope: AccountScope) -> Result<WebhookView, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    if account.runs_elsewhere() {
        return Err(ApiError::new(ErrorCode::RunsElsewhere));
    }
    account.try_again();
    check(app, &account).await
}

async fn check(app: &App, account: &Arc<Account>) -> Result<WebhookView, ApiError> {
    account.engine.check_webhook().await.map_err(|error| crate::convert::error::of_sync(&error))?;
    // From now on it is compared at its own pace.
    account.engine.want_webhook_check();
    view(app, account).await
}

/// Goes the way that Kommo goes: out to the public address, and in again.
pub(crate) async fn webhook_test(app: &App, scope: AccountScope) -> Result<WebhookTest, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    let known = account.store.read(webhook::get).await.map_err(|error| of_store(&error))?;
    let public_url = known.and_then(|known| known.public_url);
    let public_url = public_url.ok_or_else(|| ApiError::new(ErrorCode::PublicUrlInvalid))?;
    Ok(app.test_way_in(&public_url).await)
}

pub(crate) async fn delivery_list(app: &App, request: DeliveryListRequest) -> Result<DeliveryList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let limit = bounded(request.limit)?;
    let state = request.state.map(convert::stored_state);
    list(app, &account, state, request.before_id.map(|id| id.0), limit).await
}

async fn list(
    app: &App,
    account: &Arc<Account>,
    state: Option<deliveries::DeliveryState>,
    before: Option<i64>,
    limit: u32,
) -> Result<DeliveryList, ApiError> {
    let midnight = day_start(app.now(), &account.summary().time_zone);
    let found = account.store.read(move |conn| {
        let rows = deliveries::list(conn, state, before, limit)?;
        let rows = rows.iter().map(|row| convert::delivery(conn, row)).collect::<Result<_, _>>()?;
        Ok(DeliveryList { summary: convert::summary(deliveries::counts(conn, midnight)?), rows })
    });
    found.await.map_err(|error| of_store(&error))
}

pub(crate) async fn delivery_get(app: &App, request: DeliveryRequest) -> Result<DeliveryDetail, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let id = request.id.0;
    let found = account.store.read(move |conn| {
        let Some(known) = deliveries::get(conn, id)? else { return Ok(None) };
        let row = convert::delivery(conn, &known)?;
        Ok(Some(DeliveryDetail { pairs: convert::pairs(known.body.as_deref()), row }))
    });
    found.await.map_err(|error| of_store(&error))?.ok_or_else(|| ApiError::new(ErrorCode::DeliveryUnknown))
}

pub(crate) async fn delivery_replay(app: &App, request: DeliveryRequest) -> Result<DeliveryList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let id = request.id.0;
    let again = account.store.write(move |tx| deliveries::replay(tx, id)).await;
    if !again.map_err(|error| of_store(&error))? {
        return Err(ApiError::new(ErrorCode::DeliveryUnknown));
    }
    account.engine.want_inbox();
    list(app, &account, None, Some(id + 1), 1).await
}
