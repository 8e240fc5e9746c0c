//! What changes an event and its guests: edits, invitations, answers, the end of it.

use super::{Attendance, Caller, Event, Rsvp, event_in, events_key};
use crate::error::{Error, Result};
use crate::friendship::is_shown_friend;
use crate::graph::{Graph, TRIES};
use crate::intent::{Intent, Swept, Work};
use crate::kinds;
use crate::model::{decode, encode};
use crate::notification::Notification;
use reconnect_store::{Assoc, Batch, CommitError, Found, Id, Key, Outcome, Range, limits};
use reconnect_wire::Code;
use std::collections::HashSet;

/// How many people one call may invite.
pub const MAX_INVITED: usize = 1000;
/// How many guests come or go in one batch: three writes each, and the event's count.
const AT_ONCE: usize = (limits::MAX_ACTIONS - 1) / 3;
/// How many events a removed person leaves in one batch: four writes each, counts included.
const LEFT_AT_ONCE: usize = 20;

/// How a caller stands to an event.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The event, which has not been cancelled.
    pub event: Event,
    /// What the viewer is to it.
    pub own: Option<Attendance>,
    /// How many have answered, its maker aside.
    pub answers: i64,
    /// The caller.
    caller: Caller,
    /// The viewer's side as stored.
    stored: Option<Assoc>,
}

impl Standing {
    /// Whether the viewer may know that the event is there.
    pub fn is_known(&self) -> bool {
        use crate::openness::Openness;
        self.own.is_some() || self.event.openness != Openness::Secret || self.event.is_run_by(self.caller)
    }

    /// Whether the application administers it, and the viewer, where there is one, does so too. What an application made for itself its
    /// server administers in any session.
    pub fn is_administered(&self) -> bool {
        let Caller { viewer, app, server } = self.caller;
        let own = self.own.is_some_and(|own| own.admin);
        self.event.app == Some(app) && (own || server && (viewer.is_none() || self.event.creator == app))
    }

    fn keys(caller: Caller, event: Id) -> Vec<Key> {
        let counter = |sub| Key::Counter { owner: event, kind: kinds::RSVP, sub };
        let fixed = [Key::Object(event), counter(1), counter(2), counter(3)];
        fixed.into_iter().chain(caller.viewer.map(|viewer| events_key(viewer, event))).collect()
    }

    fn found(caller: Caller, event: Id, found: &[Found]) -> Result<Standing> {
        let read = found.first().map(event_in).transpose()?.flatten().filter(|event| !event.cancelled);
        let Some(read) = read else { return Err(no_event(event)) };
        let counted = found.iter().map(|found| if let Found::Counter(Some(count)) = found { *count } else { 0 });
        let answers = counted.sum::<i64>() - i64::from(read.maker.is_some());
        let stored = match found.get(4) {
            Some(Found::Assoc(stored)) => stored.clone(),
            _ => None,
        };
        let own = Attendance::found(event, found.get(4))?;
        Ok(Standing { event: read, own, answers, caller, stored })
    }
}

/// Error 150 for an event that is none, or none for the caller.
pub fn no_event(event: Id) -> Error {
    Code::ParamBadEid.because(format!("eid {event} is no event that may be seen")).into()
}

fn contended() -> Error {
    Error::Commit(CommitError::Unavailable("the event is being changed by others".to_owned()))
}

impl Graph {
    /// How a caller stands to an event; error 150 where there is none.
    pub async fn standing(&self, caller: Caller, event: Id) -> Result<Standing> {
        Standing::found(caller, event, &self.get(&Standing::keys(caller, event)).await?)
    }

    /// Changes an event. `edit` sees how the caller stands to it, says what it is to be, or why not, and may run more than once.
    pub async fn edit_event(
        &self,
        caller: Caller,
        event: Id,
        edit: impl Fn(&Standing) -> Result<Event>,
    ) -> Result<Event> {
        self.change_event(caller, event, edit, |_, _, _| Ok(())).await
    }

