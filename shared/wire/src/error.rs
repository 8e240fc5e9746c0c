//! [`ApiError`]: one error as the wire says it, a code of the table and its message.

use std::borrow::Cow;
use std::fmt;

use crate::Code;

/// An error of the API. Its [`Display`](fmt::Display) text is `error_msg`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Which error.
    pub code: Code,
    /// What exactly was wrong: follows the standard text after a colon (`Invalid parameter: auth_token is missing`).
    pub detail: Option<Cow<'static, str>>,
    /// The whole message where it is not the standard text (`Unknown table: usr` for code 603). Wins over `detail`.
    pub message: Option<Cow<'static, str>>,
}

impl ApiError {
    /// The error with its standard text.
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, message: None }
    }

    /// Adds a detail behind the standard text. Never put a secret or another person's data into it.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Replaces the standard text, where the live service had a text that depends on the call (errors 5, 190, 601-606).
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Error 5 names the address that was refused (2008 server).
    pub fn bad_ip(address: impl fmt::Display) -> Self {
        Self::new(Code::BadIp).with_message(format!("{} (ip was: {address})", Code::BadIp.text()))
    }

    /// Error 100 about one argument: `NAME is missing`.
    pub fn missing(name: &str) -> Self {
        Self::new(Code::Param).because(format!("{name} is missing"))
    }

    /// The text of `error_msg`.
    pub fn text(&self) -> Cow<'_, str> {
        match (&self.message, &self.detail) {
            (Some(message), _) => Cow::Borrowed(message),
            (None, Some(detail)) => Cow::Owned(format!("{}: {detail}", self.code.text())),
            (None, None) => Cow::Borrowed(self.code.text()),
        }
    }
}

impl Code {
    /// The error of this code with a detail behind the standard text.
    pub fn because(self, detail: impl Into<Cow<'static, str>>) -> ApiError {
        ApiError::new(self).because(detail)
    }

    /// The error of this code with a message of its own.
    pub fn with_message(self, message: impl Into<Cow<'static, str>>) -> ApiError {
        ApiError::new(self).with_message(message)
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_the_standard_text_plus_detail_or_its_own() {
        assert_eq!(ApiError::from(Code::ParamSignature).to_string(), "Incorrect signature");
        assert_eq!(ApiError::missing("auth_token").to_string(), "Invalid parameter: auth_token is missing");
        assert_eq!(Code::FqlUnknownTable.with_message("Unknown table: usr").to_string(), "Unknown table: usr");
        assert_eq!(ApiError::bad_ip("192.0.2.7").to_string(), "Unauthorized source IP address (ip was: 192.0.2.7)");
    }
}
