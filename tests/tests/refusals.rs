//! What each method refuses, as a table: method, who calls it with which arguments, the error's code. What is missing, malformed, somebody
//! else's, not to be seen, not allowed, too much. Every refusal is told alike in XML and JSON, and leaves everything as it was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

#[path = "refusals/table.rs"]
mod table;

use reconnect_tests::cloud::methods;
use reconnect_tests::film;
use reconnect_tests::{App, Call, Home, Person, Reply, Server, Session};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use table::{TABLE, Who};

/// Ann; Bob and Fay, her friends; Eve, who knows nobody; Zed, who does not use the application. 1099 is nobody.
const PEOPLE: [(&str, &str); 5] = [("1001", "Ann"), ("1002", "Bob"), ("1003", "Eve"), ("1004", "Zed"), ("1005", "Fay")];
/// What Ann, Eve and Fay granted.
const GRANTED: &str = "email,status_update,photo_upload,video_upload,create_event,rsvp_event,create_note,share_item,publish_stream,\
    read_stream,read_mailbox";
/// What these methods are not: the ways in and out, which `tokens`, `session_ends` and `revocation` walk, and calls in calls.
const ELSEWHERE: [&str; 2] = ["auth.", "batch."];
const PICTURE: &[u8] = include_bytes!("photos/map.jpg");

struct Board {
    app: App,
    ann: Person,
    /// Of Ann, Bob, Eve, Fay.
    sessions: [Session; 4],
    /// What the arguments name by `$name`.
    names: Vec<(&'static str, String)>,
    server: Server,
    /// The database, which lives as long as the server.
    home: Home,
}

impl Board {
    fn new() -> Board {
        let home = Home::with_files();
        let [ann, bob, eve, _, fay] = home.people_of("Board", PEOPLE, include_str!("refusals/board.toml"));
        let app = App::vampires();
        home.json(&["page", "app", "77104", &app.key]);
        for person in [&ann, &eve, &fay] {
            home.json(&["user", "grant", &person.uid, &app.key, "--perm", GRANTED]);
        }
        let server = home.serve();
        let sessions = [&ann, &bob, &eve, &fay].map(|person| app.web_session(&server, person, ""));
        let mut board = Board { app, ann, sessions, names: Vec::new(), server, home };
        board.prepare();
        board
    }

    /// What is there only once somebody has called something.
    fn prepare(&mut self) {
        let event = r#"event_info={"name":"Ball","start_time":4102444800,"location":"Hall","privacy_type":"CLOSED"}"#;
        let id = |answer: &Value| answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
        let anns = id(&self.ask(Who::Ann, "events.create", event));
        let eves = id(&self.ask(Who::Eve, "events.create", event));
        let fays = id(&self.ask(Who::Fay, "comments.add", "xid=guestbook&text=I was here"));
        let comments = self.ask(Who::Ann, "stream.getComments", "post_id=1001_77106");
        self.names = vec![("anns", anns), ("eves", eves), ("fays", fays), ("comment", id(&comments[0]["id"]))];
        // Nobody renames an event to which somebody has answered.
        self.ask(Who::Ann, "events.invite", "eid=$anns&uids=1002,1005");
        self.ask(Who::Fay, "events.rsvp", "eid=$anns&rsvp_status=unsure");
        self.ask(Who::Ann, "status.set", "status=is here");
        self.ask(Who::Eve, "auth.revokeExtendedPermission", "perm=create_event");
    }

    fn call(&self, who: Who, method: &str, args: &str) -> Call {
        let [ann, bob, eve, fay] = &self.sessions;
        let script = |session: &Session| {
            let token = session.access_token.as_deref().expect("an access token");
            Call::bare().with("method", method).with("access_token", token)
        };
        let call = match who {
            Who::Server => self.app.call(method),
            Who::Ann => self.app.call_for(method, ann),
            Who::Bob => self.app.call_for(method, bob),
            Who::Eve => self.app.call_for(method, eve),
            Who::Fay => self.app.call_for(method, fay),
            Who::AnnsScript => script(ann),
            Who::BobsScript => script(bob),
            Who::EvesScript => script(eve),
            Who::Anybody => Call::bare().with("method", method),
        };
        let args = args.split('&').filter_map(|arg| arg.split_once('='));
        args.fold(call, |call, (name, value)| match name {
            "picture" => call.picture(if value == "none" { b"no picture" } else { PICTURE }),
            "film" => call.file("Content-Disposition: form-data; filename=\"a.mp4\"", &film(value)),
            _ => call.with(name, self.filled(value)),
        })
    }

