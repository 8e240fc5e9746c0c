//! users.hasAppPermission: whether a person has granted the application an extended permission.
//!
//! `publish_stream` implies status_update, photo_upload, video_upload, create_note and share_item.

use reconnect_core::context::nobody_named;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::permission::Permission;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct HasAppPermission;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Name of the extended permission.
    ext_perm: String,
    /// Who; without it the session's person. A desktop application's is ignored.
    uid: Option<u64>,
}

impl Method for HasAppPermission {
    const NAME: &'static str = "users.hasAppPermission";
    const SUMMARY: &'static str = "Tells whether a person has granted the application an extended permission.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        if Permission::find(&args.ext_perm).is_none() {
            return Err(invalid(format!("ext_perm '{}' is no extended permission", args.ext_perm)));
        }
        let person = cx.subject(args.uid)?.ok_or_else(nobody_named)?;
        Ok(cx.grant_of(person).await?.is_some_and(|grant| grant.permissions.allow(&args.ext_perm)))
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, By, World};
    use reconnect_core::permission::Permissions;

    #[tokio::test]
    async fn publish_stream_implies_what_it_includes() {
        let world = World::new().await;
        let (granted, _) = Permissions::parse("publish_stream");
        world.services.graph.authorize(ANN, world.web.id, &granted).await.unwrap();
        let by = By::App(&world.web);
        for (name, has) in [("publish_stream", true), ("create_note", true), ("email", false)] {
            let args = [("ext_perm", name), ("uid", "1240077")];
            assert_eq!(world.json(by, "users.hasAppPermission", &args).await, has, "{name}");
        }
        let stranger = [("ext_perm", "email"), ("uid", "1240078")];
        assert_eq!(world.json(by, "users.hasAppPermission", &stranger).await, false);
    }

    #[tokio::test]
    async fn unknown_names_and_nobody_are_error_100() {
        let world = World::new().await;
        let by = By::App(&world.web);
        for args in [&[("ext_perm", "fly"), ("uid", "1240077")][..], &[("uid", "1240077")], &[("ext_perm", "email")]] {
            assert_eq!(world.code(by, "users.hasAppPermission", args).await, 100);
        }
    }
}
