//! connect/xd_proxy.php and connect/xd_arbiter.php: the far end of the SDK's cross-domain channel. A dialog or a hidden frame ends on one
//! of them; it hands its fragment to the window that opened it, and to the origin that the fragment names alone.
//!
//! The server sees no fragment. What may be written into one is judged where the browser is sent here (`reconnect_core::address::check`);
//! the script holds itself to the same reading: one `origin`, or none at all.

use super::layout;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};
use maud::{DOCTYPE, PreEscaped, html};
use reconnect_core::ids;

/// Which of the two.
#[derive(Clone, Copy, Debug)]
pub(super) enum Channel {
    /// Of 2010 and 2011: the fragment as it is.
    Proxy,
    /// Of 2012: behind a mark and the name of the channel, which its SDK wants to see.
    Arbiter,
}

/// The page.
pub(super) fn page(channel: Channel) -> Response {
    let nonce = ids::hex(&ids::random_bytes::<16>());
    let marked = match channel {
        Channel::Proxy => "false",
        Channel::Arbiter => "true",
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "Reconnect" }
                link rel="icon" href="data:,";
            }
            body {
                p #closing hidden { "All done: this window may be closed." }
                noscript { p { "This window hands its answer on by a script, which the browser does not run." } }
                script nonce=(nonce) { (PreEscaped("var marked=")) (PreEscaped(marked)) (PreEscaped(";")) (PreEscaped(include_str!("channel.js"))) }
            }
        }
    };
    let mut response = Response::new(Body::from(page.into_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // Any page may frame it: which one is the application's only the fragment says, and it tells nobody else anything.
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors *"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    layout::secure(headers);
    response
}
