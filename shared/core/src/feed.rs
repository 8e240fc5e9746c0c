//! Reading posts: one wall, or the home view of many; as a viewer may see them; and what stands under each (comments, likes).
//!
//! A wall is one range. A home view reads the heads of all walls in one wave, merges them, and loads only what it will show: nothing was
//! written for it, so that privacy, a friendship's end and a removal count at once.

mod albums;

use crate::comment::{Comment, comment_count_key};
use crate::disclosure::Shown;
use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::like::{LOOKED_AT, like_count_key, like_key};
use crate::model::decode;
use crate::people::{in_network, person_in};
use crate::post::{HeadEntry, Post, REACH, WallEntry, read_post};
use futures_util::future::{try_join, try_join_all, try_join3};
use reconnect_store::{Found, Id, Key, Range, limits};
use std::collections::{HashMap, HashSet};

/// How many posts one view shows at most.
pub const MAX_POSTS: usize = 200;
/// How many comments stand under a post of a view.
const COMMENTS_SHOWN: usize = 3;
/// How many who like a post are named who are not friends of the viewer's.
const LIKERS_SHOWN: usize = 3;
/// So many entries of a wall are looked at before a view gives up to find more that its viewer may see.
const MOST_LOOKED_AT: usize = 1000;

/// Which posts are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Those that an application published.
    Application(Id),
    /// Those by the wall's owner.
    ByOwner,
    /// Those by others.
    ByOthers,
}

impl Filter {
    fn takes(self, owner: Id, actor: Id, app: Option<Id>) -> bool {
        match self {
            Filter::All => true,
            Filter::Application(wanted) => app == Some(wanted),
            Filter::ByOwner => actor == owner,
            Filter::ByOthers => actor != owner,
        }
    }
}

/// Which posts, from when to when, and how many. Times are when a post was last updated, in seconds since 1970, both included.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The earliest.
    pub since: Option<i64>,
    /// The latest.
    pub until: Option<i64>,
    /// How many, counted back from the latest.
    pub limit: usize,
    /// Which.
    pub filter: Filter,
}

impl Window {
    fn millis(&self) -> (i64, i64) {
        let since = self.since.map_or(i64::MIN, |secs| secs.saturating_mul(1000));
        let until = self.until.map_or(i64::MAX, |secs| secs.saturating_mul(1000).saturating_add(999));
        (since, until)
    }
}

/// A post of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The post.
    pub post: Post,
    /// When it was last updated, in milliseconds since 1970.
    pub updated: i64,
}

/// What stands under a post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Under {
    /// How many comments.
    pub comments: u64,
    /// The last of them, oldest first.
    pub last: Vec<Comment>,
    /// How many like it.
    pub likes: u64,
    /// Friends of the viewer among them.
    pub friends: Vec<Id>,
    /// A few others.
    pub sample: Vec<Id>,
    /// Whether the viewer is among them.
    pub user_likes: bool,
}

