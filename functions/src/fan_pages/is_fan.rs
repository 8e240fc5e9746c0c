//! pages.isFan: whether somebody is a fan of a page.
//!
//! It is read on the person's side, however many fans the page has. Of somebody who may be seen, but not what they like, the answer is no; that
//! is inferred. A page that is not there has no fans.

use super::{Subject, not_visible};
use futures_util::future::try_join;
use reconnect_core::fan::fan_key;
use reconnect_core::method::Fidelity;
use reconnect_core::page::page_in;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::{Found, Id, Key};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct IsFan;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The page.
    page_id: u64,
    /// Who; without it the person of the session.
    uid: Option<u64>,
}

impl Method for IsFan {
    const NAME: &'static str = "pages.isFan";
    const SUMMARY: &'static str = "Tells whether somebody is a fan of a page.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, Args { page_id, uid }: Args) -> Result<bool> {
        let (page, uid) = (Id(page_id), uid.map_or(cx.viewer()?, Id));
        let keys = [Key::Object(page), fan_key(uid, page)];
        let (subject, found) = try_join(Subject::look(cx, uid), cx.graph().get(&keys)).await?;
        let subject = subject.ok_or_else(|| not_visible(uid))?;
        let there = found.first().map(page_in).transpose()?.flatten().is_some();
        Ok(there && subject.shows_pages(cx) && matches!(found.last(), Some(Found::Assoc(Some(_)))))
    }
}
