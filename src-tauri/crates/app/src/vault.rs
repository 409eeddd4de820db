//! Opening the data: the key, the registry, and every account in it.

use crate::account::{Account, AccountParts, Signals};
use crate::lock_file::LockFile;
use crate::state::App;
use cadencia_contract::{ApiError, AppEvent, ErrorCode, VaultStatus};
use cadencia_secrets::{DatabaseKeyBytes, Opening, SecretError};
use cadencia_store::{
    AccountStore, DatabaseKey, OpenError, Registry, accounts, local_api_keys, settings, sign_in_attempts,
};
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;

/// Name of the registry's file.
pub(crate) const REGISTRY_FILE: &str = "cadencia.db";
/// Which account the window shows, in the registry's settings.
pub(crate) const CURRENT_ACCOUNT: &str = "current_account";
/// The shortest passphrase that can be chosen.
pub(crate) const SHORTEST_PASSPHRASE: usize = 8;

/// Whether the data can be read.
pub(crate) enum VaultState {
    /// It can.
    Open { registry: Registry, key: DatabaseKey, local_api_key: SecretString },
    /// It cannot yet.
    Locked(VaultStatus),
    /// Real data is left alone.
    DemoOnly { local_api_key: SecretString },
}

impl VaultState {
    pub(crate) fn status(&self) -> VaultStatus {
        match self {
            Self::Open { .. } | Self::DemoOnly { .. } => VaultStatus::Open,
            Self::Locked(status) => *status,
        }
    }
}

