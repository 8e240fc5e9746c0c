//! pages.isAdmin: whether somebody administers a page.
//!
//! Who runs a page was no public matter: of others it is told to who runs it too, and to the server of an application that they have authorised;
//! to everybody else the answer is no. That is inferred, and so is error 210. A page that is not there is administered by nobody.

use super::{Subject, not_visible};
use futures_util::future::try_join;
use reconnect_core::fan::admin_key;
use reconnect_core::graph::grant_key;
use reconnect_core::method::Fidelity;
use reconnect_core::page::page_in;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::{Found, Id, Key};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct IsAdmin;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The page.
    page_id: u64,
    /// Who; without it the person of the session.
    uid: Option<u64>,
}

impl Method for IsAdmin {
    const NAME: &'static str = "pages.isAdmin";
    const SUMMARY: &'static str = "Tells whether somebody administers a page.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, Args { page_id, uid }: Args) -> Result<bool> {
        let (page, viewer) = (Id(page_id), cx.viewer()?);
        let uid = uid.map_or(viewer, Id);
        let keys = [Key::Object(page), admin_key(uid, page), admin_key(viewer, page), grant_key(uid, cx.app().id)];
        let (subject, found) = try_join(Subject::look(cx, uid), cx.graph().get(&keys)).await?;
        if subject.is_none() {
            return Err(not_visible(uid));
        }
        let there = |at: usize| matches!(found.get(at), Some(Found::Assoc(Some(_))));
        let may_know = uid == viewer || there(2) || cx.caller.is_server() && there(3);
        Ok(found.first().map(page_in).transpose()?.flatten().is_some() && may_know && there(1))
    }
}
