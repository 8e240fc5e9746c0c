//! pages.isAppAdded: whether a page has added the calling application.

use reconnect_core::fan::page_app_key;
use reconnect_core::method::Fidelity;
use reconnect_core::page::page_in;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::{Found, Id, Key};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct IsAppAdded;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The page.
    page_id: u64,
}

impl Method for IsAppAdded {
    const NAME: &'static str = "pages.isAppAdded";
    const SUMMARY: &'static str = "Tells whether a page has added the calling application.";
    const ACCESS: Access = Access::optional_session().no_session_secret();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, Args { page_id }: Args) -> Result<bool> {
        let page = Id(page_id);
        let found = cx.graph().get(&[Key::Object(page), page_app_key(page, cx.app().id)]).await?;
        let there = found.first().map(page_in).transpose()?.flatten().is_some();
        Ok(there && matches!(found.last(), Some(Found::Assoc(Some(_)))))
    }
}
