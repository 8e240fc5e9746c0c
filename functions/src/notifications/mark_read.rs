//! notifications.markRead: marks notifications of the session's person as read. Ids that are not theirs are passed over.

use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::notification::MAX_LISTED;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct MarkRead;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Ids from notifications.getList.
    notification_ids: Vec<u64>,
}

impl Method for MarkRead {
    const NAME: &'static str = "notifications.markRead";
    const SUMMARY: &'static str =
        "Marks notifications of the session's person as read; answers whether any was theirs.";
    const ACCESS: Access = Access::session().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, Args { notification_ids }: Args) -> Result<bool> {
        if notification_ids.is_empty() || notification_ids.len() > MAX_LISTED {
            return Err(invalid(format!("notification_ids names 1 to {MAX_LISTED} notifications")));
        }
        let ids: Vec<Id> = notification_ids.into_iter().map(Id).collect();
        Ok(cx.graph().mark_notifications_read(cx.viewer()?, &ids).await? > 0)
    }
}
