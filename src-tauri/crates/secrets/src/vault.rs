//! Which store holds the key of a data folder.

use crate::{DatabaseKeyBytes, KeyringStore, PassphraseCost, PassphraseStore, SecretError, SecretStore};
use cadencia_clock::Entropy;
use secrecy::SecretString;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

/// Name of the file that a passphrase opens, in the data folder.
const KEY_FILE: &str = "key.json";
/// Held while the first key is made, so that two processes agree on one.
const LOCK_FILE: &str = "key.lock";

/// Which keyring to look in.
#[derive(Clone, Debug)]
pub enum KeyringPolicy {
    /// The system's, under these names.
    System {
        /// Name of the program.
        service: String,
        /// Name of the entry.
        account: String,
    },
    /// This store instead: the demo, and tests.
    Given(Arc<dyn SecretStore>),
    /// None: a person or an administrator wants a passphrase.
    Avoid,
}

/// What it takes to have the key.
#[derive(Debug)]
pub enum Opening {
    /// Nothing: here it is.
    Ready(DatabaseKeyBytes),
    /// The passphrase: call [`Vault::unlock`].
    PassphraseWanted,
    /// A new passphrase, because nothing is stored yet and the keyring cannot keep a key: call
    /// [`Vault::create_passphrase`].
    NewPassphraseWanted {
        /// What is wrong with the keyring; none when it is avoided on purpose.
        because: Option<SecretError>,
    },
}

/// The key of one data folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Vault {
    data_dir: PathBuf,
    /// A database under the key: when it is there, so must the key be.
    database: PathBuf,
    keyring: KeyringPolicy,
    cost: PassphraseCost,
    entropy: Arc<dyn Entropy>,
}

impl Vault {
    /// The vault of `data_dir`. `database` is the file whose existence proves that a key was made.
    pub fn new(
        data_dir: PathBuf,
        database: PathBuf,
        keyring: KeyringPolicy,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { data_dir, database, keyring, cost: PassphraseCost::STRONG, entropy }
    }

    /// The same with another cost of new passphrases.
    #[must_use]
    pub fn with_cost(mut self, cost: PassphraseCost) -> Self {
        self.cost = cost;
        self
    }

    /// Looks for the key; makes one in the keyring when nothing was ever stored.
    ///
    /// # Errors
    /// [`SecretError::KeyMissing`] when a database is there and its key nowhere; the keyring's fault when a database
    /// is there and its key can only be in the keyring. Nothing was changed then.
    pub async fn open(&self) -> Result<Opening, SecretError> {
        self.blocking(Self::open_now).await
    }

    /// Opens the key file.
    ///
    /// # Errors
    /// [`SecretError::WrongPassphrase`], [`SecretError::NoKeyFile`], [`SecretError::Unreadable`].
    pub async fn unlock(&self, passphrase: SecretString) -> Result<DatabaseKeyBytes, SecretError> {
        self.blocking(move |vault| vault.passphrase_store(passphrase).load()?.ok_or(SecretError::NoKeyFile))
            .await
    }

    /// Makes a key and the file that `passphrase` opens.
    ///
    /// # Errors
    /// [`SecretError::PassphraseTooShort`]; [`SecretError::AlreadyThere`] when there is a file;
    /// [`SecretError::KeyMissing`] when a database is there: a new key would not open it.
    pub async fn create_passphrase(&self, passphrase: SecretString) -> Result<DatabaseKeyBytes, SecretError> {
        self.blocking(move |vault| {
            let _lock = vault.lock()?;
            let store = vault.passphrase_store(passphrase);
            if vault.has_key_file() {
                return Err(SecretError::AlreadyThere);
            }
            if vault.has_database() {
                return Err(SecretError::KeyMissing);
            }
            vault.make_key(&store)
        })
        .await
    }

