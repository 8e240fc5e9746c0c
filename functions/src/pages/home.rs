//! The small pages: home, and the two on which programs wait that watch the address of an embedded browser.

use super::address::redirect;
use super::asked::Asked;
use super::layout::{self, Page};
use super::views;
use axum::response::{IntoResponse, Response};
use maud::html;

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
