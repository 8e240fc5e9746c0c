//! Canvas pages and what applications in them ask for: every form of entry for every visitor, checked by an implementation of its own; the
//! Graph form, faces, and the example, which must believe the server and nobody else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::program::workspace;
use reconnect_tests::{Answer, App, Browser, Home, Page, Person, Request, Server, Session, sign, signed};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Where the applications of these tests are, though nobody listens there.
const CALLBACK: &str = "http://vampires.example/fb/";

/// An application for each form of entry, somebody who has authorised all of them, and somebody who has none.
struct Floor {
    home: Home,
    server: Server,
    apps: Vec<(&'static str, App)>,
    member: Person,
    stranger: Person,
}

impl Floor {
    fn new() -> Floor {
        let home = Home::new();
        let (member, stranger) = (home.person("Ann"), home.person("Bob"));
        let entries = ["signed-request", "signed-request-get", "fb-sig", "fb-sig-post"];
        let apps = entries.map(|entry| {
            let flags = [
                "--callback-url",
                CALLBACK,
                "--canvas-name",
                &format!("v-{entry}"),
                "--canvas-entry",
                entry,
                "--base-domain",
                "vampires.example",
            ];
            let app = home.app(&format!("Vampires {entry}"), &flags);
            home.json(&["user", "grant", &member.email, &app.key, "--perm", "email"]);
            (entry, app)
        });
        home.json(&["user", "befriend", &member.email, &stranger.email]);
        let server = home.serve();
        Floor { home, server, apps: apps.into(), member, stranger }
    }

    fn browser(&self, person: Option<&Person>) -> Browser<'_> {
        let mut browser = Browser::new(&self.server);
        if let Some(person) = person {
            let page = browser.open("/login.php");
            browser.log_in(&page, person);
        }
        browser
    }

    fn app(&self, entry: &str) -> &App {
        &self.apps.iter().find(|(one, _)| *one == entry).unwrap().1
    }

    /// An access token of the member, as the canvas page hands it over.
    fn token(&self) -> String {
        let page = self.browser(Some(&self.member)).open("/apps/v-signed-request/");
        let (_, args) = handed(&page, "signed-request");
        let payload = signed::signed_request(&args["signed_request"], &self.app("signed-request").secret);
        payload["oauth_token"].as_str().unwrap().to_owned()
    }

    fn graph(&self, path: &str) -> Answer {
        self.server.ask(&Request::get(path))
    }
}

/// Where a page leads its frame, and what it hands over: as fields of the form, or in the query.
fn handed(page: &Page, entry: &str) -> (String, BTreeMap<String, String>) {
    assert_eq!(page.answer.status, 200, "{}", page.describe());
    if let Some(form) = page.content.forms.iter().find(|form| form.action.starts_with("http")) {
        assert!(entry == "signed-request" || entry.ends_with("post"), "{entry} by a form");
        assert!(form.buttons[0].label.starts_with("Start "), "for browsers without scripts");
        return (form.action.clone(), form.fields.iter().map(|f| (f.name.clone(), f.value.clone())).collect());
    }
    let address = page.content.fetched.iter().find(|address| address.starts_with("http")).expect("a frame");
    let query = address.split_once('?').unwrap().1;
    (address.clone(), reconnect_tests::http::decode(query).into_iter().collect())
}

/// The arguments behind `fb_sig`, if the application's secret signed them: from the protocol, not from the server's code.
fn fb_sig(args: &BTreeMap<String, String>, secret: &str) -> BTreeMap<String, String> {
    let fields =
        args.iter().filter_map(|(name, value)| Some((name.strip_prefix("fb_sig_")?.to_owned(), value.clone())));
    let fields: BTreeMap<String, String> = fields.collect();
    assert_eq!(args.get("fb_sig"), Some(&signature(&fields, secret)), "{args:?}");
    fields
}

fn signature(fields: &BTreeMap<String, String>, secret: &str) -> String {
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone().into_bytes())).collect();
    sign(&pairs, secret)
}

#[track_caller]
fn refused(answer: &Answer, code: u64) -> String {
    let told: Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!((answer.status, &told["error"]["code"]), (400, &json!(code)), "{told}");
    told["error"]["message"].as_str().unwrap().to_owned()
}

