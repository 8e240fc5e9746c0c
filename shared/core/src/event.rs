//! Events: what they are, who may see them, and what a viewer is told of them and of their guests.
//!
//! Being a guest has two sides, written in one commit: the event's list, and the person's, which carries a copy of the data, so that what a
//! viewer may see costs one read on the viewer's side. Everybody sees an open event; a closed or secret one is for its guests, and for the
//! application through which it was made. A cancelled event is seen by nobody.

mod guests;
mod picture;

pub use guests::{MAX_INVITED, Standing, no_event};

use crate::error::{Error, Result, invalid};
use crate::files::Staged;
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use crate::openness::{Openness, is_named};
use crate::picture::Picture;
use crate::post::Post;
use crate::profile::Place;
use futures_util::future::try_join;
use reconnect_store::{Batch, CommitError, Conflict, Found, Id, Key, Range, limits};
use serde::{Deserialize, Serialize};

/// How many events of a person are looked at: those that they were invited to last.
pub const MAX_EVENTS: usize = 1000;
/// How many guests of an event are told: those who were invited first.
pub const MAX_GUESTS: usize = limits::MAX_RANGE;

/// What a guest has answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rsvp {
    /// They come.
    Attending,
    /// Perhaps.
    Unsure,
    /// They do not.
    Declined,
    /// Nothing yet.
    #[default]
    NotReplied,
}

impl Rsvp {
    /// All of them.
    pub const ALL: [Rsvp; 4] = [Rsvp::Attending, Rsvp::Unsure, Rsvp::Declined, Rsvp::NotReplied];

    /// The word of the API.
    pub const fn name(self) -> &'static str {
        match self {
            Rsvp::Attending => "attending",
            Rsvp::Unsure => "unsure",
            Rsvp::Declined => "declined",
            Rsvp::NotReplied => "not_replied",
        }
    }

    /// What a caller says.
    pub fn find(name: &str) -> Option<Rsvp> {
        Rsvp::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The sub of the counter of such answers; those who have not answered are the rest of the list.
    fn counter(self) -> Option<u64> {
        match self {
            Rsvp::Attending => Some(1),
            Rsvp::Unsure => Some(2),
            Rsvp::Declined => Some(3),
            Rsvp::NotReplied => None,
        }
    }
}

/// What somebody is to an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attendance {
    /// What they answered.
    pub status: Rsvp,
    /// They administer it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
}

impl Attendance {
    pub(crate) fn found(event: Id, found: Option<&Found>) -> Result<Option<Attendance>> {
        match found {
            Some(Found::Assoc(Some(assoc))) => decode("guest", event, &assoc.data).map(Some),
            _ => Ok(None),
        }
    }
}

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// What it is called.
    pub name: String,
    /// A line below the name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tagline: String,
    /// The network it belongs to; 0 is everybody's.
    #[serde(skip_serializing_if = "is_zero")]
    pub nid: u64,
    /// Who invites, in words.
    pub host: String,
    /// What will happen.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its category, such as "Party".
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event_type: String,
    /// What of that category.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event_subtype: String,
    /// When it begins: seconds that were made by reading the clock on the place's wall as if it were one in California.
    pub start_time: i64,
    /// When it ends, likewise.
    pub end_time: i64,
    /// Whose event it is: a person's, a page's, or an application's own.
    pub creator: Id,
    /// The person who made it, be it for a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<Id>,
    /// The application through which it was made, which administers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// When something of this last changed, in seconds since 1970.
    pub update_time: i64,
    /// The name of the place.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub location: String,
    /// Where that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<Place>,
    /// Whom to ring up.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Whom to write to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Whom it is open to.
    pub openness: Openness,
    /// Only administrators are told who the guests are.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hide_guest_list: bool,
    /// What is not shown of it: `search`, `wall`, `videos`, `photos`, `posts`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_shown: Vec<String>,
    /// The story on its creator's wall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Id>,
    /// The picture that was sent for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// It will not be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Event {
    /// Whether it is shown to somebody who is this to it.
    pub fn shows(&self, attendance: Option<Attendance>) -> bool {
        !self.cancelled && (self.openness == Openness::Open || attendance.is_some())
    }

    /// The same, to whoever makes a call; without a viewer that is an application, which sees what was made through it.
    fn shows_to(&self, caller: Caller, own: Option<Attendance>) -> bool {
        self.shows(own) || self.is_run_by(caller) && !self.cancelled
    }

    /// Whether an application that speaks for itself administers it.
    fn is_run_by(&self, Caller { viewer, app, server }: Caller) -> bool {
        viewer.is_none() && server && self.app == Some(app)
    }

    /// Whether this part of it is shown: `search`, `wall`, `videos`, `photos`, `posts`. Nobody finds a secret one.
    pub fn shows_part(&self, part: &str) -> bool {
        !self.not_shown.iter().any(|one| one == part) && (part != "search" || self.openness != Openness::Secret)
    }

    fn happens_within(&self, since: i64, until: i64) -> bool {
        (since == 0 || self.end_time >= since) && (until == 0 || self.start_time <= until)
    }
}

