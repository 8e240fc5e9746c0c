//! notifications.get: what waits for the session's person: messages, pokes, shares, and who and what invites them.
//!
//! All six members are always there. The list of 2007 on the root is gone, as in the last schema. Of pokes and shares the time is 0 where none is
//! unread; of messages it is that of the newest, read or not.

use crate::answer::{Uid, uids};
use futures_util::future::try_join4;
use reconnect_core::method::Fidelity;
use reconnect_core::waiting::Waiting;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

/// How much of one sort waits.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "notification_count")]
pub(crate) struct NotificationCount {
    /// How many are unread.
    unread: u64,
    /// When the newest came, in seconds since 1970.
    most_recent: i64,
}

/// The id of a group.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "gid")]
pub(crate) struct Gid(u64);

/// The id of an event.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "eid")]
pub(crate) struct Eid(u64);

/// What waits.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Notifications {
    /// Messages in the inbox.
    messages: NotificationCount,
    /// Pokes.
    pokes: NotificationCount,
    /// Things that were shared with them.
    shares: NotificationCount,
    /// Who wants to be a friend.
    friend_requests: Vec<Uid>,
    /// Groups that they were invited to.
    group_invites: Vec<Gid>,
    /// Events that they were invited to.
    event_invites: Vec<Eid>,
}

impl NotificationCount {
    fn of(Waiting { unread, most_recent }: Waiting) -> NotificationCount {
        NotificationCount { unread, most_recent }
    }

    /// Of what is of no interest once it was read.
    fn of_unread(waiting: Waiting) -> NotificationCount {
        let most_recent = if waiting.unread == 0 { 0 } else { waiting.most_recent };
        NotificationCount::of(Waiting { most_recent, ..waiting })
    }
}

impl Method for Get {
    const NAME: &'static str = "notifications.get";
    const SUMMARY: &'static str = "Counts what waits for the session's person, and lists who and what invites them.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Notifications;

    async fn call(cx: &Context, _: Args) -> Result<Notifications> {
        let (graph, viewer) = (cx.graph(), cx.viewer()?);
        let ([messages, pokes, shares], requests, groups, events) = try_join4(
            graph.waiting(viewer),
            graph.shown_friend_requests(viewer),
            graph.group_invites(viewer),
            graph.event_invites(viewer),
        )
        .await?;
        Ok(Notifications {
            messages: NotificationCount::of(messages),
            pokes: NotificationCount::of_unread(pokes),
            shares: NotificationCount::of_unread(shares),
            friend_requests: uids(requests),
            group_invites: groups.into_iter().map(|group| Gid(group.0)).collect(),
            event_invites: events.into_iter().map(|event| Eid(event.0)).collect(),
        })
    }
}
