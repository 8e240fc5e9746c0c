//! What hangs from a thing or a person that was removed: nothing of it is seen any more, and this clears it away. What is listed is still
//! to do.

use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use reconnect_store::{AssocKind, Batch, Id, Range};

/// A list that hangs from a thing, with its inverse.
const LISTS: [(&AssocKind, Option<&AssocKind>); 3] =
    [(kinds::COMMENT, None), (kinds::LIKED_BY, Some(kinds::LIKES)), (kinds::TAG, Some(kinds::TAGGED))];
/// So many entries are cleared in one batch: each is two items, and the list's count one.
const AT_ONCE: usize = 49;

impl Graph {
    /// Clears comments, likes and tags of things that are gone.
    pub(crate) async fn sweep(&self, things: &[Id]) -> Result<()> {
        for thing in things {
            for (list, inverse) in LISTS {
                self.sweep_list(*thing, list, inverse).await?;
            }
        }
        Ok(())
    }

    /// Clears what a removed person posted, what others posted on their wall, and their likes.
    pub(crate) async fn clear_posts(&self, person: Id) -> Result<()> {
        for list in [kinds::POSTED, kinds::WALL] {
            loop {
                let page = self.range(&Range::oldest(person, list, AT_ONCE)).await?;
                for entry in &page.entries {
                    self.clear_post(person, list, entry.to).await?;
                }
                if page.next.is_none() {
                    break;
                }
            }
        }
        let mut batch = Batch::new();
        batch.unlink(person, kinds::HEAD, person).unlink(person, kinds::STATUS, person);
        self.commit(batch).await?;
        self.sweep_list(person, kinds::LIKES, Some(kinds::LIKED_BY)).await?;
        self.sweep_list(person, kinds::STATUSES, None).await?;
        self.sweep_list(person, kinds::MENTIONED, None).await
    }

    /// One post; its entry goes last, also where the post itself was gone before.
    async fn clear_post(&self, person: Id, list: &'static AssocKind, post: Id) -> Result<()> {
        let intent = self.unpublish(post, &[], |_| Ok(())).await?;
        self.sweep(&[post]).await?;
        self.intent_done(&intent).await?;
        let mut batch = Batch::new();
        batch.unlink(person, list, post);
        self.commit(batch).await?;
        Ok(())
    }

    async fn sweep_list(&self, thing: Id, list: &'static AssocKind, inverse: Option<&'static AssocKind>) -> Result<()> {
        loop {
            let page = self.range(&Range::oldest(thing, list, AT_ONCE)).await?;
            let mut batch = Batch::new();
            for entry in &page.entries {
                batch.unlink(thing, list, entry.to);
                if let Some(inverse) = inverse {
                    batch.unlink(entry.to, inverse, thing);
                }
            }
            self.commit(batch).await?;
            if page.next.is_none() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Comment;
    use crate::post::{Post, story};
    use crate::town::town;
    use reconnect_store::StoreExt;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);

    #[tokio::test]
    async fn of_a_removed_person_no_post_and_no_like_is_left() {
        let graph = town(1_800_000_000, &[ANN, BOB]).await;
        let post = |actor, owner| Post { actor, owner, kind: story::WALL, ..Post::default() };
        let own = graph.publish_status(post(ANN, ANN), |_, _| Ok(())).await.unwrap();
        let mut others = Vec::new();
        for (actor, owner) in [(ANN, BOB), (BOB, ANN), (BOB, BOB)] {
            others.push(graph.publish(post(actor, owner), |_, _| Ok(())).await.unwrap());
        }
        let kept = others.pop().unwrap();
        graph.like(ANN, kept.id, kinds::POST).await.unwrap();
        graph.like(BOB, own.id, kinds::POST).await.unwrap();
        let comment = Comment { author: BOB, text: "x".to_owned(), ..Comment::default() };
        graph.comment_on_post(&own, &comment).await.unwrap();
        graph.remove_person(ANN).await.unwrap();
        for _ in 0..2 {
            graph.clear_posts(ANN).await.unwrap();
        }
        for gone in others.iter().chain([&own]) {
            assert!(graph.post(gone.id).await.unwrap().is_none(), "{gone:?}");
            assert_eq!(graph.store().count(gone.id, kinds::COMMENT).await.unwrap(), 0);
        }
        assert_eq!(graph.store().count(BOB, kinds::WALL).await.unwrap(), 1);
        assert_eq!(graph.store().count(kept.id, kinds::LIKED_BY).await.unwrap(), 0);
        assert!(graph.store().assoc(BOB, kinds::LIKES, own.id).await.unwrap().is_none());
        assert!(graph.status(ANN).await.unwrap().is_none());
    }
}
