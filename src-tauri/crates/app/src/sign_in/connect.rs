//! What all ways have in common: prove the token, find or make the account, keep the credentials, set it to work.

use super::address::Address;
use crate::account::Account;
use crate::convert::error::{of_kommo, of_store, of_sync};
use crate::demo::{self, Demo};
use crate::lock_file::LockFile;
use crate::state::App;
use crate::tokens::end_of;
use crate::vault::{CURRENT_ACCOUNT, VaultState, of_open};
use cadencia_contract::{ApiError, EnvMappingLine, ErrorCode, SignInOutcome};
use cadencia_domain::account::AccountProfile;
use cadencia_domain::id::AccountId;
use cadencia_store::credentials::{self, CredentialKind, Credentials};
use cadencia_store::{AccountStore, DatabaseKey, account_profiles, accounts, settings, sync_log};
use cadencia_sync::log;
use kommo::{Client, MalformedKind, StaticToken};
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// Lines of mapping from a `.env` file, in the registry's settings, by account.
pub(crate) const PROPOSALS: &str = "mapping_proposals";

/// What a way of signing in found.
pub(crate) struct Proven {
    pub(crate) address: Address,
    pub(crate) credentials: Credentials,
    /// For the log: `long_lived`, `code`, `browser`, `demo`.
    pub(crate) method: &'static str,
    /// The account that gets its sign-in back, when a person said which.
    pub(crate) account: Option<String>,
    /// Lines of mapping to propose.
    pub(crate) mapping: Vec<EnvMappingLine>,
}

impl App {
    /// Asks Kommo who the token belongs to, and sets the account to work.
    pub(crate) async fn connect(&self, proven: Proven) -> Result<SignInOutcome, ApiError> {
        let _turn = self.0.sign_in_turn.lock().await;
        // Locked data could not keep the token.
        self.registry().await?;
        let profile = match self.prove(&proven.address.base_url, &proven.credentials).await {
            Ok(profile) => profile,
            Err(error) => {
                // Only a refusal is final; anything else may pass, and then what a code bought is asked about again.
                if matches!(error.code, ErrorCode::TokenRefused | ErrorCode::TokenExpired) {
                    self.bought().forget(&proven.credentials);
                }
                return Err(error);
            }
        };
        let known = self.known_account(&proven, &profile).await?;
        let was_known = known.is_some();
        let account = match known {
            Some(account) => self.reconnect(account, &proven, &profile).await?,
            None => self.connect_new(&proven, &profile).await?,
        };
        self.bought().forget(&proven.credentials);
        self.keep_proposals(&account.id, &proven.mapping).await?;
        self.show(&account.id).await?;
        let now = self.now();
        self.write_log(
            &account,
            log::row("signed_in")
                .channel("sign_in")
                .detail("method", &proven.method)
                .by_person()
                .outgoing(now),
        )
        .await;
        self.tell_accounts().await;
        let accounts = self.0.accounts.read().await.list();
        Ok(SignInOutcome { account: account.summary(), accounts, was_known })
    }

    /// Asks Kommo for the account behind a token.
    async fn prove(&self, base_url: &Url, credentials: &Credentials) -> Result<AccountProfile, ApiError> {
        // Whoever signs in wants to know whether Kommo still blocks this computer.
        self.0.config.budget.unblock();
        let now = Arc::clone(&self.0.config.clock);
        let client = Client::builder(base_url.clone())
            .transport(Arc::clone(&self.0.transport))
            .tokens(Arc::new(StaticToken::new(credentials.access_token.clone())))
            .budget(self.0.config.budget.clone())
            .user_agent(crate::USER_AGENT)
            .wall_clock(move || now.now().0)
            .build()
            .map_err(|_| ApiError::new(ErrorCode::InvalidSubdomain))?;
        cadencia_sync::pull::structure::profile(&client).await.map_err(|error| match &error {
            kommo::Error::NotFound { .. } => ApiError::new(ErrorCode::SubdomainUnknown),
            // Where no account is, Kommo's site may answer in place of the API.
            kommo::Error::Malformed { what: MalformedKind::Html, request, .. }
                if request.status == Some(404) =>
            {
                ApiError::new(ErrorCode::SubdomainUnknown)
            }
            kommo::Error::Unauthorized { .. } | kommo::Error::TokenUnavailable { .. } => {
                let kommo_now = self.now().plus(client.server_time_offset().unwrap_or(0));
                let has_ended = end_of(&credentials.access_token).is_some_and(|end| end <= kommo_now);
                ApiError::new(if has_ended { ErrorCode::TokenExpired } else { ErrorCode::TokenRefused })
            }
            _ => of_kommo(&error),
        })
    }

