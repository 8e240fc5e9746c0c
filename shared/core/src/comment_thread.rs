//! Threads of comments that an application keeps under names of its own (xids). The same name in two applications is two threads. A post that
//! was published with such a name shows the thread as its own comments.

use crate::comment::{Comment, busy};
use crate::error::Result;
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use crate::post::Post;
use reconnect_store::{Batch, CommitError, Found, Id, Key};
use reconnect_wire::Code;
use serde::{Deserialize, Serialize};

/// How long a name may be, in bytes: a key of the store holds it beside the application.
pub const MAX_XID: usize = 255;

/// A thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CommentThread {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The application.
    pub app: Id,
    /// The name that it gave.
    pub xid: String,
    /// The post that was published with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Id>,
}

/// Error 1703 for a name that is none: letters, digits, underscores, and what URL encoding makes of others (allowed from 2010 on).
pub fn check_xid(xid: &str) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'%' | b'.' | b'-' | b'+');
    match xid.len() <= MAX_XID && !xid.is_empty() && xid.bytes().all(fits) {
        true => Ok(()),
        false => Err(Code::CommentsInvalidXid.because(format!("it has 1 to {MAX_XID} of them")).into()),
    }
}

fn key(app: Id, xid: &str) -> String {
    format!("{app}:{xid}")
}

impl Graph {
    /// The thread of an application's name, if anything was written under it yet.
    pub async fn comment_thread(&self, app: Id, xid: &str) -> Result<Option<Id>> {
        self.unique(kinds::XID, &key(app, xid)).await
    }

