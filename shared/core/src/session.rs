//! The life of a session: auth token pending → bound → session active → ended.
//!
//! One object is all three: `auth.createToken` makes it *pending*, the login page *binds* it to a person, `auth.getSession`
//! *activates* it. Tokens and keys carry the object's id, so that they are read by id; what is compared is a hash of the whole
//! text, in constant time.

use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES, grant_key, login_key, read_grant};
use crate::ids;
use crate::kinds;
use crate::model::{Application, Grant, LoginEpoch, Session, State, TOKEN_LIFETIME, decode, encode, session_end};
use crate::secrets::{random_hash, same};
use reconnect_store::batch::ExpectObject;
use reconnect_store::{Batch, CommitError, Conflict, Found, Id, Key, Object, Time, Write};
use reconnect_wire::token::{AuthToken, SessionKey};

/// What a new session is to be: decided when the person presses the button.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Whose.
    pub person: Id,
    /// The epoch of the grant it comes from.
    pub granted_epoch: u64,
    /// The epoch of the login it comes from.
    pub login_epoch: u64,
    /// Never expires: offline_access, the old "keep me logged in" box, or code_gen.php.
    pub infinite: bool,
    /// With a session secret from the start.
    pub secret: bool,
    /// The browser in which the person is logged in; its logout ends the session, if it expires.
    pub browser: Option<Id>,
}

/// How long a code of code_gen.php lives, in seconds.
pub const CODE_LIFETIME: i64 = 600;
const CODE_LENGTH: usize = 6;
/// Upper-case letters and digits, without those that are taken for each other. 32 of them: no letter is likelier than another.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Whether a text has the form of a code of code_gen.php, which no auth token has.
pub fn is_code(text: &str) -> bool {
    text.len() == CODE_LENGTH && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A session with the text of its key, which only its maker ever sees.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The session as stored.
    pub session: Session,
    /// The session key.
    pub key: String,
}

impl Graph {
    /// A new auth token that nobody has logged in with yet (auth.createToken). It lives an hour.
    pub async fn create_token(&self, app: &Application) -> Result<String> {
        let blank = |id, text: &str| Session {
            id,
            version: 1,
            state: State::Pending,
            app: app.id,
            person: None,
            random: random_hash(text.as_bytes()),
            granted_epoch: 0,
            login_epoch: 0,
            expires: 0,
            secret: false,
            browser: None,
            code_used: None,
            last_call_id: None,
        };
        self.store_new_token(blank).await
    }

    /// A new auth token that is bound already: what login.php appends to an application's address.
    pub async fn create_bound_token(&self, app: &Application, plan: &Plan) -> Result<String> {
        let now = self.now();
        self.store_new_token(|id, text| planned(app, plan, id, State::Bound, random_hash(text.as_bytes()), now)).await
    }

