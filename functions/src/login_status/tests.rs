//! Who is told what, and who is told nothing.

use crate::pages::tests::{Answer, Browser, PASSWORD, START, World};
use axum::body::Body;
use http::{Request, StatusCode, header};
use reconnect_core::witness::KEPT_LIFETIME;
use reconnect_store::Time;
use reconnect_wire::cookies::{verify_connect, verify_session_json};
use reconnect_wire::signed_request;
use serde_json::Value;
use url::form_urlencoded;

const ORIGIN: &str = "http://game.example";

/// Asks as a page does, from an origin, with further arguments and headers.
async fn ask(browser: &mut Browser, origin: &str, more: &[(&str, &str)], headers: &[(&'static str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(more).finish();
    let mut request =
        Request::post("/x/oauth/status").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if !origin.is_empty() {
        request = request.header(header::ORIGIN, origin);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::from(body)).unwrap()).await
}

impl World {
    async fn status(&self, browser: &mut Browser, more: &[(&str, &str)]) -> Value {
        let id = self.app.id.to_string();
        let args = [&[("client_id", id.as_str())], more].concat();
        let answer = ask(browser, ORIGIN, &args, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert!(answer.header("vary").contains("Origin") && answer.header("cache-control") == "no-store");
        serde_json::from_str(&answer.body).unwrap()
    }
}

#[tokio::test]
async fn each_of_the_three_states_is_told_to_the_applications_own_page() {
    let world = World::new().await;
    let unknown = world.status(&mut world.browser(), &[]).await;
    assert_eq!(unknown, serde_json::json!({"status": "unknown", "road": "none", "cookies": false}));
    let mut browser = world.logged_in(&world.ann).await;
    let told = world.status(&mut browser, &[]).await;
    assert_eq!((&told["status"], &told["road"]), (&"not_authorized".into(), &"cookie".into()));
    assert!(told["authResponse"].is_null() && !told.to_string().contains("Ann"), "{told}");
    world.authorize(&world.ann, "").await;
    let told = world.status(&mut browser, &[("wants", "signed_request")]).await;
    assert_eq!(told["status"], "connected");
    let auth = &told["authResponse"];
    assert_eq!(auth["userID"], world.ann.id.to_string());
    assert!(auth["expiresIn"].as_i64().unwrap() > 80_000);
    let payload = signed_request::verify(auth["signedRequest"].as_str().unwrap(), world.app.secret.as_bytes()).unwrap();
    assert_eq!(payload["user_id"], world.ann.id.to_string());
    let key = auth["accessToken"].as_str().unwrap().split('|').nth(1).unwrap();
    let (session, _) = world.site.services.graph.live_session(world.app.id, key).await.unwrap().unwrap();
    assert_eq!(session.person, Some(world.ann.id));
    assert!(told.get("session").is_none(), "who did not ask for a session gets none of its secrets");
    let again = world.status(&mut browser, &[("wants", "session")]).await;
    assert_eq!(
        (&again["authResponse"]["accessToken"], again["session"]["session_key"].as_str()),
        (&auth["accessToken"], Some(key))
    );
    assert_eq!(session.id, world.site.services.graph.live_session(world.app.id, key).await.unwrap().unwrap().0.id);
}

#[tokio::test]
async fn a_page_of_the_session_era_gets_what_it_verifies() {
    let world = World::with(|app| app.base_domain = Some("game.example".to_owned())).await;
    world.authorize(&world.ann, "email").await;
    let mut browser = world.logged_in(&world.ann).await;
    let told = world.status(&mut browser, &[("wants", "session,connect")]).await;
    let secret = world.app.secret.as_bytes();
    let session = verify_session_json(&told["session"].to_string(), secret).unwrap();
    assert_eq!(session.text("base_domain").unwrap(), Some("game.example"));
    assert_eq!((&told["perms"], &told["base_domain"]), (&"email".into(), &"game.example".into()));
    let cookies = told["connect"].as_object().unwrap();
    let cookies = cookies.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    let fields = verify_connect(&world.app.api_key, &cookies, secret).unwrap();
    assert_eq!(fields.text("session_key").unwrap(), session.text("session_key").unwrap());
    assert_eq!(fields.text("ss").unwrap(), session.text("secret").unwrap());
}

#[tokio::test]
async fn a_page_that_is_not_the_applications_gets_nothing_but_the_name_of_the_setting() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let id = world.app.id.to_string();
    for origin in ["http://evil.example", "http://game.example:81", "https://game.example", "http://here", "null", ""] {
        let answer = ask(&mut browser, origin, &[("client_id", &id), ("wants", "signed_request")], &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{origin}");
        let error: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            (&error["error"]["code"], &error["error"]["type"]),
            (&191.into(), &"OAuthException".into()),
            "{origin}"
        );
        assert!(!answer.body.contains("status") && !answer.body.contains(&world.ann.id.to_string()), "{}", answer.body);
        if origin.starts_with("http") {
            assert!(answer.body.contains(&format!("--connect-url {origin}/")), "{}", answer.body);
        }
        assert!(answer.cookies().is_empty());
    }
    for (key, words) in [("1", "No application"), ("", "client_id is missing")] {
        let answer = ask(&mut browser, ORIGIN, &[("client_id", key)], &[]).await;
        assert!(answer.status == StatusCode::BAD_REQUEST && answer.body.contains(words), "{}", answer.body);
    }
    let graph = &world.site.services.graph;
    graph.edit_application(world.app.id, |app| app.disabled = true).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(5100)).await;
    let answer = ask(&mut browser, ORIGIN, &[("client_id", &id)], &[]).await;
    assert!(answer.body.contains("switched off"), "{}", answer.body);
}

