#![doc = include_str!("../README.md")]

mod error;
mod key;
mod keyring;
mod memory;
mod passphrase;
mod vault;

pub use error::SecretError;
pub use key::DatabaseKeyBytes;
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
pub use passphrase::{MINIMUM_PASSPHRASE, PassphraseCost, PassphraseStore};
pub use vault::{KeyringPolicy, Opening, Vault};

/// Keeps one key. Calls may block: use them on threads that may.
pub trait SecretStore: Send + Sync + std::fmt::Debug {
    /// The key; none when none was ever stored.
    ///
    /// # Errors
    /// When that cannot be told, or the key cannot be had now.
    fn load(&self) -> Result<Option<DatabaseKeyBytes>, SecretError>;

    /// Stores the first key.
    ///
    /// # Errors
    /// [`SecretError::AlreadyThere`] when there is one, which stays; and whatever keeps it from being stored.
    fn save_new(&self, key: &DatabaseKeyBytes) -> Result<(), SecretError>;
}
