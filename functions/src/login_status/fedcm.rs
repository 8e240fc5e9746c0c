//! Federated Credential Management: the browser itself, where it can, carries a login from this site to a page of another one. Used
//! silently, by our SDK, for people who have authorised the application already; nobody is asked anything.
//!
//! Every request of it that carries cookies is marked by the browser (`Sec-Fetch-Dest: webidentity`, which no script can forge).

use super::answer::{Asker, Refusal, Road, Wants};
use super::{origin_of, readable_by};
use crate::pages::asked::Asked;
use crate::site::{Site, Visit};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

/// `/.well-known/web-identity`: which provider speaks for this site.
pub(super) async fn well_known(State(site): State<Site>, visit: Visit) -> Response {
    let base = site.public_url.clone().unwrap_or_else(|| visit.origin());
    axum::Json(json!({
        "provider_urls": [format!("{base}/fed_cm/config.json")],
        "accounts_endpoint": format!("{base}/fed_cm/accounts"),
        "login_url": format!("{base}/login.php"),
    }))
    .into_response()
}

/// `/fed_cm/config.json`: where the browser finds the rest.
pub(super) async fn config() -> Response {
    axum::Json(json!({
        "accounts_endpoint": "/fed_cm/accounts",
        "client_metadata_endpoint": "/fed_cm/client",
        "id_assertion_endpoint": "/fed_cm/assertion",
        "login_url": "/login.php",
        "branding": { "background_color": "#2f5d8a", "color": "#ffffff" },
    }))
    .into_response()
}

/// `/fed_cm/client`: what the browser shows of an application. There is nothing of that kind.
pub(super) async fn client() -> Response {
    axum::Json(json!({})).into_response()
}

/// `/fed_cm/accounts`: who is logged in, to the browser alone.
pub(super) async fn accounts(mut asked: Asked) -> Response {
    if !by_the_browser(&asked) {
        return refused();
    }
    if let Err(problem) = asked.take_status_cookie().await {
        return problem.into_response();
    }
    let Some(person) = asked.visitor.person() else {
        return (StatusCode::UNAUTHORIZED, axum::Json(json!({ "accounts": [] }))).into_response();
    };
    let grants = match asked.site.services.graph.grants_of(person.id).await {
        Ok(grants) => grants,
        Err(error) => return Refusal::from(error).into_response(),
    };
    let mut approved: Vec<String> = grants.iter().map(|(app, ..)| app.id.to_string()).collect();
    approved.sort_unstable();
    let account = json!({
        "id": person.id.to_string(),
        "name": person.name(),
        "given_name": person.first_name,
        "email": person.email,
        "approved_clients": approved,
    });
    axum::Json(json!({ "accounts": [account] })).into_response()
}

/// `/fed_cm/assertion`: what the application gets, by the same rules as any status.
pub(super) async fn assertion(mut asked: Asked) -> Response {
    let origin = origin_of(&asked.headers);
    if !by_the_browser(&asked) {
        return refused();
    }
    let answer = match token(&mut asked, &origin).await {
        Ok(token) => axum::Json(json!({ "token": token.to_string() })).into_response(),
        Err(refusal) => {
            let error = json!({ "error": { "code": "access_denied" }, "because": refusal.json() });
            (StatusCode::FORBIDDEN, axum::Json(error)).into_response()
        }
    };
    readable_by(&origin, answer)
}

async fn token(asked: &mut Asked, origin: &str) -> Result<Value, Refusal> {
    let site = asked.site.clone();
    let key = asked.text("client_id").map(str::to_owned);
    let asker = Asker::of(&site.services, key.as_deref(), origin).await?;
    asked.take_status_cookie().await.map_err(|_| Refusal::nobody())?;
    let login = asked.visitor.login.as_ref().ok_or_else(Refusal::nobody)?;
    if asked.text("account_id") != Some(login.person.id.to_string().as_str()) {
        return Err(Refusal::nobody());
    }
    asker.answer(login, Road::Fedcm, &Wants::OAUTH).await
}

fn by_the_browser(asked: &Asked) -> bool {
    asked.headers.get("sec-fetch-dest").is_some_and(|dest| dest == "webidentity")
}

fn refused() -> Response {
    (
        StatusCode::FORBIDDEN,
        axum::Json(json!({ "error": "this is for the browser itself: Sec-Fetch-Dest is not webidentity" })),
    )
        .into_response()
}