    /// The account here that this is, when there is one.
    async fn known_account(
        &self,
        proven: &Proven,
        profile: &AccountProfile,
    ) -> Result<Option<Arc<Account>>, ApiError> {
        if let Some(id) = proven.account.as_deref() {
            let account = self.account(Some(id)).await?;
            if account.row().kommo_id != Some(profile.kommo_id) {
                return Err(ApiError::new(ErrorCode::WrongAccount).with_detail(profile.name.clone()));
            }
            return Ok(Some(account));
        }
        let accounts = self.0.accounts.read().await;
        Ok(accounts
            .all()
            .iter()
            .find(|account| {
                let row = account.row();
                row.kommo_id == Some(profile.kommo_id) && !row.is_demo
            })
            .cloned())
    }

    /// A known account gets new credentials and keeps its data.
    async fn reconnect(
        &self,
        account: Arc<Account>,
        proven: &Proven,
        profile: &AccountProfile,
    ) -> Result<Arc<Account>, ApiError> {
        let now = self.now();
        let (kept, stored_profile) = (proven.credentials.clone(), profile.clone());
        account
            .store
            .write(move |tx| {
                credentials::put(tx, &kept, now)?;
                account_profiles::put(tx, &stored_profile, now)
            })
            .await
            .map_err(|error| of_store(&error))?;
        let mut row = account.row();
        row.name.clone_from(&profile.name);
        row.subdomain.clone_from(&profile.subdomain);
        let has_moved = row.base_url != proven.address.row_url();
        row.base_url = proven.address.row_url();
        account.set_row(row.clone());
        let kept_row = row.clone();
        self.registry()
            .await?
            .write(move |tx| accounts::update(tx, &kept_row))
            .await
            .map_err(|error| of_store(&error))?;
        if has_moved {
            return self.reopen(&account, row).await;
        }
        account.set_profile(profile.clone());
        account.keeper.reload().await.map_err(|error| of_store(&error))?;
        account.engine.want_retry();
        Ok(account)
    }

    /// Another program that kept an account in sync has ended: it goes on here.
    pub(crate) async fn take_over(&self, account: &Account) -> Result<(), ApiError> {
        let _turn = self.0.sign_in_turn.lock().await;
        if self.account(Some(account.id.as_str())).await.is_ok() {
            self.reopen(account, account.row()).await?;
            self.tell_accounts().await;
        }
        Ok(())
    }

    /// Makes all of an account anew, where a client asks an old address for ever or an engine knows an old state.
    async fn reopen(&self, account: &Account, row: accounts::Account) -> Result<Arc<Account>, ApiError> {
        let key = self.database_key().await?;
        let is_shown = {
            let mut accounts = self.0.accounts.write().await;
            let is_shown = accounts.current().is_some_and(|shown| shown.id == account.id);
            accounts.remove(&account.id);
            is_shown
        };
        account.end().await;
        let store = AccountStore::open(&self.account_file(&row.file_name), &key)
            .await
            .map_err(|error| of_open(&error))?;
        self.set_to_work(row, store, None, is_shown).await.map_err(|error| of_sync(&error))
    }

    fn of_lock(&self, error: &std::io::Error) -> ApiError {
        tracing::warn!(%error, "an account's lock could not be taken");
        let folder = self.0.config.data_dir.display().to_string();
        ApiError::new(ErrorCode::StorageNotWritable).with_detail(folder)
    }

    async fn database_key(&self) -> Result<DatabaseKey, ApiError> {
        match &*self.0.vault_state.read().await {
            VaultState::Open { key, .. } => Ok(key.clone()),
            VaultState::Locked(_) | VaultState::DemoOnly { .. } => Err(ApiError::new(ErrorCode::VaultLocked)),
        }
    }

    /// A new account. Its row comes first and says "removed", so that a crash leaves no file that nobody names; it is
    /// an account once its file holds the credentials.
    async fn connect_new(&self, proven: &Proven, profile: &AccountProfile) -> Result<Arc<Account>, ApiError> {
        let now = self.now();
        let id = AccountId::from_uuid(self.0.config.entropy.uuid_v7(now));
        let row = accounts::Account {
            file_name: format!("{id}.db"),
            id,
            subdomain: profile.subdomain.clone(),
            base_url: proven.address.row_url(),
            name: profile.name.clone(),
            kommo_id: Some(profile.kommo_id),
            is_demo: false,
            sort: now.0,
            created_at: now,
        };
        let key = self.database_key().await?;
        let registry = self.registry().await?;
        let file = self.account_file(&row.file_name);
        // Held until the row says what it shall say: another process that starts now must not tidy up.
        let under_way = LockFile::of(&file).try_take().map_err(|error| self.of_lock(&error))?;
        let promised = row.clone();
        registry
            .write(move |tx| {
                accounts::insert(tx, &promised)?;
                accounts::mark_removed(tx, &promised.id, now)
            })
            .await
            .map_err(|error| of_store(&error))?;
        let store = AccountStore::open(&file, &key).await.map_err(|error| of_open(&error))?;
        let (kept, stored_profile) = (proven.credentials.clone(), profile.clone());
        store
            .write(move |tx| {
                credentials::put(tx, &kept, now)?;
                account_profiles::put(tx, &stored_profile, now)
            })
            .await
            .map_err(|error| of_store(&error))?;
        let kept_row = row.clone();
        registry
            .write(move |tx| {
                accounts::forget(tx, &kept_row.id)?;
                accounts::insert(tx, &kept_row)
            })
            .await
            .map_err(|error| of_store(&error))?;
        drop(under_way);
        self.set_to_work(row, store, None, true).await.map_err(|error| of_sync(&error))
    }

