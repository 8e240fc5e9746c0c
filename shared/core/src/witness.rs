//! Who vouches for a login where the login's own cookie does not come along: to a page of another site, in a browser of today.
//!
//! Neither of these opens a page of this site, decides anything, or costs a row: each is the id of the browser's login with a proof
//! derived from the server's key, and dies with that login.
//!
//! * The *status cookie* goes where the login's cookie must not: into requests that pages of other sites cause. It says who is there.
//! * The *kept token* is kept by an application's pages on their own origin. It says so to this application on this origin only.

use crate::browser::LoggedIn;
use crate::context::Services;
use crate::error::Result;
use crate::model::Application;
use crate::secrets::same;
use reconnect_store::Id;
use reconnect_wire::token::AuthToken;

/// How long a kept token is good for, in seconds. Each answer gives a new one.
pub const KEPT_LIFETIME: i64 = 7 * 86_400;

impl Services {
    /// The value of the status cookie for a login.
    pub fn status_cookie(&self, login: &LoggedIn) -> String {
        self.witness(login, "status cookie", &[])
    }

    /// The login that a status cookie vouches for.
    pub async fn by_status_cookie(&self, text: &str) -> Result<Option<LoggedIn>> {
        self.vouched(text, |login| self.status_cookie(login)).await
    }

    /// The token by which an application's pages on that origin may ask again who is there.
    pub fn kept_token(&self, login: &LoggedIn, app: &Application, origin: &str) -> String {
        let made = self.graph.now().secs();
        format!("{}.{made}", self.kept_proof(login, app, origin, made))
    }

    /// The login that a kept token vouches for to this application on this origin. None for whatever is wrong with it.
    pub async fn by_kept_token(&self, text: &str, app: &Application, origin: &str) -> Result<Option<LoggedIn>> {
        let Some((proof, made)) = text.split_once('.') else { return Ok(None) };
        let Ok(made) = made.parse::<i64>() else { return Ok(None) };
        let age = self.graph.now().secs().checked_sub(made);
        if !age.is_some_and(|age| (0..=KEPT_LIFETIME).contains(&age)) {
            return Ok(None);
        }
        self.vouched(proof, |login| self.kept_proof(login, app, origin, made)).await
    }

    fn kept_proof(&self, login: &LoggedIn, app: &Application, origin: &str, made: i64) -> String {
        self.witness(login, "kept token", &[&app.id.0.to_be_bytes(), origin.as_bytes(), &made.to_be_bytes()])
    }

    async fn vouched(&self, text: &str, right: impl Fn(&LoggedIn) -> String) -> Result<Option<LoggedIn>> {
        let Ok(token) = text.parse::<AuthToken>() else { return Ok(None) };
        let Some(login) = self.graph.login_in(Id(token.id)).await? else { return Ok(None) };
        Ok(same(text.as_bytes(), right(&login).as_bytes()).then_some(login))
    }

    fn witness(&self, login: &LoggedIn, purpose: &str, subject: &[&[u8]]) -> String {
        let (person, epoch) = (login.person.id.0.to_be_bytes(), login.browser.login_epoch.to_be_bytes());
        let mut parts: Vec<&[u8]> = vec![&person, &epoch];
        parts.extend_from_slice(subject);
        self.secrets.vouched(login.browser.id, purpose, &parts).to_string()
    }
}
