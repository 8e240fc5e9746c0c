//! The small pages: home, what everybody may see of a person, and the two on which programs wait that watch the address of an embedded browser.

use super::address::redirect;
use super::approve_photos;
use super::asked::Asked;
use super::layout::{self, Page};
use super::problem::Problem;
use super::views;
use axum::response::{IntoResponse, Response};
use maud::html;
use reconnect_store::Id;

/// home.php: who is logged in, what waits for them, and the link `Logout`, which drivers of the time look for.
pub(super) async fn home(asked: Asked) -> Response {
    let outcome = home_page(&asked).await;
    asked.reply(outcome)
}

async fn home_page(asked: &Asked) -> Result<Response, Problem> {
    let Some(person) = asked.visitor.person() else { return Ok(redirect("/login.php")) };
    let photos = asked.site.services.graph.waiting_photos_count(person.id).await?;
    let body = html! {
        section.card {
            div.app {
                (layout::face(person.id.0))
                p { "Logged in as " b { (person.name()) } br; span.quiet { (person.email) } }
            }
            @if photos > 0 {
                p.notice {
                    a href=(approve_photos::PATH) {
                        @if photos == 1 { "A photo waits" } @else { (photos) " photos wait" }
                    }
                    " for your approval."
                }
            }
            p { a.button href="/editapps.php" { "Your applications" } }
        }
    };
    let navigation = views::navigation(asked);
    Ok(Page { navigation, ..Page::new(format!("Hello, {}", person.name()), body) }.into_response())
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
