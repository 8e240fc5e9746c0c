//! [`Call`]: one call as it came over the wire, read from a query, a form or a multipart body.

use std::borrow::Cow;

use bytes::Bytes;

use crate::{ApiError, Args, Code, Format, MethodName, form, multipart};

/// The parts of an HTTP request that make a call. Cookies and headers never are arguments.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// NAME of `/method/NAME`, percent-decoded; `None` on `/restserver.php`.
    pub path_method: Option<&'a str>,
    /// What follows the question mark, still encoded.
    pub query: Option<&'a str>,
    /// The header `Content-Type`.
    pub content_type: Option<&'a [u8]>,
    /// The body, empty for GET.
    pub body: Bytes,
}

/// How much of everything a call may have.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the query, encoded.
    pub query: usize,
    /// Bytes of the body.
    pub body: usize,
    /// Bytes of a body that comes to the host for videos.
    pub video: usize,
    /// Number of arguments, those of the query and of the body together.
    pub arguments: usize,
    /// Bytes of one argument's name.
    pub name: usize,
    /// Bytes of one argument's value. (An upload is no argument: the body's limit holds for it.)
    pub value: usize,
}

impl Default for Limits {
    /// 64 KiB of query, 16 MiB of body, 64 MiB with a video, 256 arguments, 256 bytes a name, 1 MiB a value.
    fn default() -> Self {
        Self { query: 64 << 10, body: 16 << 20, video: 64 << 20, arguments: 256, name: 256, value: 1 << 20 }
    }
}

/// The file of a multipart call. It takes no part in the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The name that the client gave it.
    pub filename: Option<String>,
    /// The part's `Content-Type` as sent; the Java client says `image`. Never trust it.
    pub content_type: Option<String>,
    /// The content.
    pub bytes: Bytes,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// All arguments, those of the query first; a field of the body stands in the place of one of the query of the same name.
    pub args: Args,
    /// The file of a multipart call.
    pub upload: Option<Upload>,
    /// The method; `None` is error 3 at its place in the order of checks.
    pub method: Option<MethodName>,
    /// How to answer.
    pub format: Format,
    /// JSONP: the function to wrap the answer in. Its characters have been checked.
    pub callback: Option<String>,
}

/// A request that is no call.
#[derive(Clone, Debug)]
pub enum Refused {
    /// To be answered with HTTP status 413, before anything was read.
    TooLarge(TooLarge),
    /// To be answered with an error document like any other failed call: [`crate::render::error`] of both.
    Malformed {
        /// What could be read: knows the format, and the wrapper unless that was what is wrong.
        call: Box<Call>,
        /// What was wrong: 100 or 105.
        error: ApiError,
    },
}

