//! `/docs/rest/`: the reference of the API for people, drawn from the declarations of the methods, so that it cannot drift from what is
//! served.
//!
//! | module | what it holds |
//! |---|---|
//! | `shape` | what the types of arguments and answers are, as a tree |
//! | `document` | an answer's outline, in XML and in JSON |
//! | `sample` | calls to paste into a terminal |
//! | `access`, `values` | who may call, with which errors; how values are written |
//! | `index`, `method` | the pages |
//! | `fidelity`, `markdown` | what is known and what is inferred: the page, and what of it is about a method |

mod access;
mod document;
mod fidelity;
mod index;
mod markdown;
mod method;
mod sample;
mod shape;
#[cfg(test)]
mod tests;
mod values;

use crate::METHODS;
use crate::names::NAMES;
use crate::pages::layout::{self, Navigation, Page};
use crate::site::{Site, Visit};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use maud::{Markup, html};
use reconnect_core::Handler;
use reconnect_wire::MethodName;

/// Where the reference begins.
const HOME: &str = "/docs/rest/";
/// Where it is said what is known and what is inferred.
const FIDELITY: &str = "/docs/fidelity";
/// Beside the looks of all pages: a wide column, trees and lists of facts.
const STYLE: &str = include_str!("style.css");

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
        .route("/docs", get(|| async { Redirect::permanent(HOME) }))
        .route("/docs/", get(|| async { Redirect::permanent(HOME) }))
        .route("/docs/rest", get(|| async { Redirect::permanent(HOME) }))
        .route(HOME, get(all))
        .route("/docs/rest/{name}", get(one))
        .route(FIDELITY, get(|| async { page("What is known, and what is inferred", fidelity::body()) }))
        .layer(axum::middleware::map_response(with_headers))
}

/// What every answer carries, redirects included.
async fn with_headers(mut response: Response) -> Response {
    layout::secure(response.headers_mut());
    response
}

async fn all(State(site): State<Site>, visit: Visit) -> Response {
    page("The API, method by method", index::body(&site.base(&visit))).into_response()
}

/// A method under its own name; under any other that a call may use, the way there.
async fn one(State(site): State<Site>, visit: Visit, Path(name): Path<String>) -> Response {
    let Some(handler) = find(&name) else { return nothing(&name).into_response() };
    if handler.name != name {
        return Redirect::permanent(&address(handler.name)).into_response();
    }
    let example = match &site.faces {
        Some(faces) => faces.example(&visit).await,
        None => None,
    };
    page(handler.name, method::body(handler, &site.base(&visit), example.as_ref())).into_response()
}

/// By any name that a call may use: in any case, with `facebook.` in front, an older one.
fn find(name: &str) -> Option<&'static Handler> {
    let name = MethodName::read(name.as_bytes())?;
    let is = |one: &str| one.eq_ignore_ascii_case(name.as_sent());
    METHODS.iter().find(|handler| is(handler.name) || handler.aliases.iter().any(|alias| is(alias)))
}

fn address(method: &str) -> String {
    format!("{HOME}{method}")
}

/// A page for what is no method here.
fn nothing(name: &str) -> Page {
    let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name));
    let body = html! {
        section.card {
            @match known {
                Some(known) => p { code { (known) } " belongs to the API, and is not served yet." },
                None => p { "The API has no method of this name." },
            }
            p { a.button href=(HOME) { "All methods" } }
        }
    };
    let title = if known.is_some() { "Not served yet" } else { "No such method" };
    Page { status: StatusCode::NOT_FOUND, ..page(title, body) }
}

fn page(title: &str, body: Markup) -> Page {
    let places = &[("Methods", HOME), ("Calls and errors", "/docs/rest/#calls"), ("Fidelity", FIDELITY)];
    Page { navigation: Navigation::Places("The reference", places), style: STYLE, ..Page::new(title, body) }
}
