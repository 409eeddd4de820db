//! Connected accounts.

use crate::convert::error::of_store;
use crate::state::App;
use cadencia_contract::{AccountList, AccountRequest, ApiError, Nothing};
use cadencia_store::{accounts, credentials};
use cadencia_sync::log;

pub(crate) async fn account_list(app: &App, _: Nothing) -> Result<AccountList, ApiError> {
    Ok(app.0.accounts.read().await.list())
}

pub(crate) async fn account_select(app: &App, request: AccountRequest) -> Result<AccountList, ApiError> {
    let account = app.account(Some(&request.account_id)).await?;
    app.show(&account.id).await?;
    app.tell_accounts().await;
    account_list(app, Nothing {}).await
}

/// Forgets the tokens here. Revoking happens in Kommo; the mirror stays readable.
pub(crate) async fn account_sign_out(app: &App, request: AccountRequest) -> Result<AccountList, ApiError> {
    let _turn = app.0.sign_in_turn.lock().await;
    let account = app.account(Some(&request.account_id)).await?;
    account.store.write(credentials::forget).await.map_err(|error| of_store(&error))?;
    account.keeper.reload().await.map_err(|error| of_store(&error))?;
    // It finds out at once that there is no sign-in any more, not when the next poll is due.
    account.engine.want_poll();
    let now = app.now();
    app.write_log(&account, log::row("signed_out").channel("sign_in").by_person().local(now)).await;
    app.tell_accounts().await;
    account_list(app, Nothing {}).await
}

/// Deletes the account's data from this computer. Nothing changes in Kommo.
pub(crate) async fn account_forget(app: &App, request: AccountRequest) -> Result<AccountList, ApiError> {
    let _turn = app.0.sign_in_turn.lock().await;
    let account = app.account(Some(&request.account_id)).await?;
    // The row first: from here on a crash leaves a file to be deleted, not an account without one.
    if account.demo.is_none() {
        let (id, now) = (account.id.clone(), app.now());
        app.registry()
            .await?
            .write(move |tx| accounts::mark_removed(tx, &id, now))
            .await
            .map_err(|error| of_store(&error))?;
    }
    app.0.accounts.write().await.remove(&account.id);
    account.end().await;
    if account.demo.is_none() {
        app.delete_removed_files(&app.registry().await?).await;
    }
    app.tell_accounts().await;
    account_list(app, Nothing {}).await
}
