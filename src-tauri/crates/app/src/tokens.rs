//! Keeps one account's access token usable: single flight across tasks and processes, durable before used. What does
//! not work is not tried again with every request.

use async_trait::async_trait;
use cadencia_clock::Clock;
use cadencia_domain::time::UtcMillis;
use cadencia_store::credentials::{self, CredentialKind, StoredCredentials, TokenPair};
use cadencia_store::{AccountStore, StoreError};
use cadencia_sync::Trouble;
use kommo::budget::{Budget, Priority};
use kommo::oauth::{self, OAuthError};
use kommo::token::{Hindrance, TokenError, TokenSource};
use kommo::transport::{BoxError, Transport};
use secrecy::{ExposeSecret as _, SecretString};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, RwLock, Weak};
use tokio::sync::{Mutex, mpsc};
use tokio_util::task::TaskTracker;
use url::Url;

mod long_lived;
mod setback;

use setback::Setback;

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
    setback: Setback,
    /// A pair that Kommo gave and the store did not take, with the generation it follows. Only this pair is good now.
    unstored: std::sync::Mutex<Option<(i64, TokenPair)>>,
    /// Renewals under way: whoever asked for one may go away, the renewal does not.
    renewals: TaskTracker,
    me: Weak<Self>,
}

impl TokenKeeper {
    /// A keeper of what is stored.
    pub(crate) async fn open(parts: KeeperParts) -> Result<Arc<Self>, StoreError> {
        let known = read_stored(parts.store.clone()).await?;
        Ok(Arc::new_cyclic(|me| Self {
            parts,
            known: RwLock::new(known),
            gate: Mutex::new(()),
            setback: Setback::default(),
            unstored: std::sync::Mutex::default(),
            renewals: TaskTracker::new(),
            me: Weak::clone(me),
        }))
    }

    /// Begins no renewal any more, and waits for the one under way: what Kommo gave for a spent token has to be stored.
    pub(crate) async fn at_rest(&self) {
        self.renewals.close();
        self.renewals.wait().await;
    }