    /// The key is in a file that a passphrase opens.
    pub fn has_key_file(&self) -> bool {
        self.data_dir.join(KEY_FILE).exists()
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let vault = self.clone();
        match tokio::task::spawn_blocking(move || work(&vault)).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(SecretError::Closed),
        }
    }

    fn open_now(&self) -> Result<Opening, SecretError> {
        let _lock = self.lock()?;
        if self.has_key_file() {
            return Ok(Opening::PassphraseWanted);
        }
        let found = match self.keyring() {
            Ok(None) if self.has_database() => return Err(SecretError::KeyMissing),
            Ok(None) => return Ok(Opening::NewPassphraseWanted { because: None }),
            Ok(Some(store)) => store.load().map(|key| (store, key)),
            Err(error) => Err(error),
        };
        match found {
            Ok((_, Some(key))) => Ok(Opening::Ready(key)),
            Ok((_, None)) if self.has_database() => Err(SecretError::KeyMissing),
            Ok((store, None)) => match self.make_key(&*store) {
                Ok(key) => Ok(Opening::Ready(key)),
                Err(error) => Ok(Opening::NewPassphraseWanted { because: Some(error) }),
            },
            // Somebody else's entry under our name: no key of ours, and not ours to replace.
            Err(error) if self.has_database() => Err(error),
            Err(error) => Ok(Opening::NewPassphraseWanted { because: Some(error) }),
        }
    }

    fn keyring(&self) -> Result<Option<Arc<dyn SecretStore>>, SecretError> {
        match &self.keyring {
            KeyringPolicy::System { service, account } => {
                Ok(Some(Arc::new(KeyringStore::system(service, account)?)))
            }
            KeyringPolicy::Given(store) => Ok(Some(Arc::clone(store))),
            KeyringPolicy::Avoid => Ok(None),
        }
    }

    fn passphrase_store(&self, passphrase: SecretString) -> PassphraseStore {
        PassphraseStore::new(self.data_dir.join(KEY_FILE), passphrase, self.cost, Arc::clone(&self.entropy))
    }

    /// A new key counts only after it was read back: a store that forgets would lose the databases.
    fn make_key(&self, store: &dyn SecretStore) -> Result<DatabaseKeyBytes, SecretError> {
        let key = DatabaseKeyBytes::random(&*self.entropy);
        store.save_new(&key)?;
        match store.load()? {
            Some(kept) if kept == key => Ok(key),
            _ => Err(SecretError::NotKept),
        }
    }

    /// An empty file is what is left of a start that ended before the first write.
    fn has_database(&self) -> bool {
        std::fs::metadata(&self.database).is_ok_and(|file| file.len() > 0)
    }

    fn lock(&self) -> Result<File, SecretError> {
        let path = self.data_dir.join(LOCK_FILE);
        let locked = std::fs::create_dir_all(&self.data_dir)
            .and_then(|()| File::options().create(true).truncate(false).write(true).open(&path))
            .and_then(|file| file.lock().map(|()| file));
        locked.map_err(|source| SecretError::File { operation: "lock", path, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;
    use cadencia_clock::SystemEntropy;

    /// A keyring that takes a key and forgets it, or fails.
    #[derive(Debug)]
    struct Broken {
        fails: bool,
    }

    impl SecretStore for Broken {
        fn load(&self) -> Result<Option<DatabaseKeyBytes>, SecretError> {
            if self.fails {
                return Err(SecretError::Locked { source: Box::new(std::io::Error::other("made up")) });
            }
            Ok(None)
        }

        fn save_new(&self, _key: &DatabaseKeyBytes) -> Result<(), SecretError> {
            Ok(())
        }
    }

    fn vault(folder: &tempfile::TempDir, keyring: KeyringPolicy) -> Vault {
        let data_dir = folder.path().join("data");
        let database = data_dir.join("registry.db");
        Vault::new(data_dir, database, keyring, Arc::new(SystemEntropy)).with_cost(PassphraseCost::TEST)
    }

    fn make_database(folder: &tempfile::TempDir) {
        std::fs::create_dir_all(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/registry.db"), b"encrypted").unwrap();
    }

    fn memory() -> KeyringPolicy {
        KeyringPolicy::Given(Arc::new(MemoryStore::default()))
    }

    fn ready(opening: Opening) -> DatabaseKeyBytes {
        match opening {
            Opening::Ready(key) => key,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_first_start_makes_a_key_and_later_ones_find_it() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder, memory());
        let first = ready(vault.open().await.unwrap());
        make_database(&folder);
        assert_eq!(ready(vault.open().await.unwrap()), first);
    }

    #[tokio::test]
    async fn many_first_starts_at_once_agree_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder, memory());
        let starts: Vec<_> = (0..16)
            .map(|_| {
                let vault = vault.clone();
                tokio::spawn(async move { ready(vault.open().await.unwrap()) })
            })
            .collect();
        let mut keys = Vec::new();
        for start in starts {
            keys.push(start.await.unwrap());
        }
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[tokio::test]
    async fn a_database_without_its_key_is_an_error_and_no_new_key_is_made() {
        let folder = tempfile::tempdir().unwrap();
        make_database(&folder);
        let store = Arc::new(MemoryStore::default());
        for keyring in [KeyringPolicy::Given(store.clone()), KeyringPolicy::Avoid] {
            let vault = vault(&folder, keyring);
            assert!(matches!(vault.open().await, Err(SecretError::KeyMissing)));
            let created = vault.create_passphrase(SecretString::from("cavalo correto")).await;
            assert!(matches!(created, Err(SecretError::KeyMissing)));
        }
        assert!(store.load().unwrap().is_none());
    }

    #[tokio::test]
    async fn a_locked_keyring_asks_for_a_passphrase_only_before_there_is_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder, KeyringPolicy::Given(Arc::new(Broken { fails: true })));
        let opening = vault.open().await.unwrap();
        assert!(matches!(
            opening,
            Opening::NewPassphraseWanted { because: Some(SecretError::Locked { .. }) }
        ));
        make_database(&folder);
        assert!(matches!(vault.open().await, Err(SecretError::Locked { .. })));
    }

    #[tokio::test]
    async fn a_keyring_that_forgets_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder, KeyringPolicy::Given(Arc::new(Broken { fails: false })));
        let opening = vault.open().await.unwrap();
        assert!(matches!(opening, Opening::NewPassphraseWanted { because: Some(SecretError::NotKept) }));
    }

    #[tokio::test]
    async fn a_passphrase_once_chosen_is_asked_for_whatever_the_keyring_says() {
        let folder = tempfile::tempdir().unwrap();
        let avoiding = vault(&folder, KeyringPolicy::Avoid);
        assert!(matches!(avoiding.open().await.unwrap(), Opening::NewPassphraseWanted { because: None }));
        let short = avoiding.create_passphrase(SecretString::from("curta")).await;
        assert!(matches!(short, Err(SecretError::PassphraseTooShort)));
        let unlocked = avoiding.unlock(SecretString::from("cavalo correto")).await;
        assert!(matches!(unlocked, Err(SecretError::NoKeyFile)));
        let key = avoiding.create_passphrase(SecretString::from("cavalo correto")).await.unwrap();
        make_database(&folder);
        for vault in [avoiding, vault(&folder, memory())] {
            assert!(vault.has_key_file());
            assert!(matches!(vault.open().await.unwrap(), Opening::PassphraseWanted));
            assert_eq!(vault.unlock(SecretString::from("cavalo correto")).await.unwrap(), key);
            let wrong = vault.unlock(SecretString::from("cavalo errado")).await;
            assert!(matches!(wrong, Err(SecretError::WrongPassphrase)));
            let again = vault.create_passphrase(SecretString::from("cavalo correto")).await;
            assert!(matches!(again, Err(SecretError::AlreadyThere)));
        }
    }

    #[tokio::test]
    async fn an_empty_database_file_is_what_a_start_left_that_got_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/registry.db"), b"").unwrap();
        ready(vault(&folder, memory()).open().await.unwrap());
    }
}
