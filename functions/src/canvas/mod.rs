//! `/apps/NAME/…`: applications inside the site, in a frame, with a signed visitor.
//!
//! | module | what it holds |
//! |---|---|
//! | `place` | which page of the application is asked for, and what of the visitor's own request goes along |
//! | `guest` | how well the application may know the visitor: not at all, by looks, by name |
//! | `entry` | what it is told of them, signed, in the form that it understands |
//! | `view`, `trouble` | the page around the frame, and the page in its place |
//!
//! The page opens a session when it is only looked at. Another site can cause that, and gains nothing: the page lies in no frame, and what
//! it holds goes to the application's own address only.

mod entry;
mod guest;
mod place;
#[cfg(test)]
mod tests;
mod trouble;
mod view;

use crate::pages::asked::Asked;
use crate::pages::problem::Problem;
use crate::site::{Peer, Site, Visit};
use axum::Router;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use entry::Entry;
use guest::Guest;
use http::{Method, StatusCode};
use place::Place;
use reconnect_core::address::CANVAS_HOST;
use reconnect_core::model::Application;
use trouble::Trouble;

/// Where the pages live on any host.
const FOLDER: &str = "/apps/";

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    let page = || -> MethodRouter<Site> { get(in_folder).post(in_folder) };
    Router::new().route("/apps/{name}", page()).route("/apps/{name}/", page()).route("/apps/{name}/{*rest}", page())
}

async fn in_folder(State(site): State<Site>, request: Request) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix(FOLDER).unwrap_or_default().to_owned();
    answer(&site, &path, request).await
}

/// Whether a request came to the historic host, where an application's name is the first part of the path.
pub(crate) fn lives_at_root(site: &Site, request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>().copied().unwrap_or_default();
    let visit = Visit::of(site, request.headers(), peer);
    visit.host.split(':').next() == Some(CANVAS_HOST)
}

/// The answer there, to whatever no other address of ours is.
pub(crate) async fn at_root(site: &Site, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/').to_owned();
    answer(site, &path, request).await
}

/// `path` is what follows the folder: the name, then the application's own.
async fn answer(site: &Site, path: &str, request: Request) -> Response {
    let place = Place::of(path, &request);
    let asked = match Asked::from_request(request, site).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    let outcome = show(&asked, &place).await;
    asked.visitor.dress(outcome.unwrap_or_else(IntoResponse::into_response))
}

async fn show(asked: &Asked, place: &Place) -> Result<Response, Trouble> {
    let app = application(asked, &place.name).await?;
    // Judged before a session is made for it.
    let frame = place.frame(&app)?;
    let guest = Guest::of(asked, &app).await?;
    let entry = Entry::of(&asked.site.services, &app, &guest, place, &frame)?;
    Ok(view::page(asked, &app, &guest, &frame, &entry).into_response())
}

async fn application(asked: &Asked, name: &str) -> Result<Application, Trouble> {
    match asked.site.services.graph.application_by_canvas_name(name).await? {
        Some(app) if app.disabled => Err(Problem::Disabled(app.name).into()),
        Some(app) => Ok(app),
        None => Err(Trouble::unknown_name(name)),
    }
}
