//! Videos: kept as they came, with a drawn picture and a story, all in one commit. Nothing is decoded: what a file is and how long it plays is
//! read from its head, as far as that is plain to read.

use crate::attachment::{Attachment, Media};
use crate::context::Services;
use crate::disclosure::Disclosure;
use crate::error::Result;
use crate::files::draw_name;
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use crate::picture::{Developed, Picture, Size};
use crate::post::{Post, story};
use bytes::Bytes;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Range};
use serde::{Deserialize, Serialize};

/// How long a title may be, in characters; what is longer is cut.
pub const MAX_TITLE: usize = 65;

/// A video.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Video {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// Whose it is.
    pub owner: Id,
    /// Whom it is shown to.
    pub privacy: Disclosure,
    /// What it is called.
    pub title: String,
    /// What is in it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The application that it came by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// When it came, in seconds since 1970.
    pub created: i64,
    /// The key of its file.
    pub file: String,
    /// How large that is.
    pub size: u64,
    /// How long it plays, in seconds, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// What is shown before it plays.
    pub picture: Picture,
}

impl Video {
    /// Where its file is.
    pub fn source(&self, site: &str) -> String {
        format!("{site}/{}", self.file)
    }

    /// Its page.
    pub fn link(&self, site: &str) -> String {
        format!("{site}/video/video.php?v={}", self.id)
    }

    /// Its picture.
    pub fn thumbnail(&self, site: &str) -> String {
        self.picture.address(site, Size::Middle)
    }

    fn keys(&self) -> Vec<String> {
        let mut keys = self.picture.keys();
        keys.push(self.file.clone());
        keys
    }
}

/// What a video file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Film {
    /// The ending that its key gets.
    pub ending: &'static str,
    /// How long it plays, in seconds, where its head says so plainly.
    pub length: Option<u64>,
}

/// Why a file is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFilm {
    /// It is of no kind that was taken.
    Unknown,
    /// It is of a kind that was taken, and damaged or cut.
    Damaged,
}

/// What kind of video a file is, by its first bytes; of the most usual kind also whether all of it is there.
pub fn film(bytes: &[u8]) -> Result<Film, NoFilm> {
    const MARKS: [(usize, &[u8], &str); 10] = [
        (0, b"\x1a\x45\xdf\xa3", "mkv"),
        (0, b"FLV", "flv"),
        (0, b"OggS", "ogv"),
        (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
        (0, b"\0\0\x01\xba", "mpg"),
        (0, b"\0\0\x01\xb3", "mpg"),
        (0, b"NSV", "bin"),
        (8, b"AVI ", "avi"),
        (8, b"CDXA", "bin"),
        (0, b"\x47\x40", "bin"),
    ];
    if [&b"ftyp"[..], b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"]
        .contains(&bytes.get(4..8).unwrap_or_default())
    {
        return boxes(bytes);
    }
    let is = |(at, mark, _): &&(usize, &[u8], &str)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark));
    let (_, _, ending) = MARKS.iter().find(is).ok_or(NoFilm::Unknown)?;
    let length = if *ending == "avi" { avi_length(bytes).ok_or(NoFilm::Damaged).map(Some)? } else { None };
    Ok(Film { ending, length })
}

/// MP4, QuickTime and their relatives: boxes one behind the other, one of which says how long all of it plays.
fn boxes(bytes: &[u8]) -> Result<Film, NoFilm> {
    let (mut rest, mut ending, mut length) = (bytes, "mov", None);
    while !rest.is_empty() {
        let (name, content, behind) = next_box(rest).ok_or(NoFilm::Damaged)?;
        match name {
            b"ftyp" => {
                ending = match content.get(..3) {
                    Some(b"qt ") => "mov",
                    Some(b"3gp") => "3gp",
                    Some(b"3g2") => "3g2",
                    Some(b"M4V") => "m4v",
                    _ => "mp4",
                }
            }
            b"moov" => length = Some(movie_length(content)),
            _ => {}
        }
        rest = behind;
    }
    // Without this box nothing of the rest can be shown: it is written last, and missing where a recording was cut.
    length.map(|length| Film { ending, length }).ok_or(NoFilm::Damaged)
}