/// Who makes a call.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The person of the session; none where an application speaks for itself.
    pub viewer: Option<Id>,
    /// The application.
    pub app: Id,
    /// Whether it is a server of the application that calls, and no program that everybody may have.
    pub server: bool,
}

/// Which events are looked for; all that is said must hold.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Those that this person is a guest of, or that are this page's or application's.
    pub guest: Option<Id>,
    /// Those with these ids.
    pub ids: Option<&'a [Id]>,
    /// Those that have not ended before this moment; 0 is none.
    pub since: i64,
    /// Those that have begun by this moment; 0 is none.
    pub until: i64,
    /// Those that the guest has answered so.
    pub rsvp: Option<Rsvp>,
}

/// An event as a viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventSeen {
    /// The event.
    pub event: Event,
    /// Whose it is; none where the viewer may not be told.
    pub creator: Option<Id>,
}

impl Graph {
    /// Makes an event: its maker is a guest who comes and administers it, and so do page and application, whose lists it is in. An id of 0 is
    /// drawn. `story` makes the post that tells of it, which stands in the same commit. Answers it as stored.
    pub async fn create_event(&self, event: Event, story: impl Fn(&Event) -> Option<Post>) -> Result<Event> {
        self.make_event(event, None, story).await
    }

    /// The same with the files of its picture.
    async fn make_event(
        &self,
        mut event: Event,
        staged: Option<&Staged>,
        story: impl Fn(&Event) -> Option<Post>,
    ) -> Result<Event> {
        let (wanted, now) = (event.id, self.now());
        if event.update_time == 0 {
            event.update_time = now.secs();
        }
        for _ in 0..TRIES {
            event.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            let made = match story(&event) {
                Some(post) => {
                    let also = |post: &Post, batch: &mut Batch| event.create(Some(post.id), staged, now.secs(), batch);
                    self.publish(post, also).await.map(|post| Some(post.id))
                }
                None => {
                    let mut batch = Batch::new();
                    event.create(None, staged, now.secs(), &mut batch)?;
                    self.commit(batch).await.map(|_| None).map_err(Error::from)
                }
            };
            match made {
                Ok(post) => return Ok(Event { version: 1, post, ..event }),
                Err(Error::Commit(CommitError::Conflict { conflict: Conflict::Exists, .. })) if wanted == Id(0) => {}
                Err(Error::Commit(CommitError::Conflict { .. })) => {
                    return Err(invalid(format!("id {} is taken", event.id)));
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// An event, be it cancelled.
    pub(crate) async fn event_record(&self, id: Id) -> Result<Option<Event>> {
        let found = self.get(&[Key::Object(id)]).await?;
        Ok(found.first().map(event_in).transpose()?.flatten())
    }

    /// What a page is called that shall host an event; none where there is no such page.
    pub async fn hosting_page(&self, page: Id) -> Result<Option<String>> {
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        let Some(object) = self.object(page, kinds::PAGE).await? else { return Ok(None) };
        decode::<Named>("page", page, &object.data).map(|page| Some(page.name))
    }

    /// Whether a viewer sees an event, and so what is on its wall; also of no event at all, which nobody sees.
    pub async fn event_shows(&self, viewer: Option<Id>, event: Id) -> Result<bool> {
        let keys: Vec<Key> =
            std::iter::once(Key::Object(event)).chain(viewer.map(|person| events_key(person, event))).collect();
        let found = self.get(&keys).await?;
        let Some(read) = found.first().map(event_in).transpose()?.flatten() else { return Ok(false) };
        Ok(read.shows(Attendance::found(event, found.get(1))?))
    }

    /// Events as a caller sees them, in the order of `ids`, else the last invitation first. What is not there, cancelled, or not for the
    /// viewer is left out; so is where a guest goes whose hosts hide the guests. None when the guest is nobody, or nobody whom applications
    /// may know of.
    pub async fn look_at_events(&self, caller: Caller, wanted: Wanted<'_>) -> Result<Option<Vec<EventSeen>>> {
        let Caller { viewer, .. } = caller;
        let guest = wanted.guest;
        let listed = async {
            match (wanted.ids, guest.or(viewer)) {
                (Some(ids), _) => Ok(ids.to_vec()),
                (None, Some(person)) => self.listed_events(person, |_| true).await,
                (None, None) => Ok(Vec::new()),
            }
        };
        let known = async {
            match guest.filter(|guest| Some(*guest) != viewer) {
                Some(guest) => self.may_have_events(viewer, guest).await,
                None => Ok(true),
            }
        };
        let (known, ids) = try_join(known, listed).await?;
        if !known {
            return Ok(None);
        }
        let mut keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        keys.extend(viewer.iter().flat_map(|from| ids.iter().map(|event| events_key(*from, *event))));
        keys.extend(guest.iter().flat_map(|from| ids.iter().map(|event| events_key(*from, *event))));
        let found = self.get(&keys).await?;
        let mut columns = found.chunks(ids.len().max(1));
        let records = columns.next().unwrap_or_default();
        let own = if viewer.is_some() { columns.next().unwrap_or_default() } else { &[] };
        let theirs = columns.next().unwrap_or_default();
        let mut events = Vec::with_capacity(records.len());
        for (at, record) in records.iter().enumerate() {
            let Some(event) = event_in(record)? else { continue };
            let own = Attendance::found(event.id, own.get(at))?;
            let theirs = Attendance::found(event.id, theirs.get(at))?;
            let runs = event.is_run_by(caller) || own.is_some_and(|own| own.admin);
            let told = !event.hide_guest_list || runs || guest == viewer || guest == Some(event.creator);
            let is_guest = guest.is_none() || told && theirs.is_some();
            let answered = wanted.rsvp.is_none_or(|rsvp| theirs.is_some_and(|theirs| theirs.status == rsvp));
            if event.shows_to(caller, own) && is_guest && answered && event.happens_within(wanted.since, wanted.until) {
                events.push(event);
            }
        }
        let creators: Vec<Id> = events.iter().map(|event| event.creator).collect();
        let named = self.may_be_named(viewer, &creators).await?;
        let seen = events.into_iter().map(|event| {
            let creator = Some(event.creator).filter(|creator| named.contains(creator));
            EventSeen { event, creator }
        });
        Ok(Some(seen.collect()))
    }

    /// An event, and its guests as far as a caller may be told, who was invited first. None when there is no such event, or none that the
    /// caller may see.
    pub async fn event_guests(&self, caller: Caller, event: Id) -> Result<Option<(Event, Vec<(Id, Attendance)>)>> {
        let mut keys = vec![Key::Object(event)];
        keys.extend(caller.viewer.map(|viewer| events_key(viewer, event)));
        let range = Range::oldest(event, kinds::GUEST, MAX_GUESTS);
        let (found, page) = try_join(self.get(&keys), self.range(&range)).await?;
        let own = Attendance::found(event, found.get(1))?;
        let read = found.first().map(event_in).transpose()?.flatten();
        let Some(read) = read.filter(|read| read.shows_to(caller, own)) else { return Ok(None) };
        let runs = read.is_run_by(caller) || own.is_some_and(|own| own.admin);
        if read.hide_guest_list && !runs {
            return Ok(Some((read, Vec::new())));
        }
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        let named = self.may_be_named(caller.viewer, &ids).await?;
        let told = page.entries.into_iter().filter(|entry| named.contains(&entry.to));
        let guests = told.map(|entry| Ok((entry.to, decode("guest", event, &entry.data)?))).collect::<Result<_>>()?;
        Ok(Some((read, guests)))
    }

    /// The events still to come that a person was invited to and has not answered, the last invitation first.
    pub async fn event_invites(&self, person: Id) -> Result<Vec<Id>> {
        let listed = self.listed_events(person, |guest| guest.status == Rsvp::NotReplied).await?;
        let keys: Vec<Key> = listed.iter().copied().map(Key::Object).collect();
        let (mut invites, now) = (Vec::new(), self.now().secs());
        for found in self.get(&keys).await? {
            let event = event_in(&found)?.filter(|event| !event.cancelled && event.end_time >= now);
            invites.extend(event.map(|event| event.id));
        }
        Ok(invites)
    }

    async fn listed_events(&self, person: Id, wanted: impl Fn(Attendance) -> bool) -> Result<Vec<Id>> {
        let page = self.range(&Range::newest(person, kinds::EVENTS, MAX_EVENTS)).await?;
        let mut listed = Vec::with_capacity(page.entries.len());
        for entry in page.entries {
            if wanted(decode("guest", entry.to, &entry.data)?) {
                listed.push(entry.to);
            }
        }
        Ok(listed)
    }

    /// Whether there is somebody, a page or an application with this id that has events and that a viewer may be told of.
    async fn may_have_events(&self, viewer: Option<Id>, guest: Id) -> Result<bool> {
        let found = self.get(&[Key::Object(guest)]).await?;
        let Some(Found::Object(Some(object))) = found.first() else { return Ok(false) };
        let has = [kinds::PERSON, kinds::PAGE, kinds::APPLICATION].into_iter().any(|kind| object.is(kind));
        Ok(has && found.first().map(|found| is_named(viewer, found)).transpose()?.unwrap_or(false))
    }
}

impl Event {
    /// Everything that is written when it is made.
    fn create(&self, post: Option<Id>, staged: Option<&Staged>, now: i64, batch: &mut Batch) -> Result<()> {
        batch.create(self.id, kinds::EVENT, encode(&Event { post, ..self.clone() })?);
        if let Some(staged) = staged {
            staged.settle(batch);
        }
        let comes = encode(&Attendance { status: Rsvp::Attending, admin: true })?;
        if let Some(maker) = self.maker {
            batch.link(self.id, kinds::GUEST, maker, now, comes.clone());
            batch.add(self.id, kinds::RSVP, 1, 1);
        }
        let mut lists: Vec<Id> = self.maker.into_iter().chain(self.app).chain([self.creator]).collect();
        lists.sort_unstable();
        lists.dedup();
        for list in lists {
            batch.link(list, kinds::EVENTS, self.id, now, comes.clone());
        }
        Ok(())
    }
}

/// Where the side of a person, page or application stands.
pub(crate) fn events_key(from: Id, event: Id) -> Key {
    Key::Assoc { from, kind: kinds::EVENTS, to: event }
}

/// The event whose record was found, if it is one.
pub(crate) fn event_in(found: &Found) -> Result<Option<Event>> {
    match found {
        Found::Object(Some(object)) if object.is(kinds::EVENT) => {
            let event: Event = decode("event", object.id, &object.data)?;
            Ok(Some(Event { id: object.id, version: object.version, ..event }))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
