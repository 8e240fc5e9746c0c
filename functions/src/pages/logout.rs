//! logout.php: for applications, which prove by a session that they may; and the site's own link, which proves that it is ours.
//!
//! An application's logout ends the login itself and every expiring session that was made in this browser: all Connect sites see the
//! person gone at their next look. Where it proves nothing, nothing is ended, and the browser goes where it would have gone.

use super::address::{self, redirect};
use super::asked::Asked;
use super::problem::Problem;
use axum::response::Response;
use reconnect_core::address::{check, destination};
use reconnect_core::model::{Application, Session};
use reconnect_core::secrets::same;
use reconnect_wire::token::AccessToken;
use std::sync::Arc;

/// The argument of the site's own link; historic.
const LINK: &str = "h";

/// Both ways to log out.
pub(super) async fn logout(mut asked: Asked) -> Response {
    let outcome = answer(&mut asked).await;
    asked.reply(outcome)
}

async fn answer(asked: &mut Asked) -> Result<Response, Problem> {
    let site = asked.site.clone();
    if !asked.foreign && asked.token_is_ours(LINK, "logout", &[]) {
        asked.visitor.log_out(&site.services).await?;
        return Ok(redirect("/login.php"));
    }
    let (app, session) = named(asked).await?;
    if let Some(session) = session
        && session.person.is_some()
        && asked.visitor.person_id().is_none_or(|person| session.person == Some(person))
    {
        // In a hidden frame on another site no cookie says who is there: the session says in which browser it was made.
        if asked.visitor.login.is_none() {
            site.services.graph.log_out_behind(&session).await?;
        }
        asked.visitor.log_out(&site.services).await?;
        // The application's own session may be older than this browser's login.
        if session.expires != 0 {
            site.services.graph.end_session(&session).await?;
        }
    }
    onward(asked, app.as_deref())
}

/// The application that the request names, and the session that it proves to have.
async fn named(asked: &Asked) -> Result<(Option<Arc<Application>>, Option<Session>), Problem> {
    let services = &asked.site.services;
    let token: Option<AccessToken> = asked.text("access_token").and_then(|text| text.parse().ok());
    let key = ["api_key", "app_key", "app_id"].into_iter().find_map(|name| asked.text(name)).map(str::to_owned);
    // The PHP class of 2011 names its application by the token only.
    let Some(key) = key.or_else(|| token.as_ref().map(|token| token.app_id().to_string())) else {
        return Ok((None, None));
    };
    let Some(app) = services.apps.find(&services.graph, &key).await? else { return Ok((None, None)) };
    let session_key = match &token {
        Some(AccessToken::User { app_id, session_key, mac }) => {
            let ours = same(mac, &services.secrets.access_token_mac(app.id, session_key)) && *app_id == app.id.0;
            ours.then_some(session_key.as_str())
        }
        Some(AccessToken::App { .. }) => None,
        None => asked.text("session_key"),
    };
    let session = match session_key {
        Some(session_key) if !app.disabled => {
            services.graph.live_session(app.id, session_key).await?.map(|(session, _)| session)
        }
        _ => None,
    };
    Ok((Some(app), session))
}

/// To `next`, by the rules of login.php; nothing is appended.
fn onward(asked: &Asked, app: Option<&Application>) -> Result<Response, Problem> {
    let next = match asked.args.text("next") {
        Ok(next) => next,
        Err(_) => return Err(Problem::NotText("next")),
    };
    let (Some(app), Some(next)) = (app, next) else { return Ok(redirect("/home.php")) };
    let refused = |refused| Problem::Address(Box::new(app.clone()), refused);
    let text = destination(app, Some(next)).map_err(refused)?;
    check(app, &address::origins(&asked.site, &asked.visitor.visit), &text).map_err(refused)?;
    Ok(redirect(&text))
}
