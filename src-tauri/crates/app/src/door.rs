//! Answers what comes in through the listener.

use crate::state::App;
use cadencia_contract::AccountRequest;
use cadencia_listener::{JsonAnswer, LoginOutcome, Request};
use serde_json::{Value, json};
use tokio::sync::mpsc;

impl App {
    /// Answers requests until the app ends. Each has a task of its own: a slow sign-in holds up nobody.
    pub(crate) fn answer_doors(&self, mut incoming: mpsc::Receiver<Request>) {
        let app = self.clone();
        self.0.tasks.spawn(async move {
            loop {
                let request = tokio::select! {
                    () = app.0.stop.cancelled() => return,
                    request = incoming.recv() => request,
                };
                let Some(request) = request else { return };
                let answering = app.clone();
                app.0.tasks.spawn(async move { answering.answer(request).await });
            }
        });
    }

    async fn answer(&self, request: Request) {
        // Whoever asked may have gone meanwhile.
        match request {
            Request::Login { answer } => {
                let outcome =
                    self.login_again().await.map_or(LoginOutcome::NothingToSignInTo, LoginOutcome::Redirect);
                let _ = answer.send(outcome);
            }
            Request::Callback { query, answer } => {
                let _ = answer.send(self.finish_browser(&query).await);
            }
            Request::Status { answer } => {
                let accounts = self.0.accounts.read().await.list();
                let _ = answer.send(ok(&accounts));
            }
            Request::Refresh { account_id, answer } => {
                let _ = answer.send(self.refresh(account_id.as_deref()).await);
            }
            Request::Delivery { secret, body, answer } => {
                let _ = answer.send(self.deliver(&secret, body).await);
            }
            Request::WebhookSetup { body, answer } => {
                let _ = answer.send(self.set_up_webhook(body).await);
            }
            Request::Reach { number, answer } => {
                let _ = answer.send(self.answer_reach(&number));
            }
            Request::Logout { account_id, answer } => {
                let _ = answer.send(self.logout(account_id.as_deref()).await);
            }
        }
    }

    async fn refresh(&self, account_id: Option<&str>) -> JsonAnswer {
        match self.account(account_id).await {
            Err(error) => JsonAnswer { status: 404, body: json!({"error": error}) },
            Ok(account) => match account.keeper.refresh_now().await {
                Ok(()) => JsonAnswer {
                    status: 200,
                    body: json!({"account_id": account.id.as_str(), "refreshed": true}),
                },
                Err(error) => {
                    let status = if matches!(error, kommo::TokenError::SignedOut) { 409 } else { 503 };
                    let code = cadencia_sync::Trouble::of_token(&error).code();
                    JsonAnswer { status, body: json!({"error": {"code": code}}) }
                }
            },
        }
    }

    async fn logout(&self, account_id: Option<&str>) -> JsonAnswer {
        match self.account(account_id).await {
            Err(error) => JsonAnswer { status: 404, body: json!({"error": error}) },
            Ok(account) => {
                let request = AccountRequest { account_id: account.id.to_string() };
                match crate::command::account_sign_out(self, request).await {
                    Ok(accounts) => ok(&accounts),
                    Err(error) => JsonAnswer { status: 500, body: json!({"error": error}) },
                }
            }
        }
    }
}

fn ok(body: &impl serde::Serialize) -> JsonAnswer {
    JsonAnswer { status: 200, body: serde_json::to_value(body).unwrap_or(Value::Null) }
}
