//! users.getLoggedInUser: who the session belongs to.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetLoggedInUser;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

/// A person's id.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "uid")]
pub(crate) struct Uid(u64);

impl Method for GetLoggedInUser {
    const NAME: &'static str = "users.getLoggedInUser";
    const SUMMARY: &'static str = "Tells whom the session belongs to.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = Uid;

    async fn call(cx: &Context, _: Args) -> Result<Uid> {
        Ok(Uid(cx.viewer()?.0))
    }
}
