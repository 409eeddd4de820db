//! Starting the app.

use crate::accounts::Accounts;
use crate::config::{AppConfig, Source};
use crate::preferences::PreferencesFile;
use crate::sign_in::{Bought, Drafts};
use crate::state::{App, Inner, ListenerState};
use crate::vault::{REGISTRY_FILE, UnlockError, VaultState, of_locked, of_unlock};
use cadencia_contract::{ApiError, ErrorCode, ListenerStatus, Preferences, VaultStatus};
use cadencia_listener::{BindError, KeyHolder, Listener};
use cadencia_secrets::{KeyringPolicy, Vault};
use cadencia_sync::EngineSettings;
use kommo::{HttpConfig, HttpTransport, Transport};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Mutex, RwLock, broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Why the app cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made or written.
    #[error("the data folder `{folder}` cannot be written")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The way to Kommo could not be set up.
    #[error("the network could not be set up")]
    Network(#[source] kommo::TransportError),
    /// The data could not be opened.
    #[error("the data could not be opened ({})", api.code.as_str())]
    Data {
        /// In the screen's words.
        api: ApiError,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The account given on the command line cannot be connected, because nobody is here to unlock the data.
    #[error("the data is locked: {}", way_out(*.0))]
    Locked(VaultStatus),
    /// The account given on the command line could not be connected.
    #[error("the account could not be connected ({})", .0.code.as_str())]
    Connect(ApiError),
}

impl StartError {
    /// What a window shows.
    pub fn api(&self) -> ApiError {
        match self {
            Self::Folder { folder, .. } => {
                ApiError::new(ErrorCode::StorageNotWritable).with_detail(folder.clone())
            }
            Self::Network(_) => ApiError::new(ErrorCode::NetworkUnreachable),
            Self::Locked(status) => of_locked(*status),
            Self::Data { api, .. } | Self::Connect(api) => api.clone(),
        }
    }
}

/// What whoever starts the program without a window can do. The page for a person has words of its own.
fn way_out(status: VaultStatus) -> &'static str {
    match status {
        VaultStatus::NeedsPassphrase => "give its passphrase in the environment variable CADENCIA_PASSPHRASE",
        VaultStatus::NeedsNewPassphrase => {
            "no keyring here can keep its key, so choose a passphrase of at least 8 characters and give it at every \
             start in the environment variable CADENCIA_PASSPHRASE"
        }
        VaultStatus::KeyringLocked => "unlock the keyring of the system and start again",
        VaultStatus::KeyMissing => "its key is gone from the keyring of the system",
        VaultStatus::Open => "it was unlocked meanwhile; start again",
    }
}

impl From<UnlockError> for StartError {
    fn from(error: UnlockError) -> Self {
        Self::Data { api: of_unlock(&error), source: Box::new(error) }
    }
}

impl App {
    /// Opens the data as far as that needs no person, starts the listener and sets every account to work.
    ///
    /// A missing keyring, a wanted passphrase and a taken port are no errors: the app starts and says so.
    ///
    /// # Errors
    /// When the data folder cannot be used, the data is from a newer version or damaged, or the account given on the
    /// command line cannot be connected.
    pub async fn start(config: AppConfig) -> Result<Self, StartError> {
        make_folder(&config.data_dir)?;
        let preferences = PreferencesFile::open(&config.data_dir);
        let transport: Arc<dyn Transport> = match &config.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(HttpTransport::new(HttpConfig::default()).map_err(StartError::Network)?),
        };
        let keyring = config.keyring.clone().unwrap_or_else(|| KeyringPolicy::System {
            service: "cadencia".to_owned(),
            account: keyring_account(&config.data_dir),
        });
        let database = config.data_dir.join(REGISTRY_FILE);
        let vault = Vault::new(config.data_dir.clone(), database, keyring, Arc::clone(&config.entropy))
            .with_cost(config.passphrase_cost);
        let (doors, incoming) = mpsc::channel(16);
        let current = preferences.get();
        let listener_status = ListenerStatus { port: current.listener_port, url: None, is_port_taken: false };
        let settings = watch::Sender::new(engine_settings(&config, &current));
        let app = Self(Arc::new(Inner {
            preferences,
            transport,
            vault,
            vault_state: RwLock::new(VaultState::Locked(VaultStatus::NeedsPassphrase)),
            accounts: RwLock::new(Accounts::default()),
            page_language: std::sync::Mutex::new(None),
            settings,
            events: broadcast::Sender::new(512),
            listener: Mutex::new(ListenerState::default()),
            listener_status: std::sync::Mutex::new(listener_status),
            listener_key: KeyHolder::default(),
            doors,
            drafts: std::sync::Mutex::new(Drafts::default()),
            bought: std::sync::Mutex::new(Bought::default()),
            reach_tests: std::sync::Mutex::default(),
            sign_in_turn: Mutex::new(()),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            config,
        }));
        app.answer_doors(incoming);
        app.start_listener().await;
        match app.0.config.source.clone() {
            Source::Demo => {
                let local_api_key = SecretString::from(hex::encode(app.0.config.entropy.secret_bytes()));
                app.0.listener_key.set(Some(local_api_key.clone()));
                *app.0.vault_state.write().await = VaultState::DemoOnly { local_api_key };
                app.start_demo().await.map_err(StartError::Connect)?;
            }
            Source::Kommo => app.open_vault().await?,
            Source::Address { url, token } => {
                app.open_vault().await?;
                if let Some(token) = token {
                    if let VaultState::Locked(status) = &*app.0.vault_state.read().await {
                        return Err(StartError::Locked(*status));
                    }
                    app.connect_address(&url, token).await.map_err(StartError::Connect)?;
                }
            }
        }
        Ok(app)
    }

    /// Starts the listener on its port, or notes that the port is taken.
    pub(crate) async fn start_listener(&self) {
        let mut state = self.0.listener.lock().await;
        if let Some(running) = state.running.take() {
            running.stop().await;
        }
        let preferred = u16::try_from(self.preferences().listener_port).unwrap_or(8000);
        let port = self.0.config.listener_port.unwrap_or(preferred);
        let started = Listener::start(port, self.0.doors.clone(), self.0.listener_key.clone()).await;
        let status = match &started {
            Ok(listener) => ListenerStatus {
                port: u32::from(listener.port()),
                url: Some(listener.url()),
                is_port_taken: false,
            },
            Err(error) => {
                tracing::warn!(error = error as &dyn std::error::Error, "the listener could not start");
                let is_port_taken = matches!(error, BindError::PortTaken { .. });
                ListenerStatus { port: u32::from(port), url: None, is_port_taken }
            }
        };
        state.running = started.ok();
        *self.0.listener_status.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = status;
    }
}

/// The settings of engines: what was given at the start, else what is preferred.
pub(crate) fn engine_settings(config: &AppConfig, preferences: &Preferences) -> EngineSettings {
    EngineSettings {
        poll_interval_s: config.poll_interval_s.unwrap_or(preferences.poll_interval_s).clamp(1, 3_600),
        log_retention_days: preferences.log_retention_days,
    }
}

fn make_folder(folder: &Path) -> Result<(), StartError> {
    let probe = folder.join(".writable");
    std::fs::create_dir_all(folder.join("accounts"))
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|source| StartError::Folder { folder: folder.display().to_string(), source })
}

/// One key per data folder: two folders on one computer must not open each other.
fn keyring_account(folder: &Path) -> String {
    let whole = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let digest = Sha256::digest(whole.as_os_str().as_encoded_bytes());
    format!("database-{}", hex::encode(&digest[..8]))
}
