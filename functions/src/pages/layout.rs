//! The frame around every page, the dev server's start page included: head, bar, footer, and the headers that hold a browser to what the
//! page needs.

use axum::response::{Html, IntoResponse, Response};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use reconnect_core::ids;

/// All of it, in every page: no second request, and nothing to keep in step.
const STYLE: &str = include_str!("style.css");

/// What the bar at the top offers.
#[derive(Debug, Default)]
pub enum Navigation {
    /// The mark only: windows and frames.
    #[default]
    Bare,
    /// A few words beside the mark.
    Tagline(&'static str),
    /// Links to parts of what the page belongs to: what that is, then name and address of each.
    Places(&'static str, &'static [(&'static str, &'static str)]),
    /// For somebody who is logged in.
    Person {
        /// Their name.
        name: String,
        /// Proves that the link to log out is ours.
        logout: String,
    },
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// The status of the answer.
    pub status: StatusCode,
    /// Its heading, and its name in the browser.
    pub title: String,
    /// What stands below the heading.
    pub body: Markup,
    /// What the bar offers.
    pub navigation: Navigation,
    /// Where the redirect behind the page's form may lead, beside this site.
    pub form_sources: Vec<String>,
    /// Rules of its own, behind those of all pages.
    pub style: &'static str,
    /// A line of its own in the footer.
    pub note: Option<&'static str>,
    /// A script of its own, at the end of the page. Most pages have none and work without.
    pub script: Option<String>,
    /// Origins of what it holds in frames.
    pub frame_sources: Vec<String>,
    /// Who may hold it in a frame, as sources of the policy; nobody when empty.
    pub frame_ancestors: Vec<String>,
}

impl Page {
    /// A page with nothing in the bar.
    pub fn new(title: impl Into<String>, body: Markup) -> Page {
        Page {
            status: StatusCode::OK,
            title: title.into(),
            body,
            navigation: Navigation::Bare,
            form_sources: Vec::new(),
            style: "",
            note: None,
            script: None,
            frame_sources: Vec::new(),
            frame_ancestors: Vec::new(),
        }
    }

    fn render(&self, nonce: &str) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " | Reconnect" }
                    link rel="icon" href="data:,"; // none: browsers would ask for /favicon.ico
                    style nonce=(nonce) { (PreEscaped(STYLE)) (PreEscaped(self.style)) }
                }
                body {
                    header.bar {
                        div.inner {
                            span.mark { "reconnect" }
                            (bar(&self.navigation))
                        }
                    }
                    main { h1 { (self.title) } (self.body) }
                    footer {
                        @if let Some(note) = self.note { p { (note) } }
                        p { "Reconnect is an independent project. It is not affiliated with, endorsed by or connected to Facebook or Meta." }
                    }
                    @if let Some(script) = &self.script { script nonce=(nonce) { (PreEscaped(script)) } }
                }
            }
        }
    }
}

fn bar(navigation: &Navigation) -> Markup {
    let (name, logout) = match navigation {
        Navigation::Bare => return html! {},
        Navigation::Tagline(words) => return html! { span.tagline { (words) } },
        Navigation::Places(what, places) => {
            return html! { nav aria-label=(what) { @for (name, address) in *places { a href=(address) { (name) } } } };
        }
        Navigation::Person { name, logout } => (name, logout),
    };
    html! {
        nav aria-label="Your account" {
            a.who href="/home.php" { (name) }
            a href="/editapps.php" { "Applications" }
            // Drivers of the time look for a link of exactly this text.
            a href={ "/logout.php?h=" (logout) } { "Logout" }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let nonce = ids::hex(&ids::random_bytes::<16>());
        let mut response = (self.status, Html(self.render(&nonce).into_string())).into_response();
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&self.policy(&nonce)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        secure(headers);
        response
    }
}

impl Page {
    fn policy(&self, nonce: &str) -> String {
        let sources =
            |first: &str, more: &[String]| more.iter().fold(first.to_owned(), |all, one| format!("{all} {one}"));
        let form_action = sources("'self'", &self.form_sources);
        let mut policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self' data:; form-action {form_action}; base-uri 'none'"
        );
        if self.script.is_some() {
            policy.push_str(&format!("; script-src 'nonce-{nonce}'"));
        }
        if !self.frame_sources.is_empty() {
            policy.push_str(&format!("; frame-src{}", sources("", &self.frame_sources)));
        }
        let ancestors =
            if self.frame_ancestors.is_empty() { "'none'".to_owned() } else { self.frame_ancestors.join(" ") };
        format!("{policy}; frame-ancestors {ancestors}")
    }
}

/// The headers that every answer has, redirects included. What does not say otherwise itself may not be framed.
pub(crate) fn secure(headers: &mut HeaderMap) {
    const ALWAYS: [(HeaderName, &str); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // The old header knows no list of origins: where the policy lets somebody frame the page, it would only stand in the way.
    let framed = headers.get(header::CONTENT_SECURITY_POLICY).is_some_and(|policy| {
        policy
            .to_str()
            .is_ok_and(|policy| policy.contains("frame-ancestors") && !policy.contains("frame-ancestors 'none'"))
    });
    for (name, value) in ALWAYS.into_iter().filter(|(name, _)| !(framed && *name == header::X_FRAME_OPTIONS)) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A person's face, beside their name. Twice as many pixels as it is shown with: for fine screens.
pub fn face(id: u64) -> Markup {
    html! { img.face src={ "/" (id) "/picture?width=96&height=96" } width="48" height="48" alt="" loading="lazy"; }
}

/// The first letter of an application's name in a tile; which color follows from the id.
pub fn tile(name: &str, id: u64) -> Markup {
    let letter: String =
        name.trim().chars().next().map(|c| c.to_uppercase().collect()).unwrap_or_else(|| "?".to_owned());
    html! { span class={ "tile c" (id % 6) } aria-hidden="true" { (letter) } }
}