fn read(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_str(answer.text()).unwrap()
}

#[test]
fn every_form_of_entry_tells_every_visitor_apart() {
    let floor = Floor::new();
    for (person, is_member) in [(None, false), (Some(&floor.stranger), false), (Some(&floor.member), true)] {
        let mut browser = floor.browser(person);
        for (entry, app) in &floor.apps {
            let page = browser.open(&format!("/apps/V-{entry}/night/2?from=ad&fb_sig_user=1&signed_request=x.y"));
            let (address, args) = handed(&page, entry);
            assert!(address.starts_with(&format!("{CALLBACK}night/2?from=ad")), "{address}");
            assert_eq!(
                address.matches("fb_sig_user=").count(),
                usize::from(*entry == "fb-sig" && is_member),
                "{address}"
            );
            if entry.starts_with("signed") {
                signed_visitor(&signed::signed_request(&args["signed_request"], &app.secret), person, is_member);
            } else {
                fb_sig_visitor(&fb_sig(&args, &app.secret), app, person, is_member);
            }
        }
    }
}

fn signed_visitor(payload: &Value, person: Option<&Person>, is_member: bool) {
    assert!(payload["issued_at"].as_i64().unwrap() > 1_700_000_000, "{payload}");
    let age = if person.is_some() { json!({ "min": 21 }) } else { Value::Null };
    assert_eq!(
        (&payload["user"]["locale"], &payload["user"]["country"], &payload["user"]["age"]),
        (&json!("en_US"), &json!("us"), &age)
    );
    let user_id = if is_member { json!(person.unwrap().uid) } else { Value::Null };
    assert_eq!(payload["user_id"], user_id);
    assert_eq!(
        (payload["oauth_token"].is_string(), payload["expires"].is_number()),
        (is_member, is_member),
        "{payload}"
    );
}

fn fb_sig_visitor(fields: &BTreeMap<String, String>, app: &App, person: Option<&Person>, is_member: bool) {
    let get = |name: &str| fields.get(name).map(String::as_str);
    assert_eq!((get("api_key"), get("app_id")), (Some(app.key.as_str()), Some(app.id.as_str())));
    assert_eq!((get("in_iframe"), get("in_new_facebook"), get("request_method")), (Some("1"), Some("1"), Some("GET")));
    assert_eq!(get("added"), Some(if is_member { "1" } else { "0" }));
    let uid = person.map(|person| person.uid.as_str());
    assert_eq!((get("user"), get("canvas_user")), if is_member { (uid, None) } else { (None, uid) });
    assert_eq!(fields.contains_key("session_key"), is_member, "{fields:?}");
    if is_member {
        assert_eq!((get("ext_perms"), get("base_domain")), (Some("email"), Some("vampires.example")));
        let cookies = ["user", "session_key", "expires", "ss"].map(|name| (name.to_owned(), fields[name].clone()));
        assert_eq!(get("cookie_sig"), Some(signature(&cookies.into(), &app.secret).as_str()), "{fields:?}");
    }
}

#[test]
fn what_is_handed_over_is_a_session_until_the_person_removes_the_application() {
    let floor = Floor::new();
    let mut browser = floor.browser(Some(&floor.member));
    let (_, args) = handed(&browser.open("/apps/v-fb-sig/"), "fb-sig");
    let app = floor.app("fb-sig");
    let fields = fb_sig(&args, &app.secret);
    let session = Session {
        key: fields["session_key"].clone(),
        uid: fields["user"].clone(),
        expires: fields["expires"].parse().unwrap(),
        secret: Some(fields["ss"].clone()),
        access_token: None,
    };
    assert_eq!(app.who_is(&floor.server, &session).scalar(), floor.member.uid);
    let by_its_own = app.call_by("users.getLoggedInUser", &session).send(&floor.server);
    assert_eq!(by_its_own.scalar(), floor.member.uid);

    let token = floor.token();
    let me = format!("/me?access_token={}", encoded(&token));
    assert_eq!(read(&floor.graph(&me))["email"], json!(floor.member.email));
    remove(&mut browser, &floor.app("signed-request").name);
    let why = refused(&floor.graph(&me), 190);
    assert!(why.starts_with("Error validating access token: User ") && !why.contains(&token), "{why}");
    assert_eq!(
        app.who_is(&floor.server, &session).scalar(),
        floor.member.uid,
        "another application's session lives on"
    );
    let (_, args) = handed(&browser.open("/apps/v-signed-request/"), "signed-request");
    let payload = signed::signed_request(&args["signed_request"], &floor.app("signed-request").secret);
    assert!(payload.get("oauth_token").is_none() && payload.get("user_id").is_none(), "{payload}");
}

