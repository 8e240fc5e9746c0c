//! Albums: made by people, or for an application's photos, or for the pictures of a profile. An album says whom its photos are shown to; an
//! album that is gone hides them all.

use crate::context::Services;
use crate::disclosure::{Disclosure, Value};
use crate::error::{Error, Result, invalid};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::intent::{Intent, Work};
use crate::kinds;
use crate::model::{Application, decode, encode};
use reconnect_store::{Batch, CommitError, Conflict, Found, Id, Key, Object, Range};
use reconnect_wire::Code;
use serde::{Deserialize, Serialize};

/// How many albums a list names.
const MAX_LISTED: usize = 1000;
/// How long name and location may be, in bytes.
pub const MAX_NAME: usize = 255;
/// How long a description or a caption may be, in bytes.
pub const MAX_TEXT: usize = 10_000;
/// How many photos fit into an album: since 2009.
const MAX_PHOTOS: u64 = 200;
/// And into one that is made by the house: an application's own, the wall's, the profile's.
const MAX_PHOTOS_OF_THE_HOUSE: u64 = 1000;
/// The lower half of the ids that albums of profile pictures had: -3.
const PROFILE_MARK: u64 = 0xFFFF_FFFD;

/// What an album is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlbumType {
    /// Somebody made it.
    #[default]
    Normal,
    /// Photos of one application.
    App,
    /// The pictures of a profile.
    Profile,
    /// Photos that were posted to the wall.
    Wall,
    /// Photos from a telephone.
    Mobile,
}

impl AlbumType {
    /// As the wire writes it.
    pub fn name(self) -> &'static str {
        match self {
            AlbumType::Normal => "normal",
            AlbumType::App => "app",
            AlbumType::Profile => "profile",
            AlbumType::Wall => "wall",
            AlbumType::Mobile => "mobile",
        }
    }
}

/// An album.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Album {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// Whose it is: a person's or a page's.
    pub owner: Id,
    /// Whom it is shown to.
    pub privacy: Disclosure,
    /// What it is called.
    pub name: String,
    /// What is in it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where that is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub location: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: AlbumType,
    /// The application that it was made by, or for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// The photo that stands for it: the first one that others see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<Id>,
    /// The newest story of its photos, and when that began, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<(Id, i64)>,
}

impl Album {
    /// Whom it is shown to, as the wire has it.
    pub fn visible(&self) -> &'static str {
        match self.privacy.value {
            Value::Everyone => "everyone",
            Value::AllFriends => "friends",
            Value::FriendsOfFriends => "friends-of-friends",
            Value::NetworksFriends => "networks",
            Value::Custom | Value::Myself => "custom",
        }
    }

    /// How many photos fit into it.
    pub(crate) fn most(&self) -> u64 {
        if self.kind == AlbumType::Normal { MAX_PHOTOS } else { MAX_PHOTOS_OF_THE_HOUSE }
    }

    /// Its id on the wire. That of a profile's pictures was made of the owner's; of an owner whose id is too long for that, it is a plain one.
    pub fn aid(&self) -> String {
        match self.kind {
            AlbumType::Profile if self.owner.0 < 1 << 31 => (self.owner.0 << 32 | PROFILE_MARK).to_string(),
            _ => self.id.to_string(),
        }
    }

    /// The unique key that leads to it, if there is one.
    fn key(&self) -> Option<Key> {
        match self.kind {
            AlbumType::App => Some(app_album_key(self.app?, self.owner)),
            AlbumType::Profile => Some(profile_album_key(self.owner)),
            _ => None,
        }
    }

    fn check(&self) -> Result<()> {
        for (what, text, most) in [
            ("name", &self.name, MAX_NAME),
            ("location", &self.location, MAX_NAME),
            ("description", &self.description, MAX_TEXT),
        ] {
            if text.len() > most {
                return Err(invalid(format!("{what} is longer than {most} bytes")));
            }
        }
        if self.name.trim().is_empty() { Err(invalid("name is missing: an album needs one")) } else { Ok(()) }
    }
}

/// An album as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The album.
    pub album: Album,
    /// When a photo was last added, in seconds since 1970.
    pub modified: i64,
    /// How many photos are in it, those that wait for approval included.
    pub size: u64,
}

/// What a call names an album by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aid {
    /// Its own id.
    Album(Id),
    /// The pictures of this person's profile.
    ProfileOf(Id),
}

