//! What people uploaded, served back: photos, pictures of events, and videos in parts. The address of a file is all that it takes to see it, as it was; nobody
//! guesses one. A file is written once, so that whoever has it need not ask again; and whatever its bytes are, it is shown as a picture or a
//! video, never as a page.

use crate::plain::not_found;
use crate::site::Site;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::stream;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use reconnect_store::blobs::{BlobError, Blobs, Piece, Window, check_key, content_type};
use std::sync::Arc;

/// How much of a file is in memory at a time for one who asks for it.
const AT_ONCE: u64 = 1 << 20;
/// A file never changes.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What a browser may do with it, and who may show it: any page, but for itself it is no page.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
];

/// The addresses of files.
pub(crate) fn router() -> Router<Site> {
    Router::new()
        .route("/photos/{part}/{name}", get(|site, path, headers| serve(site, "photos", path, headers)))
        .route("/events/{part}/{name}", get(|site, path, headers| serve(site, "events", path, headers)))
        .route("/videos/{part}/{name}", get(|site, path, headers| serve(site, "videos", path, headers)))
}

async fn serve(
    State(site): State<Site>,
    folder: &'static str,
    Path((part, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let key = format!("{folder}/{part}/{name}");
    let (Ok(()), Some(kind)) = (check_key(&key), content_type(&key)) else { return not_found().await };
    let blobs = &site.services.blobs;
    // Videos are too long to pass through a function of the cloud.
    if kind.starts_with("video/")
        && let Some(address) = blobs.address(&key)
    {
        return ([(header::CACHE_CONTROL, "private, no-store")], Redirect::temporary(&address)).into_response();
    }
    match answer(blobs, &key, kind, &headers).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(target: "reconnect", %error, "a file cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn answer(
    blobs: &Arc<dyn Blobs>,
    key: &str,
    kind: &'static str,
    headers: &HeaderMap,
) -> Result<Response, BlobError> {
    let tag = format!("\"{}\"", key.rsplit('/').next().unwrap_or_default());
    let asked = range(headers, &tag);
    // Of what is asked for the first part, which also says how long all of it is. The end of a file can be told only when that is known.
    let first = match asked {
        Asked::From(from, _) => Window { from, length: AT_ONCE },
        _ => Window { from: 0, length: AT_ONCE },
    };
    let Some(piece) = blobs.get(key, Some(first)).await? else { return Ok(not_found().await) };
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut response = if known.flat_map(|tags| tags.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match asked.within(piece.whole) {
            None => {
                let whole = format!("bytes */{}", piece.whole);
                (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, whole)]).into_response()
            }
            Some(window) => content(blobs, key, kind, window, first, piece, asked),
        }
    };
    let headers = response.headers_mut();
    headers.extend(ALWAYS);
    headers.insert(header::CACHE_CONTROL, KEEP);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

fn content(
    blobs: &Arc<dyn Blobs>,
    key: &str,
    kind: &'static str,
    window: Window,
    first: Window,
    piece: Piece,
    asked: Asked,
) -> Response {
    let (whole, length) = (piece.whole, window.length);
    let body = if first.from == window.from && length <= piece.bytes.len() as u64 {
        // No file in memory is longer than that.
        Body::from(piece.bytes.slice(..usize::try_from(length).unwrap_or(usize::MAX)))
    } else {
        parts(Arc::clone(blobs), key.to_owned(), window)
    };
    let shown = if kind == "application/octet-stream" { "attachment" } else { "inline" };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(shown));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if asked != Asked::All {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {}-{}/{whole}", window.from, window.from + length.saturating_sub(1));
        if let Ok(range) = HeaderValue::from_str(&range) {
            response.headers_mut().insert(header::CONTENT_RANGE, range);
        }
    }
    response
}

/// A file in parts, each read when the one before it has been sent. One that is removed meanwhile ends early, which the length tells.
fn parts(blobs: Arc<dyn Blobs>, key: String, window: Window) -> Body {
    Body::from_stream(stream::try_unfold((blobs, key, window), |(blobs, key, left)| async move {
        if left.length == 0 {
            return Ok(None);
        }
        let next = Window { length: left.length.min(AT_ONCE), ..left };
        let gone = || BlobError::Unavailable("the file was removed while it was sent".to_owned());
        let piece = blobs.get(&key, Some(next)).await?.ok_or_else(gone)?;
        let read = piece.bytes.len() as u64;
        if read == 0 {
            return Err(gone());
        }
        let left = Window { from: left.from + read, length: left.length - read.min(left.length) };
        Ok(Some((piece.bytes, (blobs, key, left))))
    }))
}

/// Which part of a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// All of it.
    All,
    /// From there on, up to and with that byte.
    From(u64, u64),
    /// So many bytes at its end.
    Last(u64),
}

/// The header `Range`, where it asks for one part in a way that is understood; a part of another version of the file is none.
fn range(headers: &HeaderMap, tag: &str) -> Asked {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|wanted| wanted != tag) {
        return Asked::All;
    }
    let Some((from, to)) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
        return Asked::All;
    };
    match (from.trim().parse(), to.trim()) {
        (Ok(from), "") => Asked::From(from, u64::MAX),
        (Ok(from), to) => match to.parse() {
            Ok(to) if to >= from => Asked::From(from, to),
            _ => Asked::All,
        },
        (Err(_), to) if from.trim().is_empty() => to.parse().map_or(Asked::All, Asked::Last),
        _ => Asked::All,
    }
}

