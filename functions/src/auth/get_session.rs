//! auth.getSession: trades an auth token for a session key.
//!
//! Error 100 means "nobody has logged in yet": the PHP client swallows exactly this code, and a desktop program polls until it is
//! gone. So asking too early must not use the token up; only success does.

use reconnect_core::address::cookie_domain;
use reconnect_core::context::SiteCookie;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::model::State;
use reconnect_core::throttle::Limit;
use reconnect_core::{Access, Context, Error, Method, Result};
use reconnect_wire::token::AccessToken;
use reconnect_wire::{Args as Fields, cookies};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
            base_domain: args.host_url.and_then(|page| cookie_domain(app, &page)),
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

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, BEGINNING, By, World, text};
    use reconnect_core::context::Host;
    use reconnect_core::permission::Permissions;

    async fn bound(world: &World, app: &reconnect_core::model::Application, infinite: bool) -> String {
        let plan = world.plan(app, ANN, infinite).await;
        world.services.graph.create_bound_token(app, &plan).await.unwrap()
    }

    #[tokio::test]
    async fn a_bound_token_becomes_a_session_once() {
        let world = World::new().await;
        let token = bound(&world, &world.web, false).await;
        let args = [("auth_token", token.as_str())];
        let session = world.json(By::App(&world.web), "auth.getSession", &args).await;
        assert_eq!(session["uid"], ANN.0);
        assert_eq!(session["expires"].as_i64().unwrap() % 3600, 0);
        assert!(session["expires"].as_i64().unwrap() >= BEGINNING + 86_400);
        assert!(session.get("secret").is_none() && session.get("base_domain").is_none());
        assert_eq!(world.code(By::App(&world.web), "auth.getSession", &args).await, 100, "used");
        let key = session["session_key"].as_str().unwrap();
        let me = world.json(By::App(&world.web), "users.getLoggedInUser", &[("session_key", key)]).await;
        assert_eq!(me, ANN.0);
    }

    #[tokio::test]
    async fn of_many_rivals_one_gets_the_session() {
        let world = World::new().await;
        let token = bound(&world, &world.web, false).await;
        let args = [("auth_token", token.as_str())];
        let calls = (0..32).map(|_| world.code(By::App(&world.web), "auth.getSession", &args));
        let codes: Vec<u64> = futures_util::future::join_all(calls).await;
        assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == 100).count(), 31, "{codes:?}");
    }

    #[tokio::test]
    async fn asking_before_anybody_logged_in_is_error_100_and_uses_nothing_up() {
        let world = World::new().await;
        let by = By::App(&world.desktop);
        let token = world.json(by, "auth.createToken", &[]).await.as_str().unwrap().to_owned();
        let args = [("auth_token", token.as_str())];
        assert_eq!(world.code(by, "auth.getSession", &args).await, 100);
        let pending = world.services.graph.token(world.desktop.id, &token).await.unwrap().unwrap();
        let plan = world.plan(&world.desktop, ANN, false).await;
        assert!(world.services.graph.bind_token(&world.desktop, &pending, &plan).await.unwrap());
        let session = world.json(by, "auth.getSession", &args).await;
        assert!(session["secret"].as_str().unwrap().ends_with("__"), "a desktop session has a secret: {session}");
    }

    #[tokio::test]
    async fn foreign_guessed_expired_and_missing_tokens_are_error_100() {
        let world = World::new().await;
        let token = bound(&world, &world.web, false).await;
        let by = By::App(&world.web);
        assert_eq!(world.code(By::App(&world.desktop), "auth.getSession", &[("auth_token", &token)]).await, 100);
        let guessed = format!("{}{}", &token[..12], "0".repeat(20));
        assert_eq!(world.code(by, "auth.getSession", &[("auth_token", &guessed)]).await, 100);
        for wrong in ["", "x", "c0ffee", &"f".repeat(32), &"0".repeat(4096)] {
            assert_eq!(world.code(by, "auth.getSession", &[("auth_token", wrong)]).await, 100, "{wrong}");
        }
        assert_eq!(world.code(by, "auth.getSession", &[]).await, 100);
        world.clock.advance(3_600_000);
        assert_eq!(world.code(by, "auth.getSession", &[("auth_token", &token)]).await, 100, "expired");
    }

    #[tokio::test]
    async fn a_guess_does_not_burn_a_strangers_token() {
        let world = World::new().await;
        let token = bound(&world, &world.web, false).await;
        let guessed = format!("{}{}", &token[..12], "0".repeat(20));
        assert_eq!(world.code(By::App(&world.web), "auth.getSession", &[("auth_token", &guessed)]).await, 100);
        assert_eq!(world.code(By::App(&world.web), "auth.getSession", &[("auth_token", &token)]).await, 0);
    }

    #[tokio::test]
    async fn a_session_secret_is_made_when_asked_for_but_not_for_an_infinite_session() {
        let world = World::new().await;
        let by = By::App(&world.web);
        let token = bound(&world, &world.web, false).await;
        let args = [("auth_token", token.as_str()), ("generate_session_secret", "1")];
        let session = world.json(by, "auth.getSession", &args).await;
        let (key, secret) = (session["session_key"].as_str().unwrap(), session["secret"].as_str().unwrap());
        let args = [("session_key", key), ("ss", "1")];
        assert_eq!(world.json(By::Session(&world.web, secret), "users.getLoggedInUser", &args).await, ANN.0);

        let (offline, _) = Permissions::parse("offline_access");
        world.services.graph.authorize(ANN, world.web.id, &offline).await.unwrap();
        let token = bound(&world, &world.web, true).await;
        let args = [("auth_token", token.as_str()), ("generate_session_secret", "1")];
        let session = world.json(by, "auth.getSession", &args).await;
        assert_eq!((session["expires"].as_i64(), session.get("secret")), (Some(0), None));
        let key = session["session_key"].as_str().unwrap();
        assert_eq!(key.find('-'), Some(24), "{key}");
        assert_eq!(world.json(by, "users.getLoggedInUser", &[("session_key", key)]).await, ANN.0);
    }

    #[tokio::test]
    async fn host_url_in_the_base_domain_brings_the_domain_and_the_cookies() {
        let world = World::new().await;
        let token = bound(&world, &world.web, false).await;
        let args = [("auth_token", token.as_str()), ("host_url", "http://www.app.example/x"), ("format", "JSON")];
        let performed = world.send(world.sign(By::App(&world.web), "auth.getSession", &args), Host::Read).await;
        assert!(text(&performed).contains(r#""base_domain":"app.example""#), "{}", text(&performed));
        let names: Vec<&str> =
            performed.cookies.iter().map(|c| c.name.trim_start_matches(&*world.web.api_key)).collect();
        let base_domain = format!("base_domain_{}", world.web.api_key);
        assert_eq!(names, ["_user", "_session_key", "_expires", "", &base_domain]);
        for (host_url, domain) in [("http://evilapp.example/", None), ("http://app.example/", Some("app.example"))] {
            let token = bound(&world, &world.web, false).await;
            let args = [("auth_token", token.as_str()), ("host_url", host_url)];
            let session = world.json(By::App(&world.web), "auth.getSession", &args).await;
            assert_eq!(session.get("base_domain").and_then(|d| d.as_str()), domain, "{host_url}");
        }
    }

    #[tokio::test]
    async fn a_code_of_code_gen_is_good_for_one_infinite_session() {
        let world = World::new().await;
        let plan = world.plan(&world.web, ANN, true).await;
        let code = world.services.graph.create_code(&world.web, &plan).await.unwrap();
        assert_eq!(
            world.code(By::App(&world.desktop), "auth.getSession", &[("auth_token", &code)]).await,
            100,
            "foreign"
        );
        let session = world.json(By::App(&world.web), "auth.getSession", &[("auth_token", &code)]).await;
        assert_eq!(session["expires"], 0);
        assert_eq!(world.code(By::App(&world.web), "auth.getSession", &[("auth_token", &code)]).await, 100, "used");
    }

    #[tokio::test]
    async fn codes_cannot_be_tried_without_end() {
        let world = World::new().await;
        let plan = world.plan(&world.web, ANN, true).await;
        let code = world.services.graph.create_code(&world.web, &plan).await.unwrap();
        for _ in 0..reconnect_core::throttle::CODE_TRIES_PER_APPLICATION {
            assert_eq!(world.code(By::App(&world.web), "auth.getSession", &[("auth_token", "AAAAAA")]).await, 100);
        }
        let answer = world.json(By::App(&world.web), "auth.getSession", &[("auth_token", &code)]).await;
        assert!(answer["error_msg"].as_str().unwrap().contains("too many codes"), "{answer}");
    }
}
