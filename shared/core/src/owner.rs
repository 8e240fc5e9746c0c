//! What only the owner of a server does: knowing and clearing away the demo people and applications, removing a person or an
//! application for good. No method reaches this.

use crate::context::Services;
use crate::error::Result;
use crate::event::event_in;
use crate::graph::{Graph, fold};
use crate::intent::{Intent, Swept, Work};
use crate::kinds;
use crate::model::{Application, Person, decode, encode};
use crate::page::page_in;
use reconnect_store::{AssocKind, Batch, CommitError, Found, Id, Key, Range, StoreExt, Time};
use serde::{Deserialize, Serialize};

/// So many demo people and applications are looked at: demo worlds are small.
const MOST: usize = 1000;
/// How many entries of a list one batch clears: four items each, counts included.
const PAGE: usize = 20;

/// A demo person, with the password that the world's file names.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// Who.
    pub person: Person,
    /// Their password, as long as it is the published one.
    pub password: Option<String>,
}

/// Everything with credentials that anybody can read in the source.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    /// The people.
    pub people: Vec<DemoPerson>,
    /// The applications.
    pub applications: Vec<Application>,
}

impl Demo {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.applications.is_empty()
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Published {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl Graph {
    /// The demo people and applications, oldest first: two reads, however many others there are.
    pub async fn demo(&self) -> Result<Demo> {
        let page = self.range(&Range::oldest(kinds::ROOT, kinds::DEMO, MOST)).await?;
        let keys: Vec<Key> = page.entries.iter().map(|entry| Key::Object(entry.to)).collect();
        let mut demo = Demo::default();
        for (entry, found) in page.entries.iter().zip(self.get(&keys).await?) {
            // A pointer is checked where it is read: what was removed, or given credentials of its own, is left out.
            let Found::Object(Some(object)) = found else { continue };
            if object.is(kinds::PERSON) {
                let person: Person = decode("person", object.id, &object.data)?;
                let published: Published = serde_json::from_slice(&entry.data).unwrap_or_default();
                if person.demo {
                    let person = Person { id: object.id, version: object.version, ..person };
                    demo.people.push(DemoPerson { person, password: published.password });
                }
            } else if object.is(kinds::APPLICATION) {
                let app: Application = decode("application", object.id, &object.data)?;
                if app.demo {
                    demo.applications.push(Application { id: object.id, version: object.version, ..app });
                }
            }
        }
        Ok(demo)
    }

    /// Notes what a demo person's password is, or that it is no longer known. Never for anybody else: it is kept in the clear.
    pub async fn note_demo_password(&self, person: &Person, password: Option<&str>) -> Result<()> {
        if !person.demo {
            return Ok(());
        }
        let Some(entry) = self.store().assoc(kinds::ROOT, kinds::DEMO, person.id).await? else { return Ok(()) };
        let data = encode(&Published { password: password.map(str::to_owned) })?;
        let mut batch = Batch::new();
        batch.replace(kinds::ROOT, kinds::DEMO, person.id, entry.time, data);
        self.commit(batch).await?;
        Ok(())
    }

    /// Notes that a thing came with a demo world, so that it goes with it. It has no credentials, and is none of [`Demo`].
    pub async fn note_demo_thing(&self, id: Id) -> Result<()> {
        let mut batch = Batch::new();
        batch.keep(kinds::ROOT, kinds::DEMO, id, self.now().secs(), Vec::new());
        self.commit(batch).await?;
        Ok(())
    }

    /// Removes what came with a demo world beside people and applications: pages and the like. What hung from them went with the people.
    /// Answers how much that was, and what is left to do.
    pub async fn clear_demo_things(&self) -> Result<(usize, Vec<Intent>)> {
        let (mut cleared, mut left) = (0, Vec::new());
        let page = self.range(&Range::oldest(kinds::ROOT, kinds::DEMO, MOST)).await?;
        let keys: Vec<Key> = page.entries.iter().map(|entry| Key::Object(entry.to)).collect();
        for (entry, found) in page.entries.iter().zip(self.get(&keys).await?) {
            let mut batch = Batch::new();
            batch.unlink(kinds::ROOT, kinds::DEMO, entry.to);
            if let Found::Object(Some(object)) = &found {
                if object.is(kinds::PERSON) || object.is(kinds::APPLICATION) {
                    continue;
                }
                batch.delete_version(object.id, object.version);
                if let Some(name) = page_in(&found)?.and_then(|page| page.username) {
                    batch.release(kinds::USERNAME, fold(&name), object.id);
                }
                if let Some(picture) = event_in(&found)?.and_then(|event| event.picture) {
                    left.push(self.leave_files(&mut batch, picture.keys())?);
                }
                cleared += 1;
            }
            self.commit(batch).await?;
        }
        Ok((cleared, left))
    }

    /// Removes a person. From this write on nobody logs in as them and every session of theirs is dead; the rest is the returned
    /// intent's work. None when there is no such person.
    pub async fn remove_person(&self, id: Id) -> Result<Option<Intent>> {
        let Some(person) = self.person(id).await? else { return Ok(None) };
        let now = self.now();
        let mut batch = Batch::new();
        batch.delete_version(id, person.version).release(kinds::EMAIL, fold(&person.email), id);
        batch.unlink(id, kinds::LOGIN, id).unlink(id, kinds::PROFILE, id);
        batch.unlink(kinds::ROOT, kinds::PEOPLE, id);
        batch.unlink(kinds::ROOT, kinds::DEMO, id);
        if let Some(name) = &person.username {
            batch.release(kinds::USERNAME, fold(name), id);
        }
        self.begin(batch, now, Work::PersonRemoved { person: id }).await
    }

    /// Removes an application. From this write on every call of its answers error 101; the rest is the returned intent's work.
    /// None when there is no such application.
    pub async fn remove_application(&self, id: Id) -> Result<Option<Intent>> {
        let Some(app) = self.application(id).await? else { return Ok(None) };
        let now = self.now();
        let mut batch = Batch::new();
        batch.delete_version(id, app.version).release(kinds::API_KEY, app.api_key, id);
        if let Some(name) = &app.canvas_name {
            batch.release(kinds::CANVAS, fold(name), id);
        }
        batch.unlink(kinds::ROOT, kinds::APPLICATIONS, id);
        batch.unlink(kinds::ROOT, kinds::DEMO, id);
        self.begin(batch, now, Work::ApplicationRemoved { app: id, at: now }).await
    }

    /// A rival that changed the thing meanwhile makes this error 2: the owner repeats the command.
    async fn begin(&self, mut batch: Batch, now: Time, work: Work) -> Result<Option<Intent>> {
        let intent = Intent::new(now, work);
        intent.push_new(&mut batch, now)?;
        match self.commit(batch).await {
            Ok(_) => Ok(Some(intent)),
            Err(CommitError::Conflict { .. }) => {
                Err(CommitError::Unavailable("it is being changed by others".to_owned()).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One batch of a removed person's friendships; what is listed is still to do.
    async fn clear_friends(&self, person: Id) -> Result<Swept> {
        let page = self.range(&Range::oldest(person, kinds::FRIEND, PAGE)).await?;
        let mut batch = Batch::new();
        for entry in &page.entries {
            batch.unlink(person, kinds::FRIEND, entry.to);
            batch.unlink(entry.to, kinds::FRIEND, person);
        }
        self.commit(batch).await?;
        Ok(if page.next.is_some() { Swept::More } else { Swept::Done })
    }

    /// One batch of another list of a removed person's; what is listed is still to do.
    async fn clear_list(
        &self,
        person: Id,
        list: &'static AssocKind,
        inverse: Option<&'static AssocKind>,
    ) -> Result<Swept> {
        let page = self.range(&Range::oldest(person, list, PAGE)).await?;
        let mut batch = Batch::new();
        for entry in &page.entries {
            batch.unlink(person, list, entry.to);
            if let Some(inverse) = inverse {
                batch.unlink(entry.to, inverse, person);
            }
        }
        self.commit(batch).await?;
        Ok(if page.next.is_some() { Swept::More } else { Swept::Done })
    }

    /// One batch of a removed person's authorisations, refusals and infinite sessions.
    async fn clear_grants(&self, person: Id) -> Result<Swept> {
        let grants = self.range(&Range::oldest(person, kinds::GRANT, PAGE)).await?;
        let refused = self.range(&Range::oldest(person, kinds::REFUSED, PAGE)).await?;
        let sessions = self.range(&Range::oldest(person, kinds::SESSIONS, PAGE)).await?;
        let mut batch = Batch::new();
        for entry in &grants.entries {
            batch.unlink(person, kinds::GRANT, entry.to);
            batch.unlink(entry.to, kinds::APP_USER, person);
        }
        for entry in &refused.entries {
            batch.unlink(person, kinds::REFUSED, entry.to);
        }
        self.commit(batch).await?;
        for entry in &sessions.entries {
            self.clear_session(person, entry.to).await?;
        }
        let more = grants.next.is_some() || refused.next.is_some() || sessions.next.is_some();
        Ok(if more { Swept::More } else { Swept::Done })
    }

    async fn clear_session(&self, person: Id, session: Id) -> Result<()> {
        if let Some(object) = self.object(session, kinds::SESSION).await? {
            self.end_session(&crate::session::read_session(&object)?).await?;
        }
        let mut batch = Batch::new();
        batch.unlink(person, kinds::SESSIONS, session);
        self.commit(batch).await?;
        Ok(())
    }

    /// One page of a removed application's people. The inverse entry goes last, for it is the cursor.
    async fn clear_users(&self, app: Id, at: Time) -> Result<Swept> {
        let page = self.range(&Range::oldest(app, kinds::APP_USER, PAGE)).await?;
        for entry in &page.entries {
            let mut batch = Batch::new();
            batch.unlink(entry.to, kinds::GRANT, app);
            self.commit(batch).await?;
            let mut after = None;
            while self.sweep_sessions(entry.to, app, at, &mut after).await? == Swept::More {}
            let mut batch = Batch::new();
            batch.unlink(app, kinds::APP_USER, entry.to);
            self.commit(batch).await?;
        }
        Ok(if page.next.is_some() { Swept::More } else { Swept::Done })
    }
}

/// Lists of a person's that go with them, with the other side where there is one.
const LISTS: [(&AssocKind, Option<&AssocKind>); 11] = [
    (kinds::FAN_OF, Some(kinds::FAN)),
    (kinds::ADMIN_OF, Some(kinds::ADMIN)),
    (kinds::REQUEST_IN, Some(kinds::REQUEST_OUT)),
    (kinds::REQUEST_OUT, Some(kinds::REQUEST_IN)),
    (kinds::INBOX, None),
    (kinds::SENT, None),
    (kinds::UPDATES, None),
    (kinds::NOTIFICATION, None),
    (kinds::POKE, None),
    (kinds::SHARE_IN, None),
    (kinds::LIVE, None),
];

impl Services {
    /// What is left to do once a person is gone.
    pub(crate) async fn finish_removal_of_person(&self, person: Id) -> Result<()> {
        while self.graph.clear_friends(person).await? == Swept::More {}
        for (list, inverse) in LISTS {
            while self.graph.clear_list(person, list, inverse).await? == Swept::More {}
        }
        self.graph.clear_friend_lists(person).await?;
        self.graph.clear_posts(person).await?;
        while self.graph.clear_groups(person).await? == Swept::More {}
        while self.graph.clear_events(person).await? == Swept::More {}
        self.clear_albums(person).await?;
        self.clear_videos(person).await?;
        while self.graph.clear_grants(person).await? == Swept::More {}
        while self.graph.clear_notes(person).await? == Swept::More {}
        while self.graph.clear_links(person).await? == Swept::More {}
        Ok(())
    }

    /// What is left to do once an application is gone.
    pub(crate) async fn finish_removal_of_application(&self, app: Id, at: Time) -> Result<()> {
        while self.graph.clear_users(app, at).await? == Swept::More {}
        while self.graph.clear_events(app).await? == Swept::More {}
        Ok(())
    }
}
