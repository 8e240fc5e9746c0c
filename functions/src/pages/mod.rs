//! The pages that people see: login.php and what it leads through, logout.php, code_gen.php, the list of applications, photos that wait.
//!
//! | module | what it holds |
//! |---|---|
//! | `request`, `reply` | the arguments of login.php, of the dialogs and of their relatives, in one typed struct; how each answers |
//! | `flow` | which step comes next: one pure function |
//! | `asked`, `visitor`, `session`, `form_token` | what every page knows of a request: arguments, who is logged in, which session it brings, which forms are ours |
//! | `login`, `consent`, `finish`, `address` | the handlers of the flow, and how it ends |
//! | `login_status`, `channel`, `framed` | what the SDK loads in hidden frames; what stands in a frame in the place of a page |
//! | `logout`, `code_gen`, `editapps`, `approve_photos`, `home` | the other pages |
//! | `layout`, `views`, `problem` | what they look like |
//!
//! Rendered on the server; pages for people have forms and links only: the browsers of the time, embedded ones and today's all do.

pub(crate) mod address;
mod approve_photos;
pub(crate) mod asked;
mod channel;
mod code_gen;
mod consent;
mod editapps;
mod finish;
mod flow;
pub(crate) mod form_token;
mod framed;
mod home;
pub mod layout;
mod login;
mod login_status;
mod logout;
pub(crate) mod problem;
mod reply;
mod request;
mod session;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod views;
pub(crate) mod visitor;

use crate::site::Site;
use axum::Router;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use channel::Channel;
use request::Entry;

/// All pages. Paths are the historic ones; the host does not matter.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/login.php", step(Entry::Login))
        .route("/tos.php", step(Entry::Tos))
        .route("/install.php", step(Entry::Tos))
        .route("/add.php", step(Entry::Tos))
        .route("/authorize.php", step(Entry::Authorize))
        .route("/dialog/oauth", dialog(Entry::OAuth))
        .route("/oauth/authorize", dialog(Entry::OAuth))
        .route("/dialog/permissions.request", dialog(Entry::Dialog))
        .route("/connect/uiserver.php", dialog(Entry::Dialog))
        .route("/fbml/ajax/uiserver.php", dialog(Entry::Dialog))
        .route("/connect/prompt_permissions.php", step(Entry::Permissions))
        .route("/connect/prompt_permission.php", step(Entry::Permissions))
        .route("/extern/login_status.php", get(login_status::login_status).post(login_status::login_status))
        .route("/connect/xd_proxy.php", channel(Channel::Proxy))
        .route("/connect/xd_arbiter.php", channel(Channel::Arbiter))
        .route("/logout.php", get(logout::logout).post(logout::logout))
        .route("/code_gen.php", get(code_gen::show).post(code_gen::generate))
        .route("/editapps.php", get(editapps::show).post(editapps::change))
        .route(approve_photos::PATH, get(approve_photos::show).post(approve_photos::decide))
        .route("/home.php", get(home::home))
        .route("/profile.php", get(home::profile))
        .route("/connect/login_success.html", get(home::login_success))
        .route("/connect/login_failure.html", get(home::login_failure))
        .layer(axum::middleware::map_response(with_headers))
}

/// The steps of the flow live on pages of their own, but each of them takes whoever comes along to the step that is next.
fn step(entry: Entry) -> MethodRouter<Site> {
    get(move |asked| login::enter(entry, asked)).post(move |asked| login::submit(entry, asked))
}

/// What the SDK posts to a channel it never reads.
fn channel(channel: Channel) -> MethodRouter<Site> {
    get(move || async move { channel::page(channel) }).post(move || async move { channel::page(channel) })
}

/// A dialog's address shows nothing itself. The SDK posts to it what is too long for an address: that is no form of ours.
fn dialog(entry: Entry) -> MethodRouter<Site> {
    get(move |asked| login::enter(entry, asked)).post(move |asked| login::enter(entry, asked))
}

/// What every answer carries, redirects and refusals included.
async fn with_headers(mut response: Response) -> Response {
    layout::secure(response.headers_mut());
    response
}