/// Why the data could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnlockError {
    /// The key could not be had.
    #[error("the key of the data could not be had")]
    Secret(#[from] SecretError),
    /// The registry could not be opened.
    #[error("the registry could not be opened")]
    Open(#[from] OpenError),
    /// The registry could not be read.
    #[error("the registry could not be read")]
    Store(#[from] cadencia_store::StoreError),
    /// An account could not be read.
    #[error("an account could not be read")]
    Account(#[from] cadencia_sync::SyncError),
}

impl App {
    /// Opens the data as far as that is possible without asking a person.
    pub(crate) async fn open_vault(&self) -> Result<(), UnlockError> {
        let opening = match self.0.vault.open().await {
            Ok(opening) => opening,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the key could not be had");
                let status = match error {
                    // What somebody else keeps under our name is no key of ours.
                    SecretError::KeyMissing | SecretError::Unreadable => VaultStatus::KeyMissing,
                    SecretError::File { .. } => return Err(error.into()),
                    _ => VaultStatus::KeyringLocked,
                };
                self.lock(status).await;
                return Ok(());
            }
        };
        match (opening, self.0.config.passphrase.clone()) {
            (Opening::Ready(key), _) => self.open_with(&key).await,
            // A passphrase given at the start that is not the right one locks nobody out: a person is asked instead.
            (Opening::PassphraseWanted, Some(passphrase)) => match self.0.vault.unlock(passphrase).await {
                Ok(key) => self.open_with(&key).await,
                Err(error @ SecretError::WrongPassphrase) => {
                    tracing::warn!(%error, "the passphrase given at the start does not open the data");
                    self.lock(VaultStatus::NeedsPassphrase).await;
                    Ok(())
                }
                Err(error) => Err(error.into()),
            },
            (Opening::NewPassphraseWanted { .. }, Some(passphrase)) => {
                match self.0.vault.create_passphrase(passphrase).await {
                    Ok(key) => self.open_with(&key).await,
                    Err(error @ SecretError::PassphraseTooShort) => {
                        tracing::warn!(%error, "the passphrase given at the start is not taken");
                        self.lock(VaultStatus::NeedsNewPassphrase).await;
                        Ok(())
                    }
                    Err(error) => Err(error.into()),
                }
            }
            (Opening::PassphraseWanted, None) => {
                self.lock(VaultStatus::NeedsPassphrase).await;
                Ok(())
            }
            (Opening::NewPassphraseWanted { because }, None) => {
                if let Some(because) = because {
                    tracing::info!(error = &because as &dyn std::error::Error, "there is no usable keyring");
                }
                self.lock(VaultStatus::NeedsNewPassphrase).await;
                Ok(())
            }
        }
    }

    async fn lock(&self, status: VaultStatus) {
        *self.0.vault_state.write().await = VaultState::Locked(status);
    }

    /// Whether the data can be read, and what is wanted when not.
    pub async fn vault_status(&self) -> VaultStatus {
        self.0.vault_state.read().await.status()
    }

    /// Opens registry and accounts with the key.
    pub(crate) async fn open_with(&self, key: &DatabaseKeyBytes) -> Result<(), UnlockError> {
        let key = DatabaseKey::new(*key.expose());
        let registry = Registry::open(&self.0.config.data_dir.join(REGISTRY_FILE), &key).await?;
        let now = self.now();
        let fresh = SecretString::from(hex::encode(self.0.config.entropy.secret_bytes()));
        let (rows, current, local_api_key) = registry
            .write(move |tx| {
                sign_in_attempts::delete_expired(tx, now)?;
                let local_api_key = match local_api_keys::get(tx)? {
                    Some(key) => key,
                    None => {
                        local_api_keys::put(tx, &fresh, now)?;
                        fresh
                    }
                };
                Ok((accounts::list(tx)?, settings::get(tx, CURRENT_ACCOUNT)?, local_api_key))
            })
            .await?;
        // All of them before anything works or counts as open. An account that cannot be opened is told, never passed
        // over: its leads would seem to be gone. And telling it must leave nothing running that nobody owns.
        let mut opened = Vec::new();
        for row in rows {
            match self.open_account(row, &key).await {
                Ok(account) => opened.push(account),
                Err(error) => {
                    for (account, _) in opened {
                        account.store.close().await;
                    }
                    registry.close().await;
                    return Err(error);
                }
            }
        }
        self.0.listener_key.set(Some(local_api_key.clone()));
        *self.0.vault_state.write().await =
            VaultState::Open { registry: registry.clone(), key: key.clone(), local_api_key };
        self.delete_removed_files(&registry).await;
        for (account, signals) in opened {
            let show = current.as_deref() == Some(account.id.as_str());
            self.put_to_work(account, signals, show).await;
        }
        Ok(())
    }

    async fn open_account(
        &self,
        row: accounts::Account,
        key: &DatabaseKey,
    ) -> Result<(Account, Signals), UnlockError> {
        let store = AccountStore::open(&self.account_file(&row.file_name), key).await?;
        let kept = store.clone();
        match self.at_rest(row, store, None).await {
            Ok(account) => Ok(account),
            Err(error) => {
                kept.close().await;
                Err(error.into())
            }
        }
    }

    /// Puts an opened account to work.
    pub(crate) async fn set_to_work(
        &self,
        row: accounts::Account,
        store: AccountStore,
        demo: Option<crate::demo::Demo>,
        show: bool,
    ) -> Result<Arc<Account>, cadencia_sync::SyncError> {
        let (account, signals) = self.at_rest(row, store, demo).await?;
        Ok(self.put_to_work(account, signals, show).await)
    }

    async fn at_rest(
        &self,
        row: accounts::Account,
        store: AccountStore,
        demo: Option<crate::demo::Demo>,
    ) -> Result<(Account, Signals), cadencia_sync::SyncError> {
        let transport =
            demo.as_ref().map_or_else(|| Arc::clone(&self.0.transport), crate::demo::Demo::transport);
        // The demo has its own outside world, which does not share Kommo's limit.
        let budget = if demo.is_some() { kommo::Budget::default() } else { self.0.config.budget.clone() };
        let lock_file = demo.is_none().then(|| self.account_file(&row.file_name).with_extension("lock"));
        Account::open(AccountParts {
            row,
            store,
            transport,
            budget,
            clock: Arc::clone(&self.0.config.clock),
            entropy: Arc::clone(&self.0.config.entropy),
            settings: self.0.settings.subscribe(),
            lock_file,
            demo,
        })
        .await
    }

    async fn put_to_work(&self, account: Account, signals: Signals, show: bool) -> Arc<Account> {
        let account = Arc::new(account);
        self.0.accounts.write().await.add(Arc::clone(&account), show);
        self.follow(&account, signals);
        if self.0.config.run_engines {
            self.run_engine(&account);
        }
        account
    }

    /// Where an account's database lies.
    pub(crate) fn account_file(&self, file_name: &str) -> PathBuf {
        self.0.config.data_dir.join("accounts").join(file_name)
    }

    /// Deletes the files of accounts that were forgotten, also those that a crash left over.
    pub(crate) async fn delete_removed_files(&self, registry: &Registry) {
        let removed = match registry.read(accounts::removed_files).await {
            Ok(removed) => removed,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "removed accounts could not be listed"
                );
                return;
            }
        };
        for (id, file_name) in removed {
            let file = self.account_file(&file_name);
            let free = LockFile::of(&file)
                .try_take()
                .and_then(|sign_in| Ok(sign_in.zip(LockFile::of_engine(&file).try_take()?)));
            let Ok(Some(_alone)) = free else {
                tracing::debug!(%id, "a removed account's file is in use");
                continue;
            };
            // Another process may have been connecting it when the list was read, and have finished since.
            let of = id.clone();
            if !registry
                .read(accounts::removed_files)
                .await
                .is_ok_and(|now| now.iter().any(|(id, _)| *id == of))
            {
                continue;
            }
            let mut all_gone = true;
            for suffix in ["", "-wal", "-shm"] {
                let path = PathBuf::from(format!("{}{suffix}", file.display()));
                if let Err(error) = std::fs::remove_file(&path)
                    && error.kind() != std::io::ErrorKind::NotFound
                {
                    tracing::warn!(%error, "a file of a removed account is still there");
                    all_gone = false;
                }
            }
            let _ = std::fs::remove_file(file.with_extension("lock"));
            let _ = std::fs::remove_file(file.with_extension("engine"));
            if all_gone && let Err(error) = registry.write(move |tx| accounts::forget(tx, &id)).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a removed account could not be forgotten"
                );
            }
        }
    }

    /// Tells the screen about the state of the program.
    pub(crate) async fn tell_status(&self) {
        let status = self.status().await;
        self.tell(AppEvent::AppChanged { status });
    }
}

