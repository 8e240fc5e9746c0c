//! The order of checks, walked through the whole road: what wins over what. Beside the registry, because it takes methods to see it.

use crate::tests::world::{ANN, By, World, text};
use reconnect_core::Settings;
use reconnect_core::context::Host;
use reconnect_core::model::Application;
use reconnect_wire::Args;
use reconnect_wire::token::AccessToken;

fn args(pairs: &[(&str, &str)]) -> Args {
    let mut args = Args::new();
    for (name, value) in pairs {
        args.set(name.as_bytes(), value.as_bytes());
    }
    args
}

async fn code(world: &World, pairs: &[(&str, &str)]) -> u64 {
    let mut pairs = pairs.to_vec();
    pairs.push(("format", "json"));
    let answer = text(&world.send(args(&pairs), Host::Api).await);
    serde_json::from_str::<serde_json::Value>(&answer).unwrap()["error_code"].as_u64().unwrap_or(0)
}

fn user_token(world: &World, app: &Application, key: &str) -> String {
    let mac = world.services.secrets.access_token_mac(app.id, key);
    AccessToken::User { app_id: app.id.0, session_key: key.to_owned(), mac }.to_string()
}

#[tokio::test]
async fn the_first_check_that_fails_is_the_answer() {
    let world = World::new().await;
    let key = ("api_key", world.web.api_key.as_str());
    let (bad_key, bad_session, bad_sig) = (("api_key", "0"), ("session_key", "nonsense"), ("sig", "0"));
    let (method, unknown) = (("method", "users.getLoggedInUser"), ("method", "users.getEverything"));
    assert_eq!(code(&world, &[]).await, 101);
    assert_eq!(code(&world, &[bad_key, bad_session, bad_sig, unknown]).await, 101, "a bad key wins over everything");
    assert_eq!(
        code(&world, &[key, ("ss", "1"), bad_sig]).await,
        102,
        "ss without a session, before the missing method"
    );
    assert_eq!(code(&world, &[key, bad_session, bad_sig]).await, 3, "no method at all");
    assert_eq!(code(&world, &[key, method, bad_sig]).await, 102, "no session where one is needed");
    assert_eq!(
        code(&world, &[key, unknown, bad_session, bad_sig]).await,
        102,
        "a bad session wins over an unknown method"
    );
    assert_eq!(code(&world, &[key, unknown, bad_sig]).await, 104, "a bad signature wins over an unknown method");
    assert_eq!(code(&world, &[key, unknown]).await, 104, "and so does a missing one");
    assert_eq!(world.code(By::App(&world.web), "users.getEverything", &[]).await, 3);
    assert_eq!(world.code(By::App(&world.web), "", &[]).await, 3);
}

#[tokio::test]
async fn a_signature_in_upper_case_is_wrong() {
    let world = World::new().await;
    let mut signed = world.sign(By::App(&world.web), "auth.createToken", &[("format", "json")]);
    let sig = String::from_utf8(signed.get("sig").unwrap().to_vec()).unwrap();
    signed.set(b"sig", sig.to_uppercase().as_bytes());
    let answer = text(&world.send(signed, Host::Api).await);
    assert!(answer.contains("\"error_code\":104"), "{answer}");
}

#[tokio::test]
async fn names_are_found_in_any_case_and_echoed_as_sent() {
    let world = World::new().await;
    for name in ["Facebook.AUTH.createtoken", "auth.CREATETOKEN", "facebook.auth.createToken"] {
        let xml = world.call(By::App(&world.web), name, &[]).await;
        let root = name.trim_start_matches("Facebook.").trim_start_matches("facebook.").replace('.', "_");
        assert!(xml.contains(&format!("<{root}_response ")), "{xml}");
    }
}

#[tokio::test]
async fn only_listed_addresses_may_call_for_a_web_application() {
    for (list, refused) in [("192.0.2.7", false), ("192.0.2.*", false), ("192.0.2.70", true), ("10.*", true)] {
        let world = World::with(|app| app.ip_list = vec![list.to_owned()]).await;
        let answer = world.json(By::App(&world.web), "auth.createToken", &[]).await;
        assert_eq!(answer["error_code"] == 5, refused, "{list}: {answer}");
        if refused {
            assert_eq!(answer["error_msg"], "Unauthorized source IP address (ip was: 192.0.2.7)");
        }
    }
}

