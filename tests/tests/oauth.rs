//! OAuth 2.0 and the hidden frames of the SDK, step by step over HTTP, as an application's page and its server see them. What is signed is
//! verified by an implementation of the tests' own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::http::{decode, encode};
use reconnect_tests::{Answer, App, Browser, Call, Request, Scene, Server, signed};
use serde_json::Value;
use std::collections::BTreeMap;

const CALLBACK: &str = "http://vampires.example/fb/";

/// The channel page on this server, for messages to the application's page.
fn channel(server: &Server, id: &str) -> String {
    server.url(&format!(
        "/connect/xd_proxy.php?version=3#cb={id}&origin=http%3A%2F%2Fvampires.example%2Ff2&relation=parent"
    ))
}

fn dialog(app: &App, redirect_uri: &str, more: &[(&str, &str)]) -> String {
    let args = [&[("client_id", app.id.as_str()), ("redirect_uri", redirect_uri)], more].concat();
    format!("/dialog/oauth?{}", encode(args))
}

/// The arguments in the fragment of an address.
#[track_caller]
fn fragment(address: &str) -> BTreeMap<String, String> {
    let (_, fragment) = address.split_once('#').unwrap_or_else(|| panic!("no fragment in {address}"));
    decode(fragment).into_iter().collect()
}

fn trade(app: &App, server: &Server, more: &[(&str, &str)]) -> Answer {
    let args = [&[("client_id", app.id.as_str()), ("client_secret", app.secret.as_str())], more].concat();
    server.ask(&Request::form("/oauth/access_token", args))
}

#[track_caller]
fn granted(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    decode(&String::from_utf8_lossy(&answer.body)).into_iter().collect()
}

/// Whose token it is, by a call of the API.
fn owner(server: &Server, token: &str) -> Result<String, i64> {
    let call = Call::bare().with("method", "users.getLoggedInUser").with("access_token", token).with("format", "json");
    let reply: Value = serde_json::from_slice(&call.odd_root().send(server).answer.body).unwrap();
    reply["error_code"].as_i64().map_or_else(|| Ok(reply.to_string()), Err)
}

