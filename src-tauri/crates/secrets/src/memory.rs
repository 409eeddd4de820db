//! A key that is forgotten with the program.

use crate::{DatabaseKeyBytes, SecretError, SecretStore};
use std::sync::{Mutex, PoisonError};

/// Keeps a key in memory: the demo, and tests.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Option<DatabaseKeyBytes>>);

impl MemoryStore {
    /// A store that holds this key already.
    pub fn holding(key: DatabaseKeyBytes) -> Self {
        Self(Mutex::new(Some(key)))
    }
}

impl SecretStore for MemoryStore {
    fn load(&self) -> Result<Option<DatabaseKeyBytes>, SecretError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn save_new(&self, key: &DatabaseKeyBytes) -> Result<(), SecretError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Err(SecretError::AlreadyThere);
        }
        *held = Some(key.clone());
        Ok(())
    }
}
