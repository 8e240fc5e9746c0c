//! What an application is handed of a visitor who is logged in and has authorised it: a session, and the forms in which the several ages
//! of clients want it.

use reconnect_core::browser::LoggedIn;
use reconnect_core::context::Services;
use reconnect_core::error::{Error, Result};
use reconnect_core::model::{Application, Grant};
use reconnect_core::session::{Opened, Plan};
use reconnect_wire::cookies::{self, SessionObject};
use reconnect_wire::token::AccessToken;
use reconnect_wire::{Args, signed_request};
use serde::Serialize;

/// A session in an application's hands.
pub(crate) struct Handover<'a> {
    services: &'a Services,
    app: &'a Application,
    opened: Opened,
}

/// What a session for a visitor in their browser is to be.
pub(crate) fn plan(login: &LoggedIn, grant: &Grant) -> Plan {
    Plan {
        person: login.person.id,
        granted_epoch: grant.epoch,
        login_epoch: login.browser.login_epoch,
        infinite: grant.permissions.allow("offline_access"),
        // Who gets the session through a browser has no application secret to sign with.
        secret: true,
        browser: Some(login.browser.id),
    }
}

/// The payload that the JavaScript SDK keeps in `fbsr_APPID`. Members in the order of the alphabet, as all published samples have them.
#[derive(Serialize)]
struct CookiePayload {
    algorithm: &'static str,
    code: String,
    issued_at: i64,
    user_id: String,
}

impl<'a> Handover<'a> {
    /// The session of an application's pages in a visitor's browser.
    pub(crate) async fn open(services: &'a Services, app: &'a Application, plan: &Plan) -> Result<Handover<'a>> {
        let opened = services.session_in_browser(app, plan).await?;
        Ok(Handover::of(services, app, opened))
    }

    /// Of a session that is open.
    pub(crate) fn of(services: &'a Services, app: &'a Application, opened: Opened) -> Handover<'a> {
        Handover { services, app, opened }
    }

    /// The session, with its key.
    pub(crate) fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The OAuth 2.0 token that stands for it.
    pub(crate) fn access_token(&self) -> String {
        let session_key = self.opened.key.clone();
        let mac = self.services.secrets.access_token_mac(self.app.id, &session_key);
        AccessToken::User { app_id: self.app.id.0, session_key, mac }.to_string()
    }

    /// Seconds that are left of it; 0 for a session without end.
    pub(crate) fn expires_in(&self) -> i64 {
        match self.opened.session.expires {
            0 => 0,
            expires => (expires - self.services.graph.now().secs()).max(1),
        }
    }

    /// The person, as text.
    pub(crate) fn user_id(&self) -> String {
        self.opened.session.person.unwrap_or_default().to_string()
    }

    /// The session secret, when the session has one.
    pub(crate) fn secret(&self) -> Option<String> {
        let session = &self.opened.session;
        session.secret.then(|| self.services.secrets.session_secret(session.id, session.infinite()))
    }

    /// The `signed_request` of the JavaScript SDK, with a code that the application's server may trade.
    pub(crate) fn signed_request(&self) -> Result<String> {
        let payload = CookiePayload {
            algorithm: signed_request::ALGORITHM,
            code: self.services.code_of(&self.opened.session),
            issued_at: self.services.graph.now().secs(),
            user_id: self.user_id(),
        };
        signed_request::make(&payload, self.app.secret.as_bytes()).map_err(unwritable)
    }

    /// The signed session object; that of version 3 has an access token.
    pub(crate) fn session_json(&self, with_access_token: bool, base_domain: Option<String>) -> Result<String> {
        let session = &self.opened.session;
        let object = SessionObject {
            access_token: with_access_token.then(|| self.access_token()),
            base_domain,
            expires: session.expires.unsigned_abs(),
            secret: self.secret(),
            session_key: self.opened.key.clone(),
            uid: session.person.map_or(0, |person| person.0),
        };
        object.to_json(self.app.secret.as_bytes()).map_err(unwritable)
    }

    /// The Connect cookies of the first JavaScript library, signed.
    pub(crate) fn connect_cookies(&self) -> Args {
        let session = &self.opened.session;
        let mut fields = Args::new();
        fields.set(b"user", self.user_id().as_bytes());
        fields.set(b"session_key", self.opened.key.as_bytes());
        fields.set(b"expires", session.expires.to_string().as_bytes());
        if let Some(secret) = self.secret() {
            fields.set(b"ss", secret.as_bytes());
        }
        cookies::connect(&self.app.api_key, &fields, self.app.secret.as_bytes())
    }
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::Internal(format!("a session could not be written: {error}"))
}
