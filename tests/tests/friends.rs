//! Friends over real HTTP: the five methods as old clients call them, who may ask for whom, and what changes at the next call.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Call, Home, Person, Reply, Server, Session, Shown};
use serde_json::{Value, json};

/// Ann is a friend of Bob, Carl and Dora; Bob is one of Carl, Dora one of Emil. Ann has two lists. Ids below are theirs.
const WORLD: &str = r#"
friendships = [
    ["ann@circle.example", "bob@circle.example"],
    ["carl@circle.example", "ann@circle.example"],
    ["ann@circle.example", "dora@circle.example"],
    ["bob@circle.example", "carl@circle.example"],
    ["dora@circle.example", "emil@circle.example"],
]

[[friend_list]]
id = 77001
owner = "ann@circle.example"
name = "Family & <friends>"
members = ["bob@circle.example", "dora@circle.example"]

[[friend_list]]
id = 77002
owner = "ann@circle.example"
name = "Work"

[[friend_list]]
id = 77003
owner = "bob@circle.example"
name = "Bob's own"
members = ["ann@circle.example"]
"#;

const PEOPLE: [(&str, &str); 5] =
    [("1001", "Ann"), ("1002", "Bob"), ("1003", "Carl"), ("1004", "Dora"), ("1005", "Emil")];

/// Nobody's id.
const NOBODY: &str = "1099";

struct Circle {
    home: Home,
    app: App,
    ann: Person,
    /// Ann's, with the application, which Bob and Emil use as well.
    session: Session,
    server: Server,
}

impl Circle {
    fn new() -> Circle {
        let home = Home::new();
        let app = home.web_app();
        let [ann, ..] = home.people_of("Circle", PEOPLE, WORLD);
        for uid in ["1002", "1005"] {
            home.json(&["user", "grant", uid, &app.key]);
        }
        let server = home.serve();
        let session = app.web_session(&server, &ann, "");
        Circle { home, app, ann, session, server }
    }

    /// A call in Ann's session.
    fn call(&self, method: &str) -> Call {
        self.app.call_for(method, &self.session)
    }

    /// The people whom it answers, in the order of their ids.
    #[track_caller]
    fn people(&self, call: &Call) -> Vec<u64> {
        let reply = call.clone().format("json").send(&self.server);
        assert_eq!(reply.code(), 0, "{}\n→\n{}", reply.sent, reply.text());
        let mut ids: Vec<u64> = reply.json().as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids
    }

    /// Runs a verb beside the server, and waits until it sees what was written.
    fn verb(&self, args: &[&str]) {
        self.home.json(args);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    fn shown(&self, reply: &Reply) -> String {
        let shown = Shown::new(&self.server).name(&self.app.key, "[api key]").name(&self.app.id, "[app id]");
        in_order(&shown.name(&self.session.key, "[session key]").reply(reply))
    }
}

/// Friends are listed by when they became friends, which all of a world did within a moment: here they stand in the order of their ids.
fn in_order(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(json_in_order).collect();
    for run in lines.chunk_by_mut(|a, b| a.starts_with("  <uid>") == b.starts_with("  <uid>")) {
        if run[0].starts_with("  <uid>") {
            run.sort();
        }
    }
    lines.join("\n")
}

fn json_in_order(line: &str) -> String {
    match serde_json::from_str::<Vec<Value>>(line) {
        Ok(mut ids) if !ids.iter().any(Value::is_object) => {
            ids.sort_by_key(Value::to_string);
            json!(ids).to_string()
        }
        _ => line.to_owned(),
    }
}

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let circle = Circle::new();
    let pairs = [("uids1", "1001,1002,1001,1001"), ("uids2", "1002,1003,1005,1099")];
    let calls: [(&str, &[(&str, &str)]); 5] = [
        ("areFriends", &pairs),
        ("get", &[]),
        ("getAppUsers", &[]),
        ("getLists", &[]),
        ("getMutualFriends", &[("target_uid", "1002")]),
    ];
    for (method, args) in calls {
        for format in ["XML", "JSON", "json-strings"] {
            let call = circle.call(&format!("facebook.friends.{method}")).format(format);
            let call = args.iter().fold(call, |call, (name, value)| call.with(name, *value));
            insta::assert_snapshot!(format!("{method}_as_{format}"), circle.shown(&call.send(&circle.server)));
        }
    }
}

#[test]
fn an_empty_list_is_a_list() {
    let circle = Circle::new();
    let call = circle.call("friends.get").with("flid", "77002");
    insta::assert_snapshot!("an_empty_list_as_XML", circle.shown(&call.send(&circle.server)));
    assert_eq!(call.format("json").send(&circle.server).text(), "[]");
}

#[test]
fn ids_come_as_json_or_with_commas_in_every_encoding() {
    let circle = Circle::new();
    let expected = json!([
        {"uid1": 1001, "uid2": 1002, "are_friends": true},
        {"uid1": 1002, "uid2": 1004, "are_friends": false},
    ]);
    let lists =
        [("1001,1002", "1002,1004"), ("[1001,1002]", "[\"1002\",\"1004\"]"), (" 1001, 1002,", "[1002, 0, 1004]")];
    for (first, second) in lists {
        for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
            let call = circle.call("friends.areFriends").with("uids1", first).with("uids2", second);
            let reply = call.format("json").by(encoding).send(&circle.server);
            assert_eq!(reply.json(), expected, "{first} {encoding:?}");
        }
    }
}

