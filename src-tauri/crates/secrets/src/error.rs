//! What can go wrong, as far as somebody acts on it.

use std::path::PathBuf;

/// What the system underneath said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a key cannot be had or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// This system has no keyring, or none that answers.
    #[error("this system has no keyring")]
    NoKeyring {
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// The keyring is locked, or whoever was asked to unlock it did not.
    #[error("the keyring is locked")]
    Locked {
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// The keyring failed in another way.
    #[error("{operation} the keyring")]
    Platform {
        /// `read` or `write`.
        operation: &'static str,
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// What is stored is no key of ours. It is left as it is.
    #[error("what is stored is not a key")]
    Unreadable,
    /// A key is stored already. It stays.
    #[error("a key is stored already")]
    AlreadyThere,
    /// A key that was just stored could not be read back.
    #[error("the key that was stored could not be read back")]
    NotKept,
    /// Databases exist, but nowhere is a key for them.
    #[error("the key of the databases is missing")]
    KeyMissing,
    /// The passphrase does not open the key file (or the file was changed).
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// Too short, see [`MINIMUM_PASSPHRASE`](crate::MINIMUM_PASSPHRASE).
    #[error("the passphrase is too short")]
    PassphraseTooShort,
    /// There is no key file yet.
    #[error("there is no key file")]
    NoKeyFile,
    /// The key file was written by a newer program.
    #[error("the key file has version {found}, this program knows {known}")]
    NewerKeyFile {
        /// Version in the file.
        found: u32,
        /// Version of this program.
        known: u32,
    },
    /// A file could not be read or written.
    #[error("{operation} {}", path.display())]
    File {
        /// `read`, `write` or `lock`.
        operation: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Not enough memory to derive a key from a passphrase.
    #[error("derive a key from the passphrase")]
    Derive,
    /// The program is ending.
    #[error("the program is ending")]
    Closed,
}
