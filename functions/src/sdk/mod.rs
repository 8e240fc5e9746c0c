//! The JavaScript SDK, as it is served: `/LOCALE/all.js` and its other names. One function around all files of `sdk/src`, in front of
//! them the addresses at which this visitor's browser reaches us.
//!
//! Readable as it is written, comments included: gzip makes less of them than a round trip costs.

mod config;

use crate::plain::plain;
use crate::site::{Site, Visit};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use config::Config;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

/// The files, in the order in which they build upon one another.
const FILES: [&str; 13] = [
    include_str!("../../../sdk/src/prelude.js"),
    include_str!("../../../sdk/src/json.js"),
    include_str!("../../../sdk/src/event.js"),
    include_str!("../../../sdk/src/store.js"),
    include_str!("../../../sdk/src/cookie.js"),
    include_str!("../../../sdk/src/window.js"),
    include_str!("../../../sdk/src/auth.js"),
    include_str!("../../../sdk/src/status.js"),
    include_str!("../../../sdk/src/login.js"),
    include_str!("../../../sdk/src/api.js"),
    include_str!("../../../sdk/src/xfbml.js"),
    include_str!("../../../sdk/src/canvas.js"),
    include_str!("../../../sdk/src/init.js"),
];

/// How many scripts are kept ready: one for each name of ours and each locale. Whoever asks for made-up ones costs us no memory.
const KEPT: usize = 32;

/// Pages of other sites load it, so no policy may hold it back. Twenty minutes is what it was kept for at the time.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_TYPE, "application/x-javascript; charset=utf-8"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    (header::CACHE_CONTROL, "public, max-age=1200"),
    (header::VARY, "Accept-Encoding"),
];

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
        .route("/{locale}/all.js", get(serve))
        .route("/{locale}/sdk.js", get(serve))
        .route("/connect/{locale}/core.js", get(serve))
}

async fn serve(State(site): State<Site>, Path(locale): Path<String>, visit: Visit, asked: HeaderMap) -> Response {
    if !is_locale(&locale) {
        return plain(StatusCode::NOT_FOUND, "A locale is written like en_US: /en_US/all.js\n");
    }
    let Some(config) = Config::of(&site, &visit, &locale) else {
        return plain(StatusCode::BAD_REQUEST, "The Host of this request is not the name of a host.\n");
    };
    match Script::ready(&config) {
        Ok(script) => script.answer(&asked),
        Err(error) => {
            tracing::error!(target: "reconnect", %error, "the SDK could not be put together");
            plain(StatusCode::SERVICE_UNAVAILABLE, "The SDK is temporarily unavailable. The log says why.\n")
        }
    }
}

/// Two small letters, two large ones.
fn is_locale(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, b'_', c, d]
        if a.is_ascii_lowercase() && b.is_ascii_lowercase() && c.is_ascii_uppercase() && d.is_ascii_uppercase())
}

/// The script as one visitor gets it, in both forms.
struct Script {
    text: Bytes,
    gzip: Bytes,
    /// The same for both forms, hence weak.
    tag: HeaderValue,
}

impl Script {
    /// The one for these addresses, made at the first request.
    fn ready(config: &Config) -> io::Result<Arc<Script>> {
        static READY: LazyLock<Mutex<HashMap<String, Arc<Script>>>> = LazyLock::new(Mutex::default);
        let config = serde_json::to_string(config)?;
        let lock = || READY.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(script) = lock().get(&config) {
            return Ok(Arc::clone(script));
        }
        let script = Arc::new(Script::make(&config)?);
        let mut ready = lock();
        if ready.len() >= KEPT {
            ready.clear();
        }
        ready.insert(config, Arc::clone(&script));
        Ok(script)
    }

    fn make(config: &str) -> io::Result<Script> {
        let text = format!("(function () {{\nvar CONFIG = {config};\n\n{}\n}})();\n", FILES.join("\n"));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(text.as_bytes())?;
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let tag = HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish())).map_err(io::Error::other)?;
        Ok(Script { text: text.into(), gzip: gzip.finish()?.into(), tag })
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let tag = self.tag.to_str().unwrap_or_default();
        let mut response = if names(text(header::IF_NONE_MATCH), tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else if takes_gzip(text(header::ACCEPT_ENCODING)) {
            ([(header::CONTENT_ENCODING, "gzip")], Body::from(self.gzip.clone())).into_response()
        } else {
            Body::from(self.text.clone()).into_response()
        };
        let headers = response.headers_mut();
        headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
        headers.insert(header::ETAG, self.tag.clone());
        response
    }
}

/// Whether `If-None-Match` names this tag. Proxies may have made a strong one of it.
fn names(none_match: &str, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    none_match.split(',').any(|one| one.trim() == "*" || bare(one) == bare(tag))
}

/// Whether an `Accept-Encoding` takes gzip.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        (coding.eq_ignore_ascii_case("gzip") || coding == "*") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests;
