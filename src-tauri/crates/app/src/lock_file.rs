//! Locks that the processes on one data folder share. The system frees them when a process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A lock on a file of its own. It is free again when what was taken is dropped.
#[derive(Clone, Debug)]
pub(crate) struct LockFile(PathBuf);

impl LockFile {
    /// The lock of an account's sign-in, beside its database.
    pub(crate) fn of(database: &Path) -> Self {
        Self(database.with_extension("lock"))
    }

    /// The lock of who keeps an account in sync, held as long as they do.
    pub(crate) fn of_engine(database: &Path) -> Self {
        Self(database.with_extension("engine"))
    }

    /// Takes the lock, unless somebody has it.
    pub(crate) fn try_take(&self) -> io::Result<Option<File>> {
        let file = File::options().create(true).truncate(false).write(true).open(&self.0)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
