//! The OAuth 2.0 endpoints that an application's server calls, historically on the graph host: `oauth/access_token` and
//! `oauth/exchange_sessions`. Both ask for the application's secret.

mod exchange;
mod grant;
#[cfg(test)]
mod tests;

use crate::pages::asked::arguments;
use crate::site::{Site, Visit};
use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};
use reconnect_core::model::Application;
use reconnect_core::secrets::same;
use reconnect_wire::Args;
use serde_json::json;
use std::sync::Arc;

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
        .route("/oauth/access_token", get(grant::access_token).post(grant::access_token))
        .route("/oauth/exchange_sessions", post(exchange::exchange_sessions))
}

/// A call of one of them: who asks, and for what.
struct Ask {
    site: Site,
    app: Arc<Application>,
    args: Args,
}

/// Why there is no answer. Clients read the message; some act on the words.
struct Failure {
    status: StatusCode,
    code: u16,
    message: String,
}

impl Failure {
    fn of(code: u16, message: impl Into<String>) -> Failure {
        Failure { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }
}

impl From<reconnect_core::Error> for Failure {
    fn from(error: reconnect_core::Error) -> Failure {
        tracing::error!(target: "reconnect", %error, "an OAuth request could not be answered");
        let message = "The service is temporarily unavailable.".to_owned();
        Failure { status: StatusCode::SERVICE_UNAVAILABLE, code: 2, message }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "message": self.message, "type": "OAuthException", "code": self.code } });
        plain(self.status, "application/json; charset=utf-8", body.to_string())
    }
}

/// Reads a call and checks who makes it.
async fn ask(request: Request, site: &Site) -> Result<Ask, Failure> {
    let (mut parts, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, site).await;
    let settings = &site.services.settings;
    if !visit.https && !settings.tokens_over_http {
        return Err(Failure::of(1, "You must use https:// when passing a client secret or an access token."));
    }
    let args = arguments(&parts, body).await.map_err(|_| Failure::of(100, "The request is too large."))?;
    let key = text(&args, "client_id")?.ok_or_else(|| Failure::of(101, "Missing client_id parameter."))?;
    let app = match site.services.apps.find(&site.services.graph, key).await? {
        Some(app) if !app.disabled => app,
        _ => return Err(Failure::of(101, "Error validating application. Invalid application ID.")),
    };
    if !app.calls_from(visit.address) {
        return Err(Failure::of(
            5,
            "The request comes from an address that is not in the application's list (ip_list).",
        ));
    }
    let secret = args.get("client_secret").unwrap_or_default();
    if !same(secret, app.secret.as_bytes()) {
        return Err(Failure::of(1, "Error validating client secret."));
    }
    Ok(Ask { site: site.clone(), app, args })
}

fn text<'a>(args: &'a Args, name: &str) -> Result<Option<&'a str>, Failure> {
    args.text(name).map_err(|_| Failure::of(100, format!("The argument {name} is not valid UTF-8.")))
}

fn plain(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (status, headers, body).into_response()
}
