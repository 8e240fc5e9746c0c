//! users.isVerified: whether somebody made sure that the session's person is who they say. On this server its owner does.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct IsVerified;

/// A `uid`, which one client (.NET) sends, is not looked at: it is about the session's person.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

impl Method for IsVerified {
    const NAME: &'static str = "users.isVerified";
    const SUMMARY: &'static str = "Tells whether the session's person is verified.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, _: Args) -> Result<bool> {
        Ok(cx.graph().person(cx.viewer()?).await?.is_some_and(|person| person.verified))
    }
}
