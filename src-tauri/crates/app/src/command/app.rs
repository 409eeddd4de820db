//! The program itself.

use crate::start::engine_settings;
use crate::state::App;
use crate::vault::{SHORTEST_PASSPHRASE, VaultState, of_locked, of_unlock};
use cadencia_contract::{
    ApiError, AppEvent, AppStatus, AppStatusRequest, ErrorCode, Nothing, Preferences, PreferencesPatch,
    VaultPassphraseRequest, VaultStatus,
};
use cadencia_secrets::SecretError;
use secrecy::SecretString;

pub(crate) async fn app_status(app: &App, request: AppStatusRequest) -> Result<AppStatus, ApiError> {
    if let Some(language) = request.language {
        app.page_speaks(language);
    }
    Ok(app.status().await)
}

pub(crate) async fn preferences_get(app: &App, _: Nothing) -> Result<Preferences, ApiError> {
    Ok(app.preferences())
}

pub(crate) async fn preferences_set(app: &App, patch: PreferencesPatch) -> Result<Preferences, ApiError> {
    let port_changes = patch.listener_port.is_some_and(|port| port != app.preferences().listener_port);
    let preferences = app.0.preferences.change(&patch)?;
    let wanted = engine_settings(&app.0.config, &preferences);
    app.0.settings.send_if_modified(|settings| std::mem::replace(settings, wanted) != wanted);
    app.tell(AppEvent::PreferencesChanged { preferences: preferences.clone() });
    // A port that was taken is tried again when it is set again, also to the same number.
    if port_changes || app.listener_status().is_port_taken {
        app.start_listener().await;
        app.tell_status().await;
    }
    Ok(preferences)
}

pub(crate) async fn vault_create(app: &App, request: VaultPassphraseRequest) -> Result<AppStatus, ApiError> {
    if request.passphrase.chars().count() < SHORTEST_PASSPHRASE {
        return Err(ApiError::new(ErrorCode::PassphraseTooShort).with_detail(SHORTEST_PASSPHRASE.to_string()));
    }
    let _turn = app.0.sign_in_turn.lock().await;
    let passphrase = SecretString::from(request.passphrase);
    let is_open = app.vault_status().await == VaultStatus::Open;
    let key = match app.0.vault.has_key_file() {
        // Another window was faster: only the same passphrase is a choice that holds.
        true => app.0.vault.unlock(passphrase).await,
        // The keyring keeps the key, or this is the demo: there is nothing to choose.
        false if is_open => return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("passphrase")),
        false => app.0.vault.create_passphrase(passphrase).await,
    };
    let key = key.map_err(|error| of_unlock(&error.into()))?;
    if !is_open {
        app.open_with(&key).await.map_err(|error| of_unlock(&error))?;
    }
    app.tell_status().await;
    Ok(app.status().await)
}

pub(crate) async fn vault_unlock(app: &App, request: VaultPassphraseRequest) -> Result<AppStatus, ApiError> {
    let _turn = app.0.sign_in_turn.lock().await;
    let status = app.vault_status().await;
    match status {
        VaultStatus::Open => {}
        // The person unlocked the keyring meanwhile.
        VaultStatus::KeyringLocked | VaultStatus::KeyMissing if request.passphrase.is_empty() => {
            app.open_vault().await.map_err(|error| of_unlock(&error))?;
            if app.vault_status().await == status {
                return Err(of_locked(status));
            }
        }
        _ => {
            let unlocked = app.0.vault.unlock(SecretString::from(request.passphrase)).await;
            let key = unlocked.map_err(|error| match error {
                SecretError::NoKeyFile => of_locked(status),
                error => of_unlock(&error.into()),
            })?;
            app.open_with(&key).await.map_err(|error| of_unlock(&error))?;
        }
    }
    app.tell_status().await;
    Ok(app.status().await)
}

impl App {
    /// The state of the program.
    pub(crate) async fn status(&self) -> AppStatus {
        let (vault, is_demo_only) = {
            let state = self.0.vault_state.read().await;
            (state.status(), matches!(&*state, VaultState::DemoOnly { .. }))
        };
        AppStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            vault,
            accounts: self.0.accounts.read().await.list(),
            preferences: self.preferences(),
            listener: self.listener_status(),
            is_demo_only,
        }
    }
}
