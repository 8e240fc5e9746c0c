//! Tokens that are replayed, foreign, guessed, raced for: each is good once, for one application, for one person.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::scene::token_of;
use reconnect_tests::{Browser, Call, Scene};
use std::sync::Barrier;

#[test]
fn a_token_is_good_once() {
    let scene = Scene::web();
    let token = scene.web_token();
    let trade = scene.app.call("auth.getSession").with("auth_token", &token);
    assert_eq!(trade.send(&scene.server).code(), 0);
    trade.send(&scene.server).refused_with(100);
}

#[test]
fn of_32_that_race_for_one_token_exactly_one_wins() {
    let scene = Scene::web();
    for round in 0..3 {
        let trade = scene.app.call("auth.getSession").with("auth_token", scene.web_token());
        let start = Barrier::new(32);
        let codes: Vec<u32> = std::thread::scope(|threads| {
            let racers: Vec<_> = (0..32)
                .map(|_| {
                    threads.spawn(|| {
                        start.wait();
                        trade.send_unchecked(&scene.server).code()
                    })
                })
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let won = codes.iter().filter(|code| **code == 0).count();
        let lost = codes.iter().filter(|code| **code == 100).count();
        assert_eq!((won, lost), (1, 31), "round {round}: {codes:?}");
    }
}

#[test]
fn a_token_of_another_application_is_unknown() {
    let scene = Scene::web();
    let thief = scene.home.app("Thief", &["--callback-url", "http://thief.example/"]);
    let token = scene.web_token();
    thief.call("auth.getSession").with("auth_token", &token).send(&scene.server).refused_with(100);
    scene.app.get_session(&scene.server, &token);
    // Nor does the login page bind another application's token.
    let foreign = scene.app.create_token(&scene.server);
    let page = Browser::new(&scene.server).open(&thief.login(&format!("&auth_token={foreign}")));
    assert!(!page.asks_to_log_in() && page.leads_to.is_none(), "{}", page.describe());
}

#[test]
fn a_guessed_or_mangled_token_is_unknown() {
    let scene = Scene::web();
    let token = scene.web_token();
    let mut near = token.clone().into_bytes();
    let last = near.last_mut().unwrap();
    *last = if *last == b'0' { b'1' } else { b'0' };
    let near = String::from_utf8(near).unwrap();
    let (upper, padded, short) = (token.to_uppercase(), format!("{token} "), &token[..31]);
    let long = "f".repeat(4000);
    for guess in ["", "0", &near, &upper, &padded, short, &long, "../../etc/passwd", "%00", "💣"] {
        if guess == token {
            continue;
        }
        scene.app.call("auth.getSession").with("auth_token", guess).send(&scene.server).refused_with(100);
    }
    scene.app.call("auth.getSession").send(&scene.server).refused_with(100);
    scene.app.get_session(&scene.server, &token);
}

#[test]
fn a_program_s_token_is_bound_by_a_pressed_button_only() {
    let scene = Scene::desktop();
    let mut browser = Browser::new(&scene.server);
    let first = scene.app.create_token(&scene.server);
    browser.agree(&scene.login(&format!("&auth_token={first}")), &scene.person);

    // Logged in, authorised: a link of somebody else's still binds nothing by being followed.
    let planted = scene.app.create_token(&scene.server);
    let page = browser.open(&scene.login(&format!("&auth_token={planted}")));
    assert!(page.offers("Allow"), "{}", page.describe());
    assert!(
        page.content.text.contains("Vampires") && page.content.text.contains(&scene.person.name),
        "{}",
        page.describe()
    );
    let trade = scene.app.call("auth.getSession").with("auth_token", &planted);
    trade.send(&scene.server).refused_with(100);
    browser.press(&page, "Don't Allow");
    trade.send(&scene.server).refused_with(100);
    browser.press(&page, "Allow");
    assert_eq!(trade.send(&scene.server).code(), 0);
}

#[test]
fn a_bound_token_cannot_be_bound_to_somebody_else() {
    let scene = Scene::desktop();
    let other = scene.home.person("Bob");
    let token = scene.app.create_token(&scene.server);
    let login = scene.login(&format!("&auth_token={token}"));
    let mut late = Browser::new(&scene.server);
    let form = late.open(&login);
    Browser::new(&scene.server).agree(&login, &scene.person);
    let page = late.log_in(&form, &other);
    assert!(!page.offers("Allow"), "{}", page.describe());
    assert_eq!(scene.app.get_session(&scene.server, &token).uid, scene.person.uid);
}

#[test]
fn a_token_that_came_back_in_one_browser_is_not_given_out_again() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let first = token_of(&browser.agree(&scene.login(""), &scene.person));
    let second = token_of(&browser.open(&scene.login("")));
    assert_ne!(first, second);
    scene.app.get_session(&scene.server, &first);
    scene.app.get_session(&scene.server, &second);
}

#[test]
fn a_session_key_of_another_application_or_a_mangled_one_is_refused() {
    let scene = Scene::web();
    let thief = scene.home.app("Thief", &["--callback-url", "http://thief.example/"]);
    let session = scene.web_session();
    thief.who_is(&scene.server, &session).refused_with(102);
    let (stem, uid) = session.key.rsplit_once('-').unwrap();
    let other = scene.home.person("Bob");
    let middle = session.key.replacen("2.", "2.A", 1);
    for key in [
        format!("{stem}-{}", other.uid),
        format!("{stem}-{uid}0"),
        middle,
        stem.to_owned(),
        "c0ffee0123456789abcdef01-1".to_owned(),
    ] {
        scene.app.call("users.getLoggedInUser").with("session_key", &key).send(&scene.server).refused_with(102);
    }
}

#[test]
fn an_access_token_that_is_mangled_foreign_or_an_application_s_own_is_told_apart() {
    let scene = Scene::web();
    let other = scene.home.app("Other", &["--callback-url", "http://other.example/"]);
    let session = scene.web_session();
    let token = session.access_token.clone().unwrap();
    let ask =
        |method: &str, token: &str| Call::bare().with("method", method).with("access_token", token).send(&scene.server);
    assert_eq!(ask("users.getLoggedInUser", &token).scalar(), scene.person.uid);
    let parts: Vec<&str> = token.split('|').collect();
    assert_eq!((parts.len(), parts[0], parts[1]), (3, scene.app.id.as_str(), session.key.as_str()));
    let foreign = format!("{}|{}|{}", other.id, parts[1], parts[2]);
    let signature = format!("{}|{}|{}", parts[0], parts[1], "A".repeat(parts[2].len()));
    for bad in ["", "x", "1|2", "||", &foreign, &signature, &format!("{token}x"), &format!("{}|wrong", scene.app.id)] {
        let reply = ask("users.getLoggedInUser", bad);
        // An empty argument is none at all; then the call names no application.
        assert_eq!(reply.code(), if bad.is_empty() { 101 } else { 190 }, "{bad}");
    }
    assert!(ask("users.getLoggedInUser", "x").message().starts_with("Invalid OAuth 2.0 Access Token"));
    // The application's own token stands for its signature, not for a person.
    let own = format!("{}|{}", scene.app.id, scene.app.secret);
    assert_eq!(ask("auth.createToken", &own).code(), 0);
    ask("users.getLoggedInUser", &own).refused_with(102);
    // No echo of the token.
    let reply = ask("users.getLoggedInUser", &foreign);
    assert!(!reply.text().contains(parts[2]) && !reply.text().contains("access_token"), "{}", reply.text());
}
