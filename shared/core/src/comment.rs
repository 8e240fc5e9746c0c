//! Comments: on whatever people share, and in threads that an application keeps under names of its own. A thread is one list, oldest first;
//! a comment is data of its place in it.

use crate::error::{Error, Result, invalid};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use crate::post::{HeadEntry, OldHead, Post, head_key};
use reconnect_store::batch::ExpectAssoc;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Outcome, Position, Range, limits};
use serde::{Deserialize, Serialize};

/// How long a comment may be, in bytes (the text of error 1701 says that there was a limit, not which).
pub const MAX_TEXT: usize = 8000;
/// A comment brings a post to the top of home views at most once in so many milliseconds: a busy post would be fought over else.
const BUMP_EVERY: i64 = 60_000;

/// What somebody wrote under something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// Its id, unique within its thread; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// When, in milliseconds since 1970; stands in the record's time, not in its data.
    #[serde(skip)]
    pub time: i64,
    /// Who; 0 for somebody who gave only a name.
    pub author: Id,
    /// What.
    pub text: String,
    /// The name that somebody without an account gave.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// The application through which it was written; none for the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// The post that was published with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Id>,
    /// How many like it. No method of the API changes that.
    #[serde(skip_serializing_if = "is_zero")]
    pub likes: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Comment {
    fn read(thread: Id, id: Id, time: i64, data: &[u8]) -> Result<Comment> {
        Ok(Comment { id, time, ..decode("comment", thread, data)? })
    }

    /// An error where a text is none.
    pub fn check(text: &str) -> Result<()> {
        match text.trim().is_empty() {
            true => Err(invalid("the comment has no text")),
            false => Ok(()),
        }
    }
}

/// How many comments hang from something.
pub fn comment_count_key(thread: Id) -> Key {
    Key::Count { from: thread, kind: kinds::COMMENT }
}

/// The key of one comment.
pub fn comment_key(thread: Id, comment: Id) -> Key {
    Key::Assoc { from: thread, kind: kinds::COMMENT, to: comment }
}

/// A comment that was read by [`comment_key`].
pub fn read_comment(thread: Id, comment: Id, found: Option<&Found>) -> Result<Option<Comment>> {
    match found {
        Some(Found::Assoc(Some(one))) => Ok(Some(Comment::read(thread, comment, one.time, &one.data)?)),
        _ => Ok(None),
    }
}

impl Graph {
    /// All comments of a thread, oldest first, behind a place if one is given.
    pub async fn comments(&self, thread: Id, after: Option<Position>) -> Result<Vec<Comment>> {
        let page = self.range(&Range::oldest(thread, kinds::COMMENT, limits::MAX_RANGE).after(after)).await?;
        page.entries.iter().map(|entry| Comment::read(thread, entry.to, entry.time, &entry.data)).collect()
    }

    /// The last few comments of a thread, oldest of them first.
    pub async fn last_comments(&self, thread: Id, count: usize) -> Result<Vec<Comment>> {
        let page = self.range(&Range::newest(thread, kinds::COMMENT, count)).await?;
        page.entries.iter().rev().map(|entry| Comment::read(thread, entry.to, entry.time, &entry.data)).collect()
    }

    /// Adds a comment to a batch, at this moment unless it says when; answers it with its id.
    pub(crate) fn push_comment(&self, thread: Id, comment: &Comment, batch: &mut Batch) -> Result<Comment> {
        let now = self.now();
        let time = if comment.time == 0 { now.0 } else { comment.time };
        let comment = Comment { id: ids::draw(now), time, ..comment.clone() };
        batch.link(thread, kinds::COMMENT, comment.id, comment.time, encode(&comment)?);
        Ok(comment)
    }

