//! The harness of the end-to-end tests: the real program, an HTTP client that hides nothing, a client of the Legacy REST API that
//! shares no line with the server, and a driver for HTML forms.
//!
//! The program is built from the sources before it is started; `RECONNECT_TEST_BINARY` names another one to test instead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

pub mod browser;
pub mod client;
pub mod form;
pub mod http;
pub mod program;
pub mod scene;
pub mod schema;
pub mod server;
pub mod shown;
pub mod standins;

pub use browser::{Browser, Page};
pub use client::{Call, Reply, Session, sign};
pub use http::{Answer, Request};
pub use program::{App, Home, Person};
pub use scene::Scene;
pub use server::Server;
pub use shown::Shown;
