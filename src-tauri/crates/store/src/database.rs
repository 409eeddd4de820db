//! One writer, a few readers, and the turn of each.

use crate::connection;
use crate::death::{Death, Moment};
use crate::error::{During as _, OpenError, StoreError};
use crate::key::DatabaseKey;
use crate::migration::Schema;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Readers of one file. SQLite lets them work while the writer writes.
const READERS: u32 = 3;

/// An open database. Clones share it.
#[derive(Clone)]
pub(crate) struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    /// None once closed.
    writer: Mutex<Option<Connection>>,
    write_turn: Arc<Semaphore>,
    /// Readers that are not at work.
    readers: Mutex<Vec<Connection>>,
    read_turns: Arc<Semaphore>,
    /// A database in memory has one connection for both.
    writer_reads: bool,
    death: Death,
}

impl Database {
    pub(crate) async fn open(path: &Path, key: &DatabaseKey, schema: Schema) -> Result<Self, OpenError> {
        let (path, key) = (path.to_owned(), key.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let writer = connection::writer(&path, &key, schema)?;
            let readers = (0..READERS)
                .map(|_| connection::reader(&path, &key))
                .collect::<Result<Vec<_>, OpenError>>()?;
            Ok(Self::of(writer, readers))
        });
        finished(opened.await).unwrap_or(Err(OpenError::Closed))
    }

    pub(crate) fn open_in_memory(schema: Schema) -> Result<Self, OpenError> {
        Ok(Self::of(connection::in_memory(schema)?, Vec::new()))
    }

    fn of(writer: Connection, readers: Vec<Connection>) -> Self {
        let writer_reads = readers.is_empty();
        let shared = Shared {
            writer: Mutex::new(Some(writer)),
            write_turn: Arc::new(Semaphore::new(1)),
            read_turns: Arc::new(Semaphore::new(readers.len())),
            readers: Mutex::new(readers),
            writer_reads,
            death: Death::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Runs `work` on one consistent state of the database.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let turns = if shared.writer_reads { &shared.write_turn } else { &shared.read_turns };
        let turn = Arc::clone(turns).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            shared.death.check()?;
            if shared.writer_reads {
                return snapshot(locked(&shared.writer).as_ref().ok_or(StoreError::Closed)?, work);
            }
            let reader = Borrowed::take(&shared)?;
            snapshot(reader.connection(), work)
        });
        finished(done.await).unwrap_or(Err(StoreError::Closed))
    }

    /// Runs `work` in a transaction that is kept when it ends well and undone otherwise. Writes take turns in the
    /// order they were asked for; one that began ends even when nobody waits for it any more.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let turn = Arc::clone(&shared.write_turn).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            shared.death.check()?;
            let mut writer = locked(&shared.writer);
            let conn = writer.as_mut().ok_or(StoreError::Closed)?;
            let tx =
                conn.transaction_with_behavior(TransactionBehavior::Immediate).during("begin to write")?;
            let result = work(&tx)?;
            if shared.death.strikes(Moment::BeforeCommit) {
                return Err(StoreError::Closed);
            }
            tx.commit().during("commit")?;
            if shared.death.strikes(Moment::AfterCommit) {
                return Err(StoreError::Closed);
            }
            Ok(result)
        });
        finished(done.await).unwrap_or(Err(StoreError::Closed))
    }

    /// See [`Death`].
    pub(crate) fn death(&self) -> &Death {
        &self.shared.death
    }

    /// Waits for what is at work and closes the files. Everything asked for later is refused.
    pub(crate) async fn close(&self) {
        let shared = Arc::clone(&self.shared);
        let writes = Arc::clone(&shared.write_turn).acquire_owned().await;
        let reads = match shared.writer_reads {
            true => None,
            false => Arc::clone(&shared.read_turns).acquire_many_owned(READERS).await.ok(),
        };
        shared.write_turn.close();
        shared.read_turns.close();
        let closed = tokio::task::spawn_blocking(move || {
            let _turns = (writes, reads);
            locked(&shared.readers).clear();
            // The last connection moves the journal into the file.
            drop(locked(&shared.writer).take());
        });
        finished(closed.await);
    }

    /// Lets SQLite measure its indexes and tidy up, after an import or once in a while.
    pub(crate) async fn optimize(&self) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let turn = Arc::clone(&shared.write_turn).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let writer = locked(&shared.writer);
            let conn = writer.as_ref().ok_or(StoreError::Closed)?;
            conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);")
                .during("tidy the database up")
        });
        finished(done.await).unwrap_or(Err(StoreError::Closed))
    }
}

fn snapshot<T>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = conn.unchecked_transaction().during("begin to read")?;
    work(&tx)
}

/// A reader at work; goes back to the others when dropped.
struct Borrowed<'a> {
    shared: &'a Shared,
    connection: Option<Connection>,
}

impl<'a> Borrowed<'a> {
    fn take(shared: &'a Shared) -> Result<Self, StoreError> {
        // A turn was given, so a reader is there unless the store was closed meanwhile.
        let connection = locked(&shared.readers).pop().ok_or(StoreError::Closed)?;
        Ok(Self { shared, connection: Some(connection) })
    }

    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("it is given back only when dropped")
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        locked(&self.shared.readers).extend(self.connection.take());
    }
}

/// A panic while the lock was held undid its transaction: the connection is sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes a panic on; none when the runtime ends before the work began.
fn finished<T>(joined: Result<T, tokio::task::JoinError>) -> Option<T> {
    match joined {
        Ok(result) => Some(result),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}
