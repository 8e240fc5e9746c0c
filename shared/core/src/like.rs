//! Likes: of a person, on anything that is shared. The thing's side is counted; the person's side tells whether they like it.

use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::model::encode;
use reconnect_store::{Batch, Id, Key, ObjectKind, Outcome, Range};

/// How many of a thing's likers are looked at for the viewer's friends among them: the newest.
pub const LOOKED_AT: usize = 100;

/// How many like something.
pub fn like_count_key(thing: Id) -> Key {
    Key::Count { from: thing, kind: kinds::LIKED_BY }
}

/// Whether a person likes something.
pub fn like_key(person: Id, thing: Id) -> Key {
    Key::Assoc { from: person, kind: kinds::LIKES, to: thing }
}

impl Graph {
    /// Lets a person like a thing. False when they did already: then nothing changes, neither time nor count.
    pub async fn like(&self, person: Id, thing: Id, kind: &'static ObjectKind) -> Result<bool> {
        let (mut batch, now, data) = (Batch::new(), self.now().0, encode(&kind.name)?);
        batch.keep(thing, kinds::LIKED_BY, person, now, data.clone());
        batch.keep(person, kinds::LIKES, thing, now, data);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Created))
    }

    /// Takes a like back. False when there was none.
    pub async fn unlike(&self, person: Id, thing: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(thing, kinds::LIKED_BY, person).unlink(person, kinds::LIKES, thing);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Deleted))
    }

    /// The newest people who like a thing.
    pub async fn likers(&self, thing: Id) -> Result<Vec<Id>> {
        let page = self.range(&Range::newest(thing, kinds::LIKED_BY, LOOKED_AT)).await?;
        Ok(page.entries.into_iter().map(|entry| entry.to).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_store::{ManualClock, StoreExt, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_like_counts_once_and_is_taken_back_once() {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        let (ann, bob, post) = (Id(11), Id(12), Id(99));
        assert!(graph.like(ann, post, kinds::POST).await.unwrap());
        clock.advance(1000);
        assert!(graph.like(bob, post, kinds::POST).await.unwrap());
        clock.advance(1000);
        assert!(!graph.like(ann, post, kinds::POST).await.unwrap());
        assert_eq!(graph.likers(post).await.unwrap(), [bob, ann], "the time of the first like stays");
        assert_eq!(graph.store().count(post, kinds::LIKED_BY).await.unwrap(), 2);
        assert!(graph.store().assoc(ann, kinds::LIKES, post).await.unwrap().is_some());
        assert!(graph.unlike(ann, post).await.unwrap() && !graph.unlike(ann, post).await.unwrap());
        assert_eq!(graph.store().count(post, kinds::LIKED_BY).await.unwrap(), 1);
        graph.sweep(&[post]).await.unwrap();
        assert!(graph.store().assoc(bob, kinds::LIKES, post).await.unwrap().is_none(), "swept with its inverse");
    }
}
