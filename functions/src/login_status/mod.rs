//! What our own SDK asks: who is logged in here, as far as this application may know.
//!
//! The question is a POST with cookies from a page of the application. The browser says in `Origin` which page; nobody else's is told
//! anything. Who is there is said by the first of these that the browser lets through:
//!
//! | road | what says it | where |
//! |---|---|---|
//! | `cookie` | the login's own cookie, or the status cookie | same site; other sites, where third-party cookies flow |
//! | `partitioned` | a cookie that the browser keeps for this pair of sites | other sites, in browsers that partition |
//! | `kept` | a token that the application's pages keep on their own origin | everywhere, once a login by the SDK has been |
//!
//! Where the browser has granted this site its cookies on that one, but holds them back, the answer asks for them
//! (`Activate-Storage-Access`), and the browser asks again by itself.

mod answer;
mod fedcm;
#[cfg(test)]
mod tests;

use crate::pages::asked::Asked;
use crate::pages::visitor::cookie;
use crate::site::Site;
use answer::{Asker, Refusal, Road, Wants};
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reconnect_core::browser::LoggedIn;
use reconnect_core::model::Application;
use reconnect_core::witness::KEPT_LIFETIME;

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
        .route("/x/oauth/status", post(status).options(preflight))
        .route("/.well-known/web-identity", get(fedcm::well_known))
        .route("/fed_cm/config.json", get(fedcm::config))
        .route("/fed_cm/client", get(fedcm::client))
        .route("/fed_cm/accounts", get(fedcm::accounts))
        .route("/fed_cm/assertion", post(fedcm::assertion).options(preflight))
}

const SEC_FETCH_SITE: &str = "sec-fetch-site";
const STORAGE_ACCESS: &str = "sec-fetch-storage-access";

async fn status(asked: Asked) -> Response {
    let origin = origin_of(&asked.headers);
    let (answer, cookies) = match told(asked, &origin).await {
        Ok((answer, extra)) => ((StatusCode::OK, axum::Json(answer)).into_response(), extra),
        Err(refusal) => (refusal.into_response(), Vec::new()),
    };
    let mut response = readable_by(&origin, answer);
    for (name, value) in cookies {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The answer, and the headers that go with it.
async fn told(mut asked: Asked, origin: &str) -> Result<(serde_json::Value, Vec<(HeaderName, String)>), Refusal> {
    asked.take_status_cookie().await.map_err(|_| Refusal::unavailable())?;
    let key = asked.text("client_id").or_else(|| asked.text("api_key")).map(str::to_owned);
    let asker = Asker::of(&asked.site.services, key.as_deref(), origin).await?;
    let sent_cookies = asked.visitor.sent_cookies;
    let Some((login, road)) = found(&asked, &asker).await? else {
        let answer = serde_json::json!({ "status": "unknown", "road": Road::None.name(), "cookies": sent_cookies });
        return Ok((answer, held_back(&asked.headers, origin)));
    };
    let answer = asker.answer(&login, road, &Wants::read(asked.text("wants").unwrap_or_default())).await?;
    let mut headers = Vec::new();
    if asked.headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "cross-site")
        && asked.visitor.visit.keeps_secure_cookies()
    {
        let token = asker.kept_token(&login);
        headers.push((header::SET_COOKIE, partitioned(&asker.app, &token)));
    }
    Ok((answer, headers))
}

/// Who is there, and what said so.
async fn found(asked: &Asked, asker: &Asker<'_>) -> Result<Option<(LoggedIn, Road)>, Refusal> {
    if let Some(login) = &asked.visitor.login {
        return Ok(Some((login.clone(), Road::Cookie)));
    }
    let services = &asked.site.services;
    let name = partitioned_name(&asker.app);
    let kept = [(cookie(&asked.headers, &name), Road::Partitioned), (asked.text("input_token"), Road::Kept)];
    for (text, road) in kept {
        if let Some(text) = text
            && let Some(login) = services.by_kept_token(text, &asker.app, &asker.origin).await?
        {
            return Ok(Some((login, road)));
        }
    }
    Ok(None)
}

/// Asks the browser for the cookies that it would give but holds back.
fn held_back(headers: &HeaderMap, origin: &str) -> Vec<(HeaderName, String)> {
    match headers.get(STORAGE_ACCESS) {
        Some(state) if state == "inactive" => {
            let retry = format!("retry; allowed-origin=\"{origin}\"");
            vec![(HeaderName::from_static("activate-storage-access"), retry)]
        }
        _ => Vec::new(),
    }
}

fn partitioned_name(app: &Application) -> String {
    format!("xs_kept_{}", app.id)
}

/// The kept token once more, where scripts cannot read it and browsers do not forget it after a week.
fn partitioned(app: &Application, token: &str) -> String {
    let name = partitioned_name(app);
    format!("{name}={token}; Path=/x/oauth/; Max-Age={KEPT_LIFETIME}; SameSite=None; Secure; HttpOnly; Partitioned")
}

fn origin_of(headers: &HeaderMap) -> String {
    headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default().to_owned()
}

/// An answer that a page of this origin may read, cookies and all. Which origin that may be was judged before; a refusal says nothing about
/// anybody.
fn readable_by(origin: &str, mut response: Response) -> Response {
    let headers = response.headers_mut();
    if let Ok(origin) = HeaderValue::from_str(origin)
        && !origin.is_empty()
    {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("Origin, Cookie, Sec-Fetch-Storage-Access"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Browsers ask first when a page sends more than the SDK does.
async fn preflight(headers: HeaderMap) -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    readable_by(&origin_of(&headers), (StatusCode::NO_CONTENT, allowed).into_response())
}
