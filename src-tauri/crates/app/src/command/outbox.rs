//! Changes on their way to Kommo, and values that lost.

use crate::account::Account;
use crate::convert::error::of_store;
use crate::convert::outbox::{self as convert, Words};
use crate::edit::promise;
use crate::state::App;
use cadencia_contract::{
    ApiError, ConflictList, ConflictListRequest, ConflictRequest, ErrorCode, OutboxList, OutboxListRequest,
    OutboxPauseRequest, OutboxRequest, OutboxRetryRequest, OutboxSummary,
};
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{KommoContactId, KommoLeadId};
use cadencia_domain::write::Write;
use cadencia_store::conflicts::{self, ConflictState};
use cadencia_store::sync_log::{self, NewLogEntry};
use cadencia_store::{StoreError, Transaction, contacts, leads, outbox};
use cadencia_sync::log;
use std::sync::Arc;

pub(crate) async fn outbox_list(app: &App, request: OutboxListRequest) -> Result<OutboxList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let limit = bounded(request.limit)?;
    let states: Vec<_> = request.states.into_iter().map(convert::stored_state).collect();
    let before = request.before_id.map(|id| id.0);
    let found = account.store.read(move |conn| {
        let words = Words::read(conn)?;
        let rows = outbox::list(conn, &states, before, limit)?;
        let rows = rows.into_iter().map(|row| convert::row(conn, row, &words)).collect::<Result<_, _>>()?;
        Ok(OutboxList { summary: convert::summary(conn)?, rows })
    });
    found.await.map_err(|error| of_store(&error))
}

pub(crate) async fn outbox_retry(app: &App, request: OutboxRetryRequest) -> Result<OutboxSummary, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let (id, now) = (request.id.0, app.now());
    let row = log::row("change_retried").channel("outbox").by_person().local(now);
    moved(&account, row, move |tx| {
        let Some(known) = outbox::get(tx, id)? else { return Ok(false) };
        match (request.all_alike, &known.cause) {
            (true, Some(cause)) => Ok(outbox::retry_alike(tx, cause, now)? > 0),
            _ => outbox::retry(tx, id, now),
        }
    })
    .await
}

pub(crate) async fn outbox_discard(app: &App, request: OutboxRequest) -> Result<OutboxSummary, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let (id, now) = (request.id.0, app.now());
    let row = log::row("change_discarded").channel("outbox").by_person().local(now);
    moved(&account, row, move |tx| outbox::discard(tx, id, now)).await
}

pub(crate) async fn outbox_pause(app: &App, request: OutboxPauseRequest) -> Result<OutboxSummary, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let (is_paused, now) = (request.is_paused, app.now());
    let operation = if is_paused { "outbox_paused" } else { "outbox_resumed" };
    let row = log::row(operation).channel("outbox").by_person().local(now);
    moved(&account, row, move |tx| outbox::set_paused(tx, is_paused, now).map(|()| true)).await
}

/// Moves changes on by a person's hand, says so in the log, and lets the engine look.
async fn moved(
    account: &Arc<Account>,
    row: NewLogEntry,
    work: impl FnOnce(&Transaction<'_>) -> Result<bool, StoreError> + Send + 'static,
) -> Result<OutboxSummary, ApiError> {
    let done = account
        .store
        .write(move |tx| {
            let done = work(tx)?;
            if done {
                sync_log::append(tx, &row)?;
            }
            Ok(done.then_some(convert::summary(tx)?))
        })
        .await;
    let summary = done.map_err(|error| of_store(&error))?;
    let summary = summary.ok_or_else(|| ApiError::new(ErrorCode::ChangeUnknown))?;
    account.try_again();
    account.engine.promised(Vec::new());
    Ok(summary)
}

pub(crate) async fn conflict_list(app: &App, request: ConflictListRequest) -> Result<ConflictList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let limit = bounded(request.limit)?;
    let (open_only, before) = (!request.with_ended, request.before_id.map(|id| id.0));
    list_conflicts(&account, open_only, before, limit).await
}

async fn list_conflicts(
    account: &Arc<Account>,
    open_only: bool,
    before: Option<i64>,
    limit: u32,
) -> Result<ConflictList, ApiError> {
    let found = account.store.read(move |conn| {
        let words = Words::read(conn)?;
        let rows = conflicts::list(conn, open_only, before, limit)?;
        let rows = rows.iter().map(|row| convert::conflict(conn, row, &words)).collect::<Result<_, _>>()?;
        Ok(ConflictList { open: conflicts::count_open(conn)?, rows })
    });
    found.await.map_err(|error| of_store(&error))
}

/// Asks for the lost value again: a change like any other, from what stands there now.
pub(crate) async fn conflict_undo(app: &App, request: ConflictRequest) -> Result<ConflictList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let (id, now) = (request.id.0, app.now());
    let row = log::row("conflict_undone").channel("outbox").by_person().local(now);
    promise(app, &account, 0, move |tx| {
        let unknown = || ApiError::new(ErrorCode::ConflictUnknown);
        let known = conflicts::get(tx, id)?.ok_or_else(unknown)?;
        if !conflicts::end(tx, id, ConflictState::Undone, now)? {
            return Err(unknown().into());
        }
        let base = match known.card.kind {
            EntityKind::Contact => contacts::find(tx, KommoContactId(known.card.kommo_id))?
                .filter(|stored| stored.deleted_at.is_none())
                .and_then(|stored| known.lost.same_of_contact(&stored.contact)),
            _ => leads::find(tx, KommoLeadId(known.card.kommo_id))?
                .filter(|stored| stored.deleted_at.is_none())
                .map(|stored| known.lost.same_of_lead(&stored.lead)),
        };
        let base = base.ok_or_else(|| ApiError::new(ErrorCode::LeadDeleted))?;
        sync_log::append(tx, &row)?;
        let is_there = known.lost.means(&base);
        let write = Write::Edit { card: known.card, base, wanted: known.lost };
        Ok(if is_there { Vec::new() } else { vec![write] })
    })
    .await?;
    account.engine.promised(Vec::new());
    list_conflicts(&account, true, None, 100).await
}

pub(crate) async fn conflict_dismiss(app: &App, request: ConflictRequest) -> Result<ConflictList, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let (id, now) = (request.id.0, app.now());
    let ended = account.store.write(move |tx| conflicts::end(tx, id, ConflictState::Dismissed, now)).await;
    if !ended.map_err(|error| of_store(&error))? {
        return Err(ApiError::new(ErrorCode::ConflictUnknown));
    }
    account.engine.promised(Vec::new());
    list_conflicts(&account, true, None, 100).await
}

/// How many rows are asked for.
pub(super) fn bounded(limit: Option<u32>) -> Result<u32, ApiError> {
    match limit.unwrap_or(100) {
        limit @ 1..=500 => Ok(limit),
        _ => Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("limit")),
    }
}