    /// The value with what its `$name` stands for.
    fn filled(&self, value: &str) -> String {
        let Some((before, name)) = value.split_once('$') else { return value.to_owned() };
        let many = name.split_at(name.find(|c: char| !c.is_ascii_digit()).unwrap_or(0));
        let meant = match (many.0.parse::<usize>(), many.1) {
            (Ok(count), "x") => "x".repeat(count),
            (Ok(count), "ids") => (1..=count).map(|id| id.to_string()).collect::<Vec<_>>().join(","),
            _ => self.names.iter().find(|(known, _)| *known == name).expect(name).1.clone(),
        };
        before.to_owned() + &meant
    }

    /// What a call answers, which must succeed.
    #[track_caller]
    fn ask(&self, who: Who, method: &str, args: &str) -> Value {
        let reply = self.call(who, method, args).format("json").send(&self.server);
        assert_eq!(reply.code(), 0, "{method} {args}: {}", reply.text());
        reply.json()
    }

    /// All that the calls of the table could have changed, as those see it whose it is.
    fn state(&self) -> Vec<(&str, Value)> {
        let asked: [(&str, Who, &str); 20] = [
            ("stream.get", Who::Ann, "limit=50"),
            ("stream.get", Who::Ann, "source_ids=1002"),
            ("stream.getComments", Who::Ann, "post_id=1001_77106"),
            ("comments.get", Who::Ann, "xid=guestbook"),
            ("comments.get", Who::Ann, "object_id=77107"),
            ("status.get", Who::Ann, ""),
            ("events.get", Who::Ann, ""),
            ("events.getMembers", Who::Ann, "eid=$anns"),
            ("events.getMembers", Who::Ann, "eid=77101"),
            ("events.get", Who::Eve, ""),
            ("photos.getAlbums", Who::Ann, ""),
            ("photos.get", Who::Ann, "aid=77109"),
            ("photos.getTags", Who::Ann, "pids=77110"),
            ("photos.getAlbums", Who::Fay, ""),
            ("notes.get", Who::Ann, ""),
            ("links.get", Who::Ann, ""),
            ("links.getStats", Who::Server, "urls=http://pond.example/"),
            ("notifications.getList", Who::Bob, "include_read=1"),
            ("pages.getinfo", Who::Bob, "page_ids=77104,77105&fields=fan_count"),
            ("users.getInfo", Who::Ann, "uids=1001,1002,1005&fields=status,wall_count,notes_count"),
        ];
        asked.iter().map(|(method, who, args)| (*method, self.ask(*who, method, args))).collect()
    }
}

/// A film of a second, or what is none.
fn film(which: &str) -> Vec<u8> {
    let whole = film::film(if which == "of two days" { 172_800 } else { 1 }, &[7; 300]);
    match which {
        "none" => b"no film".to_vec(),
        "half" => whole[..whole.len() - 200].to_vec(),
        _ => whole,
    }
}

/// An error document: the code, the text, the arguments that it repeats.
#[derive(Debug, PartialEq)]
struct Told {
    code: u32,
    text: String,
    args: Vec<(String, String)>,
}

impl Told {
    /// Whatever the format; the two of them differ in how an answer is asked for, and in nothing else.
    fn by(reply: &Reply) -> Told {
        let args = if reply.answer.header("content-type").starts_with("text/xml") {
            let document = roxmltree::Document::parse(reply.text()).expect("well-formed XML");
            assert_eq!(document.root_element().tag_name().name(), "error_response", "{}", reply.text());
            let text = |arg: &roxmltree::Node<'_, '_>, name: &str| {
                let child = arg.children().find(|child| child.tag_name().name() == name);
                child.and_then(|child| child.text()).unwrap_or_default().to_owned()
            };
            let args = document.descendants().filter(|node| node.tag_name().name() == "arg");
            args.map(|arg| (text(&arg, "key"), text(&arg, "value"))).collect()
        } else {
            let document = reply.json();
            let members: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, ["error_code", "error_msg", "request_args"], "{document}");
            let args = document["request_args"].as_array().unwrap().iter();
            args.map(|arg| (arg["key"].as_str().unwrap().to_owned(), arg["value"].as_str().unwrap().to_owned()))
                .collect()
        };
        let mut told = Told { code: reply.code(), text: reply.message(), args };
        told.args.retain(|(name, _)| !matches!(name.as_str(), "format" | "sig"));
        told
    }
}

