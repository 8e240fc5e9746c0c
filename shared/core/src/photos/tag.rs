//! Tags: who and what is seen on a photo, and where.

use super::Photo;
use crate::error::{Result, invalid};
use crate::friendship::is_shown_friend;
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use reconnect_store::{Batch, CommitError, Id, Key, Range, limits};
use reconnect_wire::Code;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How many tags a photo may have: as many as one commit writes.
pub const MAX_TAGS: usize = limits::MAX_ACTIONS / 2;
/// How many while it waits for approval.
const MAX_PENDING_TAGS: usize = 20;
/// How long a tag's text may be, in bytes.
const MAX_TEXT: usize = 255;
/// What the inverse of a tag says of the thing.
const PHOTO: &str = "photo";

/// What a tag names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    Person(Id),
    /// Somebody or something by its name alone.
    Text(String),
}

/// The middle of a tag, in percent from the left and from the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Where {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// Tags to be added.
pub type TagSet = Vec<(Subject, Where)>;

/// A tag.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// What it names.
    pub subject: Subject,
    /// Where it is.
    pub place: Where,
    /// When it was made, in seconds since 1970.
    pub created: i64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Data {
    #[serde(flatten)]
    place: Where,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize)]
struct TaggedData {
    #[serde(flatten)]
    place: Where,
    media: &'static str,
}

impl Where {
    /// A place on the picture; error 100 beside it.
    pub fn new(x: f64, y: f64) -> Result<Where> {
        let on = |at: f64| (0.0..=100.0).contains(&at);
        if on(x) && on(y) { Ok(Where { x, y }) } else { Err(invalid("x and y are percents from 0 to 100")) }
    }
}

impl Graph {
    /// The tags of a photo, in the order in which they were made.
    pub async fn tags_of(&self, photo: Id) -> Result<Vec<Tag>> {
        let page = self.range(&Range::oldest(photo, kinds::TAG, MAX_TAGS * 2)).await?;
        let tags = page.entries.into_iter().map(|entry| {
            let data: Data = decode("tag", photo, &entry.data)?;
            let subject = data.text.map_or(Subject::Person(entry.to), Subject::Text);
            Ok(Tag { subject, place: data.place, created: entry.time.div_euclid(1000) })
        });
        tags.collect()
    }

    /// Tags a photo. Who is tagged already is moved. Errors 322 for who is neither its owner nor a friend of theirs, 326 for too many.
    pub async fn tag_photo(&self, photo: &Photo, tags: &TagSet) -> Result<()> {
        let people = self.check_subjects(photo.owner, tags).await?;
        for _ in 0..TRIES {
            let there = self.range(&Range::oldest(photo.id, kinds::TAG, MAX_TAGS * 2)).await?;
            let tagged: Vec<Id> = there.entries.iter().map(|entry| entry.to).collect();
            let most = if photo.pending { MAX_PENDING_TAGS } else { MAX_TAGS };
            let texts = tags.iter().filter(|(subject, _)| matches!(subject, Subject::Text(_))).count();
            let new = texts + people.keys().filter(|person| !tagged.contains(person)).count();
            if tagged.len() + new > most {
                return Err(Code::EditPhotoTagLimit.because(format!("a photo has at most {most}")).into());
            }
            match self.commit(batch_of(photo.id, &people, tags, self.now())?).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict { .. }) => {} // an id that was drawn is taken
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Unavailable("the photo is being tagged by others".to_owned()).into())
    }

    /// The people among the subjects, each with the last place that is said.
    async fn check_subjects(&self, owner: Id, tags: &TagSet) -> Result<HashMap<Id, Where>> {
        let mut people = HashMap::new();
        for (subject, place) in tags {
            match subject {
                Subject::Person(id) => drop(people.insert(*id, *place)),
                Subject::Text(text) if text.len() > MAX_TEXT => {
                    return Err(invalid(format!("tag_text is longer than {MAX_TEXT} bytes")));
                }
                Subject::Text(_) => {}
            }
        }
        let others: Vec<Id> = people.keys().copied().filter(|id| *id != owner).collect();
        let keys: Vec<Key> = others.iter().map(|to| Key::Assoc { from: owner, kind: kinds::FRIEND, to: *to }).collect();
        for (other, found) in others.iter().zip(self.get(&keys).await?) {
            // A friend who is hidden from applications is none here, either: the answer would tell of them.
            if !is_shown_friend(owner, &found)? {
                return Err(Code::EditPhotoTagSubject.because(format!("{other} is no friend of {owner}")).into());
            }
        }
        Ok(people)
    }

    /// Unties a person who is gone from all that they were tagged in.
    pub(crate) async fn clear_tags_of(&self, person: Id) -> Result<()> {
        loop {
            let page = self.range(&Range::oldest(person, kinds::TAGGED, MAX_TAGS)).await?;
            let mut batch = Batch::new();
            for entry in &page.entries {
                batch.unlink(entry.to, kinds::TAG, person).unlink(person, kinds::TAGGED, entry.to);
            }
            self.commit(batch).await?;
            if page.next.is_none() {
                return Ok(());
            }
        }
    }
}

fn batch_of(photo: Id, people: &HashMap<Id, Where>, tags: &TagSet, now: reconnect_store::Time) -> Result<Batch> {
    let mut batch = Batch::new();
    // A millisecond each, so that they stand in the order in which they were given.
    for ((subject, place), at) in tags.iter().zip(now.0..) {
        match subject {
            // Who stands in it twice is tagged where they stand last.
            Subject::Person(id) if people.get(id) != Some(place) => {}
            Subject::Person(id) => {
                if batch
                    .writes()
                    .iter()
                    .any(|write| matches!(write, reconnect_store::Write::PutAssoc { to, .. } if to == id))
                {
                    continue;
                }
                batch.replace(photo, kinds::TAG, *id, at, encode(&Data { place: *place, text: None })?);
                batch.replace(*id, kinds::TAGGED, photo, at, encode(&TaggedData { place: *place, media: PHOTO })?);
            }
            Subject::Text(text) => {
                let data = Data { place: *place, text: Some(text.clone()) };
                batch.link(photo, kinds::TAG, ids::draw(now), at, encode(&data)?);
            }
        }
    }
    Ok(batch)
}