    /// The threads themselves, as far as the ids are threads.
    pub async fn comment_threads(&self, ids: &[Id]) -> Result<Vec<Option<CommentThread>>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        let read = |found: Found| match found {
            Found::Object(Some(object)) if object.is(kinds::COMMENT_THREAD) => {
                let thread: CommentThread = decode("comment thread", object.id, &object.data)?;
                Ok(Some(CommentThread { id: object.id, ..thread }))
            }
            _ => Ok(None),
        };
        self.get(&keys).await?.into_iter().map(read).collect()
    }

    /// Adds a thread to a batch, which fails when a rival makes one of the same name.
    fn push_thread(&self, id: Id, app: Id, xid: &str, post: Option<Id>, batch: &mut Batch) -> Result<()> {
        let thread = CommentThread { id, app, xid: xid.to_owned(), post };
        batch.create(id, kinds::COMMENT_THREAD, encode(&thread)?);
        batch.claim(kinds::XID, key(app, xid), id);
        batch.link(app, kinds::XIDS, id, self.now().0, encode(&xid)?);
        Ok(())
    }

    /// Comments in an application's thread, which is made by the first comment.
    pub async fn comment_in_thread(&self, app: Id, xid: &str, comment: &Comment) -> Result<Comment> {
        for _ in 0..TRIES {
            let thread = self.comment_thread(app, xid).await?;
            let mut batch = Batch::new();
            let made = self.push_thread_comment(app, xid, thread, comment, &mut batch)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(made),
                Err(CommitError::Conflict { .. }) => {} // a rival made the thread
                Err(error) => return Err(error.into()),
            }
        }
        Err(busy())
    }

    /// The same, with a story about it: one commit.
    pub async fn comment_in_thread_with_story(
        &self,
        app: Id,
        xid: &str,
        comment: &Comment,
        story: Post,
    ) -> Result<Comment> {
        for _ in 0..TRIES {
            let thread = self.comment_thread(app, xid).await?;
            let mut made = None;
            let published = self
                .publish(story.clone(), |post, batch| {
                    let comment = Comment { post: Some(post.id), ..comment.clone() };
                    made = Some(self.push_thread_comment(app, xid, thread, &comment, batch)?);
                    Ok(())
                })
                .await;
            match (published, made) {
                (Ok(_), Some(made)) => return Ok(made),
                (Err(crate::Error::Commit(CommitError::Conflict { .. })), _) | (Ok(_), None) => {} // as above
                (Err(error), _) => return Err(error),
            }
        }
        Err(busy())
    }

    fn push_thread_comment(
        &self,
        app: Id,
        xid: &str,
        thread: Option<Id>,
        comment: &Comment,
        batch: &mut Batch,
    ) -> Result<Comment> {
        if let Some(thread) = thread {
            batch.replace(app, kinds::XIDS, thread, self.now().0, encode(&xid)?);
            return self.push_comment(thread, comment, batch);
        }
        let made = ids::draw(self.now());
        self.push_thread(made, app, xid, None, batch)?;
        self.push_comment(made, comment, batch)
    }

    /// Publishes a post whose comments are an application's thread. A new thread is made in the same commit.
    pub async fn publish_with_thread(&self, app: Id, xid: &str, post: Post) -> Result<Post> {
        for _ in 0..TRIES {
            let known = self.comment_thread(app, xid).await?;
            let thread = known.unwrap_or_else(|| ids::draw(self.now()));
            let with_thread = |post: &Post, batch: &mut Batch| match known {
                Some(_) => Ok(()),
                None => self.push_thread(thread, app, xid, Some(post.id), batch),
            };
            let post = Post { thread: Some(thread), ..post.clone() };
            match self.publish(post, with_thread).await {
                Err(crate::Error::Commit(CommitError::Conflict { .. })) => {} // a rival made the thread
                other => return other,
            }
        }
        Err(busy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Person;
    use crate::post::story;
    use reconnect_store::{ManualClock, Range, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const APP: Id = Id(21);

    async fn graph() -> Graph {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock);
        let person = Person { id: ANN, first_name: "A".into(), email: "a@example.com".into(), ..Person::default() };
        graph.create_person(person, None).await.unwrap();
        graph
    }

    fn says(text: &str) -> Comment {
        Comment { author: ANN, text: text.to_owned(), ..Comment::default() }
    }

    #[tokio::test]
    async fn the_first_comment_makes_the_thread_and_others_join_it() {
        let graph = graph().await;
        assert!(graph.comment_thread(APP, "page_1").await.unwrap().is_none());
        let writers = (0..4).map(|n| {
            let graph = graph.clone();
            tokio::spawn(async move { graph.comment_in_thread(APP, "page_1", &says(&n.to_string())).await.unwrap() })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let thread = graph.comment_thread(APP, "page_1").await.unwrap().unwrap();
        assert_eq!(graph.comments(thread, None).await.unwrap().len(), 4);
        assert!(graph.comment_thread(Id(22), "page_1").await.unwrap().is_none(), "another application's");
        let listed = graph.range(&Range::newest(APP, kinds::XIDS, 9)).await.unwrap().entries;
        assert_eq!(listed.iter().map(|entry| entry.to).collect::<Vec<_>>(), [thread]);
    }

    #[tokio::test]
    async fn a_post_shows_a_thread_as_its_comments() {
        let graph = graph().await;
        let post = Post { actor: ANN, owner: ANN, kind: story::APPLICATION, ..Post::default() };
        let first = graph.publish_with_thread(APP, "map", post.clone()).await.unwrap();
        graph.comment_in_thread(APP, "map", &says("x")).await.unwrap();
        let second = graph.publish_with_thread(APP, "map", post).await.unwrap();
        assert_eq!(first.thread, second.thread);
        let thread = graph.comment_threads(&[first.comments(), first.id]).await.unwrap();
        assert_eq!((thread[0].as_ref().unwrap().post, thread[1].is_none()), (Some(first.id), true));
        graph.comment_on_post(&first, &says("y")).await.unwrap();
        assert_eq!(graph.comments(second.comments(), None).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_comment_and_its_story_are_there_together() {
        let graph = graph().await;
        let story = Post { actor: ANN, owner: ANN, kind: story::COMMENT, ..Post::default() };
        let made = graph.comment_in_thread_with_story(APP, "page_2", &says("x"), story).await.unwrap();
        let post = graph.post(made.post.unwrap()).await.unwrap().unwrap();
        assert_eq!(post.actor, ANN);
        let thread = graph.comment_thread(APP, "page_2").await.unwrap().unwrap();
        assert_eq!(graph.comments(thread, None).await.unwrap(), [made]);
    }

    #[test]
    fn names_are_letters_digits_and_underscores_or_url_encoded() {
        for good in ["page_42", "a%20b", "x.y-z", &"x".repeat(255)] {
            assert!(check_xid(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "é", "a:b", "a/b", &"x".repeat(256)] {
            assert!(check_xid(bad).is_err(), "{bad}");
        }
    }
}
