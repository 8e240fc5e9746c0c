//! Mailboxes and privacy settings over real HTTP, between three people with sessions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::{App, Call, Home, Person, Reply, Server, Session, Shown, schema};
use serde_json::{Value, json};

/// Ann and Bob have written to each other; the page has written to both.
const WORLD: &str = r#"
friendships = [["ann@mail.example", "bob@mail.example"]]

[[page]]
id = 77001
name = "Pond"
type = "Film"

[[thread]]
id = 77101
subject = "Ducks & <geese>"
to = ["bob@mail.example"]
messages = [
    { from = "ann@mail.example", body = "See <this>" },
    { from = "bob@mail.example", body = "I see & like it" },
]

[[thread]]
id = 77102
subject = "Swans"
to = ["ann@mail.example"]
messages = [{ from = "bob@mail.example", body = "Also" }]

[[thread]]
id = 77103
subject = "News"
to = ["ann@mail.example", "bob@mail.example"]
page = 77001
messages = [{ body = "A new film" }]
"#;

const ANN: usize = 0;
const BOB: usize = 1;
const EVE: usize = 2;

struct Post {
    home: Home,
    app: App,
    people: [Person; 3],
    /// Of Ann, Bob and Eve.
    sessions: [Session; 3],
    server: Server,
}

impl Post {
    fn new() -> Post {
        let home = Home::new();
        let app = home.web_app();
        let people = home.people_of("Mail", [("1001", "Ann"), ("1002", "Bob"), ("1003", "Eve")], WORLD);
        for uid in ["1001", "1002", "1003"] {
            home.json(&["user", "grant", uid, &app.key, "--perm", "read_mailbox,publish_stream"]);
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

    /// Thread, unread and number of messages, in the order of the ids: a world's threads are all of one moment.
    #[track_caller]
    fn folder(&self, call: &Call) -> Vec<(u64, u64, u64)> {
        let rows = self.json(call);
        let number = |row: &Value, member: &str| row[member].as_u64().unwrap();
        let rows = rows.as_array().unwrap().iter();
        let mut threads: Vec<_> =
            rows.map(|row| (number(row, "thread_id"), number(row, "unread"), number(row, "message_count"))).collect();
        threads.sort_unstable();
        threads
    }

    fn shown(&self, reply: &Reply, made: &[String]) -> String {
        let shown = Shown::new(&self.server).name(&self.app.key, "[api key]").name(&self.app.id, "[app id]");
        let text = shown.name(&self.sessions[ANN].key, "[session key]").reply(reply);
        made.iter().fold(text, |text, made| text.replace(made, "[made]"))
    }
}

#[test]
fn a_mailbox_looks_as_documented_in_every_format() {
    let post = Post::new();
    let call = post.call(ANN, "message.getThreadsInFolder").with("folder_id", "1");
    let rows = post.json(&call);
    let messages = rows[0]["messages"].as_array().unwrap();
    let made: Vec<String> = messages.iter().map(|message| message["created_time"].to_string()).collect();
    for format in ["XML", "JSON"] {
        let reply = call.clone().format(format).send(&post.server);
        if format == "XML" {
            schema::validate(&post.server, reply.text());
        }
        insta::assert_snapshot!(format!("getThreadsInFolder_as_{format}"), post.shown(&reply, &made));
    }
}

#[test]
fn each_reads_their_own_mailbox_and_nobody_without_leave() {
    let post = Post::new();
    let folder = |who, id: &str| post.folder(&post.call(who, "message.getThreadsInFolder").with("folder_id", id));
    assert_eq!(folder(ANN, "0"), [(77101, 1, 2), (77102, 1, 1)]);
    assert_eq!(folder(BOB, "0"), [(77101, 0, 2)], "who answers has read");
    assert_eq!((folder(ANN, "1").len(), folder(BOB, "1").len()), (1, 2));
    assert_eq!((folder(ANN, "4"), folder(EVE, "4")), (vec![(77103, 1, 1)], vec![]));
    let by_server = post.app.call("message.getThreadsInFolder");
    assert_eq!(post.folder(&by_server.clone().with("uid", "1002")), [(77101, 0, 2)]);
    by_server.clone().send(&post.server).refused_with(100);
    by_server.with("uid", "1099").send(&post.server).refused_with(612);
    let bad = post.call(ANN, "message.getThreadsInFolder");
    bad.clone().with("folder_id", "3").send(&post.server).refused_with(100);
    bad.with("limit", "501").send(&post.server).refused_with(100);
    let desktop = post.home.desktop_app();
    let session = desktop.desktop_session(&post.server, &post.people[ANN]);
    desktop.call_by("message.getThreadsInFolder", &session).send(&post.server).refused_with(612);
    post.home.json(&["user", "remove", "1002"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(folder(ANN, "0").len(), 2, "what somebody received stays theirs");
}

#[test]
fn whom_a_post_is_shown_to_is_told_to_whoever_made_it() {
    let post = Post::new();
    let publish = |privacy: &str| {
        let call = post.call(ANN, "stream.publish").with("message", "Hello").with("privacy", privacy);
        post.json(&call).as_str().unwrap().to_owned()
    };
    let id = publish(r#"{"value":"CUSTOM","friends":"SOME_FRIENDS","allow":"1002"}"#);
    let get = |who| post.call(who, "privacy.get").with("object_id", &id);
    for format in ["XML", "JSON"] {
        let reply = get(ANN).format(format).send(&post.server);
        if format == "XML" {
            schema::validate(&post.server, reply.text());
        }
        insta::assert_snapshot!(format!("privacy_get_as_{format}"), post.shown(&reply, std::slice::from_ref(&id)));
    }
    get(BOB).send(&post.server).refused_with(200);
    get(EVE).send(&post.server).refused_with(100);
    let bare = post.json(&post.call(ANN, "stream.publish").with("message", "Hello")).as_str().unwrap().to_owned();
    let usual = post.json(&post.call(ANN, "privacy.get"));
    assert_eq!(usual, post.json(&post.call(ANN, "privacy.get").with("object_id", &bare)), "as posts are made");
    assert_eq!(usual["value"], json!("ALL_FRIENDS"));
    post.app.call("privacy.get").with("object_id", &id).send(&post.server).refused_with(102);
}
