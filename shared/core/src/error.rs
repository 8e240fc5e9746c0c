//! Errors by meaning, and the one road from them to the wire.

use reconnect_store::{CommitError, StoreError};
use reconnect_wire::{ApiError, Code};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller did something that the protocol has an error for.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store could not be written, or a race was lost too often.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// Something that must not happen did: a defect of ours, or a damaged record.
    #[error("internal: {0}")]
    Internal(String),
}

/// What the core and the methods return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What the caller is told. What went wrong inside stays inside: it goes to the log, never on the wire.
    pub fn on_the_wire(&self) -> ApiError {
        match self {
            Error::Api(error) => error.clone(),
            Error::Store(_) | Error::Commit(_) => ApiError::from(Code::Service),
            Error::Internal(_) => ApiError::from(Code::Unknown),
        }
    }

    /// Whether the owner of the server has to look at it.
    pub fn is_ours(&self) -> bool {
        !matches!(self, Error::Api(_))
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Error {
        Error::Api(code.into())
    }
}

/// Error 100 with the reason.
pub fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Api(ApiError::from(Code::Param).because(why))
}
