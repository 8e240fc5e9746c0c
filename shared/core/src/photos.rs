//! Photos: put into an album, found by album, by who is tagged, or by id, and shown to whom the album is shown. A photo that waits for its
//! owner's approval is the owner's alone.
//!
//! | module | what it holds |
//! |---|---|
//! | `add` | a photo and its files, kept together or not at all; the story that it makes |
//! | `pending` | photos that wait: listed, approved, discarded |
//! | `tag` | who and what is seen on a photo |

mod add;
mod pending;
mod tag;
#[cfg(test)]
mod tests;

pub use add::{IntoAlbum, NewPhoto, Target, album_link, photo_link};
pub use pending::PendingPhoto;
pub use tag::{MAX_TAGS, Subject, Tag, TagSet, Where};

use crate::albums::{Aid, Album, album_in};
use crate::context::Services;
use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::model::decode;
use crate::picture::Picture;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Object, Range};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// How many photos of an album are shown: more do not fit into one.
const MAX_LISTED: usize = 1100;
/// How many photos that somebody is tagged in are looked at, the newest first.
const MAX_TAGGED: usize = 5000;
/// How many photos may wait for somebody's approval.
pub const MAX_PENDING: u64 = 60;

/// A photo.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Photo {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// Whose it is.
    pub owner: Id,
    /// The album that it is in, which says whom it is shown to.
    pub album: Id,
    /// What stands below it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub caption: String,
    /// The application that it came by; none for the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// It waits for its owner's approval, and only they see it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// When it came, in seconds since 1970.
    pub created: i64,
    /// When it last changed.
    pub modified: i64,
    /// Its files.
    pub picture: Picture,
}

/// A photo with what its album says.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The photo.
    pub photo: Photo,
    /// The id of its album, on the wire.
    pub aid: String,
}

/// Reads a photo's id: in decimal, or behind the owner's (`5_77`).
pub fn read_pid(text: &str) -> Option<Id> {
    let own: u64 = text.trim().rsplit('_').next()?.parse().ok()?;
    Some(Id(own)).filter(|id| *id != Id(0) && *id <= Id::MAX)
}

pub(crate) fn photo_in(found: Option<&Found>) -> Result<Option<Photo>> {
    match found {
        Some(Found::Object(Some(object))) => read_photo(object),
        _ => Ok(None),
    }
}

fn read_photo(object: &Object) -> Result<Option<Photo>> {
    if !object.is(kinds::PHOTO) {
        return Ok(None);
    }
    let photo: Photo = decode("photo", object.id, &object.data)?;
    Ok(Some(Photo { id: object.id, version: object.version, ..photo }))
}

impl Graph {
    /// Photos by their ids, in this order; none where there is no such photo.
    pub async fn photos(&self, ids: &[Id]) -> Result<Vec<Option<Photo>>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        self.get(&keys).await?.iter().map(|found| photo_in(Some(found))).collect()
    }

    /// The photos of an album, in their order.
    pub async fn photos_in(&self, album: Aid) -> Result<Vec<Photo>> {
        let album = self.album_ids(&[album]).await?.first().copied().unwrap_or_default();
        let page = self.range(&Range::oldest(album, kinds::PHOTOS, MAX_LISTED)).await?;
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        Ok(self.photos(&ids).await?.into_iter().flatten().collect())
    }

    /// The photos that somebody is tagged in, the newest tag first.
    pub async fn photos_of(&self, person: Id) -> Result<Vec<Photo>> {
        let page = self.range(&Range::newest(person, kinds::TAGGED, MAX_TAGGED)).await?;
        // Videos are among them: what is no photo is passed over.
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        Ok(self.photos(&ids).await?.into_iter().flatten().collect())
    }

    /// Of these photos those that a viewer may see, in their order.
    pub async fn photos_shown(&self, viewer: Option<Id>, photos: Vec<Photo>) -> Result<Vec<Shown>> {
        let albums: Vec<Id> = photos.iter().map(|photo| photo.album).collect::<HashSet<Id>>().into_iter().collect();
        let keys: Vec<Key> = albums.iter().copied().map(Key::Object).collect();
        let mut open: HashMap<Id, Album> = HashMap::with_capacity(albums.len());
        for found in self.get(&keys).await? {
            if let Some(album) = album_in(Some(&found))? {
                open.insert(album.id, album);
            }
        }
        let judged: Vec<&Album> = open.values().collect();
        let things: Vec<_> = judged.iter().map(|album| (album.owner, &album.privacy)).collect();
        let seen: HashSet<Id> = judged
            .iter()
            .zip(self.may_see(viewer, &things).await?)
            .filter(|(_, seen)| *seen)
            .map(|(album, _)| album.id)
            .collect();
        let shown = photos.into_iter().filter(|photo| seen.contains(&photo.album));
        let shown = shown.filter(|photo| !photo.pending || viewer == Some(photo.owner));
        Ok(shown
            .filter_map(|photo| {
                let aid = open.get(&photo.album)?.aid();
                Some(Shown { photo, aid })
            })
            .collect())
    }

    /// Of an album that is shown to a viewer the photos that are.
    pub fn photos_of_shown(viewer: Option<Id>, album: &Album, mut photos: Vec<Photo>) -> Vec<Shown> {
        photos.retain(|photo| photo.album == album.id && (!photo.pending || viewer == Some(photo.owner)));
        photos.into_iter().map(|photo| Shown { photo, aid: album.aid() }).collect()
    }

    /// Of these photos those that somebody is tagged in; all of them, if nobody is asked for.
    pub async fn photos_tagging(&self, person: Option<Id>, mut shown: Vec<Shown>) -> Result<Vec<Shown>> {
        let Some(from) = person else { return Ok(shown) };
        let key = |one: &Shown| Key::Assoc { from, kind: kinds::TAGGED, to: one.photo.id };
        let mut found = self.get(&shown.iter().map(key).collect::<Vec<_>>()).await?.into_iter();
        shown.retain(|_| matches!(found.next(), Some(Found::Assoc(Some(_)))));
        Ok(shown)
    }
}

impl Services {
    /// Clears a photo of an album that is gone: its files, what hangs from it, itself; its entry in the album last.
    pub(crate) async fn clear_photo(&self, album: Id, owner: Id, id: Id) -> Result<()> {
        let photo = self.graph.photos(&[id]).await?.pop().flatten();
        if let Some(photo) = &photo {
            self.remove_files(&photo.picture.keys()).await?;
        }
        self.graph.sweep(&[id]).await?;
        let mut batch = Batch::new();
        if let Some(photo) = photo {
            batch.delete_version(id, photo.version);
        }
        batch.unlink(owner, kinds::PENDING, id).unlink(album, kinds::PHOTOS, id);
        match self.graph.commit(batch).await {
            Ok(_) | Err(CommitError::Conflict { .. }) => Ok(()), // another worker was here
            Err(error) => Err(error.into()),
        }
    }
}