/// Removes an application on the page of applications.
fn remove(browser: &mut Browser<'_>, name: &str) {
    let page = browser.open("/editapps.php");
    // One form each, in the order of the sections.
    let at = page
        .answer
        .text()
        .split("<section")
        .skip(1)
        .position(|section| section.contains(&format!(">{name}<")))
        .expect("the application");
    let form = page.content.forms.iter().filter(|form| form.button("Remove").is_some()).nth(at).unwrap().clone();
    browser.send(&page, &form, "Remove");
}

fn encoded(text: &str) -> String {
    let pair = reconnect_tests::http::encode([("", text)]);
    pair.trim_start_matches('=').to_owned()
}

#[test]
fn nothing_in_an_address_leads_out_of_the_application() {
    let floor = Floor::new();
    let mut browser = floor.browser(Some(&floor.member));
    for path in ["/apps/v-fb-sig/../x", "/apps/v-fb-sig/%2e%2e/x", "/apps/v-fb-sig/a/%2E./../x"] {
        let page = browser.open(path);
        assert_eq!(page.answer.status, 400, "{path}: {}", page.describe());
        assert!(page.content.fetched.is_empty() && page.content.forms.is_empty(), "{path}");
    }
    for path in ["/apps/v-fb-sig/.evil.example", "/apps/v-fb-sig/@evil.example/", "/apps/v-fb-sig//evil.example/"] {
        let (address, _) = handed(&browser.open(path), "fb-sig");
        assert!(address.starts_with(CALLBACK), "{path} leads to {address}");
    }
    for path in ["/apps/nobody/", "/apps/v-fb-sig.evil.example/", "/apps/%2e%2e/"] {
        assert_eq!(browser.open(path).answer.status, 404, "{path}");
    }
}

#[test]
fn the_page_may_be_framed_by_nobody_and_frames_nobody_else() {
    let floor = Floor::new();
    let answer = floor.browser(Some(&floor.member)).ask(Request::get("/apps/v-signed-request/"));
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "frame-src http://vampires.example;",
        "form-action 'self' http://vampires.example;",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert_eq!((answer.header("x-frame-options"), answer.header("cache-control")), ("DENY", "no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), "", "its page is for nobody's script");
}

#[test]
fn the_old_host_has_applications_at_its_root_and_all_other_pages_too() {
    let floor = Floor::new();
    let on_apps = |path: &str| floor.server.ask(&Request::get(path).header("Host", "apps.facebook.com"));
    assert!(on_apps("/v-fb-sig/x?y=1").text().contains(&format!("{CALLBACK}x?y=1&amp;fb_sig_")));
    assert_eq!(on_apps("/nobody/").status, 404);
    assert!(on_apps("/login.php").text().contains("id=\"email\""));
    assert_eq!(floor.graph("/v-fb-sig/").status, 404, "nowhere else");
}

#[test]
fn friends_answer_in_the_graph_form_to_their_friends_only() {
    let floor = Floor::new();
    let token = encoded(&floor.token());
    let (member, stranger) = (&floor.member, &floor.stranger);
    let friends = read(&floor.graph(&format!("/me/friends?fields=id,name,installed&access_token={token}")));
    assert_eq!(friends["data"], json!([{ "id": stranger.uid, "name": stranger.name }]));
    floor.home.json(&["user", "grant", &stranger.email, &floor.app("signed-request").key]);
    let friends = read(&floor.graph(&format!("/{}/friends?fields=installed&access_token={token}", member.uid)));
    assert_eq!(friends["data"], json!([{ "id": stranger.uid, "installed": true }]));
    refused(&floor.graph(&format!("/{}/friends?access_token={token}", stranger.uid)), 604);
    refused(&floor.graph("/me"), 2500);
    refused(&floor.graph(&format!("/me?access_token={token}x")), 190);
    refused(&floor.graph(&format!("/me?method=post&access_token={token}")), 100);
    assert_eq!(
        read(&floor.graph(&format!("/me/permissions?access_token={token}")))["data"],
        json!([{ "email": 1, "installed": 1 }])
    );

    let public = read(&floor.graph(&format!("/{}", stranger.uid)));
    assert_eq!((&public["name"], public.get("email"), public.get("updated_time")), (&json!(stranger.name), None, None));
}

#[test]
fn scripts_of_other_pages_may_ask_without_cookies() {
    let floor = Floor::new();
    let mut browser = floor.browser(Some(&floor.member));
    let asked =
        browser.ask(Request::get("/me?callback=FB.__globalCallbacks.f1").header("Origin", "http://evil.example"));
    assert_eq!((asked.status, asked.header("content-type")), (200, "text/javascript;charset=utf-8"));
    assert!(
        asked.text().starts_with("/**/FB.__globalCallbacks.f1({\"error\":{"),
        "a cookie is no token: {}",
        asked.text()
    );
    assert_eq!(asked.header("access-control-allow-origin"), "*");
    assert_eq!(asked.header("access-control-allow-credentials"), "");
    assert_eq!(floor.graph("/me?callback=alert(1)//").status, 400);
    let preflight =
        floor.server.ask(&Request::new("OPTIONS", "/me/friends").header("Origin", "http://vampires.example"));
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, "*"));
    let long = format!("method=GET&fields=id&x={}&access_token={}", "x".repeat(3000), encoded(&floor.token()));
    let posted = floor.server.ask(&Request::post("/me", "application/x-www-form-urlencoded", long));
    assert_eq!(read(&posted), json!({ "id": floor.member.uid }));
    assert_eq!(floor.graph("/nobody/picture").status, 404);
}

