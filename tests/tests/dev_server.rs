//! The dev server as somebody meets it for the first time: the demo world, the pasted call, one click, clear complaints.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::program::{finish, text_of};
use reconnect_tests::scene::token_of;
use reconnect_tests::{Browser, Home, Request, Server};
use serde_json::Value;

/// Runs a verb that must fail, and gives the complaint.
fn complaint(home: &Home, args: &[&str]) -> String {
    let out = finish(&mut home.command(args));
    let told = String::from_utf8_lossy(&out.stderr).trim().to_owned();
    assert!(!out.status.success(), "reconnect {} succeeds: {told}", args.join(" "));
    assert!(!told.is_empty() && !told.contains("panicked"), "reconnect {}: {told:?}", args.join(" "));
    told
}

fn one_line(home: &Home, args: &[&str]) -> String {
    let told = complaint(home, args);
    assert_eq!(told.lines().count(), 1, "reconnect {}: {told}", args.join(" "));
    told
}

#[test]
fn an_ephemeral_server_announces_a_world_that_works_and_leaves_nothing_behind() {
    let home = Home::new();
    let folder = home.folder().join("empty");
    std::fs::create_dir(&folder).unwrap();
    let mut command = home.command(&["serve", "--ephemeral", "--listen", "127.0.0.1:0", "--json"]);
    command.current_dir(&folder);
    let server = Server::start(command);
    let announced = server.announced.clone();
    let apps = announced["applications"].as_array().unwrap();
    assert_eq!(apps.len(), 3, "{announced}");
    assert!(announced["people"].as_array().unwrap().len() >= 12, "{announced}");
    for app in apps {
        for member in ["api_key", "secret", "app_id"] {
            assert!(!text_of(app, member).is_empty(), "{app}");
        }
    }
    // The call to paste, as far as it is ours: what curl would send.
    let call = announced["call"].as_str().unwrap();
    let body = call.split('\'').nth(1).unwrap_or_else(|| panic!("{call}"));
    let answer = server.ask(&Request::post("/restserver.php", "application/x-www-form-urlencoded", body));
    assert!(answer.status == 200 && !answer.text().contains("error_code"), "{call}: {}", answer.text());
    let (status, _) = server.stop();
    assert!(status.success());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "an ephemeral server writes no file");
}

#[test]
fn one_click_on_a_face_logs_in() {
    let home = Home::new();
    assert!(home.run(&["world", "load", "dorm"]).status.success());
    let server = home.serve();
    let web: Value = server.announced["applications"]
        .as_array()
        .unwrap()
        .iter()
        .find(|app| app["desktop"] == false)
        .unwrap()
        .clone();
    let key = text_of(&web, "api_key");
    let mut browser = Browser::new(&server);
    let page = browser.open(&format!("/login.php?api_key={key}&v=1.0"));
    let form = page
        .content
        .forms
        .iter()
        .find(|form| form.buttons.iter().any(|button| button.name == "face"))
        .expect("faces")
        .clone();
    let face = form.buttons.iter().find(|button| button.name == "face").unwrap().label.clone();
    let next = browser.send(&page, &form, &face);
    let end = if next.offers("Allow") { browser.press(&next, "Allow") } else { next };
    assert!(!token_of(&end).is_empty());
    // Another site's page cannot press it.
    let mut stranger = Browser::new(&server);
    let sent = form.pressed(&face);
    let forged = Request::form(&form.action, sent.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    assert_eq!(stranger.ask(forged).status, 403);
}

#[test]
fn what_is_wrong_on_the_command_line_is_told_in_one_line_with_the_fix() {
    let home = Home::new();
    let server = home.serve();
    let db = home.db();
    let db = db.to_str().unwrap();
    let taken = one_line(&home, &["serve", "--db", db, "--listen", &server.address]);
    assert!(taken.contains(&server.address) && taken.contains("--listen"), "{taken}");
    let missing = one_line(&home, &["app", "list", "--db", "nowhere.db"]);
    assert!(missing.contains("nowhere.db") && missing.contains("reconnect"), "{missing}");
    for args in [
        &["app", "show", "nobody", "--db", db][..],
        &["user", "show", "nobody@people.example", "--db", db],
        &["user", "grant", "nobody@people.example", "nothing", "--db", db],
        &["call", "auth.createToken", "--db", db, "--app", "nobody"],
        &["world", "load", "no-such-world", "--db", db],
        &["app", "create", "--name", "x", "--callback-url", "not a url", "--db", db],
        &["user", "create", "--name", "X", "--email", "not an address", "--password", "p", "--db", db],
    ] {
        one_line(&home, args);
    }
    let unhealthy = home.run(&["check", "--server", "http://127.0.0.1:1"]);
    let report = String::from_utf8_lossy(&unhealthy.stdout);
    assert!(unhealthy.status.code() == Some(1) && report.contains("http://127.0.0.1:1"), "{report}");
    complaint(&home, &["serve", "--clock", "yesterday"]);
    complaint(&home, &["fly"]);
}

#[test]
fn no_complaint_repeats_a_password() {
    let home = Home::new();
    home.person("Ann");
    let db = home.db();
    let db = db.to_str().unwrap();
    let secret = "very secret indeed";
    for args in [
        &["user", "create", "--name", "Ann", "--email", "ann@people.example", "--password", secret, "--db", db][..],
        &["user", "password", "nobody@people.example", "--password", secret, "--db", db],
    ] {
        assert!(!complaint(&home, args).contains(secret));
    }
}

#[test]
fn demo_credentials_are_served_to_this_machine_only() {
    let home = Home::new();
    assert!(home.run(&["world", "load", "dorm"]).status.success());
    let db = home.db();
    // Refused before anything listens there. (An address for documentation: no machine has it.)
    let told = one_line(&home, &["serve", "--listen", "192.0.2.1:0", "--db", db.to_str().unwrap()]);
    assert!(told.contains("world clear"), "{told}");
}
