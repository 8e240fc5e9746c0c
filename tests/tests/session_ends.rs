//! How sessions end: by time, by auth.expireSession, by logout.php, by a withdrawn authorisation, by a new password.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::scene::token_of;
use reconnect_tests::{App, Browser, Call, Home, Scene, Server, Session};

/// A day in 2009, on a full hour.
const START: i64 = 1_240_002_000;
const HOUR: i64 = 3600;

fn at(home: &Home, time: i64) -> Server {
    home.serve_with(&["--clock", &time.to_string()])
}

fn assert_dead(app: &App, server: &Server, session: &Session) {
    app.call_for("users.getLoggedInUser", session).send(server).refused_with(102);
    if let Some(token) = &session.access_token {
        Call::bare().with("method", "users.getLoggedInUser").with("access_token", token).send(server).refused_with(190);
    }
}

#[test]
fn a_web_session_ends_a_day_after_the_login_however_often_it_is_used() {
    let home = Home::new();
    let (app, person) = (home.web_app(), home.person("Ann"));
    let server = at(&home, START);
    let session = app.web_session(&server, &person, "");
    assert!((START + 24 * HOUR..=START + 25 * HOUR).contains(&session.expires), "{session:?}");
    server.stop();
    let server = at(&home, session.expires - 60);
    assert_eq!(app.who_is(&server, &session).scalar(), person.uid);
    server.stop();
    let server = at(&home, session.expires + 1);
    assert_dead(&app, &server, &session);
}

#[test]
fn a_desktop_session_ends_a_day_after_its_last_call() {
    let home = Home::new();
    let (app, person) = (home.desktop_app(), home.person("Ann"));
    let server = at(&home, START);
    let session = app.desktop_session(&server, &person);
    server.stop();
    let who = app.call_by("users.getLoggedInUser", &session);
    for hours in [20, 40, 60] {
        let server = at(&home, START + hours * HOUR);
        assert_eq!(who.send(&server).scalar(), person.uid, "after {hours} hours");
        server.stop();
    }
    let server = at(&home, START + (60 + 26) * HOUR);
    who.send(&server).refused_with(102);
}

#[test]
fn a_session_with_offline_access_outlives_the_years() {
    let home = Home::new();
    let (app, person) = (home.web_app(), home.person("Ann"));
    let server = at(&home, START);
    let session = app.web_session(&server, &person, "&req_perms=offline_access");
    server.stop();
    let server = at(&home, START + 20 * 365 * 24 * HOUR);
    assert_eq!(app.who_is(&server, &session).scalar(), person.uid);
}

#[test]
fn an_application_chooses_how_long_its_sessions_last_and_may_learn_why_one_is_refused() {
    let home = Home::new();
    let app = home.app(
        "Short",
        &["--callback-url", "http://short.example/", "--session-lifetime", "3600", "--fine-session-errors"],
    );
    let person = home.person("Ann");
    let server = at(&home, START);
    let session = app.web_session(&server, &person, "");
    assert!((START + HOUR..=START + 2 * HOUR).contains(&session.expires), "{session:?}");
    app.call("users.getLoggedInUser").send(&server).refused_with(453);
    app.call("users.getLoggedInUser").with("session_key", "nonsense").send(&server).refused_with(452);
    server.stop();
    let server = at(&home, session.expires + 1);
    app.who_is(&server, &session).refused_with(450);
}

#[test]
fn an_auth_token_lives_an_hour() {
    let home = Home::new();
    let (desktop, web, person) = (home.desktop_app(), home.web_app(), home.person("Ann"));
    let server = at(&home, START);
    let pending = desktop.create_token(&server);
    let bound = web.web_token(&server, &person, "");
    server.stop();
    let server = at(&home, START + HOUR + 60);
    web.call("auth.getSession").with("auth_token", &bound).send(&server).refused_with(100);
    let page = Browser::new(&server).open(&desktop.login(&format!("&auth_token={pending}")));
    assert!(!page.asks_to_log_in() && page.content.text.contains("expired"), "{}", page.describe());
}

#[test]
fn expire_session_ends_this_session_and_leaves_the_person_logged_in_to_the_site() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let session = scene.app.get_session(&scene.server, &token_of(&browser.agree(&scene.login(""), &scene.person)));
    let other = scene.web_session();
    assert_eq!(scene.app.call_for("auth.expireSession", &session).send(&scene.server).scalar(), "1");
    assert_dead(&scene.app, &scene.server, &session);
    scene.app.call_for("auth.expireSession", &session).send(&scene.server).refused_with(102);
    assert_eq!(scene.who_is(&other).scalar(), scene.person.uid, "another session of the same person goes on");
    assert!(browser.open(&scene.login("")).leads_to.is_some(), "the login page asks nothing");
}