#[tokio::test]
async fn no_application_calls_on_behalf_of_another() {
    let world = World::new().await;
    for (key, expected) in [(&world.desktop.api_key, 10), (&world.web.api_key, 0), (&String::new(), 0)] {
        let args = [("call_as_apikey", key.as_str())];
        assert_eq!(world.code(By::App(&world.web), "auth.createToken", &args).await, expected);
    }
}

#[tokio::test]
async fn a_disabled_application_is_error_101() {
    let world = World::with(|app| app.disabled = true).await;
    assert_eq!(world.code(By::App(&world.web), "auth.createToken", &[]).await, 101);
}

#[tokio::test]
async fn call_ids_must_grow_where_the_application_asks_for_it() {
    let world = World::with(|app| app.strict_call_id = true).await;
    let opened = world.session(&world.web).await;
    let call = async |id: &str| {
        let args = [("session_key", opened.key.as_str()), ("call_id", id)];
        world.code(By::App(&world.web), "users.getLoggedInUser", &args).await
    };
    for (id, expected) in [("10.5", 0), ("10.5", 103), ("9", 103), ("11", 0), ("11", 0), ("x", 103), ("", 103)] {
        assert_eq!(call(id).await, expected, "{id}");
    }
    // Without a session there is nothing to compare with.
    assert_eq!(world.code(By::App(&world.web), "auth.createToken", &[]).await, 0);
}

#[tokio::test]
async fn a_bad_signature_burns_no_call_id() {
    let world = World::with(|app| app.strict_call_id = true).await;
    let opened = world.session(&world.web).await;
    let session = ("session_key", opened.key.as_str());
    let key = ("api_key", world.web.api_key.as_str());
    let forged = [key, session, ("method", "users.getLoggedInUser"), ("call_id", "999"), ("sig", "0")];
    assert_eq!(code(&world, &forged).await, 104);
    let args = [session, ("call_id", "1")];
    assert_eq!(world.code(By::App(&world.web), "users.getLoggedInUser", &args).await, 0);
}

#[tokio::test]
async fn the_finer_session_errors_are_answered_on_request() {
    let world = World::with(|app| app.fine_session_errors = true).await;
    let by = By::App(&world.web);
    let opened = world.session(&world.web).await;
    let session = [("session_key", opened.key.as_str())];
    assert_eq!(world.code(by, "users.getLoggedInUser", &[]).await, 453);
    assert_eq!(world.code(by, "users.getLoggedInUser", &[("session_key", "nonsense")]).await, 452);
    assert_eq!(world.code(by, "users.getLoggedInUser", &[("ss", "1")]).await, 454);
    world.clock.advance(48 * 3_600_000);
    assert_eq!(world.code(by, "users.getLoggedInUser", &session).await, 450);
}

#[tokio::test]
async fn the_read_only_host_refuses_writes_but_serves_get_session() {
    let world = World::new().await;
    let on_read_host = async |method: &str| {
        let args = world.sign(By::App(&world.web), method, &[("format", "json")]);
        text(&world.send(args, Host::Read).await)
    };
    assert!(on_read_host("auth.createToken").await.contains("\"error_code\":16"));
    assert!(on_read_host("auth.getSession").await.contains("auth_token is missing"));
}

#[tokio::test]
async fn an_access_token_stands_for_its_session_and_dies_with_it() {
    let world = World::new().await;
    let opened = world.session(&world.web).await;
    let token = user_token(&world, &world.web, &opened.key);
    let (method, token) = (("method", "users.getLoggedInUser"), ("access_token", token.as_str()));
    let answer = text(&world.send(args(&[method, token, ("format", "json")]), Host::Api).await);
    assert_eq!(answer, ANN.to_string());
    assert_eq!(code(&world, &[("method", "auth.promoteSession"), token]).await, 15);
    assert_eq!(code(&world, &[("method", "auth.createToken"), token]).await, 15);
    assert_eq!(code(&world, &[("method", "auth.expireSession"), token]).await, 0);
    assert_eq!(code(&world, &[method, token]).await, 190);
}

