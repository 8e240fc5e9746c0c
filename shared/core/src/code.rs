//! OAuth 2.0 codes: what a page is given so that the application's server can trade it, with the secret, for a token of its own.
//!
//! A code is the id of a session, a proof derived from the server's key, and the second in which it was made. Two kinds of session stand
//! behind codes. The dialog's code is a *bound* session that nobody has the key of yet; trading makes it active. The code inside a
//! `signed_request` speaks for a session that is in the page's hands already; trading it opens a second one like it, for the server.
//! Either way it is good once, for one application and one `redirect_uri`: the session remembers when the code that was traded last was
//! made, and no older one is good any more.

use crate::context::Services;
use crate::error::{Error, Result};
use crate::graph::{TRIES, grant_key, login_key, read_grant};
use crate::ids;
use crate::kinds;
use crate::model::{Application, LoginEpoch, Session, State, decode};
use crate::secrets::{random_hash, same};
use crate::session::{Opened, Plan, read_session};
use reconnect_store::{Found, Id};
use reconnect_wire::token::AuthToken;

impl Services {
    /// The code that stands for a session in the page's hands. Its `redirect_uri` is the empty text.
    pub fn code_of(&self, session: &Session) -> String {
        self.code_text(session.id, session.app, "", self.graph.now().secs())
    }

    /// A code of the dialog: for a session that whoever trades it will get.
    pub async fn create_dialog_code(&self, app: &Application, plan: &Plan, redirect_uri: &str) -> Result<String> {
        // Nobody knows what this is a hash of: auth.getSession takes no code for an auth token.
        let session = self.graph.create_bound(app, plan, random_hash(&ids::random_bytes::<16>())).await?;
        Ok(self.code_text(session, app.id, redirect_uri, self.graph.now().secs()))
    }

    /// Trades a code for a session. None for whatever is wrong with it: malformed, unknown, forged, used, of another application or
    /// `redirect_uri`, of an authorisation that is gone.
    pub async fn redeem_code(&self, app: &Application, code: &str, redirect_uri: &str) -> Result<Option<Opened>> {
        let Some((proof, made)) = code.split_once('.') else { return Ok(None) };
        let (Ok(token), Ok(made)) = (proof.parse::<AuthToken>(), made.parse::<i64>()) else { return Ok(None) };
        let id = Id(token.id);
        if !same(code.as_bytes(), self.code_text(id, app.id, redirect_uri, made).as_bytes()) {
            return Ok(None);
        }
        for _ in 0..TRIES {
            let Some(object) = self.graph.object(id, kinds::SESSION).await? else { return Ok(None) };
            let session = read_session(&object)?;
            let Some(plan) = self.plan_of(&session).await? else { return Ok(None) };
            if session.app != app.id || session.code_used.is_some_and(|used| made <= used) {
                return Ok(None);
            }
            let used = Session { code_used: Some(made), ..session };
            match used.state {
                State::Bound => return self.graph.redeem(app, &used, false).await,
                State::Active => {
                    // Lost to another caller with the code, or to a call that moved the session's end: look again.
                    if self.graph.replace_session(&used).await? {
                        return Ok(Some(self.graph.open_session(app, &plan).await?));
                    }
                }
                State::Pending => return Ok(None),
            }
        }
        Err(Error::Internal(format!("session {id} is being changed by others")))
    }

    /// What a second session like this one is to be; None when its authorisation or its login is not what it was.
    async fn plan_of(&self, session: &Session) -> Result<Option<Plan>> {
        let Some(person) = session.person else { return Ok(None) };
        let found = self.graph.get(&[grant_key(person, session.app), login_key(person)]).await?;
        let [Found::Assoc(Some(grant)), Found::Assoc(Some(login))] = found.as_slice() else { return Ok(None) };
        let grant = read_grant(person, &grant.data, grant.time)?;
        let login: LoginEpoch = decode("login", person, &login.data)?;
        let alive = grant.epoch == session.granted_epoch && login.epoch == session.login_epoch;
        Ok(alive.then_some(Plan {
            person,
            granted_epoch: session.granted_epoch,
            login_epoch: session.login_epoch,
            infinite: session.infinite(),
            secret: false,
            browser: session.browser,
        }))
    }

    fn code_text(&self, session: Id, app: Id, redirect_uri: &str, made: i64) -> String {
        let subject: [&[u8]; 3] = [&app.0.to_be_bytes(), redirect_uri.as_bytes(), &made.to_be_bytes()];
        format!("{}.{made}", self.secrets.vouched(session, "oauth code", &subject))
    }
}
