//! The database of the mirror of one account: its credentials, everything read from Kommo, the import and the log.

use crate::database::Database;
use crate::death::Moment;
use crate::error::{OpenError, StoreError};
use crate::key::DatabaseKey;
use crate::migration;
use rusqlite::{Connection, Transaction};
use std::fmt;
use std::path::Path;

/// The database of the mirror of one account: its credentials, everything read from Kommo, the import and the log. Clones share one set of connections.
#[derive(Clone)]
pub struct AccountStore(Database);

impl AccountStore {
    /// Opens the file, makes it when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// Each reason somebody can act on is a variant of [`OpenError`]. A newer program's file is left as it is.
    pub async fn open(path: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        Database::open(path, key, migration::ACCOUNT).await.map(Self)
    }

    /// A database that is gone when the last clone is dropped.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn open_in_memory() -> Result<Self, OpenError> {
        Database::open_in_memory(migration::ACCOUNT).map(Self)
    }

    /// Runs `work` on a thread that may block, on one consistent state of the database.
    ///
    /// # Errors
    /// What `work` answers, and [`StoreError::Closed`].
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.read(work).await
    }

    /// Runs `work` on a thread that may block, in a transaction: all of it is on the disk when this answers `Ok`,
    /// and nothing of it otherwise.
    ///
    /// # Errors
    /// What `work` answers, faults of beginning and committing, and [`StoreError::Closed`].
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.write(work).await
    }

    /// Lets SQLite measure its indexes and shorten its journal: after an import, or once in a while.
    ///
    /// # Errors
    /// Faults of the file.
    pub async fn optimize(&self) -> Result<(), StoreError> {
        self.0.optimize().await
    }

    /// For simulations of a power cut: at the `commits`-th commit from now on (from 1) the program is dead to this file.
    /// Whatever is asked of any clone from then on is refused, as [`StoreError::Closed`], until the file is opened anew.
    pub fn die_at(&self, commits: u32, moment: Moment) {
        self.0.death().at(commits, moment);
    }

    /// Whether the death of [`AccountStore::die_at`] has come.
    pub fn is_dead(&self) -> bool {
        self.0.death().has_come()
    }

    /// Waits for what is at work, then closes the file. Whatever is asked of any clone later is refused.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl fmt::Debug for AccountStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountStore")
    }
}
