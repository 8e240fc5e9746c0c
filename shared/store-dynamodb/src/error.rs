//! Why a table cannot be opened, in one line each; and what the database's errors mean.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;
use std::fmt;

/// Why a table cannot be opened.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the fields are named by the texts
pub enum OpenError {
    /// A setting is missing or wrong.
    #[error("{0}")]
    Setting(String),
    /// The database cannot be reached or does not answer as it should.
    #[error("DynamoDB cannot be reached for the table {table}: {why}")]
    Unreachable { table: String, why: String },
    /// There is no such table.
    #[error("there is no table {table} in {place}")]
    NoTable { table: String, place: String },
    /// The credentials do not allow it.
    #[error("no right to use the table {table}: {why}")]
    NoRight { table: String, why: String },
    /// The table's keys or index are not ours.
    #[error("the table {table} is not one of ours: {why}")]
    Foreign { table: String, why: String },
    /// Nobody has prepared the table.
    #[error(
        "the table {table} is empty and not prepared yet; `reconnect app create --table {table} …` or `reconnect import FILE --table \
         {table}` does it"
    )]
    NotPrepared { table: String },
    /// The table was written by a newer program.
    #[error("the table {table} has the schema {found}, this program knows {known}; use a newer program")]
    Newer { table: String, found: u32, known: u32 },
    /// An import broke off.
    #[error(
        "the table {table} holds half an import; run `reconnect import FILE --table {table}` again, which clears it first"
    )]
    HalfImported { table: String },
    /// Somebody else's import has begun meanwhile.
    #[error("another import into the table {table} has begun meanwhile; this one has written nothing that counts")]
    Overtaken { table: String },
    /// An import goes into an empty table only.
    #[error("the table {table} is not empty; import into a new one")]
    NotEmpty { table: String },
    /// It is there already.
    #[error("there is a table {table} already")]
    Exists { table: String },
}

/// Behind a failure: the request did not leave this machine, so that it can be sent again whatever it is.
#[derive(Debug)]
pub(crate) struct NotSent(pub(crate) reqwest::Error);

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no connection")
    }
}

impl Error for NotSent {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// What became of a request that did not succeed.
pub(crate) enum Failed<E> {
    /// It was refused and nothing was done; it may be sent again.
    Refused(String),
    /// Nobody knows whether it was done: the reply was lost, or says so.
    Unknown(String),
    /// It will fail again.
    Final(Box<SdkErrorOf<E>>),
}

pub(crate) type SdkErrorOf<E> = SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>;

/// Errors that pass: too much at once, or somebody else at the same item.
const PASSING: [&str; 7] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "Throttling",
    "TransactionConflictException",
    "TransactionInProgressException",
    "LimitExceededException",
];

/// Judges an error.
pub(crate) fn judge<E: ProvideErrorMetadata + Error + Send + Sync + 'static>(error: SdkErrorOf<E>) -> Failed<E> {
    let text = describe(&error);
    match &error {
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(connector) if connector.source().is_some_and(|source| source.is::<NotSent>()) => Failed::Refused(text),
            Some(connector) if connector.is_user() => Failed::Final(Box::new(error)),
            _ => Failed::Unknown(text),
        },
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Failed::Unknown(text),
        SdkError::ServiceError(service) => match service.err().code() {
            Some(code) if PASSING.contains(&code) => Failed::Refused(text),
            _ if service.raw().status().as_u16() >= 500 => Failed::Unknown(text),
            _ => Failed::Final(Box::new(error)),
        },
        _ => Failed::Final(Box::new(error)),
    }
}

/// One line about an error: the service's code and message, or the whole chain of what went wrong on the way to it.
pub(crate) fn describe<E: ProvideErrorMetadata + Error + 'static>(error: &SdkErrorOf<E>) -> String {
    if let Some(service) = error.as_service_error()
        && let Some(code) = service.code()
    {
        return format!("{code}: {}", service.message().unwrap_or("no message"));
    }
    // A proxy's page, or nothing that the SDK can read.
    let status = error.raw_response().map(|response| format!(" (HTTP status {})", response.status().as_u16()));
    let mut text = format!("{error}{}", status.unwrap_or_default());
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
