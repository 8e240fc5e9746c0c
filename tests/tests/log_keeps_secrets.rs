//! The log of a whole day holds no secret that was used in it: no password, token, key, signature, cookie.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::http::{decode, encode};
use reconnect_tests::scene::token_of;
use reconnect_tests::{Browser, Call, Request, Scene, Server, Session};
use std::collections::BTreeSet;

/// All that must stay secret, collected on the way.
#[derive(Default)]
struct Secrets(BTreeSet<(String, String)>);

impl Secrets {
    fn keep(&mut self, what: &str, value: &str) {
        // Shorter texts than these stand in a log by chance.
        assert!(value.len() >= 6, "{what} is {value:?}");
        self.0.insert((value.to_owned(), what.to_owned()));
    }

    fn session(&mut self, session: &Session) {
        self.keep("session key", &session.key);
        session.secret.iter().for_each(|secret| self.keep("session secret", secret));
        session.access_token.iter().for_each(|token| self.keep("access token", token));
    }

    fn send(&mut self, call: &Call, server: &Server) {
        let reply = call.clone().odd_root().send(server);
        if !reply.signature.is_empty() {
            self.keep("signature", &reply.signature);
        }
    }
}

/// Everything once: logins that succeed and fail, calls in all encodings, errors of every kind.
fn a_day(scene: &Scene) -> Secrets {
    let (app, server) = (&scene.app, &scene.server);
    let mut secrets = Secrets::default();
    secrets.keep("application secret", &app.secret);
    secrets.keep("password", &scene.person.password);
    let mut browser = Browser::new(server);
    let page = browser.open(&scene.login(""));
    let mut form = page.form("Login");
    secrets.keep("form token", form.value("fb_dtsg"));
    form.fill("email", &scene.person.email);
    form.fill("pass", "a wrong password");
    secrets.keep("wrong password", "a wrong password");
    browser.send(&page, &form, "Login");
    let token = token_of(&browser.agree(&scene.login(""), &scene.person));
    secrets.keep("auth token", &token);
    let trade = app.call("auth.getSession").with("auth_token", &token).with("generate_session_secret", "1");
    let session = Session::of(&trade.send(server));
    secrets.session(&session);
    for (name, value) in &browser.cookies {
        if name != "c_user" {
            secrets.keep(name, value);
        }
    }
    secrets.send(&trade, server);
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        secrets.send(&app.call_by("users.getLoggedInUser", &session).by(encoding), server);
        secrets.send(&app.call_for("users.fly", &session).by(encoding), server);
        secrets.send(&app.call_for("users.getLoggedInUser", &session).signed_with("wrong").by(encoding), server);
        let token = session.access_token.as_ref().unwrap();
        secrets.send(
            &Call::bare().with("method", "users.getLoggedInUser").with("access_token", token).by(encoding),
            server,
        );
        secrets.send(&Call::bare().with("method", "x").with("access_token", format!("{token}x")).by(encoding), server);
        secrets.send(&app.call("x.y").with("password", "in the clear").by(encoding), server);
    }
    secrets.keep("password argument", "in the clear");
    let entry = app.call_for("users.getLoggedInUser", &session);
    secrets.keep("signature of an entry", &String::from_utf8(entry.signed().last().unwrap().1.clone()).unwrap());
    secrets.send(
        &app.call("batch.run").with("method_feed", serde_json::json!([entry.encoded(), "&&&"]).to_string()),
        server,
    );
    dialogs(scene, &mut browser, &mut secrets);
    let page = browser.agree(&format!("/code_gen.php?v=1.0&api_key={}", app.key), &scene.person);
    let page = browser.press(&page, "Generate");
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let code = page.content.text.split_whitespace().find(is_code).unwrap();
    secrets.keep("code", code);
    secrets.send(&app.call("auth.getSession").with("auth_token", code), server);
    let bye = browser
        .open(&format!("/logout.php?api_key={}&session_key={}&next=http://vampires.example/fb/", app.key, session.key));
    assert!(bye.leads_to.is_some(), "{}", bye.describe());
    secrets.send(&app.call_for("auth.expireSession", &session), server);
    secrets
}

/// The dialogs, the status and the trades, whose tokens travel in addresses and in forms.
fn dialogs(scene: &Scene, browser: &mut Browser<'_>, secrets: &mut Secrets) {
    let (app, server) = (&scene.app, &scene.server);
    let dialog =
        |more: &str| format!("/dialog/oauth?client_id={}&redirect_uri=http://vampires.example/fb/{more}", app.id);
    let end = browser.agree(&dialog(""), &scene.person);
    let code = end.argument("code").unwrap();
    secrets.keep("OAuth code", &code);
    let end = browser.agree(&dialog("&response_type=token,signed_request"), &scene.person);
    for (name, value) in decode(end.left_for().split_once('#').unwrap().1) {
        if name != "expires_in" {
            secrets.keep(&name, &value);
        }
    }
    let trade = [("client_id", app.id.as_str()), ("client_secret", &app.secret), ("code", &code)];
    for uri in ["http://wrong.example/", "http://vampires.example/fb/"] {
        let answer = server.ask(&Request::form("/oauth/access_token", [&trade[..], &[("redirect_uri", uri)]].concat()));
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        for (_, token) in decode(&told).into_iter().filter(|(name, _)| name == "access_token") {
            let path = format!("/me?access_token={}", encode([("", token.as_str())]).trim_start_matches('='));
            server.ask(&Request::get(&path));
            secrets.keep("token of a code", &token);
        }
    }
    let status = |args: &[(&str, &str)]| {
        Request::form("/x/oauth/status", args.to_vec()).header("Origin", "http://vampires.example")
    };
    let told = browser.ask(status(&[("client_id", &app.id)]));
    let told: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    let kept = told["token"].as_str().unwrap();
    secrets.keep("kept token", kept);
    secrets.keep("token of the status", told["authResponse"]["accessToken"].as_str().unwrap());
    browser.ask(status(&[("client_id", &app.id), ("input_token", kept)]));
}

fn no_secret_in_the_log(level: &str) {
    let scene = Scene::on(&["--callback-url", "http://vampires.example/fb/"], &["--log", level]);
    let secrets = a_day(&scene);
    let Scene { server, home, .. } = scene;
    let (_, log) = server.stop();
    // The check can see something: calls are logged, failed ones too.
    for told in ["auth.getsession", "users.fly", "batch.run"] {
        assert!(log.to_ascii_lowercase().contains(told), "{told} in {log}");
    }
    assert!(!log.contains("panicked"), "{log}");
    for (secret, what) in &secrets.0 {
        let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        assert!(!log.contains(secret.as_str()) && !log.contains(&encoded), "{what} {secret} in {log}");
    }
    drop(home);
}

#[test]
fn at_the_usual_level() {
    no_secret_in_the_log("info");
}

#[test]
fn at_the_level_of_somebody_who_hunts_a_defect() {
    no_secret_in_the_log("debug");
}