#[test]
fn every_method_that_stands_is_in_the_table() {
    let listed: BTreeSet<String> = TABLE.iter().map(|(method, ..)| (*method).to_owned()).collect();
    let standing = methods().into_iter().filter(|method| !ELSEWHERE.iter().any(|space| method.starts_with(space)));
    assert_eq!(listed, standing.collect());
    let methods: Vec<&str> = TABLE.iter().map(|(method, ..)| *method).collect();
    assert!(methods.is_sorted(), "so that a method is found");
}

#[test]
fn what_is_refused_is_told_alike_in_every_format_and_changes_nothing() {
    let board = Board::new();
    let before = board.state();
    let mut wrong = Vec::new();
    for (method, who, args, code) in TABLE {
        let call = board.call(*who, method, args);
        let [xml, json] = ["XML", "JSON"].map(|format| call.clone().format(format).send(&board.server));
        if [xml.code(), json.code()] != [*code, *code] {
            wrong.push(format!("{method} by {who:?} with {args}: {code} expected\n{}\n{}", xml.text(), json.text()));
            continue;
        }
        let told = Told::by(&json);
        assert_eq!(Told::by(&xml), told, "{method} {args}");
        assert!(!told.text.is_empty() && told.text != "An unknown error occurred", "{method} {args}: {}", told.text);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let sent = call.args.iter().filter(|(name, _)| name != b"access_token");
        assert_eq!(
            told.args,
            sent.map(|(name, value)| (text(name), text(value))).collect::<Vec<_>>(),
            "{method} {args}"
        );
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TABLE.len(), wrong.join("\n\n"));
    for (now, then) in board.state().iter().zip(&before) {
        assert_eq!(now, then, "as it was");
    }
}

#[test]
fn what_is_full_takes_no_more() {
    let board = Board::new();
    let picture = |who, args: &str| board.call(who, "photos.upload", &format!("{args}&picture=")).format("json");
    // Bob granted nothing: his photos wait, and so do their tags.
    let waits = picture(Who::Bob, "").send(&board.server).json();
    let pid = waits["pid"].as_str().unwrap();
    let tags = vec![json!({"tag_text": "sea", "x": 1, "y": 1}); 20];
    board.ask(Who::Bob, "photos.addTag", &format!("pid={pid}&tags={}", json!(tags)));
    let one_more = board.call(Who::Bob, "photos.addTag", &format!("pid={pid}&tag_text=sea&x=1&y=1"));
    one_more.send(&board.server).refused_with(326);
    let uploads = |who, args: &str, count| {
        for _ in 0..count {
            let reply = picture(who, args).send_unchecked(&board.server);
            assert_eq!(reply.code(), 0, "{}\n{}", reply.text(), board.server.log());
        }
    };
    uploads(Who::Bob, "", 59);
    picture(Who::Bob, "").send(&board.server).refused_with(325);
    uploads(Who::Ann, "aid=77109", 199);
    picture(Who::Ann, "aid=77109").send(&board.server).refused_with(321);
    // One mail a day is all that this application may send to anybody; whoever had it is left out in silence.
    let mail = || board.ask(Who::Server, "notifications.sendEmail", "recipients=1001,1005&subject=s&text=t");
    assert_eq!((mail(), mail()), (json!("1001,1005"), json!("")));
}

/// The methods that change something: those that the read-only host refuses.
const WRITING: &str = "comments.add comments.remove events.cancel events.create events.edit events.invite events.rsvp links.post \
    liveMessage.send notes.create notes.delete notes.edit notifications.markRead notifications.sendEmail pages.blockFan photos.addTag \
    photos.createAlbum photos.upload status.set stream.addComment stream.addLike stream.publish stream.remove stream.removeComment \
    stream.removeLike users.setStatus video.upload";

#[test]
fn whoever_is_nobody_is_told_nothing_by_any_method() {
    let board = Board::new();
    let listed: BTreeSet<&str> = TABLE.iter().map(|(method, ..)| *method).collect();
    let mut writing = Vec::new();
    for method in listed {
        let code = |call: Call| call.send(&board.server).code();
        let call = board.call(Who::Ann, method, "");
        assert_eq!(code(call.clone().with("api_key", "0123456789abcdef0123456789abcdef")), 101, "{method}");
        assert_eq!(code(call.clone().signed_with("another secret")), 104, "{method}");
        assert_eq!(code(call.clone().with("session_key", "c0ffee0123456789abcdef01-1001")), 102, "{method}");
        let token = board.call(Who::AnnsScript, method, "").with("access_token", "2001|c0ffee|x");
        assert_eq!(code(token), 190, "{method}");
        if code(call.header("Host", "api-read.facebook.com")) == 16 {
            writing.push(method);
        }
    }
    assert_eq!(writing.join(" "), WRITING);
}

