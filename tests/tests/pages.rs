//! Pages over real HTTP: the five methods as old clients call them, what each of three people is told, and what changes at the next call.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Call, Home, Reply, Server, Session, Shown, schema};
use serde_json::{Value, json};

/// Ann, who runs the band's page, and Bob are friends; Eve knows nobody. All are fans of something.
const WORLD: &str = r#"
friendships = [["ann@town.example", "bob@town.example"]]

[[page]]
id = 77001
name = "Pond & <Quartet>"
username = "pond.quartet"
type = "Musician"
location = { city = "Springfield", state = "Ohio", country = "United States", latitude = 39.92, longitude = -83.81 }
hours = { mon_1_open = 406800, mon_1_close = 435600 }
parking = { street = true, valet = false }
admins = ["ann@town.example"]
fans = ["ann@town.example", "bob@town.example", "eve@town.example"]
[page.texts]
website = "http://pond.example/?a=1&b=2"
bio = "Ducks."

[[page]]
id = 77002
name = "Corner Café"
type = "Restaurant"
restaurant_services = { takeout = true }
restaurant_specialties = { coffee = true, lunch = false }
admins = ["bob@town.example"]
fans = ["bob@town.example"]
"#;

const ANN: usize = 0;
const BOB: usize = 1;
const EVE: usize = 2;

struct Town {
    home: Home,
    app: App,
    /// Of Ann, Bob and Eve.
    sessions: [Session; 3],
    server: Server,
}

impl Town {
    fn new() -> Town {
        let home = Home::new();
        let app = home.web_app();
        let people = home.people_of("Town", [("1001", "Ann"), ("1002", "Bob"), ("1003", "Eve")], WORLD);
        home.json(&["page", "app", "pond.quartet", &app.key]);
        let server = home.serve();
        let sessions = [ANN, BOB, EVE].map(|who| app.web_session(&server, &people[who], ""));
        Town { home, app, sessions, server }
    }

    fn call(&self, who: usize, method: &str) -> Call {
        self.app.call_for(method, &self.sessions[who])
    }

    #[track_caller]
    fn json(&self, call: &Call) -> Value {
        let reply = call.clone().format("json").send(&self.server);
        assert_eq!(reply.code(), 0, "{}\n→\n{}", reply.sent, reply.text());
        reply.json()
    }

    /// The ids of the pages that somebody is answered.
    #[track_caller]
    fn ids(&self, call: &Call) -> Vec<u64> {
        let mut ids: Vec<u64> =
            self.json(call).as_array().unwrap().iter().map(|row| row["page_id"].as_u64().unwrap()).collect();
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
        shown.name(&self.sessions[ANN].key, "[session key]").reply(reply)
    }
}

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let town = Town::new();
    let fields = "name,type,username,page_url,pic_square,website,bio,mission,location,hours,parking,fan_count,has_added_app,status,\
                  restaurant_services,restaurant_specialties";
    let calls: [(&str, &[(&str, &str)]); 5] = [
        ("getinfo", &[("page_ids", "77001,77002"), ("fields", fields)]),
        ("isAdmin", &[("page_id", "77001")]),
        ("isAppAdded", &[("page_id", "77001")]),
        ("isFan", &[("page_id", "77001")]),
        ("blockFan", &[("page_id", "77001"), ("uid", "1003")]),
    ];
    for (method, args) in calls {
        for format in ["XML", "JSON"] {
            let call = town.call(ANN, &format!("facebook.pages.{method}")).format(format);
            let reply = args.iter().fold(call, |call, (name, value)| call.with(name, *value)).send(&town.server);
            if format == "XML" {
                schema::validate(&town.server, reply.text());
            }
            insta::assert_snapshot!(format!("{method}_as_{format}"), town.shown(&reply));
        }
    }
}

#[test]
fn each_of_three_people_is_told_what_is_for_them() {
    let town = Town::new();
    let pages = |who| town.call(who, "pages.getInfo").with("fields", "name");
    assert_eq!(town.ids(&pages(ANN)), [77001]);
    assert_eq!(town.ids(&pages(ANN).with("uid", "1002")), [77001, 77002], "a friend's");
    assert_eq!(town.ids(&pages(EVE).with("uid", "1002")), [0; 0], "no friend's");
    assert_eq!(town.ids(&pages(EVE).with("page_ids", "77001,77002,77003")), [77001, 77002], "pages are everybody's");
    let fan = |who, uid: &str| town.json(&town.call(who, "pages.isFan").with("page_id", "77002").with("uid", uid));
    assert_eq!((fan(ANN, "1002"), fan(EVE, "1002"), fan(BOB, "")), (json!(true), json!(false), json!(true)));
    let admin = |who, uid: &str| town.json(&town.call(who, "pages.isAdmin").with("page_id", "77002").with("uid", uid));
    assert_eq!((admin(BOB, ""), admin(ANN, ""), admin(EVE, "1003")), (json!(true), json!(false), json!(false)));
    for method in ["pages.isFan", "pages.isAdmin"] {
        let call = town.call(ANN, method).with("page_id", "77001").with("uid", "1099");
        call.send(&town.server).refused_with(210);
        town.app.call(method).with("page_id", "77001").send(&town.server).refused_with(102);
    }
}

