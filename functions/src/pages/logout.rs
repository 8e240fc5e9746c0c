//! logout.php: for applications, which prove by a session that they may; and the site's own link, which proves that it is ours.
//!
//! An application's logout ends the login itself and every expiring session that was made in this browser: all Connect sites see the
//! person gone at their next look. Where it proves nothing, nothing is ended, and the browser goes where it would have gone.

use super::address::{self, redirect};
use super::asked::Asked;
use super::problem::Problem;
use super::session;
use axum::response::Response;
use reconnect_core::address::{check, destination};
use reconnect_core::model::Application;

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
    let (app, opened) = session::named(&site.services, &asked.args).await?;
    if let Some(session) = opened.map(|opened| opened.session)
        && session.person.is_some()
        && asked.visitor.person_id().is_none_or(|person| session.person == Some(person))
    {
        // In a hidden frame on another site no cookie says who is there: the session says in which browser it was made.
        if asked.visitor.login.is_none()
            && let Some(login) = site.services.graph.login_behind(&session).await?
        {
            site.services.graph.log_out(&login).await?;
        }
        asked.visitor.log_out(&site.services).await?;
        // The application's own session may be older than this browser's login.
        if session.expires != 0 {
            site.services.graph.end_session(&session).await?;
        }
    }
    onward(asked, app.as_deref())
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
