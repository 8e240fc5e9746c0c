//! Groups over real HTTP: the two methods as old clients call them, and what each of three people sees of an open, a closed and a secret group.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Call, Home, Person, Reply, Server, Session, Shown, schema};
use serde_json::{Value, json};

/// Ann and Bob are friends; Eve knows nobody. Bob is in Ann's open and closed group, Eve was invited to the secret one.
const WORLD: &str = r#"
friendships = [["ann@club.example", "bob@club.example"]]

[[group]]
id = 77001
name = "Chess & <noon>"
creator = "ann@club.example"
nid = 12
description = "We play at noon."
group_type = "Common Interest"
group_subtype = "Games"
recent_news = "Rain: indoors."
office = "Room 2"
website = "http://chess.example/?a=1&b=2"
venue = { street = "1 Road", city = "Springfield", state = "Ohio", country = "United States", latitude = 39.92, longitude = -83.81 }
members = ["bob@club.example"]
officers = ["bob@club.example"]

[[group]]
id = 77002
name = "Attic"
creator = "ann@club.example"
privacy = "CLOSED"
members = ["bob@club.example"]
admins = ["bob@club.example"]

[[group]]
id = 77003
name = "Party for Bob"
creator = "ann@club.example"
privacy = "SECRET"
invited = ["eve@club.example"]
"#;

struct Club {
    home: Home,
    app: App,
    people: [Person; 3],
    /// Of Ann, Bob and Eve.
    sessions: [Session; 3],
    server: Server,
}

const ANN: usize = 0;
const BOB: usize = 1;
const EVE: usize = 2;

impl Club {
    fn new() -> Club {
        let home = Home::new();
        let app = home.web_app();
        let people = home.people_of("Club", [("1001", "Ann"), ("1002", "Bob"), ("1003", "Eve")], WORLD);
        let server = home.serve();
        let sessions = [ANN, BOB, EVE].map(|who| app.web_session(&server, &people[who], ""));
        Club { home, app, people, sessions, server }
    }

    fn call(&self, who: usize, method: &str) -> Call {
        self.app.call_for(method, &self.sessions[who])
    }

