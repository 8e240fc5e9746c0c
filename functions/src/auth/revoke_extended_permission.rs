//! auth.revokeExtendedPermission: takes back one extended permission.
//!
//! `publish_stream` is a superset; what was granted on its own beside it stays. Taking back `offline_access` ends every session of the
//! pair: an infinite one would otherwise outlive the permission it came from. Both, and error 200 for somebody who has not
//! authorised the application, are inferred.

use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::permission::Permission;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct RevokeExtendedPermission;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Name of the extended permission.
    perm: String,
    /// Whose; without it the session's person.
    uid: Option<u64>,
}

impl Method for RevokeExtendedPermission {
    const NAME: &'static str = "auth.revokeExtendedPermission";
    const SUMMARY: &'static str = "Takes back one extended permission.";
    const ACCESS: Access = Access::optional_session().no_session_secret().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        if Permission::find(&args.perm).is_none() {
            return Err(invalid(format!("perm '{}' is no extended permission", args.perm)));
        }
        let Some(person) = cx.subject(args.uid)? else {
            return Err(Code::ParamSessionKey.because("there is neither a session nor a uid").into());
        };
        match cx.graph().revoke_permission(person, cx.app().id, &args.perm).await? {
            Some(()) => Ok(true),
            None => Err(Code::Permission.because(format!("{person} has not authorised the application")).into()),
        }
    }
}