/// Reads an album's id: in decimal, or behind the owner's (`5_77`), or as those of profile pictures were made.
pub fn read_aid(text: &str) -> Option<Aid> {
    let own: u64 = text.trim().rsplit('_').next()?.parse().ok()?;
    let owner = own >> 32;
    if own & 0xFFFF_FFFF == PROFILE_MARK && owner > 0 && owner < 1 << 31 {
        return Some(Aid::ProfileOf(Id(owner)));
    }
    Some(Id(own)).filter(|id| *id != Id(0) && *id <= Id::MAX).map(Aid::Album)
}

pub(crate) fn read_album(found: &Object) -> Result<Option<Album>> {
    if !found.is(kinds::ALBUM) {
        return Ok(None);
    }
    let album: Album = decode("album", found.id, &found.data)?;
    Ok(Some(Album { id: found.id, version: found.version, ..album }))
}

pub(crate) fn album_in(found: Option<&Found>) -> Result<Option<Album>> {
    match found {
        Some(Found::Object(Some(object))) => read_album(object),
        _ => Ok(None),
    }
}

/// Where the album of an application's photos is found.
pub(crate) fn app_album_key(app: Id, owner: Id) -> Key {
    Key::Unique { space: kinds::APP_ALBUM, text: format!("{app}:{owner}") }
}

/// Where the album of somebody's profile pictures is found.
pub(crate) fn profile_album_key(owner: Id) -> Key {
    Key::Unique { space: kinds::PROFILE_ALBUM, text: owner.to_string() }
}

/// The album for an application's photos, as it is when it is made.
pub(crate) fn album_of_application(app: &Application, owner: Id) -> Album {
    let kind = AlbumType::App;
    Album { owner, name: format!("{} Photos", app.name), kind, app: Some(app.id), ..Album::default() }
}

