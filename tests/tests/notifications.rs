//! Notifications and live messages over real HTTP: the five methods as old clients call them, between three people with sessions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Call, Home, Person, Reply, Server, Session, Shown, schema};
use serde_json::{Value, json};

/// Bob has written to Ann, poked her, and shared a page with her; Eve wants to be her friend.
const WORLD: &str = r#"
friendships = [["ann@mail.example", "bob@mail.example"]]
pokes = [["bob@mail.example", "ann@mail.example"]]

[[page]]
id = 77001
name = "Pond"
type = "Film"

[[thread]]
id = 77101
subject = "Ducks & <geese>"
to = ["ann@mail.example"]
messages = [{ from = "bob@mail.example", body = "See this" }, { from = "bob@mail.example", body = "And this" }]

[[notification]]
to = "ann@mail.example"
from = "bob@mail.example"
title = "<b>Bob</b> fed your duck &amp; goose."
body = "Quack."
href = "http://duck.example/?a=1&b=2"

[[friend_request]]
from = "eve@mail.example"
to = "ann@mail.example"

[[group]]
id = 77201
name = "Choir"
creator = "bob@mail.example"
invited = ["ann@mail.example"]

[[event]]
id = 77202
name = "Concert"
creator = "bob@mail.example"
starts_in = 24
hours = 2
invited = ["ann@mail.example"]

[[share]]
from = "bob@mail.example"
to = "ann@mail.example"
page = 77001
"#;

const ANN: usize = 0;
const BOB: usize = 1;
const EVE: usize = 2;

struct Post {
    home: Home,
    app: App,
    people: [Person; 3],
    /// Of Ann, Bob and Eve; Ann and Bob granted `email`.
    sessions: [Session; 3],
    server: Server,
}

impl Post {
    fn new() -> Post {
        let home = Home::new();
        let app = home.web_app();
        let people = home.people_of("Mail", [("1001", "Ann"), ("1002", "Bob"), ("1003", "Eve")], WORLD);
        for uid in ["1001", "1002"] {
            home.json(&["user", "grant", uid, &app.key, "--perm", "email"]);
        }
        let server = home.serve();
        let sessions = [ANN, BOB, EVE].map(|who| app.web_session(&server, &people[who], ""));
        Post { home, app, people, sessions, server }
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

    fn list(&self, who: usize) -> Value {
        self.json(&self.call(who, "notifications.getList").with("include_read", "1"))["notifications"].clone()
    }

    fn shown(&self, reply: &Reply) -> String {
        let shown = Shown::new(&self.server).name(&self.app.key, "[api key]").name(&self.app.id, "[app id]");
        let mut text = shown.name(&self.sessions[ANN].key, "[session key]").reply(reply);
        let row = self.list(ANN)[0].clone();
        for (member, name) in [("notification_id", "[id]"), ("created_time", "[made]")] {
            text = text.replace(&row[member].to_string(), name);
        }
        let waiting = self.json(&self.call(ANN, "notifications.get"));
        for sort in ["messages", "pokes", "shares"] {
            text = text.replace(&waiting[sort]["most_recent"].to_string(), "[made]");
        }
        text
    }
}

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let post = Post::new();
    let id = post.list(ANN)[0]["notification_id"].to_string();
    let calls: [(&str, &[(&str, &str)]); 5] = [
        ("notifications.get", &[]),
        ("notifications.getList", &[]),
        ("notifications.sendEmail", &[("recipients", "[1001,1002,1003]"), ("subject", "S"), ("text", "T")]),
        ("liveMessage.send", &[("recipient", "1002"), ("event_name", "ping"), ("message", "{\"a\":1}")]),
        ("notifications.markRead", &[("notification_ids", &id)]),
    ];
    for (method, args) in calls {
        for format in ["XML", "JSON"] {
            let call = post.call(ANN, method).format(format);
            let reply = args.iter().fold(call, |call, (name, value)| call.with(name, *value)).send(&post.server);
            if format == "XML" {
                schema::validate(&post.server, reply.text());
            }
            insta::assert_snapshot!(format!("{}_as_{format}", method.replace('.', "_")), post.shown(&reply));
        }
    }
}

