//! What is shown when a page cannot do what it was asked: what is wrong, and what to do. Never a redirect, never a secret.

use super::layout::{Navigation, Page};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{Markup, html};
use reconnect_core::address::Refused;
use reconnect_core::model::Application;
use url::Url;

/// Why.
#[derive(Debug)]
pub(crate) enum Problem {
    /// An argument is not UTF-8.
    NotText(&'static str),
    /// The request names no application.
    NoKey,
    /// Nobody has this key.
    UnknownKey(String),
    /// The application of this name is switched off.
    Disabled(String),
    /// A dialog that is not here.
    Dialog(String),
    /// The dialog is asked to answer in a way that it does not know.
    ResponseType(String),
    /// Where the request wants to lead is not the application's.
    Address(Box<Application>, Refused),
    /// No person has the id that is asked for.
    Nobody,
    /// The auth token of a program is unknown, expired or used.
    TokenSpent(String),
    /// The form was not ours, or is out of date.
    StaleForm,
    /// The form was sent by another site.
    ForeignForm,
    /// Too many bytes.
    TooLarge,
    /// Our own trouble. What it is stands in the log.
    Unavailable,
}

impl From<reconnect_core::Error> for Problem {
    fn from(error: reconnect_core::Error) -> Problem {
        tracing::error!(target: "reconnect", %error, "a page could not be answered");
        Problem::Unavailable
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, title, body) = self.words();
        let body = html! { section.card { (body) } };
        Page { status, navigation: Navigation::Bare, ..Page::new(title, body) }.into_response()
    }
}

impl Problem {
    fn words(&self) -> (StatusCode, &'static str, Markup) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Problem::NotText(name) => {
                (bad, "Unreadable argument", html! { p { "The argument " code { (name) } " is not valid UTF-8." } })
            }
            Problem::NoKey => (
                bad,
                "No application",
                html! {
                    p { "The address of this page must name an application: " code { "api_key=…" } " is missing." }
                },
            ),
            Problem::UnknownKey(key) => (
                bad,
                "Unknown application",
                html! {
                    p { "No application of this server has the API key " code { (key) } "." }
                    p.hint { "The owner of the server sees all keys with " code { "reconnect app list" } "." }
                },
            ),
            Problem::Disabled(name) => (
                bad,
                "Application switched off",
                html! {
                    p { b { (name) } " is switched off on this server." }
                },
            ),
            Problem::Dialog(method) => (
                StatusCode::NOT_FOUND,
                "No such dialog",
                html! {
                    p { "The dialog " code { "method=" (method) } " is not served here; those of the login are." }
                },
            ),
            Problem::ResponseType(named) => (
                bad,
                "Unknown response_type",
                html! {
                    p { "The argument " code { "response_type=" (named) } " is unknown. It is a list of " code { "code" } ", "
                        code { "token" } " and " code { "signed_request" } "." }
                },
            ),
            Problem::Address(app, refused) => (bad, "Address not allowed", address(app, refused)),
            Problem::Nobody => {
                (StatusCode::NOT_FOUND, "Nobody here", html! { p { "No person of this server has that id." } })
            }
            Problem::TokenSpent(name) => (
                bad,
                "This login has expired",
                html! {
                    p { "The login that " b { (name) } " asked for has expired, or was used already." }
                    p { "Go back to the program and start again there." }
                },
            ),
            Problem::StaleForm => (
                StatusCode::FORBIDDEN,
                "Please try again",
                html! {
                    p { "This form is out of date, or cookies are blocked. Nothing was changed." }
                    p { "Go back, reload the page, and try once more." }
                },
            ),
            Problem::ForeignForm => (
                StatusCode::FORBIDDEN,
                "Sent from another site",
                html! {
                    p { "This form did not come from our own pages. Nothing was changed." }
                },
            ),
            Problem::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "Too large", html! { p { "The request is too large." } })
            }
            Problem::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Back in a moment",
                html! {
                    p { "Something on our side did not work. Nothing was lost; please try again in a moment." }
                },
            ),
        }
    }
}

/// Names the setting that would allow the address, with the command that changes it.
fn address(app: &Application, refused: &Refused) -> Markup {
    let setting = match refused {
        Refused::Nowhere => Some("--callback-url http://example.com/".to_owned()),
        Refused::Malformed(..) | Refused::NoOrigin(_) => None,
        Refused::Foreign(address) | Refused::ForeignOrigin(address) => setting_for(address),
    };
    html! {
        p { b { (app.name) } " asked to go on to an address that is not set up for it, so nothing was sent there." }
        p.quiet { (refused) "." }
        @if let Some(setting) = setting {
            p.hint { "If this address is the application's own, the owner of the server allows it with:" }
            pre { code { "reconnect app edit " (app.api_key) " " (setting) } }
        }
    }
}

fn setting_for(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    match url.scheme() {
        "http" | "https" => Some(format!("--callback-url {}/", url.origin().ascii_serialization())),
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" => None,
        scheme => Some(format!("--scheme {scheme}")),
    }
}