#[test]
fn a_friend_list_narrows_friends_get_for_its_owner_only() {
    let circle = Circle::new();
    let get = || circle.call("friends.get");
    assert_eq!(circle.people(&get().with("flid", "77001")), [1002, 1004]);
    for flid in ["77003", "77004", "1002", "0", "-1", "family"] {
        get().with("flid", flid).send(&circle.server).refused_with(100);
    }
    let server = circle.app.call("friends.get");
    assert_eq!(circle.people(&server.clone().with("uid", "1002").with("flid", "77003")), [1001]);
    server.with("uid", "1002").with("flid", "77001").send(&circle.server).refused_with(100);
}

#[test]
fn without_a_session_an_application_asks_about_its_own_people() {
    let circle = Circle::new();
    let get = || circle.app.call("friends.get");
    let mutual = || circle.app.call("friends.getMutualFriends").with("target_uid", "1003");
    assert_eq!(circle.people(&get().with("uid", "1001")), [1002, 1003, 1004]);
    assert_eq!(circle.people(&mutual().with("source_uid", "1002")), [1001]);
    for stranger in ["1003", NOBODY] {
        get().with("uid", stranger).send(&circle.server).refused_with(110);
        mutual().with("source_uid", stranger).send(&circle.server).refused_with(110);
    }
    get().send(&circle.server).refused_with(102);
    mutual().send(&circle.server).refused_with(100);
    circle.call("friends.getMutualFriends").with("target_uid", NOBODY).send(&circle.server).refused_with(210);
    let both = circle.call("friends.getMutualFriends").with("target_uid", "1003").with("source_uid", "1001");
    both.send(&circle.server).refused_with(100);
    for method in ["friends.areFriends", "friends.getAppUsers", "friends.getLists"] {
        circle.app.call(method).with("uid", "1001").send(&circle.server).refused_with(102);
    }
    // Whoever takes the application back is none of its people at the next call.
    circle.app.call("auth.revokeAuthorization").with("uid", "1002").send(&circle.server);
    get().with("uid", "1002").send(&circle.server).refused_with(110);
    assert_eq!(circle.people(&circle.call("friends.getAppUsers")), [0; 0]);
}

#[test]
fn a_program_in_a_persons_hands_asks_for_that_person_only() {
    let circle = Circle::new();
    let desktop = circle.home.desktop_app();
    let session = desktop.desktop_session(&circle.server, &circle.ann);
    let get = desktop.call_by("friends.get", &session);
    assert_eq!(circle.people(&get), [1002, 1003, 1004]);
    assert_eq!(circle.people(&get.with("uid", "1002")), [1002, 1003, 1004], "a desktop application's uid is ignored");
    desktop.call("friends.get").with("uid", "1001").send(&circle.server).refused_with(200);
    assert_eq!(circle.people(&desktop.call_by("friends.getAppUsers", &session)), [0; 0]);
    // A page's script knows an access token.
    let token = circle.session.access_token.as_deref().unwrap();
    let by_token = |method: &str| Call::bare().with("method", method).with("access_token", token);
    assert_eq!(circle.people(&by_token("friends.get")), [1002, 1003, 1004]);
    assert_eq!(circle.people(&by_token("friends.getAppUsers")), [1002]);
    by_token("friends.get").with("uid", "1002").send(&circle.server).refused_with(200);
}

#[test]
fn a_friendship_begins_and_ends_at_the_next_call() {
    let circle = Circle::new();
    let (get, on_list) = (circle.call("friends.get"), circle.call("friends.get").with("flid", "77001"));
    let app_users = circle.call("friends.getAppUsers");
    assert_eq!(circle.people(&app_users), [1002]);
    circle.verb(&["user", "unfriend", "1002", "1001"]);
    assert_eq!((circle.people(&get), circle.people(&on_list)), (vec![1003, 1004], vec![1004]));
    assert_eq!(circle.people(&app_users), [0; 0]);
    circle.verb(&["user", "befriend", "1001", "1005"]);
    assert_eq!((circle.people(&get), circle.people(&app_users)), (vec![1003, 1004, 1005], vec![1005]));
    let known = circle.call("friends.areFriends").with("uids1", "1001,1005").with("uids2", "1002,1002").format("json");
    let told: Vec<Value> =
        known.send(&circle.server).json().as_array().unwrap().iter().map(|row| row["are_friends"].clone()).collect();
    assert_eq!(told, [false, false], "her own friends' friends are told");
    circle.verb(&["user", "unfriend", "1001", "1005"]);
    let told = known.send(&circle.server).json();
    assert_eq!(told[1]["are_friends"], Value::Null, "those of strangers are not");
    circle.verb(&["user", "remove", "1003"]);
    assert_eq!(circle.people(&get), [1004]);
}

#[test]
fn friends_are_told_in_a_batch_and_on_the_read_only_host() {
    let circle = Circle::new();
    let feed = json!([circle.call("friends.get").with("flid", "77002").format("json").encoded()]).to_string();
    let reply = circle.call("batch.run").with("method_feed", &feed).format("json").send(&circle.server);
    assert_eq!(reply.json(), json!(["[]"]));
    let read_host = circle.call("friends.getAppUsers").header("Host", "api-read.facebook.com");
    assert_eq!(circle.people(&read_host), [1002]);
}
