//! FB.getLoginStatus in a real browser, over every home: the three states, what a connected page is handed, and how it ends. What
//! differs from place to place, and each event, has files of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::stage::Places;
use reconnect_tests::{Chromium, Request, Stage, signed};
use serde_json::{Value, json};

#[test]
fn a_page_learns_each_of_the_three_states_and_each_change() {
    let stage = Stage::same_site();
    assert_eq!(stage.open(&json!({})), json!({"authResponse": null, "status": "unknown"}));
    assert_eq!(stage.told(), ["status unknown"], "nothing has changed, so no event");

    stage.log_in_elsewhere(&stage.ann);
    assert_eq!(stage.status(true), json!({"authResponse": null, "status": "not_authorized"}));
    assert_eq!(stage.told(), ["auth.statusChange not_authorized", "status not_authorized"]);

    let window = stage.login_window(&json!({}));
    stage.press("Allow");
    let response = stage.back_from(&window);
    let gained =
        ["auth.login connected Ann", "auth.authResponseChange connected Ann", "auth.statusChange connected Ann"];
    assert_eq!(stage.told(), [&gained[..], &["login connected Ann"]].concat());
    assert_eq!(
        (&response["status"], &response["authResponse"]["userID"]),
        (&json!("connected"), &json!(stage.ann.uid))
    );

    // Loaded anew in a tab that has kept nothing for its session.
    stage.chromium.new_tab();
    assert_eq!(stage.open(&json!({}))["status"], "connected");
    assert_eq!(stage.told(), [&gained[..], &["status connected Ann"]].concat());

    assert_eq!(stage.log_out(), json!({"authResponse": null, "status": "unknown"}));
    let lost = ["auth.logout unknown", "auth.authResponseChange unknown", "auth.statusChange unknown"];
    assert_eq!(stage.told(), [&lost[..], &["logout unknown"]].concat());
    // The other tab learns of it when it asks.
    stage.chromium.look_at(&stage.window);
    assert_eq!(stage.status(false)["status"], "connected");
    assert_eq!(stage.status(true)["status"], "unknown");
    assert_eq!(stage.told(), [&["status connected Ann"], &lost[..], &["status unknown"]].concat());
}

#[test]
fn a_connected_page_is_handed_what_its_application_can_check_and_use() {
    let stage = Stage::same_site();
    stage.open(&json!({"cookie": true}));
    let response = stage.connect(&stage.ann)["authResponse"].clone();
    let payload = signed::signed_request(response["signedRequest"].as_str().unwrap(), &stage.app.secret);
    assert_eq!(payload["user_id"], json!(stage.ann.uid));
    assert!(payload["issued_at"].is_u64() && response["expiresIn"].as_i64() > Some(0), "{payload} {response}");

    // The token is good for calls of both kinds, from the page and by script tag as from anywhere.
    let me = stage.chromium.run_until_done("FB.api('/me', done);");
    assert_eq!((&me["id"], &me["name"]), (&json!(stage.ann.uid), &json!("Ann Example")), "{me}");
    let who = stage.chromium.run_until_done("FB.api({method: 'users.getLoggedInUser'}, done);");
    assert_eq!(plain(&who), stage.ann.uid);

    // The site's own server reads the cookie and trades its code, once.
    let cookie = stage.cookies()[&format!("fbsr_{}", stage.app.id)].clone();
    let code = signed::signed_request(&cookie, &stage.app.secret)["code"].as_str().unwrap().to_owned();
    let fields = [("client_id", &stage.app.id), ("client_secret", &stage.app.secret), ("code", &code)];
    let fields = fields.map(|(name, value)| (name, value.as_str())).into_iter().chain([("redirect_uri", "")]);
    let trade = Request::get(&format!("/oauth/access_token?{}", reconnect_tests::http::encode(fields)));
    let traded = stage.server.ask(&trade);
    assert_eq!(traded.status, 200, "{}", traded.text());
    let traded = reconnect_tests::http::decode(traded.text());
    let token = &traded.iter().find(|(name, _)| name == "access_token").expect("a token").1;
    let me = stage
        .server
        .ask(&Request::get(&format!("/me?{}", reconnect_tests::http::encode([("access_token", token.as_str())]))));
    assert_eq!(serde_json::from_slice::<Value>(&me.body).unwrap()["id"], json!(stage.ann.uid));
    let again = stage.server.ask(&trade);
    assert_eq!(again.status, 400, "a code works once: {}", again.text());
}

#[test]
fn on_another_site_the_page_s_own_token_tells_until_the_logout() {
    let stage = Stage::with(Chromium::with_scripts(), Places::CrossSiteByHttp, &[]);
    let cold = stage.open(&json!({}));
    assert_eq!(cold["status"], "unknown");
    stage.chromium.wait_for_console("The browser sent no cookie of");
    let connected = stage.connect(&stage.ann);
    assert_eq!(connected["status"], "connected");
    let kept = stage.chromium.value(&format!("localStorage.getItem('fblst_{}')", stage.app.id));
    assert!(kept.is_string(), "{kept}");

    stage.chromium.new_tab();
    assert_eq!(stage.open(&json!({}))["authResponse"]["userID"], json!(stage.ann.uid));
    stage.chromium.wait_for_console("kept token");

    // Whoever got hold of it has nothing: it is bound to the page's origin, and ends with the login.
    let ask = |origin: &str| {
        let fields =
            [("client_id", stage.app.id.as_str()), ("input_token", kept.as_str().unwrap()), ("sdk", "reconnect")];
        let answer = stage.server.ask(&Request::form("/x/oauth/status", fields).header("Origin", origin));
        serde_json::from_slice::<Value>(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.text()))
    };
    let origin = stage.site.origin("game.test");
    assert_eq!((ask(&origin)["status"].clone(), ask(&origin)["road"].clone()), (json!("connected"), json!("kept")));
    assert_eq!(ask("http://game.test:1")["status"], Value::Null, "another origin");
    assert_eq!(stage.log_out()["status"], "unknown");
    assert_eq!(ask(&origin)["status"], "unknown", "the token died with the login");
}

/// A scalar as text, whether it came as a number or as a text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
