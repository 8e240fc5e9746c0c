//! FB.getLoginStatus in a real browser, where the page and the server are not of one site: with the server's cookies, without them
//! because the browser keeps them back, and at an origin that is not the application's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::stage::Places;
use reconnect_tests::{Chromium, Stage};
use serde_json::json;

#[test]
fn by_https_the_login_cookie_travels_to_another_site() {
    let stage = Stage::with(Chromium::with_scripts(), Places::CrossSiteByHttps, &[]);
    assert_eq!(stage.open(&json!({}))["status"], "unknown");
    stage.log_in_elsewhere(&stage.ann);
    assert_eq!(stage.status(true)["status"], "not_authorized", "known without any FB.login");
    stage.home.json(&["user", "grant", &stage.ann.email, &stage.app.key]);
    assert_eq!(stage.status(true)["status"], "connected");
    stage.chromium.wait_for_console("Told by the login cookie");
}

/// A browser that keeps the server's cookies from the page. Ann is logged in and has allowed the application; nothing says so.
fn blocked(places: Places) -> Stage {
    let stage = Stage::with(Chromium::blocking_third_party_cookies(), places, &[]);
    stage.home.json(&["user", "grant", &stage.ann.email, &stage.app.key]);
    stage.log_in_elsewhere(&stage.ann);
    assert_eq!(stage.open(&json!({}))["status"], "unknown");
    stage.chromium.wait_for_console("The browser sent no cookie of");
    stage
}

#[test]
fn with_blocked_cookies_the_kept_token_tells_after_the_first_login() {
    let stage = blocked(Places::CrossSiteByHttps);
    // In a window of the server its cookie is a first-party one.
    assert_eq!(stage.login_at_once()["status"], "connected");
    stage.chromium.new_tab();
    assert_eq!(stage.open(&json!({}))["authResponse"]["userID"], json!(stage.ann.uid));
    stage.chromium.wait_for_console("login status: connected. Told by this application's kept token");
    // That answer has brought the cookie for this pair of sites, which lives on where browsers forget what scripts keep.
    stage.chromium.run("localStorage.removeItem('fblst_' + arguments[0]);", &[json!(stage.app.id)]);
    assert_eq!(stage.status(true)["status"], "connected");
    stage.chromium.wait_for_console("(partitioned)");

    assert_eq!(stage.log_out()["status"], "unknown");
    stage.chromium.look_at(&stage.window);
    assert_eq!(stage.status(true)["status"], "unknown");
}

#[test]
fn a_grant_of_storage_access_lets_the_login_cookie_through() {
    let stage = blocked(Places::CrossSite);
    stage.chromium.grant_storage_access(&stage.page(""), &stage.www());
    assert_eq!(stage.status(true)["status"], "connected");
    stage.chromium.wait_for_console("Told by the login cookie");
}

#[test]
fn the_browser_tells_of_who_agreed_to_that_before() {
    let stage = blocked(Places::CrossSite);
    // What any page may do, and our SDK does not: ask with a box of the browser's own.
    let provider =
        json!({"configURL": format!("{}/fed_cm/config.json", stage.www()), "clientId": stage.app.id, "nonce": "1"});
    let ask = "navigator.credentials.get({identity: {providers: [arguments[0]]}}).then(
        function (credential) { window.agreed = credential.token; }, function (e) { window.agreed = String(e); });";
    stage.chromium.new_tab();
    stage.open(&json!({"status": false}));
    stage.chromium.run(ask, &[provider]);
    stage.chromium.choose_account();
    let agreed = stage.chromium.wait_for_value("window.agreed");
    assert!(agreed.as_str().unwrap().contains("connected"), "{agreed}");
    stage.chromium.run("localStorage.clear();", &[]);
    stage.status(true);
    stage.chromium.wait_for_console("by the browser (FedCM)");
    // Where the browser took its time, the server is asked once more.
    stage.chromium.wait_for_value(&format!("FB.getUserID() === '{}'", stage.ann.uid));
}

#[test]
fn a_page_at_another_origin_is_told_nothing_and_the_console_names_the_setting() {
    let stage = Stage::same_site();
    stage.open(&json!({}));
    stage.connect(&stage.ann);
    // The same server, the same cookies, the same page; only its origin is not the application's.
    stage.chromium.forget_console();
    let other = stage.site.url("127.0.0.1", "/status.html");
    assert_eq!(stage.open_at(&other, &json!({})), json!({"authResponse": null, "status": "unknown"}));
    let line = stage.chromium.wait_for_console("login status: unknown");
    assert_eq!(line.level, "SEVERE", "{line}");
    let line = line.text.to_lowercase();
    assert!(line.contains("callback") && line.contains("127.0.0.1"), "{line}");
    assert_eq!(stage.told(), ["status unknown"]);
}

#[test]
fn an_application_that_is_not_there_is_named() {
    let stage = Stage::same_site();
    assert_eq!(stage.open(&json!({"appId": "424242"}))["status"], "unknown");
    let line = stage.chromium.wait_for_console("login status: unknown");
    assert!(line.level == "SEVERE" && line.text.contains("application"), "{line}");
}

#[test]
fn cookies_of_a_base_domain_are_seen_by_all_its_hosts() {
    let flags = ["--base-domain", "game.localhost"];
    let stage = Stage::with(Chromium::with_scripts(), Places::CrossSite, &flags);
    let page = stage.site.url("www.game.localhost", "/status.html");
    stage.open_at(&page, &json!({"cookie": true}));
    assert_eq!(stage.connect(&stage.ann)["status"], "connected");
    let cookies = stage.cookies();
    assert_eq!(cookies[&format!("fbm_{}", stage.app.id)], "base_domain%3D.game.localhost");
    stage.open_at(&stage.page("/status.html"), &json!({"status": false}));
    assert_eq!(stage.cookies()[&format!("fbsr_{}", stage.app.id)], cookies[&format!("fbsr_{}", stage.app.id)]);
    // Known from the cookie before anybody was asked.
    assert_eq!(stage.chromium.value("FB.getUserID()"), json!(stage.ann.uid));

    stage.open_at(&page, &json!({"cookie": true}));
    assert_eq!(stage.log_out()["status"], "unknown");
    assert_eq!(stage.cookies().keys().filter(|name| name.starts_with("fbsr_") || name.starts_with("fbm_")).count(), 0);
}
