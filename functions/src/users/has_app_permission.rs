//! users.hasAppPermission: whether a person has granted the application an extended permission.
//!
//! `publish_stream` implies status_update, photo_upload, video_upload, create_note and share_item. Of a page it is whether a call may act for it
//! by that permission.

use reconnect_core::acting::Leave;
use reconnect_core::context::nobody_named;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::permission::Permission;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Deserialize;

/// What is done in the name of pages; the rest is of people alone.
const OF_PAGES: [&str; 7] =
    ["publish_stream", "status_update", "photo_upload", "video_upload", "create_event", "create_note", "share_item"];

pub(crate) struct HasAppPermission;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Name of the extended permission.
    ext_perm: String,
    /// Who: a person, or a page. Without it the session's person. A desktop application's is ignored.
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
        let viewer = cx.caller.viewer();
        let other = args.uid.map(Id).filter(|uid| Some(*uid) != viewer && !cx.app().desktop);
        let Some(other) = other else {
            let person = cx.subject(args.uid)?.ok_or_else(nobody_named)?;
            return Ok(cx.grant_of(person).await?.is_some_and(|grant| grant.permissions.allow(&args.ext_perm)));
        };
        match cx.leave_of(other, &args.ext_perm).await? {
            Leave::OfPage(given) => Ok(given && OF_PAGES.contains(&args.ext_perm.as_str())),
            Leave::OfPerson(given) => {
                cx.subject(Some(other.0))?;
                Ok(given)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, By, World};
    use reconnect_core::kinds;
    use reconnect_core::page::Page;
    use reconnect_core::permission::Permissions;
    use reconnect_store::{Batch, Id};

    const METHOD: &str = "users.hasAppPermission";

    #[tokio::test]
    async fn publish_stream_implies_what_it_includes() {
        let world = World::new().await;
        let (granted, _) = Permissions::parse("publish_stream");
        world.services.graph.authorize(ANN, world.web.id, &granted).await.unwrap();
        let by = By::App(&world.web);
        for (name, has) in [("publish_stream", true), ("create_note", true), ("email", false)] {
            let args = [("ext_perm", name), ("uid", "1240077")];
            assert_eq!(world.json(by, METHOD, &args).await, has, "{name}");
        }
        let stranger = [("ext_perm", "email"), ("uid", "1240078")];
        assert_eq!(world.json(by, METHOD, &stranger).await, false);
    }

    #[tokio::test]
    async fn of_a_page_it_is_whether_the_call_may_act_for_it() {
        let world = World::new().await;
        let graph = &world.services.graph;
        let page = Page { id: Id(77), name: "Band".to_owned(), kind: "Film".to_owned(), ..Page::default() };
        graph.create_page(page).await.unwrap();
        world.permit(ANN, "publish_stream,email").await;
        let args = |name| [("uid", "77"), ("ext_perm", name)];
        let by_server = async |name| world.json(By::App(&world.web), METHOD, &args(name)).await;
        assert_eq!(by_server("status_update").await, false);
        assert_eq!(world.ask_by_secret(METHOD, &args("status_update")).await, false);
        let mut batch = Batch::new();
        batch.link(Id(77), kinds::PAGE_APP, world.web.id, 1, Vec::new());
        batch.link(ANN, kinds::ADMIN_OF, Id(77), 1, Vec::new());
        graph.commit(batch).await.unwrap();
        for (name, given) in [("status_update", true), ("publish_stream", true), ("email", false)] {
            assert_eq!(by_server(name).await, given, "{name}");
            assert_eq!(world.ask_by_secret(METHOD, &args(name)).await, given, "{name} by who administers it");
        }
        let other = [("uid", "1240078"), ("ext_perm", "email")];
        assert_eq!(world.ask_by_secret(METHOD, &other).await["error_code"], 200, "of people it tells nothing");
    }

    #[tokio::test]
    async fn unknown_names_and_nobody_are_error_100() {
        let world = World::new().await;
        let by = By::App(&world.web);
        for args in [&[("ext_perm", "fly"), ("uid", "1240077")][..], &[("uid", "1240077")], &[("ext_perm", "email")]] {
            assert_eq!(world.code(by, METHOD, args).await, 100);
        }
    }
}