impl Graph {
    /// Makes an album. An id of 0 is drawn, a time of 0 is now. Answers it as stored. Where it has a key that another album has, error 100.
    pub async fn create_album(&self, mut album: Album) -> Result<Album> {
        album.check()?;
        let wanted = album.id;
        for _ in 0..TRIES {
            let mut batch = Batch::new();
            self.push_album(&mut album, wanted, &mut batch)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(Album { version: 1, ..album }),
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) if wanted == Id(0) => {}
                Err(CommitError::Conflict { write: 0, .. }) => return Err(invalid(format!("id {wanted} is taken"))),
                Err(CommitError::Conflict { .. }) => {
                    return Err(invalid(format!("{} has such an album already", album.owner)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// Adds to a batch what makes an album: the album itself first.
    pub(crate) fn push_album(&self, album: &mut Album, wanted: Id, batch: &mut Batch) -> Result<()> {
        let now = self.now();
        album.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
        album.created = if album.created == 0 { now.secs() } else { album.created };
        batch.create(album.id, kinds::ALBUM, encode(album)?);
        batch.link(album.owner, kinds::ALBUMS, album.id, album.created, encode(&album.kind)?);
        if let Some(Key::Unique { space, text }) = album.key() {
            batch.claim(space, text, album.id);
        }
        Ok(())
    }

    /// An album by its id.
    pub async fn album(&self, id: Id) -> Result<Option<Album>> {
        album_in(self.get(&[Key::Object(id)]).await?.first())
    }

    /// The album that a call names, for whoever may see it: error 120 where there is none, 220 where it is not shown to them.
    pub async fn album_shown(&self, viewer: Option<Id>, aid: Aid) -> Result<Album> {
        let ids = self.album_ids(&[aid]).await?;
        let album = self.album(ids.first().copied().unwrap_or_default()).await?;
        let album = album.ok_or_else(|| Code::ParamAlbumId.because("there is no such album"))?;
        let shown = self.may_see_one(viewer, album.owner, &album.privacy).await?;
        if shown { Ok(album) } else { Err(Code::PermissionAlbum.into()) }
    }

    /// The albums of a person or page, the newest change first; that of the profile's pictures is left out, as it was.
    pub async fn albums_of(&self, owner: Id) -> Result<Vec<Listed>> {
        let page = self.range(&Range::newest(owner, kinds::ALBUMS, MAX_LISTED)).await?;
        let mut keys: Vec<Key> = page.entries.iter().map(|entry| Key::Object(entry.to)).collect();
        keys.extend(page.entries.iter().map(|entry| Key::Count { from: entry.to, kind: kinds::PHOTOS }));
        let found = self.get(&keys).await?;
        let (albums, counts) = found.split_at(page.entries.len());
        let mut listed = Vec::with_capacity(albums.len());
        for ((entry, album), count) in page.entries.iter().zip(albums).zip(counts) {
            if let Some(album) = album_in(Some(album))?.filter(|album| album.kind != AlbumType::Profile) {
                listed.push(Listed { album, modified: entry.time, size: number(count) });
            }
        }
        Ok(listed)
    }

    /// Albums by what calls name them by, in this order; none where there is no such album. A wave for the albums, one for when they
    /// changed, and one more before them where a profile's pictures are named.
    pub async fn albums(&self, aids: &[Aid]) -> Result<Vec<Option<Listed>>> {
        let ids = self.album_ids(aids).await?;
        let mut keys: Vec<Key> = ids.iter().map(|id| Key::Object(*id)).collect();
        keys.extend(ids.iter().map(|from| Key::Count { from: *from, kind: kinds::PHOTOS }));
        let found = self.get(&keys).await?;
        let (albums, counts) = found.split_at(ids.len());
        let albums = albums.iter().map(|found| album_in(Some(found))).collect::<Result<Vec<_>>>()?;
        let entry = |album: &Album| Key::Assoc { from: album.owner, kind: kinds::ALBUMS, to: album.id };
        let times = self.get(&albums.iter().flatten().map(entry).collect::<Vec<_>>()).await?;
        let mut times = times.iter();
        let listed = albums.into_iter().zip(counts).map(|(album, count)| {
            let album = album?;
            let modified = match times.next() {
                Some(Found::Assoc(Some(entry))) => entry.time,
                _ => album.created,
            };
            Some(Listed { album, modified, size: number(count) })
        });
        Ok(listed.collect())
    }

    /// The ids behind what calls name albums by; 0 for a profile that has no album of its own.
    pub(crate) async fn album_ids(&self, aids: &[Aid]) -> Result<Vec<Id>> {
        let keys: Vec<Key> = aids
            .iter()
            .filter_map(|aid| match aid {
                Aid::ProfileOf(owner) => Some(profile_album_key(*owner)),
                Aid::Album(_) => None,
            })
            .collect();
        let mut profiles = if keys.is_empty() { Vec::new() } else { self.get(&keys).await? }.into_iter();
        let ids = aids.iter().map(|aid| match aid {
            Aid::Album(id) => *id,
            Aid::ProfileOf(_) => match profiles.next() {
                Some(Found::Unique(Some(id))) => id,
                _ => Id(0),
            },
        });
        Ok(ids.collect())
    }

    /// Takes an album away: from this write on nobody sees its photos. Their files and all that hangs from them are the returned intent's
    /// work. None when there is no such album.
    pub async fn remove_album(&self, id: Id) -> Result<Option<Intent>> {
        for _ in 0..TRIES {
            let Some(album) = self.album(id).await? else { return Ok(None) };
            let (mut batch, now) = (Batch::new(), self.now());
            batch.delete_version(id, album.version).unlink(album.owner, kinds::ALBUMS, id);
            if let Some(Key::Unique { space, text }) = album.key() {
                batch.release(space, text, id);
            }
            let intent = Intent::new(now, Work::AlbumRemoved { album: id, owner: album.owner });
            intent.push_new(&mut batch, now)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(Some(intent)),
                Err(CommitError::Conflict { .. }) => {} // a photo was added
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the album is being changed by others".to_owned())))
    }
}

fn number(found: &Found) -> u64 {
    if let Found::Count(count) = found { *count } else { 0 }
}

impl Services {
    /// What is left to do once an album is gone. What it lists is still to do.
    pub(crate) async fn finish_removal_of_album(&self, album: Id, owner: Id) -> Result<()> {
        /// Files are removed, and all that hangs from a photo, before it is struck off.
        const AT_ONCE: usize = 20;
        loop {
            let page = self.graph.range(&Range::oldest(album, kinds::PHOTOS, AT_ONCE)).await?;
            let photos: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
            for photo in &photos {
                self.clear_photo(album, owner, *photo).await?;
            }
            if page.next.is_none() {
                return self.graph.sweep(&[album]).await;
            }
        }
    }

    /// The albums and photos of a person who is gone, and what they were tagged in.
    pub(crate) async fn clear_albums(&self, owner: Id) -> Result<()> {
        loop {
            let page = self.graph.range(&Range::oldest(owner, kinds::ALBUMS, 20)).await?;
            for entry in &page.entries {
                match self.graph.remove_album(entry.to).await? {
                    Some(intent) => {
                        self.finish_removal_of_album(entry.to, owner).await?;
                        self.graph.intent_done(&intent).await?;
                    }
                    // The album is gone; what it lists may not be.
                    None => {
                        self.finish_removal_of_album(entry.to, owner).await?;
                        let mut batch = Batch::new();
                        batch.unlink(owner, kinds::ALBUMS, entry.to);
                        self.graph.commit(batch).await?;
                    }
                }
            }
            if page.next.is_none() {
                return self.graph.clear_tags_of(owner).await;
            }
        }
    }
}
