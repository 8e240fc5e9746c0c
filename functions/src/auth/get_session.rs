//! auth.getSession: trades an auth token for a session key.
//!
//! Error 100 means "nobody has logged in yet": the PHP client swallows exactly this code, and a desktop program polls until it is
//! gone. So asking too early must not use the token up; only success does.

use reconnect_core::context::SiteCookie;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::model::{Application, State};
use reconnect_core::throttle::Limit;
use reconnect_core::{Access, Context, Error, Method, Result};
use reconnect_wire::token::AccessToken;
use reconnect_wire::{Args as Fields, cookies};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

pub(crate) struct GetSession;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The token of auth.createToken, the one that login.php appended to the callback URL, or the code of code_gen.php.
    auth_token: String,
    /// Also make a session secret, for code in the person's hands. Ignored for a session that never expires.
    #[serde(default)]
    generate_session_secret: bool,
    /// Address of the page being built: says which domain the site's cookies are for.
    host_url: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename = "session_info")]
pub(crate) struct Session {
    /// Key of the session, for all later calls.
    session_key: String,
    /// The person.
    uid: u64,
    /// When the session ends, in seconds since 1970; 0 never.
    expires: i64,
    /// Session secret: always for a desktop application, else only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Domain of the site's cookies, without leading dot; when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    base_domain: Option<String>,
    /// OAuth 2.0 token of the same session.
    access_token: String,
}

impl Method for GetSession {
    const NAME: &'static str = "auth.getSession";
    const SUMMARY: &'static str = "Trades an auth token for a session key.";
    // PHP SDK 2 and 3 send it to the read-only host.
    const ACCESS: Access = Access::app_secret().writes().on_read_host();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = Session;

    async fn call(cx: &Context, args: Args) -> Result<Session> {
        let app = cx.app();
        let bound = match find_token(cx, &args.auth_token).await? {
            None => return Err(refused("unknown, expired, used or made for another application")),
            Some(token) if token.state != State::Bound => {
                return Err(refused("not bound yet: nobody has logged in with it"));
            }
            Some(token) => token,
        };
        let wants_secret = args.generate_session_secret && !bound.infinite();
        let Some(opened) = cx.graph().redeem(app, &bound, wants_secret).await? else { return Err(refused("used")) };
        let session = &opened.session;
        let uid = session.person.map_or(0, |person| person.0);
        let access_token = AccessToken::User {
            app_id: app.id.0,
            session_key: opened.key.clone(),
            mac: cx.services.secrets.access_token_mac(app.id, &opened.key),
        };
        let answer = Session {
            uid,
            expires: session.expires,
            secret: session.secret.then(|| cx.services.secrets.session_secret(session.id, session.infinite())),
            base_domain: base_domain(app, args.host_url.as_deref()),
            access_token: access_token.to_string(),
            session_key: opened.key,
        };
        set_site_cookies(cx, &answer);
        Ok(answer)
    }
}

fn refused(why: &'static str) -> Error {
    invalid(format!("auth_token is {why}"))
}

/// The token as it is; or, when it has the form of a code of code_gen.php, the token behind the code.
async fn find_token(cx: &Context, text: &str) -> Result<Option<reconnect_core::model::Session>> {
    if !reconnect_core::session::is_code(text) {
        return cx.graph().token(cx.app().id, text).await;
    }
    // Codes are short enough to be guessed, so guesses are counted.
    if !cx.graph().count_try(Limit::codes(cx.app().id)).await? {
        return Err(invalid("auth_token is a code, and too many codes were tried; wait a quarter of an hour"));
    }
    cx.graph().code(cx.app().id, text).await
}

/// The application's base domain, when the page lies in it.
fn base_domain(app: &Application, host_url: Option<&str>) -> Option<String> {
    let domain = app.base_domain.as_deref()?.trim_start_matches('.');
    let host = match host_url {
        Some(url) => Url::parse(url).ok()?.host_str()?.to_owned(),
        None => return None,
    };
    let inside = host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    inside.then(|| domain.to_owned())
}

/// The Connect cookies of the site, when the page's domain is known. A browser takes them only when this server answers under
/// the same domain: there the old PHP class finds its visitor logged in without having set them itself.
fn set_site_cookies(cx: &Context, session: &Session) {
    let (app, Some(domain)) = (cx.app(), &session.base_domain) else { return };
    let mut fields = Fields::new();
    fields.set(b"user", session.uid.to_string().as_bytes());
    fields.set(b"session_key", session.session_key.as_bytes());
    if session.expires != 0 {
        fields.set(b"expires", session.expires.to_string().as_bytes());
    }
    if let Some(secret) = &session.secret {
        fields.set(b"ss", secret.as_bytes());
    }
    let mut signed = cookies::connect(&app.api_key, &fields, app.secret.as_bytes());
    signed.set(format!("base_domain_{}", app.api_key).as_bytes(), domain.as_bytes());
    for (name, value) in signed.iter() {
        cx.set_cookie(SiteCookie {
            name: String::from_utf8_lossy(name).into_owned(),
            value: String::from_utf8_lossy(value).into_owned(),
            domain: domain.clone(),
            expires: session.expires,
        });
    }
}