#[tokio::test]
async fn a_token_in_the_clear_is_error_8_unless_the_owner_allows_it() {
    let world = World::under(Settings::default(), |_| ()).await;
    let opened = world.session(&world.web).await;
    let token = user_token(&world, &world.web, &opened.key);
    assert_eq!(code(&world, &[("method", "users.getLoggedInUser"), ("access_token", &token)]).await, 8);
}

#[tokio::test]
async fn nothing_in_the_store_could_be_sent_as_a_key_a_token_or_a_secret() {
    let world = World::new().await;
    let plan = world.plan(&world.web, ANN, false).await;
    let graph = &world.services.graph;
    let (session, infinite) = (world.session(&world.web).await, world.infinite_session(&world.desktop).await);
    let login = graph.login(ANN).await.unwrap().unwrap();
    let person = graph.person(ANN).await.unwrap().unwrap();
    let (_, cookie) = graph.log_in(&person, login.epoch, None).await.unwrap();
    let texts = [
        session.key.clone(),
        infinite.key.clone(),
        world.services.secrets.session_secret(session.session.id, false),
        world.services.secrets.session_secret(infinite.session.id, true),
        graph.create_token(&world.web).await.unwrap(),
        graph.create_bound_token(&world.web, &plan).await.unwrap(),
        graph.create_code(&world.web, &plan).await.unwrap(),
        cookie,
    ];
    let stored = format!("{:?}", graph.store().scan(None, 10_000).await.unwrap().records);
    // Data is printed as a list of numbers: so is what is looked for, any twelve letters in a row of it.
    let printed = |bytes: &[u8]| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    for text in texts {
        for part in text.as_bytes().windows(text.len().min(12)) {
            assert!(!stored.contains(&printed(part)), "{text} is in the store");
        }
        assert!(!stored.contains(&text), "{text} is in the store");
    }
    assert!(stored.contains(&printed(b"ann@example.com")), "what is there is found");
}

#[tokio::test]
async fn whatever_is_wrong_with_a_token_is_error_190() {
    let world = World::new().await;
    let opened = world.session(&world.web).await;
    let good = user_token(&world, &world.web, &opened.key);
    let foreign = user_token(&world, &world.desktop, &opened.key);
    let forged = format!("{}{}.", &good[..good.len() - 28], "A".repeat(27));
    let other_app = good.replacen(&world.web.id.to_string(), &world.desktop.id.to_string(), 1);
    let app_token = format!("{}|0", world.web.id);
    for token in [foreign.as_str(), &forged, &other_app, &app_token, "x", "1|2|3", "|", "AAAC", "77|secret"] {
        assert_eq!(code(&world, &[("method", "users.getLoggedInUser"), ("access_token", token)]).await, 190, "{token}");
    }
}

#[tokio::test]
async fn an_applications_own_token_is_as_good_as_its_signature() {
    let world = World::new().await;
    let derived = world.services.secrets.app_token(world.web.id, &world.web.secret);
    for rest in [world.web.secret.as_str(), &derived] {
        let token = format!("{}|{rest}", world.web.id);
        let token = ("access_token", token.as_str());
        assert_eq!(code(&world, &[("method", "users.isAppUser"), ("uid", "1240077"), token]).await, 0);
        assert_eq!(code(&world, &[("method", "users.getLoggedInUser"), token]).await, 102);
    }
}

#[tokio::test]
async fn secrets_are_not_echoed() {
    let world = World::new().await;
    let answer = text(
        &world.send(args(&[("access_token", "s3cr3t-token"), ("method", "x"), ("password", "pw-1")]), Host::Api).await,
    );
    assert!(answer.contains("<key>method</key>") && !answer.contains("s3cr3t") && !answer.contains("pw-1"), "{answer}");
}
