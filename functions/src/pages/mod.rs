//! The pages that people see: login.php and what it leads through, logout.php, code_gen.php, the list of applications.
//!
//! | module | what it holds |
//! |---|---|
//! | `request` | the arguments of login.php and its relatives, in one typed struct |
//! | `flow` | which step comes next: one pure function |
//! | `asked`, `visitor`, `form_token` | what every page knows of a request: arguments, who is logged in, which forms are ours |
//! | `login`, `consent`, `finish`, `address` | the handlers of the flow, and how it ends |
//! | `logout`, `code_gen`, `editapps`, `home` | the other pages |
//! | `layout`, `views`, `problem` | what they look like |
//!
//! Rendered on the server, with forms and links only: the browsers of the time, embedded ones and today's all do.

mod address;
pub(crate) mod asked;
mod code_gen;
mod consent;
mod editapps;
mod finish;
mod flow;
pub(crate) mod form_token;
mod home;
pub mod layout;
mod login;
mod logout;
pub(crate) mod problem;
mod request;
#[cfg(test)]
mod tests;
pub(crate) mod views;
pub(crate) mod visitor;

use crate::site::Site;
use axum::Router;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use request::Entry;

/// All pages. Paths are the historic ones; the host does not matter.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/login.php", step(Entry::Login))
        .route("/tos.php", step(Entry::Tos))
        .route("/install.php", step(Entry::Tos))
        .route("/add.php", step(Entry::Tos))
        .route("/authorize.php", step(Entry::Authorize))
        .route("/connect/prompt_permissions.php", step(Entry::Permissions))
        .route("/connect/prompt_permission.php", step(Entry::Permissions))
        .route("/logout.php", get(logout::logout).post(logout::logout))
        .route("/code_gen.php", get(code_gen::show).post(code_gen::generate))
        .route("/editapps.php", get(editapps::show).post(editapps::change))
        .route("/home.php", get(home::home))
        .route("/connect/login_success.html", get(home::login_success))
        .route("/connect/login_failure.html", get(home::login_failure))
        .layer(axum::middleware::map_response(with_headers))
}

/// The steps of the flow live on pages of their own, but each of them takes whoever comes along to the step that is next.
fn step(entry: Entry) -> MethodRouter<Site> {
    get(move |asked| login::enter(entry, asked)).post(move |asked| login::submit(entry, asked))
}

/// What every answer carries, redirects and refusals included.
async fn with_headers(mut response: Response) -> Response {
    layout::secure(response.headers_mut());
    response
}
