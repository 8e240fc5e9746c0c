//! Posts on walls: making one and taking one away, each in one commit with everything that lists it.
//!
//! A post stands on the wall of a person, page, group or event. Whatever makes a story of its own (a note, a link, an event, photos) adds its
//! writes to the story's commit, so that neither is ever there without the other.

mod head;
#[cfg(test)]
mod tests;

pub(crate) use head::{HeadEntry, OldHead, REACH};

use crate::attachment::{ActionLink, Attachment};
use crate::disclosure::Disclosure;
use crate::error::{Error, Result, invalid};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::intent::{Intent, Work};
use crate::kinds;
use crate::model::{Person, decode, encode};
use crate::privacy::Rule;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Object};
use serde::{Deserialize, Serialize};

/// How long a post's record may be.
const MAX_RECORD: usize = 256 * 1024;
/// How many people a post may name.
pub const MAX_MENTIONS: usize = 20;

/// What sort of story a post is, as the wire numbers it.
pub mod story {
    /// A group was made.
    pub const GROUP_CREATED: u32 = 11;
    /// An event was made.
    pub const EVENT_CREATED: u32 = 12;
    /// A status.
    pub const STATUS: u32 = 46;
    /// A message on somebody else's wall.
    pub const WALL: u32 = 56;
    /// A note.
    pub const NOTE: u32 = 66;
    /// A link.
    pub const LINK: u32 = 80;
    /// A video.
    pub const VIDEO: u32 = 128;
    /// An application's story.
    pub const APPLICATION: u32 = 237;
    /// Photos.
    pub const PHOTOS: u32 = 247;
    /// A comment.
    pub const COMMENT: u32 = 257;
    /// A message in a group.
    pub const GROUP: u32 = 308;
}

/// What somebody posted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Post {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// Who posted it: a person or a page.
    pub actor: Id,
    /// Whose wall it stands on.
    pub owner: Id,
    /// What sort of story it is; see [`story`].
    #[serde(rename = "type")]
    pub kind: u32,
    /// The application that published it; none for the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// What was typed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// Links below it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub action_links: Vec<ActionLink>,
    /// Whom it is shown to.
    pub privacy: Disclosure,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// Who is named in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentioned: Vec<Id>,
    /// The application's own thread of comments that is shown under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Id>,
}

impl Post {
    /// Where its comments hang.
    pub fn comments(&self) -> Id {
        self.thread.unwrap_or(self.id)
    }

    /// Whether it is news beyond the wall, whose owner's record was found: what a page's fans write on its wall is not to its other fans.
    pub(crate) fn enters_head(&self, owner: Option<&Found>) -> Result<bool> {
        match owner {
            Some(Found::Object(Some(object))) => Ok(self.actor == self.owner || !object.is(kinds::PAGE)),
            _ => Err(invalid(format!("there is no wall of {}", self.owner))),
        }
    }

    /// `WALL_ID`: as the wire writes it.
    pub fn wire_id(&self) -> String {
        format!("{}_{}", self.owner, self.id)
    }
}

/// The post's own id in `WALL_ID`, or of a bare number.
pub fn post_id(text: &str) -> Option<Id> {
    let own = text.trim().rsplit('_').next()?;
    own.parse().ok().map(Id).filter(|id| *id != Id(0) && *id <= Id::MAX)
}

/// Whom a person shows to what they post without saying it: those to whom they show their status.
pub fn usual_disclosure(person: &Person) -> Disclosure {
    let audience = Rule::find("status").and_then(|rule| rule.audience(&person.privacy));
    audience.map(Disclosure::from).unwrap_or_default()
}

/// What a wall's list says of a post, to be filtered by without loading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct WallEntry {
    pub(crate) actor: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app: Option<Id>,
    #[serde(rename = "type")]
    pub(crate) kind: u32,
}

impl WallEntry {
    fn of(post: &Post) -> WallEntry {
        WallEntry { actor: post.actor, app: post.app, kind: post.kind }
    }
}

pub(crate) fn read_post(object: &Object) -> Result<Option<Post>> {
    if !object.is(kinds::POST) {
        return Ok(None);
    }
    let post: Post = decode("post", object.id, &object.data)?;
    Ok(Some(Post { id: object.id, version: object.version, ..post }))
}

impl Graph {
    /// A post by its id.
    pub async fn post(&self, id: Id) -> Result<Option<Post>> {
        Ok(self.object(id, kinds::POST).await?.as_ref().map(read_post).transpose()?.flatten())
    }