/// Asks for the status as the SDK of a page does.
fn status(browser: &mut Browser<'_>, app: &App, more: &[(&str, &str)]) -> Value {
    let args = [&[("client_id", app.id.as_str()), ("sdk", "reconnect")], more].concat();
    let asked = Request::form("/x/oauth/status", args).header("Origin", "http://vampires.example");
    let answer = browser.ask(asked.header("Sec-Fetch-Site", "same-site"));
    assert_eq!(answer.header("access-control-allow-origin"), "http://vampires.example");
    serde_json::from_slice(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"))
}

#[test]
fn a_code_becomes_a_token_that_calls_the_api_until_the_application_is_removed() {
    let scene = Scene::web();
    let (app, server) = (&scene.app, &scene.server);
    let mut browser = Browser::new(server);
    let end = browser.agree(&dialog(app, CALLBACK, &[("scope", "email"), ("state", "st&ate")]), &scene.person);
    assert_eq!(end.argument("state").as_deref(), Some("st&ate"), "{}", end.describe());
    let code = end.argument("code").unwrap();
    let refused = trade(app, server, &[("code", &code), ("redirect_uri", "http://vampires.example/")]);
    let error: Value = serde_json::from_slice(&refused.body).unwrap();
    assert_eq!((refused.status, &error["error"]["type"]), (400, &Value::from("OAuthException")));
    let token = granted(&trade(app, server, &[("code", &code), ("redirect_uri", CALLBACK)]))["access_token"].clone();
    assert_eq!(owner(server, &token), Ok(scene.person.uid.clone()));
    assert_eq!(trade(app, server, &[("code", &code), ("redirect_uri", CALLBACK)]).status, 400, "a code is good once");
    let long = [("grant_type", "fb_exchange_token"), ("fb_exchange_token", token.as_str())];
    let long = granted(&trade(app, server, &long));
    assert!(long["expires"].parse::<i64>().unwrap() >= 60 * 86_400);
    let remove = app.call("auth.revokeAuthorization").with("uid", &scene.person.uid);
    assert_eq!(remove.send(server).scalar(), "1");
    for token in [&token, &long["access_token"]] {
        assert_eq!(owner(server, token), Err(190));
    }
}

#[test]
fn the_status_is_told_in_each_state_and_what_is_signed_verifies() {
    let scene = Scene::web();
    let (app, server) = (&scene.app, &scene.server);
    let mut browser = Browser::new(server);
    assert_eq!(status(&mut browser, app, &[])["status"], "unknown");
    let page = browser.open("/login.php");
    browser.log_in(&page, &scene.person);
    let told = status(&mut browser, app, &[]);
    assert_eq!((&told["status"], &told["authResponse"]), (&Value::from("not_authorized"), &Value::Null));
    browser.agree(&dialog(app, CALLBACK, &[]), &scene.person);
    let told = status(&mut browser, app, &[("wants", "signed_request,session")]);
    assert_eq!(told["status"], "connected", "{told}");
    let auth = &told["authResponse"];
    assert_eq!(owner(server, auth["accessToken"].as_str().unwrap()), Ok(scene.person.uid.clone()));
    let payload = signed::signed_request(auth["signedRequest"].as_str().unwrap(), &app.secret);
    assert_eq!(payload["user_id"], scene.person.uid.as_str());
    assert_eq!(signed::session(&told["session"], &app.secret)["uid"], scene.person.uid);
    let code = payload["code"].as_str().unwrap();
    let token = granted(&trade(app, server, &[("code", code), ("redirect_uri", "")]))["access_token"].clone();
    assert_eq!(owner(server, &token), Ok(scene.person.uid.clone()));
    assert_eq!(trade(app, server, &[("code", code), ("redirect_uri", "")]).status, 400);
    // A browser without our cookies, by the token that the page keeps; and the end of all of it.
    let kept = [("input_token", told["token"].as_str().unwrap())];
    let told = status(&mut Browser::new(server), app, &kept);
    assert_eq!((&told["status"], &told["road"]), (&Value::from("connected"), &Value::from("kept")));
    let bye = [("app_id", app.id.as_str()), ("access_token", auth["accessToken"].as_str().unwrap())];
    let out = Browser::new(server).open(&format!("/logout.php?{}", encode([&bye[..], &[("next", CALLBACK)]].concat())));
    assert_eq!(out.left_for(), CALLBACK);
    assert_eq!(status(&mut Browser::new(server), app, &kept)["status"], "unknown");
    assert_eq!(status(&mut browser, app, &[])["status"], "unknown");
}

#[test]
fn a_page_of_somebody_else_is_told_nothing_but_the_setting() {
    let scene = Scene::web();
    let (app, server) = (&scene.app, &scene.server);
    let mut browser = Browser::new(server);
    browser.agree(&dialog(app, CALLBACK, &[]), &scene.person);
    let asked =
        Request::form("/x/oauth/status", [("client_id", app.id.as_str())]).header("Origin", "http://evil.example");
    let answer = browser.ask(asked);
    let text = String::from_utf8_lossy(&answer.body);
    assert!(answer.status == 400 && text.contains("reconnect app edit") && !text.contains(&scene.person.uid), "{text}");
    let evil = channel(server, "f1").replace("vampires.example", "evil.example");
    for path in [
        dialog(app, &evil, &[("response_type", "token"), ("display", "none")]),
        dialog(app, "http://evil.example/", &[("response_type", "token")]),
        format!("/extern/login_status.php?{}", encode([("api_key", app.key.as_str()), ("ok_session", evil.as_str())])),
    ] {
        let page = browser.open(&path);
        assert_eq!((page.answer.status, page.leads_to.as_deref()), (400, None), "{path}: {}", page.describe());
    }
}

#[test]
fn the_hidden_frames_of_old_sdks_end_on_the_channel_with_what_they_asked_for() {
    let scene = Scene::web();
    let (app, server) = (&scene.app, &scene.server);
    let asked = |browser: &mut Browser<'_>, path: &str| {
        let answer = browser.ask(Request::get(path).header("Sec-Fetch-Dest", "iframe"));
        assert_eq!(answer.status, 302, "{path}");
        fragment(answer.header("location"))
    };
    let frame = encode([
        ("api_key", app.key.as_str()),
        ("no_session", channel(server, "none").as_str()),
        ("no_user", channel(server, "nobody").as_str()),
        ("ok_session", channel(server, "ok").as_str()),
        ("session_version", "3"),
        ("display", "hidden"),
    ]);
    let frame = format!("/extern/login_status.php?{frame}");
    let types = [("response_type", "token,signed_request,code"), ("display", "none"), ("sdk", "joey")];
    let silent = dialog(app, &channel(server, "f9"), &types);
    let mut browser = Browser::new(server);
    assert_eq!(asked(&mut browser, &frame)["cb"], "nobody");
    assert_eq!(asked(&mut browser, &silent)["error"], "unknown");
    let page = browser.open("/login.php");
    browser.log_in(&page, &scene.person);
    assert_eq!(asked(&mut browser, &frame)["cb"], "none");
    assert_eq!(asked(&mut browser, &silent)["error"], "not_authorized");
    browser.agree(&dialog(app, CALLBACK, &[]), &scene.person);
    let args = asked(&mut browser, &frame);
    let session: Value = serde_json::from_str(&args["session"]).unwrap();
    assert_eq!(
        (args["cb"].as_str(), signed::session(&session, &app.secret)["uid"].as_str()),
        ("ok", scene.person.uid.as_str())
    );
    let args = asked(&mut browser, &silent);
    assert_eq!(args["cb"], "f9");
    assert_eq!(signed::signed_request(&args["signed_request"], &app.secret)["code"], args["code"].as_str());
    assert_eq!(owner(server, &args["access_token"]), Ok(scene.person.uid.clone()));
    // The old session key is exchanged for a token of the same session.
    let keys = format!("{},nonsense", session["session_key"].as_str().unwrap());
    let exchange = [("client_id", app.id.as_str()), ("client_secret", &app.secret), ("sessions", &keys)];
    let list: Value =
        serde_json::from_slice(&server.ask(&Request::form("/oauth/exchange_sessions", exchange)).body).unwrap();
    assert_eq!(owner(server, list[0]["access_token"].as_str().unwrap()), Ok(scene.person.uid.clone()));
    assert!(list[1].is_null(), "{list}");
}
