//! Keeps one account's access token usable: single flight across tasks and processes, durable before used.

use async_trait::async_trait;
use cadencia_clock::Clock;
use cadencia_domain::time::UtcMillis;
use cadencia_store::credentials::{self, CredentialKind, StoredCredentials, TokenPair};
use cadencia_store::{AccountStore, StoreError};
use kommo::budget::{Budget, Priority};
use kommo::oauth::{self, OAuthError};
use kommo::token::{TokenError, TokenSource};
use kommo::transport::Transport;
use secrecy::{ExposeSecret as _, SecretString};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use tokio::sync::{Mutex, mpsc};
use url::Url;

/// Refreshed when less than this remains.
const REFRESH_BEFORE_MS: i64 = 300_000;

/// What happened to the tokens, for the log and the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenEvent {
    /// A new pair is in use.
    Refreshed,
    /// A refresh did not work this time; the sign-in may still be good.
    RefreshFailed {
        /// The error code of the contract.
        code: &'static str,
    },
    /// Only signing in again helps.
    SignInLost,
}

/// What a keeper needs.
pub(crate) struct KeeperParts {
    pub(crate) store: AccountStore,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) budget: Budget,
    pub(crate) clock: Arc<dyn Clock>,
    /// Shared by every process that works with this account; none when no other process can.
    pub(crate) lock_file: Option<PathBuf>,
    pub(crate) events: mpsc::UnboundedSender<TokenEvent>,
}

/// Keeps the token of one account.
pub(crate) struct TokenKeeper {
    parts: KeeperParts,
    known: RwLock<Option<StoredCredentials>>,
    /// One at a time in this process.
    gate: Mutex<()>,
}

impl TokenKeeper {
    /// A keeper of what is stored.
    pub(crate) async fn open(parts: KeeperParts) -> Result<Self, StoreError> {
        let known = read_stored(parts.store.clone()).await?;
        Ok(Self { parts, known: RwLock::new(known), gate: Mutex::new(()) })
    }

    /// What is known of the sign-in, without asking anybody.
    pub(crate) fn known(&self) -> Option<StoredCredentials> {
        self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Reads again what is stored, after a person signed in or out.
    pub(crate) async fn reload(&self) -> Result<(), StoreError> {
        let stored = read_stored(self.parts.store.clone()).await?;
        self.remember(stored);
        Ok(())
    }

    /// Renews the access token now, whatever remains of it.
    pub(crate) async fn refresh_now(&self) -> Result<(), TokenError> {
        let current = self.known().ok_or(TokenError::SignedOut)?;
        if current.credentials.kind == CredentialKind::LongLived {
            return Ok(());
        }
        let token = current.credentials.access_token.clone();
        self.renew(Some(&token)).await.map(|_| ())
    }

    fn remember(&self, stored: Option<StoredCredentials>) {
        *self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner) = stored;
    }

    /// The stored token, when it is another than the refused one and has time left.
    fn usable(&self, stored: &StoredCredentials, refused: Option<&SecretString>) -> Option<SecretString> {
        let token = &stored.credentials.access_token;
        let is_refused = refused.is_some_and(|refused| refused.expose_secret() == token.expose_secret());
        let has_time = match (stored.credentials.kind, stored.credentials.expires_at) {
            (CredentialKind::OAuth, Some(end)) => end.since(self.parts.clock.now()) >= REFRESH_BEFORE_MS,
            _ => true,
        };
        (stored.needs_sign_in.is_none() && !is_refused && has_time).then(|| token.clone())
    }

    fn has_not_ended(&self, stored: &StoredCredentials) -> bool {
        stored.credentials.expires_at.is_some_and(|end| end > self.parts.clock.now())
    }