#[test]
fn everybody_has_a_face_and_nobody_has_none() {
    let floor = Floor::new();
    let uid = &floor.member.uid;
    let picture = |path: &str| floor.graph(path);
    for (query, width, height) in [
        ("", 50, 50),
        ("?type=square", 50, 50),
        ("?type=small", 50, 50),
        ("?type=normal", 100, 100),
        ("?type=large", 200, 200),
        ("?width=60&height=90", 60, 90),
        ("?width=99999&height=1", 400, 16),
    ] {
        let answer = picture(&format!("/{uid}/picture{query}"));
        assert_eq!((answer.status, answer.header("content-type")), (200, "image/png"), "{query}");
        assert_eq!(size_of_png(&answer.body), (width, height), "{query}");
        assert_eq!(
            (answer.header("access-control-allow-origin"), answer.header("x-content-type-options")),
            ("*", "nosniff")
        );
    }
    let face = picture(&format!("/{uid}/picture"));
    assert_eq!(picture(&format!("/{uid}/picture?access_token=nonsense")).status, 400, "a wrong token is told");
    assert_ne!(face.body, picture(&format!("/{}/picture", floor.stranger.uid)).body);
    assert_eq!(picture("/999/picture").body, picture("/998/picture").body, "a silhouette");
    assert_ne!(face.body, picture("/999/picture").body);
    let again =
        floor.server.ask(&Request::get(&format!("/{uid}/picture")).header("If-None-Match", face.header("etag")));
    assert_eq!((again.status, again.body.len()), (304, 0));
}