    async fn keep_proposals(&self, id: &AccountId, mapping: &[EnvMappingLine]) -> Result<(), ApiError> {
        if mapping.is_empty() {
            return Ok(());
        }
        let (name, now) = (format!("{PROPOSALS}:{id}"), self.now());
        let text = serde_json::to_string(mapping).map_err(|_| ApiError::new(ErrorCode::Internal))?;
        self.registry()
            .await?
            .write(move |tx| settings::put(tx, &name, &text, now))
            .await
            .map_err(|error| of_store(&error))
    }

    /// Shows an account and remembers that.
    pub(crate) async fn show(&self, id: &AccountId) -> Result<(), ApiError> {
        if !self.0.accounts.write().await.select(id) {
            return Err(ApiError::new(ErrorCode::AccountUnknown));
        }
        let (text, now) = (id.to_string(), self.now());
        match self.registry().await {
            Ok(registry) => registry
                .write(move |tx| settings::put(tx, CURRENT_ACCOUNT, &text, now))
                .await
                .map_err(|error| of_store(&error)),
            // Locked, or only the demo: there is nothing to remember it in.
            Err(_) => Ok(()),
        }
    }

    /// Starts the demo account, or shows it when it runs already.
    pub(crate) async fn start_demo(&self) -> Result<SignInOutcome, ApiError> {
        let _turn = self.0.sign_in_turn.lock().await;
        let running =
            self.0.accounts.read().await.all().iter().find(|account| account.demo.is_some()).cloned();
        let was_known = running.is_some();
        let account = match running {
            Some(account) => account,
            None => self.make_demo().await?,
        };
        self.show(&account.id).await?;
        self.tell_accounts().await;
        let accounts = self.0.accounts.read().await.list();
        Ok(SignInOutcome { account: account.summary(), accounts, was_known })
    }

    async fn make_demo(&self) -> Result<Arc<Account>, ApiError> {
        let leads = self.0.config.demo_leads;
        let demo = tokio::task::spawn_blocking(move || Demo::new(leads))
            .await
            .map_err(|_| ApiError::new(ErrorCode::Internal))?;
        let store = AccountStore::open_in_memory().map_err(|error| of_open(&error))?;
        let now = self.now();
        let token = SecretString::from(demo.token());
        let kept = Credentials {
            kind: CredentialKind::LongLived,
            base_url: demo::ADDRESS.to_owned(),
            expires_at: end_of(&token),
            access_token: token,
            refresh_token: None,
            client_id: None,
            client_secret: None,
            redirect_uri: None,
        };
        store
            .write(move |tx| {
                credentials::put(tx, &kept, now)?;
                sync_log::append(
                    tx,
                    &log::row("signed_in").channel("sign_in").detail("method", &"demo").local(now),
                )
            })
            .await
            .map_err(|error| of_store(&error))?;
        let id = AccountId::from_uuid(self.0.config.entropy.uuid_v7(now));
        let row = accounts::Account {
            file_name: String::new(),
            id,
            subdomain: demo.subdomain(),
            base_url: demo::ADDRESS.to_owned(),
            name: "Solar Horizonte".to_owned(),
            kommo_id: None,
            is_demo: true,
            sort: now.0,
            created_at: now,
        };
        self.set_to_work(row, store, Some(demo), true).await.map_err(|error| of_sync(&error))
    }

    /// Connects the account of `--kommo-url` with its token, unless it is connected already.
    pub(crate) async fn connect_address(&self, url: &Url, token: SecretString) -> Result<(), ApiError> {
        let wanted = url.to_string().trim_end_matches('/').to_owned();
        let known = self.0.accounts.read().await.all().iter().any(|account| {
            account.row().base_url == wanted
                && account.keeper.known().is_some_and(|kept| kept.needs_sign_in.is_none())
        });
        if known {
            return Ok(());
        }
        let address = Address { subdomain: String::new(), base_url: url.clone() };
        let credentials = super::ways::long_lived(&address, token)?;
        let proven =
            Proven { address, credentials, method: "long_lived", account: None, mapping: Vec::new() };
        self.connect(proven).await.map(drop)
    }
}
