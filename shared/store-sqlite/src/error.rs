//! Why a file cannot be opened, and what SQLite's errors mean to the trait.

use reconnect_store::{CommitError, StoreError};
use rusqlite::{Error, ErrorCode};
use std::path::{Path, PathBuf};

/// A file that cannot be opened. Nothing was written to it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The path leads nowhere, or the system forbids it.
    #[error("cannot open {}: {reason}. Check that its folder exists and that you may write there", path.display())]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file may be read but not written.
    #[error("{} may not be written. Change its permissions, or copy it to a place of your own", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else altogether.
    #[error("{} is not a database and was left alone. Name another file, or move this one away", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database of another program.
    #[error(
        "{} is a database of another program (application id {application_id:#010x}) and was left alone. Name another file",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What `PRAGMA application_id` says in it.
        application_id: i32,
    },
    /// A newer program has written it.
    #[error(
        "{} was written by a newer version of this program (tables {found}, known here: up to {known}) and was left alone. \
         Use that version, or another file",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i32,
        /// The greatest that this program knows.
        known: i32,
    },
    /// The file is ours but damaged.
    #[error("{} is damaged: {reason}. Put a copy of it aside, and restore a backup or an export", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        reason: String,
    },
    /// Another process kept it locked for longer than [`crate::Options::busy_timeout`].
    #[error("{} is locked by another process. Try again when that one is done", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// There is no room to make it.
    #[error("no room for {}: {reason}. Free some space on that disk", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
}

impl OpenError {
    pub(crate) fn from_sql(path: &Path, error: &Error) -> OpenError {
        let (path, reason) = (path.to_owned(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => OpenError::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path, reason },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy { path },
            Some(ErrorCode::DiskFull) => OpenError::Full { path, reason },
            Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
            _ => OpenError::Unreachable { path, reason },
        }
    }
}

/// A read failed.
pub(crate) fn store_error(error: &Error) -> StoreError {
    let reason = error.to_string();
    if is_damage(error) { StoreError::Corrupt(reason) } else { StoreError::Unavailable(reason) }
}

/// A commit failed.
pub(crate) fn commit_error(error: &Error) -> CommitError {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => CommitError::Full(reason),
        _ if is_damage(error) => CommitError::Corrupt(reason),
        _ => CommitError::Unavailable(reason),
    }
}

/// Whether the file holds something that was never written there.
fn is_damage(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || matches!(
            error,
            Error::FromSqlConversionFailure(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::InvalidColumnType(..)
                | Error::Utf8Error(..)
        )
}

/// What is answered once the store is closed.
pub(crate) fn closed() -> String {
    "the store is closed".to_owned()
}
