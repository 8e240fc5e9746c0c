//! Notes: a title and some HTML that somebody wrote, with the story on their wall that tells of it.

mod html;

pub use html::clean;

use crate::attachment::Attachment;
use crate::disclosure::Disclosure;
use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::intent::{Intent, Swept};
use crate::kinds;
use crate::markup::without_tags;
use crate::model::{decode, encode};
use crate::post::{Post, story};
use reconnect_store::{Batch, CommitError, Found, Id, Key, Object, Range};
use serde::{Deserialize, Serialize};

/// How long a title may be, in characters.
pub const MAX_TITLE: usize = 255;
/// How long what was written may be, in bytes, markup included.
pub const MAX_CONTENT: usize = 64 * 1024;
/// How many tags it may have: those of one note may stand in each other, and reading them takes longer the deeper they do.
pub const MAX_TAGS: usize = 2000;
/// So many of somebody's notes are listed, the newest.
pub const MAX_LISTED: usize = 500;
/// How much of a note its story shows, in characters.
const EXCERPT: usize = 300;

/// A note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// Who wrote it: a person or a page.
    pub owner: Id,
    /// The application that it was written through; none for the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// Plain text.
    pub title: String,
    /// HTML, cleaned.
    pub content: String,
    /// When it was written, in milliseconds since 1970.
    pub created: i64,
    /// When it was last written, in milliseconds since 1970.
    pub updated: i64,
    /// Whom it is shown to.
    pub privacy: Disclosure,
    /// The story that tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Id>,
}

impl Note {
    /// The story that tells of it, still without the note's id.
    fn story(&self) -> Post {
        let attachment = Attachment {
            name: self.title.clone(),
            description: excerpt(&self.content),
            fb_object_type: "note".to_owned(),
            fb_object_id: self.id.to_string(),
            ..Attachment::default()
        };
        Post {
            actor: self.owner,
            owner: self.owner,
            kind: story::NOTE,
            app: self.app,
            attachment: Some(attachment),
            privacy: self.privacy.clone(),
            created: self.created,
            ..Post::default()
        }
    }
}

/// The beginning of a note, as plain text in one line.
fn excerpt(content: &str) -> String {
    let text = without_tags(content);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default().trim_end()),
        None => line,
    }
}

fn read_note(object: &Object) -> Result<Option<Note>> {
    if !object.is(kinds::NOTE) {
        return Ok(None);
    }
    let note: Note = decode("note", object.id, &object.data)?;
    Ok(Some(Note { id: object.id, version: object.version, ..note }))
}

impl Graph {
    /// Writes a note and the story that tells of it, in one commit. Its id is drawn unless it has one, its time is now unless it has one.
    pub async fn create_note(&self, mut note: Note) -> Result<Note> {
        let wanted = note.id;
        for _ in 0..TRIES {
            // The story names the note, so that its id is drawn first.
            note.id = if wanted == Id(0) { ids::draw(self.now()) } else { wanted };
            let mut stored = note.clone();
            let published = self.publish(note.story(), |post, batch| {
                stored = Note { post: Some(post.id), created: post.created, ..stored.clone() };
                stored.updated = stored.updated.max(post.created);
                batch.create(stored.id, kinds::NOTE, encode(&stored)?);
                let app = encode(&stored.app)?;
                batch.link(stored.owner, kinds::NOTES, stored.id, stored.created, app);
                Ok(())
            });
            match published.await {
                Ok(_) => return Ok(Note { version: 1, ..stored }),
                Err(Error::Commit(CommitError::Conflict { .. })) if wanted == Id(0) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the wall is being changed by others".to_owned())))
    }

    /// A note by its id.
    pub async fn note(&self, id: Id) -> Result<Option<Note>> {
        Ok(self.notes(&[id]).await?.pop())
    }

    /// Notes by their ids, in one wave, in that order; what is none is left out.
    pub async fn notes(&self, ids: &[Id]) -> Result<Vec<Note>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        let mut notes = Vec::with_capacity(ids.len());
        for found in self.get(&keys).await? {
            let Found::Object(Some(object)) = found else { continue };
            notes.extend(read_note(&object)?);
        }
        Ok(notes)
    }

    /// Somebody's notes, newest first: a range, then one wave.
    pub async fn notes_of(&self, owner: Id) -> Result<Vec<Note>> {
        let page = self.range(&Range::newest(owner, kinds::NOTES, MAX_LISTED)).await?;
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        self.notes(&ids).await
    }

    /// Writes a note anew. `judge` sees what is stored and may refuse; it may run more than once. None when there is no such note.
    pub async fn edit_note(
        &self,
        id: Id,
        title: &str,
        content: &str,
        judge: impl Fn(&Note) -> Result<()>,
    ) -> Result<Option<Note>> {
        for _ in 0..TRIES {
            let Some(old) = self.note(id).await? else { return Ok(None) };
            judge(&old)?;
            let (title, content) = (title.to_owned(), content.to_owned());
            let new = Note { title, content, updated: self.now().0.max(old.updated), ..old };
            let mut batch = Batch::new();
            batch.update(id, kinds::NOTE, encode(&new)?, new.version);
            match self.commit(batch).await {
                Ok(_) => return Ok(Some(Note { version: new.version + 1, ..new })),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the note is being changed by others".to_owned())))
    }

    /// Takes a note away, with its story, in one commit; the returned intent sweeps the comments and likes of both. `judge` sees what is
    /// stored and may refuse. None when there is no such note, or none any more.
    pub async fn delete_note(&self, id: Id, judge: impl Fn(&Note) -> Result<()>) -> Result<Option<Intent>> {
        let Some(note) = self.note(id).await? else { return Ok(None) };
        judge(&note)?;
        let also = |batch: &mut Batch| {
            batch.delete(id).unlink(note.owner, kinds::NOTES, id);
            Ok(())
        };
        match self.unpublish(note.post.unwrap_or(Id(0)), &[id], also).await {
            Ok(intent) => Ok(Some(intent)),
            // Somebody else was quicker, or not.
            Err(Error::Commit(_)) if self.note(id).await?.is_none() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One page of the notes of somebody who is gone. The list's entry goes with the note: what is listed is still to do.
    pub(crate) async fn clear_notes(&self, owner: Id) -> Result<Swept> {
        let page = self.range(&Range::oldest(owner, kinds::NOTES, 30)).await?;
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        self.sweep(&ids).await?;
        let mut batch = Batch::new();
        for note in self.notes(&ids).await? {
            batch.delete(note.id);
        }
        for id in ids {
            batch.unlink(owner, kinds::NOTES, id);
        }
        self.commit(batch).await?;
        Ok(if page.next.is_some() { Swept::More } else { Swept::Done })
    }
}

#[cfg(test)]
mod tests;
