//! What an SQLite result code means to us.

use rusqlite::ErrorCode;

/// A kind of fault somebody acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    DiskFull,
    Busy,
    Corrupt,
    NotADatabase,
    NotWritable,
    CannotOpen,
    Io,
    Other,
}

impl Fault {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, _) = error else { return Self::Other };
        match failure.code {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::DatabaseCorrupt => Self::Corrupt,
            ErrorCode::NotADatabase => Self::NotADatabase,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::NotWritable,
            ErrorCode::CannotOpen => Self::CannotOpen,
            ErrorCode::SystemIoFailure => Self::Io,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn each_result_code_is_told_apart() {
        for (code, fault) in [
            (ffi::SQLITE_FULL, Fault::DiskFull),
            (ffi::SQLITE_BUSY, Fault::Busy),
            (ffi::SQLITE_BUSY_SNAPSHOT, Fault::Busy),
            (ffi::SQLITE_LOCKED, Fault::Busy),
            (ffi::SQLITE_CORRUPT, Fault::Corrupt),
            (ffi::SQLITE_NOTADB, Fault::NotADatabase),
            (ffi::SQLITE_READONLY, Fault::NotWritable),
            (ffi::SQLITE_READONLY_DIRECTORY, Fault::NotWritable),
            (ffi::SQLITE_PERM, Fault::NotWritable),
            (ffi::SQLITE_CANTOPEN, Fault::CannotOpen),
            (ffi::SQLITE_IOERR_WRITE, Fault::Io),
            (ffi::SQLITE_CONSTRAINT, Fault::Other),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(Fault::of(&error), fault, "{code}");
        }
        assert_eq!(Fault::of(&rusqlite::Error::QueryReturnedNoRows), Fault::Other);
    }
}
