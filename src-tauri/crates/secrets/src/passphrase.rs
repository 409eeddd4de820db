//! A file that a passphrase opens.

use crate::{DatabaseKeyBytes, SecretError, SecretStore};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cadencia_clock::Entropy;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Shortest passphrase accepted, in characters.
pub const MINIMUM_PASSPHRASE: usize = 8;

/// Version of the file this program writes.
const VERSION: u32 = 1;

/// What deriving a key costs, and so what guessing costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassphraseCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl PassphraseCost {
    /// What a person's passphrase deserves: 64 MiB, three passes; about a quarter of a second.
    pub const STRONG: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// As little as possible: tests.
    pub const TEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
    /// More than this is a damaged file, not a cost: it would take all memory or forever.
    const HIGHEST: Self = Self { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

    fn is_sane(self) -> bool {
        self.memory_kib <= Self::HIGHEST.memory_kib
            && self.passes <= Self::HIGHEST.passes
            && self.lanes <= Self::HIGHEST.lanes
    }
}

/// The file. Everything but the wrapped key is needed to derive the key that unwraps it.
#[derive(Debug, Serialize, Deserialize)]
struct KeyFile {
    version: u32,
    argon2id: PassphraseCost,
    salt: String,
    nonce: String,
    wrapped_key: String,
}

/// Keeps the key in a file under a passphrase.
#[derive(Debug)]
pub struct PassphraseStore {
    path: PathBuf,
    passphrase: SecretString,
    cost: PassphraseCost,
    entropy: Arc<dyn Entropy>,
}

impl PassphraseStore {
    /// The file at `path` under `passphrase`; `cost` is what a new file will cost.
    pub fn new(
        path: PathBuf,
        passphrase: SecretString,
        cost: PassphraseCost,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { path, passphrase, cost, entropy }
    }

    fn read(&self) -> Result<KeyFile, SecretError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(SecretError::NoKeyFile),
            Err(source) => {
                return Err(SecretError::File { operation: "read", path: self.path.clone(), source });
            }
        };
        let version =
            serde_json::from_str::<FileVersion>(&text).map_err(|_| SecretError::Unreadable)?.version;
        if version > VERSION {
            return Err(SecretError::NewerKeyFile { found: version, known: VERSION });
        }
        serde_json::from_str(&text).map_err(|_| SecretError::Unreadable)
    }

    fn unwrap(&self, file: &KeyFile) -> Result<DatabaseKeyBytes, SecretError> {
        let decode = |text: &str| BASE64.decode(text).map_err(|_| SecretError::Unreadable);
        let (salt, nonce, wrapped) = (decode(&file.salt)?, decode(&file.nonce)?, decode(&file.wrapped_key)?);
        if !file.argon2id.is_sane() {
            return Err(SecretError::Unreadable);
        }
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| SecretError::Unreadable)?;
        let cipher = self.cipher(file.argon2id, &salt)?;
        let about = bound(file.version, file.argon2id);
        let opened = cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: &wrapped, aad: about.as_bytes() })
            .map_err(|_| SecretError::WrongPassphrase)?;
        DatabaseKeyBytes::from_slice(&Zeroizing::new(opened)).ok_or(SecretError::Unreadable)
    }

    fn wrap(&self, key: &DatabaseKeyBytes) -> Result<KeyFile, SecretError> {
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        self.entropy.fill(&mut salt);
        self.entropy.fill(&mut nonce);
        let cipher = self.cipher(self.cost, &salt)?;
        let about = bound(VERSION, self.cost);
        let wrapped = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: key.expose(), aad: about.as_bytes() })
            .map_err(|_| SecretError::Derive)?;
        Ok(KeyFile {
            version: VERSION,
            argon2id: self.cost,
            salt: BASE64.encode(salt),
            nonce: BASE64.encode(nonce),
            wrapped_key: BASE64.encode(wrapped),
        })
    }

    fn cipher(&self, cost: PassphraseCost, salt: &[u8]) -> Result<XChaCha20Poly1305, SecretError> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
            .map_err(|_| SecretError::Unreadable)?;
        let mut derived = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.passphrase.expose_secret().as_bytes(), salt, derived.as_mut_slice())
            .map_err(|_| SecretError::Derive)?;
        XChaCha20Poly1305::new_from_slice(derived.as_slice()).map_err(|_| SecretError::Derive)
    }
}

#[derive(Deserialize)]
struct FileVersion {
    version: u32,
}

/// Ties the wrapped key to how it was wrapped, so that nobody can make guessing cheaper.
fn bound(version: u32, cost: PassphraseCost) -> String {
    format!("cadencia key file {version}, argon2id {} {} {}", cost.memory_kib, cost.passes, cost.lanes)
}

