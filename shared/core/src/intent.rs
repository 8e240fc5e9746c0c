//! Work larger than one batch. The first commit makes the outcome visible and leaves an *intent*; its steps can be repeated, and
//! whoever finds an intent that is due carries it on: the call itself, the dev server's ticker, a scheduled function, or the
//! next process after a crash.

use crate::error::Result;
use crate::graph::Graph;
use crate::ids;
use crate::kinds;
use crate::model::{Session, decode, encode};
use crate::notification::Notification;
use crate::session::read_session;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Position, Range, Time};
use serde::{Deserialize, Serialize};

/// How long a worker keeps an intent to itself before it comes due for others.
const LEASE_SECS: i64 = 60;
/// After so many failures an intent is left alone, and `reconnect check` shows it.
pub const MAX_FAILURES: u32 = 10;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Work {
    /// A person removed an application: its infinite sessions, which nobody can use any more, are swept, and it is told.
    Withdrawn {
        /// Who.
        person: Id,
        /// Which application.
        app: Id,
        /// When.
        at: Time,
    },
    /// The owner removed a person: their friendships, friend lists, authorisations and infinite sessions are cleared away.
    PersonRemoved {
        /// Who.
        person: Id,
    },
    /// The owner removed an application: its people's authorisations and infinite sessions are cleared away.
    ApplicationRemoved {
        /// Which.
        app: Id,
        /// When.
        at: Time,
    },
    /// An event was cancelled: its story is taken away, its guests are told and taken off the list, its picture is removed.
    EventCancelled {
        /// Which.
        event: Id,
        /// What the guests are told.
        notice: Notification,
    },
    /// Files that no record shows: not yet, or not any more.
    FilesLeft {
        /// Under which keys they are kept.
        keys: Vec<String>,
    },
    /// An album was removed: its photos are cleared away, their files first.
    AlbumRemoved {
        /// Which.
        album: Id,
        /// Whose.
        owner: Id,
    },
    /// Things were removed: the comments, likes and tags that hang from them are cleared away.
    Removed {
        /// Which.
        things: Vec<Id>,
    },
}

/// Unfinished work as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip, default)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip, default)]
    pub version: u64,
    /// What is to be done.
    pub work: Work,
    /// How often a step failed.
    pub failures: u32,
}

impl Intent {
    /// Work that begins now, with its maker as the first worker.
    pub(crate) fn new(now: Time, work: Work) -> Intent {
        Intent { id: ids::draw(now), version: 1, work, failures: 0 }
    }

    /// Adds the intent to the batch that makes the outcome visible.
    pub(crate) fn push_new(&self, batch: &mut Batch, now: Time) -> Result<()> {
        self.push_due(batch, now.plus_secs(LEASE_SECS))
    }

    /// The same for work that its maker does not do: others do it from then on.
    pub(crate) fn push_due(&self, batch: &mut Batch, due: Time) -> Result<()> {
        batch.create(self.id, kinds::INTENT, encode(self)?);
        self.list(batch, due);
        Ok(())
    }

    /// The same intent with its data of now, and when it comes due: fails when another worker has it.
    fn again(&self, due: Time) -> Result<Batch> {
        let mut batch = Batch::new();
        batch.update(self.id, kinds::INTENT, encode(self)?, self.version);
        self.list(&mut batch, due);
        Ok(batch)
    }

    fn list(&self, batch: &mut Batch, due: Time) {
        batch.replace(kinds::ROOT, kinds::INTENTS, self.id, due.0, Vec::new());
    }
}

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// More is there.
    More,
    /// Nothing is left.
    Done,
}

impl Graph {
    /// Takes an intent that is due, so that no other worker does. None when nothing is due.
    pub async fn take_due_intent(&self) -> Result<Option<Intent>> {
        let now = self.now();
        let page = self.range(&Range::oldest(kinds::ROOT, kinds::INTENTS, 20).between(i64::MIN, now.0)).await?;
        for entry in page.entries {
            let Some(mut intent) = self.intent(entry.to).await? else { continue };
            if intent.failures >= MAX_FAILURES {
                continue;
            }
            match self.commit(intent.again(now.plus_secs(LEASE_SECS))?).await {
                Ok(_) => {
                    intent.version += 1;
                    return Ok(Some(intent));
                }
                Err(CommitError::Conflict { .. }) => {} // another worker took it
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    async fn intent(&self, id: Id) -> Result<Option<Intent>> {
        let Some(object) = self.object(id, kinds::INTENT).await? else { return Ok(None) };
        let intent: Intent = decode("intent", id, &object.data)?;
        Ok(Some(Intent { id, version: object.version, ..intent }))
    }

    /// Notes that a step failed; the intent comes due again, later each time.
    pub async fn intent_failed(&self, intent: &Intent) -> Result<()> {
        let failed = Intent { failures: intent.failures + 1, ..intent.clone() };
        match self.commit(failed.again(self.now().plus_secs(30 << failed.failures.min(8)))?).await {
            Ok(_) | Err(CommitError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Strikes an intent off: all of it is done.
    pub async fn intent_done(&self, intent: &Intent) -> Result<()> {
        let mut batch = Batch::new();
        batch.delete(intent.id).unlink(kinds::ROOT, kinds::INTENTS, intent.id);
        match self.commit(batch).await {
            Ok(_) | Err(CommitError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// How many intents are unfinished, and how many of them were given up.
    pub async fn intents(&self) -> Result<(usize, usize)> {
        let page = self.range(&Range::oldest(kinds::ROOT, kinds::INTENTS, 1000)).await?;
        let keys: Vec<Key> = page.entries.iter().map(|e| Key::Object(e.to)).collect();
        let mut given_up = 0;
        for found in self.get(&keys).await? {
            if let Found::Object(Some(object)) = found {
                let intent: Intent = decode("intent", object.id, &object.data)?;
                given_up += usize::from(intent.failures >= MAX_FAILURES);
            }
        }
        Ok((keys.len(), given_up))
    }

    /// Deletes up to a batch of a person's infinite sessions with an application. What is listed is still to do: the list itself
    /// is the cursor.
    ///
    /// Sessions that were born after `before` are left alone: the person may have authorised the application again.
    pub(crate) async fn sweep_sessions(
        &self,
        person: Id,
        app: Id,
        before: Time,
        after: &mut Option<Position>,
    ) -> Result<Swept> {
        const PAGE: usize = 30; // three actions each
        let range = Range::oldest(person, kinds::SESSIONS, PAGE).between(i64::MIN, before.secs()).after(*after);
        let page = self.range(&range).await?;
        let keys: Vec<Key> = page.entries.iter().map(|e| Key::Object(e.to)).collect();
        let grant = self.grant(person, app).await?;
        for (entry, found) in page.entries.iter().zip(self.get(&keys).await?) {
            let session: Option<Session> = match &found {
                Found::Object(Some(object)) if object.is(kinds::SESSION) => Some(read_session(object)?),
                _ => None,
            };
            match session {
                Some(session) if session.app != app => {}
                Some(session) if grant.as_ref().is_some_and(|g| g.epoch == session.granted_epoch) => {}
                Some(session) => {
                    self.end_session(&session).await?;
                }
                None => self.unlist_session(person, entry.to).await?,
            }
        }
        *after = page.next;
        Ok(if page.next.is_some() { Swept::More } else { Swept::Done })
    }

    async fn unlist_session(&self, person: Id, session: Id) -> Result<()> {
        let mut batch = Batch::new();
        batch.unlink(person, kinds::SESSIONS, session);
        self.commit(batch).await?;
        Ok(())
    }
}
