//! The harness of the end-to-end tests: the real programs, an HTTP client that hides nothing, a client of the Legacy REST API that
//! shares no line with the server, and a driver for HTML forms.
//!
//! The programs are built from the sources before they are started; `RECONNECT_TEST_BINARY` names another dev server to test instead.
//! `RECONNECT_TEST_HOME` names the home that the tests run over; see [`home`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

pub mod browser;
pub mod build;
pub mod chromium;
pub mod client;
pub mod cloud;
pub mod docker;
pub mod film;
pub mod form;
pub mod home;
pub mod http;
pub mod program;
pub mod scene;
pub mod schema;
pub mod server;
pub mod shown;
pub mod signed;
pub mod site;
pub mod stage;
pub mod standins;

pub use browser::{Browser, Page};
pub use chromium::Chromium;
pub use client::{Call, Reply, Session, sign};
pub use home::Home;
pub use http::{Answer, Request};
pub use program::{App, Person};
pub use scene::Scene;
pub use server::Server;
pub use shown::Shown;
pub use site::Site;
pub use stage::Stage;
