//! A status as answers show it.

use reconnect_core::status::Status as Kept;
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Serialize;

/// A status. Somebody who has none has an empty struct in users.getInfo.
#[derive(Clone, Default, Serialize, JsonSchema)]
#[serde(rename = "user_status")]
pub(crate) struct Status {
    message: Option<String>,
    /// When it was set, in seconds since 1970.
    time: Option<i64>,
    /// The post that it is.
    status_id: Option<u64>,
    /// The id of the application that set it; 0 for the site.
    source: Option<String>,
    uid: Option<u64>,
    comment_count: Option<u64>,
}

impl Status {
    /// Somebody's.
    pub(crate) fn of(actor: Id, status: Option<&Kept>) -> Status {
        let Some(one) = status else { return Status::default() };
        Status {
            message: Some(one.message.clone()),
            time: Some(one.time),
            status_id: Some(one.id.0),
            source: Some(one.app.map_or(0, |app| app.0).to_string()),
            uid: Some(actor.0),
            comment_count: Some(one.comments),
        }
    }
}
