//! code_gen.php: a short code that a person types into a program; it trades the code for a session that never expires.

use super::address::redirect;
use super::asked::Asked;
use super::form_token;
use super::layout::Page;
use super::problem::Problem;
use super::request::{LoginRequest, Source};
use super::views;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use reconnect_core::browser::LoggedIn;
use reconnect_core::model::{Application, Grant};
use reconnect_core::session::{CODE_LIFETIME, Plan};
use std::sync::Arc;

const PURPOSE: &str = "code_gen";

/// The page with the button.
pub(super) async fn show(asked: Asked) -> Response {
    let outcome = answer(&asked, false).await;
    asked.reply(outcome)
}

/// The button was pressed.
pub(super) async fn generate(asked: Asked) -> Response {
    let outcome = answer(&asked, true).await;
    asked.reply(outcome)
}

async fn answer(asked: &Asked, pressed: bool) -> Result<Response, Problem> {
    let key = asked.text("api_key").or_else(|| asked.text("app_id"));
    let app = asked.application(key).await?;
    let Some((login, grant)) = authorized(asked, &app).await? else {
        // Log in, accept the application, and come back here.
        let request =
            LoginRequest { source: Source::CodeGen, api_key: Some(app.api_key.clone()), ..LoginRequest::default() };
        return Ok(redirect(&format!("/login.php?{}", request.query())));
    };
    let body = if pressed {
        asked.check_form(PURPOSE, &[&app.api_key])?;
        let plan = Plan {
            person: login.person.id,
            granted_epoch: grant.epoch,
            login_epoch: login.browser.login_epoch,
            infinite: true,
            secret: false,
            browser: Some(login.browser.id),
        };
        code(&app, &asked.site.services.graph.create_code(&app, &plan).await?)
    } else {
        button(asked, &app, login)
    };
    let title = format!("Code for {}", app.name);
    Ok(Page { navigation: views::navigation(asked), ..Page::new(title, body) }.into_response())
}

/// Who is logged in, and what they granted the application; None when one of the two is missing.
async fn authorized<'a>(asked: &'a Asked, app: &Application) -> Result<Option<(&'a LoggedIn, Grant)>, Problem> {
    let Some(login) = &asked.visitor.login else { return Ok(None) };
    let grant = asked.site.services.graph.grant(login.person.id, app.id).await?;
    Ok(grant.map(|grant| (login, grant)))
}

fn button(asked: &Asked, app: &Arc<Application>, login: &LoggedIn) -> Markup {
    let token = asked.form_token(PURPOSE, &[&app.api_key]);
    html! {
        form.card method="post" action="/code_gen.php" {
            (views::hidden([("api_key", app.api_key.clone()), ("v", "1.0".to_owned()), (form_token::FIELD, token)]))
            (views::plate(app, None))
            p {
                "With a one-time code " b { (app.name) } " can log in as " b { (login.person.name()) }
                " and stay logged in until you remove it."
            }
            p.notice { "Only type a code into a program that you trust, and never tell it to anybody." }
            div.buttons { input.primary type="submit" name="generate" value="Generate"; }
        }
    }
}

fn code(app: &Application, code: &str) -> Markup {
    html! {
        section.card.center {
            p { "Type this code into " b { (app.name) } ":" }
            p.code { (code) }
            p.quiet { "It works once, and for " (CODE_LIFETIME / 60) " minutes." }
        }
    }
}
