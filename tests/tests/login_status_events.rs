//! FB.getLoginStatus in a real browser: who asks when, how many requests that takes, and which events each change of the state fires,
//! in which order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::Stage;
use serde_json::json;

/// What a page is told when it gains a user, and when it loses one.
const GAINED: [&str; 3] =
    ["auth.login connected Ann", "auth.authResponseChange connected Ann", "auth.statusChange connected Ann"];
const LOST: [&str; 3] =
    ["auth.logout not_authorized", "auth.authResponseChange not_authorized", "auth.statusChange not_authorized"];

#[test]
fn one_request_serves_all_callers_of_a_browser_session_and_force_asks_again() {
    let stage = Stage::same_site();
    // FB.init begins the request, the page's own call joins it.
    assert_eq!(stage.open(&json!({}))["status"], "unknown");
    assert_eq!(stage.status_requests(), 1, "cold");
    let times = stage.chromium.value("times");
    let took = times["status"].as_f64().unwrap() - times["init"].as_f64().unwrap();
    println!("from FB.init to the callback of the first status: {took:.1} ms");
    assert_eq!((&stage.status(false)["status"], stage.status_requests()), (&json!("unknown"), 1), "kept");
    assert_eq!((&stage.status(true)["status"], stage.status_requests()), (&json!("unknown"), 2), "forced");

    assert_eq!(stage.connect(&stage.ann)["status"], "connected");
    assert_eq!(
        (&stage.status(false)["status"], stage.status_requests()),
        (&json!("connected"), 2),
        "kept after FB.login"
    );
    assert_eq!(stage.reload()["status"], "connected");
    let times = stage.chromium.value("times");
    let took = times["status"].as_f64().unwrap() - times["init"].as_f64().unwrap();
    println!("the same, kept for the browser session: {took:.1} ms");
    assert_eq!(stage.status_requests(), 2, "kept for the browser session");
    stage.told();
    assert_eq!((&stage.status(true)["status"], stage.status_requests()), (&json!("connected"), 3), "forced");
    assert_eq!(stage.told(), ["status connected Ann"], "asked again and found as it was: no event");
    stage.chromium.new_tab();
    assert_eq!(stage.open(&json!({}))["status"], "connected");
    let times = stage.chromium.value("times");
    let took = times["status"].as_f64().unwrap() - times["init"].as_f64().unwrap();
    println!("the same, connected, asked: {took:.1} ms");
    assert_eq!(stage.status_requests(), 4, "a new tab is a new session");
}

#[test]
fn fifty_callers_share_a_request_and_are_answered_in_their_order() {
    let stage = Stage::same_site();
    stage.open(&json!({"status": false}));
    assert_eq!(stage.status_requests(), 0, "status: false asks nobody");
    let order = stage.chromium.run_until_done(
        "var order = [];
         for (var i = 0; i < 50; i++) {
           (function (i) {
             FB.getLoginStatus(function (response) {
               order.push(i + response.status);
               if (i === 49) { done(order); }
             });
           })(i);
         }",
    );
    let wanted: Vec<String> = (0..50).map(|i| format!("{i}unknown")).collect();
    assert_eq!(order, json!(wanted));
    assert_eq!(stage.status_requests(), 1);
    // Known by now: told at once, before the call comes back.
    let told =
        stage.chromium.run("var told = ''; FB.getLoginStatus(function (r) { told = r.status; }); return told;", &[]);
    assert_eq!(told, "unknown");
}

#[test]
fn another_user_is_a_logout_and_a_login() {
    let stage = Stage::same_site();
    let bob = stage.home.person("Bob");
    stage.home.json(&["user", "grant", &bob.email, &stage.app.key]);
    stage.open(&json!({}));
    stage.connect(&stage.ann);
    stage.told();
    stage.chromium.new_tab();
    stage.chromium.open(&format!("{}/home.php", stage.www()));
    stage.chromium.click_link("Logout");
    stage.fill(&bob);
    stage.chromium.wait_for_url("/home.php");
    stage.chromium.close_for(&stage.window);
    assert_eq!(stage.status(true)["authResponse"]["userID"], json!(bob.uid));
    let told: Vec<String> = stage.told().iter().map(|line| line.replace(&bob.uid, "Bob")).collect();
    let wanted = ["auth.logout", "auth.login", "auth.authResponseChange", "status"];
    assert_eq!(told, wanted.map(|name| format!("{name} connected Bob")), "no statusChange: connected as before");
}

#[test]
fn a_page_that_removes_the_application_is_not_authorized_then() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    stage.connect(&stage.ann);
    assert_eq!(stage.told(), [&["status unknown"], &GAINED[..], &["login connected Ann"]].concat());
    let answer = stage.chromium.run_until_done("FB.api({method: 'auth.revokeAuthorization'}, done);");
    assert_eq!(answer, true);
    assert_eq!(stage.told(), LOST);
    assert_eq!(stage.status(false)["status"], "not_authorized");
    assert_eq!(stage.status(true)["status"], "not_authorized", "the server says so too");
    assert_eq!(stage.told(), ["status not_authorized", "status not_authorized"]);
}

#[test]
fn an_application_removed_elsewhere_is_noticed_by_the_next_call() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    stage.connect(&stage.ann);
    stage.told();
    stage.chromium.new_tab();
    stage.chromium.open(&format!("{}/editapps.php", stage.www()));
    stage.chromium.click("summary");
    stage.press("Remove");
    stage.chromium.wait_for_value("document.querySelector('input[value=Remove]') === null");
    stage.chromium.close_for(&stage.window);
    assert_eq!(stage.status(false)["status"], "connected", "nobody has told the page yet");
    stage.told();
    let before = stage.status_requests();
    let answer = stage.chromium.run_until_done("FB.api('/me', done);");
    assert_eq!(answer["error"]["code"], 190, "{answer}");
    // By itself: the page has asked for nothing.
    stage.chromium.wait_for_value("told.indexOf('auth.statusChange not_authorized') >= 0");
    assert_eq!((stage.told(), stage.status_requests()), (LOST.map(str::to_owned).to_vec(), before + 1));
}

#[test]
fn after_fb_logout_nobody_is_asked_until_fb_login() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    stage.connect(&stage.ann);
    assert_eq!(stage.log_out()["status"], "unknown");
    // Logged in again at the server: that is not this page's business.
    stage.log_in_elsewhere(&stage.ann);
    let before = stage.status_requests();
    assert_eq!(stage.status(false)["status"], "unknown");
    assert_eq!(stage.status(true)["status"], "unknown", "also when forced");
    assert_eq!(stage.reload()["status"], "unknown", "also when loaded anew");
    stage.chromium.new_tab();
    assert_eq!(stage.open(&json!({}))["status"], "unknown", "also in another tab");
    assert_eq!(stage.status_requests(), before, "without a request");
    stage.chromium.close_for(&stage.window);
    // Allowed already, so the window closes by itself.
    assert_eq!(stage.login_at_once()["status"], "connected");
    assert_eq!(stage.status(true)["status"], "connected");
    assert_eq!(stage.status_requests(), before + 1);
}

#[test]
fn fb_logout_without_a_user_only_says_so() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    stage.chromium.run("FB.logout(note('logout'));", &[]);
    stage.chromium.wait_for_console("FB.logout() called without an access token.");
    assert_eq!(stage.told(), ["status unknown"]);
}