/// The first box: its name, what is in it, and what follows.
fn next_box(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let name = bytes.get(4..8)?.try_into().ok()?;
    let (size, head) = match number32(bytes, 0)? {
        // Up to the end.
        0 => (bytes.len() as u64, 8),
        1 => (u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?), 16),
        size => (u64::from(size), 8),
    };
    let size = usize::try_from(size).ok().filter(|size| *size >= head && *size <= bytes.len())?;
    Some((name, &bytes[head..size], &bytes[size..]))
}

fn movie_length(moov: &[u8]) -> Option<u64> {
    let mut rest = moov;
    while let Some((name, content, behind)) = next_box(rest) {
        if name == b"mvhd" {
            let (scale, length) = match content.first()? {
                1 => (number32(content, 20)?, u64::from_be_bytes(content.get(24..32)?.try_into().ok()?)),
                _ => (number32(content, 12)?, u64::from(number32(content, 16)?)),
            };
            return Some(length.div_ceil(u64::from(scale.max(1))));
        }
        rest = behind;
    }
    None
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Microseconds of a frame, times their number.
fn avi_length(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize| Some(u64::from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)));
    (bytes.get(24..28)? == b"avih").then_some(())?;
    Some((number(32)? * number(48)?).div_ceil(1_000_000))
}

impl Services {
    /// Adds a video: its files, its record, its story, all or nothing. Answers it as stored.
    pub async fn add_video(&self, mut video: Video, film: Film, bytes: Bytes, preview: Developed) -> Result<Video> {
        let now = self.graph.now();
        video.id = ids::draw(now);
        let name = draw_name("videos", video.id);
        video.file = format!("{name}.{}", film.ending);
        (video.size, video.length, video.created) = (bytes.len() as u64, film.length, now.secs());
        let (picture, mut files) = preview.files(name);
        video.picture = picture;
        files.push((video.file.clone(), bytes));
        let staged = self.stage(files).await?;
        let first = video.id;
        let story = story(&video);
        let published = self.graph.publish(story, |post, batch| {
            batch.create(video.id, kinds::VIDEO, encode(&video)?);
            batch.link(video.owner, kinds::VIDEOS, video.id, post.created, encode(&video.app)?);
            staged.settle(batch);
            Ok(())
        });
        match published.await {
            Ok(_) => Ok(Video { id: first, ..video }),
            Err(error) => {
                self.give_up(staged).await;
                Err(error)
            }
        }
    }

    /// The videos of a person who is gone.
    pub(crate) async fn clear_videos(&self, owner: Id) -> Result<()> {
        loop {
            let page = self.graph.range(&Range::oldest(owner, kinds::VIDEOS, 20)).await?;
            for entry in &page.entries {
                let found = self.graph.get(&[Key::Object(entry.to)]).await?;
                let mut batch = Batch::new();
                if let [Found::Object(Some(object))] = found.as_slice()
                    && object.is(kinds::VIDEO)
                {
                    let video: Video = decode("video", object.id, &object.data)?;
                    self.remove_files(&video.keys()).await?;
                    batch.delete_version(object.id, object.version);
                }
                self.graph.sweep(&[entry.to]).await?;
                batch.unlink(owner, kinds::VIDEOS, entry.to);
                match self.graph.commit(batch).await {
                    Ok(_) | Err(CommitError::Conflict { .. }) => {} // another worker was here
                    Err(error) => return Err(error.into()),
                }
            }
            if page.next.is_none() {
                return Ok(());
            }
        }
    }
}

/// Its addresses lead to this site, whatever its name is when the story is read: they begin with the path.
fn story(video: &Video) -> Post {
    const HERE: &str = "";
    let medium = Media::OwnVideo {
        vid: video.id.0,
        owner: video.owner.0,
        source_url: video.source(HERE),
        preview_img: video.thumbnail(HERE),
        href: video.link(HERE),
        created_time: video.created,
    };
    let attachment = Attachment {
        name: video.title.clone(),
        href: video.link(HERE),
        description: video.description.chars().take(1000).collect(),
        media: vec![medium],
        fb_object_type: "video".to_owned(),
        fb_object_id: video.id.to_string(),
        ..Attachment::default()
    };
    Post {
        actor: video.owner,
        owner: video.owner,
        kind: story::VIDEO,
        app: video.app,
        attachment: Some(attachment),
        privacy: video.privacy.clone(),
        ..Post::default()
    }
}

#[cfg(test)]
mod tests;
