//! Client libraries of the time, unmodified, log in, call every method that they know, and decode what they get: Perl's WWW::Facebook::API from
//! Debian, facebook-client from npm.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::cloud::methods;
use reconnect_tests::program::workspace;
use reconnect_tests::{App, Browser, Home, Person, Server};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running Perl program; it is ended when the test ends, however that happens.
struct Perl {
    child: Child,
    say: ChildStdin,
    hear: BufReader<ChildStdout>,
    heard: BTreeMap<String, String>,
    web: bool,
    xml: bool,
}

impl Perl {
    fn start(server: &Server, app: &App, kind: &str, format: &str) -> Perl {
        let installed = Command::new("perl").args(["-MWWW::Facebook::API", "-e", "1"]).status();
        assert!(
            installed.is_ok_and(|status| status.success()),
            "WWW::Facebook::API is not installed (Debian: libwww-facebook-api-perl; `cargo xtask setup` brings it)"
        );
        let mut child = Command::new("perl")
            .arg(workspace().join("tests/clients/perl/walk.pl"))
            .args([&server.url("/restserver.php"), &app.key, &app.secret, kind, format])
            .env("RECONNECT_TEST_PICTURE", workspace().join("tests/tests/photos/map.jpg"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The library warns of every error that it is told, and of members that it does not know.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (say, hear) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Perl { child, say, hear, heard: BTreeMap::new(), web: kind == "web", xml: format == "XML" }
    }

    /// Listens until the program has said `name`, and gives what it said.
    fn wait_for(&mut self, name: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.hear.read_line(&mut line).unwrap();
            assert!(read > 0, "the program ended before it said {name}; before: {:?}", self.heard);
            let (said, value) = line.trim_end_matches('\n').split_once('=').unwrap();
            self.heard.insert(said.to_owned(), value.to_owned());
            if said == name {
                return value.to_owned();
            }
        }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.say, "{line}").unwrap();
    }

    /// Everything after the login: the session, what every method answers, the end, error 102.
    fn walk_to_the_end(mut self, person: &Person, friend: &Person) {
        let me = person.uid.as_str();
        self.tells("uid", me);
        assert_ne!(self.wait_for("expires"), "0");
        self.tell_all(&[("user", me), ("success", "1"), ("is_user", "1"), ("permission", "1"), ("verified", "0")]);
        self.walk_along_the_stream();
        self.walk_among_people(me, person, friend);
        let only_by_server = if self.web { "1" } else { SERVERS_ONLY };
        self.tell_all(&[
            ("page", "Pond"),
            ("about", "1 0"),
            ("added", only_by_server),
            ("invited", "77001"),
            ("told", "Carl fed your duck."),
        ]);
        self.tell_all(&[("read", "1"), ("mailed", me), ("mailbox", "Ducks"), ("live", only_by_server)]);
        self.tells("notes", if self.xml { "Maps &amp; more" } else { "Maps & more" });
        self.tell_all(&[("edited", "1"), ("note", "New"), ("deleted", "1")]);
        let posted = self.wait_for("posted");
        assert!(if self.web { posted.parse::<u64>().is_ok() } else { posted == SERVERS_ONLY }, "{posted}");
        self.tells("links", if self.web { "Look" } else { SERVERS_ONLY });
        self.tell_all(&[("photo", "A map"), ("tagged", "1"), ("tags", "a coast"), ("albums", "1")]);
        self.tell_all(&[("longest", "120"), ("video", "Map trip")]);
        let promoted = self.wait_for("promoted");
        assert!(if self.web { promoted.len() > 20 } else { promoted == SERVERS_ONLY }, "{promoted}");
        self.tells("revoked", only_by_server);
        self.tells("left", if self.web { "0" } else { "1" });
        self.tell_all(&[("ended", "1"), ("success", "0"), ("error", "102: Session key invalid or no longer valid")]);
        // A desktop program has nothing but its session's secret to sign with.
        let withdrawn = self.wait_for("withdrawn");
        assert!(if self.web { withdrawn == "1" } else { withdrawn.starts_with("104: ") }, "{withdrawn}");
        let (known, called) = (self.wait_for("known"), self.wait_for("called"));
        every_known_method_is_called(&known, &called);
        assert!(self.child.wait().unwrap().success());
    }