/// What the person is told who asks for data that stays locked.
pub(crate) fn of_locked(status: VaultStatus) -> ApiError {
    ApiError::new(match status {
        VaultStatus::KeyringLocked => ErrorCode::KeyringDenied,
        VaultStatus::KeyMissing => ErrorCode::KeyMissing,
        VaultStatus::Open | VaultStatus::NeedsPassphrase | VaultStatus::NeedsNewPassphrase => {
            ErrorCode::VaultLocked
        }
    })
}

/// What a locked vault means for the person.
pub(crate) fn of_unlock(error: &UnlockError) -> ApiError {
    tracing::warn!(error = error as &dyn std::error::Error, "the data could not be opened");
    match error {
        UnlockError::Secret(error) => of_secret(error),
        UnlockError::Open(error) => of_open(error),
        UnlockError::Store(error) => crate::convert::error::of_store(error),
        UnlockError::Account(error) => crate::convert::error::of_sync(error),
    }
}

fn of_secret(error: &SecretError) -> ApiError {
    match error {
        SecretError::WrongPassphrase => ApiError::new(ErrorCode::WrongPassphrase),
        SecretError::PassphraseTooShort => {
            ApiError::new(ErrorCode::PassphraseTooShort).with_detail(SHORTEST_PASSPHRASE.to_string())
        }
        SecretError::KeyMissing => ApiError::new(ErrorCode::KeyMissing),
        SecretError::File { path, .. } => {
            let folder = path.parent().unwrap_or(path).display().to_string();
            ApiError::new(ErrorCode::StorageNotWritable).with_detail(folder)
        }
        // The keyring's own faults never come this far with these two: they are about the file of the passphrase.
        SecretError::NewerKeyFile { .. } => ApiError::new(ErrorCode::DatabaseNewer),
        SecretError::Unreadable => ApiError::new(ErrorCode::DatabaseDamaged),
        SecretError::NoKeyFile => ApiError::new(ErrorCode::VaultLocked),
        SecretError::Derive | SecretError::Closed => ApiError::new(ErrorCode::Internal),
        _ => ApiError::new(ErrorCode::KeyringDenied),
    }
}

pub(crate) fn of_open(error: &OpenError) -> ApiError {
    match error {
        OpenError::NewerVersion { .. } => ApiError::new(ErrorCode::DatabaseNewer),
        OpenError::NotWritable { path } | OpenError::Io { path, .. } => {
            let folder = path.parent().unwrap_or(path).display().to_string();
            ApiError::new(ErrorCode::StorageNotWritable).with_detail(folder)
        }
        OpenError::DiskFull { .. } => ApiError::new(ErrorCode::StorageFull),
        _ => ApiError::new(ErrorCode::DatabaseDamaged),
    }
}
