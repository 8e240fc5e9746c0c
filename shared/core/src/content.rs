//! Anything that people share, whatever it is: whose it is, whom it is shown to, and where its comments hang. For the methods that take the id
//! of "an object": comments, likes, privacy.
//!
//! Records of posts, notes, links, albums and videos say `owner` and `privacy`; a photo says `album`, and is shown to whom its album is. An
//! address of the web is everybody's.

use crate::disclosure::Disclosure;
use crate::error::Result;
use crate::graph::Graph;
use crate::kinds::{self, Kind};
use crate::model::decode;
use reconnect_store::{Found, Id, Key, Object, ObjectKind};
use serde::Deserialize;

/// What of it people share, and comment on.
const SHARED: [&ObjectKind; 7] =
    [kinds::POST, kinds::NOTE, kinds::LINK, kinds::ALBUM, kinds::PHOTO, kinds::VIDEO, kinds::URL];

/// A thing that somebody shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its id.
    pub id: Id,
    /// What it is.
    pub kind: &'static ObjectKind,
    /// Whose it is: of a post, whose wall it stands on. None for an address of the web.
    pub owner: Option<Id>,
    /// Who made it; the owner, but for posts on the walls of others.
    pub actor: Option<Id>,
    /// Whom it is shown to.
    pub privacy: Disclosure,
    /// Where its comments hang.
    pub comments: Id,
    /// Nobody sees it but whose it is, whatever is said of whom it is shown to.
    pub pending: bool,
}

/// What all these records have in common.
#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    owner: Option<Id>,
    #[serde(default)]
    actor: Option<Id>,
    #[serde(default)]
    privacy: Disclosure,
    #[serde(default)]
    album: Option<Id>,
    #[serde(default)]
    thread: Option<Id>,
    /// A photo that waits for its owner's approval, who alone sees it until then.
    #[serde(default)]
    pending: bool,
}

impl Content {
    /// Whether it is somebody's: they own it or made it.
    pub fn is_of(&self, person: Id) -> bool {
        self.owner == Some(person) || self.actor == Some(person)
    }

    /// A thing, and the album that decides about it.
    fn read(object: &Object) -> Result<Option<(Content, Option<Id>)>> {
        let Some(kind) = ObjectKind::with_code(object.kind).filter(|kind| SHARED.contains(kind)) else {
            return Ok(None);
        };
        let record: Record = decode(kind.name, object.id, &object.data)?;
        let (owner, privacy) = (record.owner, record.privacy);
        let content = Content {
            id: object.id,
            kind,
            owner,
            actor: record.actor.or(owner),
            privacy,
            comments: record.thread.unwrap_or(object.id),
            pending: record.pending,
        };
        Ok(Some((content, record.album.filter(|_| kind == kinds::PHOTO))))
    }
}