#[test]
fn each_of_three_people_is_told_what_waits_for_them() {
    let post = Post::new();
    let waiting = |who| post.json(&post.call(who, "notifications.get"));
    let ann = waiting(ANN);
    let unread = |told: &Value| ["messages", "pokes", "shares"].map(|sort| told[sort]["unread"].as_u64().unwrap());
    assert_eq!((unread(&ann), &ann["friend_requests"]), ([2, 1, 1], &json!([1003])));
    assert_eq!((&ann["group_invites"], &ann["event_invites"]), (&json!([77201]), &json!([77202])));
    for who in [BOB, EVE] {
        let told = waiting(who);
        assert_eq!((unread(&told), &told["friend_requests"]), ([0, 0, 0], &json!([])));
        assert_eq!(post.list(who), json!([]));
    }
    post.home.json(&["user", "befriend", "1001", "1003"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(waiting(ANN)["friend_requests"], json!([]), "a friendship settles what was asked");
    let answer = post.call(ANN, "events.rsvp").with("eid", "77202").with("rsvp_status", "declined");
    answer.send(&post.server).refused_with(299);
    post.home.json(&["user", "grant", "1001", &post.app.key, "--perm", "rsvp_event"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(
        post.json(&post.call(ANN, "events.rsvp").with("eid", "77202").with("rsvp_status", "declined")),
        json!(true)
    );
    assert_eq!(waiting(ANN)["event_invites"], json!([]), "and so does an answer");
    post.app.call("notifications.get").send(&post.server).refused_with(102);
}

#[test]
fn ones_own_notifications_are_read_once_and_nobody_elses() {
    let post = Post::new();
    let id = post.list(ANN)[0]["notification_id"].to_string();
    let mark = |who| post.call(who, "notifications.markRead").with("notification_ids", &id);
    assert_eq!(post.json(&mark(BOB)), json!(false));
    assert_eq!(post.list(ANN)[0]["is_unread"], json!(1));
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        assert_eq!(post.json(&mark(ANN).by(encoding)), json!(true));
    }
    assert_eq!(post.list(ANN)[0]["is_unread"], json!(0));
    assert_eq!(post.json(&post.call(ANN, "notifications.getList"))["notifications"], json!([]));
    post.call(ANN, "notifications.markRead").send(&post.server).refused_with(100);
    post.call(ANN, "notifications.markRead").with("notification_ids", "x").send(&post.server).refused_with(100);
    post.home.json(&["user", "remove", "1002"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(post.list(ANN), json!([]), "whoever is removed is not told of");
}

#[test]
fn mail_goes_into_the_outbox_for_whoever_allows_it() {
    let post = Post::new();
    let mail =
        || post.app.call("notifications.sendEmail").with("subject", "Hello").with("recipients", "1001,1002,1003");
    assert_eq!(post.json(&mail().with("fbml", "See <fb:name uid=\"1002\"/>")), json!("1001,1002"));
    let outbox = post.home.json(&["mail", "list", &post.app.key]);
    let told = (&outbox[0]["recipients"], &outbox[0]["subject"], &outbox[0]["text"]);
    assert_eq!(told, (&json!([1001, 1002]), &json!("Hello"), &json!("See Bob Mail")));
    mail().send(&post.server).refused_with(100);
    let nobody =
        post.app.call("notifications.sendEmail").with("subject", "S").with("text", "T").with("recipients", "x");
    nobody.send(&post.server).refused_with(114);
    let desktop = post.home.desktop_app();
    let session = desktop.desktop_session(&post.server, &post.people[ANN]);
    post.home.json(&["user", "grant", "1001", &desktop.key, "--perm", "email"]);
    let own = desktop.call_by("notifications.sendEmail", &session).with("subject", "S").with("text", "T");
    own.clone().with("recipients", "1001,1002").send(&post.server).refused_with(200);
    post.home.json(&["app", "edit", &post.app.key, "--no-email"]);
    // The application is kept in memory for a few seconds.
    std::thread::sleep(std::time::Duration::from_millis(5200));
    mail().with("text", "T").send(&post.server).refused_with(2005);
}

#[test]
fn live_messages_are_for_whoever_uses_the_application() {
    let post = Post::new();
    let live = |who, recipient: &str| {
        post.call(who, "livemessage.send").with("recipient", recipient).with("event_name", "ping").with("message", "{}")
    };
    assert_eq!(post.json(&live(ANN, "1003")), json!(true));
    assert_eq!(post.json(&live(EVE, "1001")), json!(true));
    live(ANN, "1099").send(&post.server).refused_with(292);
    live(ANN, "1003").with("event_name", "x".repeat(129).as_str()).send(&post.server).refused_with(1101);
    live(ANN, "1003").with("message", "x".repeat(1025).as_str()).send(&post.server).refused_with(1102);
    post.app.call("liveMessage.send").with("recipient", "1001").send(&post.server).refused_with(102);
}
