//! Photos that wait for their owner's approval: an application added them that was not permitted to add any. Approved, a photo is one like
//! all others, with its story; discarded, it is gone.

use super::add::{MAX_IN_STORY, push_cover};
use super::{MAX_PENDING, Photo};
use crate::albums::{Album, album_in};
use crate::context::Services;
use crate::error::Result;
use crate::graph::{Graph, TRIES, application_in};
use crate::intent::{Intent, Work};
use crate::kinds;
use crate::model::{Application, encode};
use reconnect_store::{Batch, CommitError, Found, Id, Key, Range};
use std::collections::{BTreeMap, HashMap};

/// So many photos are approved or discarded in one batch: three items each, a count each at most of them, and a few more.
const AT_ONCE: usize = 20;

/// A photo that waits, with what its owner needs to know to decide.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingPhoto {
    /// The photo.
    pub photo: Photo,
    /// The album that it would be seen in.
    pub album: Album,
    /// The application that added it; none where that is gone.
    pub app: Option<Application>,
}

impl Graph {
    /// How many photos wait for somebody's approval.
    pub async fn waiting_photos_count(&self, owner: Id) -> Result<u64> {
        let found = self.get(&[Key::Count { from: owner, kind: kinds::PENDING }]).await?;
        Ok(if let Some(Found::Count(count)) = found.first() { *count } else { 0 })
    }

    /// The photos that wait for somebody's approval, the oldest first.
    pub async fn waiting_photos(&self, owner: Id) -> Result<Vec<PendingPhoto>> {
        let page = self.range(&Range::oldest(owner, kinds::PENDING, MAX_PENDING as usize)).await?;
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        let photos = self.waiting_among(owner, &ids).await?;
        let mut around: Vec<Id> = photos.iter().flat_map(|photo| photo.app.into_iter().chain([photo.album])).collect();
        around.sort_unstable();
        around.dedup();
        let keys: Vec<Key> = around.into_iter().map(Key::Object).collect();
        let (mut albums, mut apps) = (HashMap::new(), HashMap::new());
        for found in self.get(&keys).await? {
            if let Some(album) = album_in(Some(&found))? {
                albums.insert(album.id, album);
            } else if let Some(app) = application_in(&found)? {
                apps.insert(app.id, app);
            }
        }
        let waiting = photos.into_iter().filter_map(|photo| {
            let album = albums.get(&photo.album)?.clone();
            let app = photo.app.and_then(|app| apps.get(&app).cloned());
            Some(PendingPhoto { photo, album, app })
        });
        Ok(waiting.collect())
    }

    /// Of these photos those that wait for this owner's approval.
    async fn waiting_among(&self, owner: Id, ids: &[Id]) -> Result<Vec<Photo>> {
        let mut photos = self.photos(ids).await?.into_iter().flatten().collect::<Vec<Photo>>();
        photos.retain(|photo| photo.pending && photo.owner == owner);
        Ok(photos)
    }

    /// Approves a batch of them; answers those that had waited. An album is gone with its photos, which are left as they are.
    async fn approve(&self, owner: Id, ids: &[Id]) -> Result<Vec<Photo>> {
        for _ in 0..TRIES {
            let waiting = self.waiting_among(owner, ids).await?;
            let mut first: BTreeMap<Id, &Photo> = BTreeMap::new();
            for photo in &waiting {
                first.entry(photo.album).or_insert(photo);
            }
            let keys: Vec<Key> = first.keys().copied().map(Key::Object).collect();
            let (mut batch, mut there) = (Batch::new(), Vec::with_capacity(keys.len()));
            for (found, photo) in self.get(&keys).await?.iter().zip(first.values()) {
                let Some(album) = album_in(Some(found))? else { continue };
                let shown = Photo { pending: false, ..(*photo).clone() };
                push_cover(&album, &shown, &mut batch)?;
                there.push(album.id);
            }
            let mut approved = Vec::with_capacity(waiting.len());
            for photo in waiting.iter().filter(|photo| there.contains(&photo.album)) {
                let photo = Photo { pending: false, ..photo.clone() };
                batch.update(photo.id, kinds::PHOTO, encode(&photo)?, photo.version);
                batch.unlink(owner, kinds::PENDING, photo.id);
                approved.push(photo);
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(approved),
                Err(CommitError::Conflict { .. }) => {} // a photo, or its album, was changed meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// Discards a batch of them; answers how many had waited, and what hung from them.
    async fn discard(&self, owner: Id, ids: &[Id]) -> Result<(usize, Option<Intent>)> {
        for _ in 0..TRIES {
            let waiting = self.waiting_among(owner, ids).await?;
            if waiting.is_empty() {
                return Ok((0, None));
            }
            let (mut batch, now) = (Batch::new(), self.now());
            for photo in &waiting {
                batch.delete_version(photo.id, photo.version);
                batch.unlink(owner, kinds::PENDING, photo.id).unlink(photo.album, kinds::PHOTOS, photo.id);
            }
            let files = waiting.iter().flat_map(|photo| photo.picture.keys()).collect();
            self.leave_files_to_others(&mut batch, files)?;
            let things = waiting.iter().map(|photo| photo.id).collect();
            let intent = Intent::new(now, Work::Removed { things });
            intent.push_new(&mut batch, now)?;
            match self.commit(batch).await {
                Ok(_) => return Ok((waiting.len(), Some(intent))),
                Err(CommitError::Conflict { .. }) => {} // one was approved, or tagged, meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }
}

fn contended() -> crate::Error {
    CommitError::Unavailable("the photos are being changed by others".to_owned()).into()
}

impl Services {
    /// The owner approves photos that waited: others see them from now on, as they see their album, and are told of them. Of those that are
    /// named only what waits for this owner counts. Answers how many that were.
    pub async fn approve_photos(&self, owner: Id, ids: &[Id]) -> Result<usize> {
        let (mut count, mut told) = (0, HashMap::new());
        for some in ids.chunks(AT_ONCE) {
            let approved = self.graph.approve(owner, some).await?;
            for photo in &approved {
                let told: &mut usize = told.entry(photo.album).or_default();
                if *told < MAX_IN_STORY {
                    self.tell_of(photo, photo.album).await;
                }
                *told += 1;
            }
            count += approved.len();
        }
        Ok(count)
    }

    /// The owner discards photos that waited: from this write on there are none. Their files are left to whoever carries on unfinished work.
    /// Answers how many that were.
    pub async fn discard_photos(&self, owner: Id, ids: &[Id]) -> Result<usize> {
        let mut count = 0;
        for some in ids.chunks(AT_ONCE) {
            let (discarded, hanging) = self.graph.discard(owner, some).await?;
            if let Some(hanging) = hanging {
                self.carry_out(hanging).await;
            }
            count += discarded;
        }
        Ok(count)
    }
}
