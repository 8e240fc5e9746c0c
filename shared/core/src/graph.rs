//! The typed graph on the store: applications, people, friendships, grants. Written once, above the trait; no method and no page
//! touches a record itself.

use crate::error::{Error, Result, invalid};
use crate::ids;
use crate::kinds;
use crate::model::{Application, Grant, Login, Person, decode, encode};
use crate::permission::Permissions;
use crate::username;
use reconnect_store::{
    AssocKind, Batch, Clock, CommitError, Committed, Conflict, Consistency, Found, Id, Key, Object, ObjectKind, Page,
    Range, Space, Store, Time,
};
use std::sync::Arc;

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Graph(…)")
    }
}

/// How often a lost race or an id collision is tried again before the call answers error 2.
pub(crate) const TRIES: usize = 5;

/// The graph of one server.
#[derive(Clone)]
pub struct Graph {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Graph {
    /// On a store, with the clock that the store was made with.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Graph {
        Graph { store, clock }
    }

    /// What time it is.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The store itself, for what is not typed: exports.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Reads keys in one wave.
    pub async fn get(&self, keys: &[Key]) -> Result<Vec<Found>> {
        Ok(self.store.get(keys, Consistency::Strong).await?)
    }

    /// Reads a window of a list.
    pub async fn range(&self, range: &Range) -> Result<Page> {
        Ok(self.store.range(range).await?)
    }

