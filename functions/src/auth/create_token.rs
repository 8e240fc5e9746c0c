//! auth.createToken: a one-time token that a desktop program passes to login.php and afterwards trades for a session.
//!
//! A session key that comes along is checked and otherwise ignored; the PHP client sends an empty one. The token belongs to the
//! calling application, lives an hour, and is bound to a person by the login page only.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct CreateToken;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

/// 32 lower-case hex digits.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "auth_token")]
pub(crate) struct AuthToken(String);

impl Method for CreateToken {
    const NAME: &'static str = "auth.createToken";
    const SUMMARY: &'static str =
        "Makes a one-time token that a person logs in with and that is then traded for a session.";
    const ACCESS: Access = Access::app_secret().writes();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = AuthToken;

    async fn call(cx: &Context, _: Args) -> Result<AuthToken> {
        Ok(AuthToken(cx.graph().create_token(cx.app()).await?))
    }
}
