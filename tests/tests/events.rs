//! Events over real HTTP: the seven methods as old clients call them, and what happens between people: an invitation, an answer, a stranger,
//! a cancellation, hundreds of guests, many answers at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Call, Home, Reply, Request, Server, Session, Shown, schema};
use serde_json::{Value, json};

/// Ann and Bob are friends, Eve knows nobody. Ann's event is open, and its guests are known.
const WORLD: &str = r#"
[[event]]
id = 77001
name = "Chess & <noon>"
creator = "ann@evening.example"
starts_in = 48
hours = 2
nid = 12
host = "The club"
tagline = "Bring a clock"
description = "We play at noon."
event_type = "Sports"
event_subtype = "Games"
location = "The Library"
venue = { street = "1 Road", city = "Springfield", state = "Ohio", country = "United States", latitude = 39.92, longitude = -83.81 }
unsure = ["bob@evening.example"]

[[event]]
id = 77002
name = "Nobody knows who comes"
creator = "ann@evening.example"
starts_in = 24
hours = 1
hide_guest_list = true
attending = ["bob@evening.example"]
"#;

/// Far ahead of any clock.
const START: i64 = 4_102_444_800;

const ANN: usize = 0;
const BOB: usize = 1;
const EVE: usize = 2;

struct Evening {
    app: App,
    /// Of Ann, Bob and Eve, who have granted what their answers and events need.
    sessions: [Session; 3],
    server: Server,
    /// The database, which lives as long as the server.
    _home: Home,
}

impl Evening {
    fn new() -> Evening {
        Evening::with(0)
    }

    /// With so many more friends of Ann's, whose ids begin at 5000.
    fn with(friends: usize) -> Evening {
        Evening::at(Home::new(), friends)
    }

