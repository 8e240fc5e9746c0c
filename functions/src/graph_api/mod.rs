//! The small part of the Graph form that pages with the JavaScript SDK used: `/me`, `/ID`, and of both the `friends`, the `picture` and
//! the `permissions`. It only reads.
//!
//! | module | what it holds |
//! |---|---|
//! | `ask` | a request: which node, which edge, which arguments, who calls |
//! | `node`, `edges` | the answers |
//! | `people` | persons, many in one wave |
//! | `refusal` | errors, in the form of the time |
//!
//! Answers and JSONP are written as those of the REST API are, so that a script of any page can read them: what is personal hangs from the
//! token in the request, and no cookie of ours is ever looked at.

mod ask;
mod edges;
mod node;
mod people;
mod refusal;
#[cfg(test)]
mod tests;

use crate::canvas;
use crate::pictures;
use crate::plain::{not_found, preflight};
use crate::site::Site;
use ask::{Ask, Edge, Place};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderValue, Method, StatusCode, header};
use people::People;
use reconnect_wire::{Call, render};
use refusal::Refusal;
use serde::Serialize;

/// Its addresses. What lies at the root and is no other page of ours comes here: ids, and on the host of the canvas pages the names of
/// applications. Nothing else is here, and is answered as it is anywhere.
pub(crate) fn router() -> Router<Site> {
    Router::new().route("/{id}", any(at_root)).route("/{id}/", any(at_root)).route("/{id}/{*edge}", any(at_root))
}

async fn at_root(State(site): State<Site>, request: Request) -> Response {
    if canvas::lives_at_root(&site, &request) {
        return canvas::at_root(&site, request).await;
    }
    match Place::of(request.uri().path()) {
        Some(_) if request.method() == Method::OPTIONS => preflight(),
        Some(place) => answer(&site, place, request).await,
        None => not_found().await,
    }
}

async fn answer(site: &Site, place: Place, request: Request) -> Response {
    let ask = match Ask::read(site, place, request).await {
        Ok(ask) => ask,
        Err(too_large) => return too_large,
    };
    match reply(&ask).await {
        Ok(response) => response,
        Err(refusal) => refuse(&ask, &refusal),
    }
}

async fn reply(ask: &Ask) -> Result<Response, Refusal> {
    ask.check_method()?;
    let caller = ask.caller().await?;
    let caller = caller.as_ref();
    let id = ask.id(caller)?;
    Ok(match ask.place.edge {
        Edge::Itself => written(ask, &node::node(ask, caller, id).await?),
        Edge::Friends => written(ask, &edges::friends(ask, caller, id).await?),
        Edge::Permissions => written(ask, &edges::permissions(ask, caller, id).await?),
        Edge::Picture => {
            let person = People::read(&ask.site.services.graph, &[id], None).await?;
            let whose = match (person.is_empty(), ask.place.is_me()) {
                (true, _) => pictures::Whose::Nobodys,
                (false, true) => pictures::Whose::Own(id),
                (false, false) => pictures::Whose::Theirs(id),
            };
            pictures::answer(whose, pictures::Size::read(&ask.call.args), &ask.headers)
        }
        Edge::Unknown => return Err(Refusal::unknown_path(&ask.place.rest)),
    })
}

fn written<T: Serialize>(ask: &Ask, value: &T) -> Response {
    document(&ask.call, StatusCode::OK, value)
}

/// Pages that load a script, or that ask for it, want status 200: else they see no body.
fn refuse(ask: &Ask, refusal: &Refusal) -> Response {
    let quiet = ask.call.callback.is_some() || matches!(ask.call.args.get("suppress_http_code"), Some(b"1" | b"true"));
    let mut response = document(&ask.call, if quiet { StatusCode::OK } else { refusal.status() }, refusal);
    if !quiet && refusal.is_about_a_token() {
        // As the OAuth drafts of the time ask for; no browser shows a form for it.
        let challenge = HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn document<T: Serialize>(call: &Call, status: StatusCode, value: &T) -> Response {
    let Ok(document) = render::answer(call, value) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let headers = [
        (header::CONTENT_TYPE, document.content_type),
        (header::CACHE_CONTROL, "private, no-cache, no-store, must-revalidate"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (status, headers, document.body).into_response()
}
