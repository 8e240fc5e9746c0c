//! What can go wrong in a store.

use crate::limits;

/// A read failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The backend could not be reached, is overloaded, or its disk failed. Trying again may help.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The call itself is one that no backend takes (too many keys, a range over an unordered kind …): a defect of the caller.
    #[error("the store refuses this call: {0}")]
    Refused(String),
    /// What was read is not what was written: the file is damaged.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
}

/// Why a precondition did not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conflict {
    /// It is there, and must not be.
    Exists,
    /// It is not there, and must be.
    Missing,
    /// The object has another version than the expected one.
    Version,
    /// The association has other data than the expected ones.
    Data,
    /// The counter would pass its floor or ceiling; its value is this.
    Bound(i64),
}

/// A commit failed; nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A precondition did not hold: the caller reads again and decides anew.
    #[error("write {write} of the batch: {conflict:?}")]
    Conflict {
        /// Which write of the batch, counted from 0: the first that failed.
        write: usize,
        /// Why.
        conflict: Conflict,
    },
    /// The disk has no room.
    #[error("the store is full: {0}")]
    Full(String),
    /// The batch is larger than `limits` allow, names one item twice, or breaks a rule of its kinds: a defect of the caller.
    #[error("the store refuses this batch: {0}")]
    Refused(String),
    /// The backend could not be reached, is overloaded, or its disk failed.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The file is damaged.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
}

impl CommitError {
    /// The conflict, if it is one.
    pub fn conflict(&self) -> Option<(usize, Conflict)> {
        match self {
            CommitError::Conflict { write, conflict } => Some((*write, *conflict)),
            _ => None,
        }
    }

    pub(crate) fn too_many_actions() -> CommitError {
        CommitError::Refused(format!("more than {} actions", limits::MAX_ACTIONS))
    }
}
