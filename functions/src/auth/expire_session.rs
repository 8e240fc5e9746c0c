//! auth.expireSession: ends the session that the call is made with.
//!
//! The key, its secret and the access tokens made of it are dead at once: the next call gets 102, a token 190. The authorisation and
//! its permissions stay, and so does the person's login to the site.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct ExpireSession;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

impl Method for ExpireSession {
    const NAME: &'static str = "auth.expireSession";
    const SUMMARY: &'static str = "Ends the session that the call is made with.";
    const ACCESS: Access = Access::session().writes();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, _: Args) -> Result<bool> {
        // A rival that ended it first leaves nothing to end: the session is invalid now, and so is this call.
        if cx.graph().end_session(cx.session()?).await? { Ok(true) } else { Err(Code::ParamSessionKey.into()) }
    }
}
