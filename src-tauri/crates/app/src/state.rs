//! The app: what all commands share.

use crate::account::Account;
use crate::accounts::Accounts;
use crate::config::AppConfig;
use crate::dispatch;
use crate::preferences::PreferencesFile;
use crate::sign_in::{Bought, Drafts};
use crate::vault::VaultState;
use cadencia_contract::{ApiError, AppEvent, ErrorCode, Language, ListenerStatus, Preferences};
use cadencia_domain::id::AccountId;
use cadencia_domain::time::UtcMillis;
use cadencia_listener::{KeyHolder, Listener, Request};
use cadencia_secrets::Vault;
use cadencia_store::Registry;
use cadencia_sync::EngineSettings;
use kommo::Transport;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, RwLock, broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The core of the program: commands in, events out. Clones are the same app.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: AppConfig,
    pub(crate) preferences: PreferencesFile,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) vault: Vault,
    pub(crate) vault_state: RwLock<VaultState>,
    pub(crate) accounts: RwLock<Accounts>,
    pub(crate) page_language: std::sync::Mutex<Option<Language>>,
    pub(crate) settings: watch::Sender<EngineSettings>,
    pub(crate) events: broadcast::Sender<AppEvent>,
    pub(crate) listener: Mutex<ListenerState>,
    pub(crate) listener_status: std::sync::Mutex<ListenerStatus>,
    pub(crate) listener_key: KeyHolder,
    pub(crate) doors: mpsc::Sender<Request>,
    pub(crate) drafts: std::sync::Mutex<Drafts>,
    pub(crate) bought: std::sync::Mutex<Bought>,
    /// Tests of the way in that are under way: what each number is answered with.
    pub(crate) reach_tests: std::sync::Mutex<HashMap<String, String>>,
    /// Signing in, out and forgetting: one at a time.
    pub(crate) sign_in_turn: Mutex<()>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// The listener, when it runs.
#[derive(Default)]
pub(crate) struct ListenerState {
    pub(crate) running: Option<Listener>,
}

impl App {
    /// Runs the command `name` with `request` as JSON.
    ///
    /// # Errors
    /// What the screen shows; an unknown name too.
    pub async fn call(&self, name: &str, request: serde_json::Value) -> Result<serde_json::Value, ApiError> {
        if self.0.stop.is_cancelled() {
            return Err(ApiError::new(ErrorCode::Internal));
        }
        dispatch::call(self, name, request).await
    }

    /// Everything that happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.0.events.subscribe()
    }

    /// Where the listener is, when it runs.
    pub fn listener_url(&self) -> Option<String> {
        self.listener_status().url
    }

    /// The key of the local API; none while locked.
    pub async fn local_api_key(&self) -> Option<SecretString> {
        match &*self.0.vault_state.read().await {
            VaultState::Open { local_api_key, .. } => Some(local_api_key.clone()),
            VaultState::DemoOnly { local_api_key } => Some(local_api_key.clone()),
            VaultState::Locked(_) => None,
        }
    }

    /// Ends all work and closes the databases. Later commands are refused.
    pub async fn shutdown(&self) {
        self.0.stop.cancel();
        if let Some(listener) = self.0.listener.lock().await.running.take() {
            listener.stop().await;
        }
        self.0.tasks.close();
        self.0.tasks.wait().await;
        let accounts = self.0.accounts.write().await.take_all();
        for account in accounts {
            account.keeper.at_rest().await;
            account.store.close().await;
        }
        if let Ok(registry) = self.registry().await {
            registry.close().await;
        }
    }

    pub(crate) fn now(&self) -> UtcMillis {
        self.0.config.clock.now()
    }

    pub(crate) fn preferences(&self) -> Preferences {
        self.0.preferences.get()
    }

    /// The language of notifications: the chosen one, else what the page shows, else what the host thinks.
    pub(crate) fn language(&self) -> Language {
        self.preferences().language.or(*self.page_language()).unwrap_or(self.0.config.language)
    }

    /// A page is shown in this language. It is nobody's choice: the next page may be shown in another.
    pub(crate) fn page_speaks(&self, language: Language) {
        *self.page_language() = Some(language);
    }

    fn page_language(&self) -> std::sync::MutexGuard<'_, Option<Language>> {
        self.0.page_language.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn listener_status(&self) -> ListenerStatus {
        self.0.listener_status.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Nobody has to listen.
    pub(crate) fn tell(&self, event: AppEvent) {
        let _ = self.0.events.send(event);
    }

    /// The registry, when the data is unlocked.
    pub(crate) async fn registry(&self) -> Result<Registry, ApiError> {
        match &*self.0.vault_state.read().await {
            VaultState::Open { registry, .. } => Ok(registry.clone()),
            VaultState::Locked(_) | VaultState::DemoOnly { .. } => Err(ApiError::new(ErrorCode::VaultLocked)),
        }
    }

    /// The account a request is about.
    pub(crate) async fn account(&self, id: Option<&str>) -> Result<Arc<Account>, ApiError> {
        let accounts = self.0.accounts.read().await;
        match id {
            Some(id) => AccountId::parse(id)
                .ok()
                .and_then(|id| accounts.get(&id))
                .ok_or_else(|| ApiError::new(ErrorCode::AccountUnknown)),
            None => match accounts.current() {
                Some(account) => Ok(account),
                None => {
                    drop(accounts);
                    let locked = matches!(&*self.0.vault_state.read().await, VaultState::Locked(_));
                    Err(ApiError::new(if locked { ErrorCode::VaultLocked } else { ErrorCode::NoAccount }))
                }
            },
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}
