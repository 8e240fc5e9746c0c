//! users.isAppUser: whether a person has authorised the application.
//!
//! Older clients call it users.isAppAdded, which answers the same.

use reconnect_core::context::nobody_named;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct IsAppUser;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Who; without it the session's person. A desktop application's is ignored.
    uid: Option<u64>,
}

impl Method for IsAppUser {
    const NAME: &'static str = "users.isAppUser";
    const ALIASES: &'static [&'static str] = &["users.isAppAdded"];
    const SUMMARY: &'static str = "Tells whether a person has authorised the application.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let person = cx.subject(args.uid)?.ok_or_else(nobody_named)?;
        Ok(cx.grant_of(person).await?.is_some())
    }
}
