//! What every page knows of a request: its arguments, who asks, and whether another site made them ask.

use super::form_token;
use super::problem::Problem;
use super::session;
use super::visitor::Visitor;
use crate::handover::Handover;
use crate::site::{Site, Visit};
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, Method};
use reconnect_core::model::Application;
use reconnect_core::session::{Opened, Plan};
use reconnect_wire::{Args, Call, Format};
use std::sync::Arc;

/// Bytes that the query, and that a form may have.
const MOST: usize = 64 << 10;

/// A request for a page.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The place.
    pub(crate) site: Site,
    /// Who asks.
    pub(crate) visitor: Visitor,
    /// The query's arguments; a form's fields in the place of those of the same name.
    pub(crate) args: Args,
    /// Whether the browser says that another site caused it.
    pub(crate) foreign: bool,
    /// The address, without its scheme and host.
    pub(crate) path: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The session that said who is there, where nothing else did.
    brought: Option<Opened>,
}

impl FromRequest<Site> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Asked, Response> {
        read(request, site).await.map_err(IntoResponse::into_response)
    }
}

async fn read(request: Request, site: &Site) -> Result<Asked, Problem> {
    let (mut parts, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, site).await;
    let args = arguments(&parts, body).await?;
    let foreign = form_token::is_foreign(&parts.headers, &site.origins(&visit));
    let visitor = Visitor::of(&site.services, visit, &parts.headers).await?;
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    Ok(Asked { site: site.clone(), visitor, args, foreign, path, headers: parts.headers, brought: None })
}

/// The query's arguments; a form's fields in the place of those of the same name.
pub(crate) async fn arguments(parts: &Parts, body: Body) -> Result<Args, Problem> {
    let mut text = parts.uri.query().unwrap_or_default().as_bytes().to_vec();
    if text.len() > MOST {
        return Err(Problem::TooLarge);
    }
    if parts.method == Method::POST {
        let body = axum::body::to_bytes(body, MOST).await.map_err(|_| Problem::TooLarge)?;
        text.push(b'&');
        text.extend_from_slice(&body);
    }
    // The same reading as a call's: bytes stay bytes, the last of equal names wins.
    Ok(Call::from_query(&text, Format::Xml).args)
}

impl Asked {
    /// The application that a key names.
    pub(crate) async fn application(&self, key: Option<&str>) -> Result<Arc<Application>, Problem> {
        let key = key.ok_or(Problem::NoKey)?;
        let services = &self.site.services;
        match services.apps.find(&services.graph, key).await? {
            Some(app) if app.disabled => Err(Problem::Disabled(app.name.clone())),
            Some(app) => Ok(app),
            None => Err(Problem::UnknownKey(key.to_owned())),
        }
    }

    /// Takes the word of the status cookie, where the login's own cookie did not come along: a frame or a request of another site.
    pub(crate) async fn take_status_cookie(&mut self) -> Result<(), Problem> {
        Ok(self.visitor.take_status_cookie(&self.site.services, &self.headers).await?)
    }

    /// Takes the word of whatever there is: the status cookie; or the session that the page has already and sends along, in browsers that
    /// send no cookie. For answers without an interface: nothing is decided, and only the application's own pages can read them.
    pub(crate) async fn take_witness(&mut self) -> Result<(), Problem> {
        self.take_status_cookie().await?;
        if self.visitor.login.is_none()
            && let (Some(app), Some(opened)) = session::named(&self.site.services, &self.args).await?
            && !app.disabled
        {
            self.visitor.login = self.site.services.graph.login_behind(&opened.session).await?;
            self.brought = Some(opened);
        }
        Ok(())
    }

    /// Whether only the session that the page brought along says who is there.
    pub(crate) fn brought_a_session(&self) -> bool {
        self.brought.is_some()
    }

    /// The session for an application's pages: the one that they brought along to say who is there, which is not made to live longer by
    /// that, or else the one of this browser.
    pub(crate) async fn handover<'a>(
        &'a self,
        app: &'a Application,
        plan: &Plan,
    ) -> Result<Handover<'a>, reconnect_core::Error> {
        match &self.brought {
            Some(opened) if opened.session.app == app.id => Ok(Handover::of(&self.site.services, app, opened.clone())),
            _ => Handover::open(&self.site.services, app, plan).await,
        }
    }

    /// An argument as text; not there when its bytes are no text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.args.text(name).ok().flatten()
    }
}