    fn at(home: Home, friends: usize) -> Evening {
        let app = home.web_app();
        let emails: Vec<String> = (0..friends).map(|n| format!("friend{n}@evening.example")).collect();
        let pairs = emails.iter().map(String::as_str).chain(["bob@evening.example"]);
        let pairs: Vec<_> = pairs.map(|email| format!("[\"ann@evening.example\", \"{email}\"]")).collect();
        let mut world = format!("friendships = [{}]\n{WORLD}", pairs.join(", "));
        for (n, email) in emails.iter().enumerate() {
            world += &format!("\n[[person]]\nid = {}\nname = \"Friend\"\nemail = \"{email}\"\n", 5000 + n);
        }
        let people = home.people_of("Evening", [("1001", "Ann"), ("1002", "Bob"), ("1003", "Eve")], &world);
        for person in &people {
            home.json(&["user", "grant", &person.uid, &app.key, "--perm", "create_event", "--perm", "rsvp_event"]);
        }
        let server = home.serve();
        let sessions = [ANN, BOB, EVE].map(|who| app.web_session(&server, &people[who], ""));
        Evening { app, sessions, server, _home: home }
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

    /// Ann makes an event of the application's.
    #[track_caller]
    fn create(&self, more: &Value) -> String {
        let mut info = json!({"name": "Ball", "start_time": START, "end_time": START + 3600, "location": "Hall"});
        info.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.json(&self.call(ANN, "events.create").with("event_info", info.to_string())).to_string()
    }

    fn event(&self, who: usize, eid: &str) -> Value {
        self.json(&self.call(who, "events.get").with("eids", eid))
    }

    fn members(&self, who: usize, eid: &str) -> Value {
        self.json(&self.call(who, "events.getMembers").with("eid", eid))
    }

    fn rsvp(&self, who: usize, eid: &str, answer: &str) -> Reply {
        self.call(who, "events.rsvp").with("eid", eid).with("rsvp_status", answer).send(&self.server)
    }

    fn shown(&self, reply: &Reply, names: &[(&str, &str)]) -> String {
        let shown = Shown::new(&self.server).name(&self.app.key, "[api key]").name(&self.app.id, "[app id]");
        let mut text =
            shown.name(&self.sessions[BOB].key, "[Bob's]").name(&self.sessions[ANN].key, "[Ann's]").reply(reply);
        for (value, name) in names {
            text = text.replace(value, name);
        }
        text
    }
}

/// A method, who calls it, its arguments.
type Called<'a> = (&'a str, usize, &'a [(&'a str, &'a str)]);

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let evening = Evening::new();
    let own = evening.create(&json!({}));
    let row = evening.event(BOB, "77001")[0].clone();
    let times = ["start_time", "end_time", "update_time"].map(|name| (row[name].to_string(), format!("[{name}]")));
    let info = json!({"name": "Picnic", "start_time": START, "location": "Lawn"}).to_string();
    let calls: [Called<'_>; 7] = [
        ("get", BOB, &[("eids", "77001")]),
        ("getMembers", BOB, &[("eid", "77001")]),
        ("create", ANN, &[("event_info", &info)]),
        ("edit", ANN, &[("eid", &own), ("event_info", "{\"tagline\":\"Bring a mask\"}")]),
        ("invite", ANN, &[("eid", &own), ("uids", "[1002]"), ("personal_message", "Do come")]),
        ("rsvp", BOB, &[("eid", "77001"), ("rsvp_status", "attending")]),
        ("cancel", ANN, &[("eid", &own), ("cancel_message", "Rain")]),
    ];
    for (method, who, args) in calls {
        for format in ["XML", "JSON", "json-strings"] {
            if method == "cancel" && format != "XML" {
                continue; // an event is cancelled once; another one in JSON below
            }
            let call = evening.call(who, &format!("facebook.events.{method}")).format(format);
            let reply = args.iter().fold(call, |call, (name, value)| call.with(name, *value)).send(&evening.server);
            if format == "XML" {
                schema::validate(&evening.server, reply.text());
            }
            let made = if method == "create" { reply.json_or_scalar() } else { own.clone() };
            let mut names: Vec<(&str, &str)> = times.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            names.extend([(made.as_str(), "[eid]"), (own.as_str(), "[eid]")]);
            insta::assert_snapshot!(format!("{method}_as_{format}"), evening.shown(&reply, &names));
        }
    }
    let another = evening.create(&json!({}));
    let cancel = evening.call(ANN, "facebook.events.cancel").format("JSON").with("eid", &another);
    let cancelled = cancel.with("cancel_message", "Rain").send(&evening.server);
    insta::assert_snapshot!("cancel_as_JSON", evening.shown(&cancelled, &[(&another, "[eid]")]));
}

/// The answer of a call that answers one number, in whichever format.
trait Scalar {
    fn json_or_scalar(&self) -> String;
}

impl Scalar for Reply {
    fn json_or_scalar(&self) -> String {
        let text = self.text();
        let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() > 11).collect();
        digits.first().copied().unwrap_or_else(|| panic!("{text}")).to_owned()
    }
}