    /// What is known of the sign-in, without asking anybody.
    pub(crate) fn known(&self) -> Option<StoredCredentials> {
        self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Reads again what is stored, after a person signed in or out.
    pub(crate) async fn reload(&self) -> Result<(), StoreError> {
        let stored = read_stored(self.parts.store.clone()).await?;
        self.remember(stored);
        self.setback.clear();
        Ok(())
    }

    /// A person does not want to wait until the next try is due.
    pub(crate) fn try_again(&self) {
        self.setback.clear();
    }

    /// Renews the access token now, whatever remains of it and whatever failed before.
    pub(crate) async fn refresh_now(&self) -> Result<(), TokenError> {
        let current = self.known().ok_or(TokenError::SignedOut)?;
        if current.credentials.kind == CredentialKind::LongLived {
            return Ok(());
        }
        self.try_again();
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

    /// Finds or makes a token other than `refused`, in a task of its own: requests are given up when an import is
    /// cancelled, a page is not wanted any more or a window closes, and a spent refresh token must not go with them.
    async fn renew(&self, refused: Option<&SecretString>) -> Result<SecretString, TokenError> {
        let Some(me) = self.me.upgrade().filter(|_| !self.renewals.is_closed()) else {
            return Err(unfinished("the program ends".into()));
        };
        let refused = refused.cloned();
        let renewal = self.renewals.spawn(async move { me.renew_here(refused.as_ref()).await });
        renewal.await.unwrap_or_else(|error| Err(unfinished(Box::new(error))))
    }

    /// Finds or makes a token other than `refused`, unless that failed a moment ago.
    async fn renew_here(&self, refused: Option<&SecretString>) -> Result<SecretString, TokenError> {
        let _one_in_this_process = self.gate.lock().await;
        let current = self.known().ok_or(TokenError::SignedOut)?;
        if let Some(token) = self.usable(&current, refused) {
            return Ok(token);
        }
        let clock = &self.parts.clock;
        if let Some(error) = self.setback.postponed(clock.monotonic_ms(), self.parts.budget.is_blocked()) {
            return Err(error);
        }
        let error = match self.renew_now(refused).await {
            Err(TokenError::Unavailable { why, source }) => {
                TokenError::Unavailable { why: self.setback.note(why, clock.monotonic_ms()), source }
            }
            settled => {
                self.setback.clear();
                return settled;
            }
        };
        tracing::info!(
            error = &error as &dyn std::error::Error,
            "the access token could not be renewed this time"
        );
        if current.credentials.kind == CredentialKind::OAuth {
            self.tell(TokenEvent::RefreshFailed { code: code_of(&error) });
        }
        Err(error)
    }

    /// The caller holds the gate.
    async fn renew_now(&self, refused: Option<&SecretString>) -> Result<SecretString, TokenError> {
        let _one_on_this_computer = self.lock_file().await?;
        let stored = read_stored(self.parts.store.clone()).await.map_err(not_read)?;
        self.remember(stored.clone());
        let stored = stored.ok_or(TokenError::SignedOut)?;
        if stored.needs_sign_in.is_some() {
            return Err(TokenError::SignedOut);
        }
        if let Some(token) = self.usable(&stored, refused) {
            return Ok(token);
        }
        if let Some(pair) = self.unstored_after(stored.generation) {
            return self.store_pair(stored, pair).await;
        }
        match stored.credentials.kind {
            CredentialKind::LongLived => self.ask_once_more(&stored).await,
            CredentialKind::OAuth => self.spend_refresh(stored).await,
        }
    }

    /// Spends the refresh token. The caller holds both locks and `stored` is what the store holds.
    async fn spend_refresh(&self, stored: StoredCredentials) -> Result<SecretString, TokenError> {
        // A store that cannot be written would lose the new pair: then the old one is kept unspent.
        prove_writable(self.parts.store.clone()).await.map_err(not_kept)?;
        if self.renewals.is_closed() {
            return Err(unfinished("the program ends".into()));
        }
        match self.ask_for_pair(&stored).await {
            Ok(pair) => self.keep(stored, pair).await,
            Err(error) if error.is_definitive() => {
                tracing::info!(%error, "Kommo refuses the refresh token");
                self.sign_in_lost(&stored, "refresh_refused").await;
                Err(TokenError::SignedOut)
            }
            Err(error) => Err(error.into()),
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
            if let Err(error) = &answer {
                error.heed(&self.parts.budget);
            }
            match answer {
                // Kommo documents that the old refresh token stays good until the new one is used, so an answer
                // lost on the way is asked for once more.
                Err(OAuthError::Ambiguous { .. }) if !lost_an_answer && !self.renewals.is_closed() => {
                    lost_an_answer = true;
                }
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
        self.store_pair(stored, kept).await
    }

    /// The pair that could not be stored, when it is the one that follows what is stored.
    fn unstored_after(&self, generation: i64) -> Option<TokenPair> {
        let mut unstored = self.unstored.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        unstored.take().filter(|(after, _)| *after == generation).map(|(_, pair)| pair)
    }

    async fn store_pair(
        &self,
        stored: StoredCredentials,
        kept: TokenPair,
    ) -> Result<SecretString, TokenError> {
        let (generation, now) = (stored.generation, self.parts.clock.now());
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
                self.reload().await.map_err(not_read)?;
                self.known().and_then(|stored| self.usable(&stored, None)).ok_or(TokenError::SignedOut)
            }
            Err(error) => {
                tracing::warn!("the new tokens could not be stored; that is tried again");
                let mut unstored = self.unstored.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                *unstored = Some((generation, kept));
                Err(not_kept(error))
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
        let source: BoxError = match taken.await {
            Ok(Ok(file)) => return Ok(Some(file)),
            Ok(Err(error)) => Box::new(error),
            Err(error) => Box::new(error),
        };
        Err(TokenError::Unavailable { why: Hindrance::NotWritable, source })
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
            Err(TokenError::Unavailable { .. }) if self.has_not_ended(&known) => {
                Ok(known.credentials.access_token)
            }
            other => other,
        }
    }

    async fn renewed(&self, refused: &SecretString) -> Result<SecretString, TokenError> {
        self.renew(Some(refused)).await
    }
}

/// A renewal that did not come to its end.
fn unfinished(source: BoxError) -> TokenError {
    TokenError::Unavailable { why: Hindrance::NoAnswer, source }
}

fn not_read(error: StoreError) -> TokenError {
    TokenError::Unavailable { why: Hindrance::StorageBroken, source: Box::new(error) }
}

/// A new pair cannot be kept.
fn not_kept(error: StoreError) -> TokenError {
    let why = match &error {
        StoreError::Corrupt { .. } => Hindrance::StorageBroken,
        _ => Hindrance::NotWritable,
    };
    TokenError::Unavailable { why, source: Box::new(error) }
}

/// What is stored of the sign-in. Owns its store: the futures of a [`TokenSource`] have to be `Send` for every caller.
async fn read_stored(store: AccountStore) -> Result<Option<StoredCredentials>, StoreError> {
    store.read(credentials::get).await
}

async fn prove_writable(store: AccountStore) -> Result<(), StoreError> {
    store.write(credentials::probe_writable).await
}

/// The contract's code for a refresh that did not work this time.
fn code_of(error: &TokenError) -> &'static str {
    match error {
        TokenError::Unavailable { why: Hindrance::NotWritable, .. } => "storage_not_writable",
        other => Trouble::of_token(other).code(),
    }
}

/// When a long-lived token ends, read from the token itself.
pub(crate) fn end_of(token: &SecretString) -> Option<UtcMillis> {
    kommo::jwt::claims(token).ok().and_then(|claims| claims.exp).map(UtcMillis::from_unix_seconds)
}
