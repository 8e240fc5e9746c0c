//! The namespace `photos`, and what its methods share: photos and albums as answers show them, whom a call acts for, which photos it names.

pub(crate) mod add_tag;
pub(crate) mod create_album;
pub(crate) mod get;
pub(crate) mod get_albums;
pub(crate) mod get_tags;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod upload;

use reconnect_core::albums::{Aid, Listed, read_aid};
use reconnect_core::error::invalid;
use reconnect_core::photos::{self, Shown, album_link, photo_link, read_pid};
use reconnect_core::picture::Size;
use reconnect_core::{Context, Error, Result};
use reconnect_store::{Found, Id, Key};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Serialize;

/// The extended permission to add photos that need nobody's approval.
const PERMISSION: &str = "photo_upload";
/// How many photos a call may name.
const MAX_PIDS: usize = 1000;

/// A photo, in the form of the last schema.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "photo")]
pub(crate) struct Photo {
    /// Its id.
    pid: String,
    /// The id of its album.
    aid: String,
    owner: u64,
    /// The address of its picture, at most 130 pixels a side.
    src: String,
    /// The same, at most 720 pixels a side.
    src_big: String,
    /// The same, at most 75 pixels wide.
    src_small: String,
    /// Its page.
    link: String,
    caption: String,
    /// When it was uploaded, in seconds since 1970.
    created: i64,
    /// When it was last changed, in seconds since 1970.
    modified: i64,
    /// Its id as a number, for methods that take any object.
    object_id: u64,
}

impl Photo {
    fn of(cx: &Context, photo: photos::Photo, aid: String) -> Photo {
        let site = &*cx.request.site;
        let address = |size| photo.picture.address(site, size);
        Photo {
            pid: photo.id.to_string(),
            aid,
            owner: photo.owner.0,
            src: address(Size::Middle),
            src_big: address(Size::Big),
            src_small: address(Size::Small),
            link: photo_link(site, &photo),
            created: photo.created,
            modified: photo.modified,
            object_id: photo.id.0,
            caption: photo.caption,
        }
    }

    fn shown(cx: &Context, shown: Vec<Shown>) -> Vec<Photo> {
        shown.into_iter().map(|Shown { photo, aid }| Photo::of(cx, photo, aid)).collect()
    }
}

/// An album, in the form of the last schema.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "album")]
pub(crate) struct Album {
    /// Its id.
    aid: String,
    /// The photo that stands for it; 0 without one.
    cover_pid: String,
    owner: u64,
    name: String,
    /// When it was made, in seconds since 1970.
    created: i64,
    /// When a photo was last added, in seconds since 1970.
    modified: i64,
    description: String,
    /// Where its photos were taken, in words.
    location: String,
    /// Its page.
    link: String,
    /// How many photos are in it.
    size: u64,
    /// Whom it is shown to: `friends`, `friends-of-friends`, `networks`, `everyone` or `custom`.
    visible: &'static str,
    /// As `modified`.
    modified_major: i64,
    /// `normal`, `app`, `profile`, `mobile` or `wall`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Its id as a number, for methods that take any object.
    object_id: u64,
}

impl Album {
    pub(crate) fn of(cx: &Context, listed: Listed) -> Album {
        let Listed { album, modified, size } = listed;
        Album {
            aid: album.aid(),
            cover_pid: album.cover.unwrap_or_default().to_string(),
            owner: album.owner.0,
            link: album_link(&cx.request.site, &album),
            visible: album.visible(),
            kind: album.kind.name(),
            object_id: album.id.0,
            name: album.name,
            created: album.created,
            modified,
            description: album.description,
            location: album.location,
            size,
            modified_major: modified,
        }
    }
}

/// Whose photos a call changes, and whether they let the application do so without asking them each time.
///
/// In a session every application may add to its person's albums; for somebody whom the arguments name it needs the permission, error 260.
async fn acting(cx: &Context, uid: Option<u64>) -> Result<(Id, bool)> {
    let viewer = cx.caller.viewer();
    let own = uid.is_none() || uid.map(Id) == viewer || cx.app().desktop;
    if let Some(viewer) = viewer.filter(|_| own) {
        return Ok((viewer, cx.caller.grant.as_ref().is_some_and(|grant| grant.permissions.allow(PERMISSION))));
    }
    let Err(refused) = cx.acting(uid, PERMISSION, Code::PermissionPhotoUpload).await.map(|owner| (owner, true)) else {
        return Ok((Id(uid.unwrap_or_default()), true));
    };
    // Who is nobody could grant nothing: that is told apart.
    let nobody = match uid {
        Some(uid) if is(&refused, Code::PermissionPhotoUpload) => {
            !matches!(cx.graph().get(&[Key::Object(Id(uid))]).await?.as_slice(), [Found::Object(Some(_))])
        }
        _ => false,
    };
    let why = "uid names neither a person nor a page";
    Err(if nobody { Code::ParamUserId.because(why).into() } else { refused })
}

fn is(error: &Error, code: Code) -> bool {
    matches!(error, Error::Api(error) if error.code == code)
}

/// An album's id; error 120 for what cannot be one.
fn album_id(text: &str) -> Result<Aid> {
    read_aid(text).ok_or_else(|| Code::ParamAlbumId.because("aid is no id of an album").into())
}

/// Photos' ids; error 121 for what cannot be one.
fn photo_ids(pids: &[String]) -> Result<Vec<Id>> {
    if pids.len() > MAX_PIDS {
        return Err(invalid(format!("pids names more than {MAX_PIDS} photos")));
    }
    let wrong = || Code::ParamPhotoId.because("pids names something that is no id of a photo").into();
    pids.iter().map(|pid| read_pid(pid).ok_or_else(wrong)).collect()
}

/// Of the photos that a call names those that its viewer may see. The others are left out; an error is only where none is left: 121 where
/// there is no such photo, 221 where there is, and not for this viewer.
async fn shown(cx: &Context, viewer: Option<Id>, found: Vec<Option<photos::Photo>>) -> Result<Vec<Shown>> {
    let there: Vec<photos::Photo> = found.into_iter().flatten().collect();
    if there.is_empty() {
        return Err(Code::ParamPhotoId.because("there is no such photo").into());
    }
    let shown = cx.graph().photos_shown(viewer, there).await?;
    if shown.is_empty() { Err(Code::PermissionPhoto.into()) } else { Ok(shown) }
}
