//! The table goes away under load, again and again, and comes back with what it had: what was answered is kept, and no token is good
//! twice. Through the gateway, the functions and the emulator, as people would meet it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::standins::{Dynoxide, free_port};
use reconnect_tests::{App, Browser, Home, Request};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long the table is away, in milliseconds, round by round. Short absences may pass unnoticed, for what is lost is asked for again;
/// one that outlives every deadline is told: by error 2, or by a status of 500. None of these counts as answered.
const AWAY: [u64; 5] = [300, 100, 300, 700, 8000];
const CLIENTS: usize = 6;
/// So many sessions are answered before the table is taken away, and so many after it is back.
const ENOUGH: usize = 12;
/// How long a round may take at most.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the functions have answered.
#[derive(Default)]
struct Answered {
    /// Tokens that auth.createToken handed out, each with what is known of it.
    tokens: BTreeMap<String, Token>,
    /// Sessions, each with the token that was traded for it.
    sessions: Vec<(String, String)>,
    /// Answers that were none: errors while the table was away.
    failed: usize,
}

/// What is known of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Token {
    /// The login page said that it is bound.
    bound: bool,
    /// So often a session was answered for it.
    traded: usize,
}

/// A client that logs people in to a desktop program until it is told to stop: a token, the login page, the trade, twice.
struct Client<'a> {
    address: &'a str,
    app: &'a App,
    browser: BTreeMap<String, String>,
    answered: &'a Mutex<Answered>,
}

impl Client<'_> {
    fn walk(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            if self.once().is_none() {
                self.answered.lock().unwrap().failed += 1;
            }
        }
    }

    /// One login. None as soon as an answer is none.
    fn once(&self) -> Option<()> {
        let created = self.call("auth.createToken", &[])?;
        let token = created.as_str()?.to_owned();
        self.answered.lock().unwrap().tokens.insert(token.clone(), Token::default());
        self.bind(&token)?;
        self.answered.lock().unwrap().tokens.get_mut(&token).unwrap().bound = true;
        // Two at once: a lost answer is asked for again by real clients, too.
        std::thread::scope(|threads| {
            let trades = [threads.spawn(|| self.trade(&token)), threads.spawn(|| self.trade(&token))];
            trades.into_iter().filter_map(|trade| trade.join().unwrap()).next()
        })
    }

    fn trade(&self, token: &str) -> Option<()> {
        let answer = self.call("auth.getSession", &[("auth_token", token)])?;
        let key = answer["session_key"].as_str()?.to_owned();
        let mut answered = self.answered.lock().unwrap();
        answered.tokens.get_mut(token).unwrap().traded += 1;
        answered.sessions.push((key, token.to_owned()));
        Some(())
    }

    /// The person, logged in, presses Allow on the program's page.
    fn bind(&self, token: &str) -> Option<()> {
        let target = self.app.login(&format!("&auth_token={token}"));
        let cookies = self.browser.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
        let page =
            Request::get(&target).header("Cookie", &cookies).send(self.address).ok().filter(|a| a.status < 400)?;
        let (target, page) = match page.header("location") {
            "" => (target, page),
            next => (next.to_owned(), Request::get(next).header("Cookie", &cookies).send(self.address).ok()?),
        };
        let content = reconnect_tests::form::Content::read(page.text());
        let form = content.forms.iter().find(|form| form.button("Allow").is_some())?;
        let fields = form.pressed("Allow");
        let action = if form.action.is_empty() { &target } else { &form.action };
        let pressed = Request::form(action, fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let pressed = pressed.header("Cookie", &cookies).header("Origin", "null").send(self.address).ok()?;
        let done = pressed.status == 200 && pressed.text().contains("return to");
        done.then_some(())
    }

    /// An answer in JSON; None for an error, whatever it is.
    fn call(&self, method: &str, args: &[(&str, &str)]) -> Option<serde_json::Value> {
        let call = args.iter().fold(self.app.call(method).format("json"), |call, (name, value)| call.with(name, value));
        let answer = call.request().send(self.address).ok().filter(|answer| answer.status == 200)?;
        let value: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
        value.get("error_code").is_none().then_some(value)
    }
}

#[test]
fn a_table_that_goes_away_under_load_keeps_what_was_answered_and_trades_no_token_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.db");
    let mut home = Home::on_table(Dynoxide::on(&file, free_port()));
    let port = home.table().as_ref().unwrap().port;
    let (app, person) = (home.desktop_app(), home.person("Ann"));
    let server = home.serve();
    let mut browser = Browser::new(&server);
    let form = browser.open("/login.php");
    assert!(!browser.log_in(&form, &person).asks_to_log_in());
    app.desktop_session(&server, &person);

    let (answered, stop) = (Mutex::new(Answered::default()), AtomicBool::new(false));
    std::thread::scope(|threads| {
        for _ in 0..CLIENTS {
            let client =
                Client { address: &server.address, app: &app, browser: browser.cookies.clone(), answered: &answered };
            let stop = &stop;
            threads.spawn(move || client.walk(stop));
        }
        for (round, away) in AWAY.into_iter().enumerate() {
            wait_for(&answered, ENOUGH, round);
            // Off the beat of the clients, another time in each round.
            std::thread::sleep(Duration::from_millis(3 * round as u64));
            home.table().take().unwrap().kill();
            std::thread::sleep(Duration::from_millis(away));
            *home.table() = Some(Dynoxide::on(&file, port));
        }
        wait_for(&answered, ENOUGH, AWAY.len());
        stop.store(true, Ordering::Relaxed);
    });

    let answered = answered.into_inner().unwrap();
    assert!(!server.log().contains("panicked"), "{}", server.log());
    assert!(answered.sessions.len() > AWAY.len() * ENOUGH, "{} sessions", answered.sessions.len());
    assert!(answered.failed > 0, "the table was away and nobody noticed");
    for (key, token) in &answered.sessions {
        assert_eq!(answered.tokens[token].traded, 1, "{token} was traded more than once");
        let who = app.call("users.getLoggedInUser").with("session_key", key).with("format", "json");
        // A desktop session is signed with its own secret, which was not kept: 104 says that the session is there, 102 that it is not.
        let code = who.send_unchecked(&server).code();
        assert_eq!(code, 104, "{key} was answered and is gone");
    }
    for (token, known) in &answered.tokens {
        let trade = app.call("auth.getSession").with("auth_token", token);
        let code = trade.send_unchecked(&server).code();
        match known {
            Token { traded: 1.., .. } => assert_eq!(code, 100, "{token} is good again"),
            // Bound, and its trade failed: either that was done all the same, or it can be done now; once.
            Token { bound: true, .. } => {
                assert!(matches!(code, 0 | 100), "{token}: {code}");
                assert_eq!(trade.send_unchecked(&server).code(), 100, "{token} is good twice");
            }
            // Handed out, so the login page must know it.
            Token { .. } => {
                let page = browser.open(&app.login(&format!("&auth_token={token}")));
                assert!(code == 0 || page.answer.status == 200, "{token}: {code}, {}", page.describe());
            }
        }
    }
    let checked = home.run(&["check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// Waits until so many more sessions were answered.
fn wait_for(answered: &Mutex<Answered>, more: usize, round: usize) {
    let count = || answered.lock().unwrap().sessions.len();
    let (before, began) = (count(), Instant::now());
    while count() < before + more {
        assert!(began.elapsed() < PATIENCE, "round {round}: {} sessions in a minute", count() - before);
        std::thread::sleep(Duration::from_millis(5));
    }
}