impl Graph {
    /// Things by their ids, in this order; none where nothing of the sort has the id, or a photo's album is gone. One wave, and a second
    /// one for photos.
    pub async fn content(&self, ids: &[Id]) -> Result<Vec<Option<Content>>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        let mut things = Vec::with_capacity(ids.len());
        for found in self.get(&keys).await? {
            things.push(match &found {
                Found::Object(Some(object)) => Content::read(object)?,
                _ => None,
            });
        }
        let albums: Vec<Id> = things.iter().flatten().filter_map(|(_, album)| *album).collect();
        let keys: Vec<Key> = albums.iter().copied().map(Key::Object).collect();
        let mut found = self.get(&keys).await?.into_iter();
        let mut content = Vec::with_capacity(things.len());
        for thing in things {
            content.push(match thing {
                Some((thing, Some(_))) => match found.next() {
                    Some(Found::Object(Some(album))) => Content::read(&album)?.map(|(album, _)| Content {
                        owner: album.owner,
                        privacy: album.privacy,
                        ..thing
                    }),
                    _ => None,
                },
                other => other.map(|(thing, _)| thing),
            });
        }
        Ok(content)
    }

    /// The same, but only what a viewer may see; their own they always may.
    pub async fn content_shown(&self, viewer: Option<Id>, ids: &[Id]) -> Result<Vec<Option<Content>>> {
        let mut content = self.content(ids).await?;
        let judged: Vec<_> = content.iter().flatten().filter_map(|one| Some((one.owner?, &one.privacy))).collect();
        let mut shown = self.may_see(viewer, &judged).await?.into_iter();
        for one in &mut content {
            let open = one.as_ref().is_some_and(|thing| {
                let own = viewer.is_some_and(|viewer| thing.is_of(viewer));
                // What has no owner and should have one is nobody's to see.
                match thing.owner {
                    Some(_) => shown.next().unwrap_or(false) && !thing.pending || own,
                    None => thing.kind == kinds::URL,
                }
            });
            if !open {
                *one = None;
            }
        }
        Ok(content)
    }

    /// One thing, if a viewer may see it.
    pub async fn content_shown_one(&self, viewer: Option<Id>, id: Id) -> Result<Option<Content>> {
        Ok(self.content_shown(viewer, &[id]).await?.pop().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::Audience;
    use crate::town::town;
    use reconnect_store::Batch;
    use serde_json::json;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);

    /// A post of Bob's on Ann's wall, a note for herself, an album for everybody with a photo, a photo without album, an address.
    async fn graph() -> Graph {
        let graph = town(1_800_000_000, &[ANN, BOB]).await;
        let own = json!(Disclosure::from(Audience::Myself));
        let records = [
            (21, kinds::POST, json!({"owner": 11, "actor": 12, "privacy": own, "thread": 77})),
            (22, kinds::NOTE, json!({"owner": 11, "privacy": own, "title": "T"})),
            (23, kinds::ALBUM, json!({"owner": 11, "privacy": {"value": "EVERYONE"}})),
            (24, kinds::PHOTO, json!({"owner": 11, "album": 23})),
            (25, kinds::PHOTO, json!({"owner": 11, "album": 99})),
            (26, kinds::URL, json!({"title": "x"})),
            (27, kinds::PHOTO, json!({"owner": 11, "album": 23, "pending": true})),
            (28, kinds::NOTE, json!({"title": "nobody's"})),
        ];
        let mut batch = Batch::new();
        for (id, kind, data) in records {
            batch.create(Id(id), kind, data.to_string().into_bytes());
        }
        graph.commit(batch).await.unwrap();
        graph
    }

    #[tokio::test]
    async fn every_thing_says_whose_it_is_and_where_its_comments_hang() {
        let graph = graph().await;
        let ids = [21, 22, 23, 24, 25, 26, 11, 99].map(Id);
        let found = graph.content(&ids).await.unwrap();
        let kinds: Vec<_> = found.iter().map(|one| one.as_ref().map(|one| one.kind.name)).collect();
        assert_eq!(kinds, [Some("post"), Some("note"), Some("album"), Some("photo"), None, Some("url"), None, None]);
        let post = found[0].as_ref().unwrap();
        assert_eq!((post.owner, post.actor, post.comments), (Some(ANN), Some(BOB), Id(77)));
        let photo = found[3].as_ref().unwrap();
        assert_eq!((photo.owner, photo.privacy.audience(), photo.comments), (Some(ANN), Audience::Everyone, Id(24)));
    }

    #[tokio::test]
    async fn what_waits_for_approval_or_lost_its_owner_is_shown_to_nobody_else() {
        let graph = graph().await;
        for (viewer, expected) in [(Some(ANN), [true, false]), (Some(BOB), [false, false]), (None, [false, false])] {
            let seen = graph.content_shown(viewer, &[Id(27), Id(28)]).await.unwrap();
            assert_eq!(seen.iter().map(Option::is_some).collect::<Vec<_>>(), expected, "{viewer:?}");
        }
    }

    #[tokio::test]
    async fn what_is_not_for_a_viewer_is_like_nothing() {
        let graph = graph().await;
        let ids = [21, 22, 24, 26].map(Id);
        let seen = async |viewer| -> Vec<bool> {
            graph.content_shown(viewer, &ids).await.unwrap().iter().map(Option::is_some).collect()
        };
        assert_eq!(seen(Some(ANN)).await, [true; 4]);
        assert_eq!(seen(Some(BOB)).await, [true, false, true, true], "whoever wrote a post sees it");
        assert_eq!(seen(None).await, [false, false, true, true]);
        assert!(graph.content_shown_one(Some(BOB), Id(22)).await.unwrap().is_none());
    }
}