#[test]
fn a_closed_event_is_made_answered_and_cancelled_and_a_stranger_sees_nothing() {
    let evening = Evening::new();
    let eid = evening.create(&json!({"privacy_type": "CLOSED", "category": 1, "city": "Springfield"}));
    assert_eq!(evening.event(BOB, &eid), json!([]), "not invited yet");
    let invite = |who: usize, uids: &str| evening.call(who, "events.invite").with("eid", &eid).with("uids", uids);
    assert_eq!(evening.json(&invite(ANN, "1002,1003")), true, "Eve is no friend of hers");
    let event = &evening.event(BOB, &eid)[0];
    assert_eq!(
        (&event["name"], &event["privacy"], &event["event_type"]),
        (&json!("Ball"), &json!("CLOSED"), &json!("Party"))
    );
    assert_eq!((&event["creator"], &event["host"]), (&json!(1001), &json!("Ann Evening")));
    let told = |attending: &[u64], unsure: &[u64], not_replied: &[u64]| json!({"attending": attending, "unsure": unsure, "declined": [], "not_replied": not_replied});
    assert_eq!(evening.members(BOB, &eid), told(&[1001], &[], &[1002]));
    assert_eq!(evening.rsvp(BOB, &eid, "attending").scalar(), "1");
    assert_eq!(evening.members(ANN, &eid), told(&[1001, 1002], &[], &[]));
    assert_eq!(evening.rsvp(BOB, &eid, "unsure").scalar(), "1");
    assert_eq!(evening.members(ANN, &eid), told(&[1001], &[1002], &[]));

    assert_eq!(evening.event(EVE, &eid), json!([]));
    evening.call(EVE, "events.getMembers").with("eid", &eid).send(&evening.server).refused_with(150);
    evening.rsvp(EVE, &eid, "attending").refused_with(200);
    invite(BOB, "1001").send(&evening.server).refused_with(200);
    let cancel = |who| evening.call(who, "events.cancel").with("eid", &eid);
    cancel(EVE).send(&evening.server).refused_with(200);
    cancel(BOB).send(&evening.server).refused_with(200);
    let rename =
        |who| evening.call(who, "events.edit").with("eid", &eid).with("event_info", "{\"name\":\"Masked Ball\"}");
    rename(BOB).send(&evening.server).refused_with(200);
    rename(ANN).send(&evening.server).refused_with(1001);

    assert_eq!(evening.json(&cancel(ANN)), true);
    for who in [ANN, BOB] {
        assert_eq!(evening.event(who, &eid), json!([]));
        let own = evening.json(&evening.call(who, "events.get"));
        assert!(own.as_array().unwrap().iter().all(|event| event["eid"].as_u64() != eid.parse().ok()));
        evening.rsvp(who, &eid, "attending").refused_with(150);
    }
    cancel(ANN).send(&evening.server).refused_with(150);
}

#[test]
fn an_open_event_is_everybodys_and_a_secret_one_is_not_even_there() {
    let evening = Evening::new();
    let (open, secret) = (evening.create(&json!({})), evening.create(&json!({"privacy_type": "SECRET"})));
    assert_eq!(evening.rsvp(EVE, &open, "attending").scalar(), "1");
    assert_eq!(evening.members(BOB, &open)["attending"], json!([1001, 1003]));
    evening.rsvp(EVE, &secret, "attending").refused_with(150);
    let invite = evening.call(EVE, "events.invite").with("eid", &secret).with("uids", "1001");
    invite.send(&evening.server).refused_with(150);
    // The application's server sees what was made through it, another application what is open.
    let ids = format!("{open},{secret}");
    let by_server = |app: &App| evening.json(&app.call("events.get").with("eids", &ids)).as_array().unwrap().len();
    assert_eq!(by_server(&evening.app), 2);
    let hidden = evening.members(BOB, "77002");
    assert_eq!(hidden, json!({"attending": [], "unsure": [], "declined": [], "not_replied": []}));
    assert_eq!(evening.members(ANN, "77002")["attending"], json!([1001, 1002]));
    let bobs = |who| evening.json(&evening.call(who, "events.get").with("uid", "1002")).as_array().unwrap().len();
    assert_eq!((bobs(EVE), bobs(ANN)), (1, 2), "where the guests are hidden, so is where Bob goes");
}

#[test]
fn an_application_has_events_of_its_own() {
    let evening = Evening::new();
    let info =
        json!({"name": "Server's", "start_time": START, "location": "Rack", "privacy_type": "CLOSED"}).to_string();
    let eid = evening.json(&evening.app.call("events.create").with("event_info", &info)).to_string();
    let own = evening.json(&evening.app.call("events.get").with("uid", &evening.app.id));
    assert!(
        own.as_array()
            .unwrap()
            .iter()
            .any(|event| event["eid"].as_u64() == eid.parse().ok() && event["host"] == "Vampires")
    );
    assert_eq!(evening.event(ANN, &eid), json!([]));
    let edit = evening.app.call("events.edit").with("eid", &eid).with("event_info", "{\"name\":\"Ours\"}");
    assert_eq!(evening.json(&edit), true);
    assert_eq!(evening.json(&evening.app.call("events.cancel").with("eid", &eid)), true);
    edit.send(&evening.server).refused_with(150);
}

