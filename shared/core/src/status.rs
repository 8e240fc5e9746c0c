//! Statuses: a post without attachment on one's own wall is one, and the newest is kept beside whoever set it.

use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::model::{decode, encode};
use crate::post::{Post, read_post, status_key, story};
use reconnect_store::{Batch, Found, Id, Key, Range};
use serde::{Deserialize, Serialize};

/// The current status of a person or page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The post that it is.
    pub id: Id,
    /// What it says.
    pub message: String,
    /// When it was set, in seconds since 1970. Stands in the record's time, not in its data.
    #[serde(skip)]
    pub time: i64,
    /// The application that set it; none for the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// How many comments it has, where that was asked for.
    #[serde(skip)]
    pub comments: u64,
}

impl Status {
    /// The one that was read by [`status_key`].
    pub fn read(actor: Id, found: Option<&Found>) -> Result<Option<Status>> {
        match found {
            Some(Found::Assoc(Some(note))) => {
                let status: Status = decode("status", actor, &note.data)?;
                Ok(Some(Status { time: note.time, ..status }))
            }
            _ => Ok(None),
        }
    }
}

impl Graph {
    /// Publishes a post as the status of its actor, on whose own wall it stands.
    pub async fn publish_status(
        &self,
        post: Post,
        mut also: impl FnMut(&Post, &mut Batch) -> Result<()>,
    ) -> Result<Post> {
        let post = Post { kind: story::STATUS, owner: post.actor, ..post };
        self.publish(post, |post, batch| {
            batch.link(post.actor, kinds::STATUSES, post.id, post.created, Vec::new());
            let status = Status { id: post.id, message: post.message.clone(), app: post.app, ..Status::default() };
            let time = post.created.div_euclid(1000);
            batch.replace(post.actor, kinds::STATUS, post.actor, time, encode(&status)?);
            also(post, batch)
        })
        .await
    }

    /// Takes the current status back; the posts that statuses were stay. False when there was none.
    pub async fn clear_status(&self, actor: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(actor, kinds::STATUS, actor);
        Ok(self.commit(batch).await?.outcomes.contains(&reconnect_store::Outcome::Deleted))
    }

    /// The current status.
    pub async fn status(&self, actor: Id) -> Result<Option<Status>> {
        Status::read(actor, self.get(&[status_key(actor)]).await?.first())
    }

    /// The newest statuses with how many comments they have, and the posts that they are: a range, then one wave.
    pub async fn statuses(&self, actor: Id, limit: usize) -> Result<Vec<(Post, u64)>> {
        let page = self.range(&Range::newest(actor, kinds::STATUSES, limit)).await?;
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        let mut keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        keys.extend(ids.iter().map(|from| Key::Count { from: *from, kind: kinds::COMMENT }));
        let found = self.get(&keys).await?;
        let (posts, counts) = found.split_at(ids.len());
        let mut statuses = Vec::with_capacity(ids.len());
        for (post, count) in posts.iter().zip(counts) {
            let (Found::Object(Some(object)), Found::Count(count)) = (post, count) else { continue };
            statuses.extend(read_post(object)?.map(|post| (post, *count)));
        }
        Ok(statuses)
    }

    /// The status goes with the post that it is.
    pub(crate) fn clear_status_of(&self, post: &Post, found: Option<&Found>, batch: &mut Batch) -> Result<()> {
        let Some(Found::Assoc(Some(note))) = found else { return Ok(()) };
        let current: Status = decode("status", post.actor, &note.data)?;
        if current.id == post.id {
            batch.unlink_if(post.actor, kinds::STATUS, post.actor, note.data.clone());
        }
        Ok(())
    }
}
