//! One connected account at work.

use crate::demo::Demo;
use crate::tokens::{KeeperParts, TokenEvent, TokenKeeper};
use crate::webhook::{Incoming, Intake};
use cadencia_contract::{AccountSummary, ConnectionState, ErrorCode, Int53, SignInMethod};
use cadencia_domain::account::AccountProfile;
use cadencia_domain::id::AccountId;
use cadencia_store::credentials::CredentialKind;
use cadencia_store::overview::MirrorCounts;
use cadencia_store::webhook::{self, Webhook};
use cadencia_store::{AccountStore, account_profiles, accounts, overview};
use cadencia_sync::{Connection, Engine, EngineParts, EngineSettings, SyncError};
use kommo::{Budget, Client, RequestRecord, Transport};
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

/// Counts are read again after this long, and not more often.
const COUNTS_AGE_MS: u64 = 1_000;

/// What tells of requests and tokens.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(crate) requests: mpsc::UnboundedReceiver<RequestRecord>,
    pub(crate) tokens: mpsc::UnboundedReceiver<TokenEvent>,
    pub(crate) deliveries: mpsc::Receiver<Incoming>,
}

/// What an account is opened with.
pub(crate) struct AccountParts {
    pub(crate) row: accounts::Account,
    pub(crate) store: AccountStore,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) budget: Budget,
    pub(crate) clock: Arc<dyn cadencia_clock::Clock>,
    pub(crate) entropy: Arc<dyn cadencia_clock::Entropy>,
    pub(crate) settings: watch::Receiver<EngineSettings>,
    pub(crate) lock_file: Option<PathBuf>,
    pub(crate) demo: Option<Demo>,
}

/// One connected account at work.
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) store: AccountStore,
    pub(crate) keeper: Arc<TokenKeeper>,
    pub(crate) client: Client,
    pub(crate) engine: Engine,
    pub(crate) demo: Option<Demo>,
    stop: CancellationToken,
    /// What works for this account.
    tasks: TaskTracker,
    /// Another program keeps it in sync.
    runs_elsewhere: AtomicBool,
    row: Mutex<accounts::Account>,
    profile: Mutex<Option<AccountProfile>>,
    counts: Mutex<Option<(u64, MirrorCounts)>>,
    /// What the list of accounts last showed.
    shown: Mutex<Option<(ConnectionState, Option<ErrorCode>)>>,
    clock: Arc<dyn cadencia_clock::Clock>,
    webhook_secret: SecretString,
    intake: Intake,
}

impl Account {
    /// Opens an account at rest.
    pub(crate) async fn open(parts: AccountParts) -> Result<(Self, Signals), SyncError> {
        let (token_events, tokens) = mpsc::unbounded_channel();
        let (request_records, requests) = mpsc::unbounded_channel();
        let keeper = TokenKeeper::open(KeeperParts {
            store: parts.store.clone(),
            transport: Arc::clone(&parts.transport),
            budget: parts.budget.clone(),
            clock: Arc::clone(&parts.clock),
            lock_file: parts.lock_file,
            events: token_events,
        })
        .await?;
        let base_url = Url::parse(&parts.row.base_url).unwrap_or_else(|_| fallback_url());
        let now = Arc::clone(&parts.clock);
        let mut seed = [0; 8];
        parts.entropy.fill(&mut seed);
        let client = Client::builder(base_url)
            .transport(parts.transport)
            .tokens(Arc::clone(&keeper) as Arc<dyn kommo::TokenSource>)
            .budget(parts.budget)
            .user_agent(crate::USER_AGENT)
            .wall_clock(move || now.now().0)
            .jitter_seed(u64::from_le_bytes(seed))
            .observer(Arc::new(move |record: &RequestRecord| {
                // Whoever writes the log has gone when the account closes.
                let _ = request_records.send(record.clone());
            }))
            .build()
            .expect("the address is http or https with a host, and a token source is given");
        let profile = parts.store.read(account_profiles::get).await?;
        let webhook_secret = own_secret(&parts.store, hex::encode(parts.entropy.secret_bytes())).await?;
        let (intake, deliveries) = Intake::new();
        let engine = Engine::open(EngineParts {
            store: parts.store.clone(),
            client: client.clone(),
            clock: Arc::clone(&parts.clock),
            entropy: parts.entropy,
            settings: parts.settings,
        })
        .await?;
        let account = Self {
            id: parts.row.id.clone(),
            store: parts.store,
            keeper,
            client,
            engine,
            demo: parts.demo,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            runs_elsewhere: AtomicBool::new(false),
            row: Mutex::new(parts.row),
            profile: Mutex::new(profile),
            counts: Mutex::new(None),
            shown: Mutex::new(None),
            clock: parts.clock,
            webhook_secret,
            intake,
        };
        Ok((account, Signals { requests, tokens, deliveries }))
    }

    /// The unguessable part of the address that Kommo calls.
    pub(crate) fn webhook_secret(&self) -> SecretString {
        self.webhook_secret.clone()
    }

    /// Where deliveries go in.
    pub(crate) fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Ends when the account does. Whoever works for the account carries it along, so that the end waits for them.
    pub(crate) fn until_end<F: Future>(&self, work: F) -> impl Future<Output = Option<F::Output>> + use<F> {
        let stop = self.stop.clone();
        self.tasks.track_future(async move { stop.run_until_cancelled(work).await })
    }

    /// Returns when the account has ended here.
    pub(crate) async fn ended(&self) {
        self.stop.cancelled().await;
    }

    /// From now on it is only shown here.
    pub(crate) fn show_only(&self) {
        self.runs_elsewhere.store(true, Ordering::Relaxed);
    }

