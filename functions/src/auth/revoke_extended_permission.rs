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
        let in_hand = cx.caller.grant.as_ref().filter(|_| cx.caller.viewer() == Some(person));
        match cx.graph().revoke_permission(person, cx.app().id, &args.perm, in_hand).await? {
            Some(()) => Ok(true),
            None => Err(Code::Permission.because(format!("{person} has not authorised the application")).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, By, World};
    use reconnect_core::permission::Permissions;

    #[tokio::test]
    async fn what_is_widened_or_narrowed_keeps_the_time_at_which_it_was_given() {
        let world = World::new().await;
        let since = world.services.graph.grant(ANN, world.web.id).await.unwrap().unwrap().since;
        world.clock.advance(5_000);
        let (email, _) = Permissions::parse("email");
        world.services.graph.authorize(ANN, world.web.id, &email).await.unwrap();
        world.clock.advance(5_000);
        let opened = world.session(&world.web).await;
        let args = [("session_key", opened.key.as_str()), ("perm", "email")];
        assert_eq!(world.code(By::App(&world.web), "auth.revokeExtendedPermission", &args).await, 0);
        let grants = world.services.graph.grants_of(ANN).await.unwrap();
        let found = grants.iter().find(|(app, ..)| app.id == world.web.id).unwrap();
        assert_eq!((found.1.since, found.2), (since, since));
        assert!(!found.1.permissions.contains("email"));
    }

    #[tokio::test]
    async fn a_permission_is_taken_back_and_single_ones_beside_it_stay() {
        let world = World::new().await;
        let by = By::App(&world.web);
        let (granted, _) = Permissions::parse("publish_stream,photo_upload,email");
        world.services.graph.authorize(ANN, world.web.id, &granted).await.unwrap();
        let opened = world.session(&world.web).await;
        let session = ("session_key", opened.key.as_str());
        assert_eq!(world.json(by, "auth.revokeExtendedPermission", &[session, ("perm", "publish_stream")]).await, true);
        for (name, has) in
            [("publish_stream", false), ("status_update", false), ("photo_upload", true), ("email", true)]
        {
            assert_eq!(world.json(by, "users.hasAppPermission", &[session, ("ext_perm", name)]).await, has, "{name}");
        }
        let again = [("perm", "publish_stream"), ("uid", "1240077")];
        assert_eq!(
            world.json(by, "auth.revokeExtendedPermission", &again).await,
            true,
            "not granted: true all the same"
        );
    }

    #[tokio::test]
    async fn without_offline_access_no_session_outlives_it() {
        let world = World::new().await;
        let (granted, _) = Permissions::parse("offline_access");
        world.services.graph.authorize(ANN, world.web.id, &granted).await.unwrap();
        let opened = world.infinite_session(&world.web).await;
        let session = ("session_key", opened.key.as_str());
        let by = By::App(&world.web);
        assert_eq!(world.json(by, "auth.revokeExtendedPermission", &[session, ("perm", "offline_access")]).await, true);
        assert_eq!(world.code(by, "users.getLoggedInUser", &[session]).await, 102);
        assert_eq!(world.json(by, "users.isAppUser", &[("uid", "1240077")]).await, true);
    }

    #[tokio::test]
    async fn wrong_names_and_nobody_are_errors() {
        let world = World::new().await;
        let by = By::App(&world.web);
        let code = async |args: &[(&str, &str)]| world.code(by, "auth.revokeExtendedPermission", args).await;
        assert_eq!(code(&[("uid", "1240077")]).await, 100);
        assert_eq!(code(&[("uid", "1240077"), ("perm", "fly")]).await, 100);
        assert_eq!(code(&[("perm", "email")]).await, 102);
        assert_eq!(code(&[("perm", "email"), ("uid", "1240078")]).await, 200);
        assert_eq!(code(&[("perm", "email"), ("uid", "everybody")]).await, 100);
    }
}