    /// Comments on something that is no post.
    pub async fn comment(&self, thread: Id, comment: &Comment) -> Result<Comment> {
        for _ in 0..TRIES {
            let mut batch = Batch::new();
            let made = self.push_comment(thread, comment, &mut batch)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(made),
                Err(CommitError::Conflict { .. }) => {} // the id was taken
                Err(error) => return Err(error.into()),
            }
        }
        Err(busy())
    }

    /// Comments on a post, which comes to the top of its wall by it.
    pub async fn comment_on_post(&self, post: &Post, comment: &Comment) -> Result<Comment> {
        let wall = Key::Assoc { from: post.owner, kind: kinds::WALL, to: post.id };
        for _ in 0..TRIES {
            let found = self.get(&[wall.clone(), head_key(post.owner), Key::Object(post.owner)]).await?;
            let Some(Found::Assoc(Some(entry))) = found.first() else {
                return Err(invalid(format!("post_id: the post {} is gone", post.wire_id())));
            };
            let mut batch = Batch::new();
            let made = self.push_comment(post.comments(), comment, &mut batch)?;
            if made.time - entry.time >= BUMP_EVERY {
                batch.replace_if(post.owner, kinds::WALL, post.id, made.time, entry.data.clone(), entry.data.clone());
                let mut head = OldHead::read(post.owner, found.get(1))?;
                if post.enters_head(found.get(2))? {
                    head.put(HeadEntry::of(post, made.time), self.now().0);
                    head.write(&mut batch)?;
                }
            } else {
                batch.check_link(post.owner, kinds::WALL, post.id, ExpectAssoc::Present);
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(made),
                Err(CommitError::Conflict { .. }) => {} // somebody posted, or removed it
                Err(error) => return Err(error.into()),
            }
        }
        Err(busy())
    }

    /// Takes a comment away. False when it was gone already.
    pub async fn remove_comment(&self, thread: Id, comment: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(thread, kinds::COMMENT, comment);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Deleted))
    }
}

pub(crate) fn busy() -> Error {
    Error::Commit(CommitError::Unavailable("the same thing is being changed by others".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Person;
    use crate::post::story;
    use reconnect_store::{ManualClock, StoreExt, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);

    async fn graph() -> (Graph, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        let person = Person { id: ANN, first_name: "A".into(), email: "a@example.com".into(), ..Person::default() };
        graph.create_person(person, None).await.unwrap();
        (graph, clock)
    }

    fn says(text: &str) -> Comment {
        Comment { author: ANN, text: text.to_owned(), ..Comment::default() }
    }

    async fn post(graph: &Graph) -> Post {
        let post = Post { actor: ANN, owner: ANN, kind: story::STATUS, ..Post::default() };
        graph.publish(post, |_, _| Ok(())).await.unwrap()
    }

    #[tokio::test]
    async fn a_thread_is_read_oldest_first_and_counted() {
        let (graph, clock) = graph().await;
        let mut made = Vec::new();
        for text in ["one", "two", "three", "four"] {
            clock.advance(1000);
            made.push(graph.comment(Id(99), &says(text)).await.unwrap());
        }
        assert_eq!(graph.comments(Id(99), None).await.unwrap(), made);
        assert_eq!(graph.last_comments(Id(99), 2).await.unwrap(), made[2..]);
        let place = Position { time: made[1].time, to: made[1].id };
        assert_eq!(graph.comments(Id(99), Some(place)).await.unwrap(), made[2..]);
        assert!(graph.remove_comment(Id(99), made[0].id).await.unwrap());
        assert!(!graph.remove_comment(Id(99), made[0].id).await.unwrap());
        assert_eq!(graph.store().count(Id(99), kinds::COMMENT).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn a_comment_brings_a_post_up_once_a_minute() {
        let (graph, clock) = graph().await;
        let (old, _) = (post(&graph).await, clock.advance(30_000));
        let new = post(&graph).await;
        let order = async || -> Vec<Id> {
            let head = graph.heads(&[ANN]).await.unwrap().remove(0).1;
            let wall = graph.range(&Range::newest(ANN, kinds::WALL, 9)).await.unwrap();
            let ids: Vec<Id> = wall.entries.iter().map(|entry| entry.to).collect();
            assert_eq!(head.posts.iter().map(|one| one.id).collect::<Vec<_>>(), ids, "head and wall agree");
            ids
        };
        clock.advance(1000);
        graph.comment_on_post(&old, &says("soon")).await.unwrap();
        assert_eq!(order().await, [new.id, old.id]);
        clock.advance(60_000);
        graph.comment_on_post(&old, &says("later")).await.unwrap();
        assert_eq!(order().await, [old.id, new.id]);
        assert_eq!(graph.comments(old.id, None).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_post_that_is_gone_takes_no_comment_and_loses_those_it_had() {
        let (graph, _) = graph().await;
        let post = post(&graph).await;
        graph.comment_on_post(&post, &says("x")).await.unwrap();
        graph.unpublish(post.id, &[], |_| Ok(())).await.unwrap();
        assert!(graph.comment_on_post(&post, &says("y")).await.is_err());
        graph.sweep(&[post.id]).await.unwrap();
        assert!(graph.comments(post.id, None).await.unwrap().is_empty());
        assert_eq!(graph.store().count(post.id, kinds::COMMENT).await.unwrap(), 0);
    }
}
