//! What people are notified of: an entry in the recipient's own list, which ends by itself after a week.
//!
//! Whoever does something that another is told of adds one write to their own batch ([`Notification::add_to`]), so that the one does not
//! happen without the other.

use crate::block::block_key;
use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES, application_in};
use crate::ids;
use crate::kinds;
use crate::markup::without_tags;
use crate::model::{Application, decode, encode};
use crate::people::person_in;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Range, Time, limits};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How long a notification is told, in seconds.
pub const LIFETIME: i64 = 7 * 86_400;
/// How many are told at a time.
pub const MAX_LISTED: usize = 1000;

/// What somebody is notified of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notification {
    /// Its id, unique among the recipient's only; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// When it last changed, in seconds since 1970; stands in the record's time.
    #[serde(skip)]
    pub updated: i64,
    /// When it was made, in seconds since 1970; whoever adds one need not say it.
    pub created: i64,
    /// Who did it; 0 stands for the recipient, where an application speaks for itself.
    pub sender: Id,
    /// The application that it came through; 0 stands for the site itself.
    pub app: Id,
    /// One line, which may hold markup.
    pub title_html: String,
    /// What stands below it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body_html: String,
    /// Where it leads to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub href: String,
    /// What it is about; 0 for nothing that has an id.
    #[serde(skip_serializing_if = "is_nothing")]
    pub object: Id,
    /// What sort of thing that is: `stream`, `photo`, `event`, `group` and the like.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub object_type: String,
    /// The recipient has read it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read: bool,
    /// The recipient hid what this application sends.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

fn is_nothing(id: &Id) -> bool {
    *id == Id(0)
}

impl Notification {
    /// The title without its markup.
    pub fn title_text(&self) -> String {
        without_tags(&self.title_html)
    }

    /// The body without its markup.
    pub fn body_text(&self) -> String {
        without_tags(&self.body_html)
    }

    /// Adds one write to a batch: the recipient finds this in their list. Nobody's action fails because of a notice, so that of two
    /// which draw one id in one second (once in a quarter of a million) the second is dropped.
    pub fn add_to(&self, batch: &mut Batch, now: Time, recipient: Id) -> Result<()> {
        let data = encode(&Notification { created: now.secs(), ..self.clone() })?;
        batch.keep(recipient, kinds::NOTIFICATION, ids::draw(now), now.0, data).expiring(now.plus_secs(LIFETIME));
        Ok(())
    }
}

impl Graph {
    /// Notifies one person of something that needs no other write.
    pub async fn notify(&self, recipient: Id, notification: &Notification) -> Result<()> {
        let mut batch = Batch::new();
        notification.add_to(&mut batch, self.now(), recipient)?;
        self.commit(batch).await?;
        Ok(())
    }

    /// What a person was notified of, the last first, from a moment on (in seconds since 1970).
    pub async fn notifications(&self, recipient: Id, since: i64) -> Result<Vec<Notification>> {
        let oldest = self.now().plus_secs(-LIFETIME).0.max(Time::from_secs(since).0);
        let range = Range::newest(recipient, kinds::NOTIFICATION, MAX_LISTED).between(oldest, i64::MAX);
        let page = self.range(&range).await?;
        let told = page.entries.into_iter().map(|entry| {
            let read: Notification = decode("notification", entry.to, &entry.data)?;
            Ok(Notification { id: entry.to, updated: Time(entry.time).secs(), ..read })
        });
        told.collect()
    }

    /// Those of them whose senders a viewer may be told of and whose applications are there, and these applications, each once: one wave.
    pub async fn shown_notifications(
        &self,
        viewer: Id,
        told: Vec<Notification>,
    ) -> Result<(Vec<Notification>, Vec<Application>)> {
        let each = |ids: HashSet<Id>| -> Vec<Id> {
            let mut ids: Vec<Id> = ids.into_iter().filter(|id| *id != Id(0)).collect();
            ids.sort_unstable();
            ids
        };
        let apps = each(told.iter().map(|one| one.app).collect());
        let senders = each(told.iter().map(|one| one.sender).collect());
        let mut keys: Vec<Key> = apps.iter().chain(&senders).copied().map(Key::Object).collect();
        keys.extend(senders.iter().map(|sender| block_key(viewer, *sender)));
        let found = self.get(&keys).await?;
        let (found_apps, rest) = found.split_at(apps.len());
        let (found_senders, blocks) = rest.split_at(senders.len());
        let mut shown: HashSet<Id> = HashSet::from([Id(0)]);
        for (id, (sender, block)) in senders.iter().zip(found_senders.iter().zip(blocks)) {
            let there = match person_in(sender)? {
                Some(person) => *id == viewer || !person.opted_out,
                None => matches!(sender, Found::Object(Some(_))),
            };
            shown.extend(Some(*id).filter(|_| there && matches!(block, Found::Assoc(None))));
        }
        let mut known = Vec::with_capacity(apps.len());
        for found in found_apps {
            known.extend(application_in(found)?);
        }
        let from: HashSet<Id> = known.iter().map(|app| app.id).chain([Id(0)]).collect();
        let told: Vec<_> =
            told.into_iter().filter(|one| shown.contains(&one.sender) && from.contains(&one.app)).collect();
        let named: HashSet<Id> = told.iter().map(|one| one.app).collect();
        Ok((told, known.into_iter().filter(|app| named.contains(&app.id)).collect()))
    }

