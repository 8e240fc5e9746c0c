//! The answer to "who is there", for an application that asks from one of its own pages.

use crate::handover::{self, Handover};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use reconnect_core::address::{Refused, cookie_domain, owns_origin};
use reconnect_core::browser::LoggedIn;
use reconnect_core::context::Services;
use reconnect_core::model::{Application, Grant};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What said who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// A cookie that flows as of old.
    Cookie,
    /// A cookie kept for this pair of sites.
    Partitioned,
    /// The token that the application's pages keep.
    Kept,
    /// The browser itself.
    Fedcm,
    /// Nothing.
    None,
}

impl Road {
    /// As the SDK is told.
    pub(super) fn name(self) -> &'static str {
        match self {
            Road::Cookie => "cookie",
            Road::Partitioned => "partitioned",
            Road::Kept => "kept",
            Road::Fedcm => "fedcm",
            Road::None => "none",
        }
    }
}

/// What the page wants beside the token.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wants {
    signed_request: bool,
    session: bool,
    connect: bool,
}

impl Wants {
    /// Reads the argument `wants`.
    pub(super) fn read(list: &str) -> Wants {
        let has = |name| list.split(',').any(|word| word.trim() == name);
        Wants { signed_request: has("signed_request"), session: has("session"), connect: has("connect") }
    }

    /// What the SDK of the OAuth era wants.
    pub(super) const OAUTH: Wants = Wants { signed_request: true, session: false, connect: false };
}

/// A refusal, in the form of the Graph: it says nothing about anybody.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: u16,
    message: String,
}

impl Refusal {
    fn bad(code: u16, message: impl Into<String>) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// Our own trouble. What it is stands in the log.
    pub(super) fn unavailable() -> Refusal {
        let message = "Something on our side did not work; please try again in a moment.".to_owned();
        Refusal { status: StatusCode::SERVICE_UNAVAILABLE, code: 2, message }
    }

    /// The person whom the browser names is not logged in here.
    pub(super) fn nobody() -> Refusal {
        Refusal::bad(190, "The person whom the browser names is not logged in here.")
    }

    /// The same as JSON.
    pub(super) fn json(&self) -> Value {
        json!({ "error": { "message": self.message, "type": "OAuthException", "code": self.code } })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, axum::Json(self.json())).into_response()
    }
}

impl From<reconnect_core::Error> for Refusal {
    fn from(error: reconnect_core::Error) -> Refusal {
        tracing::error!(target: "reconnect", %error, "a login status could not be told");
        Refusal::unavailable()
    }
}

/// An application that asks from one of its own pages.
pub(super) struct Asker<'a> {
    services: &'a Services,
    /// Which.
    pub(super) app: Arc<Application>,
    /// From where.
    pub(super) origin: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthResponse {
    access_token: String,
    #[serde(rename = "userID")]
    user_id: String,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_request: Option<String>,
}

impl<'a> Asker<'a> {
    /// Judges who asks.
    pub(super) async fn of(services: &'a Services, key: Option<&str>, origin: &str) -> Result<Asker<'a>, Refusal> {
        let key =
            key.ok_or_else(|| Refusal::bad(101, "The argument client_id is missing: it names the application."))?;
        let app = match services.apps.find(&services.graph, key).await? {
            Some(app) if app.disabled => {
                return Err(Refusal::bad(101, format!("The application {} is switched off.", app.name)));
            }
            Some(app) => app,
            None => return Err(Refusal::bad(101, format!("No application of this server has the id or key {key:?}."))),
        };
        owns_origin(&app, origin).map_err(|refused| Refusal::bad(191, foreign(&app, origin, &refused)))?;
        Ok(Asker { services, app, origin: origin.to_owned() })
    }

    /// By which the same page may ask again.
    pub(super) fn kept_token(&self, login: &LoggedIn) -> String {
        self.services.kept_token(login, &self.app, &self.origin)
    }

    /// What the application may know of somebody who is logged in.
    pub(super) async fn answer(&self, login: &LoggedIn, road: Road, wants: &Wants) -> Result<Value, Refusal> {
        let mut answer = Map::new();
        let grant = self.services.graph.grant(login.person.id, self.app.id).await?;
        let status = if grant.is_some() { "connected" } else { "not_authorized" };
        answer.insert("status".to_owned(), status.into());
        answer.insert("road".to_owned(), road.name().into());
        answer.insert("token".to_owned(), self.kept_token(login).into());
        if let Some(grant) = &grant {
            self.connected(&mut answer, login, grant, wants).await?;
        }
        Ok(Value::Object(answer))
    }

    async fn connected(
        &self,
        answer: &mut Map<String, Value>,
        login: &LoggedIn,
        grant: &Grant,
        wants: &Wants,
    ) -> Result<(), Refusal> {
        let handover = Handover::open(self.services, &self.app, &handover::plan(login, grant)).await?;
        let auth = AuthResponse {
            access_token: handover.access_token(),
            user_id: handover.user_id(),
            expires_in: handover.expires_in(),
            signed_request: if wants.signed_request { Some(handover.signed_request()?) } else { None },
        };
        answer.insert("authResponse".to_owned(), json!(auth));
        let base_domain = cookie_domain(&self.app, &self.origin);
        if wants.session {
            let text = handover.session_json(true, base_domain.clone())?;
            answer.insert("session".to_owned(), serde_json::from_str(&text).unwrap_or_default());
            answer.insert("perms".to_owned(), grant.permissions.to_list().into());
        }
        if wants.connect {
            let cookies = handover.connect_cookies();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let pairs: Map<String, Value> =
                cookies.iter().map(|(name, value)| (text(name), text(value).into())).collect();
            answer.insert("connect".to_owned(), Value::Object(pairs));
        }
        answer.extend(base_domain.map(|domain| ("base_domain".to_owned(), domain.into())));
        Ok(())
    }
}

/// Why a page is not told, and which setting would change that.
fn foreign(app: &Application, origin: &str, refused: &Refused) -> String {
    if origin.is_empty() {
        return "The request has no Origin header: only a page of the application may ask, in a browser.".to_owned();
    }
    format!(
        "{refused}. If it is a page of {name}, the owner of the server allows it: reconnect app edit {key} --connect-url {origin}/ \
         (or --callback-url, or --base-domain)",
        name = app.name,
        key = app.api_key,
    )
}