/// What was too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// The query.
    Query,
    /// The body.
    Body,
}

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    ///
    /// [`Refused::TooLarge`] when query or body pass their limits; [`Refused::Malformed`] with error 105 for too many arguments and
    /// 100 for a name or value that is too long, a multipart body that cannot be read, a `callback` that is no function name.
    pub fn read(request: Request<'_>, limits: &Limits) -> Result<Call, Refused> {
        let query = request.query.unwrap_or("").as_bytes();
        if query.len() > limits.query {
            return Err(Refused::TooLarge(TooLarge::Query));
        }
        if request.body.len() > limits.body {
            return Err(Refused::TooLarge(TooLarge::Body));
        }
        // A multipart body is mostly file, a form is all arguments.
        let is_multipart = request.content_type.is_some_and(multipart::is_multipart);
        let of_body = if is_multipart { 0 } else { request.body.len().min(limits.value) };
        let mut args = Args::with_capacity(query.len() + of_body);
        let mut upload = None;
        let arguments = form::read(query, &mut args, limits).and_then(|()| {
            upload = read_body(request.content_type, request.body, &mut args, limits)?;
            Ok(())
        });
        let path_method = request.path_method.and_then(|name| MethodName::read(name.as_bytes()));
        let mut call = Call::of(args, Format::Xml);
        call.method = path_method.or(call.method);
        call.upload = upload;
        let callback = read_callback(&call.args);
        match (arguments, callback) {
            (Ok(()), Ok(callback)) => Ok(Call { callback, ..call }),
            (Err(error), callback) => {
                call.callback = callback.unwrap_or_default();
                Err(Refused::Malformed { call: Box::new(call), error })
            }
            // Never wrap an answer in a name that was refused.
            (Ok(()), Err(error)) => Err(Refused::Malformed { call: Box::new(call), error }),
        }
    }

    /// Reads one entry of `batch.run`: a complete call in form encoding, answered in its own format or else in that of the outer
    /// call, never with a wrapper of its own.
    ///
    /// Arguments beyond [`Limits::default`] are not read; the entry's signature then fails.
    pub fn from_query(text: &[u8], outer: Format) -> Call {
        let mut args = Args::with_capacity(text.len());
        let _cut_off = form::read(text, &mut args, &Limits::default());
        Call::of(args, outer)
    }

    /// The session key, without the carriage returns that the 2008 server removed; `None` when missing or empty.
    ///
    /// # Errors
    ///
    /// Error 102 when it is not text.
    pub fn session_key(&self) -> Result<Option<Cow<'_, str>>, ApiError> {
        let Some(sent) = self.args.present("session_key") else { return Ok(None) };
        let text = match without_carriage_returns(sent) {
            Cow::Borrowed(sent) => std::str::from_utf8(sent).map(Cow::Borrowed).ok(),
            Cow::Owned(cleaned) => String::from_utf8(cleaned).map(Cow::Owned).ok(),
        };
        match text {
            Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            None => Err(Code::ParamSessionKey.into()),
        }
    }

    /// The call that these arguments make, without upload and wrapper.
    fn of(args: Args, default: Format) -> Call {
        let method = args.present("method").and_then(MethodName::read);
        let format = args.present("format").map_or(default, Format::read);
        Call { args, upload: None, method, format, callback: None }
    }
}

/// Reads the body into `args`. Everything but multipart is taken for a form: old clients send forms as `text/plain` or without
/// any type.
fn read_body(
    content_type: Option<&[u8]>,
    body: Bytes,
    args: &mut Args,
    limits: &Limits,
) -> Result<Option<Upload>, ApiError> {
    match content_type {
        Some(content_type) if multipart::is_multipart(content_type) => {
            multipart::read(content_type, body, args, limits)
        }
        _ => form::read(&body, args, limits).map(|()| None),
    }
}

/// The argument `callback` if it may stand in front of an answer.
fn read_callback(args: &Args) -> Result<Option<String>, ApiError> {
    let Some(sent) = args.present("callback") else { return Ok(None) };
    let name = without_carriage_returns(sent);
    if name.is_empty() {
        return Ok(None);
    }
    match std::str::from_utf8(&name) {
        Ok(name) if is_function_name(name) => Ok(Some(name.to_owned())),
        _ => Err(Code::Param.because("callback is not the name of a function")),
    }
}

/// Whether this can be a function's name and nothing else: `FB.ApiServer._callbacks.f1a2`, `window["cb"]`, `cb[3]`.
///
/// The 2008 server took any text, which lets a page of another site have its own script served from this one.
fn is_function_name(name: &str) -> bool {
    let mut inside_brackets = false;
    for byte in name.bytes() {
        match byte {
            b'[' if !inside_brackets => inside_brackets = true,
            b']' if inside_brackets => inside_brackets = false,
            b'"' | b'\'' if inside_brackets => {}
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | b'.' => {}
            _ => return false,
        }
    }
    !inside_brackets && (1..=128).contains(&name.len())
}

/// The 2008 server removed U+000D from `method`, `session_key`, `format`, `callback` and `v`. The signature is over what was sent,
/// so the arguments keep them and those who read these five drop them here.
pub(crate) fn without_carriage_returns(value: &[u8]) -> Cow<'_, [u8]> {
    if value.contains(&b'\r') {
        Cow::Owned(value.iter().copied().filter(|byte| *byte != b'\r').collect())
    } else {
        Cow::Borrowed(value)
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
