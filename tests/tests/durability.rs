//! What was answered is kept: the server is killed in the middle of writes, again and again, on one file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::http::decode;
use reconnect_tests::program::finish;
use reconnect_tests::{App, Browser, Home, Request};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const ROUNDS: usize = 6;
const WRITERS: usize = 4;
/// A round is over when so many sessions were answered, counted over all writers: the kill then falls into the next ones.
const ENOUGH: usize = 25;

/// What the server had answered when it died.
#[derive(Default)]
struct Answered {
    sessions: Vec<String>,
    /// Tokens that were handed out and not traded before the end, as far as is known.
    tokens: Vec<String>,
}

/// The login page, which hands a token to whoever is logged in.
fn token(address: &str, app: &App, cookies: &str) -> io::Result<String> {
    let answer = Request::get(&app.login("")).header("Cookie", cookies).send(address)?;
    let query = answer.header("location").split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    let token = decode(&query).into_iter().find(|(name, _)| name == "auth_token");
    Ok(token.unwrap_or_else(|| panic!("{} {}", answer.status, answer.text())).1)
}

fn session(address: &str, app: &App, token: &str) -> io::Result<String> {
    let answer = app.call("auth.getSession").with("auth_token", token).format("json").request().send(address)?;
    let whole: serde_json::Value = serde_json::from_slice(&answer.body).map_err(io::Error::other)?;
    Ok(whole["session_key"].as_str().unwrap_or_else(|| panic!("{whole}")).to_owned())
}

/// Logs in and trades until the server is gone.
fn write(address: &str, app: &App, cookies: &str, answered: &Mutex<Answered>, count: &AtomicUsize) {
    while let Ok(token) = token(address, app, cookies) {
        answered.lock().unwrap().tokens.push(token.clone());
        let Ok(session) = session(address, app, &token) else { return };
        let mut answered = answered.lock().unwrap();
        answered.tokens.retain(|other| *other != token);
        answered.sessions.push(session);
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_writes_has_kept_all_that_it_answered() {
    let home = Home::new();
    let (app, person) = (home.web_app(), home.person("Ann"));
    let server = home.serve();
    let mut browser = Browser::new(&server);
    browser.agree(&app.login(""), &person);
    let cookies = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    server.kill();

    let mut kept: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let server = home.serve();
        let address = server.address.clone();
        let (answered, count) = (Mutex::new(Answered::default()), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for _ in 0..WRITERS {
                threads.spawn(|| write(&address, &app, &cookies, &answered, &count));
            }
            let began = Instant::now();
            while count.load(Ordering::Relaxed) < ENOUGH && began.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(2));
            }
            // Off the beat of the writers, another time in each round.
            std::thread::sleep(Duration::from_micros(700 * round as u64));
            server.kill();
        });
        let Answered { sessions, tokens } = answered.into_inner().unwrap();
        assert!(sessions.len() >= ENOUGH, "round {round}: {} sessions", sessions.len());

        let server = home.serve();
        for key in sessions.iter().chain(&kept) {
            let who = app.call("users.getLoggedInUser").with("session_key", key).send_unchecked(&server);
            assert_eq!(who.scalar(), person.uid, "round {round}");
        }
        for token in &tokens {
            // It was being traded when the server died: either that is done, or it can be done now. Never half of it.
            let code = app.call("auth.getSession").with("auth_token", token).send_unchecked(&server).code();
            assert!(matches!(code, 0 | 100), "round {round}: {code}");
        }
        kept.extend(sessions.into_iter().take(10));
        let checked = home.run(&["check"]);
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_uploads_has_no_half_photo() {
    let home = Home::new();
    let (app, person) = (home.web_app(), home.person("Ann"));
    home.json(&["user", "grant", &person.uid, &app.key, "--perm", "photo_upload"]);
    let server = home.serve();
    let session = app.web_session(&server, &person, "");
    let album = app.call_for("photos.createAlbum", &session).with("name", "Maps").format("json").send(&server).json();
    let aid = album["aid"].as_str().unwrap();
    server.kill();
    let upload = app.call_for("photos.upload", &session).with("aid", aid).format("json");
    let upload = upload.picture(include_bytes!("photos/map.jpg")).request();
    let mut kept = 0;
    for round in 0..3 {
        let server = home.serve();
        let (address, count) = (server.address.clone(), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for _ in 0..WRITERS {
                threads.spawn(|| {
                    while upload.send(&address).is_ok_and(|answer| answer.text().contains("\"pid\"")) {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            let began = Instant::now();
            while count.load(Ordering::Relaxed) < 8 && began.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(900 * round));
            server.kill();
        });
        kept += count.into_inner();
        let server = home.serve();
        let photos = app.call_for("photos.get", &session).with("aid", aid).format("json").send(&server).json();
        let photos = photos.as_array().unwrap();
        // One more a writer may have been kept whose answer was lost.
        assert!((kept..=kept + WRITERS * (round as usize + 1)).contains(&photos.len()), "{} {kept}", photos.len());
        for photo in photos {
            for size in ["src", "src_big", "src_small"] {
                let path = photo[size].as_str().unwrap().split(&server.address).nth(1).unwrap().to_owned();
                let answer = server.ask(&Request::get(&path));
                assert!(answer.status == 200 && answer.body.starts_with(b"\xff\xd8"), "round {round}: {photo}");
            }
        }
    }
}

#[test]
fn a_server_that_is_asked_to_end_has_kept_everything_and_leaves_one_file() {
    let home = Home::new();
    let (app, person) = (home.web_app(), home.person("Ann"));
    let server = home.serve();
    let session = app.web_session(&server, &person, "");
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    let left: Vec<_> = std::fs::read_dir(home.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["world.db"], "the file may be copied as it is");
    let server = home.serve();
    assert_eq!(app.who_is(&server, &session).scalar(), person.uid);
}

#[test]
fn a_file_that_is_none_of_ours_is_refused_in_one_line_and_left_as_it_is() {
    let home = Home::new();
    let damaged = home.folder().join("damaged.db");
    let garbage = vec![b'x'; 8192];
    std::fs::write(&damaged, &garbage).unwrap();
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0", "--db"]);
    let out = finish(command.arg(&damaged));
    let told = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success() && told.contains("damaged.db"), "{told}");
    assert!(!told.contains("panicked") && told.trim().lines().count() <= 2, "{told}");
    assert_eq!(std::fs::read(&damaged).unwrap(), garbage, "the file is as it was");
}