#[test]
fn expire_session_ends_one_without_end_too() {
    let scene = Scene::web();
    let session = scene.app.web_session(&scene.server, &scene.person, "&req_perms=offline_access");
    let answer = scene.app.call_for("auth.expireSession", &session).format("json").send(&scene.server);
    assert_eq!(answer.text(), "true");
    assert_dead(&scene.app, &scene.server, &session);
    let has =
        scene.app.call("users.hasAppPermission").with("uid", &scene.person.uid).with("ext_perm", "offline_access");
    assert_eq!(has.send(&scene.server).scalar(), "1", "the permission stays");
}

#[test]
fn logout_ends_the_expiring_sessions_of_this_browser_and_no_others() {
    let scene = Scene::web();
    let connect = scene.home.app("Connected", &["--connect-url", "http://site.example/"]);
    let mut browser = Browser::new(&scene.server);
    let session = scene.app.get_session(&scene.server, &token_of(&browser.agree(&scene.login(""), &scene.person)));
    let beside = browser.agree(&connect.login("&fbconnect=1&next=http://site.example/"), &scene.person);
    let beside = connect.get_session(&scene.server, &token_of(&beside));
    let endless = browser.agree(&scene.login("&req_perms=offline_access"), &scene.person);
    let endless = scene.app.get_session(&scene.server, &token_of(&endless));
    let elsewhere = connect.web_session(&scene.server, &scene.person, "&fbconnect=1&next=http://site.example/");

    let end = browser.open(&format!(
        "/logout.php?app_key={}&session_key={}&connect_next=1&next=http://vampires.example/fb/bye",
        scene.app.key, session.key
    ));
    assert_eq!(end.left_for(), "http://vampires.example/fb/bye", "nothing is appended");
    assert_dead(&scene.app, &scene.server, &session);
    assert_dead(&connect, &scene.server, &beside);
    assert_eq!(scene.who_is(&endless).scalar(), scene.person.uid);
    assert_eq!(connect.who_is(&scene.server, &elsewhere).scalar(), scene.person.uid);
    assert!(browser.open(&scene.login("")).asks_to_log_in());
}

#[test]
fn logout_needs_a_session_of_the_person_who_is_logged_in() {
    let scene = Scene::web();
    let other = scene.home.person("Bob");
    let foreign = scene.app.web_session(&scene.server, &other, "");
    let mut browser = Browser::new(&scene.server);
    let session = scene.app.get_session(&scene.server, &token_of(&browser.agree(&scene.login(""), &scene.person)));
    let next = "&next=http://vampires.example/fb/bye";
    for wrong in
        ["", "&session_key=", "&session_key=nonsense", &format!("&session_key={}", foreign.key), "&access_token=1|2|3"]
    {
        let end = browser.open(&format!("/logout.php?api_key={}{wrong}{next}", scene.app.key));
        assert_eq!(end.left_for(), "http://vampires.example/fb/bye", "{wrong}");
        assert_eq!(scene.who_is(&session).scalar(), scene.person.uid, "{wrong}");
        assert!(browser.open(&scene.login("")).leads_to.is_some(), "{wrong}: still logged in");
    }
    // The way of the newer SDKs: by access token.
    let token = session.access_token.as_ref().unwrap();
    let encoded =
        reconnect_tests::http::encode([("access_token", token.as_str()), ("next", "http://vampires.example/fb/")]);
    assert_eq!(browser.open(&format!("/logout.php?{encoded}")).left_for(), "http://vampires.example/fb/");
    assert_dead(&scene.app, &scene.server, &session);
}

#[test]
fn the_home_page_has_a_link_that_logs_out() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let form = browser.open("/login.php");
    let home = browser.log_in(&form, &scene.person);
    assert!(home.content.text.contains(&scene.person.name), "{}", home.describe());
    let link = home.content.links.iter().find(|(_, text)| text == "Logout").expect("a link Logout").0.clone();
    let (address, token) = link.split_once("?h=").expect("a link with a token");
    let other = if token.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{address}?h={other}{}", &token[1..]);
    browser.open(&forged);
    assert!(browser.open("/home.php").content.text.contains(&scene.person.name), "a forged link logs nobody out");
    assert!(browser.open(&link).asks_to_log_in());
}

#[test]
fn a_new_password_ends_everything_at_once() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let session = scene.app.get_session(&scene.server, &token_of(&browser.agree(&scene.login(""), &scene.person)));
    let endless = scene.app.web_session(&scene.server, &scene.person, "&req_perms=offline_access");
    let bound = scene.web_token();
    scene.home.json(&["user", "password", &scene.person.email, "--password", "another one"]);
    assert_dead(&scene.app, &scene.server, &session);
    assert_dead(&scene.app, &scene.server, &endless);
    assert!(browser.open(&scene.login("")).asks_to_log_in());
    let late = scene.app.call("auth.getSession").with("auth_token", &bound).send(&scene.server);
    if late.code() == 0 {
        assert_dead(&scene.app, &scene.server, &Session::of(&late));
    }
}