    /// Finds or makes a token other than `refused`.
    async fn renew(&self, refused: Option<&SecretString>) -> Result<SecretString, TokenError> {
        let _one_in_this_process = self.gate.lock().await;
        let current = self.known().ok_or(TokenError::SignedOut)?;
        if let Some(token) = self.usable(&current, refused) {
            return Ok(token);
        }
        let _one_on_this_computer = self.lock_file().await?;
        let stored = read_stored(self.parts.store.clone()).await.map_err(unavailable)?;
        self.remember(stored.clone());
        let stored = stored.ok_or(TokenError::SignedOut)?;
        if stored.needs_sign_in.is_some() {
            return Err(TokenError::SignedOut);
        }
        if let Some(token) = self.usable(&stored, refused) {
            return Ok(token);
        }
        match stored.credentials.kind {
            CredentialKind::LongLived => {
                self.sign_in_lost(&stored, "token_refused").await;
                Err(TokenError::SignedOut)
            }
            CredentialKind::OAuth => self.spend_refresh(stored).await,
        }
    }

    /// Spends the refresh token. The caller holds both locks and `stored` is what the store holds.
    async fn spend_refresh(&self, stored: StoredCredentials) -> Result<SecretString, TokenError> {
        // A store that cannot be written would lose the new pair: then the old one is kept unspent.
        if let Err(error) = prove_writable(self.parts.store.clone()).await {
            self.tell(TokenEvent::RefreshFailed { code: "storage_not_writable" });
            return Err(unavailable(error));
        }
        match self.ask_for_pair(&stored).await {
            Ok(pair) => self.keep(stored, pair).await,
            Err(error) if error.is_definitive() => {
                tracing::info!(%error, "Kommo refuses the refresh token");
                self.sign_in_lost(&stored, "refresh_refused").await;
                Err(TokenError::SignedOut)
            }
            Err(error) => {
                tracing::info!(%error, "the access token could not be renewed this time");
                self.tell(TokenEvent::RefreshFailed { code: code_of(&error) });
                Err(TokenError::Unavailable(Box::new(error)))
            }
        }
    }

    async fn ask_for_pair(&self, stored: &StoredCredentials) -> Result<oauth::TokenPair, OAuthError> {
        let (Some(client_id), Some(client_secret), Some(redirect_uri), Some(refresh_token), Ok(base_url)) = (
            stored.credentials.client_id.clone(),
            stored.credentials.client_secret.clone(),
            stored.credentials.redirect_uri.clone(),
            stored.credentials.refresh_token.clone(),
            Url::parse(&stored.credentials.base_url),
        ) else {
            return Err(OAuthError::RefreshInvalid);
        };
        let integration = oauth::Credentials { client_id, client_secret, redirect_uri };
        let mut lost_an_answer = false;
        loop {
            if self.parts.budget.acquire(Priority::Person).await.is_err() {
                return Err(OAuthError::Blocked);
            }
            let answer = oauth::refresh(&self.parts.transport, &base_url, &integration, &refresh_token).await;
            match answer {
                // Kommo documents that the old refresh token stays good until the new one is used, so an answer
                // lost on the way is asked for once more.
                Err(OAuthError::Ambiguous { .. }) if !lost_an_answer => lost_an_answer = true,
                other => return other,
            }
        }
    }

    /// Makes the new pair durable, then uses it.
    async fn keep(
        &self,
        stored: StoredCredentials,
        pair: oauth::TokenPair,
    ) -> Result<SecretString, TokenError> {
        let now = self.parts.clock.now();
        let lifetime_ms = pair.expires_in_s.clamp(0, i64::MAX / 1_000).saturating_mul(1_000);
        let kept = TokenPair {
            access_token: pair.access.clone(),
            refresh_token: pair.refresh.clone(),
            expires_at: now.plus(lifetime_ms),
        };
        let generation = stored.generation;
        let rotated = {
            let kept = kept.clone();
            let store = self.parts.store.clone();
            store.write(move |tx| credentials::rotate(tx, generation, &kept, now)).await
        };
        match rotated {
            Ok(Some(generation)) => {
                let mut fresh = stored;
                fresh.credentials.access_token = kept.access_token.clone();
                fresh.credentials.refresh_token = Some(kept.refresh_token);
                fresh.credentials.expires_at = Some(kept.expires_at);
                fresh.generation = generation;
                self.remember(Some(fresh));
                self.tell(TokenEvent::Refreshed);
                Ok(kept.access_token)
            }
            // A person signed in meanwhile: what they brought is newer.
            Ok(None) => {
                self.reload().await.map_err(unavailable)?;
                self.known().and_then(|stored| self.usable(&stored, None)).ok_or(TokenError::SignedOut)
            }
            Err(error) => {
                self.tell(TokenEvent::RefreshFailed { code: "storage_not_writable" });
                Err(unavailable(error))
            }
        }
    }

