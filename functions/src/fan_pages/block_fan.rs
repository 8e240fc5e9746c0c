//! pages.blockFan: takes somebody from a page's fans, and lets them become none again.
//!
//! Of this late method only name and answer are known; arguments and rights are inferred. The page must have added the application, and in a
//! session its person must administer the page. Who is no fan can be blocked all the same; a second time changes nothing and answers true.

use reconnect_core::error::invalid;
use reconnect_core::fan::{admin_key, page_app_key};
use reconnect_core::method::Fidelity;
use reconnect_core::page::page_in;
use reconnect_core::{Access, Context, Method, Result, kinds};
use reconnect_store::{Found, Id, Key};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct BlockFan;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The page.
    page_id: u64,
    /// Whom it blocks.
    uid: u64,
}

impl Method for BlockFan {
    const NAME: &'static str = "pages.blockFan";
    const SUMMARY: &'static str = "Takes somebody from a page's fans, and lets them become none again.";
    const ACCESS: Access = Access::optional_session().no_session_secret().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, Args { page_id, uid }: Args) -> Result<bool> {
        let (page, uid) = (Id(page_id), Id(uid));
        let mut keys = vec![Key::Object(page), Key::Object(uid), page_app_key(page, cx.app().id)];
        keys.extend(cx.caller.viewer().map(|viewer| admin_key(viewer, page)));
        let found = cx.graph().get(&keys).await?;
        if found.first().map(page_in).transpose()?.flatten().is_none() {
            return Err(invalid(format!("page_id: no page has the id {page}")));
        }
        if !matches!(found.get(1), Some(Found::Object(Some(person))) if person.is(kinds::PERSON)) {
            return Err(invalid(format!("uid: no person has the id {uid}")));
        }
        let mut rights = found.iter().skip(2).map(|found| matches!(found, Found::Assoc(Some(_))));
        if rights.next() != Some(true) {
            return Err(Code::Permission.because(format!("the page {page} has not added the application")).into());
        }
        // Without a session the application's own server must call.
        if !rights.next().unwrap_or_else(|| cx.caller.is_server()) {
            return Err(Code::Permission
                .because(format!("the session's user does not administer the page {page}"))
                .into());
        }
        cx.graph().block_fan(page, uid).await?;
        Ok(true)
    }
}
