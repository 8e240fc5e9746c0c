//! The small pages: home, what everybody may see of a person, and the two on which programs wait that watch the address of an embedded browser.

use super::address::redirect;
use super::asked::Asked;
use super::layout::{self, Page};
use super::problem::Problem;
use super::views;
use axum::response::{IntoResponse, Response};
use maud::html;
use reconnect_store::Id;

/// home.php: who is logged in, and the link `Logout`, which drivers of the time look for.
pub(super) async fn home(asked: Asked) -> Response {
    let Some(person) = asked.visitor.person() else { return redirect("/login.php") };
    let body = html! {
        section.card {
            div.app {
                (layout::face(person.id.0))
                p { "Logged in as " b { (person.name()) } br; span.quiet { (person.email) } }
            }
            p { a.button href="/editapps.php" { "Your applications" } }
        }
    };
    let page = Page { navigation: views::navigation(&asked), ..Page::new(format!("Hello, {}", person.name()), body) };
    asked.reply(Ok(page.into_response()))
}

/// profile.php: where the `link` of a person leads. Names and faces are public, as they were.
pub(super) async fn profile(asked: Asked) -> Response {
    let outcome = person_page(&asked).await;
    asked.reply(outcome)
}

async fn person_page(asked: &Asked) -> Result<Response, Problem> {
    let person = match asked.text("id").and_then(|id| id.parse().ok()) {
        Some(id) => asked.site.services.graph.person(Id(id)).await?,
        None => None,
    };
    let Some(person) = person else { return Err(Problem::Nobody) };
    let body = html! {
        section.card.center {
            img.large src={ "/" (person.id) "/picture?type=large" } width="200" height="200" alt="";
            p.quiet { "User " (person.id) }
        }
    };
    Ok(Page { navigation: views::navigation(asked), ..Page::new(person.name(), body) }.into_response())
}

/// connect/login_success.html: the address holds the session by now, so the page warns against sharing it.
pub(super) async fn login_success() -> Response {
    let body = html! {
        section.card.center {
            span.tick aria-hidden="true" { "✓" }
            p.notice {
                b { "Treat the address of this page like a password." }
                " Do not copy it anywhere and do not share it with anybody."
            }
            p.quiet { "You may close this window and return to the program." }
        }
    };
    Page::new("Success", body).into_response()
}

/// connect/login_failure.html
pub(super) async fn login_failure() -> Response {
    let body = html! {
        section.card.center {
            p { "You were not logged in." }
            p.quiet { "You may close this window and return to the program." }
        }
    };
    Page::new("Login failed", body).into_response()
}