#[test]
fn fans_come_and_go_at_the_next_call_and_are_counted() {
    let town = Town::new();
    let count = || town.json(&town.app.call("pages.getinfo").with("page_ids", "77001").with("fields", "fan_count"));
    let is_fan = || town.json(&town.call(EVE, "pages.isFan").with("page_id", "77001"));
    assert_eq!((count()[0]["fan_count"].clone(), is_fan()), (json!(3), json!(true)));
    town.verb(&["page", "fan", "pond.quartet", "1003", "--remove"]);
    assert_eq!((count()[0]["fan_count"].clone(), is_fan()), (json!(2), json!(false)));
    town.verb(&["page", "fan", "77001", "eve@town.example"]);
    assert_eq!(is_fan(), json!(true));
    let block = || town.call(ANN, "pages.blockFan").with("page_id", "77001").with("uid", "1003");
    assert_eq!(town.json(&block()), json!(true));
    assert_eq!((count()[0]["fan_count"].clone(), is_fan()), (json!(2), json!(false)));
    let refused = town.home.run(&["page", "fan", "77001", "1003"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("has blocked"), "{refused:?}");
    town.verb(&["page", "unblock", "77001", "1003"]);
    town.verb(&["page", "fan", "77001", "1003"]);
    assert_eq!((count()[0]["fan_count"].clone(), is_fan()), (json!(3), json!(true)));
    town.verb(&["user", "remove", "1003"]);
    assert_eq!(count()[0]["fan_count"], json!(2), "who is removed is counted no more");
}

#[test]
fn only_who_may_blocks_fans() {
    let town = Town::new();
    let block = |call: Call, page: &str| call.with("page_id", page).with("uid", "1002").send(&town.server);
    block(town.call(BOB, "pages.blockFan"), "77001").refused_with(200);
    block(town.call(BOB, "pages.blockFan"), "77002").refused_with(200);
    block(town.app.call("pages.blockFan"), "77002").refused_with(200);
    block(town.app.call("pages.blockFan"), "77009").refused_with(100);
    town.verb(&["page", "admin", "pond.quartet", "1001", "--remove"]);
    block(town.call(ANN, "pages.blockFan"), "77001").refused_with(200);
    assert_eq!(block(town.app.call("pages.blockFan").format("json"), "77001").json(), json!(true));
    let added = || town.json(&town.app.call("pages.isAppAdded").with("page_id", "77001"));
    assert_eq!(added(), json!(true));
    town.verb(&["page", "app", "77001", &town.app.key, "--remove"]);
    assert_eq!(added(), json!(false));
    block(town.app.call("pages.blockFan"), "77001").refused_with(200);
}

#[test]
fn lists_come_in_every_encoding_and_what_is_wrong_is_refused() {
    let town = Town::new();
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        for (ids, fields) in [
            ("77001,77002", "name,type"),
            ("[77001,77002]", "[\"name\", \"type\"]"),
            (" 77002, 77001,", " name ,type,"),
        ] {
            let call = town.app.call("pages.getinfo").with("page_ids", ids).with("fields", fields).by(encoding);
            assert_eq!(town.ids(&call), [77001, 77002], "{ids} {encoding:?}");
        }
    }
    for (args, code) in [
        (&[("page_ids", "77001")][..], 100),
        (&[("page_ids", "77001"), ("fields", "nmae")], 100),
        (&[("page_ids", "77001"), ("fields", "{\"name\"")], 115),
        (&[("page_ids", "pond"), ("fields", "name")], 100),
        (&[("page_ids", "77001"), ("fields", "name"), ("type", "Pond")], 152),
        (&[("fields", "name"), ("uid", "1001")], 100),
    ] {
        let call = args.iter().fold(town.app.call("pages.getinfo"), |call, (name, value)| call.with(name, *value));
        call.send(&town.server).refused_with(code);
    }
}

#[test]
fn a_username_is_told_of_people_and_pages_and_given_once() {
    let town = Town::new();
    let made = town.home.json(&["page", "create", "--name", "Other", "--type", "film", "--username", "Other.One"]);
    assert_eq!((&made["type"], &made["username"]), (&json!("Film"), &json!("Other.One")));
    let taken = town.home.run(&["page", "create", "--name", "Third", "--type", "Film", "--username", "other.one"]);
    assert!(String::from_utf8_lossy(&taken.stderr).contains("other.one is taken"), "{taken:?}");
    assert_eq!(town.home.json(&["page", "show", "pond.quartet"])["fan_count"], json!(3));
    let world = "[[person]]\nid = 1004\nname = \"Gus\"\nemail = \"gus@x\"\nusername = \"gus\"\n";
    std::fs::write(town.home.folder().join("gus.toml"), world).unwrap();
    town.verb(&["world", "load", "gus.toml"]);
    let call = town.app.call("users.getInfo").with("uids", "1004,1001").with("fields", "username");
    assert_eq!(town.json(&call), json!([{"uid": 1004, "username": "gus"}, {"uid": 1001, "username": ""}]));
}
