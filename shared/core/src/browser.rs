//! The browsers in which people are logged in to the site: what stands behind the cookie `xs`.
//!
//! The cookie is an id and 80 random bits, in the form of an auth token; stored is a hash of it, compared in constant time. A browser
//! login is valid only while it carries the person's own login epoch, so that a new password logs every browser out.

use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES, login_key};
use crate::ids;
use crate::kinds;
use crate::model::{BROWSER_LIFETIME, Browser, LoginEpoch, Person, Session, decode, encode};
use crate::secrets::{random_hash, same};
use crate::session::read_session;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Object, Range};
use reconnect_wire::token::AuthToken;

/// A person who is logged in to the site, in one browser.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The browser.
    pub browser: Browser,
    /// The browser's record's version.
    pub version: u64,
    /// The person.
    pub person: Person,
}

impl Graph {
    /// Who is logged in with this cookie. None for whatever is wrong with it: malformed, unknown, guessed, expired, logged out, of
    /// a person who has another password now.
    pub async fn logged_in(&self, cookie: &str) -> Result<Option<LoggedIn>> {
        let Ok(token) = cookie.parse::<AuthToken>() else { return Ok(None) };
        let Some(object) = self.object(Id(token.id), kinds::BROWSER).await? else { return Ok(None) };
        let browser: Browser = decode("browser", object.id, &object.data)?;
        if !same(&browser.random, &random_hash(cookie.as_bytes())) {
            return Ok(None);
        }
        self.person_in(&object, browser).await
    }

    /// The login in the browser of this id, if it is alive. The caller has another proof than the cookie.
    pub(crate) async fn login_in(&self, id: Id) -> Result<Option<LoggedIn>> {
        let Some(object) = self.object(id, kinds::BROWSER).await? else { return Ok(None) };
        let browser: Browser = decode("browser", object.id, &object.data)?;
        self.person_in(&object, browser).await
    }

    /// The login in the browser in which a session was made, if it is alive: where the visitor's own cookie does not come along.
    pub async fn login_behind(&self, session: &Session) -> Result<Option<LoggedIn>> {
        let login = match session.browser {
            Some(browser) => self.login_in(browser).await?,
            None => None,
        };
        Ok(login.filter(|login| session.person == Some(login.person.id)))
    }

    async fn person_in(&self, object: &Object, browser: Browser) -> Result<Option<LoggedIn>> {
        let browser = Browser { id: object.id, ..browser };
        let found = self.get(&[Key::Object(browser.person), login_key(browser.person)]).await?;
        let [Found::Object(Some(person)), Found::Assoc(Some(login))] = found.as_slice() else { return Ok(None) };
        let login: LoginEpoch = decode("login", browser.person, &login.data)?;
        if login.epoch != browser.login_epoch || !person.is(kinds::PERSON) {
            return Ok(None);
        }
        let read: Person = decode("person", person.id, &person.data)?;
        let person = Person { id: person.id, version: person.version, ..read };
        Ok(Some(LoggedIn { browser, version: object.version, person }))
    }

    /// Logs a person in to a browser; answers the login and the text of its cookie, which is always a new one. `login_epoch` is that
    /// of the login that was checked: a password that changed meanwhile makes the new login void.
    ///
    /// `before` is the login that the browser had. The same person's is renewed in place, so that a later logout still finds the
    /// sessions made before; another person's is ended.
    pub async fn log_in(
        &self,
        person: &Person,
        login_epoch: u64,
        before: Option<&LoggedIn>,
    ) -> Result<(LoggedIn, String)> {
        let mut renewed = before.filter(|before| before.person.id == person.id);
        if let (Some(before), None) = (before, renewed) {
            self.log_out(before).await?;
        }
        let now = self.now();
        for _ in 0..TRIES {
            let (id, version) = match renewed {
                Some(before) => (before.browser.id, before.version + 1),
                None => (ids::draw(now), 1),
            };
            let cookie = AuthToken { id: id.0, random: ids::random_bytes() }.to_string();
            let random = random_hash(cookie.as_bytes());
            let browser = Browser { id, person: person.id, random, login_epoch, since: now.secs() };
            let mut batch = Batch::new();
            let data = encode(&browser)?;
            match renewed {
                Some(before) => batch.update(id, kinds::BROWSER, data, before.version),
                None => batch.create(id, kinds::BROWSER, data),
            };
            batch.expiring(now.plus_secs(BROWSER_LIFETIME));
            match self.commit(batch).await {
                Ok(_) => return Ok((LoggedIn { browser, version, person: person.clone() }, cookie)),
                // An id that is taken, or a login that ended meanwhile: begin with a new id.
                Err(CommitError::Conflict { .. }) => renewed = None,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// Logs a browser out: the expiring sessions that were made in it end, then the login itself. In this order, so that a logout
    /// that failed half-way can be repeated.
    pub async fn log_out(&self, login: &LoggedIn) -> Result<()> {
        let mut after = None;
        loop {
            let page = self.range(&Range::oldest(login.browser.id, kinds::WEB_SESSIONS, 100).after(after)).await?;
            let keys: Vec<Key> = page.entries.iter().map(|e| Key::Object(e.to)).collect();
            for found in self.get(&keys).await? {
                if let Found::Object(Some(object)) = found
                    && object.is(kinds::SESSION)
                {
                    let session = read_session(&object)?;
                    if session.expires != 0 && session.person == Some(login.person.id) {
                        self.end_session(&session).await?;
                    }
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut batch = Batch::new();
        batch.delete(login.browser.id);
        match self.commit(batch).await {
            Ok(_) | Err(CommitError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
