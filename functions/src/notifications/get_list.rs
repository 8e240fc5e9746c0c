//! notifications.getList: what the session's person was notified of in the last seven days, the newest first, and the applications it came from.
//!
//! What came from somebody who is gone, hidden from applications or blocked either way is left out, and so is what came from an application that is
//! gone; that is inferred. What the site itself tells has the application 0, of which nothing is told.

use super::app_info::AppInfo;
use reconnect_core::method::Fidelity;
use reconnect_core::notification::Notification;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetList;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Only what changed from this moment on, in seconds since 1970.
    start_time: Option<i64>,
    /// Also what was read already.
    #[serde(default)]
    include_read: bool,
}

/// What somebody was notified of.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "notification")]
pub(crate) struct NotificationRow {
    /// Unique among the recipient's.
    notification_id: u64,
    /// The recipient, where an application speaks for itself.
    sender_id: u64,
    /// The person of the session.
    recipient_id: u64,
    /// When it was made.
    created_time: i64,
    /// When it last changed.
    updated_time: i64,
    /// One line, which may hold markup.
    title_html: String,
    /// The same without markup.
    title_text: String,
    /// What stands below it, which may hold markup.
    body_html: String,
    /// The same without markup.
    body_text: String,
    /// Where it leads to.
    href: String,
    /// The application that it came through; 0 for the site itself.
    app_id: u64,
    /// 1 or 0.
    is_unread: u8,
    /// 1 or 0.
    is_hidden: u8,
    /// What it is about; 0 for nothing that has an id.
    object_id: String,
    /// What sort of thing that is: `event`, `group`, `photo` and the like; may be empty.
    object_type: String,
}

/// The list, and whom it came from.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NotificationData {
    /// The newest first.
    notifications: Vec<NotificationRow>,
    /// Each application that one came through, once.
    apps: Vec<AppInfo>,
}

impl NotificationRow {
    fn of(one: Notification, recipient: Id, site: &str) -> NotificationRow {
        let (title_text, body_text) = (one.title_text(), one.body_text());
        let sender = if one.sender == Id(0) { recipient } else { one.sender };
        // What the site itself tells leads to its own pages.
        let href = if one.href.starts_with('/') { format!("{site}{}", one.href) } else { one.href };
        NotificationRow {
            notification_id: one.id.0,
            sender_id: sender.0,
            recipient_id: recipient.0,
            created_time: one.created,
            updated_time: one.updated,
            title_html: one.title_html,
            title_text,
            body_html: one.body_html,
            body_text,
            href,
            app_id: one.app.0,
            is_unread: u8::from(!one.read),
            is_hidden: u8::from(one.hidden),
            object_id: one.object.to_string(),
            object_type: one.object_type,
        }
    }
}

impl Method for GetList {
    const NAME: &'static str = "notifications.getList";
    const SUMMARY: &'static str = "Lists what the session's person was notified of, and the applications it came from.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = NotificationData;

    async fn call(cx: &Context, args: Args) -> Result<NotificationData> {
        let viewer = cx.viewer()?;
        let mut told = cx.graph().notifications(viewer, args.start_time.unwrap_or(0)).await?;
        told.retain(|one| args.include_read || !one.read);
        let (told, apps) = cx.graph().shown_notifications(viewer, told).await?;
        let site: &str = &cx.request.site;
        Ok(NotificationData {
            notifications: told.into_iter().map(|one| NotificationRow::of(one, viewer, site)).collect(),
            apps: apps.into_iter().map(AppInfo::of).collect(),
        })
    }
}