/// What can be done for somebody whom the arguments name.
const FOR_SOMEBODY: [(&str, &str); 16] = [
    ("comments.add", "xid=guestbook&text=x&uid=1001"),
    ("links.post", "url=http://pond.example/&uid=1001"),
    ("notes.create", "title=t&content=c&uid=1001"),
    ("notes.delete", "note_id=77107&uid=1001"),
    ("notes.edit", "note_id=77107&title=t&content=c&uid=1001"),
    ("photos.addTag", "pid=77110&tag_text=sea&x=1&y=1&owner_uid=1001"),
    ("photos.createAlbum", "name=x&uid=1001"),
    ("photos.upload", "uid=1001&picture="),
    ("status.set", "status=x&uid=1001"),
    ("stream.addComment", "post_id=1001_77106&comment=c&uid=1001"),
    ("stream.addLike", "post_id=1001_77106&uid=1001"),
    ("stream.publish", "message=x&uid=1001"),
    ("stream.remove", "post_id=1001_77106&uid=1001"),
    ("stream.removeComment", "comment_id=$comment&uid=1001"),
    ("stream.removeLike", "post_id=1001_77106&uid=1001"),
    ("users.setStatus", "status=x&uid=1001"),
];

#[test]
fn only_an_application_that_ann_let_do_so_acts_for_her() {
    let board = Board::new();
    let other = board.home.app("Other", &[]);
    let before = board.state();
    for (method, args) in FOR_SOMEBODY {
        let reply = by(&other, board.call(Who::Server, method, args)).send(&board.server);
        assert_ne!(reply.code(), 0, "{method} by the server of another application: {}", reply.text());
        for who in [Who::BobsScript, Who::EvesScript] {
            let code = board.call(who, method, args).send(&board.server).code();
            assert!(matches!(code, 15 | 200), "{method} by {who:?}: {code}");
        }
    }
    for (now, then) in board.state().iter().zip(&before) {
        assert_eq!(now, then, "as it was");
    }
}

/// The same call by the server of another application, or by whoever knows its secret.
fn by(app: &App, call: Call) -> Call {
    call.with("api_key", &app.key).signed_with(&app.secret)
}

#[test]
fn a_secret_that_everybody_has_a_copy_of_is_nobodys_word() {
    let board = Board::new();
    let desktop = board.home.desktop_app();
    board.home.json(&["user", "grant", "1001", &desktop.key, "--perm", GRANTED]);
    board.home.json(&["page", "app", "77104", &desktop.key]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    let session = desktop.desktop_session(&board.server, &board.ann);
    let said = desktop.call_by("comments.add", &session).with("xid", "own").with("text", "I was here");
    let remove = format!("xid=own&comment_id={}", said.format("json").send(&board.server).json().as_str().unwrap());
    let before = board.state();
    let others = [
        ("auth.revokeAuthorization", "uid=1001"),
        ("auth.revokeExtendedPermission", "perm=email&uid=1001"),
        ("comments.remove", &remove),
        ("friends.get", "uid=1001"),
        ("message.getThreadsInFolder", "uid=1001"),
        ("pages.blockFan", "page_id=77104&uid=1002"),
        ("stream.get", "viewer_id=1001"),
        ("stream.getFilters", "uid=1001"),
        ("users.hasAppPermission", "ext_perm=email&uid=1001"),
        ("users.isAppUser", "uid=1001"),
    ];
    for (method, args) in FOR_SOMEBODY.into_iter().filter(|(method, _)| *method != "links.post").chain(others) {
        let reply = by(&desktop, board.call(Who::Server, method, args)).send(&board.server);
        assert_eq!(reply.code(), 200, "{method}: {}", reply.text());
    }
    let info = by(&desktop, board.call(Who::Server, "users.getInfo", "uids=1001&fields=email")).format("json");
    assert_eq!(info.send(&board.server).json(), json!([{"uid": 1001, "email": ""}]));
    assert_eq!(desktop.call_by("users.getLoggedInUser", &session).send(&board.server).scalar(), "1001");
    for (now, then) in board.state().iter().zip(&before) {
        assert_eq!(now, then, "as it was");
    }
}