impl Graph {
    /// Posts by their ids that a viewer may see.
    pub async fn posts_shown(&self, viewer: Option<Id>, ids: &[Id]) -> Result<Vec<Post>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        let mut posts = Vec::with_capacity(ids.len());
        for found in self.get(&keys).await? {
            if let Found::Object(Some(object)) = found {
                posts.extend(read_post(&object)?);
            }
        }
        let judged: Vec<Shown<'_>> = posts.iter().map(|post| (post.owner, &post.privacy)).collect();
        let shown = self.may_see(viewer, &judged).await?;
        // Of an owner it has been asked whether applications may know of them; of who writes on others' walls it has not.
        let guests: Vec<Id> = posts.iter().filter(|post| post.actor != post.owner).map(|post| post.actor).collect();
        let named = self.may_be_named(viewer, &guests).await?;
        let known = |post: &Post| post.actor == post.owner || named.contains(&post.actor);
        // Whoever wrote a post sees it, wherever it stands.
        let kept =
            posts.into_iter().zip(shown).filter(|(post, shown)| viewer == Some(post.actor) || *shown && known(post));
        Ok(kept.map(|(post, _)| post).collect())
    }

    /// One post, if a viewer may see it.
    pub async fn post_shown(&self, viewer: Option<Id>, id: Id) -> Result<Option<Post>> {
        Ok(self.posts_shown(viewer, &[id]).await?.pop())
    }

    /// All comments of a thread by people whom a viewer may be told of, oldest first.
    pub async fn comments_shown(&self, viewer: Option<Id>, thread: Id) -> Result<Vec<Comment>> {
        let mut comments = self.comments(thread, None).await?;
        let authors: Vec<Id> = comments.iter().map(|one| one.author).collect();
        let named = self.may_be_named(viewer, &authors).await?;
        comments.retain(|one| is_told(one, &named));
        Ok(comments)
    }

    /// The posts of one wall, newest first.
    pub async fn wall(&self, viewer: Option<Id>, source: Id, window: Window) -> Result<Vec<Told>> {
        let (since, until) = window.millis();
        let (mut told, mut after, mut looked_at) = (Vec::new(), None, 0);
        while told.len() < window.limit && looked_at < MOST_LOOKED_AT {
            let room = (window.limit - told.len()).max(10);
            let range = Range::newest(source, kinds::WALL, room).between(since, until).after(after);
            let page = self.range(&range).await?;
            looked_at += room;
            let mut wanted = Vec::with_capacity(page.entries.len());
            for entry in &page.entries {
                let one: WallEntry = decode("wall", source, &entry.data)?;
                if window.filter.takes(source, one.actor, one.app) {
                    wanted.push((entry.to, entry.time));
                }
            }
            told.extend(self.load(viewer, &wanted).await?);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        told.truncate(window.limit);
        Ok(told)
    }

    /// The newest posts of many walls, of the last nine days.
    pub async fn walls(&self, viewer: Option<Id>, sources: &[Id], window: Window) -> Result<Vec<Told>> {
        let (since, until) = window.millis();
        let since = since.max(self.now().0 - REACH);
        let mut entries: Vec<HeadEntry> = Vec::new();
        for some in sources.chunks(limits::MAX_KEYS) {
            for (owner, head) in self.heads(some).await? {
                let wanted = |one: &HeadEntry| {
                    let app = Some(one.app).filter(|app| *app != Id(0));
                    (since..=until).contains(&one.updated)
                        && window.filter.takes(owner, one.actor, app)
                        && (!one.private || viewer.is_some_and(|viewer| one.actor == viewer || owner == viewer))
                };
                entries.extend(head.posts.into_iter().filter(wanted));
            }
        }
        entries.sort_by_key(|one| std::cmp::Reverse((one.updated, one.id)));
        entries.truncate(MOST_LOOKED_AT);
        let mut told = Vec::new();
        // Most are shown; what is not makes a second look necessary, of half as many.
        for some in entries.chunks(window.limit + window.limit / 2 + 1) {
            if told.len() >= window.limit {
                break;
            }
            let wanted: Vec<(Id, i64)> = some.iter().map(|one| (one.id, one.updated)).collect();
            told.extend(self.load(viewer, &wanted).await?);
        }
        told.truncate(window.limit);
        Ok(told)
    }

    async fn load(&self, viewer: Option<Id>, wanted: &[(Id, i64)]) -> Result<Vec<Told>> {
        let ids: Vec<Id> = wanted.iter().map(|(id, _)| *id).collect();
        let mut posts: HashMap<Id, Post> =
            self.posts_shown(viewer, &ids).await?.into_iter().map(|post| (post.id, post)).collect();
        let told = wanted.iter().filter_map(|(id, updated)| Some(Told { post: posts.remove(id)?, updated: *updated }));
        Ok(told.collect())
    }

    /// Whose walls a person's home view shows: their own, their friends', those of pages they are fans of and of groups they are in.
    pub async fn home_sources(&self, viewer: Id) -> Result<Vec<Id>> {
        let pages = Range::newest(viewer, kinds::FAN_OF, limits::MAX_RANGE);
        let groups = Range::newest(viewer, kinds::GROUPS, limits::MAX_RANGE);
        let (friends, pages, groups) = try_join3(self.friends(viewer), self.range(&pages), self.range(&groups)).await?;
        let others = pages.entries.into_iter().chain(groups.entries).map(|entry| entry.to);
        Ok([viewer].into_iter().chain(friends).chain(others).collect())
    }

    /// Those of a person's friends who are in a network.
    pub async fn friends_in_network(&self, person: Id, nid: u64) -> Result<Vec<Id>> {
        let friends = self.friends(person).await?;
        let keys: Vec<Key> = friends.into_iter().map(Key::Object).collect();
        let mut members = Vec::new();
        for found in self.get(&keys).await? {
            let friend = person_in(&found)?.filter(|friend| in_network(friend).any(|one| one == nid));
            members.extend(friend.map(|friend| friend.id));
        }
        Ok(members)
    }

    /// What stands under posts: counts in one wave, and where there is something to count, the lists in a second; then who of the
    /// likers are the viewer's friends.
    pub async fn under(&self, viewer: Option<Id>, posts: &[&Post]) -> Result<Vec<Under>> {
        let mut keys: Vec<Key> = posts.iter().map(|post| comment_count_key(post.comments())).collect();
        keys.extend(posts.iter().map(|post| like_count_key(post.id)));
        keys.extend(viewer.iter().flat_map(|viewer| posts.iter().map(|post| like_key(*viewer, post.id))));
        let found = self.get(&keys).await?;
        let count = |at: usize| if let Some(Found::Count(count)) = found.get(at) { *count } else { 0 };
        let mut under: Vec<Under> = (0..posts.len())
            .map(|at| Under {
                comments: count(at),
                likes: count(posts.len() + at),
                user_likes: matches!(found.get(2 * posts.len() + at), Some(Found::Assoc(Some(_)))),
                ..Under::default()
            })
            .collect();
        let with = |wanted: fn(&Under) -> bool| -> Vec<usize> {
            under.iter().enumerate().filter(|(_, one)| wanted(one)).map(|(at, _)| at).collect()
        };
        let (commented, liked) = (with(|one| one.comments > 0), with(|one| one.likes > 0));
        let comments = commented.iter().map(|at| self.last_comments(posts[*at].comments(), COMMENTS_SHOWN));
        let likers = liked.iter().map(|at| self.likers(posts[*at].id));
        let (comments, likers) = try_join(try_join_all(comments), try_join_all(likers)).await?;
        let authors = comments.iter().flatten().map(|one| one.author);
        let others = likers.iter().flatten().copied().filter(|one| viewer != Some(*one));
        let people: Vec<Id> = authors.chain(others).collect::<HashSet<Id>>().into_iter().collect();
        let (friends, named) =
            try_join(self.friends_among(viewer, &people), self.may_be_named(viewer, &people)).await?;
        for (at, last) in commented.into_iter().zip(comments) {
            under[at].last = last.into_iter().filter(|one| is_told(one, &named)).collect();
        }
        for (at, likers) in liked.into_iter().zip(likers) {
            let others = likers.into_iter().filter(|one| viewer != Some(*one) && named.contains(one)).take(LOOKED_AT);
            let (known, unknown): (Vec<Id>, Vec<Id>) = others.partition(|one| friends.contains(one));
            under[at].friends = known;
            under[at].sample = unknown.into_iter().take(LIKERS_SHOWN).collect();
        }
        Ok(under)
    }

    /// Those of these people who are friends of a viewer.
    async fn friends_among(&self, viewer: Option<Id>, people: &[Id]) -> Result<HashSet<Id>> {
        let (Some(from), false) = (viewer, people.is_empty()) else { return Ok(HashSet::new()) };
        let keys: Vec<Key> = people.iter().map(|to| Key::Assoc { from, kind: kinds::FRIEND, to: *to }).collect();
        let found = self.get(&keys).await?;
        let friends = people.iter().zip(found).filter(|(_, one)| matches!(one, Found::Assoc(Some(_))));
        Ok(friends.map(|(id, _)| *id).collect())
    }
}

/// Whether a comment is told of: its author is, or gave no more than a name.
fn is_told(comment: &Comment, named: &HashSet<Id>) -> bool {
    comment.author == Id(0) || named.contains(&comment.author)
}

#[cfg(test)]
mod tests;