    /// Friends, groups, events; what there is of each says `world`.
    fn walk_among_people(&mut self, me: &str, person: &Person, friend: &Person) {
        let them = friend.uid.as_str();
        self.tell_all(&[("friends", "1234 1235"), ("app_users", them), ("lists", "Close")]);
        self.tell_all(&[("are_friends", "1 0"), ("mutual", "1235")]);
        self.tells("names", &format!("{} {}", person.name, friend.name));
        self.tells("unknown", &format!("{me} {them}"));
        self.tell_all(&[("groups", "Chess"), ("members", them), ("events", "Ball"), ("guests", them)]);
        self.tell_all(&[("answer", "1"), ("unsure", me), ("moved", "1"), ("event", "Cellar")]);
        self.tell_all(&[("called_off", "1"), ("over", "")]);
    }

    /// A post with what stands under it, a status, a thread of the application.
    fn walk_along_the_stream(&mut self) {
        self.tell_all(&[
            ("commented", "1"),
            ("liked", "1"),
            ("messages", "Hello"),
            ("comments", "Hi"),
            ("filters", "nf"),
        ]);
        self.tell_all(&[("unliked", "1"), ("uncommented", "1"), ("removed", "1")]);
        self.tell_all(&[("status", "1"), ("statuses", "is there"), ("cleared", "1")]);
        self.tell_all(&[("thread", "I was here"), ("erased", "1")]);
    }

    /// Fails unless the program says this of that.
    #[track_caller]
    fn tells(&mut self, name: &str, expected: &str) {
        assert_eq!(self.wait_for(name), expected, "{name}: {:?}", self.heard);
    }

    #[track_caller]
    fn tell_all(&mut self, expected: &[(&str, &str)]) {
        expected.iter().for_each(|(name, value)| self.tells(name, value));
    }
}

/// What whoever knows a session's secret only is told where the application's own is needed.
const SERVERS_ONLY: &str = "15: This method call must be signed with the application secret (You are probably calling a secure \
    method using a session secret)";

/// Fails for a method that the library has a function for, that stands, and that the walk did not call.
fn every_known_method_is_called(known: &str, called: &str) {
    let names = |list: &str| list.split(' ').map(str::to_lowercase).collect::<BTreeSet<_>>();
    let (known, called) = (names(known), names(called));
    assert!(known.len() > 80, "the library's own list was not found: {known:?}");
    let standing: BTreeSet<String> = methods().iter().map(|method| method.to_lowercase()).collect();
    let missing: Vec<&String> = known.intersection(&standing).filter(|method| !called.contains(*method)).collect();
    assert!(missing.is_empty(), "tests/clients/perl/walk.pl calls none of {missing:?}, which the library knows");
}

impl Drop for Perl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Path and query of a login address that the library made for the historic host.
fn on_our_site(login: &str) -> &str {
    login.strip_prefix("http://www.facebook.com").unwrap_or_else(|| panic!("{login}"))
}

/// Ann, Carl and Dora are friends; what Ann has, what Carl has made, what waits for her.
const WORLD: &str = r##"
friendships = [["ann@friends.example", "carl@friends.example"], ["ann@friends.example", "dora@friends.example"], ["carl@friends.example", "dora@friends.example"]]

[[friend_list]]
id = 77004
owner = "ann@friends.example"
name = "Close"
members = ["carl@friends.example"]

[[group]]
id = 77001
name = "Chess"
creator = "carl@friends.example"
invited = ["ann@friends.example"]

[[event]]
id = 77002
name = "Ball"
creator = "carl@friends.example"
starts_in = 24
hours = 3

[[page]]
id = 77003
name = "Pond"
type = "Film"
fans = ["ann@friends.example"]

[[thread]]
id = 77005
subject = "Ducks"
to = ["ann@friends.example"]
messages = [{ from = "carl@friends.example", body = "See this" }]

[[notification]]
to = "ann@friends.example"
from = "carl@friends.example"
title = "<b>Carl</b> fed your duck."
body = "Quack."
href = "http://duck.example/"

[[album]]
id = 77006
owner = "ann@friends.example"
name = "Boats"
[[album.photo]]
id = 77007
motif = "sea"
colors = ["#204060", "#c0e0ff"]
caption = "A boat"
"##;

/// What Ann has been asked for before, so that the walk's login need not ask again.
const GRANTED: &str = "read_stream,publish_stream,create_note,share_item,email,create_event,rsvp_event,read_mailbox,video_upload,\
    user_notes,user_likes";

/// Ann, and Carl, who uses the application too.
fn friends(home: &Home, app: &App) -> (Person, Person) {
    let [ann, carl, _] = home.people_of("Friends", [("1233", "Ann"), ("1234", "Carl"), ("1235", "Dora")], WORLD);
    home.json(&["user", "grant", &carl.uid, &app.key]);
    home.json(&["user", "grant", &ann.uid, &app.key, "--perm", GRANTED]);
    home.json(&["page", "app", "77003", &app.key]);
    (ann, carl)
}