    /// Writes a batch.
    pub async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.store.commit(batch).await
    }

    /// One object, if it is of that kind.
    pub(crate) async fn object(&self, id: Id, kind: &ObjectKind) -> Result<Option<Object>> {
        let found = self.get(&[Key::Object(id)]).await?;
        Ok(match found.into_iter().next() {
            Some(Found::Object(Some(object))) if object.is(kind) => Some(object),
            _ => None,
        })
    }

    /// What a unique key names.
    pub(crate) async fn unique(&self, space: &'static Space, text: &str) -> Result<Option<Id>> {
        let found = self.get(&[Key::Unique { space, text: text.to_owned() }]).await?;
        Ok(match found.into_iter().next() {
            Some(Found::Unique(id)) => id,
            _ => None,
        })
    }

    /// The server's key; made at the first start. Two processes that start at once agree on one.
    pub async fn server_key(&self) -> Result<[u8; 32]> {
        for _ in 0..TRIES {
            if let Some(object) = self.object(kinds::SERVER_ID, kinds::SERVER).await? {
                return Graph::server_key_in(&object);
            }
            let data = encode(&ServerRecord { key: ids::random_bytes() })?;
            let mut batch = Batch::new();
            batch.create(kinds::SERVER_ID, kinds::SERVER, data);
            match self.commit(batch).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("the server's key can neither be read nor made".to_owned()))
    }

    /// The server's key, in the record that holds it.
    pub fn server_key_in(server: &Object) -> Result<[u8; 32]> {
        let record: ServerRecord = decode("server", server.id, &server.data)?;
        Ok(record.key)
    }

    // ---- applications -------------------------------------------------------------------------------------------------

    /// An application by its id.
    pub async fn application(&self, id: Id) -> Result<Option<Application>> {
        self.object(id, kinds::APPLICATION).await?.map(read_application).transpose()
    }

    /// An application by its API key, or by its id in decimal, as newer clients send it.
    pub async fn application_by_key(&self, key: &str) -> Result<Option<Application>> {
        let id = match self.unique(kinds::API_KEY, key).await? {
            Some(id) => id,
            None => match key.parse::<u64>() {
                Ok(id) if !key.starts_with('0') => Id(id),
                _ => return Ok(None),
            },
        };
        self.application(id).await
    }

    /// The application that lives at `apps.facebook.com/NAME`.
    pub async fn application_by_canvas_name(&self, name: &str) -> Result<Option<Application>> {
        // A key of the store takes 1 KB, and a stranger's address may hold anything.
        if name.is_empty() || name.len() > 256 {
            return Ok(None);
        }
        match self.unique(kinds::CANVAS, &fold(name)).await? {
            Some(id) => self.application(id).await,
            None => Ok(None),
        }
    }

    /// Makes an application. An id of 0 is drawn; an empty key or secret is made. Answers it as stored.
    pub async fn create_application(&self, mut app: Application) -> Result<Application> {
        if app.name.trim().is_empty() {
            return Err(invalid("the application needs a name"));
        }
        // The key only names the application; the secret must not be guessed, so no bit of it is fixed.
        if app.api_key.is_empty() {
            app.api_key = uuid::Uuid::new_v4().simple().to_string();
        }
        if app.secret.is_empty() {
            app.secret = ids::draw_secret();
        }
        let (wanted, now) = (app.id, self.now());
        for _ in 0..TRIES {
            app.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            let mut batch = Batch::new();
            batch.create(app.id, kinds::APPLICATION, encode(&app)?);
            batch.claim(kinds::API_KEY, app.api_key.clone(), app.id);
            batch.keep(kinds::ROOT, kinds::APPLICATIONS, app.id, now.secs(), Vec::new());
            if let Some(name) = &app.canvas_name {
                batch.claim(kinds::CANVAS, fold(name), app.id);
            }
            if app.demo {
                batch.keep(kinds::ROOT, kinds::DEMO, app.id, now.secs(), Vec::new());
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(Application { version: 1, ..app }),
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) if wanted == Id(0) => {}
                Err(CommitError::Conflict { write, .. }) => {
                    return Err(invalid(match write {
                        0 => format!("id {} is taken", app.id),
                        1 => format!("the API key {} is taken", app.api_key),
                        _ => format!("the canvas name {} is taken", app.canvas_name.unwrap_or_default()),
                    }));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// Changes an application. `edit` sees what is stored and may run more than once.
    pub async fn edit_application(&self, id: Id, edit: impl Fn(&mut Application)) -> Result<Application> {
        for _ in 0..TRIES {
            let old = self.application(id).await?.ok_or_else(|| invalid(format!("no application has the id {id}")))?;
            let mut new = old.clone();
            edit(&mut new);
            let mut batch = Batch::new();
            batch.update(id, kinds::APPLICATION, encode(&new)?, old.version);
            let (taken, given_back) = (new.canvas_name.as_deref().map(fold), old.canvas_name.as_deref().map(fold));
            if taken != given_back {
                if let Some(name) = taken {
                    batch.claim(kinds::CANVAS, name, id);
                }
                if let Some(name) = given_back {
                    batch.release(kinds::CANVAS, name, id);
                }
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(Application { version: old.version + 1, ..new }),
                Err(CommitError::Conflict { write: 1, conflict: Conflict::Exists }) => {
                    return Err(invalid(format!("the canvas name {} is taken", new.canvas_name.unwrap_or_default())));
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the application is being changed by others".to_owned())))
    }

    /// All applications, oldest first. For the owner: the command line and the start page.
    pub async fn applications(&self) -> Result<Vec<Application>> {
        self.listed_objects(kinds::APPLICATIONS, kinds::APPLICATION).await?.into_iter().map(read_application).collect()
    }

    // ---- people -------------------------------------------------------------------------------------------------------

    /// A person by their id.
    pub async fn person(&self, id: Id) -> Result<Option<Person>> {
        self.object(id, kinds::PERSON).await?.map(read_person).transpose()
    }

    /// A person and how they log in, by e-mail address.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<(Person, Login)>> {
        let Some(id) = self.unique(kinds::EMAIL, &fold(email)).await? else { return Ok(None) };
        let found = self.get(&[Key::Object(id), login_key(id)]).await?;
        let [Found::Object(Some(object)), Found::Assoc(Some(login))] = found.as_slice() else { return Ok(None) };
        Ok(Some((read_person(object.clone())?, decode("login", id, &login.data)?)))
    }

    /// Makes a person. An id of 0 is drawn. `password` is the PHC string, see [`crate::password`].
    pub async fn create_person(&self, mut person: Person, password: Option<String>) -> Result<Person> {
        if person.first_name.trim().is_empty() && person.last_name.trim().is_empty() {
            return Err(invalid("the person needs a name"));
        }
        if !person.email.contains('@') {
            return Err(invalid(format!("'{}' is no e-mail address", person.email)));
        }
        if let Some(name) = &person.username {
            username::check(name).map_err(invalid)?;
        }
        let (wanted, now) = (person.id, self.now());
        person.profile_update_time = now.secs();
        let login = encode(&Login { password, epoch: u64::from_le_bytes(ids::random_bytes()) })?;
        for _ in 0..TRIES {
            person.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            let mut batch = Batch::new();
            batch.create(person.id, kinds::PERSON, encode(&person)?);
            batch.claim(kinds::EMAIL, fold(&person.email), person.id);
            batch.keep(kinds::ROOT, kinds::PEOPLE, person.id, now.secs(), Vec::new());
            batch.link(person.id, kinds::LOGIN, person.id, now.secs(), login.clone());
            if person.demo {
                batch.keep(kinds::ROOT, kinds::DEMO, person.id, now.secs(), Vec::new());
            }
            let others = batch.writes().len();
            if let Some(name) = &person.username {
                batch.claim(kinds::USERNAME, fold(name), person.id);
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(Person { version: 1, ..person }),
                Err(CommitError::Conflict { write: 0, .. }) if wanted == Id(0) => {}
                Err(CommitError::Conflict { write, .. }) => {
                    return Err(invalid(match write {
                        0 => format!("id {} is taken", person.id),
                        _ if write == others => {
                            format!("the username {} is taken", person.username.unwrap_or_default())
                        }
                        _ => format!("the e-mail address {} is taken", person.email),
                    }));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// Gives a person a new password and ends every session and every browser login of theirs, in one write.
    pub async fn set_password(&self, person: Id, password: Option<String>) -> Result<()> {
        let data = encode(&Login { password, epoch: u64::from_le_bytes(ids::random_bytes()) })?;
        let mut batch = Batch::new();
        batch.replace(person, kinds::LOGIN, person, self.now().secs(), data);
        self.commit(batch).await?;
        Ok(())
    }

    /// A person's note to self about logging in.
    pub async fn login(&self, person: Id) -> Result<Option<Login>> {
        let found = self.get(&[login_key(person)]).await?;
        match found.first() {
            Some(Found::Assoc(Some(login))) => Ok(Some(decode("login", person, &login.data)?)),
            _ => Ok(None),
        }
    }

    /// All people, oldest first. For the owner: the command line and the start page.
    pub async fn people(&self) -> Result<Vec<Person>> {
        self.listed_objects(kinds::PEOPLE, kinds::PERSON).await?.into_iter().map(read_person).collect()
    }

    // ---- grants -------------------------------------------------------------------------------------------------------

    /// A person's authorisation of an application.
    pub async fn grant(&self, person: Id, app: Id) -> Result<Option<Grant>> {
        let found = self.get(&[grant_key(person, app)]).await?;
        match found.first() {
            Some(Found::Assoc(Some(grant))) => Ok(Some(read_grant(person, &grant.data, grant.time)?)),
            _ => Ok(None),
        }
    }

    /// The applications a person has authorised, newest first, with what they granted.
    pub async fn grants_of(&self, person: Id) -> Result<Vec<(Application, Grant, i64)>> {
        let page = self.range(&Range::newest(person, kinds::GRANT, 1000)).await?;
        let keys: Vec<Key> = page.entries.iter().map(|e| Key::Object(e.to)).collect();
        let mut grants = Vec::with_capacity(keys.len());
        for (entry, found) in page.entries.iter().zip(self.get(&keys).await?) {
            // A pointer is checked where it is read: an application that is gone is left out.
            if let Found::Object(Some(object)) = found
                && object.is(kinds::APPLICATION)
            {
                let grant = read_grant(person, &entry.data, entry.time)?;
                grants.push((read_application(object)?, grant, entry.time));
            }
        }
        Ok(grants)
    }

    /// Everything in one of the owner's lists.
    async fn listed_objects(&self, list: &'static AssocKind, kind: &'static ObjectKind) -> Result<Vec<Object>> {
        let (mut objects, mut after) = (Vec::new(), None);
        loop {
            let page = self.range(&Range::oldest(kinds::ROOT, list, 1000).after(after)).await?;
            let keys: Vec<Key> = page.entries.iter().map(|e| Key::Object(e.to)).collect();
            objects.extend(self.get(&keys).await?.into_iter().filter_map(|found| match found {
                Found::Object(Some(object)) if object.is(kind) => Some(object),
                _ => None,
            }));
            after = page.next;
            if after.is_none() {
                return Ok(objects);
            }
        }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct ServerRecord {
    key: [u8; 32],
}

/// E-mail addresses and canvas names are compared without regard to case and outer blanks.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Where a person's authorisation of an application stands: on the person's side, so that its reads spread over people.
pub fn grant_key(person: Id, app: Id) -> Key {
    Key::Assoc { from: person, kind: kinds::GRANT, to: app }
}

/// Where a person's note about logging in stands.
pub fn login_key(person: Id) -> Key {
    Key::Assoc { from: person, kind: kinds::LOGIN, to: person }
}

fn read_application(object: Object) -> Result<Application> {
    let app: Application = decode("application", object.id, &object.data)?;
    Ok(Application { id: object.id, version: object.version, ..app })
}

/// The application whose record was found, if it is one.
pub(crate) fn application_in(found: &Found) -> Result<Option<Application>> {
    match found {
        Found::Object(Some(object)) if object.is(kinds::APPLICATION) => read_application(object.clone()).map(Some),
        _ => Ok(None),
    }
}

/// The authorisation that was found by [`grant_key`].
pub fn read_grant_in(person: Id, found: &Found) -> Result<Option<Grant>> {
    match found {
        Found::Assoc(Some(grant)) => read_grant(person, &grant.data, grant.time).map(Some),
        _ => Ok(None),
    }
}

fn read_person(object: Object) -> Result<Person> {
    let person: Person = decode("person", object.id, &object.data)?;
    Ok(Person { id: object.id, version: object.version, ..person })
}

/// What a person granted nothing beyond the authorisation itself.
pub(crate) fn fresh_grant(permissions: Permissions, now: Time) -> Grant {
    Grant { permissions, epoch: u64::from_le_bytes(ids::random_bytes()), since: now.secs() }
}

pub(crate) fn read_grant(person: Id, data: &[u8], since: i64) -> Result<Grant> {
    Ok(Grant { since, ..decode("grant", person, data)? })
}
