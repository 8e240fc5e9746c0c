//! The checks of a call: signatures, the documented order, what each error is told for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{Call, Scene, sign};

#[test]
fn a_signature_that_is_missing_tampered_with_upper_case_or_of_another_secret_is_refused() {
    let scene = Scene::web();
    let call = scene.app.call("auth.createToken").with("call_id", "1262304001.25");
    let good = sign(&call.args, &scene.app.secret);
    assert_eq!(call.send(&scene.server).code(), 0);
    let (first, rest) = good.split_at(1);
    let tampered = format!("{}{rest}", if first == "0" { "1" } else { "0" });
    let upper = "ABCDEF0123456789ABCDEF0123456789";
    let session_secret = sign(&call.args, "another secret");
    for bad in ["", "x", &tampered, &session_secret, &good[..31], &format!("{good}0"), &format!(" {good}"), upper] {
        call.clone().unsigned().with("sig", bad).send(&scene.server).refused_with(104);
    }
    if good.bytes().any(|b| b.is_ascii_lowercase()) {
        call.clone().unsigned().with("sig", good.to_uppercase()).send(&scene.server).refused_with(104);
    }
    call.clone().unsigned().send(&scene.server).refused_with(104);
    // One argument more, less or other than was signed.
    let signed = call.clone().unsigned().with("sig", &good);
    assert_eq!(signed.send(&scene.server).code(), 0);
    signed.clone().with("extra", "1").send(&scene.server).refused_with(104);
    signed.clone().with("extra", "").send(&scene.server).refused_with(104);
    signed.clone().without("v").send(&scene.server).refused_with(104);
    signed.with("call_id", "1262304001.26").send(&scene.server).refused_with(104);
}

#[test]
fn everything_that_travels_is_signed_unknown_and_empty_arguments_too() {
    let scene = Scene::web();
    let call =
        scene.app.call("auth.createToken").with("zebra", "stripes").with("locale", "en_US").with("session_key", "");
    let call = call
        .with("call_id", "1")
        .with("a", "")
        .with("format", "XML")
        .with("strict", "1")
        .with("return_ssl_resources", "1");
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        assert_eq!(call.clone().by(encoding).send(&scene.server).code(), 0, "{encoding:?}");
    }
}

#[test]
fn the_first_check_that_fails_is_the_answer() {
    let scene = Scene::web();
    let bad_key = |call: Call| call.with("api_key", "0123456789abcdef0123456789abcdef");
    let bad_session = |call: Call| call.with("session_key", "c0ffee0123456789abcdef01-1240077");
    let bad_signature = |call: Call| call.unsigned().with("sig", "0123456789abcdef0123456789abcdef");
    let known = || scene.app.call("users.getLoggedInUser");
    let unknown = || scene.app.call("users.fly").odd_root();
    let session = scene.web_session();

    // 101 before everything else
    bad_signature(bad_session(bad_key(unknown()))).send(&scene.server).refused_with(101);
    bad_key(known()).send(&scene.server).refused_with(101);
    known().without("api_key").send(&scene.server).refused_with(101);
    known().with("api_key", "").send(&scene.server).refused_with(101);
    bad_key(known()).without("method").send(&scene.server).refused_with(101);
    // a session secret without a session before a missing method
    known().with("ss", "1").without("method").send(&scene.server).refused_with(102);
    // a missing method before a bad session and a bad signature
    bad_signature(bad_session(known())).without("method").send(&scene.server).refused_with(3);
    known().with("method", "").send(&scene.server).refused_with(3);
    // 102 before 104 before 3
    bad_signature(bad_session(unknown())).send(&scene.server).refused_with(102);
    bad_signature(known()).send(&scene.server).refused_with(102);
    bad_session(scene.app.call("auth.createToken")).send(&scene.server).refused_with(102);
    bad_signature(unknown()).send(&scene.server).refused_with(104);
    bad_signature(unknown().with("session_key", &session.key)).send(&scene.server).refused_with(104);
    unknown().send(&scene.server).refused_with(3);
    unknown().with("session_key", &session.key).send(&scene.server).refused_with(3);
    // the method's own checks last
    bad_signature(scene.app.call("auth.getSession")).send(&scene.server).refused_with(104);
    scene.app.call("auth.getSession").send(&scene.server).refused_with(100);
}

