//! extern/login_status.php: the hidden frame of the JavaScript SDK of 2010 and 2011, and the full-page redirect of the PHP classes of the
//! time. Three addresses come along, and the browser is sent to the one that says how things stand.

use super::address::{self, filled, judged, redirect};
use super::asked::Asked;
use super::problem::Problem;
use super::reply::Arguments;
use super::views;
use crate::handover;
use axum::response::{IntoResponse, Response};
use reconnect_core::address::{channel_origin, cookie_domain, destination};
use reconnect_core::model::{Application, Grant};

/// Answers in the visitor's name.
pub(super) async fn login_status(mut asked: Asked) -> Response {
    let outcome = answer(&mut asked).await;
    asked.reply(outcome)
}

async fn answer(asked: &mut Asked) -> Result<Response, Problem> {
    let site = asked.site.clone();
    let key = asked.text("api_key").or_else(|| asked.text("app_id")).map(str::to_owned);
    let app = asked.application(key.as_deref()).await?;
    asked.take_witness().await?;
    let grant = match asked.visitor.person_id() {
        Some(person) => site.services.graph.grant(person, app.id).await?,
        None => None,
    };
    let name = match (&asked.visitor.login, &grant) {
        (None, _) => "no_user",
        (Some(_), None) => "no_session",
        (Some(_), Some(_)) => "ok_session",
    };
    let refused = |refused| Problem::Address(Box::new((*app).clone()), refused);
    let next = asked.args.text(name).map_err(|_| Problem::NotText(name))?;
    // The SDK always sends all three. Who did not ask is not told.
    let Some(next) = next else { return Ok(views::closed(asked).into_response()) };
    let origins = address::origins(&site, &asked.visitor.visit);
    let next = destination(&app, Some(next)).map_err(refused)?;
    // Judged before a session is made for it, and once more when it is finished.
    let next = judged(&app, &origins, next).map_err(refused)?;
    let text = match &grant {
        Some(grant) => with_session(asked, &app, grant, &next).await?,
        None => filled(&next, &[], &Arguments::new()),
    };
    judged(&app, &origins, text).map(|text| redirect(&text)).map_err(refused)
}

async fn with_session(asked: &Asked, app: &Application, grant: &Grant, next: &str) -> Result<String, Problem> {
    let Some(login) = &asked.visitor.login else { return Err(Problem::Unavailable) };
    let handover = asked.handover(app, &handover::plan(login, grant)).await?;
    let page = channel_origin(next).unwrap_or_else(|| next.to_owned());
    let version_3 = asked.args.get("session_version") == Some(b"3");
    let session = handover.session_json(version_3, cookie_domain(app, &page))?;
    let granted: Vec<&str> = grant.permissions.iter().collect();
    Ok(filled(next, &granted, &vec![("session", session)]))
}
