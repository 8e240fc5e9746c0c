//! Adding a photo. Its files come first, then one commit makes it: the record, its place in the album, the album's time. Whatever ends the
//! process before that leaves files that nobody sees, and an intent that removes them.

use super::{MAX_PENDING, Photo};
use crate::albums::{Aid, Album, album_in, album_of_application, app_album_key};
use crate::attachment::{Attachment, Media};
use crate::context::Services;
use crate::error::{Error, Result, invalid};
use crate::files::Staged;
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{Application, encode};
use crate::picture::{Developed, Size};
use crate::post::{Post, story};
use reconnect_store::batch::ExpectObject;
use reconnect_store::{Batch, CommitError, Found, Id, Key};
use reconnect_wire::Code;

/// Photos of so many seconds make one story.
const STORY_SECS: i64 = 3600;
/// What stands in a story leads to this site, whatever its name is when the story is read: it begins with the path.
const HERE: &str = "";
/// So many of them are shown in it.
pub(super) const MAX_IN_STORY: usize = 5;

/// Where a photo goes.
#[derive(Clone, Copy, Debug)]
pub enum IntoAlbum<'a> {
    /// Into this album.
    Named(Aid),
    /// Into the album of this application's photos, which is made where there is none.
    OfApplication(&'a Application),
}

/// A photo to be added.
#[derive(Clone, Debug)]
pub struct NewPhoto<'a> {
    /// Its id; 0 for one that is drawn.
    pub id: Id,
    /// Whose it is.
    pub owner: Id,
    /// Where it goes.
    pub into: IntoAlbum<'a>,
    /// What stands below it.
    pub caption: String,
    /// The application that it comes by.
    pub app: Option<Id>,
    /// Whether it waits for its owner's approval.
    pub pending: bool,
}

/// What a photo goes into, and what is there already.
#[derive(Debug)]
pub struct Target {
    /// None where it has to be made.
    album: Option<Album>,
    size: u64,
    pending: u64,
}

/// Adds to the commit of a photo what its album has to be: still there; and where the photo is the first that others see, it stands for it.
pub(super) fn push_cover(album: &Album, photo: &Photo, batch: &mut Batch) -> Result<()> {
    if album.cover.is_none() && !photo.pending {
        let with = Album { cover: Some(photo.id), ..album.clone() };
        batch.update(album.id, kinds::ALBUM, encode(&with)?, album.version);
    } else {
        batch.check(album.id, ExpectObject::Version(album.version));
    }
    Ok(())
}

impl Graph {
    /// Where a photo would go, or why it may not: errors 120, 321, 325.
    async fn target(&self, new: &NewPhoto<'_>) -> Result<Target> {
        let pending_key = Key::Count { from: new.owner, kind: kinds::PENDING };
        let id = match new.into {
            IntoAlbum::Named(Aid::Album(id)) => Some(id),
            IntoAlbum::Named(aid) => Some(self.album_ids(&[aid]).await?.first().copied().unwrap_or_default()),
            IntoAlbum::OfApplication(app) => match self.get(&[app_album_key(app.id, new.owner)]).await?.first() {
                Some(Found::Unique(id)) => *id,
                _ => None,
            },
        };
        let mut keys = vec![pending_key];
        keys.extend(id.into_iter().flat_map(|id| [Key::Object(id), Key::Count { from: id, kind: kinds::PHOTOS }]));
        let found = self.get(&keys).await?;
        let count = |at: usize| if let Some(Found::Count(count)) = found.get(at) { *count } else { 0 };
        let album = album_in(found.get(1))?;
        if let (IntoAlbum::Named(_), None) = (new.into, &album) {
            return Err(Code::ParamAlbumId.because("there is no such album").into());
        }
        Ok(Target { album, size: count(2), pending: count(0) })
    }

    /// Where a photo that is to come goes, before anything is done for it. Errors 120, 220, 321 and 325.
    pub async fn place_for(&self, new: &NewPhoto<'_>) -> Result<Target> {
        let target = self.target(new).await?;
        target.check(new)?;
        Ok(target)
    }
}

impl Target {
    fn check(&self, new: &NewPhoto<'_>) -> Result<()> {
        if let Some(album) = &self.album {
            if album.owner != new.owner {
                return Err(Code::PermissionAlbum.because(format!("the album is not {}'s", new.owner)).into());
            }
            if self.size >= album.most() {
                return Err(Code::EditAlbumSize.because(format!("it holds {} photos", self.size)).into());
            }
        }
        if new.pending && self.pending >= MAX_PENDING {
            return Err(Code::EditPhotoPendingLimit.because(format!("{MAX_PENDING} wait for approval")).into());
        }
        Ok(())
    }
}

impl Services {
    /// Adds a photo: its files, its record, its story. Answers it as stored, with its album.
    pub async fn add_photo(&self, new: NewPhoto<'_>, target: Target, developed: Developed) -> Result<(Photo, Album)> {
        let id = if new.id == Id(0) { ids::draw(self.graph.now()) } else { new.id };
        let (picture, staged) = self.stage_picture("photos", id, developed).await?;
        let photo = Photo { id, picture, ..Photo::default() };
        match self.commit_photo(&new, target, photo, &staged).await {
            Ok((photo, album)) => {
                self.tell_of(&photo, album.id).await;
                Ok((photo, album))
            }
            Err(error) => {
                self.give_up(staged).await;
                Err(error)
            }
        }
    }

