//! The session that the pages of an application are handed in one browser: the same one again, as long as it is good for a while.
//!
//! A page asks who is there each time it is loaded, and every twenty minutes. A new session each time would be a new row each time, and a
//! change that pages hear of: some of the time load themselves anew at `auth.sessionChange`, and would do so without end.
//!
//! What is stored of a key is a hash; so that the same key can be handed out again, its random part is derived from the session's id and the
//! server's key.

use crate::context::Services;
use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::model::{Application, BROWSER_LIFETIME, Session, State};
use crate::secrets::{random_hash, same};
use crate::session::{Opened, Plan, key_text, read_session};
use reconnect_store::{Found, Id, Key};

impl Services {
    /// The session of this application in the plan's browser: the one that there is, or a new one when it has less than half of its life
    /// left, or is not as planned.
    pub async fn session_in_browser(&self, app: &Application, plan: &Plan) -> Result<Opened> {
        let Some(browser) = plan.browser else { return self.graph.open_session(app, plan).await };
        if let Some(session) = self.graph.session_of_browser(browser, app.id).await?
            && let Some(opened) = self.again(app, plan, session)
        {
            return Ok(opened);
        }
        let now = self.graph.now();
        let random = |id| self.key_random(id);
        let opened = self.graph.open_with(app, plan, random, |batch, session| {
            let id = session.id.to_string().into_bytes();
            batch.replace(browser, kinds::APP_SESSION, app.id, now.secs(), id);
            batch.expiring(now.plus_secs(BROWSER_LIFETIME));
        });
        opened.await
    }

    fn again(&self, app: &Application, plan: &Plan, session: Session) -> Option<Opened> {
        let left = session.expires - self.graph.now().secs();
        let key = key_text(app, session.id, plan.person, session.expires, self.key_random(session.id));
        let good = session.state == State::Active
            && session.app == app.id
            && session.person == Some(plan.person)
            && session.browser == plan.browser
            && session.granted_epoch == plan.granted_epoch
            && session.login_epoch == plan.login_epoch
            && session.infinite() == plan.infinite
            && session.secret == (plan.secret || app.desktop)
            && (session.infinite() || left >= app.lifetime() / 2)
            && same(&session.random, &random_hash(key.as_bytes()));
        good.then_some(Opened { session, key })
    }

    fn key_random(&self, session: Id) -> [u8; 12] {
        let derived = self.secrets.derive("session key", &[&session.0.to_be_bytes()]);
        let mut random = [0; 12];
        random.copy_from_slice(&derived[..12]);
        random
    }
}

impl Graph {
    async fn session_of_browser(&self, browser: Id, app: Id) -> Result<Option<Session>> {
        let found = self.get(&[Key::Assoc { from: browser, kind: kinds::APP_SESSION, to: app }]).await?;
        let Some(Found::Assoc(Some(note))) = found.first() else { return Ok(None) };
        let Some(id) = std::str::from_utf8(&note.data).ok().and_then(|id| id.parse().ok()) else { return Ok(None) };
        let session = self.object(Id(id), kinds::SESSION).await?;
        session.as_ref().map(read_session).transpose()
    }
}
