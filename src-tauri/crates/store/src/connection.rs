//! Opening connections.

use crate::error::OpenError;
use crate::key::DatabaseKey;
use crate::migration::{self, Schema};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long a statement waits for another process's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements kept ready per connection.
const STATEMENT_CACHE: usize = 160;
/// Page caches, in KiB. Encrypted pages are dear to read again, yet the whole core has to stay small.
const WRITER_CACHE_KIB: i64 = 32 * 1024;
const READER_CACHE_KIB: i64 = 24 * 1024;
/// The journal is cut back to this size after a burst of writes.
const JOURNAL_LIMIT_BYTES: i64 = 64 * 1024 * 1024;

/// The one connection that writes; brings the schema up to date. A database of a newer program is left alone.
pub(crate) fn writer(path: &Path, key: &DatabaseKey, schema: Schema) -> Result<Connection, OpenError> {
    create_private_file(path)?;
    let fail = |source| OpenError::of_sqlite(path.to_owned(), source);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    unlock(&conn, key).map_err(fail)?;
    // SQLite quietly falls back to reading when a file cannot be written.
    if conn.is_readonly("main").map_err(fail)? {
        return Err(OpenError::NotWritable { path: path.to_owned() });
    }
    let found = migration::version(&conn).map_err(fail)?;
    let known = migration::known(schema);
    if found > known {
        return Err(OpenError::NewerVersion { path: path.to_owned(), found, known });
    }
    set_up_writer(&conn).map_err(fail)?;
    migrate(&mut conn, path, schema)?;
    Ok(conn)
}

/// A connection that only reads. The database exists and is up to date.
pub(crate) fn reader(path: &Path, key: &DatabaseKey) -> Result<Connection, OpenError> {
    let fail = |source| OpenError::of_sqlite(path.to_owned(), source);
    // Opened for writing because a reader has to share the journal's index; `query_only` forbids the rest.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    unlock(&conn, key).map_err(fail)?;
    set_up(&conn, READER_CACHE_KIB).map_err(fail)?;
    conn.pragma_update(None, "query_only", true).map_err(fail)?;
    Ok(conn)
}

/// A database that lives as long as its connection, for tests and the demo.
pub(crate) fn in_memory(schema: Schema) -> Result<Connection, OpenError> {
    let path = Path::new(":memory:");
    let fail = |source| OpenError::of_sqlite(path.to_owned(), source);
    let mut conn = Connection::open_in_memory().map_err(fail)?;
    set_up(&conn, WRITER_CACHE_KIB).map_err(fail)?;
    migrate(&mut conn, path, schema)?;
    Ok(conn)
}

fn migrate(conn: &mut Connection, path: &Path, schema: Schema) -> Result<(), OpenError> {
    migration::bring_up_to_date(conn, schema).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => {
            match OpenError::of_sqlite(path.to_owned(), err) {
                OpenError::Io { path, source } => OpenError::Migrate { path, source },
                told_apart => told_apart,
            }
        }
        other => OpenError::Migrate { path: path.to_owned(), source: Box::new(other) },
    })
}

/// Gives the key and proves it by reading the first page.
fn unlock(conn: &Connection, key: &DatabaseKey) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    // Its own log goes to standard error past ours; what matters of it comes back as an error.
    conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
    // The key is in this text: should it ever fail, what SQLite says is not passed on.
    let pragma = key.pragma();
    if let Err(error) = conn.execute_batch(&pragma) {
        return Err(match error {
            rusqlite::Error::SqliteFailure(failure, _) => rusqlite::Error::SqliteFailure(failure, None),
            _ => rusqlite::Error::InvalidQuery,
        });
    }
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

fn set_up_writer(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // A commit is on the disk before it is answered: refreshed tokens are not handed out twice.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update_and_check(None, "journal_size_limit", JOURNAL_LIMIT_BYTES, |_| Ok(()))?;
    set_up(conn, WRITER_CACHE_KIB)
}

fn set_up(conn: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    // What is sorted on the side must not reach the disk in the clear.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // Views and triggers of a tampered file may not call functions with side effects.
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(())
}

/// Makes the folder and the file, the file for this user alone. SQLite gives its side files the same rights.
fn create_private_file(path: &Path) -> Result<(), OpenError> {
    let fail = |source| OpenError::of_system(path.to_owned(), source);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(fail(error)),
    }
}