    /// Another program keeps it in sync.
    pub(crate) fn runs_elsewhere(&self) -> bool {
        self.runs_elsewhere.load(Ordering::Relaxed)
    }

    /// Ends all work for this account and closes its file.
    pub(crate) async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.keeper.at_rest().await;
        self.store.close().await;
    }

    /// The row of the registry.
    pub(crate) fn row(&self) -> accounts::Account {
        self.row.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_row(&self, row: accounts::Account) {
        *self.row.lock().unwrap_or_else(PoisonError::into_inner) = row;
    }

    /// What Kommo says of the account, as last read.
    pub(crate) fn profile(&self) -> Option<AccountProfile> {
        self.profile.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_profile(&self, profile: AccountProfile) {
        *self.profile.lock().unwrap_or_else(PoisonError::into_inner) = Some(profile);
    }

    /// Reads the profile again from the mirror.
    pub(crate) async fn reload_profile(&self) -> Result<(), cadencia_store::StoreError> {
        if let Some(profile) = self.store.read(account_profiles::get).await? {
            self.set_profile(profile);
        }
        Ok(())
    }

    /// What the mirror holds; at most a second old.
    pub(crate) async fn counts(&self) -> Result<MirrorCounts, cadencia_store::StoreError> {
        let now = self.clock.monotonic_ms();
        let known = *self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, counts)) = known.filter(|(at, _)| now.saturating_sub(*at) < COUNTS_AGE_MS) {
            return Ok(counts);
        }
        let counts = self.store.read(overview::counts).await?;
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, counts));
        Ok(counts)
    }

    /// The next question for counts reads them.
    pub(crate) fn forget_counts(&self) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Notes what the list of accounts shows. True when it showed something else before.
    pub(crate) fn remember_shown(&self, connection: ConnectionState, problem: Option<ErrorCode>) -> bool {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.replace((connection, problem)) != Some((connection, problem))
    }

    /// A person asks Kommo for something now: neither a block that was seen before nor a token that could not be renewed
    /// a moment ago keeps it from being asked.
    pub(crate) fn try_again(&self) {
        self.client.budget().unblock();
        self.keeper.try_again();
    }

    /// Address of the account in a browser.
    pub(crate) fn web_url(&self) -> String {
        self.row().base_url.trim_end_matches('/').to_owned()
    }

    /// A thing of the account in a browser; `path` such as `leads/detail/1`.
    pub(crate) fn web_page(&self, path: &str) -> String {
        format!("{}/{path}", self.web_url())
    }

    /// For the screen.
    pub(crate) fn summary(&self) -> AccountSummary {
        let row = self.row();
        let stored = self.keeper.known();
        let status = self.engine.status();
        let profile = self.profile();
        let lost = stored.as_ref().is_none_or(|stored| stored.needs_sign_in.is_some());
        let connection = match self.runs_elsewhere() {
            _ if lost => ConnectionState::NeedsSignIn,
            // Changes do arrive; whether Kommo answers is the other program's to say.
            true => ConnectionState::Connected,
            false => connection(status.connection),
        };
        let problem = if lost {
            Some(ErrorCode::NeedsSignIn)
        } else if self.runs_elsewhere() {
            Some(ErrorCode::RunsElsewhere)
        } else {
            status.trouble.as_ref().map(|trouble| crate::convert::error::of_trouble(trouble).code)
        };
        let method = match stored.as_ref().map(|stored| stored.credentials.kind) {
            _ if row.is_demo => SignInMethod::Demo,
            Some(CredentialKind::OAuth) => SignInMethod::Oauth,
            _ => SignInMethod::LongLived,
        };
        let expires = stored
            .as_ref()
            .filter(|stored| stored.credentials.kind == CredentialKind::LongLived && !row.is_demo)
            .and_then(|stored| stored.credentials.expires_at);
        AccountSummary {
            id: row.id.to_string(),
            name: row.name,
            subdomain: row.subdomain,
            kommo_id: Int53(row.kommo_id.map_or(0, |id| id.0)),
            is_demo: row.is_demo,
            method,
            connection,
            problem,
            token_expires_at_ms: expires.map(|at| Int53(at.0)),
            time_zone: profile
                .as_ref()
                .and_then(|p| p.time_zone.clone())
                .unwrap_or_else(|| "America/Sao_Paulo".to_owned()),
            currency: profile.as_ref().and_then(|p| p.currency.clone()).unwrap_or_else(|| "BRL".to_owned()),
            country: profile.as_ref().and_then(|p| p.country.clone()).unwrap_or_else(|| "BR".to_owned()),
            web_url: row.base_url.trim_end_matches('/').to_owned(),
        }
    }
}

/// The secret of the account's webhook; `new` when it has none yet.
async fn own_secret(store: &AccountStore, new: String) -> Result<SecretString, SyncError> {
    let secret = store.write(move |tx| {
        if let Some(known) = webhook::get(tx)? {
            return Ok(known.secret);
        }
        let fresh = Webhook::off(SecretString::from(new));
        webhook::put(tx, &fresh)?;
        Ok(fresh.secret)
    });
    Ok(secret.await?)
}

/// The engine's word for the screen.
pub(crate) fn connection(connection: Connection) -> ConnectionState {
    match connection {
        Connection::Starting => ConnectionState::Starting,
        Connection::Connected => ConnectionState::Connected,
        Connection::Offline => ConnectionState::Offline,
        Connection::NeedsSignIn => ConnectionState::NeedsSignIn,
        Connection::Limited => ConnectionState::Limited,
    }
}

/// An address that answers nothing, for a row whose own cannot be read.
fn fallback_url() -> Url {
    Url::parse("https://invalid.kommo.com").expect("a constant address")
}
