//! The JavaScript SDK as the server serves it, run without a browser: its syntax, the whole table of its events, and what each part of it
//! does with requests, windows, clocks and cookies that the checks in `tests/sdk` hold in their hands.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::program::workspace;
use reconnect_tests::{Home, Request};
use serde_json::{Value, json};
use std::io::{Seek, Write};
use std::process::{Command, Output};
use tempfile::NamedTempFile;

/// The script as a server of its own serves it, in a file.
fn served() -> NamedTempFile {
    let home = Home::new();
    let server = home.serve();
    let answer = server.ask(&Request::get("/en_US/all.js"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let here = format!("\"www\":\"{}\"", server.url(""));
    assert!(answer.text().contains(&here), "its addresses are this server's");
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&answer.body).unwrap();
    file
}

/// Runs a file of `tests/sdk` over the script.
fn node(name: &str, input: &Value) -> Output {
    let script = served();
    let mut stdin = tempfile::tempfile().unwrap();
    stdin.write_all(input.to_string().as_bytes()).unwrap();
    stdin.rewind().unwrap();
    Command::new("node")
        .arg(workspace().join("tests/sdk").join(name))
        .env("RECONNECT_SDK_SCRIPT", script.path())
        .stdin(stdin)
        .output()
        .expect("node is installed (Debian: nodejs; `cargo xtask setup` brings it)")
}

/// Runs a file of checks, all of which must hold.
fn holds(name: &str) {
    let out = node(name, &Value::Null);
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{said}\n{}", String::from_utf8_lossy(&out.stderr));
    // Its own count says that it was read as checks at all: `# pass 24` or `ℹ pass 24`.
    let passed =
        said.lines().find_map(|line| line.split_once(" pass ")).and_then(|(_, count)| count.trim().parse().ok());
    assert!(passed.is_some_and(|count: u32| count > 0), "{said}");
}

#[test]
fn a_browser_of_2010_can_read_it() {
    assert!(
        workspace().join("tests/clients/node_modules/acorn").is_dir(),
        "tests/clients/node_modules/acorn is missing: npm ci --prefix tests/clients"
    );
    let out = node("syntax.js", &Value::Null);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// From one answer to another, and the events that go off, in their order.
type Row = (&'static str, &'static str, &'static str);

fn events_are(way: &str, rows: &[Row]) {
    let asked: Vec<Value> = rows.iter().map(|(from, to, _)| json!({ "way": way, "from": from, "to": to })).collect();
    let out = node("events.js", &Value::Array(asked));
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let heard: Vec<String> = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(heard.len(), rows.len());
    for ((from, to, events), heard) in rows.iter().zip(heard) {
        assert_eq!(&heard, events, "{way}: from {from} to {to}");
    }
}

const NONE: &str = "";

#[rustfmt::skip]
const DOCUMENTED: &[Row] = &[
    ("unknown",                 "unknown",                NONE),
    ("unknown",                 "not_authorized",         "statusChange"),
    ("unknown",                 "connected A",            "login, authResponseChange, statusChange"),
    ("unknown",                 "connected B",            "login, authResponseChange, statusChange"),
    ("unknown, cookie names A", "unknown",                "logout, authResponseChange"),
    ("unknown, cookie names A", "not_authorized",         "logout, authResponseChange, statusChange"),
    ("unknown, cookie names A", "connected A",            "login, authResponseChange, statusChange"),
    ("unknown, cookie names A", "connected B",            "logout, login, authResponseChange, statusChange"),
    ("not_authorized",          "unknown",                "statusChange"),
    ("not_authorized",          "not_authorized",         NONE),
    ("not_authorized",          "connected A",            "login, authResponseChange, statusChange"),
    ("not_authorized",          "connected B",            "login, authResponseChange, statusChange"),
    ("connected A",             "unknown",                "logout, authResponseChange, statusChange"),
    ("connected A",             "not_authorized",         "logout, authResponseChange, statusChange"),
    ("connected A",             "connected A",            NONE),
    ("connected A",             "connected A, new token", "authResponseChange"),
    ("connected A",             "connected B",            "logout, login, authResponseChange"),
];

/// As the builds of early 2012 did it.
#[rustfmt::skip]
const SHIPPED: &[Row] = &[
    ("unknown",                 "unknown",                NONE),
    ("unknown",                 "not_authorized",         "statusChange"),
    ("unknown",                 "connected A",            "logout, login, authResponseChange, statusChange"),
    ("unknown",                 "connected B",            "logout, login, authResponseChange, statusChange"),
    ("unknown, cookie names A", "unknown",                "logout, authResponseChange"),
    ("unknown, cookie names A", "not_authorized",         "logout, authResponseChange, statusChange"),
    ("unknown, cookie names A", "connected A",            "statusChange"),
    ("unknown, cookie names A", "connected B",            "logout, login, authResponseChange, statusChange"),
    ("not_authorized",          "unknown",                "statusChange"),
    ("not_authorized",          "not_authorized",         NONE),
    ("not_authorized",          "connected A",            "logout, login, authResponseChange, statusChange"),
    ("not_authorized",          "connected B",            "logout, login, authResponseChange, statusChange"),
    ("connected A",             "unknown",                "logout, authResponseChange, statusChange"),
    ("connected A",             "not_authorized",         "logout, authResponseChange, statusChange"),
    ("connected A",             "connected A",            NONE),
    ("connected A",             "connected A, new token", NONE),
    ("connected A",             "connected B",            "logout, login, authResponseChange"),
];

/// The way of 2009 to 2011, the same in documentation and builds.
#[rustfmt::skip]
const SESSION: &[Row] = &[
    ("unknown",      "unknown",              NONE),
    ("unknown",      "notConnected",         "statusChange"),
    ("unknown",      "connected A",          "statusChange, login, sessionChange"),
    ("notConnected", "unknown",              "statusChange"),
    ("notConnected", "notConnected",         NONE),
    ("notConnected", "connected A",          "statusChange, login, sessionChange"),
    ("connected A",  "unknown",              "statusChange, logout, sessionChange"),
    ("connected A",  "notConnected",         "statusChange, logout, sessionChange"),
    ("connected A",  "connected A",          NONE),
    ("connected A",  "connected A, new key", "sessionChange"),
    ("connected A",  "connected B",          "logout, login, sessionChange"),
];

#[test]
fn every_change_fires_the_documented_events_in_order() {
    events_are("documented", DOCUMENTED);
}

#[test]
fn every_change_fires_the_events_of_the_builds_when_a_page_asks_for_them() {
    events_are("shipped", SHIPPED);
}

#[test]
fn every_change_of_a_session_fires_its_events_in_order() {
    events_are("session", SESSION);
    events_are("session shipped", SESSION);
}

#[test]
fn the_status_is_asked_for_kept_refreshed_and_explained() {
    holds("status.js");
}

#[test]
fn every_road_to_a_status_is_taken_when_those_before_it_end() {
    holds("roads.js");
}

#[test]
fn logins_and_logouts_make_of_the_state_what_their_answers_say() {
    holds("login.js");
}

#[test]
fn cookies_of_the_site_come_and_go_with_the_login() {
    holds("cookies.js");
}

#[test]
fn calls_of_the_api_go_where_they_belong_and_their_answers_are_heeded() {
    holds("api.js");
}

#[test]
fn events_json_buttons_and_the_canvas_frame_work_on_their_own() {
    holds("page_parts.js");
}