    async fn store_new_token(&self, make: impl Fn(Id, &str) -> Session) -> Result<String> {
        let now = self.now();
        for _ in 0..TRIES {
            let id = ids::draw(now);
            let text = AuthToken { id: id.0, random: ids::random_bytes() }.to_string();
            let session = make(id, &text);
            let mut batch = Batch::new();
            batch.push(put_session(&session, ExpectObject::Absent, Some(now.plus_secs(TOKEN_LIFETIME)))?);
            push_browser_entry(&mut batch, &session, now);
            match self.commit(batch).await {
                Ok(_) => return Ok(text),
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// A bound session behind something else than the text of an auth token: its id.
    pub(crate) async fn create_bound(&self, app: &Application, plan: &Plan, random: [u8; 16]) -> Result<Id> {
        let now = self.now();
        for _ in 0..TRIES {
            let session = planned(app, plan, ids::draw(now), State::Bound, random, now);
            let mut batch = Batch::new();
            batch.push(put_session(&session, ExpectObject::Absent, Some(now.plus_secs(TOKEN_LIFETIME)))?);
            push_browser_entry(&mut batch, &session, now);
            match self.commit(batch).await {
                Ok(_) => return Ok(session.id),
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// The session that an auth token of this application stands for, pending or bound. None for whatever is wrong with it: malformed,
    /// unknown, guessed, expired, used, of another application.
    pub async fn token(&self, app: Id, text: &str) -> Result<Option<Session>> {
        let Ok(token) = text.parse::<AuthToken>() else { return Ok(None) };
        let Some(object) = self.object(Id(token.id), kinds::SESSION).await? else { return Ok(None) };
        let session = read_session(&object)?;
        let right = same(&session.random, &random_hash(text.as_bytes()));
        Ok((right && session.app == app && session.state != State::Active).then_some(session))
    }

    /// A new code of code_gen.php: short, for one application, for a few minutes, good for one infinite session.
    pub async fn create_code(&self, app: &Application, plan: &Plan) -> Result<String> {
        let now = self.now();
        let ends = now.plus_secs(CODE_LIFETIME);
        for _ in 0..TRIES {
            let code: String =
                ids::random_bytes::<CODE_LENGTH>().iter().map(|b| CODE_LETTERS[usize::from(b % 32)] as char).collect();
            let id = ids::draw(now);
            let session = planned(app, plan, id, State::Bound, random_hash(code.as_bytes()), now);
            let mut batch = Batch::new();
            batch.push(put_session(&session, ExpectObject::Absent, Some(ends))?);
            let text = code_key_text(app.id, &code);
            batch.claim(kinds::CODE, text, id).expiring(ends);
            match self.commit(batch).await {
                Ok(_) => return Ok(code),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five codes in a row were taken".to_owned()))
    }

    /// The bound session behind a code of this application. The caller counts the tries.
    pub async fn code(&self, app: Id, code: &str) -> Result<Option<Session>> {
        let Some(id) = self.unique(kinds::CODE, &code_key_text(app, code)).await? else { return Ok(None) };
        let Some(object) = self.object(id, kinds::SESSION).await? else { return Ok(None) };
        let session = read_session(&object)?;
        Ok((session.app == app && session.state == State::Bound).then_some(session))
    }

    /// Binds a pending token to a person: the login page, after the button. False when a rival was faster.
    pub async fn bind_token(&self, app: &Application, pending: &Session, plan: &Plan) -> Result<bool> {
        let now = self.now();
        let bound = planned(app, plan, pending.id, State::Bound, pending.random, now);
        let mut batch = Batch::new();
        batch.push(put_session(&bound, ExpectObject::Version(pending.version), Some(now.plus_secs(TOKEN_LIFETIME)))?);
        push_browser_entry(&mut batch, &bound, now);
        match self.commit(batch).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Trades a bound token for its session, once. None when a rival traded it first.
    ///
    /// The grant and the login are not read: their epochs were fixed when the person pressed the button, and a session whose
    /// authorisation is gone meanwhile is dead at its first call.
    pub async fn redeem(&self, app: &Application, bound: &Session, secret: bool) -> Result<Option<Opened>> {
        let now = self.now();
        let (Some(person), State::Bound) = (bound.person, bound.state) else {
            return Err(Error::Internal(format!("session {} is not bound", bound.id)));
        };
        let key = key_text(app, bound.id, person, bound.expires, ids::random_bytes());
        let session = Session {
            state: State::Active,
            random: random_hash(key.as_bytes()),
            secret: bound.secret || secret,
            version: bound.version + 1,
            ..bound.clone()
        };
        let mut batch = Batch::new();
        batch.push(put_session(&session, ExpectObject::Version(bound.version), ends(&session))?);
        push_infinite_entries(&mut batch, &session, person, &key, now);
        match self.commit(batch).await {
            Ok(_) => Ok(Some(Opened { session, key })),
            Err(CommitError::Conflict { write: 0, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A session that is active from the start, with a key that nobody can derive.
    pub async fn open_session(&self, app: &Application, plan: &Plan) -> Result<Opened> {
        self.open_with(app, plan, |_| ids::random_bytes(), |_, _| {}).await
    }

    /// The same with a key whose random part follows from the session's id, and with further writes in the same batch.
    pub(crate) async fn open_with(
        &self,
        app: &Application,
        plan: &Plan,
        random: impl Fn(Id) -> [u8; 12],
        beside: impl Fn(&mut Batch, &Session),
    ) -> Result<Opened> {
        let now = self.now();
        for _ in 0..TRIES {
            let id = ids::draw(now);
            let mut session = planned(app, plan, id, State::Active, [0; 16], now);
            let key = key_text(app, id, plan.person, session.expires, random(id));
            session.random = random_hash(key.as_bytes());
            let mut batch = Batch::new();
            batch.push(put_session(&session, ExpectObject::Absent, ends(&session))?);
            push_infinite_entries(&mut batch, &session, plan.person, &key, now);
            push_browser_entry(&mut batch, &session, now);
            beside(&mut batch, &session);
            match self.commit(batch).await {
                Ok(_) => return Ok(Opened { session, key }),
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// The session behind a session key of an application, with the authorisation that it comes from, if it is alive. None for
    /// whatever is wrong with it: malformed, unknown, guessed, expired, ended, of another application, withdrawn, of a person who
    /// has another password now.
    ///
    /// One wave: session, authorisation and login are all named by the key. An infinite key is too short to carry an id and costs
    /// one wave more.
    pub async fn live_session(&self, app: Id, key: &str) -> Result<Option<(Session, Grant)>> {
        let Ok(parsed) = key.parse::<SessionKey>() else { return Ok(None) };
        let uid = Id(parsed.uid());
        let id = match parsed {
            SessionKey::Expiring { id, .. } => Some(Id(id)),
            SessionKey::Infinite { .. } => self.unique(kinds::SESSION_KEY, &infinite_key_text(key)).await?,
        };
        let Some(id) = id else { return Ok(None) };
        let found = self.get(&[Key::Object(id), grant_key(uid, app), login_key(uid)]).await?;
        let [Found::Object(Some(object)), Found::Assoc(Some(grant)), Found::Assoc(Some(login))] = found.as_slice()
        else {
            return Ok(None);
        };
        if !object.is(kinds::SESSION) {
            return Ok(None);
        }
        let session = read_session(object)?;
        let grant = read_grant(uid, &grant.data, grant.time)?;
        let login: LoginEpoch = decode("login", uid, &login.data)?;
        let alive = session.state == State::Active
            && session.app == app
            && session.person == Some(uid)
            && same(&session.random, &random_hash(key.as_bytes()))
            && session.granted_epoch == grant.epoch
            && session.login_epoch == login.epoch;
        Ok(alive.then_some((session, grant)))
    }

    /// Ends a session. False when it had ended already.
    pub async fn end_session(&self, session: &Session) -> Result<bool> {
        let mut batch = Batch::new();
        batch.delete(session.id);
        // An infinite session has two entries more; its unique key is the hash of the key's text, which is what the session keeps.
        if session.infinite()
            && let Some(person) = session.person
        {
            batch.unlink(person, kinds::SESSIONS, session.id);
            batch.release(kinds::SESSION_KEY, ids::hex(&session.random), session.id);
        }
        match self.commit(batch).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes an active session by compare and set. False when it changed or ended meanwhile.
    pub async fn replace_session(&self, session: &Session) -> Result<bool> {
        let mut batch = Batch::new();
        batch.push(put_session(session, ExpectObject::Version(session.version), ends(session))?);
        match self.commit(batch).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The session in a record.
pub(crate) fn read_session(object: &Object) -> Result<Session> {
    let session: Session = decode("session", object.id, &object.data)?;
    Ok(Session { id: object.id, version: object.version, ..session })
}

/// Where an infinite session key leads: its 24 hex digits are too few to carry an id.
fn infinite_key_text(key: &str) -> String {
    ids::hex(&random_hash(key.as_bytes()))
}

fn code_key_text(app: Id, code: &str) -> String {
    format!("{app}:{}", ids::hex(&random_hash(code.as_bytes())))
}

fn planned(app: &Application, plan: &Plan, id: Id, state: State, random: [u8; 16], now: Time) -> Session {
    Session {
        id,
        version: 1,
        state,
        app: app.id,
        person: Some(plan.person),
        random,
        granted_epoch: plan.granted_epoch,
        login_epoch: plan.login_epoch,
        expires: if plan.infinite { 0 } else { session_end(now, app.lifetime()) },
        secret: plan.secret || app.desktop,
        browser: plan.browser,
        code_used: None,
        last_call_id: None,
    }
}

/// The text of a session's key. The shorter kind takes fewer of the random bytes.
pub(crate) fn key_text(app: &Application, id: Id, person: Id, expires: i64, random: [u8; 12]) -> String {
    if expires == 0 {
        SessionKey::Infinite { random, uid: person.0 }.to_string()
    } else {
        let [random @ .., _, _] = random;
        SessionKey::Expiring {
            id: id.0,
            random,
            lifetime: app.lifetime().unsigned_abs(),
            expiry: expires.unsigned_abs(),
            uid: person.0,
        }
        .to_string()
    }
}

fn ends(session: &Session) -> Option<Time> {
    (session.expires != 0).then(|| Time::from_secs(session.expires))
}

fn put_session(session: &Session, expect: ExpectObject, expires: Option<Time>) -> Result<Write> {
    Ok(Write::PutObject { id: session.id, kind: kinds::SESSION, data: encode(session)?, expires, expect })
}

/// Logout in a browser ends the expiring sessions that were made in it; infinite ones survive it.
fn push_browser_entry(batch: &mut Batch, session: &Session, now: Time) {
    if let (Some(browser), false) = (session.browser, session.expires == 0) {
        batch.replace(browser, kinds::WEB_SESSIONS, session.id, now.secs(), Vec::new());
        batch.expiring(Time::from_secs(session.expires));
    }
}

fn push_infinite_entries(batch: &mut Batch, session: &Session, person: Id, key: &str, now: Time) {
    if session.expires != 0 {
        return;
    }
    batch.claim(kinds::SESSION_KEY, infinite_key_text(key), session.id);
    batch.link(person, kinds::SESSIONS, session.id, now.secs(), session.app.to_string().into_bytes());
}
