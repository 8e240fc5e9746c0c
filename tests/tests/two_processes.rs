//! Several processes on one file: verbs beside a running server, a second server beside the first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::scene::token_of;
use reconnect_tests::{Browser, Scene, Session};
use std::time::Duration;

/// A change that another process has made and answered is seen by a running server within this time. The tests wait for just so
/// long and ask once: a slow machine makes the wait longer, never the promise.
const SEEN: Duration = Duration::from_millis(100);

#[test]
fn what_a_verb_changes_is_seen_by_the_running_server() {
    let scene = Scene::web();
    let call = scene.app.call("auth.createToken");
    assert_eq!(call.send(&scene.server).code(), 0);
    let edit = |flags: &[&str]| {
        let edited = scene.home.json(&[&["app", "edit", &scene.app.key], flags].concat());
        std::thread::sleep(SEEN);
        edited
    };
    edit(&["--disabled"]);
    call.send(&scene.server).refused_with(101);
    edit(&["--disabled=false"]);
    assert_eq!(call.send(&scene.server).code(), 0);
    edit(&["--ip", "192.0.2.1"]);
    call.send(&scene.server).refused_with(5);
    edit(&["--ip", ""]);
    let edited = edit(&["--new-secret"]);
    call.send(&scene.server).refused_with(104);
    let renewed = call.signed_with(edited["secret"].as_str().expect("the new secret is printed"));
    assert_eq!(renewed.send(&scene.server).code(), 0);
}

#[test]
fn what_a_verb_makes_and_grants_is_seen_by_the_running_server() {
    let scene = Scene::web();
    let late = scene.home.app("Late", &["--callback-url", "http://late.example/"]);
    let bob = scene.home.person("Bob");
    std::thread::sleep(SEEN);
    let is_user = late.call("users.isAppUser").with("uid", &bob.uid);
    assert_eq!(is_user.send(&scene.server).scalar(), "0");
    scene.home.json(&["user", "grant", &bob.email, &late.key, "--perm", "email"]);
    std::thread::sleep(SEEN);
    assert_eq!(is_user.send(&scene.server).scalar(), "1");
    let has = late.call("users.hasAppPermission").with("uid", &bob.uid).with("ext_perm", "email");
    assert_eq!(has.send(&scene.server).scalar(), "1");
    // Granted already, the login asks for nothing more.
    let mut browser = Browser::new(&scene.server);
    let form = browser.open(&late.login(""));
    let token = token_of(&browser.log_in(&form, &bob));
    assert_eq!(late.get_session(&scene.server, &token).uid, bob.uid);
}

#[test]
fn a_person_or_an_application_that_a_verb_removes_is_gone_at_once() {
    let scene = Scene::web();
    let bob = scene.home.person("Bob");
    let (mine, his) = (scene.web_session(), scene.app.web_session(&scene.server, &bob, ""));
    scene.home.json(&["user", "remove", &bob.email]);
    std::thread::sleep(SEEN);
    scene.who_is(&his).refused_with(102);
    assert_eq!(scene.who_is(&mine).scalar(), scene.person.uid);
    scene.home.json(&["app", "remove", &scene.app.key]);
    std::thread::sleep(SEEN);
    scene.who_is(&mine).refused_with(101);
}

#[test]
fn two_servers_on_one_file_are_one() {
    let scene = Scene::desktop();
    let second = scene.home.serve();
    let token = scene.app.create_token(&scene.server);
    let mut browser = Browser::new(&second);
    std::thread::sleep(SEEN);
    browser.agree(&scene.login(&format!("&auth_token={token}")), &scene.person);
    std::thread::sleep(SEEN);
    let session = scene.app.get_session(&scene.server, &token);
    std::thread::sleep(SEEN);
    for server in [&scene.server, &second] {
        assert_eq!(scene.app.call_by("users.getLoggedInUser", &session).send(server).scalar(), scene.person.uid);
    }
    let trade = scene.app.call("auth.getSession").with("auth_token", &token);
    trade.send(&second).refused_with(100);
    // What one ends is ended for the other.
    assert_eq!(scene.app.call_by("auth.expireSession", &session).send(&second).scalar(), "1");
    std::thread::sleep(SEEN);
    scene.app.call_by("users.getLoggedInUser", &session).send(&scene.server).refused_with(102);
}

#[test]
fn one_token_raced_for_at_two_servers_is_won_once() {
    let scene = Scene::web();
    let second = scene.home.serve();
    for _ in 0..3 {
        let trade = scene.app.call("auth.getSession").with("auth_token", scene.web_token());
        let codes: Vec<u32> = std::thread::scope(|threads| {
            let racers: Vec<_> = (0..16)
                .map(|n| {
                    let server = if n % 2 == 0 { &scene.server } else { &second };
                    threads.spawn(|| trade.send_unchecked(server).code())
                })
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| matches!(code, 0 | 100)), "{codes:?}");
    }
}

#[test]
fn verbs_and_server_write_side_by_side_and_none_is_turned_away() {
    let scene = Scene::web();
    std::thread::scope(|threads| {
        let people = threads.spawn(|| (0..5).map(|n| scene.home.person(&format!("Person{n}")).uid).collect::<Vec<_>>());
        let tokens: Vec<String> = (0..60).map(|_| scene.app.create_token(&scene.server)).collect();
        let people = people.join().unwrap();
        assert_eq!((people.len(), tokens.len()), (5, 60));
    });
    let list = scene.home.json(&["user", "list"]);
    assert!(list.to_string().contains("person4@people.example"), "{list}");
}

#[test]
fn the_verb_call_signs_and_sends_and_fails_with_the_error_s_text() {
    let scene = Scene::web();
    scene.web_session();
    let url = scene.server.url("");
    for place in [&["--server", url.as_str()][..], &[]] {
        let call = |args: &[&str]| {
            let out = scene.home.run(&[&["call"], args, &["--app", &scene.app.key], place].concat());
            (out.status.code(), String::from_utf8_lossy(&out.stdout).trim().to_owned())
        };
        let (code, text) = call(&["users.getLoggedInUser", "--as", &scene.person.email, "--format", "json"]);
        assert_eq!((code, text.as_str()), (Some(0), scene.person.uid.as_str()), "{place:?}");
        let (code, text) = call(&["auth.getSession", "auth_token=unknown", "--format", "json"]);
        assert!(code == Some(1) && text.contains("\"error_code\":100"), "{place:?}: {code:?} {text}");
        let (code, text) = call(&["auth.createToken", "--format", "xml"]);
        assert!(code == Some(0) && text.contains("auth_createToken_response"), "{place:?}: {code:?} {text}");
    }
}

#[test]
fn a_session_of_the_first_server_outlives_it() {
    let scene = Scene::web();
    let session: Session = scene.web_session();
    let Scene { home, app, person, server } = scene;
    server.kill();
    let server = home.serve();
    assert_eq!(app.who_is(&server, &session).scalar(), person.uid);
}