    /// The same, with what else the commit holds: `also` is given the old event, the new one, which it may change, and the batch.
    pub(super) async fn change_event(
        &self,
        caller: Caller,
        event: Id,
        edit: impl Fn(&Standing) -> Result<Event>,
        mut also: impl FnMut(&Event, &mut Event, &mut Batch) -> Result<()>,
    ) -> Result<Event> {
        for _ in 0..TRIES {
            let standing = self.standing(caller, event).await?;
            let mut new = Event { update_time: self.now().secs(), ..edit(&standing)? };
            let mut batch = Batch::new();
            also(&standing.event, &mut new, &mut batch)?;
            batch.update(event, kinds::EVENT, encode(&new)?, standing.event.version);
            match self.commit(batch).await {
                Ok(_) => return Ok(Event { version: standing.event.version + 1, ..new }),
                Err(CommitError::Conflict { .. }) => {} // somebody changed it meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// Cancels an event: from this write on nobody sees it. The returned intent takes its story away and tells its guests. `allowed` says why
    /// the caller may not, and makes the notice that the guests find.
    pub async fn cancel_event(
        &self,
        caller: Caller,
        event: Id,
        allowed: impl Fn(&Standing) -> Result<Notification>,
    ) -> Result<Intent> {
        for _ in 0..TRIES {
            let standing = self.standing(caller, event).await?;
            let notice = allowed(&standing)?;
            let (mut batch, now) = (Batch::new(), self.now());
            let cancelled = Event { cancelled: true, update_time: now.secs(), ..standing.event.clone() };
            batch.update(event, kinds::EVENT, encode(&cancelled)?, standing.event.version);
            let intent = Intent::new(now, Work::EventCancelled { event, notice });
            intent.push_new(&mut batch, now)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(intent),
                Err(CommitError::Conflict { .. }) => {} // somebody changed it meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// Answers an invitation, or comes without one. `allowed` says why not. Every answer is counted once, whoever else answers at the
    /// same time: what stood there before is the condition of the write.
    pub async fn answer_event(
        &self,
        person: Id,
        app: Id,
        event: Id,
        answer: Rsvp,
        allowed: impl Fn(&Standing) -> Result<()>,
    ) -> Result<()> {
        let caller = Caller { viewer: Some(person), app, server: false };
        for _ in 0..TRIES {
            let standing = self.standing(caller, event).await?;
            allowed(&standing)?;
            let old = standing.own.unwrap_or_default();
            if standing.own.is_some() && old.status == answer {
                return Ok(());
            }
            let data = encode(&Attendance { status: answer, ..old })?;
            let mut batch = Batch::new();
            for (from, kind, to) in [(event, kinds::GUEST, person), (person, kinds::EVENTS, event)] {
                match &standing.stored {
                    Some(stored) => batch.replace_if(from, kind, to, stored.time, data.clone(), stored.data.clone()),
                    None => batch.link(from, kind, to, self.now().secs(), data.clone()),
                };
            }
            if let Some(sub) = old.status.counter() {
                batch.add(event, kinds::RSVP, sub, -1).floor(0);
            }
            if let Some(sub) = answer.counter() {
                batch.add(event, kinds::RSVP, sub, 1);
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict { .. }) => {} // they were invited, or answered, meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// Invites friends of a person to an event and notifies them; who is no friend, or a guest already, is passed over. Answers how many were
    /// invited. More than a batch are no one transaction: whoever is cut off calls again.
    pub async fn invite_to_event(
        &self,
        person: Id,
        app: Id,
        event: Id,
        people: &[Id],
        allowed: impl Fn(&Standing) -> Result<Notification>,
    ) -> Result<usize> {
        let mut seen = HashSet::new();
        let people: Vec<Id> = people.iter().copied().filter(|id| seen.insert(*id)).collect();
        let caller = Caller { viewer: Some(person), app, server: false };
        let mut keys = Standing::keys(caller, event);
        let own = keys.len();
        keys.extend(people.iter().map(|from| events_key(*from, event)));
        keys.extend(people.iter().map(|to| Key::Assoc { from: person, kind: kinds::FRIEND, to: *to }));
        let found = self.get(&keys).await?;
        let (own, rest) = found.split_at(own);
        let notice = allowed(&Standing::found(caller, event, own)?)?;
        let (guests, friends) = rest.split_at(people.len());
        let mut new = Vec::with_capacity(people.len());
        for ((id, guest), friend) in people.iter().zip(guests).zip(friends) {
            if !matches!(guest, Found::Assoc(Some(_))) && is_shown_friend(person, friend)? {
                new.push(*id);
            }
        }
        let (invited, mut added) = (encode(&Attendance::default())?, 0);
        for some in new.chunks(AT_ONCE) {
            let (mut batch, now) = (Batch::new(), self.now());
            for guest in some {
                batch.keep(event, kinds::GUEST, *guest, now.secs(), invited.clone());
                batch.keep(*guest, kinds::EVENTS, event, now.secs(), invited.clone());
                notice.add_to(&mut batch, now, *guest)?;
            }
            let outcomes = self.commit(batch).await?.outcomes;
            added += outcomes.iter().step_by(3).filter(|one| **one == Outcome::Created).count();
        }
        Ok(added)
    }

    /// Puts guests on an event's list with what they answered, as the owner of the server does; who is on it already stays as they are.
    pub async fn add_guests(&self, event: Id, guests: &[(Id, Attendance)]) -> Result<()> {
        for (guest, attendance) in guests {
            let (data, now) = (encode(attendance)?, self.now().secs());
            let mut batch = Batch::new();
            batch.link(event, kinds::GUEST, *guest, now, data.clone());
            batch.link(*guest, kinds::EVENTS, event, now, data);
            if let Some(sub) = attendance.status.counter() {
                batch.add(event, kinds::RSVP, sub, 1);
            }
            match self.commit(batch).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// One batch of a cancelled event's guests, who find the notice in its place, but for its sender and those who had declined. What is
    /// listed is still to do.
    pub(crate) async fn sweep_guests(&self, event: Id, notice: &Notification) -> Result<Swept> {
        let page = self.range(&Range::oldest(event, kinds::GUEST, AT_ONCE)).await?;
        let (mut batch, now) = (Batch::new(), self.now());
        for entry in &page.entries {
            let guest: Attendance = decode("guest", event, &entry.data)?;
            // Not there means that another worker has done it, with the notice.
            batch.unlink_or_fail(event, kinds::GUEST, entry.to).unlink(entry.to, kinds::EVENTS, event);
            if guest.status != Rsvp::Declined && entry.to != notice.sender {
                notice.add_to(&mut batch, now, entry.to)?;
            }
        }
        match self.commit(batch).await {
            Ok(_) if page.next.is_none() => Ok(Swept::Done),
            Ok(_) | Err(CommitError::Conflict { .. }) => Ok(Swept::More),
            Err(error) => Err(error.into()),
        }
    }

    /// What is left of a cancelled event once nobody is its guest any more: the entries of a page and of an application, and the tallies.
    pub(crate) async fn clear_event(&self, event: &Event) -> Result<()> {
        let (mut batch, now) = (Batch::new(), self.now());
        for sub in 1..=3 {
            batch.set(event.id, kinds::RSVP, sub, 0).expiring(now);
        }
        let lists: HashSet<Id> = event.app.into_iter().chain([event.creator]).collect();
        for list in lists {
            batch.unlink(list, kinds::EVENTS, event.id);
        }
        self.commit(batch).await?;
        Ok(())
    }

    /// One batch of the events of somebody, or of an application, that was removed; what is listed is still to do.
    pub(crate) async fn clear_events(&self, of: Id) -> Result<Swept> {
        let page = self.range(&Range::oldest(of, kinds::EVENTS, LEFT_AT_ONCE)).await?;
        let on_list = |event: Id| Key::Assoc { from: event, kind: kinds::GUEST, to: of };
        let on_lists = self.get(&page.entries.iter().map(|entry| on_list(entry.to)).collect::<Vec<_>>()).await?;
        let mut batch = Batch::new();
        for (entry, on_list) in page.entries.iter().zip(on_lists) {
            let guest: Attendance = decode("guest", entry.to, &entry.data)?;
            // With these data, so that the answer is taken out of the tally once.
            batch.unlink_if(of, kinds::EVENTS, entry.to, entry.data.clone());
            if !matches!(on_list, Found::Assoc(Some(_))) {
                continue; // the entry of a page or an application, which is no guest
            }
            batch.unlink(entry.to, kinds::GUEST, of);
            if let Some(sub) = guest.status.counter() {
                batch.add(entry.to, kinds::RSVP, sub, -1);
            }
        }
        match self.commit(batch).await {
            Ok(_) if page.next.is_none() => Ok(Swept::Done),
            Ok(_) | Err(CommitError::Conflict { .. }) => Ok(Swept::More),
            Err(error) => Err(error.into()),
        }
    }
}