fn a_desktop_program_walks(format: &str) {
    let home = Home::with_files();
    let app = home.desktop_app();
    let (person, friend) = friends(&home, &app);
    let server = home.serve();
    let mut perl = Perl::start(&server, &app, "desktop", format);
    let token = perl.wait_for("token");
    assert!(token.len() == 32 && token.bytes().all(|b| b.is_ascii_hexdigit()), "{token}");
    let login = perl.wait_for("login");
    assert!(perl.wait_for("early").starts_with("100: "), "{:?}", perl.heard);
    let end = Browser::new(&server).agree(on_our_site(&login), &person);
    assert_eq!((end.answer.status, &end.leads_to), (200, &None), "{}", end.describe());
    perl.tell("logged in");
    perl.walk_to_the_end(&person, &friend);
}

fn a_web_application_walks(format: &str) {
    let home = Home::with_files();
    let app = home.web_app();
    let (person, friend) = friends(&home, &app);
    let server = home.serve();
    let mut perl = Perl::start(&server, &app, "web", format);
    let login = perl.wait_for("login");
    let end = Browser::new(&server).agree(on_our_site(&login), &person);
    assert!(end.left_for().starts_with("http://vampires.example/fb/page?x=1&"), "{}", end.describe());
    perl.tell(&end.argument("auth_token").expect("a token came back"));
    perl.walk_to_the_end(&person, &friend);
}

#[test]
fn perl_as_a_desktop_program_in_json() {
    a_desktop_program_walks("JSON");
}

#[test]
fn perl_as_a_desktop_program_in_xml() {
    a_desktop_program_walks("XML");
}

#[test]
fn perl_as_a_web_application_in_json() {
    a_web_application_walks("JSON");
}

#[test]
fn perl_as_a_web_application_in_xml() {
    a_web_application_walks("XML");
}

#[test]
fn npm_facebook_client_over_method_name_with_an_access_token() {
    let clients = workspace().join("tests/clients");
    assert!(
        clients.join("node_modules/facebook-client").is_dir(),
        "tests/clients/node_modules is missing; `cargo xtask setup` fetches it (npm ci)"
    );
    let home = Home::new();
    let app = home.web_app();
    let (person, friend) = friends(&home, &app);
    // The library speaks https whatever it is told.
    let server = home.serve_with(&["--tls", "local", "--tls-listen", "127.0.0.1:0"]);
    let secure = server.https.clone().unwrap_or_else(|| panic!("https is announced: {}", server.announced));
    let (host, port) = secure.split_once(':').unwrap();
    let authority = server.announced_path("ca");

    let end = Browser::new(&server).agree(&format!("/login.php?api_key={}&v=1.0", app.key), &person);
    let session = app.get_session(&server, &end.argument("auth_token").unwrap());
    let out = Command::new("node")
        .arg(clients.join("node/walk.js"))
        .args([host, port, &app.id, session.access_token.as_deref().expect("an access token"), &friend.uid])
        .env("NODE_EXTRA_CA_CERTS", authority)
        .env_remove("NODE_TLS_REJECT_UNAUTHORIZED")
        .output()
        .expect("node is installed (Debian: nodejs; `cargo xtask setup` brings it)");
    let (said, complaint) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{complaint}\n{said}");
    let told: Vec<(String, Value)> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [told @ .., ended, after] = &told[..] else { panic!("{said}") };
    assert_eq!(ended, &("auth.expireSession".to_owned(), json!(true)));
    assert_eq!(
        (&after.1["error_code"], &after.1["error_msg"]),
        (&json!(190), &json!("Invalid OAuth 2.0 Access Token"))
    );
    app.who_is(&server, &session).refused_with(102);
    every_method_is_called_and_decoded(told);
}

/// Of every method that stands: what the library made of its answer.
fn every_method_is_called_and_decoded(told: &[(String, Value)]) {
    let mut answers: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    told.iter().for_each(|(method, answer)| answers.entry(method).or_default().push(answer));
    let standing = methods().into_iter().filter(|method| !method.starts_with("auth.") && method != "batch.run");
    let missing: Vec<String> = standing.filter(|method| !answers.contains_key(&**method)).collect();
    assert!(missing.is_empty(), "tests/clients/node/walk.js calls none of {missing:?}");
    for (method, expected) in expected_by_token() {
        let told = answers.remove(method).unwrap_or_default();
        let wanted = if method == "events.get" { expected } else { json!([expected]) };
        assert!(holds(&json!(told), &wanted), "{method}: {told:?}");
    }
    // People are listed in any order.
    let friends = answers.remove("friends.get").expect("asked")[0];
    assert!(*friends == json!([1234, 1235]) || *friends == json!([1235, 1234]), "{friends}");
    assert_eq!(answers.remove("stream.getFilters").expect("asked")[0][0]["filter_key"], "nf");
    // What was made is answered by its id: events and notes by a number, what stands in a stream or a thread by a text.
    let made: Vec<(&str, bool)> = answers.iter().map(|(method, told)| (*method, told[0].is_u64())).collect();
    let [event, note] = [("events.create", true), ("notes.create", true)];
    assert_eq!(made, [("comments.add", false), event, note, ("stream.addComment", false), ("stream.publish", false)]);
}