    /// The ids of the groups that somebody is answered.
    #[track_caller]
    fn gids(&self, call: &Call) -> Vec<u64> {
        let mut ids: Vec<u64> =
            self.json(call).as_array().unwrap().iter().map(|row| row["gid"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids
    }

    #[track_caller]
    fn json(&self, call: &Call) -> Value {
        let reply = call.clone().format("json").send(&self.server);
        assert_eq!(reply.code(), 0, "{}\n→\n{}", reply.sent, reply.text());
        reply.json()
    }

    fn shown(&self, reply: &Reply) -> String {
        let shown = Shown::new(&self.server).name(&self.app.key, "[api key]").name(&self.app.id, "[app id]");
        let text = shown.name(&self.sessions[BOB].key, "[session key]").reply(reply);
        let updated = self.json(&self.call(BOB, "groups.get").with("gids", "77001"))[0]["update_time"].to_string();
        text.replace(&updated, "[made]")
    }
}

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let club = Club::new();
    for (method, argument) in [("get", ("gids", "77001")), ("getMembers", ("gid", "77001"))] {
        for format in ["XML", "JSON", "json-strings"] {
            let call = club.call(BOB, &format!("facebook.groups.{method}")).format(format);
            let reply = call.with(argument.0, argument.1).send(&club.server);
            if format == "XML" {
                schema::validate(&club.server, reply.text());
            }
            insta::assert_snapshot!(format!("{method}_as_{format}"), club.shown(&reply));
        }
    }
}

#[test]
fn each_of_three_people_sees_what_is_for_them() {
    let club = Club::new();
    let all = |who| club.call(who, "groups.get").with("gids", "[77001, \"77002\", 77003, 1001, 99]");
    assert_eq!(club.gids(&all(ANN)), [77001, 77002, 77003]);
    assert_eq!(club.gids(&all(BOB)), [77001, 77002]);
    assert_eq!(club.gids(&all(EVE)), [77001, 77002, 77003]);
    let own = |who| club.call(who, "groups.get");
    assert_eq!(club.gids(&own(ANN)), [77001, 77002, 77003]);
    assert_eq!(club.gids(&own(BOB)), [77001, 77002]);
    assert_eq!(club.gids(&own(EVE)), [0; 0]);
    assert_eq!(club.gids(&own(BOB).with("uid", "1001")), [77001, 77002], "a friend's, but the secret one");
    assert_eq!(club.gids(&own(BOB).with("uid", "1001").with("gids", "77002,77003")), [77002]);
    assert_eq!(club.gids(&own(EVE).with("uid", "1001")), [0; 0], "no friend's");
    let members = |who, gid: &str| club.call(who, "groups.getMembers").with("gid", gid);
    let told = json!({"members": [1001, 1002], "admins": [1001, 1002], "officers": [], "not_replied": []});
    assert_eq!(club.json(&members(EVE, "77002")), told);
    assert_eq!(club.json(&members(EVE, "77003"))["not_replied"], json!([1003]));
    members(BOB, "77003").send(&club.server).refused_with(100);
}

#[test]
fn ids_come_in_every_encoding_and_what_is_wrong_is_refused() {
    let club = Club::new();
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        for gids in ["77001,77002", "[77001,77002]", "[\"77001\", \"77002\"]", " 77001 ,77002,"] {
            let call = club.call(BOB, "groups.get").with("gids", gids).by(encoding);
            assert_eq!(club.gids(&call), [77001, 77002], "{gids} {encoding:?}");
        }
    }
    for (method, args, code) in [
        ("groups.get", &[("gids", "chess")][..], 100),
        ("groups.get", &[("gids", "[]")], 100),
        ("groups.get", &[("uid", "1099")], 110),
        ("groups.get", &[("uid", "-1")], 100),
        ("groups.getMembers", &[], 100),
        ("groups.getMembers", &[("gid", "77009")], 100),
        ("groups.getMembers", &[("gid", "1001")], 100),
    ] {
        let call = args.iter().fold(club.call(BOB, method), |call, (name, value)| call.with(name, *value));
        call.send(&club.server).refused_with(code);
    }
    for method in ["groups.get", "groups.getMembers"] {
        club.app.call(method).with("gids", "77001").with("gid", "77001").send(&club.server).refused_with(102);
    }
}

#[test]
fn an_access_token_needs_leave_for_what_is_not_open() {
    let club = Club::new();
    let token = club.sessions[BOB].access_token.as_deref().unwrap();
    let by_token = |method: &str| Call::bare().with("method", method).with("access_token", token);
    assert_eq!(club.gids(&by_token("groups.get").with("gids", "77001")), [77001]);
    by_token("groups.get").send(&club.server).refused_with(200);
    by_token("groups.get").with("uid", "1001").send(&club.server).refused_with(200);
    by_token("groups.getMembers").with("gid", "77002").send(&club.server).refused_with(200);
    let desktop = club.home.desktop_app();
    let session = desktop.desktop_session(&club.server, &club.people[BOB]);
    let own = desktop.call_by("groups.get", &session).with("uid", "1001");
    assert_eq!(club.gids(&own), [77001, 77002], "a desktop application's uid is ignored");
}

#[test]
fn whoever_is_removed_is_in_no_group_any_more() {
    let club = Club::new();
    club.home.json(&["user", "remove", "1001"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    let group = club.json(&club.call(BOB, "groups.get").with("gids", "77001"));
    assert_eq!(group[0]["creator"], Value::Null);
    let told = club.json(&club.call(BOB, "groups.getMembers").with("gid", "77001"));
    assert_eq!(told, json!({"members": [1002], "admins": [], "officers": [1002], "not_replied": []}));
    let xml = club.call(BOB, "groups.get").with("gids", "77001").send(&club.server);
    assert!(xml.text().contains("<creator xsi:nil=\"true\"/>"), "{}", xml.text());
}