    /// Publishes a post; answers it as stored. Its id is drawn unless it has one, its time is now unless it has one.
    ///
    /// `also` adds what has to be there with it: it sees the post as it will be stored, and runs once more for each rival that wins, so
    /// that whatever it draws, it draws anew. A conflict in its own writes counts as such a rival; the last one is the answer.
    pub async fn publish(&self, mut post: Post, mut also: impl FnMut(&Post, &mut Batch) -> Result<()>) -> Result<Post> {
        let wanted = post.id;
        if post.mentioned.len() > MAX_MENTIONS {
            return Err(invalid(format!("a post names at most {MAX_MENTIONS} people")));
        }
        let mut lost = None;
        for _ in 0..TRIES {
            let found = self.get(&[Key::Object(post.owner), head_key(post.owner)]).await?;
            let now = self.now();
            post.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            post.created = if post.created == 0 { now.0 } else { post.created };
            let mut batch = Batch::new();
            let data = encode(&post)?;
            if data.len() > MAX_RECORD {
                return Err(invalid(format!("the post is longer than {MAX_RECORD} bytes")));
            }
            batch.create(post.id, kinds::POST, data);
            batch.link(post.owner, kinds::WALL, post.id, post.created, encode(&WallEntry::of(&post))?);
            batch.link(post.actor, kinds::POSTED, post.id, post.created, encode(&post.owner)?);
            for named in &post.mentioned {
                batch.link(*named, kinds::MENTIONED, post.id, post.created, encode(&(post.actor, post.owner))?);
            }
            if post.enters_head(found.first())? {
                let mut head = OldHead::read(post.owner, found.get(1))?;
                head.put(HeadEntry::of(&post, post.created), now.0);
                head.write(&mut batch)?;
            }
            also(&post, &mut batch)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(Post { version: 1, ..post }),
                Err(error @ CommitError::Conflict { .. }) => lost = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        Err(lost.map_or_else(|| Error::Internal("a post was never tried".to_owned()), Error::from))
    }

    /// Takes a post away, in one commit with whatever `also` adds; the returned intent sweeps its comments and likes, and those of the
    /// other `things` that go with it. A post that is gone already is no obstacle: `also` is committed without it.
    pub async fn unpublish(
        &self,
        id: Id,
        things: &[Id],
        mut also: impl FnMut(&mut Batch) -> Result<()>,
    ) -> Result<Intent> {
        for _ in 0..TRIES {
            let (mut batch, now) = (Batch::new(), self.now());
            let mut swept = things.to_vec();
            if let Some(post) = self.post(id).await? {
                let keys = [head_key(post.owner), status_key(post.actor)];
                let found = self.get(&keys).await?;
                batch.delete_version(id, post.version).unlink(post.owner, kinds::WALL, id);
                batch.unlink(post.actor, kinds::POSTED, id);
                for named in &post.mentioned {
                    batch.unlink(*named, kinds::MENTIONED, id);
                }
                let mut head = OldHead::read(post.owner, found.first())?;
                if head.take(id) {
                    self.fill(&mut head, id).await?;
                    head.write(&mut batch)?;
                }
                if post.kind == story::STATUS {
                    batch.unlink(post.actor, kinds::STATUSES, id);
                    self.clear_status_of(&post, found.get(1), &mut batch)?;
                }
                swept.push(id);
            }
            also(&mut batch)?;
            let intent = Intent::new(now, Work::Removed { things: swept });
            intent.push_new(&mut batch, now)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(intent),
                Err(CommitError::Conflict { .. }) => {} // somebody posted, commented, or removed it
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the wall is being changed by others".to_owned())))
    }

    /// A head that was full has lost an entry: the wall says what comes behind the last.
    async fn fill(&self, head: &mut OldHead, without: Id) -> Result<()> {
        if !head.was_full() {
            return Ok(());
        }
        let entries = self.wall_heads(head.owner(), without).await?;
        head.replace(entries);
        Ok(())
    }
}

/// Where the newest posts of a wall stand together.
pub(crate) fn head_key(owner: Id) -> Key {
    Key::Assoc { from: owner, kind: kinds::HEAD, to: owner }
}

/// Where a person's or page's current status stands.
pub fn status_key(actor: Id) -> Key {
    Key::Assoc { from: actor, kind: kinds::STATUS, to: actor }
}
