//! The system's keyring.

use crate::{DatabaseKeyBytes, SecretError, SecretStore};
use keyring_core::{CredentialStore, Entry, Error};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// An entry of the system's keyring: Windows Credential Manager, macOS Keychain, or Secret Service on Linux.
pub struct KeyringStore {
    store: Arc<CredentialStore>,
    service: String,
    account: String,
    /// How the entry is kept, where the keyring knows several ways.
    modifiers: HashMap<&'static str, &'static str>,
}

impl KeyringStore {
    /// Connects to the system's keyring. The entry is named by `service` and `account`. May block.
    ///
    /// # Errors
    /// [`SecretError::NoKeyring`] when there is none; on Linux that is so without a session bus.
    pub fn system(service: &str, account: &str) -> Result<Self, SecretError> {
        let store = system_store().map_err(|error| SecretError::NoKeyring { source: without_data(error) })?;
        // The databases do not roam with a Windows profile, so their key must not either.
        let local = cfg!(windows).then_some(("persistence", "Local"));
        Ok(Self { modifiers: local.into_iter().collect(), ..Self::over(store, service, account) })
    }

    fn over(store: Arc<CredentialStore>, service: &str, account: &str) -> Self {
        Self { store, service: service.to_owned(), account: account.to_owned(), modifiers: HashMap::new() }
    }

    fn entry(&self) -> Result<Entry, Error> {
        let modifiers = (!self.modifiers.is_empty()).then_some(&self.modifiers);
        self.store.build(&self.service, &self.account, modifiers)
    }

    /// Deletes the entry: for tests, and for "forget everything on this computer". Databases under this key are lost.
    ///
    /// # Errors
    /// As of reading.
    pub fn delete(&self) -> Result<(), SecretError> {
        match self.entry().and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told_apart(error, "write")),
        }
    }
}

#[cfg(target_os = "linux")]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NoDefaultStore)
}

impl SecretStore for KeyringStore {
    fn load(&self) -> Result<Option<DatabaseKeyBytes>, SecretError> {
        match self.entry().and_then(|entry| entry.get_secret()) {
            Ok(stored) => {
                let stored = Zeroizing::new(stored);
                DatabaseKeyBytes::from_slice(&stored).map(Some).ok_or(SecretError::Unreadable)
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told_apart(error, "read")),
        }
    }

    fn save_new(&self, key: &DatabaseKeyBytes) -> Result<(), SecretError> {
        if self.load()?.is_some() {
            return Err(SecretError::AlreadyThere);
        }
        self.entry()
            .and_then(|entry| entry.set_secret(key.expose()))
            .map_err(|error| told_apart(error, "write"))
    }
}

fn told_apart(error: Error, operation: &'static str) -> SecretError {
    match error {
        Error::NoStorageAccess(_) => SecretError::Locked { source: without_data(error) },
        Error::NoDefaultStore => SecretError::NoKeyring { source: without_data(error) },
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => SecretError::Unreadable,
        _ => SecretError::Platform { operation, source: without_data(error) },
    }
}

/// Some errors carry what was read, and would print it.
fn without_data(error: Error) -> crate::error::Cause {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => cause,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => {
            Box::new(SecretError::Unreadable)
        }
        other => Box::new(other),
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringStore")
            .field("service", &self.service)
            .field("account", &self.account)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyring_core::mock;

    fn mocked() -> (Arc<mock::Store>, KeyringStore) {
        let mock = mock::Store::new().unwrap();
        let keyring = KeyringStore::over(mock.clone(), "cadencia", "database-key");
        (mock, keyring)
    }

    fn fail_next(keyring: &KeyringStore, error: Error) {
        let entry = keyring.entry().unwrap();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }

    fn key(byte: u8) -> DatabaseKeyBytes {
        DatabaseKeyBytes::from_slice(&[byte; 32]).unwrap()
    }

    fn cause() -> crate::error::Cause {
        Box::new(std::io::Error::other("made up"))
    }

    #[test]
    fn a_key_is_kept_and_never_replaced() {
        let (_mock, keyring) = mocked();
        assert!(keyring.load().unwrap().is_none());
        keyring.save_new(&key(1)).unwrap();
        assert!(matches!(keyring.save_new(&key(2)), Err(SecretError::AlreadyThere)));
        assert_eq!(keyring.load().unwrap(), Some(key(1)));
        keyring.delete().unwrap();
        keyring.delete().unwrap();
        assert!(keyring.load().unwrap().is_none());
    }

    #[test]
    fn each_fault_of_a_keyring_is_told_apart() {
        let (_mock, keyring) = mocked();
        fail_next(&keyring, Error::NoStorageAccess(cause()));
        assert!(matches!(keyring.load(), Err(SecretError::Locked { .. })));
        fail_next(&keyring, Error::PlatformFailure(cause()));
        assert!(matches!(keyring.load(), Err(SecretError::Platform { operation: "read", .. })));
        fail_next(&keyring, Error::NoDefaultStore);
        assert!(matches!(keyring.load(), Err(SecretError::NoKeyring { .. })));
        fail_next(&keyring, Error::BadDataFormat(vec![7; 32], cause()));
        assert!(matches!(keyring.load(), Err(SecretError::Unreadable)));
        assert!(keyring.load().unwrap().is_none(), "the next call works again");
    }

    #[test]
    fn a_fault_while_looking_keeps_a_key_from_being_overwritten() {
        let (_mock, keyring) = mocked();
        keyring.save_new(&key(1)).unwrap();
        fail_next(&keyring, Error::NoStorageAccess(cause()));
        assert!(matches!(keyring.save_new(&key(2)), Err(SecretError::Locked { .. })));
        assert_eq!(keyring.load().unwrap(), Some(key(1)));
    }

    #[test]
    fn a_foreign_entry_is_no_key_and_stays() {
        let (_mock, keyring) = mocked();
        keyring.entry().unwrap().set_secret(b"something else").unwrap();
        assert!(matches!(keyring.load(), Err(SecretError::Unreadable)));
        assert!(matches!(keyring.save_new(&key(2)), Err(SecretError::Unreadable)));
        assert_eq!(keyring.entry().unwrap().get_secret().unwrap(), b"something else");
    }
}
