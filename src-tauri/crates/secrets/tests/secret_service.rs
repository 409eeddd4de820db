//! Against a real Secret Service. Needs a session bus with an unlocked keyring, for instance
//! `dbus-run-session -- sh -c "printf 'test\n' | gnome-keyring-daemon --unlock --components=secrets; exec TESTS"`
//! with a private HOME.
#![cfg(target_os = "linux")]

use cadencia_clock::SystemEntropy;
use cadencia_secrets::{
    DatabaseKeyBytes, KeyringPolicy, KeyringStore, Opening, SecretError, SecretStore as _, Vault,
};
use std::sync::Arc;

const SERVICE: &str = "cadencia-tests";

#[test]
#[ignore = "needs a session bus with a keyring"]
fn secret_service_keeps_a_key_and_never_replaces_it() {
    let keyring = KeyringStore::system(SERVICE, "keeps").unwrap();
    keyring.delete().unwrap();
    assert!(keyring.load().unwrap().is_none());
    let key = DatabaseKeyBytes::random(&SystemEntropy);
    keyring.save_new(&key).unwrap();
    // Another connection sees the same.
    let again = KeyringStore::system(SERVICE, "keeps").unwrap();
    assert_eq!(again.load().unwrap(), Some(key.clone()));
    let other = DatabaseKeyBytes::random(&SystemEntropy);
    assert!(matches!(again.save_new(&other), Err(SecretError::AlreadyThere)));
    assert_eq!(keyring.load().unwrap(), Some(key));
    keyring.delete().unwrap();
    assert!(again.load().unwrap().is_none());
}

#[tokio::test]
#[ignore = "needs a session bus with a keyring"]
async fn secret_service_opens_a_vault_without_a_passphrase() {
    KeyringStore::system(SERVICE, "vault").unwrap().delete().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("registry.db");
    let keyring = KeyringPolicy::System { service: SERVICE.to_owned(), account: "vault".to_owned() };
    let vault = Vault::new(folder.path().to_owned(), database.clone(), keyring, Arc::new(SystemEntropy));
    let Opening::Ready(first) = vault.open().await.unwrap() else { panic!("the keyring is there") };
    std::fs::write(&database, b"encrypted").unwrap();
    let Opening::Ready(second) = vault.open().await.unwrap() else { panic!("the key is there") };
    assert_eq!(first, second);
    KeyringStore::system(SERVICE, "vault").unwrap().delete().unwrap();
    assert!(matches!(vault.open().await, Err(SecretError::KeyMissing)));
}