#[tokio::test]
async fn the_kept_token_tells_again_who_is_there_to_this_application_on_this_origin_only() {
    let world = World::with(|app| app.base_domain = Some("game.example".to_owned())).await;
    let other = reconnect_core::model::Application {
        name: "Other".to_owned(),
        callback_url: world.app.callback_url.clone(),
        ..Default::default()
    };
    let other = world.site.services.graph.create_application(other).await.unwrap();
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let token = world.status(&mut browser, &[]).await["token"].as_str().unwrap().to_owned();
    // A browser that sends no cookies.
    let told = world.status(&mut world.browser(), &[("input_token", &token)]).await;
    assert_eq!((&told["status"], &told["road"]), (&"connected".into(), &"kept".into()));
    let elsewhere = [(ORIGIN, other.id), ("http://www.game.example", world.app.id)];
    for (origin, app) in elsewhere {
        let id = app.to_string();
        let answer = ask(&mut world.browser(), origin, &[("client_id", &id), ("input_token", &token)], &[]).await;
        assert!(answer.body.contains("\"unknown\""), "{origin} {app}: {}", answer.body);
    }
    for forged in
        ["", "x", &token.replace('.', ".1"), &token[..32], &format!("{token}0"), &format!("{}.-1", &token[..32])]
    {
        assert_eq!(
            world.status(&mut world.browser(), &[("input_token", forged)]).await["status"],
            "unknown",
            "{forged}"
        );
    }
    // It opens no page and is no session.
    let mut thief = world.browser();
    thief.cookies.insert("xs".to_owned(), token[..32].to_owned());
    thief.cookies.insert("xs_status".to_owned(), token[..32].to_owned());
    assert_eq!(thief.get("/home.php").await.location(), "/login.php");
    assert_eq!(world.status(&mut thief, &[]).await["status"], "unknown");
    world.clock.set(Time::from_secs(START + KEPT_LIFETIME + 1));
    assert_eq!(world.status(&mut world.browser(), &[("input_token", &token)]).await["status"], "unknown", "too old");
}

#[tokio::test]
async fn whatever_ends_the_login_or_the_authorisation_ends_what_the_token_says() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let token = world.status(&mut browser, &[]).await["token"].as_str().unwrap().to_owned();
    let graph = &world.site.services.graph;
    graph.withdraw(world.ann.id, world.app.id, false).await.unwrap();
    let kept = [("input_token", token.as_str())];
    assert_eq!(world.status(&mut world.browser(), &kept).await["status"], "not_authorized");
    // The same person again in the same browser: still the same login.
    let page = browser.get("/login.php?skipcookie=1").await;
    browser.log_in(&page, "ann@example.com", PASSWORD).await;
    assert_eq!(world.status(&mut world.browser(), &kept).await["status"], "not_authorized");
    let page = browser.get("/login.php?skipcookie=1").await;
    browser.log_in(&page, "ben@example.com", PASSWORD).await;
    assert_eq!(world.status(&mut world.browser(), &kept).await["status"], "unknown", "somebody else's browser now");
    let token = world.status(&mut browser, &[]).await["token"].as_str().unwrap().to_owned();
    graph.set_password(world.ben.id, None).await.unwrap();
    assert_eq!(
        world.status(&mut world.browser(), &[("input_token", &token)]).await["status"],
        "unknown",
        "new password"
    );
}

