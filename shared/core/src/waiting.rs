//! What waits for a person: pokes, things that somebody shared with them, unread messages. The lists are counted by counters of the person's,
//! changed in the same commit, so that a glance costs three numbers.

use crate::block::block_key;
use crate::error::{Result, invalid};
use crate::graph::Graph;
use crate::kinds;
use crate::model::{decode, encode};
use crate::people::person_in;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Range, Time};
use serde::{Deserialize, Serialize};

/// What of a person's is unread: the `sub` of their counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Unread {
    /// Messages in the inbox.
    Messages = 1,
    /// Pokes.
    Pokes = 2,
    /// Things that were shared with them.
    Shares = 3,
    /// Messages of pages and the like.
    Updates = 4,
}

impl Unread {
    /// Where the number stands.
    pub fn key(self, owner: Id) -> Key {
        Key::Counter { owner, kind: kinds::UNREAD, sub: self as u64 }
    }

    /// Adds to a batch that there are so many more, or fewer.
    pub(crate) fn add_to(self, batch: &mut Batch, owner: Id, more: i64) {
        batch.add(owner, kinds::UNREAD, self as u64, more);
    }
}

/// How many are unread, and when the newest came, in seconds since 1970; 0 without any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub unread: u64,
    /// When.
    pub most_recent: i64,
}

/// Who shared something.
#[derive(Serialize, Deserialize)]
struct Share {
    from: Id,
}

impl Graph {
    /// Pokes somebody. False when a poke is outstanding already.
    pub async fn poke(&self, from: Id, to: Id) -> Result<bool> {
        self.check_pair(from, to).await?;
        let mut batch = Batch::new();
        batch.link(to, kinds::POKE, from, self.now().secs(), Vec::new());
        Unread::Pokes.add_to(&mut batch, to, 1);
        self.done_once(batch).await
    }

    /// Takes a poke away, be it that it was answered or hidden. False when there is none.
    pub async fn take_poke(&self, person: Id, from: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink_or_fail(person, kinds::POKE, from);
        Unread::Pokes.add_to(&mut batch, person, -1);
        self.done_once(batch).await
    }

    /// Shares a thing with somebody. False when it was shared with them already.
    pub async fn share_with(&self, from: Id, to: Id, thing: Id) -> Result<bool> {
        self.check_pair(from, to).await?;
        if !matches!(self.get(&[Key::Object(thing)]).await?.first(), Some(Found::Object(Some(_)))) {
            return Err(invalid(format!("there is nothing with the id {thing} to share")));
        }
        let mut batch = Batch::new();
        batch.link(to, kinds::SHARE_IN, thing, self.now().secs(), encode(&Share { from })?);
        Unread::Shares.add_to(&mut batch, to, 1);
        self.done_once(batch).await
    }

    /// Takes away what was shared with somebody. False when it was not.
    pub async fn take_share(&self, person: Id, thing: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink_or_fail(person, kinds::SHARE_IN, thing);
        Unread::Shares.add_to(&mut batch, person, -1);
        self.done_once(batch).await
    }

    /// Who shared a thing with somebody.
    pub async fn shared_by(&self, person: Id, thing: Id) -> Result<Option<Id>> {
        let found = self.get(&[Key::Assoc { from: person, kind: kinds::SHARE_IN, to: thing }]).await?;
        match found.first() {
            Some(Found::Assoc(Some(share))) => Ok(Some(decode::<Share>("share", person, &share.data)?.from)),
            _ => Ok(None),
        }
    }

    async fn check_pair(&self, from: Id, to: Id) -> Result<()> {
        if from == to {
            return Err(invalid("one does not do that to oneself"));
        }
        let found = self.get(&[Key::Object(from), Key::Object(to), block_key(from, to)]).await?;
        for (id, found) in [from, to].iter().zip(&found) {
            if person_in(found)?.is_none() {
                return Err(invalid(format!("no person has the id {id}")));
            }
        }
        match found.last() {
            Some(Found::Assoc(Some(_))) => Err(invalid(format!("one of {from} and {to} has blocked the other"))),
            _ => Ok(()),
        }
    }