#[test]
fn hundreds_are_invited_at_once_and_once() {
    let evening = Evening::with(500);
    let eid = evening.create(&json!({"privacy_type": "CLOSED"}));
    let uids: Vec<u64> = (5000..5500).collect();
    let invite = evening.call(ANN, "events.invite").with("eid", &eid).with("uids", json!(uids).to_string());
    for _ in 0..2 {
        assert_eq!(evening.json(&invite), true);
    }
    let mut told: Vec<u64> = serde_json::from_value(evening.members(ANN, &eid)["not_replied"].clone()).unwrap();
    told.sort_unstable();
    assert_eq!(told, uids);
    assert_eq!(evening.json(&evening.call(ANN, "events.cancel").with("eid", &eid)), true);
    evening.call(ANN, "events.getMembers").with("eid", &eid).send(&evening.server).refused_with(150);
}

#[test]
fn answers_that_come_at_once_are_each_counted_once() {
    let evening = Evening::new();
    let eid = evening.create(&json!({}));
    let answers = ["attending", "unsure", "declined"];
    std::thread::scope(|scope| {
        for who in [ANN, BOB, EVE] {
            for answer in answers {
                let (evening, eid) = (&evening, &eid);
                scope.spawn(move || {
                    // Whoever loses too often is told to try again, and nothing is half done.
                    let code = evening.rsvp(who, eid, answer).code();
                    assert!(matches!(code, 0 | 2), "{code}");
                });
            }
        }
    });
    let members = evening.members(ANN, &eid);
    let mut all: Vec<u64> = members
        .as_object()
        .unwrap()
        .values()
        .flat_map(|list| list.as_array().unwrap())
        .map(|id| id.as_u64().unwrap())
        .collect();
    all.sort_unstable();
    assert_eq!(all, [1001, 1002, 1003], "each is on one list: {members}");
    for who in [BOB, EVE] {
        assert_eq!(evening.rsvp(who, &eid, "declined").scalar(), "1");
    }
    assert_eq!(evening.members(ANN, &eid)["declined"].as_array().unwrap().iter().filter(|id| **id != 1001).count(), 2);
}

#[test]
fn arguments_come_in_every_encoding_and_what_is_wrong_is_refused() {
    let evening = Evening::new();
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        for eids in ["77001,77002", "[77001,\"77002\"]", " 77001 ,77002,"] {
            let call = evening.call(BOB, "events.get").with("eids", eids).by(encoding);
            assert_eq!(evening.json(&call).as_array().unwrap().len(), 2, "{eids} {encoding:?}");
        }
        let info =
            json!({"name": "Ünicode & <tags>", "start_time": START.to_string(), "end_time": START, "category": "2"});
        let call = evening.call(ANN, "events.create").with("event_info", info.to_string()).by(encoding);
        let eid = evening.json(&call).to_string();
        let event = &evening.event(BOB, &eid)[0];
        assert_eq!((&event["name"], &event["event_type"]), (&info["name"], &json!("Causes")));
    }
    let late = json!({"name": "x", "start_time": 1, "location": "x"}).to_string();
    let city = json!({"name": "x", "start_time": START, "location": "x", "city": "0"}).to_string();
    for (method, args, code) in [
        ("events.get", &[("eids", "chess")][..], 100),
        ("events.get", &[("rsvp_status", "attending")], 100),
        ("events.get", &[("uid", "1002"), ("rsvp_status", "maybe")], 100),
        ("events.get", &[("uid", "1099")], 110),
        ("events.getMembers", &[], 100),
        ("events.getMembers", &[("eid", "1001")], 150),
        ("events.create", &[], 100),
        ("events.create", &[("event_info", "{}")], 100),
        ("events.create", &[("event_info", "name")], 144),
        ("events.create", &[("event_info", &late)], 1000),
        ("events.create", &[("event_info", &city)], 151),
        ("events.edit", &[("eid", "77001"), ("event_info", "{}")], 200),
        ("events.cancel", &[("eid", "77009")], 150),
        ("events.invite", &[("eid", "77001"), ("uids", "bob")], 100),
        ("events.rsvp", &[("eid", "77001"), ("rsvp_status", "not_replied")], 100),
    ] {
        let call = args.iter().fold(evening.call(ANN, method), |call, (name, value)| call.with(name, *value));
        call.send(&evening.server).refused_with(code);
    }
    for method in ["events.invite", "events.rsvp"] {
        evening.app.call(method).with("eid", "77001").send(&evening.server).refused_with(102);
    }
    let read_host = evening.call(ANN, "events.create").with("event_info", &late);
    read_host.header("Host", "api-read.facebook.com").send(&evening.server).refused_with(16);
}