impl SecretStore for PassphraseStore {
    /// None when there is no file; [`SecretError::WrongPassphrase`] when the passphrase does not open it.
    fn load(&self) -> Result<Option<DatabaseKeyBytes>, SecretError> {
        match self.read() {
            Ok(file) => self.unwrap(&file).map(Some),
            Err(SecretError::NoKeyFile) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// [`SecretError::PassphraseTooShort`] applies.
    fn save_new(&self, key: &DatabaseKeyBytes) -> Result<(), SecretError> {
        if self.passphrase.expose_secret().chars().count() < MINIMUM_PASSPHRASE {
            return Err(SecretError::PassphraseTooShort);
        }
        if self.path.exists() {
            return Err(SecretError::AlreadyThere);
        }
        let file = self.wrap(key)?;
        let text = serde_json::to_string_pretty(&file).map_err(|_| SecretError::Unreadable)?;
        match write_whole(&self.path, text.as_bytes()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(SecretError::AlreadyThere),
            Err(source) => Err(SecretError::File { operation: "write", path: self.path.clone(), source }),
        }
    }
}

/// The file appears with all its content, and for this user alone; an existing one is left as it is.
fn write_whole(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    // The new name is on the disk only once its folder is. Windows has no such call, and needs none.
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_clock::SeededEntropy;

    fn store(folder: &Path, passphrase: &str) -> PassphraseStore {
        PassphraseStore::new(
            folder.join("key.json"),
            SecretString::from(passphrase),
            PassphraseCost::TEST,
            Arc::new(SeededEntropy::new(3)),
        )
    }

    fn key() -> DatabaseKeyBytes {
        DatabaseKeyBytes::random(&SeededEntropy::new(9))
    }

    #[test]
    fn the_right_passphrase_gives_the_key_back_and_another_does_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(store(folder.path(), "cavalo correto").load().unwrap().is_none());
        store(folder.path(), "cavalo correto").save_new(&key()).unwrap();
        assert_eq!(store(folder.path(), "cavalo correto").load().unwrap(), Some(key()));
        for wrong in ["cavalo corretO", "", "cavalo correto "] {
            assert!(
                matches!(store(folder.path(), wrong).load(), Err(SecretError::WrongPassphrase)),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_key_file_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path(), "cavalo correto").save_new(&key()).unwrap();
        let before = std::fs::read(folder.path().join("key.json")).unwrap();
        assert!(matches!(
            store(folder.path(), "outra senha").save_new(&key()),
            Err(SecretError::AlreadyThere)
        ));
        assert_eq!(std::fs::read(folder.path().join("key.json")).unwrap(), before);
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing temporary stays");
    }

    #[test]
    fn a_short_passphrase_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            store(folder.path(), "1234567").save_new(&key()),
            Err(SecretError::PassphraseTooShort)
        ));
        assert!(!folder.path().join("key.json").exists());
        store(folder.path(), "açaí açaí").save_new(&key()).unwrap();
    }

    #[test]
    fn the_file_holds_neither_key_nor_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path(), "cavalo correto").save_new(&key()).unwrap();
        let text = std::fs::read_to_string(folder.path().join("key.json")).unwrap();
        assert!(!text.contains("cavalo"));
        assert!(!text.contains(&BASE64.encode(key().expose())));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("key.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }

    #[test]
    fn a_file_that_was_touched_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        store(folder.path(), "cavalo correto").save_new(&key()).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        let load = |text: &str| {
            std::fs::write(&path, text).unwrap();
            store(folder.path(), "cavalo correto").load()
        };
        assert!(matches!(
            load(&whole.replace("\"passes\": 1", "\"passes\": 2")),
            Err(SecretError::WrongPassphrase)
        ));
        let greedy = whole.replace("\"memory_kib\": 8", "\"memory_kib\": 4294967295");
        assert!(matches!(load(&greedy), Err(SecretError::Unreadable)));
        assert!(matches!(load("{"), Err(SecretError::Unreadable)));
        assert!(matches!(load(""), Err(SecretError::Unreadable)));
        let newer = whole.replace("\"version\": 1", "\"version\": 2");
        assert!(matches!(load(&newer), Err(SecretError::NewerKeyFile { found: 2, known: 1 })));
        assert_eq!(load(&whole).unwrap(), Some(key()));
    }

    #[test]
    fn the_strong_cost_is_accepted_by_the_algorithm() {
        let folder = tempfile::tempdir().unwrap();
        let strong =
            PassphraseStore { cost: PassphraseCost::STRONG, ..store(folder.path(), "cavalo correto") };
        strong.save_new(&key()).unwrap();
        assert_eq!(strong.load().unwrap(), Some(key()));
    }
}