impl Asked {
    /// The part, in a file of that length; none where there is nothing of it.
    fn within(self, whole: u64) -> Option<Window> {
        match self {
            Asked::All => Some(Window { from: 0, length: whole }),
            Asked::From(from, to) => {
                let length = to.saturating_add(1).min(whole).checked_sub(from)?;
                (length > 0).then_some(Window { from, length })
            }
            Asked::Last(length) => {
                let length = length.min(whole);
                (length > 0).then_some(Window { from: whole - length, length })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http_body_util::BodyExt;
    use reconnect_store::MemoryBlobs;

    const KEY: &str = "videos/001/7_ab.mp4";

    async fn files(length: usize) -> (Arc<dyn Blobs>, Bytes) {
        let bytes: Bytes = (0..length).map(|n| (n % 251) as u8).collect::<Vec<u8>>().into();
        let blobs: Arc<dyn Blobs> = Arc::new(MemoryBlobs::new());
        blobs.put(KEY, bytes.clone()).await.unwrap();
        (blobs, bytes)
    }

    async fn ask(blobs: &Arc<dyn Blobs>, headers: &[(&'static str, &str)]) -> (u16, HeaderMap, Bytes) {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        let response = answer(blobs, KEY, "video/mp4", &headers).await.unwrap();
        let (head, body) = response.into_parts();
        (head.status.as_u16(), head.headers, body.collect().await.unwrap().to_bytes())
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_whatever_its_length() {
        for length in [0, 1, AT_ONCE as usize, AT_ONCE as usize + 1, 3 * AT_ONCE as usize + 7] {
            let (blobs, bytes) = files(length).await;
            let (status, headers, body) = ask(&blobs, &[]).await;
            assert!(status == 200 && body == bytes, "{length}");
            assert_eq!(headers["content-length"], length.to_string().as_str());
            assert_eq!(headers["content-type"], "video/mp4");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
            assert!(headers["cache-control"].to_str().unwrap().ends_with("immutable"));
        }
    }

    #[tokio::test]
    async fn a_part_is_sent_as_it_was_asked_for() {
        let (blobs, bytes) = files(2 * AT_ONCE as usize + 100).await;
        let last = bytes.len() - 1;
        let all = AT_ONCE as usize;
        let cases = [
            ("bytes=0-0", 0..=0),
            ("bytes=10-19", 10..=19),
            ("bytes=5-", 5..=last),
            (&format!("bytes={}-{}", all - 3, all + 3), all - 3..=all + 3),
            ("bytes=1-99999999999", 1..=last),
            ("bytes=-7", last - 6..=last),
            ("bytes=-99999999999", 0..=last),
        ];
        for (asked, expected) in cases {
            let (status, headers, body) = ask(&blobs, &[("range", asked)]).await;
            assert_eq!(status, 206, "{asked}");
            let said = format!("bytes {}-{}/{}", expected.start(), expected.end(), bytes.len());
            assert_eq!(headers["content-range"], said.as_str(), "{asked}");
            assert!(body == bytes.slice(expected), "{asked}");
        }
    }

    #[tokio::test]
    async fn a_part_that_is_not_there_is_416_and_what_is_no_range_is_passed_over() {
        let (blobs, bytes) = files(100).await;
        for beyond in ["bytes=100-", "bytes=100-200", "bytes=18446744073709551615-", "bytes=-0"] {
            let (status, headers, _) = ask(&blobs, &[("range", beyond)]).await;
            assert_eq!((status, headers["content-range"].to_str().unwrap()), (416, "bytes */100"), "{beyond}");
        }
        for odd in [
            "bytes=",
            "bytes=-",
            "bytes=9-1",
            "bytes=a-b",
            "bytes=1-2,4-5",
            "lines=1-2",
            "bytes=-1-2",
            "bytes=99999999999999999999-",
        ] {
            let (status, _, body) = ask(&blobs, &[("range", odd)]).await;
            assert!(status == 200 && body == bytes, "{odd}");
        }
        let other = [("range", "bytes=0-1"), ("if-range", "\"other\"")];
        assert_eq!(ask(&blobs, &other).await.0, 200);
        assert_eq!(ask(&blobs, &[("range", "bytes=0-1"), ("if-range", "\"7_ab.mp4\"")]).await.0, 206);
    }

    #[tokio::test]
    async fn who_has_it_is_not_sent_it_again_and_what_is_gone_is_404() {
        let (blobs, _) = files(100).await;
        let (status, _, body) = ask(&blobs, &[("if-none-match", "\"x\", W/\"7_ab.mp4\"")]).await;
        assert_eq!((status, body.len()), (304, 0));
        blobs.delete(KEY).await.unwrap();
        assert_eq!(ask(&blobs, &[("if-none-match", "\"7_ab.mp4\"")]).await.0, 404);
    }
}