    /// Commits what can be done once; false when it was done before.
    async fn done_once(&self, batch: Batch) -> Result<bool> {
        match self.commit(batch).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { write: 0, .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Messages, pokes and shares that wait for somebody: one wave.
    pub async fn waiting(&self, person: Id) -> Result<[Waiting; 3]> {
        let sorts = [Unread::Messages, Unread::Pokes, Unread::Shares];
        let keys = sorts.map(|sort| sort.key(person));
        let newest = |kind| self.newest_time(person, kind);
        let (found, inbox, poke, share) = futures_util::future::try_join4(
            self.get(&keys),
            newest(kinds::INBOX),
            newest(kinds::POKE),
            newest(kinds::SHARE_IN),
        )
        .await?;
        let count = |at: usize| match found.get(at) {
            Some(Found::Counter(Some(count))) => u64::try_from(*count).unwrap_or(0),
            _ => 0,
        };
        // The inbox counts milliseconds.
        let times = [inbox.map(|at| Time(at).secs()), poke, share];
        let all = [0, 1, 2].map(|at| Waiting { unread: count(at), most_recent: times[at].unwrap_or(0) });
        Ok(all)
    }

    async fn newest_time(&self, person: Id, kind: &'static reconnect_store::AssocKind) -> Result<Option<i64>> {
        let page = self.range(&Range::newest(person, kind, 1)).await?;
        Ok(page.entries.first().map(|entry| entry.time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Person;
    use crate::page::Page;
    use reconnect_store::ManualClock;
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);
    const START: i64 = 1_234_567_890;

    async fn graph() -> (Graph, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Time::from_secs(START)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        for id in [ANN, BOB] {
            let email = format!("{id}@example.com");
            let person = Person { id, first_name: id.to_string(), email, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
        }
        (graph, clock)
    }

    #[tokio::test]
    async fn pokes_are_outstanding_once_and_are_counted() {
        let (graph, clock) = graph().await;
        assert_eq!(graph.waiting(ANN).await.unwrap(), [Waiting::default(); 3]);
        assert!(graph.poke(BOB, ANN).await.unwrap());
        clock.advance(5000);
        assert!(!graph.poke(BOB, ANN).await.unwrap());
        assert_eq!(graph.waiting(ANN).await.unwrap()[1], Waiting { unread: 1, most_recent: START });
        assert!(graph.take_poke(ANN, BOB).await.unwrap() && !graph.take_poke(ANN, BOB).await.unwrap());
        assert_eq!(graph.waiting(ANN).await.unwrap()[1], Waiting::default());
        assert!(graph.poke(ANN, ANN).await.is_err() && graph.poke(ANN, Id(9)).await.is_err());
        graph.block(ANN, BOB).await.unwrap();
        assert!(graph.poke(BOB, ANN).await.is_err());
    }

    #[tokio::test]
    async fn what_is_shared_is_counted_until_it_is_taken() {
        let (graph, _) = graph().await;
        let page = Page { id: Id(70), name: "P".to_owned(), kind: "Film".to_owned(), ..Page::default() };
        graph.create_page(page).await.unwrap();
        assert!(graph.share_with(BOB, ANN, Id(70)).await.unwrap());
        assert!(!graph.share_with(BOB, ANN, Id(70)).await.unwrap());
        assert_eq!(graph.shared_by(ANN, Id(70)).await.unwrap(), Some(BOB));
        assert_eq!(graph.waiting(ANN).await.unwrap()[2], Waiting { unread: 1, most_recent: START });
        assert!(graph.take_share(ANN, Id(70)).await.unwrap() && !graph.take_share(ANN, Id(70)).await.unwrap());
        assert_eq!(graph.waiting(ANN).await.unwrap()[2], Waiting::default());
        assert!(graph.share_with(BOB, ANN, Id(71)).await.is_err());
    }
}
