//! Answers and errors as documents: format, JSONP wrapper, content type.

use std::borrow::Cow;
use std::fmt::{self, Display};

use serde::{Serialize, Serializer};

use crate::xml::Root;
use crate::{ApiError, Args, Call, json, xml};

/// The formats of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// XML, also for every unknown name and for none.
    #[default]
    Xml,
    /// JSON with numbers as numbers.
    Json,
    /// JSON with every number as a string: what the JavaScript SDK and PHP SDK of 2010 ask for.
    JsonStrings,
}

impl Format {
    /// Reads the argument `format`: any case, carriage returns dropped.
    pub(crate) fn read(sent: &[u8]) -> Format {
        let name = crate::call::without_carriage_returns(sent);
        if name.eq_ignore_ascii_case(b"json") {
            Format::Json
        } else if name.eq_ignore_ascii_case(b"json-strings") {
            Format::JsonStrings
        } else {
            Format::Xml
        }
    }
}

/// A document to send. The HTTP status is 200, for errors too: old clients look at no other answer's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The header `Content-Type`.
    pub content_type: &'static str,
    /// The bytes, UTF-8.
    pub body: Vec<u8>,
}

/// A value that cannot be written in the format that was asked for: a defect of a method, not of a call.
#[derive(Debug)]
pub struct RenderError(String);

impl Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer cannot be written: {}", self.0)
    }
}

impl std::error::Error for RenderError {}

impl serde::ser::Error for RenderError {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<serde_json::Error> for RenderError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// The answer to a call.
///
/// # Errors
///
/// When the value has no form in the format: map keys that are no text, in XML enum variants with several fields.
pub fn answer<T: Serialize + ?Sized>(call: &Call, value: &T) -> Result<Document, RenderError> {
    if call.format != Format::Xml {
        return document(call, "", false, value);
    }
    let (root, is_query) = match &call.method {
        Some(method) => (method.root() + "_response", matches!(method.folded(), "fql.query" | "fql.multiquery")),
        None => ("response".to_owned(), false),
    };
    document(call, &root, !is_query, value)
}

/// The error document of a call: code and text first (the Java client takes them by position), then the arguments as they arrived.
/// Those that carry a secret are left out. A method that was named by the path only is no argument and so is not among them.
pub fn error(call: &Call, error: &ApiError) -> Document {
    let failure = Failure { error_code: error.code.number(), error_msg: &error.text(), request_args: Echo(&call.args) };
    // Numbers, texts and a list have a form in every format.
    document(call, "error_response", true, &failure)
        .unwrap_or_else(|_| Document { content_type: content_type(call), body: Vec::new() })
}

#[derive(Serialize)]
struct Failure<'a> {
    error_code: u16,
    error_msg: &'a str,
    request_args: Echo<'a>,
}

/// The arguments to echo.
struct Echo<'a>(&'a Args);

impl Serialize for Echo<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let echoed = self.0.iter().filter(|(name, value)| !holds_secret(name, value));
        serializer.collect_seq(echoed.map(|(name, value)| Arg { key: Text(name), value: Text(value) }))
    }
}

/// What no answer repeats.
const SECRETS: [&[u8]; 3] = [b"access_token", b"client_secret", b"password"];

/// Whether an argument is a secret, or a batch that has one in an entry.
fn holds_secret(name: &[u8], value: &[u8]) -> bool {
    let mentions = |secret: &[u8]| value.windows(secret.len()).any(|window| window.eq_ignore_ascii_case(secret));
    SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
        || (name == b"method_feed" && SECRETS.iter().any(|secret| mentions(secret)))
}

#[derive(Serialize)]
#[serde(rename = "arg")]
struct Arg<'a> {
    key: Text<'a>,
    value: Text<'a>,
}

/// Bytes as text, without those that are not UTF-8.
struct Text<'a>(&'a [u8]);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = match std::str::from_utf8(self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(self.0.utf8_chunks().map(|chunk| chunk.valid()).collect()),
        };
        serializer.serialize_str(&text)
    }
}

/// Writes a document in the call's format and wrapper.
fn document<T: Serialize + ?Sized>(
    call: &Call,
    root: &str,
    schema_location: bool,
    value: &T,
) -> Result<Document, RenderError> {
    let mut body = Vec::with_capacity(512);
    if let Some(callback) = &call.callback {
        // The comment stops content sniffers from taking the body for something else than a script.
        body.extend_from_slice(b"/**/");
        body.extend_from_slice(callback.as_bytes());
        body.push(b'(');
    }
    match (call.format, &call.callback) {
        (Format::Xml, None) => xml::write(&mut body, &Root { name: root, schema_location }, value)?,
        (Format::Xml, Some(_)) => {
            let mut inner = Vec::with_capacity(512);
            xml::write(&mut inner, &Root { name: root, schema_location }, value)?;
            quote(&inner, &mut body);
        }
        (format, _) => json::write(&mut body, value, format == Format::JsonStrings)?,
    }
    if call.callback.is_some() {
        body.extend_from_slice(b");");
    }
    Ok(Document { content_type: content_type(call), body })
}

/// An XML document as a string of JavaScript, as the 2008 server quoted it; and also without the two line separators that end a
/// string in old scripts.
fn quote(xml: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for letter in std::str::from_utf8(xml).unwrap_or_default().chars() {
        match letter {
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{2028}' => out.extend_from_slice(b"\\u2028"),
            '\u{2029}' => out.extend_from_slice(b"\\u2029"),
            '\\' | '\'' | '"' => out.extend([b'\\', letter as u8]),
            _ => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'\'');
}

/// Scripts need the charset, as they else have that of their page; for XML it is harmless.
fn content_type(call: &Call) -> &'static str {
    match (call.format, &call.callback) {
        (_, Some(_)) => "text/javascript;charset=utf-8",
        (Format::Xml, None) => "text/xml;charset=utf-8",
        (Format::Json | Format::JsonStrings, None) => "application/json",
    }
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