    async fn sign_in_lost(&self, stored: &StoredCredentials, reason: &'static str) {
        let (generation, now) = (stored.generation, self.parts.clock.now());
        let marked = self
            .parts
            .store
            .write(move |tx| credentials::mark_needs_sign_in(tx, generation, reason, now))
            .await;
        if let Err(error) = marked {
            tracing::warn!(error = &error as &dyn std::error::Error, "the lost sign-in could not be noted");
        }
        if let Err(error) = self.reload().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the sign-in could not be read again");
        }
        self.tell(TokenEvent::SignInLost);
    }

    /// Takes the lock that all processes share; it is released when the file is dropped, or the process ends.
    async fn lock_file(&self) -> Result<Option<File>, TokenError> {
        let Some(path) = self.parts.lock_file.clone() else { return Ok(None) };
        let taken = tokio::task::spawn_blocking(move || {
            let file = File::options().create(true).truncate(false).write(true).open(path)?;
            file.lock()?;
            Ok::<_, std::io::Error>(file)
        });
        match taken.await {
            Ok(Ok(file)) => Ok(Some(file)),
            Ok(Err(error)) => {
                self.tell(TokenEvent::RefreshFailed { code: "storage_not_writable" });
                Err(unavailable(error))
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    fn tell(&self, event: TokenEvent) {
        if self.parts.events.send(event).is_err() {
            tracing::debug!("nobody listens to the tokens any more");
        }
    }
}

#[async_trait]
impl TokenSource for TokenKeeper {
    async fn access_token(&self) -> Result<SecretString, TokenError> {
        let known = self.known().ok_or(TokenError::SignedOut)?;
        if known.needs_sign_in.is_some() {
            return Err(TokenError::SignedOut);
        }
        if let Some(token) = self.usable(&known, None) {
            return Ok(token);
        }
        match self.renew(None).await {
            // It could not be renewed this time, but it has not ended yet.
            Err(TokenError::Unavailable(_)) if self.has_not_ended(&known) => {
                Ok(known.credentials.access_token)
            }
            other => other,
        }
    }

    async fn renewed(&self, refused: &SecretString) -> Result<SecretString, TokenError> {
        self.renew(Some(refused)).await
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> TokenError {
    TokenError::Unavailable(Box::new(error))
}

/// What is stored of the sign-in. Owns its store: the futures of a [`TokenSource`] have to be `Send` for every caller.
async fn read_stored(store: AccountStore) -> Result<Option<StoredCredentials>, StoreError> {
    store.read(credentials::get).await
}

async fn prove_writable(store: AccountStore) -> Result<(), StoreError> {
    store.write(credentials::probe_writable).await
}

/// The contract's code for a refresh that did not work this time.
fn code_of(error: &OAuthError) -> &'static str {
    match error {
        OAuthError::NotSent { .. } => "network_unreachable",
        OAuthError::Ambiguous { .. } => "timed_out",
        OAuthError::Blocked => "ip_blocked",
        OAuthError::RateLimited { .. } => "rate_limited",
        OAuthError::Malformed { .. } => "kommo_unreadable",
        _ => "kommo_unavailable",
    }
}

/// When a long-lived token ends, read from the token itself.
pub(crate) fn end_of(token: &SecretString) -> Option<UtcMillis> {
    kommo::jwt::claims(token).ok().and_then(|claims| claims.exp).map(UtcMillis::from_unix_seconds)
}