/// Width and height, of a file that begins, goes on and ends as PNG files do.
fn size_of_png(bytes: &[u8]) -> (u32, u32) {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n").expect("a PNG");
    let (mut kinds, mut size) = (String::new(), (0, 0));
    while let Some((length, after)) = rest.split_first_chunk() {
        let (kind, after) = after.split_at(4);
        let (data, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        let number = |at: usize| u32::from_be_bytes(data[at..at + 4].try_into().unwrap());
        if kind == b"IHDR" {
            size = (number(0), number(4));
        }
        kinds += &String::from_utf8_lossy(kind);
        rest = &after[4..];
    }
    assert_eq!(kinds, "IHDRIDATIEND");
    size
}

/// The example, as a process of its own on a port of its own.
struct Game {
    child: Child,
    address: String,
}

impl Game {
    /// With that secret, for a server at that address.
    fn start(server: &Server, secret: &str) -> Game {
        let mut child = Command::new("python3")
            .arg(workspace().join("examples/canvas-game/game.py"))
            .envs([("RECONNECT", server.url("")), ("PORT", "0".to_owned()), ("APP_SECRET", secret.to_owned())])
            .envs([("APP_ID", "77"), ("CANVAS_NAME", "game")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port =
            line.split("port ").nth(1).and_then(|rest| rest.split('.').next()).unwrap_or_else(|| panic!("{line}"));
        Game { child, address: format!("127.0.0.1:{port}") }
    }

    /// Sends it what a canvas page hands over.
    fn enter(&self, signed_request: &str) -> Answer {
        Request::form("/game/", [("signed_request", signed_request)]).send(&self.address).unwrap()
    }
}

impl Drop for Game {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_example_believes_the_server_and_nobody_else() {
    let home = Home::new();
    let (ann, bob, eve) =
        (home.person("Ann"), home.person("Bob"), home.person_named("<i>Eve</i> Example", "eve@people.example"));
    for other in [&bob, &eve] {
        home.json(&["user", "befriend", &ann.email, &other.email]);
    }
    let server = home.serve();
    let secret = "5ec2e700000000000000000000000077";
    let game = Game::start(&server, secret);
    let callback = format!("http://{}/game/", game.address);
    let flags = ["--id", "77", "--secret", secret, "--canvas-name", "game", "--callback-url", &callback];
    let app = home.app("Game", &flags);
    let mut browser = Browser::new(&server);

    // Nobody: asked to log in, outside of the frame.
    let (address, args) = handed(&browser.open("/apps/game/"), "signed-request");
    assert_eq!(address, callback);
    let page = game.enter(&args["signed_request"]);
    assert!(
        page.status == 200 && page.text().contains("target=\"_top\"") && !page.text().contains("Hello"),
        "{}",
        page.text()
    );

    // Ann joins, and comes back to the canvas page; Bob plays already.
    home.json(&["user", "grant", &bob.email, &app.key]);
    let end = browser.agree("/login.php?api_key=77&v=1.0&canvas=1", &ann);
    assert!(end.target.starts_with("/apps/game/"), "{}", end.describe());
    let (_, args) = handed(&end, "signed-request");
    let good = &args["signed_request"];
    let page = game.enter(good);
    let text = page.text();
    assert!(
        page.status == 200 && text.contains("Hello, Ann!") && text.contains("1 of your 2 friends play too"),
        "{text}"
    );
    assert!(text.contains("Bob Example") && text.contains(&server.url(&format!("/{}/picture", bob.uid))), "{text}");
    assert!(text.contains("&lt;i&gt;Eve&lt;/i&gt;") && !text.contains("<i>Eve"), "names are text: {text}");
    assert!(page.header("content-security-policy").contains(&format!("frame-ancestors {}", server.url(""))));

    for forged in forgeries(good) {
        let page = game.enter(&forged);
        assert!(page.status == 403 && page.text().contains("not signed by our server"), "{forged}: {}", page.status);
        assert!(!page.text().contains("Hello"), "{forged}");
    }
    assert!(game.enter("").text().contains("lives in a frame"));

    // Removed: what it was handed before is good for nothing.
    remove(&mut browser, "Game");
    let page = game.enter(good);
    assert!(page.status == 502 && page.text().contains("has not authorized application 77"), "{}", page.text());
}

/// What somebody without the secret could make of a signed request.
fn forgeries(good: &str) -> Vec<String> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let (signature, payload) = good.split_once('.').unwrap();
    let text = String::from_utf8(BASE64.decode(payload).unwrap()).unwrap();
    let other_user = BASE64.encode(text.replace("\"user_id\":\"", "\"user_id\":\"1"));
    let no_algorithm = BASE64.encode(text.replace("HMAC-SHA256", "none"));
    assert!(other_user != payload && no_algorithm != payload);
    vec![
        format!("{signature}.{other_user}"),
        format!("{signature}.{no_algorithm}"),
        format!(".{payload}"),
        format!("{}.{payload}", BASE64.encode([0; 32])),
        payload.to_owned(),
        format!("{good}x"),
        "\u{e9}.\u{e9}".to_owned(),
        "....".to_owned(),
    ]
}
