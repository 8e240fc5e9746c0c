//! auth.revokeAuthorization: removes a person's authorisation of the application, the reverse of accepting it.
//!
//! One write ends every session, secret and token of the pair and all permissions. The application is told in the background; the
//! person stays logged in to the site. The JavaScript SDK believes only the JSON value `true`.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct RevokeAuthorization;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose authorisation; without it the session's person. To name another needs the application's secret.
    uid: Option<u64>,
    /// Do not offer the application to this person again (the connect bar's "no thanks").
    #[serde(default)]
    block: bool,
}

impl Method for RevokeAuthorization {
    const NAME: &'static str = "auth.revokeAuthorization";
    const SUMMARY: &'static str = "Removes a person's authorisation of the application.";
    const ACCESS: Access = Access::optional_session().writes();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let Some(person) = cx.subject(args.uid)? else {
            return Err(Code::ParamSessionKey.because("there is neither a session nor a uid").into());
        };
        match cx.graph().withdraw(person, cx.app().id, args.block).await? {
            Some(intent) => {
                cx.services.carry_out(intent).await;
                Ok(true)
            }
            None if cx.graph().person(person).await?.is_none() => {
                Err(Code::ParamUserId.because(format!("no person has the id {person}")).into())
            }
            None => Ok(false),
        }
    }
}
