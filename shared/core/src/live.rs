//! Messages to the programs in a person's browser, which are there for a minute and then gone. The table is the only thing that two functions
//! share, so that it is also the channel.

use crate::error::{Result, invalid};
use crate::graph::Graph;
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use reconnect_store::{Batch, Id, Position, Range};
use serde::{Deserialize, Serialize};

/// How long a message waits, in seconds.
pub const LIFETIME: i64 = 60;
/// How many are handed over at a time.
pub const MAX_LISTED: usize = 100;

/// A message to the programs of one application in a person's browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiveMessage {
    /// The application, whose programs alone are told.
    pub app: Id,
    /// Who sent it.
    pub sender: Id,
    /// What its receivers listen for.
    pub event: String,
    /// What they are handed.
    pub message: String,
}

impl Graph {
    /// Sends one.
    pub async fn send_live(&self, recipient: Id, message: &LiveMessage) -> Result<()> {
        if message.event.is_empty() {
            return Err(invalid("a live message needs an event"));
        }
        let (mut batch, now) = (Batch::new(), self.now());
        let data = encode(message)?;
        batch.link(recipient, kinds::LIVE, ids::draw(now), now.0, data).expiring(now.plus_secs(LIFETIME));
        self.commit(batch).await?;
        Ok(())
    }

    /// What an application's programs in somebody's browser have not been handed yet, in the order in which it came, and the place to go on
    /// from. Without a place: all that is there.
    pub async fn live_since(
        &self,
        recipient: Id,
        app: Id,
        after: Option<Position>,
    ) -> Result<(Vec<LiveMessage>, Option<Position>)> {
        let oldest = self.now().plus_secs(-LIFETIME).0;
        let range = Range::oldest(recipient, kinds::LIVE, MAX_LISTED).between(oldest, i64::MAX).after(after);
        let page = self.range(&range).await?;
        let next = page.entries.last().map(|entry| Position { time: entry.time, to: entry.to }).or(after);
        let mut messages = Vec::with_capacity(page.entries.len());
        for entry in page.entries {
            let message: LiveMessage = decode("live message", entry.to, &entry.data)?;
            messages.extend(Some(message).filter(|message| message.app == app));
        }
        Ok((messages, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_store::{ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const APP: Id = Id(20);

    fn message(event: &str, app: Id) -> LiveMessage {
        LiveMessage { app, sender: Id(12), event: event.to_owned(), message: "{}".to_owned() }
    }

    #[tokio::test]
    async fn each_is_handed_over_once_in_order_and_to_its_own_application() {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        for (event, app) in [("one", APP), ("other", Id(21)), ("two", APP)] {
            graph.send_live(ANN, &message(event, app)).await.unwrap();
            clock.advance(1000);
        }
        assert!(graph.send_live(ANN, &message("", APP)).await.is_err());
        let (told, next) = graph.live_since(ANN, APP, None).await.unwrap();
        assert_eq!(told, [message("one", APP), message("two", APP)]);
        assert_eq!(graph.live_since(ANN, APP, next).await.unwrap(), (vec![], next));
        assert!(graph.live_since(Id(12), APP, None).await.unwrap().0.is_empty(), "nobody else is told");
        graph.send_live(ANN, &message("three", APP)).await.unwrap();
        assert_eq!(graph.live_since(ANN, APP, next).await.unwrap().0, [message("three", APP)]);
        clock.advance(58_000);
        let left = graph.live_since(ANN, APP, None).await.unwrap().0;
        assert_eq!(left, [message("two", APP), message("three", APP)], "the first has waited for a minute");
        clock.advance(2_001);
        assert!(graph.live_since(ANN, APP, None).await.unwrap().0.is_empty());
    }
}
