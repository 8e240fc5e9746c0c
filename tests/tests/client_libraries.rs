//! Client libraries of the time, unmodified, do the main job: Perl's WWW::Facebook::API from Debian, facebook-client from npm.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::program::workspace;
use reconnect_tests::{App, Browser, Home, Person, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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

    /// Everything after the login: session, who is it, the one friend, the end, error 102.
    fn walk_to_the_end(mut self, person: &Person, friend: &Person, expires: bool) {
        assert_eq!(self.wait_for("uid"), person.uid, "{:?}", self.heard);
        assert_eq!(self.wait_for("expires") != "0", expires);
        assert_eq!(self.wait_for("user"), person.uid, "{:?}", self.heard);
        assert_eq!(self.wait_for("success"), "1");
        assert_eq!(self.wait_for("is_user"), "1");
        assert_eq!((self.wait_for("permission"), self.wait_for("verified")), ("0".to_owned(), "0".to_owned()));
        self.walk_along_the_stream();
        assert_eq!(self.wait_for("friends"), friend.uid, "{:?}", self.heard);
        assert_eq!((self.wait_for("app_users"), self.wait_for("lists")), (friend.uid.clone(), String::new()));
        assert_eq!(self.wait_for("are_friends"), "1 0");
        assert_eq!(self.wait_for("mutual"), "");
        assert_eq!(self.wait_for("names"), format!("{} {}", person.name, friend.name));
        assert_eq!(self.wait_for("unknown"), format!("{} {}", person.uid, friend.uid));
        assert_eq!((self.wait_for("groups"), self.wait_for("members")), ("Chess".to_owned(), friend.uid.clone()));
        assert_eq!((self.wait_for("events"), self.wait_for("guests")), ("Ball".to_owned(), friend.uid.clone()));
        // They granted the application neither of the two.
        assert!(self.wait_for("answer").starts_with("299: ") && self.wait_for("event").starts_with("290: "));
        assert_eq!((self.wait_for("page"), self.wait_for("about")), ("Pond".to_owned(), "0 0".to_owned()));
        if self.web {
            assert_eq!(self.wait_for("added"), "0");
        }
        assert_eq!((self.wait_for("invited"), self.wait_for("told")), (String::new(), String::new()));
        assert_eq!((self.wait_for("read"), self.wait_for("mailed")), ("0".to_owned(), "1".to_owned()));
        assert!(self.wait_for("mailbox").starts_with("612: "), "{:?}", self.heard);
        assert_eq!(self.wait_for("notes"), if self.xml { "Maps &amp; more" } else { "Maps & more" });
        assert_eq!((self.wait_for("edited"), self.wait_for("note")), ("1".to_owned(), "New".to_owned()));
        assert_eq!(self.wait_for("deleted"), "1");
        if self.web {
            assert!(self.wait_for("posted").parse::<u64>().is_ok(), "{:?}", self.heard);
            assert_eq!(self.wait_for("links"), "Look");
        }
        assert_eq!(self.wait_for("photo"), "A map", "{:?}", self.heard);
        assert_eq!((self.wait_for("tagged"), self.wait_for("tags")), ("1".to_owned(), "a coast".to_owned()));
        assert_eq!(self.wait_for("albums"), "1");
        assert_eq!(self.wait_for("ended"), "1");
        assert_eq!(self.wait_for("success"), "0");
        let error = self.wait_for("error");
        assert_eq!(error, "102: Session key invalid or no longer valid", "{:?}", self.heard);
        assert!(self.child.wait().unwrap().success());
    }

    /// A post with what stands under it, a status, a thread of the application.
    fn walk_along_the_stream(&mut self) {
        for (name, said) in [
            ("commented", "1"),
            ("liked", "1"),
            ("messages", "Hello"),
            ("comments", "Hi"),
            ("filters", "nf"),
            ("unliked", "1"),
            ("uncommented", "1"),
            ("removed", "1"),
            ("status", "1"),
            ("statuses", "is there"),
            ("cleared", "1"),
            ("thread", "I was here"),
            ("erased", "1"),
        ] {
            assert_eq!(self.wait_for(name), said, "{name}: {:?}", self.heard);
        }
    }
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

/// The friend, and what they have made.
const FRIEND: &str = r#"
[[person]]
id = 1234
name = "Carl Example"
email = "carl@friends.example"

[[group]]
id = 77001
name = "Chess"
creator = "carl@friends.example"

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
"#;

/// A friend of theirs who uses the application too.
fn friend_of(home: &Home, person: &Person, app: &App) -> Person {
    let (name, email) = ("Carl Example".to_owned(), "carl@friends.example".to_owned());
    let friend = Person { uid: "1234".to_owned(), name, email, password: "not used".to_owned() };
    std::fs::write(home.folder().join("friend.toml"), FRIEND).unwrap();
    home.json(&["world", "load", "friend.toml"]);
    home.json(&["user", "befriend", &person.email, &friend.email]);
    home.json(&["user", "grant", &friend.email, &app.key]);
    // The person has been asked for these before, so that the walk's login need not ask again.
    home.json(&["user", "grant", &person.email, &app.key, "--perm", "read_stream,publish_stream"]);
    home.json(&["user", "grant", &person.email, &app.key, "--perm", "create_note", "--perm", "share_item"]);
    friend
}

fn a_desktop_program_walks(format: &str) {
    let home = Home::with_files();
    let (app, person) = (home.desktop_app(), home.person("Ann"));
    let friend = friend_of(&home, &person, &app);
    let server = home.serve();
    let mut perl = Perl::start(&server, &app, "desktop", format);
    let token = perl.wait_for("token");
    assert!(token.len() == 32 && token.bytes().all(|b| b.is_ascii_hexdigit()), "{token}");
    let login = perl.wait_for("login");
    assert!(perl.wait_for("early").starts_with("100: "), "{:?}", perl.heard);
    let end = Browser::new(&server).agree(on_our_site(&login), &person);
    assert_eq!((end.answer.status, &end.leads_to), (200, &None), "{}", end.describe());
    perl.tell("logged in");
    perl.walk_to_the_end(&person, &friend, true);
}

fn a_web_application_walks(format: &str) {
    let home = Home::with_files();
    let (app, person) = (home.web_app(), home.person("Bob"));
    let friend = friend_of(&home, &person, &app);
    let server = home.serve();
    let mut perl = Perl::start(&server, &app, "web", format);
    let login = perl.wait_for("login");
    let end = Browser::new(&server).agree(on_our_site(&login), &person);
    assert!(end.left_for().starts_with("http://vampires.example/fb/page?x=1&"), "{}", end.describe());
    perl.tell(&end.argument("auth_token").expect("a token came back"));
    perl.walk_to_the_end(&person, &friend, true);
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
    let (app, person) = (home.web_app(), home.person("Ann"));
    let friend = friend_of(&home, &person, &app);
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
    let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let id = |person: &Person| json!(person.uid.parse::<u64>().unwrap());
    let (uid, friend) = (id(&person), id(&friend));
    assert_eq!(answers[..3], [uid, json!(true), json!(false)]);
    let themselves = json!([{"uid1": friend, "uid2": friend, "are_friends": false}]);
    assert_eq!(answers[3..8], [json!([friend]), json!([friend]), json!([]), themselves, json!([])]);
    let called = json!([{"uid": friend, "name": "Carl Example", "birthday": null, "is_app_user": true}]);
    assert_eq!(answers[8..10], [json!(false), called]);
    assert_eq!((&answers[10][0]["name"], &answers[10][0]["creator"]), (&json!("Chess"), &friend));
    assert_eq!(answers[11], json!({"members": [friend], "admins": [friend], "officers": [], "not_replied": []}));
    assert_eq!((&answers[12][0]["name"], &answers[12][0]["creator"]), (&json!("Ball"), &friend));
    assert_eq!(answers[13], json!({"attending": [friend], "unsure": [], "declined": [], "not_replied": []}));
    let [page, runs, waiting, told, mailbox, answers @ ..] = &answers[14..] else { panic!("{answers:?}") };
    assert_eq!((page, runs), (&json!([{"page_id": 77003, "name": "Pond", "type": "Film"}]), &json!(false)));
    assert_eq!((&waiting["friend_requests"], &mailbox["error_code"]), (&json!([]), &json!(612)));
    assert_eq!(told, &json!({"notifications": [], "apps": []}));
    assert!(answers[0].is_u64(), "the id of a note: {}", answers[0]);
    assert_eq!(answers[1], json!([]), "to read them takes user_notes");
    assert_eq!((&answers[2][0]["total_count"], &answers[2][0]["url"]), (&json!(0), &json!("http://pond.example/")));
    let [.., album, albums, limits, _, _] = answers else { panic!("{answers:?}") };
    assert_eq!((&album["name"], &album["visible"], albums), (&json!("Maps"), &json!("friends"), &json!([album])));
    assert_eq!(limits["length"], json!(120));
    let [.., ended, after] = answers else { panic!("{answers:?}") };
    assert_eq!(ended, &json!(true));
    assert_eq!((&after["error_code"], &after["error_msg"]), (&json!(190), &json!("Invalid OAuth 2.0 Access Token")));
    app.who_is(&server, &session).refused_with(102);
}