    /// Marks those of these ids read that are a person's own notifications. Answers how many there are; to read one twice changes nothing.
    pub async fn mark_notifications_read(&self, recipient: Id, ids: &[Id]) -> Result<usize> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut there = 0;
        for some in ids.chunks(limits::MAX_ACTIONS) {
            there += self.mark_some_read(recipient, some).await?;
        }
        Ok(there)
    }

    async fn mark_some_read(&self, recipient: Id, ids: &[Id]) -> Result<usize> {
        let keys: Vec<Key> =
            ids.iter().map(|to| Key::Assoc { from: recipient, kind: kinds::NOTIFICATION, to: *to }).collect();
        for _ in 0..TRIES {
            let (mut batch, mut there) = (Batch::new(), 0);
            for (id, found) in ids.iter().zip(self.get(&keys).await?) {
                let Found::Assoc(Some(old)) = found else { continue };
                there += 1;
                let notification: Notification = decode("notification", *id, &old.data)?;
                if notification.read {
                    continue;
                }
                let data = encode(&Notification { read: true, ..notification })?;
                batch.replace_if(recipient, kinds::NOTIFICATION, *id, old.time, data, old.data);
                if let Some(end) = old.expires {
                    batch.expiring(end);
                }
            }
            if batch.is_empty() {
                return Ok(there);
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(there),
                Err(CommitError::Conflict { .. }) => {} // one of them ended or was read meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the notifications are being changed by others".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_store::ManualClock;
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);
    const START: i64 = 1_234_567_890;

    fn graph() -> (Graph, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Time::from_secs(START)));
        (Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone()), clock)
    }

    fn notice(title: &str) -> Notification {
        Notification { sender: BOB, title_html: title.to_owned(), ..Notification::default() }
    }

    async fn titles(graph: &Graph, since: i64) -> Vec<String> {
        graph.notifications(ANN, since).await.unwrap().iter().map(Notification::title_text).collect()
    }

    #[tokio::test]
    async fn the_last_comes_first_and_each_ends_after_a_week() {
        let (graph, clock) = graph();
        graph.notify(ANN, &notice("<b>one</b>")).await.unwrap();
        clock.advance(5000);
        graph.notify(ANN, &notice("two")).await.unwrap();
        assert_eq!(titles(&graph, 0).await, ["two", "one"]);
        assert_eq!(titles(&graph, START).await, ["two", "one"], "the moment itself counts");
        assert_eq!(titles(&graph, START + 1).await, ["two"]);
        assert!(graph.notifications(BOB, 0).await.unwrap().is_empty(), "nobody else sees them");
        let told = graph.notifications(ANN, 0).await.unwrap();
        assert_eq!((told[0].created, told[0].updated, told[0].read), (START + 5, START + 5, false));
        clock.advance(LIFETIME * 1000 - 2000);
        assert_eq!(titles(&graph, 0).await, ["two"]);
        clock.advance(2001);
        assert!(titles(&graph, i64::MIN).await.is_empty());
    }

    #[tokio::test]
    async fn ones_own_are_marked_read_and_still_end() {
        let (graph, clock) = graph();
        for title in ["one", "two"] {
            graph.notify(ANN, &notice(title)).await.unwrap();
            clock.advance(1000);
        }
        graph.notify(BOB, &notice("his")).await.unwrap();
        let theirs = graph.notifications(BOB, 0).await.unwrap()[0].id;
        let first = graph.notifications(ANN, 0).await.unwrap()[1].id;
        assert_eq!(graph.mark_notifications_read(ANN, &[theirs, Id(7)]).await.unwrap(), 0);
        assert_eq!(graph.mark_notifications_read(ANN, &[first, theirs, first]).await.unwrap(), 1);
        assert_eq!(graph.mark_notifications_read(ANN, &[first]).await.unwrap(), 1, "again");
        let read: Vec<bool> = graph.notifications(ANN, 0).await.unwrap().iter().map(|one| one.read).collect();
        assert_eq!(read, [false, true]);
        assert!(!graph.notifications(BOB, 0).await.unwrap()[0].read);
        clock.advance(LIFETIME * 1000);
        assert_eq!(graph.mark_notifications_read(ANN, &[first]).await.unwrap(), 0, "it is gone");
    }

    #[tokio::test]
    async fn more_than_a_batch_are_marked() {
        let (graph, _) = graph();
        for _ in 0..130 {
            graph.notify(ANN, &notice("many")).await.unwrap();
        }
        let ids: Vec<Id> = graph.notifications(ANN, 0).await.unwrap().iter().map(|one| one.id).collect();
        assert_eq!(graph.mark_notifications_read(ANN, &ids).await.unwrap(), ids.len());
        assert!(graph.notifications(ANN, 0).await.unwrap().iter().all(|one| one.read));
    }

    #[test]
    fn a_notice_is_one_write_of_a_batch() {
        let mut batch = Batch::new();
        for recipient in [ANN, BOB] {
            notice("x").add_to(&mut batch, Time::from_secs(START), recipient).unwrap();
        }
        assert_eq!(batch.actions(), 2);
        batch.validate().unwrap();
    }
}
