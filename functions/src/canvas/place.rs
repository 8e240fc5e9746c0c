//! Which page of an application a visitor asks for: the callback URL, with what follows the application's name behind it, and with the
//! visitor's own query.
//!
//! It is put together as text and then judged, so that nothing in the visitor's request can lead elsewhere. What would speak for a visitor
//! is left out of their query: only this server says who is there.

use super::trouble::Trouble;
use crate::pages::address::policy_source;
use axum::extract::Request;
use http::Method;
use percent_encoding::percent_decode_str;
use reconnect_core::address::{check, origin_of};
use reconnect_core::model::Application;

/// Arguments by which applications know a visitor, as the beginnings of names.
const OURS: [&str; 3] = ["fb_sig", "fb_post_sig", "signed_request"];

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The application's canvas name, as it was asked for.
    pub(super) name: String,
    /// What follows it in the path; nothing, or from its `/` on. Still encoded.
    pub(super) rest: String,
    /// The visitor's query, still encoded.
    query: String,
    /// `GET` or `POST`: how the visitor asks.
    pub(super) method: &'static str,
}

/// Where the frame leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The address.
    pub(super) address: String,
    /// Its origin: whose messages the page listens to.
    pub(super) origin: String,
    /// The same as the page's policy can say it.
    pub(super) source: String,
}

impl Place {
    /// `path` begins with the application's name.
    pub(super) fn of(path: &str, request: &Request) -> Place {
        let (name, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        Place {
            name: name.to_owned(),
            // The front page: a callback URL that is a file bears no slash behind it.
            rest: if rest == "/" { String::new() } else { rest.to_owned() },
            query: request.uri().query().unwrap_or_default().to_owned(),
            method: if *request.method() == Method::POST { "POST" } else { "GET" },
        }
    }

    /// The address of the application's own page.
    pub(super) fn frame(&self, app: &Application) -> Result<Frame, Trouble> {
        let callback = app.callback_url.as_deref().ok_or_else(|| Trouble::no_callback(app))?;
        let address = self.address(callback);
        // Under the callback URL and nowhere else, whatever else the application calls its own.
        let narrow = Application { callback_url: Some(callback.to_owned()), ..Application::default() };
        check(&narrow, &[], &address).map_err(|_| Trouble::elsewhere(app, &self.rest))?;
        let (origin, source) = sources(&address).ok_or_else(|| Trouble::no_callback(app))?;
        Ok(Frame { address, origin, source })
    }

    fn address(&self, callback: &str) -> String {
        let callback = callback.split('#').next().unwrap_or_default();
        let (base, own_query) = callback.split_once('?').unwrap_or((callback, ""));
        let rest = if base.ends_with('/') { self.rest.strip_prefix('/').unwrap_or(&self.rest) } else { &self.rest };
        let query: Vec<&str> =
            own_query.split('&').chain(passed_on(&self.query)).filter(|pair| !pair.is_empty()).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        // A backslash in a query is nobody's trick, and what judges the address would take it for one.
        format!("{base}{rest}{mark}{}", query.join("&").replace('\\', "%5C"))
    }
}

/// The visitor's own arguments.
fn passed_on(query: &str) -> impl Iterator<Item = &str> {
    // Some servers take `;` for another `&`.
    query.split('&').filter(|pair| !pair.split(';').any(speaks_for_a_visitor))
}

/// Whether an application could take an argument for ours. PHP makes `_` of a dot, a blank and a bracket in names, and drops blanks before
/// them; other servers do not tell capitals.
fn speaks_for_a_visitor(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
    let name = percent_decode_str(&name).decode_utf8_lossy().to_ascii_lowercase();
    let name = name.trim_start().replace(['.', ' ', '['], "_");
    OURS.iter().any(|ours| name.starts_with(ours))
}

/// Origin, and source of a policy.
fn sources(address: &str) -> Option<(String, String)> {
    Some((origin_of(address)?, policy_source(address)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(callback: &str, path: &str, query: &str) -> Option<String> {
        let app = Application {
            callback_url: Some(callback.to_owned()),
            connect_url: Some("http://a.example/".to_owned()),
            base_domain: Some("example".to_owned()),
            ..Application::default()
        };
        let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
        let place = Place { query: query.to_owned(), ..Place::of(path, &request) };
        place.frame(&app).ok().map(|frame| frame.address)
    }

    #[test]
    fn the_rest_of_the_path_and_the_query_go_behind_the_callback_url() {
        for (callback, path, query, expected) in [
            ("http://a.example/fb/", "game", "", "http://a.example/fb/"),
            ("http://a.example/fb/", "game/", "x=1&y", "http://a.example/fb/?x=1&y"),
            ("http://a.example/fb/", "game/level/3", "", "http://a.example/fb/level/3"),
            ("http://a.example/fb", "game/level/", "", "http://a.example/fb/level/"),
            ("http://a.example", "game/.evil.example", "", "http://a.example/.evil.example"),
            ("http://a.example/i.php?tab=1#top", "game/", "x=%26", "http://a.example/i.php?tab=1&x=%26"),
            ("http://a.example/", "game/a%2Fb", "x=a\\b", "http://a.example/a%2Fb?x=a%5Cb"),
        ] {
            assert_eq!(frame(callback, path, query).as_deref(), Some(expected), "{path} {query}");
        }
    }

    #[test]
    fn no_rest_leads_out_of_the_callback_url() {
        for path in ["game/../x", "game/%2e%2e/x", "game/a/../../x", "game/\\x", "game/a b", "game/x/../..//.."] {
            assert_eq!(frame("http://a.example/fb/", path, ""), None, "{path}: the base domain does not help it");
        }
        assert_eq!(frame("http://x;script-src.example/", "game", ""), None);
    }

    #[test]
    fn only_this_server_says_who_is_there() {
        let query = "a=1&fb_sig=x&fb_sig_user=5&fb%5Fsig_user=5&fb.sig_user=5&+fb_sig_user=5&b=2;fb_sig_user=5&FB_SIG_user=5\
                     &fb_sig[user]=5&signed_request=x&fb_post_sig_x=1&fb_signal";
        assert_eq!(frame("http://a.example/", "game", query).as_deref(), Some("http://a.example/?a=1"));
        assert_eq!(
            frame("http://a.example/", "game", "fbsig=1&x=fb_sig").as_deref(),
            Some("http://a.example/?fbsig=1&x=fb_sig")
        );
    }

    #[test]
    fn a_policy_names_the_origin_and_nothing_else() {
        let one = |address: &str| sources(address).map(|(_, source)| source);
        assert_eq!(one("http://a.example:81/x?y").as_deref(), Some("http://a.example:81"));
        assert_eq!(sources("http://[::1]:81/x"), Some(("http://[::1]:81".to_owned(), "http:".to_owned())));
        assert_eq!(one("http://x;script-src.example/"), None);
    }
}