#[test]
fn a_web_application_with_a_list_of_addresses_is_called_from_those_only() {
    let scene = Scene::with(&["--callback-url", "http://vampires.example/", "--ip", "192.0.2.7,10.1.*"]);
    let reply = scene.app.call("auth.createToken").send(&scene.server);
    reply.refused_with(5);
    assert_eq!(reply.message(), "Unauthorized source IP address (ip was: 127.0.0.1)");
    // After the key, before everything else.
    scene.app.call("x.y").odd_root().unsigned().send(&scene.server).refused_with(5);
    // What a header claims is no address.
    let spoofed = scene.app.call("auth.createToken").header("X-Forwarded-For", "192.0.2.7");
    spoofed.send(&scene.server).refused_with(5);
    let open = Scene::with(&["--callback-url", "http://vampires.example/", "--ip", "127.0.*"]);
    assert_eq!(open.app.call("auth.createToken").send(&open.server).code(), 0);
    let desktop = Scene::with(&["--desktop", "--ip", "192.0.2.7"]);
    assert_eq!(
        desktop.app.call("auth.createToken").send(&desktop.server).code(),
        0,
        "the list is for web applications"
    );
}

#[test]
fn behind_a_trusted_proxy_its_last_word_is_the_address() {
    let app = ["--callback-url", "http://vampires.example/", "--ip", "192.0.2.7"];
    let scene = Scene::on(&app, &["--trusted-proxy", "127.0.0.1"]);
    let call = scene.app.call("auth.createToken");
    assert_eq!(call.clone().header("X-Forwarded-For", "198.51.100.1, 192.0.2.7").send(&scene.server).code(), 0);
    call.clone().header("X-Forwarded-For", "192.0.2.7, 198.51.100.1").send(&scene.server).refused_with(5);
    call.send(&scene.server).refused_with(5);
}

#[test]
fn the_read_only_host_refuses_what_writes() {
    let scene = Scene::web();
    let session = scene.web_session();
    let who = scene.app.call_for("users.getLoggedInUser", &session);
    let by_name = |call: Call| call.header("Host", "api-read.facebook.com");
    let by_path = |call: Call| call.to("/api-read/restserver.php");
    assert_eq!(by_name(who.clone()).send(&scene.server).scalar(), scene.person.uid);
    assert_eq!(by_path(who.clone()).send(&scene.server).scalar(), scene.person.uid);
    assert_eq!(
        who.clone().without("method").to("/api-read/method/users.getLoggedInUser").send(&scene.server).scalar(),
        scene.person.uid
    );
    for method in ["auth.createToken", "auth.promoteSession", "auth.expireSession", "auth.revokeAuthorization"] {
        by_name(scene.app.call_for(method, &session)).send(&scene.server).refused_with(16);
        by_path(scene.app.call_for(method, &session)).send(&scene.server).refused_with(16);
    }
    assert_eq!(scene.who_is(&session).scalar(), scene.person.uid, "nothing was ended");
    // PHP SDK 2 and 3 trade their token there.
    let token = scene.web_token();
    assert_eq!(by_path(scene.app.call("auth.getSession").with("auth_token", &token)).send(&scene.server).code(), 0);
    // No batch smuggles a write in.
    let entry = scene.app.call_for("auth.expireSession", &session).encoded();
    let feed = serde_json::json!([entry]).to_string();
    let reply = by_path(scene.app.call("batch.run").with("method_feed", &feed).format("json")).send(&scene.server);
    assert!(reply.text().contains("\\\"error_code\\\":16") || reply.code() == 16, "{}", reply.text());
    assert_eq!(scene.who_is(&session).scalar(), scene.person.uid);
}

