//! Third way: the system browser and the listener.

use super::connect::Proven;
use crate::convert::error::of_store;
use crate::state::App;
use cadencia_contract::{
    ApiError, AppEvent, ErrorCode, Int53, SignInBrowserRequest, SignInBrowserStarted, SignInResult,
};
use cadencia_domain::id::{AccountId, SignInId};
use cadencia_listener::CallbackOutcome;
use cadencia_store::credentials::CredentialKind;
use cadencia_store::sign_in_attempts::{self, Consumed, SignInAttempt, SignInMethod};
use kommo::oauth::{self, AuthorizeMode, Callback, Credentials as Integration};
use secrecy::{ExposeSecret as _, SecretString};

/// A sign-in through the browser is void after this long.
const LIFETIME_MS: i64 = 600_000;

impl App {
    /// Begins a sign-in; the browser has to be opened on the address returned.
    pub(crate) async fn start_browser(
        &self,
        request: SignInBrowserRequest,
    ) -> Result<SignInBrowserStarted, ApiError> {
        let missing = |field: &str| ApiError::new(ErrorCode::InvalidRequest).with_detail(field);
        let client_id = request.client_id.trim().to_owned();
        let client_secret = request.client_secret.trim().to_owned();
        if client_id.is_empty() {
            return Err(missing("client_id"));
        }
        if client_secret.is_empty() {
            return Err(missing("client_secret"));
        }
        let status = self.listener_status();
        let own = status.url.map(|url| format!("{url}/auth/kommo/callback"));
        let redirect_uri = match (request.redirect_uri.filter(|uri| !uri.trim().is_empty()), own) {
            (Some(given), _) => given.trim().to_owned(),
            (None, Some(own)) => own,
            (None, None) => {
                return Err(ApiError::new(ErrorCode::PortTaken).with_detail(status.port.to_string()));
            }
        };
        let account = match request.account_id.as_deref() {
            Some(id) => Some(self.account(Some(id)).await?.id.clone()),
            None => None,
        };
        self.new_attempt(client_id, SecretString::from(client_secret), redirect_uri, account).await
    }

    async fn new_attempt(
        &self,
        client_id: String,
        client_secret: SecretString,
        redirect_uri: String,
        account: Option<AccountId>,
    ) -> Result<SignInBrowserStarted, ApiError> {
        let registry = self.registry().await?;
        let now = self.now();
        let state = SecretString::from(hex::encode(self.0.config.entropy.secret_bytes()));
        let attempt = SignInAttempt {
            id: SignInId::from_uuid(self.0.config.entropy.uuid_v7(now)),
            method: SignInMethod::Browser,
            account,
            subdomain: None,
            client_id,
            client_secret,
            redirect_uri,
            created_at: now,
            expires_at: now.plus(LIFETIME_MS),
        };
        let url = oauth::authorize_url(
            &self.authorize_base()?,
            &attempt.client_id,
            state.expose_secret(),
            AuthorizeMode::PostMessage,
        )
        .map_err(|_| ApiError::new(ErrorCode::Internal))?;
        let started = SignInBrowserStarted {
            attempt_id: attempt.id.to_string(),
            authorization_url: url.to_string(),
            redirect_uri: attempt.redirect_uri.clone(),
            expires_at_ms: Int53(attempt.expires_at.0),
        };
        registry
            .write(move |tx| {
                sign_in_attempts::delete_expired(tx, now)?;
                sign_in_attempts::insert(tx, &attempt, &state)
            })
            .await
            .map_err(|error| of_store(&error))?;
        Ok(started)
    }

    /// Gives up waiting: the state no longer opens anything.
    pub(crate) async fn cancel_browser(&self, attempt_id: &str) -> Result<(), ApiError> {
        let id = SignInId::parse(attempt_id)
            .map_err(|_| ApiError::new(ErrorCode::InvalidRequest).with_detail("attempt_id"))?;
        self.registry()
            .await?
            .write(move |tx| sign_in_attempts::cancel(tx, &id))
            .await
            .map_err(|error| of_store(&error))
    }

    /// Somebody opened the listener's login address: signs in again with the integration last used.
    pub(crate) async fn login_again(&self) -> Option<String> {
        let account = self.account(None).await.ok()?;
        let kept = account.keeper.known()?.credentials;
        if kept.kind != CredentialKind::OAuth {
            return None;
        }
        let (client_id, client_secret, redirect_uri) =
            (kept.client_id?, kept.client_secret?, kept.redirect_uri?);
        match self.new_attempt(client_id, client_secret, redirect_uri, Some(account.id.clone())).await {
            Ok(started) => Some(started.authorization_url),
            Err(error) => {
                tracing::warn!(code = ?error.code, "a sign-in could not begin");
                None
            }
        }
    }

    /// Kommo sent somebody back with `query`.
    pub(crate) async fn finish_browser(&self, query: &str) -> CallbackOutcome {
        let Ok(callback) = Callback::parse(query) else { return CallbackOutcome::Expired };
        let Some(state) = callback.state().map(SecretString::from) else { return CallbackOutcome::Expired };
        let Ok(registry) = self.registry().await else { return CallbackOutcome::Failed };
        let now = self.now();
        let attempt = match registry.write(move |tx| sign_in_attempts::consume(tx, &state, now)).await {
            Ok(Consumed::Good(attempt)) => attempt,
            Ok(Consumed::AlreadyUsed | Consumed::Expired | Consumed::Unknown) => {
                return CallbackOutcome::Expired;
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a sign-in could not be read");
                return CallbackOutcome::Failed;
            }
        };
        let attempt_id = attempt.id.to_string();
        let (outcome, result) = match self.complete(callback, attempt).await {
            Ok(account) => (CallbackOutcome::Done, SignInResult::Done { account: Box::new(account) }),
            Err(error) if error.code == ErrorCode::SignInRefused => {
                (CallbackOutcome::Refused, SignInResult::Failed { error })
            }
            Err(error) => (CallbackOutcome::Failed, SignInResult::Failed { error }),
        };
        self.tell(AppEvent::SignInFinished { attempt_id, result });
        outcome
    }

    async fn complete(
        &self,
        callback: Callback,
        attempt: SignInAttempt,
    ) -> Result<cadencia_contract::AccountSummary, ApiError> {
        let (code, referer) = match callback {
            Callback::Refused { .. } => return Err(ApiError::new(ErrorCode::SignInRefused)),
            Callback::Code { code, referer, .. } => (code, referer),
        };
        let address = self.named_address(referer.as_deref().unwrap_or_default())?;
        let integration = Integration {
            client_id: attempt.client_id,
            client_secret: attempt.client_secret,
            redirect_uri: attempt.redirect_uri,
        };
        let credentials = self.exchange(&address, integration, &code).await?;
        let account = attempt.account.map(|id| id.to_string());
        let proven = Proven { address, credentials, method: "browser", account, mapping: Vec::new() };
        self.connect(proven).await.map(|outcome| outcome.account)
    }
}
