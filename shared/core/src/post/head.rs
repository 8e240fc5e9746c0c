//! The head of a wall: its newest posts in one record, so that a home view of many walls is one read each. It is a copy of the wall's list
//! and is written in the same commit.

use super::{Post, head_key, read_post};
use crate::disclosure::Value;
use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::model::{decode, encode};
use reconnect_store::{Batch, Found, Id, Key, Range};
use serde::{Deserialize, Serialize};

/// How many posts a head holds.
const LENGTH: usize = 50;
/// How far back a head reaches, in milliseconds: home views show no more.
pub(crate) const REACH: i64 = 9 * 86_400_000;

/// A post in a head. Written as a list of numbers, because a home view reads thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, i64, u64, u64, u32, u8)", into = "(u64, i64, u64, u64, u32, u8)")]
pub(crate) struct HeadEntry {
    /// The post.
    pub(crate) id: Id,
    /// When it was posted or last commented, in milliseconds.
    pub(crate) updated: i64,
    /// Who posted it.
    pub(crate) actor: Id,
    /// The application; 0 for the site.
    pub(crate) app: Id,
    /// The sort of story.
    pub(crate) kind: u32,
    /// Whether nobody but its owner sees it.
    pub(crate) private: bool,
}

impl From<(u64, i64, u64, u64, u32, u8)> for HeadEntry {
    fn from((id, updated, actor, app, kind, private): (u64, i64, u64, u64, u32, u8)) -> HeadEntry {
        HeadEntry { id: Id(id), updated, actor: Id(actor), app: Id(app), kind, private: private != 0 }
    }
}

impl From<HeadEntry> for (u64, i64, u64, u64, u32, u8) {
    fn from(one: HeadEntry) -> Self {
        (one.id.0, one.updated, one.actor.0, one.app.0, one.kind, one.private.into())
    }
}

impl HeadEntry {
    /// A post's.
    pub(crate) fn of(post: &Post, updated: i64) -> HeadEntry {
        let private = post.privacy.value == Value::Myself;
        let app = post.app.unwrap_or(Id(0));
        HeadEntry { id: post.id, updated, actor: post.actor, app, kind: post.kind, private }
    }
}

/// The head itself, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Head {
    pub(crate) posts: Vec<HeadEntry>,
}

impl Head {
    /// As it was found; an empty one where nothing was ever posted.
    pub(crate) fn read(owner: Id, found: Option<&Found>) -> Result<Head> {
        match found {
            Some(Found::Assoc(Some(note))) => decode("head", owner, &note.data),
            _ => Ok(Head::default()),
        }
    }
}

/// A head that was read and will be written over what was read.
pub(crate) struct OldHead {
    owner: Id,
    old: Option<Vec<u8>>,
    length: usize,
    head: Head,
}

impl OldHead {
    /// As it was found.
    pub(crate) fn read(owner: Id, found: Option<&Found>) -> Result<OldHead> {
        let head = Head::read(owner, found)?;
        let old = match found {
            Some(Found::Assoc(Some(note))) => Some(note.data.clone()),
            _ => None,
        };
        Ok(OldHead { owner, old, length: head.posts.len(), head })
    }

    /// Whose.
    pub(crate) fn owner(&self) -> Id {
        self.owner
    }

    /// Whether the wall may hold more of the same age than this did.
    pub(crate) fn was_full(&self) -> bool {
        self.length >= LENGTH
    }

    /// Puts a post where its time says, and drops what is too old or too many.
    pub(crate) fn put(&mut self, entry: HeadEntry, now: i64) {
        self.take(entry.id);
        self.head.posts.push(entry);
        self.settle(now);
    }

    fn settle(&mut self, now: i64) {
        let posts = &mut self.head.posts;
        posts.retain(|one| one.updated > now - REACH);
        posts.sort_by_key(|one| std::cmp::Reverse((one.updated, one.id)));
        posts.truncate(LENGTH);
    }

    /// Takes a post out; whether it was there.
    pub(crate) fn take(&mut self, id: Id) -> bool {
        let before = self.head.posts.len();
        self.head.posts.retain(|one| one.id != id);
        self.head.posts.len() != before
    }

    /// Puts all these in the place of what was there.
    pub(crate) fn replace(&mut self, entries: Vec<HeadEntry>) {
        self.head.posts = entries;
    }

    /// Adds the write, which fails when somebody else wrote meanwhile.
    pub(crate) fn write(&self, batch: &mut Batch) -> Result<()> {
        let newest = self.head.posts.first().map_or(0, |one| one.updated);
        let data = encode(&self.head)?;
        match &self.old {
            Some(old) => batch.replace_if(self.owner, kinds::HEAD, self.owner, newest, data, old.clone()),
            None => batch.link(self.owner, kinds::HEAD, self.owner, newest, data),
        };
        Ok(())
    }
}

impl Graph {
    /// The head of a wall, read from the wall itself, without one post.
    pub(super) async fn wall_heads(&self, owner: Id, without: Id) -> Result<Vec<HeadEntry>> {
        let since = self.now().0 - REACH;
        let range = Range::newest(owner, kinds::WALL, LENGTH + 1).between(since, i64::MAX);
        let entries: Vec<_> = self.range(&range).await?.entries.into_iter().filter(|one| one.to != without).collect();
        let mut keys: Vec<Key> = entries.iter().map(|entry| Key::Object(entry.to)).collect();
        keys.push(Key::Object(owner));
        let mut found = self.get(&keys).await?;
        let owner = found.pop();
        let mut head = Vec::with_capacity(entries.len());
        for (entry, found) in entries.iter().zip(found) {
            let Found::Object(Some(object)) = found else { continue };
            let Some(post) = read_post(&object)? else { continue };
            if post.enters_head(owner.as_ref())? {
                head.push(HeadEntry::of(&post, entry.time));
            }
        }
        head.truncate(LENGTH);
        Ok(head)
    }

    /// The heads of many walls; slightly old ones will do, for nothing is judged by them.
    pub(crate) async fn heads(&self, owners: &[Id]) -> Result<Vec<(Id, Head)>> {
        let keys: Vec<Key> = owners.iter().map(|owner| head_key(*owner)).collect();
        let found = self.store().get(&keys, reconnect_store::Consistency::Eventual).await?;
        owners.iter().zip(&found).map(|(owner, found)| Ok((*owner, Head::read(*owner, Some(found))?))).collect()
    }
}
