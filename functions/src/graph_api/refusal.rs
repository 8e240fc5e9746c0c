//! Errors as the Graph form told them: `{"error":{"message":"…","type":"OAuthException","code":190}}`.

use http::StatusCode;
use reconnect_core::Error;
use reconnect_core::context::Services;
use reconnect_core::secrets::same;
use reconnect_store::Id;
use reconnect_wire::token::{AccessToken, SessionKey};
use reconnect_wire::{ApiError, Code};
use serde::Serialize;

/// Type of what is wrong with who asks.
const OAUTH: &str = "OAuthException";
/// Type of what is wrong with what is asked for.
const METHOD: &str = "GraphMethodException";
/// The code of what needs a person's token.
const NEEDS_USER: u16 = 2500;

/// Why there is no other answer.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Refusal {
    error: Told,
    #[serde(skip)]
    ours: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Told {
    message: String,
    r#type: &'static str,
    code: u16,
}

impl Refusal {
    fn new(r#type: &'static str, code: u16, message: impl Into<String>) -> Refusal {
        Refusal { error: Told { message: message.into(), r#type, code }, ours: false }
    }

    /// `/me` without a person's token.
    pub(super) fn nobody() -> Refusal {
        let message = "An active access token must be used to query information about the current user.";
        Refusal::new(OAUTH, NEEDS_USER, message)
    }

    /// Nobody has this id, or it is nobody's business.
    pub(super) fn unsupported(method: &str) -> Refusal {
        // Only words of ours are repeated.
        let known = ["get", "post", "put", "delete"].into_iter().find(|known| known.eq_ignore_ascii_case(method));
        Refusal::new(METHOD, 100, format!("Unsupported {} request.", known.unwrap_or("method in this")))
    }

    /// An edge that is not here.
    pub(super) fn unknown_path(rest: &str) -> Refusal {
        Refusal::new(OAUTH, NEEDS_USER, format!("Unknown path components: /{rest}"))
    }

    /// What only a person's own token opens.
    pub(super) fn needs_their_token(has_token: bool) -> Refusal {
        match has_token {
            true => Refusal::new(OAUTH, 102, "A user access token is required to request this resource."),
            false => Refusal::new(OAUTH, 104, "An access token is required to request this resource."),
        }
    }

    /// Somebody else's friends.
    pub(super) fn others_friends(of: Id, viewer: Id) -> Refusal {
        let message = format!("(#604) Can't lookup all friends of {of}; only for the logged in user ({viewer})");
        Refusal::new(OAUTH, 604, message)
    }

    /// A token that is not taken. One that was good once says why it is not any more: whoever holds it knows whose it was.
    pub(super) async fn of_token(services: &Services, token: &[u8], error: Error) -> Refusal {
        let Error::Api(ApiError { code: Code::ParamAccessToken, .. }) = error else { return error.into() };
        let code = Code::ParamAccessToken.number();
        let text = std::str::from_utf8(token).ok().and_then(|text| text.parse().ok());
        let Some(AccessToken::User { app_id, session_key, mac }) = text else {
            return Refusal::new(OAUTH, code, "Invalid OAuth access token.");
        };
        if !same(&mac, &services.secrets.access_token_mac(Id(app_id), &session_key)) {
            return Refusal::new(OAUTH, code, "Invalid OAuth access token signature.");
        }
        match why_ended(services, Id(app_id), &session_key).await {
            Ok(why) => Refusal::new(OAUTH, code, format!("Error validating access token: {why}")),
            Err(error) => error.into(),
        }
    }

    /// With which status it is answered.
    pub(super) fn status(&self) -> StatusCode {
        if self.ours { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST }
    }

    /// Whether another token would help.
    pub(super) fn is_about_a_token(&self) -> bool {
        self.error.code == Code::ParamAccessToken.number()
    }
}

/// Why a session of ours is dead.
async fn why_ended(services: &Services, app: Id, session_key: &str) -> reconnect_core::Result<String> {
    let now = services.graph.now().secs().unsigned_abs();
    let Ok(key) = session_key.parse::<SessionKey>() else { return Ok("It is malformed.".to_owned()) };
    if let SessionKey::Expiring { expiry, .. } = key
        && expiry <= now
    {
        return Ok(format!("Session has expired at unix time {expiry}. The current unix time is {now}."));
    }
    let person = Id(key.uid());
    Ok(match services.graph.grant(person, app).await? {
        Some(_) => "The session has ended, because the user logged out or changed the password.".to_owned(),
        None => format!("User {person} has not authorized application {app}."),
    })
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Refusal {
        Refusal::new(OAUTH, error.code.number(), error.text())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        if error.is_ours() {
            tracing::error!(target: "reconnect", %error, "a request in the Graph form could not be answered");
        }
        Refusal { ours: error.is_ours(), ..Refusal::from(error.on_the_wire()) }
    }
}