#[tokio::test]
async fn across_sites_the_status_cookie_says_it_and_a_cookie_for_the_pair_of_sites_is_left() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.browser();
    browser.https = true;
    let page = browser.get("/login.php").await;
    browser.log_in(&page, "ann@example.com", PASSWORD).await;
    // The browser sends what says `SameSite=None`, and nothing else.
    browser.cookies.retain(|name, _| name == "xs_status");
    let id = world.app.id.to_string();
    let args = [("client_id", id.as_str())];
    let cross = [("sec-fetch-site", "cross-site")];
    let answer = ask(&mut browser, ORIGIN, &args, &cross).await;
    assert!(answer.body.contains("\"connected\"") && answer.body.contains("\"cookie\""), "{}", answer.body);
    let cookies = answer.cookies();
    let name = format!("xs_kept_{id}");
    assert!(cookies.len() == 1 && cookies[0].starts_with(&name), "{cookies:?}");
    assert!(cookies[0].ends_with("; Path=/x/oauth/; Max-Age=604800; SameSite=None; Secure; HttpOnly; Partitioned"));
    let mut partitioned = world.browser();
    partitioned.https = true;
    partitioned.cookies.insert(name.clone(), browser.cookies[&name].clone());
    let answer = ask(&mut partitioned, ORIGIN, &args, &cross).await;
    assert!(answer.body.contains("\"connected\"") && answer.body.contains("\"partitioned\""), "{}", answer.body);
    let same = ask(&mut browser, ORIGIN, &args, &[("sec-fetch-site", "same-site")]).await;
    assert!(same.cookies().is_empty(), "the old way works there: {:?}", same.cookies());
}

#[tokio::test]
async fn cookies_that_the_browser_holds_back_are_asked_for() {
    let world = World::new().await;
    let id = world.app.id.to_string();
    let args = [("client_id", id.as_str())];
    let activates = |answer: &Answer| answer.header("activate-storage-access").to_owned();
    let inactive = [("sec-fetch-storage-access", "inactive")];
    let answer = ask(&mut world.browser(), ORIGIN, &args, &inactive).await;
    assert_eq!(activates(&answer), "retry; allowed-origin=\"http://game.example\"");
    for state in ["none", "active"] {
        let answer = ask(&mut world.browser(), ORIGIN, &args, &[("sec-fetch-storage-access", state)]).await;
        assert_eq!(activates(&answer), "", "{state}");
    }
    let mut known = world.logged_in(&world.ann).await;
    assert_eq!(activates(&ask(&mut known, ORIGIN, &args, &inactive).await), "", "known already");
    assert_eq!(activates(&ask(&mut world.browser(), "http://evil.example", &args, &inactive).await), "");
}

#[tokio::test]
async fn the_browser_itself_is_told_and_no_script() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let id = world.app.id.to_string();
    let config: Value = serde_json::from_str(&browser.get("/fed_cm/config.json").await.body).unwrap();
    let well_known: Value = serde_json::from_str(&browser.get("/.well-known/web-identity").await.body).unwrap();
    assert_eq!(well_known["provider_urls"][0], "http://here/fed_cm/config.json");
    let accounts = config["accounts_endpoint"].as_str().unwrap();
    assert_eq!(browser.get(accounts).await.status, StatusCode::FORBIDDEN);
    browser.headers = vec![("sec-fetch-dest", "webidentity")];
    let told: Value = serde_json::from_str(&browser.get(accounts).await.body).unwrap();
    assert_eq!(told["accounts"][0]["id"], world.ann.id.to_string());
    assert_eq!(told["accounts"][0]["approved_clients"], serde_json::json!([]));
    let person = world.ann.id.to_string();
    let assertion = |browser: &Browser, origin: &'static str, account: &str| {
        let body = format!("client_id={id}&account_id={account}&nonce=n&disclosure_text_shown=false");
        let request = Request::post("/fed_cm/assertion").header(header::ORIGIN, origin).body(Body::from(body)).unwrap();
        let mut clone =
            Browser { cookies: browser.cookies.clone(), headers: browser.headers.clone(), ..world.browser() };
        async move { clone.send(request).await }
    };
    let token = |answer: &Answer| -> Value {
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        serde_json::from_str(told["token"].as_str().unwrap_or_else(|| panic!("{answer:?}"))).unwrap()
    };
    assert_eq!(token(&assertion(&browser, ORIGIN, &person).await)["status"], "not_authorized");
    world.authorize(&world.ann, "").await;
    let answer = assertion(&browser, ORIGIN, &person).await;
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    let told = token(&answer);
    assert_eq!((&told["status"], &told["road"]), (&"connected".into(), &"fedcm".into()));
    for (origin, account) in [("http://evil.example", person.as_str()), (ORIGIN, "7")] {
        assert_eq!(assertion(&browser, origin, account).await.status, StatusCode::FORBIDDEN, "{origin} {account}");
    }
    assert_eq!(assertion(&world.browser(), ORIGIN, &person).await.status, StatusCode::FORBIDDEN, "a script");
    let told: Value = serde_json::from_str(&browser.get(accounts).await.body).unwrap();
    assert_eq!(told["accounts"][0]["approved_clients"], serde_json::json!([id]));
    let mut nobody = Browser { headers: vec![("sec-fetch-dest", "webidentity")], ..world.browser() };
    assert_eq!(nobody.get(accounts).await.status, StatusCode::UNAUTHORIZED);
}