/// Whether an answer says what is expected: at least these members of an object, exactly these items of a list.
fn holds(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| answer.get(name).is_some_and(|told| holds(told, value)))
        }
        (Value::Array(answer), Value::Array(expected)) => {
            answer.len() == expected.len() && answer.iter().zip(expected).all(|(told, value)| holds(told, value))
        }
        _ => answer == expected,
    }
}

/// What Ann's token is answered.
fn expected_by_token() -> Vec<(&'static str, Value)> {
    let done = [
        "users.isAppUser users.hasAppPermission users.setStatus status.set pages.isFan photos.addTag notifications.markRead",
        "events.edit events.invite events.rsvp events.cancel notes.edit notes.delete comments.remove",
        "stream.addLike stream.removeLike stream.removeComment stream.remove",
    ];
    let by_servers = "users.getStandardinfo pages.isAppAdded pages.blockFan notifications.sendEmail liveMessage.send privacy.get \
        links.preview links.post links.get";
    let done = done.into_iter().flat_map(|line| line.split(' ')).map(|method| (method, json!(true)));
    let refused = by_servers.split(' ').map(|method| (method, json!({"error_code": 15})));
    let rows = vec![
        ("users.getLoggedInUser", json!(1233)),
        ("users.isVerified", json!(false)),
        ("users.getInfo", json!([{"uid": 1234, "name": "Carl Friends", "birthday": null, "is_app_user": true}])),
        ("friends.getAppUsers", json!([1234])),
        ("friends.getLists", json!([{"flid": 77004, "name": "Close"}])),
        ("friends.areFriends", json!([{"uid1": 1233, "uid2": 1234, "are_friends": true}, {"are_friends": false}])),
        ("friends.getMutualFriends", json!([1235])),
        ("groups.get", json!([{"gid": 77001, "name": "Chess", "creator": 1234, "venue": {}}])),
        ("groups.getMembers", json!({"members": [1234], "admins": [1234], "officers": [], "not_replied": [1233]})),
        ("pages.getinfo", json!([{"page_id": 77003, "name": "Pond", "type": "Film"}])),
        ("pages.isAdmin", json!(false)),
        ("events.get", json!([[{"name": "Party", "location": "Cellar", "creator": 1233}], []])),
        ("events.getMembers", json!({"attending": [1233], "unsure": [], "declined": [], "not_replied": [1234]})),
        ("status.get", json!([{"uid": 1233, "message": "is there"}])),
        (
            "stream.get",
            json!({"posts": [{"message": "Look", "attachment": {"name": "A map"}, "comments": {"count": 1}}]}),
        ),
        ("stream.getComments", json!([{"fromid": 1233, "text": "Hi"}])),
        ("comments.get", json!([{"xid": "guestbook", "fromid": 1233, "text": "I was <here>"}])),
        (
            "message.getThreadsInFolder",
            json!([{"thread_id": 77005, "subject": "Ducks", "messages": [{"author_id": 1234}]}]),
        ),
        ("notifications.get", json!({"messages": {"unread": 1}, "friend_requests": [], "group_invites": [77001]})),
        ("notifications.getList", json!({"notifications": [{"title_html": "<b>Carl</b> fed your duck."}], "apps": []})),
        ("notes.get", json!([{"title": "Atlas", "content": "<b>All</b> of it"}])),
        ("links.getStats", json!([{"url": "http://pond.example/", "total_count": 0}])),
        ("photos.createAlbum", json!({"name": "Maps", "visible": "friends", "owner": 1233})),
        ("photos.getAlbums", json!([{"name": "Maps", "size": 0}])),
        ("photos.get", json!([{"pid": "77007", "caption": "A boat", "owner": 1233}])),
        ("photos.getTags", json!([{"pid": "77007", "subject": 1234, "xcoord": 10, "ycoord": 20}])),
        ("photos.upload", json!({"error_code": 324})),
        ("video.getUploadLimits", json!({"length": 120})),
        ("video.upload", json!({"error_code": 353})),
    ];
    done.chain(refused).chain(rows).collect()
}
