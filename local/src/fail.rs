//! What a person at the command line is told when something fails: one line, with the fix. Exit code 2 when the command line itself
//! is wrong, 1 for everything else.

use reconnect_core::Error;
use reconnect_store_sqlite::OpenError;
use std::process::ExitCode;

/// The end of a verb.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Why a verb failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for something that cannot be.
    Usage(String),
    /// It was understood and did not work.
    Failed(String),
    /// What there was to say has been printed: an error document, the findings of a check.
    Said,
}

impl Failure {
    /// Prints the line and answers the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (text, code) = match self {
            Failure::Usage(text) => (text, 2),
            Failure::Failed(text) => (text, 1),
            Failure::Said => return ExitCode::from(1),
        };
        eprintln!("reconnect: {}", one_line(&text));
        ExitCode::from(code)
    }
}

/// Shorthand for [`Failure::Failed`].
pub(crate) fn failed(text: impl Into<String>) -> Failure {
    Failure::Failed(text.into())
}

/// Shorthand for [`Failure::Usage`].
pub(crate) fn usage(text: impl Into<String>) -> Failure {
    Failure::Usage(text.into())
}

/// Scripts read one line; whatever a library says, it is put on one.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            // The wire's standard text ("Invalid parameter") says nothing to the owner; the detail does.
            Error::Api(api) => match api.detail {
                Some(detail) => failed(detail),
                None => failed(api.to_string()),
            },
            other => failed(other.to_string()),
        }
    }
}

impl From<reconnect_store::StoreError> for Failure {
    fn from(error: reconnect_store::StoreError) -> Failure {
        failed(error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        failed(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        failed(format!("the answer could not be written as JSON: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_library_says_is_told_in_one_line() {
        assert_eq!(one_line("a\n  b\n\nc\n"), "a b c");
    }

    #[test]
    fn the_owner_is_told_the_detail_and_not_the_wires_text() {
        let failure = Failure::from(reconnect_core::error::invalid("id 7 is taken"));
        assert!(matches!(failure, Failure::Failed(text) if text == "id 7 is taken"));
    }
}