    async fn commit_photo(
        &self,
        new: &NewPhoto<'_>,
        target: Target,
        mut photo: Photo,
        staged: &Staged,
    ) -> Result<(Photo, Album)> {
        let graph = &self.graph;
        let mut known = Some(target);
        for _ in 0..TRIES {
            let target = match known.take() {
                Some(target) => target,
                None => graph.place_for(new).await?,
            };
            let now = graph.now();
            let mut batch = Batch::new();
            let album = match (target.album, new.into) {
                (Some(album), _) => album,
                (None, IntoAlbum::OfApplication(app)) => {
                    let mut album = album_of_application(app, new.owner);
                    album.cover = Some(photo.id).filter(|_| !new.pending);
                    graph.push_album(&mut album, Id(0), &mut batch)?;
                    album
                }
                (None, IntoAlbum::Named(_)) => return Err(Error::from(Code::ParamAlbumId)),
            };
            let made = !batch.is_empty();
            photo = Photo {
                owner: new.owner,
                album: album.id,
                caption: new.caption.clone(),
                app: new.app,
                pending: new.pending,
                created: now.secs(),
                modified: now.secs(),
                ..photo
            };
            let at = batch.writes().len();
            batch.create(photo.id, kinds::PHOTO, encode(&photo)?);
            batch.link(album.id, kinds::PHOTOS, photo.id, now.0, encode(&photo.pending)?);
            if photo.pending {
                batch.link(photo.owner, kinds::PENDING, photo.id, now.0, Vec::new());
            }
            if !made {
                batch.replace(album.owner, kinds::ALBUMS, album.id, now.secs(), encode(&album.kind)?);
                push_cover(&album, &photo, &mut batch)?;
            }
            staged.settle(&mut batch);
            match graph.commit(batch).await {
                Ok(_) => return Ok((Photo { version: 1, ..photo }, album)),
                Err(CommitError::Conflict { write, .. }) if write == at && new.id != Id(0) => {
                    return Err(invalid(format!("id {} is taken", new.id)));
                }
                Err(CommitError::Conflict { write, .. }) if write == at => photo.id = ids::draw(now),
                Err(CommitError::Conflict { .. }) => {} // a rival added a photo, or made the album; or it is gone
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Unavailable("the album is being changed by others".to_owned()).into())
    }

    /// Tells of a photo on its owner's wall: photos of one hour are one story. The photo is there, whatever becomes of that.
    pub(super) async fn tell_of(&self, photo: &Photo, album: Id) {
        if photo.pending {
            return;
        }
        for _ in 0..TRIES {
            match self.graph.tell_of_photo(photo, album).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(target: "reconnect", photo = photo.id.0, %error, "a photo has no story");
                    return;
                }
            }
        }
        tracing::info!(target: "reconnect", photo = photo.id.0, "a photo came among too many for its story");
    }
}

impl Graph {
    /// False when a rival changed the story meanwhile.
    async fn tell_of_photo(&self, photo: &Photo, album: Id) -> Result<bool> {
        let Some(album) = self.album(album).await? else { return Ok(true) };
        let now = self.now().secs();
        let medium = medium(photo, &album);
        if let Some((story, _)) = album.story.filter(|(_, since)| now - since < STORY_SECS)
            && let Some(mut post) = self.post(story).await?
            && let Some(attachment) = &mut post.attachment
        {
            if attachment.media.len() >= MAX_IN_STORY {
                return Ok(true);
            }
            attachment.media.push(medium);
            let mut batch = Batch::new();
            batch.update(post.id, kinds::POST, encode(&post)?, post.version);
            return settled(self.commit(batch).await);
        }
        let attachment = Attachment {
            name: album.name.clone(),
            href: album_link(HERE, &album),
            caption: String::new(),
            description: album.description.clone(),
            media: vec![medium],
            fb_object_type: "album".to_owned(),
            fb_object_id: album.id.to_string(),
            ..Attachment::default()
        };
        let post = Post {
            actor: photo.owner,
            owner: photo.owner,
            kind: story::PHOTOS,
            app: photo.app,
            attachment: Some(attachment),
            privacy: album.privacy.clone(),
            ..Post::default()
        };
        let published = self.publish(post, |post, batch| {
            let with = Album { story: Some((post.id, now)), ..album.clone() };
            batch.update(album.id, kinds::ALBUM, encode(&with)?, album.version);
            Ok(())
        });
        match published.await {
            Ok(_) => Ok(true),
            Err(Error::Commit(CommitError::Conflict { .. })) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn settled(committed: std::result::Result<reconnect_store::Committed, CommitError>) -> Result<bool> {
    match committed {
        Ok(_) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn medium(photo: &Photo, album: &Album) -> Media {
    let (width, height) = photo.picture.sizes[Size::Big as usize];
    Media::Photo {
        pid: photo.id.0,
        // That of a profile's pictures has an id of its own on the wire.
        aid: album.aid().parse().unwrap_or(album.id.0),
        owner: photo.owner.0,
        src: photo.picture.address(HERE, Size::Middle),
        href: photo_link(HERE, photo),
        index: 1,
        width: width.into(),
        height: height.into(),
    }
}

/// A photo's page.
pub fn photo_link(site: &str, photo: &Photo) -> String {
    format!("{site}/photo.php?pid={}&id={}", photo.id, photo.owner)
}

/// An album's page.
pub fn album_link(site: &str, album: &Album) -> String {
    format!("{site}/album.php?aid={}&id={}", album.aid(), album.owner)
}
