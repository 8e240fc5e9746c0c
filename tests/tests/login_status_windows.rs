//! FB.login in a real browser: its window, and all the ways to leave it. Pictures of its pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::Stage;
use serde_json::json;

/// The window as the SDK opens it, and a phone's screen.
const SIZES: [(&str, u64, u64); 2] = [("popup", 627, 326), ("phone", 390, 844)];

/// Takes a picture of the window in each size.
fn look(stage: &Stage, name: &str) {
    for (screen, width, height) in SIZES {
        stage.chromium.screen(width, height);
        stage.chromium.fits(width);
        stage.chromium.screenshot(&format!("dialog-{name}-{screen}"), (width, height));
    }
}

#[test]
fn who_cancels_at_the_form_stays_unknown() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    let window = stage.login_window(&json!({}));
    stage.chromium.wait_for("id=\"pass\"");
    look(&stage, "login");
    stage.press("Cancel");
    assert_eq!(stage.back_from(&window), json!({"authResponse": null, "status": "unknown"}));
    assert_eq!(stage.told(), ["status unknown", "login unknown"]);
}

#[test]
fn who_does_not_allow_is_known_to_be_logged_in() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    let window = stage.login_window(&json!({"scope": "email,publish_stream"}));
    stage.fill(&stage.ann);
    stage.chromium.wait_for("publish_stream");
    look(&stage, "allow");
    stage.press("Don't Allow");
    assert_eq!(stage.back_from(&window), json!({"authResponse": null, "status": "not_authorized"}));
    assert_eq!(stage.told(), ["status unknown", "auth.statusChange not_authorized", "login not_authorized"]);
    assert_eq!(stage.status(true)["status"], "not_authorized", "the server says so too");
}

#[test]
fn who_closes_the_window_changes_nothing() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    stage.login_window(&json!({}));
    stage.chromium.wait_for("id=\"pass\"");
    stage.chromium.close_for(&stage.window);
    assert_eq!(stage.answer("login"), json!({"authResponse": null, "status": "unknown"}));
    assert_eq!(stage.told(), ["status unknown", "login unknown"]);
}

#[test]
fn who_is_connected_and_refuses_more_stays_connected() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    stage.connect(&stage.ann);
    stage.told();
    // Nothing more asked for: no window, told at once.
    stage.click_for("FB.login(note('login'));");
    assert_eq!(stage.answer("login")["status"], "connected");
    assert_eq!((stage.told(), stage.chromium.windows().len()), (vec!["login connected Ann".to_owned()], 1));
    stage.chromium.wait_for_console("FB.login() called when user is already connected.");

    let window = stage.login_window(&json!({"scope": "email"}));
    stage.press("Don't Allow");
    assert_eq!(stage.back_from(&window)["status"], "connected");
    let window = stage.login_window(&json!({"scope": "email"}));
    stage.chromium.wait_for_value("document.querySelector('input[type=submit]') !== null");
    stage.chromium.close_for(&stage.window);
    stage.chromium.wait_until_closed(&window);
    assert_eq!(stage.answer("login")["status"], "connected");
    assert_eq!(stage.told(), ["login connected Ann", "login connected Ann"]);

    let window = stage.login_window(&json!({"scope": "email"}));
    stage.press("Allow");
    assert_eq!(stage.back_from(&window)["status"], "connected");
    let may = stage.chromium.run_until_done("FB.api({method: 'users.hasAppPermission', ext_perm: 'email'}, done);");
    assert!(may == json!(true) || may == json!(1) || may == json!("1"), "{may}");
}

#[test]
fn a_window_that_nobody_clicked_for_is_not_opened_and_the_console_says_why() {
    let stage = Stage::same_site();
    let page = std::fs::read_to_string(reconnect_tests::program::workspace().join("tests/pages/status.html")).unwrap();
    let eager = page.replace("times.ready =", "FB.login(note('login')); times.ready =");
    assert_ne!(eager, page);
    stage.site.put("/eager.html", &eager);
    stage.open_at(&stage.page("/eager.html"), &json!({}));
    assert_eq!(stage.answer("login")["status"], "unknown");
    assert_eq!(stage.chromium.windows().len(), 1);
    stage.chromium.wait_for_console("from a click");
}
