//! Pages of the session era in a real browser: `response.session`, notConnected, the cookies that servers of the time read, and the
//! login button as XFBML.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::{Stage, signed};
use serde_json::{Value, json};

/// FB.login as pages of the time called it, through the login form and Connect.
fn connect(stage: &Stage) -> Value {
    let window = stage.login_window(&json!({}));
    stage.fill(&stage.ann);
    stage.press("Connect");
    stage.back_from(&window)
}

#[test]
fn a_page_of_the_session_era_is_told_of_sessions() {
    let stage = Stage::same_site();
    assert_eq!(stage.open(&json!({"oauth": false, "cookie": true}))["status"], "unknown");
    stage.log_in_elsewhere(&stage.ann);
    let response = stage.status(true);
    assert_eq!((&response["status"], &response["session"]), (&json!("notConnected"), &Value::Null));
    assert_eq!(stage.told(), ["status unknown", "auth.statusChange notConnected", "status notConnected"]);

    let window = stage.login_window(&json!({}));
    stage.press("Connect");
    let response = stage.back_from(&window);
    let gained = ["auth.statusChange connected Ann", "auth.login connected Ann", "auth.sessionChange connected Ann"];
    assert_eq!(stage.told(), [&gained[..], &["login connected Ann"]].concat());
    let session = signed::session(&response["session"], &stage.app.secret);
    assert_eq!(session["uid"], stage.ann.uid);
    assert_eq!(stage.chromium.value("FB.getSession()"), response["session"]);
    let cookie = stage.cookies()[&format!("fbs_{}", stage.app.id)].clone();
    assert_eq!(signed::fbs_cookie(&cookie, &stage.app.secret), session);

    // Another page of the site reads the session from the cookie, before it asks.
    stage.chromium.new_tab();
    assert_eq!(stage.open(&json!({"oauth": false, "status": false})), Value::Null);
    assert_eq!(stage.chromium.value("FB.getSession().session_key"), json!(session["session_key"]));
    assert_eq!(stage.status(false)["status"], "connected");
    let who = stage.chromium.run_until_done("FB.api({method: 'users.getLoggedInUser'}, done);");
    assert_eq!(who.as_str().map_or_else(|| who.to_string(), str::to_owned), stage.ann.uid);

    // The server hands the browser's pages the same session again, so that is no change.
    assert_eq!(stage.told(), [&gained[..], &["status connected Ann"]].concat());

    assert_eq!(stage.log_out()["status"], "unknown");
    let lost = ["auth.statusChange unknown", "auth.logout unknown", "auth.sessionChange unknown"];
    assert_eq!(stage.told(), [&lost[..], &["logout unknown"]].concat());
    stage.chromium.look_at(&stage.window);
    stage.status(true);
    assert_eq!(stage.told(), [&lost[..], &["status unknown"]].concat());
    assert!(!stage.cookies().contains_key(&format!("fbs_{}", stage.app.id)), "{:?}", stage.cookies());
}

#[test]
fn the_cookies_of_the_first_library_are_those_that_servers_of_2008_check() {
    let stage = Stage::same_site();
    stage
        .open(&json!({"apiKey": stage.app.key, "appId": null, "oauth": false, "cookie": true, "connectCookies": true}));
    assert_eq!(connect(&stage)["status"], "connected");
    stage.status(true);
    let decode = |value: &String| percent_encoding::percent_decode_str(value).decode_utf8().unwrap().into_owned();
    let cookies = stage.cookies().iter().map(|(name, value)| (name.clone(), decode(value))).collect();
    let connect = signed::connect_cookies(&cookies, &stage.app.key, &stage.app.secret);
    assert_eq!(connect["user"], stage.ann.uid);
    assert_eq!(stage.log_out()["status"], "unknown");
    assert_eq!(stage.cookies().keys().filter(|name| name.starts_with(&stage.app.key)).count(), 0);
}

#[test]
fn a_page_of_2010_that_only_knows_session_works_by_its_button() {
    let stage = Stage::same_site();
    let init =
        json!({"appId": stage.app.id, "status": true, "cookie": true, "xfbml": true, "oauth": false}).to_string();
    let query = reconnect_tests::http::encode([("server", stage.www().as_str()), ("init", init.as_str())]);
    stage.chromium.open(&stage.page(&format!("/sessions.html?{query}")));
    stage.chromium.wait_for("You are a stranger");
    let button = "fb\\:login-button a, fb\\:login-button button, .fb_login a, .fb_login button";
    stage.chromium.wait_for_value(&format!("document.querySelector({button:?}) !== null"));
    let window = stage.chromium.window_opened_by(|| stage.chromium.click(button));
    stage.fill(&stage.ann);
    stage.press("Connect");
    // The permission that the button asks for has a page of its own.
    stage.chromium.wait_for_url("prompt_permissions.php");
    stage.press("Allow");
    stage.chromium.wait_until_closed(&window);
    stage.chromium.look_at(&stage.window);
    stage.chromium.wait_for(&format!("You are {}", stage.ann.uid));
    assert_eq!(stage.chromium.value("told"), json!(["auth.sessionChange connected"]));
    stage.chromium.reload();
    stage.chromium.wait_for(&format!("You are {}", stage.ann.uid));
}
