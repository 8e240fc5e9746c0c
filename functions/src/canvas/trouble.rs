//! What stands in the place of an application that cannot be shown: what is wrong, and what to do.

use crate::pages::layout::Page;
use crate::pages::problem::Problem;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{Markup, html};
use reconnect_core::model::Application;

/// Why.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Told by a page of the canvas' own.
    Own(Box<Page>),
    /// What the other pages know too.
    Other(Problem),
}

impl Trouble {
    /// Nobody has this canvas name.
    pub(super) fn unknown_name(name: &str) -> Trouble {
        let body = html! {
            p { "No application of this server lives at " code { "/apps/" (name) } "." }
            p.hint { "The owner of the server sees all applications with " code { "reconnect app list" } ", and puts one here with:" }
            pre { code { "reconnect app edit APP --canvas-name NAME" } }
        };
        Trouble::own(StatusCode::NOT_FOUND, "No such application", &body)
    }

    /// It has no page of its own that could be shown.
    pub(super) fn no_callback(app: &Application) -> Trouble {
        let body = html! {
            p { b { (app.name) } " has no page of its own that could be shown here." }
            p.hint { "The owner of the server says where that page is with:" }
            pre { code { "reconnect app edit " (app.api_key) " --callback-url http://example.com/" } }
        };
        Trouble::own(StatusCode::NOT_FOUND, "Nothing to show yet", &body)
    }

    /// What follows its name leads out of it.
    pub(super) fn elsewhere(app: &Application, rest: &str) -> Trouble {
        let body = html! { p { code { (rest) } " leads out of " b { (app.name) } ", so nothing was loaded." } };
        Trouble::own(StatusCode::BAD_REQUEST, "Not a page of the application", &body)
    }

    fn own(status: StatusCode, title: &str, body: &Markup) -> Trouble {
        Trouble::Own(Box::new(Page { status, ..Page::new(title, html! { section.card { (body) } }) }))
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Trouble {
        Trouble::Other(problem)
    }
}

impl From<reconnect_core::Error> for Trouble {
    fn from(error: reconnect_core::Error) -> Trouble {
        Trouble::Other(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Trouble::Own(page) => page.into_response(),
            Trouble::Other(problem) => problem.into_response(),
        }
    }
}
