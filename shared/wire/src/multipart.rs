//! Multipart bodies, with the oddities of the clients of the time.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{FutureExt, future, stream};
use multer::{Error, Field, Multipart};

use crate::call::{Limits, Upload};
use crate::{ApiError, Args, Code};

/// Whether the header says `multipart/form-data`.
pub(crate) fn is_multipart(content_type: &[u8]) -> bool {
    const TYPE: &[u8] = b"multipart/form-data";
    content_type.trim_ascii_start().get(..TYPE.len()).is_some_and(|start| start.eq_ignore_ascii_case(TYPE))
}

/// Reads the fields into `args` and gives the file, if there is one.
///
/// The body is all there, so the parser's futures are ready at the first poll.
pub(crate) fn read(
    content_type: &[u8],
    body: Bytes,
    args: &mut Args,
    limits: &Limits,
) -> Result<Option<Upload>, ApiError> {
    let boundary = boundary(content_type).ok_or_else(|| unreadable("the boundary is missing"))?;
    let body = stream::once(future::ready(Ok::<_, Infallible>(body)));
    let mut parts = Multipart::new(body, boundary);
    let mut upload = None;
    let mut count = 0;
    loop {
        match parts.next_field().now_or_never() {
            Some(Ok(Some(part))) => read_part(part, args, &mut upload, limits)?,
            Some(Ok(None)) => return Ok(upload),
            // The iPhone client ends the body with a plain boundary instead of the closing one.
            Some(Err(Error::IncompleteStream)) if count > 0 => return Ok(upload),
            Some(Err(_)) | None => return Err(unreadable("no part found where one should begin")),
        }
        count += 1;
        limits.check_count(count)?;
    }
}

/// Reads one part: a file when it has a file name, whatever its own name; else an argument.
fn read_part(part: Field<'_>, args: &mut Args, upload: &mut Option<Upload>, limits: &Limits) -> Result<(), ApiError> {
    let filename = part.file_name().map(str::to_owned);
    let name = part.name().unwrap_or("").to_owned();
    // Not parsed: the Java client sends `image`, which is no media type.
    let content_type = part.headers().get("content-type").map(|value| String::from_utf8_lossy(value.as_bytes()).into());
    let Some(Ok(bytes)) = part.bytes().now_or_never() else { return Err(unreadable("it ends within a part")) };
    if filename.is_some() {
        return keep_file(upload, Upload { filename, content_type, bytes });
    }
    // A part with an empty name takes no part in the signature (seen from real clients).
    if name.is_empty() {
        return Ok(());
    }
    limits.check_name(name.len())?;
    limits.check_value(name.as_bytes(), bytes.len())?;
    args.set(name.as_bytes(), &bytes);
    limits.check_count(args.len())
}

/// A call carries one file. A browser's form sends an empty one where none was chosen; that is none.
fn keep_file(upload: &mut Option<Upload>, file: Upload) -> Result<(), ApiError> {
    if file.bytes.is_empty() && file.filename.as_deref() == Some("") {
        return Ok(());
    }
    match upload.replace(file) {
        None => Ok(()),
        Some(_) => Err(Code::Param.because("more than one file")),
    }
}

/// The parameter `boundary`, quoted or not. Looser than the grammar of media types, as clients put characters into it that would
/// need quotes.
fn boundary(content_type: &[u8]) -> Option<String> {
    const NAME: &str = "boundary=";
    let header = std::str::from_utf8(content_type).ok()?;
    let at = header.to_ascii_lowercase().find(NAME)? + NAME.len();
    let value = &header[at..];
    let boundary = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([';', ',', ' ', '\t']).next()?,
    };
    Some(boundary.to_owned()).filter(|boundary| !boundary.is_empty())
}

fn unreadable(what: &str) -> ApiError {
    Code::Param.because(format!("the multipart body cannot be read: {what}"))
}

#[cfg(test)]
#[path = "multipart_tests.rs"]
mod tests;
