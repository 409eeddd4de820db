//! What can go wrong, as far as somebody acts on it.

use crate::fault::Fault;
use std::path::PathBuf;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file is no database under this key: another key wrote it, or its first page is damaged (an encrypted
    /// file does not tell the two apart).
    #[error("{} is not a database under this key", path.display())]
    WrongKey {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A newer program wrote this database. It was not touched.
    #[error("{} has schema {found}, this program knows up to {known}", path.display())]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Schema number in the file.
        found: u32,
        /// Highest schema number of this program.
        known: u32,
    },
    /// The file or its folder cannot be written.
    #[error("{} cannot be written", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
    },
    /// No room on the disk.
    #[error("no room on the disk for {}", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// Another program kept the database locked for longer than we wait.
    #[error("{} is locked by another program", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is damaged.
    #[error("{} is damaged", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file could not be created or read.
    #[error("open {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A step of bringing the schema up to date failed; the database stays at the last step that worked.
    #[error("bring the schema of {} up to date", path.display())]
    Migrate {
        /// The file.
        path: PathBuf,
        /// What failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The program is ending.
    #[error("the program is ending")]
    Closed,
}

impl OpenError {
    pub(crate) fn of_sqlite(path: PathBuf, source: rusqlite::Error) -> Self {
        match Fault::of(&source) {
            Fault::NotADatabase => Self::WrongKey { path, source },
            Fault::NotWritable => Self::NotWritable { path },
            Fault::DiskFull => Self::DiskFull { path },
            Fault::Busy => Self::Busy { path, source },
            Fault::Corrupt => Self::Corrupt { path, source },
            Fault::CannotOpen | Fault::Io | Fault::Other => Self::Io { path, source: Box::new(source) },
        }
    }

    pub(crate) fn of_system(path: PathBuf, source: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match source.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path },
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source: Box::new(source) },
        }
    }
}

/// Why a read or a write did not happen. Nothing of a write that failed is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No room on the disk.
    #[error("no room on the disk to {operation}")]
    DiskFull {
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Another program kept the database locked for longer than we wait.
    #[error("the database is locked by another program: {operation}")]
    Busy {
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is damaged.
    #[error("the database is damaged: {operation}")]
    Corrupt {
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file cannot be written.
    #[error("the database cannot be written: {operation}")]
    NotWritable {
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The store was closed, or the program is ending.
    #[error("the database is closed")]
    Closed,
    /// Anything else SQLite refuses.
    #[error("{operation}")]
    Sql {
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
}

impl StoreError {
    fn of(operation: &'static str, source: rusqlite::Error) -> Self {
        match Fault::of(&source) {
            Fault::DiskFull => Self::DiskFull { operation, source },
            Fault::Busy => Self::Busy { operation, source },
            // The file was a database when it was opened.
            Fault::Corrupt | Fault::NotADatabase => Self::Corrupt { operation, source },
            Fault::NotWritable => Self::NotWritable { operation, source },
            Fault::CannotOpen | Fault::Io | Fault::Other => Self::Sql { operation, source },
        }
    }
}

/// Names the operation that failed.
pub(crate) trait During<T> {
    fn during(self, operation: &'static str) -> Result<T, StoreError>;
}

impl<T> During<T> for rusqlite::Result<T> {
    fn during(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::of(operation, source))
    }
}