#[test]
fn other_historic_hosts_and_paths_answer_like_the_first() {
    let scene = Scene::web();
    let call = scene.app.call("auth.createToken");
    for host in
        ["api.facebook.com", "api.new.facebook.com", "api-photo.facebook.com", "api-video.facebook.com", "localhost:1"]
    {
        assert_eq!(call.clone().header("Host", host).send(&scene.server).code(), 0, "{host}");
    }
    assert_eq!(call.to("/api-video/restserver.php").send(&scene.server).code(), 0);
}

#[test]
fn call_ids_must_grow_where_the_application_asks_for_it() {
    let scene = Scene::with(&["--callback-url", "http://vampires.example/", "--strict-call-id"]);
    let session = scene.web_session();
    let who = |call_id: &str| {
        scene.app.call_for("users.getLoggedInUser", &session).with("call_id", call_id).send(&scene.server)
    };
    assert_eq!(who("1262304001.25").code(), 0);
    who("1262304001.25").refused_with(103);
    who("1262304001.2").refused_with(103);
    assert_eq!(who("1262304001.3").code(), 0, "compared as numbers, not as texts");
    assert_eq!(who("1262304002").code(), 0);
    assert_eq!(who("1262304002").code(), 0, "whole seconds may repeat");
    assert_eq!(who("12623040020").code(), 0);
    who("9").refused_with(103);
    who("x").refused_with(103);
    scene.who_is(&session).refused_with(103);
    // A forged call burns no id.
    let forged =
        scene.app.call_for("users.getLoggedInUser", &session).with("call_id", "99999999999").signed_with("wrong");
    forged.send(&scene.server).refused_with(104);
    assert_eq!(who("12623040021").code(), 0);
    // Lenient by default.
    let lenient = Scene::web();
    let session = lenient.web_session();
    for _ in 0..2 {
        let call = lenient.app.call_for("users.getLoggedInUser", &session).with("call_id", "7.5");
        assert_eq!(call.send(&lenient.server).code(), 0);
    }
}

#[test]
fn the_numeric_id_stands_for_the_key() {
    let scene = Scene::web();
    let call = scene.app.call("auth.createToken");
    assert_eq!(call.clone().with("api_key", &scene.app.id).send(&scene.server).code(), 0);
    assert_eq!(call.without("api_key").with("app_id", &scene.app.id).send(&scene.server).code(), 0);
}

#[test]
fn method_names_are_found_in_any_case_and_with_or_without_the_prefix() {
    let scene = Scene::web();
    let session = scene.web_session();
    let root = |method: &str| {
        let reply = scene.app.call_for(method, &session).odd_root().send(&scene.server);
        assert_eq!(reply.scalar(), scene.person.uid, "{method}");
        let root = reply.text().lines().nth(1).unwrap();
        root[1..root.find(' ').unwrap()].to_owned()
    };
    // The root echoes the caller's spelling; the prefix is no part of it.
    assert_eq!(root("users.getLoggedInUser"), "users_getLoggedInUser_response");
    assert_eq!(root("facebook.users.getLoggedInUser"), "users_getLoggedInUser_response");
    assert_eq!(root("Facebook.Users.GETLOGGEDINUSER"), "Users_GETLOGGEDINUSER_response");
    assert_eq!(root("users.getloggedinuser\r"), "users_getloggedinuser_response");
    let by_path = |target: &str| {
        let call = scene.app.call_for("", &session).without("method").to(target);
        call.odd_root().send(&scene.server).scalar()
    };
    for target in
        ["/method/users.getLoggedInUser", "/method/USERS.getloggedinuser", "/method/facebook.users.getLoggedInUser"]
    {
        assert_eq!(by_path(target), scene.person.uid, "{target}");
    }
    scene.app.call("").without("method").to("/method/users.fly").odd_root().send(&scene.server).refused_with(3);
}

#[test]
fn a_disabled_application_is_unknown() {
    let scene = Scene::web();
    let session = scene.web_session();
    scene.home.json(&["app", "edit", &scene.app.key, "--disabled"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    scene.who_is(&session).refused_with(101);
    let token = session.access_token.as_ref().unwrap();
    Call::bare()
        .with("method", "users.getLoggedInUser")
        .with("access_token", token)
        .send(&scene.server)
        .refused_with(190);
}