#[test]
fn what_was_not_granted_is_refused() {
    let home = Home::new();
    let (app, ann) = (home.web_app(), home.person("Ann"));
    let server = home.serve();
    let session = app.web_session(&server, &ann, "");
    let info = json!({"name": "x", "start_time": START, "location": "x"}).to_string();
    let call = |method: &str| app.call_for(method, &session);
    call("events.create").with("event_info", &info).send(&server).refused_with(290);
    call("events.invite").with("eid", "1").with("uids", "2").send(&server).refused_with(290);
    call("events.rsvp").with("eid", "1").with("rsvp_status", "unsure").send(&server).refused_with(299);
    let token = session.access_token.as_deref().unwrap();
    let own = Call::bare().with("method", "events.get").with("access_token", token).format("json").send(&server);
    assert_eq!(own.json(), json!([]));
}

#[test]
fn a_picture_comes_with_an_event_is_replaced_and_goes_with_it() {
    const PICTURE: &[u8] = include_bytes!("photos/map.jpg");
    let evening = Evening::at(Home::with_files(), 0);
    let info = json!({"name": "Ball", "start_time": START, "location": "Hall"}).to_string();
    let create = evening.call(ANN, "events.create").with("event_info", info);
    create.clone().picture(b"no picture").send(&evening.server).refused_with(324);
    let eid = evening.json(&create.picture(PICTURE)).to_string();
    let answer = |address: &str| {
        let path = address.strip_prefix(&evening.server.url("")).unwrap_or_else(|| panic!("{address} is elsewhere"));
        evening.server.ask(&Request::get(path))
    };
    let addresses = || {
        let event = evening.event(BOB, &eid)[0].clone();
        ["pic", "pic_big", "pic_small"].map(|name| event[name].as_str().unwrap().to_owned())
    };
    let first = addresses();
    for address in &first {
        let answer = answer(address);
        assert!(answer.status == 200 && answer.body.starts_with(b"\xff\xd8\xff"), "{address}");
        assert_eq!((answer.header("content-type"), answer.header("x-content-type-options")), ("image/jpeg", "nosniff"));
    }
    let edit = evening.call(ANN, "events.edit").with("eid", &eid).with("event_info", "{}");
    edit.clone().picture(&PICTURE[..PICTURE.len() / 2]).send(&evening.server).refused_with(324);
    assert_eq!(addresses(), first);
    assert_eq!(evening.json(&edit.picture(PICTURE)), json!(true));
    let second = addresses();
    assert_eq!(
        second.iter().chain(&first).map(|one| answer(one).status).collect::<Vec<_>>(),
        [200, 200, 200, 404, 404, 404]
    );
    assert_eq!(evening.json(&evening.call(ANN, "events.cancel").with("eid", &eid)), json!(true));
    assert_eq!(second.map(|one| answer(&one).status), [404; 3]);
}
