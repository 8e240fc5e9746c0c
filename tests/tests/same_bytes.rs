//! One transcript over every home: whoever asks the functions gets the bytes that the dev server gives. What must differ (tokens, keys,
//! ids, signatures) is replaced by placeholders; everything else is compared: status, header lines, body, pages too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::cloud::methods;
use reconnect_tests::form::Content;
use reconnect_tests::home::Kind;
use reconnect_tests::http::{decode, encode};
use reconnect_tests::scene::token_of;
use reconnect_tests::{Answer, App, Browser, Call, Home, Person, Request, Server, Session, Shown};
use serde_json::{Value, json};

/// A day in 2009, not near a full hour: sessions then end at the same hour everywhere.
const CLOCK: &str = "2009-04-17T21:10:00Z";
/// Header lines that belong to a connection or a moment.
const PASSING: [&str; 4] = ["date", "connection", "content-length", "transfer-encoding"];
/// Arguments whose values are random or follow from something random.
const RANDOM: [&str; 14] = [
    "sig",
    "session_key",
    "auth_token",
    "access_token",
    "fb_dtsg",
    "h",
    "method_feed",
    "code",
    "session",
    "accepted",
    "signed_request",
    "status_token",
    "client_secret",
    "input_token",
];
/// What stands before times, which pass while a home answers.
const PASSING_TIMES: [&str; 4] = ["expires_in=", "&expires=", "\"expiresIn\":", "\"updated_time\":\""];

/// Who takes part.
struct Cast {
    server: Server,
    web: App,
    desktop: App,
    ann: Person,
}

/// What happened, entry by entry.
struct Transcript {
    entries: Vec<(String, String)>,
}

/// Two applications. A person's are listed in the order of their ids, which are random: they stand in the same order everywhere.
fn applications(home: &Home) -> (App, App) {
    let flags = ["--callback-url", "http://vampires.example/fb/", "--connect-url", "http://site.example/"];
    let flags = [&flags[..], &["--base-domain", "site.example"]].concat();
    let number = |app: &App| app.id.parse::<u64>().unwrap();
    let mut pairs = std::iter::repeat_with(|| (home.app("Vampires", &flags), home.desktop_app())).take(40);
    let (web, desktop) = pairs.find(|(web, desktop)| number(web) < number(desktop)).expect("one of forty pairs");
    // Of the pairs that were made only one can have the name.
    assert!(home.run(&["app", "edit", &web.key, "--canvas-name", "vampires"]).status.success());
    (web, desktop)
}

/// Asks everything over a home of this kind.
fn transcript(kind: Kind) -> Transcript {
    let home = Home::of(kind);
    let (web, desktop) = applications(&home);
    let ann = home.person("Ann");
    let server = home.serve_with(&["--clock", CLOCK]);
    let cast = Cast { server, web, desktop, ann };
    let mut shown = Shown::new(&cast.server).name(&cast.ann.uid, "[uid]");
    for (app, name) in [(&cast.web, "web"), (&cast.desktop, "desktop")] {
        shown = shown.name(&app.key, &format!("[{name} key]")).name(&app.id, &format!("[{name} id]"));
    }
    let session = logins(&cast);
    calls(&cast, &session);
    odd_requests(&cast);
    pages(&cast, &session);
    page_of_the_application(&cast);
    endings(&cast, &session);
    let tape = cast.server.tape();
    for (name, value) in tape.iter().flat_map(|(request, answer)| random(request, answer)) {
        let name = shown.text(&name);
        shown = shown.name(&value, &format!("[{name}]"));
    }
    let entries = tape.iter().map(|(request, answer)| (asked(&shown, request), answered(&shown, answer)));
    Transcript { entries: entries.collect() }
}

/// The values of a request and its answer that are random, with their names.
fn random(request: &Request, answer: &Answer) -> Vec<(String, String)> {
    let (text, policy) = (String::from_utf8_lossy(&answer.body), answer.header("content-security-policy"));
    let mut found = arguments(request, answer, &text);
    found.extend(policy.split("'nonce-").skip(1).map(|rest| ("nonce".to_owned(), up_to(rest, '\''))));
    for line in answer.all("set-cookie") {
        let (name, rest) = line.split_once('=').unwrap();
        found.push((name.to_owned(), up_to(rest, ';')));
    }
    // The script names the server's address, and its mark follows from that.
    found.push(("etag".to_owned(), answer.header("etag").to_owned()));
    found.extend(results(&text));
    // Short values are no secrets of anybody's, and stand elsewhere by chance.
    found.retain(|(_, value)| value.len() >= 20);
    found.into_iter().map(|(name, value)| (by_any_name(name), value)).collect()
}

/// One name for what several answers call differently: within a second all of them may give the same value, or none.
fn by_any_name(name: String) -> String {
    match name.as_str() {
        "accessToken" => "access_token".to_owned(),
        "signedRequest" => "signed_request".to_owned(),
        // The page is told the token that this cookie keeps.
        kept if kept.starts_with("xs_kept_") => "token".to_owned(),
        _ => name,
    }
}

fn up_to(text: &str, end: char) -> String {
    text.split(end).next().unwrap_or_default().to_owned()
}

/// Arguments that travel: in the query, in the form, in addresses that the answer leads to, in forms that it holds.
fn arguments(request: &Request, answer: &Answer, text: &str) -> Vec<(String, String)> {
    let content = Content::read(text);
    let addresses = [request.target.as_str(), answer.header("location")].into_iter();
    let addresses = addresses.chain(content.links.iter().map(|(href, _)| href.as_str()));
    let mut found: Vec<_> = addresses.flat_map(|address| address.split(['?', '#']).skip(1)).flat_map(decode).collect();
    found.extend(decode(&String::from_utf8_lossy(&request.body)));
    found.extend(content.forms.iter().flat_map(|form| &form.fields).map(|f| (f.name.clone(), f.value.clone())));
    // The entries of a batch are calls with a signature of their own.
    let feeds = found.iter().filter(|(name, _)| name == "method_feed");
    let entries = feeds.filter_map(|(_, feed)| serde_json::from_str::<Vec<String>>(feed).ok()).flatten();
    let inner: Vec<_> = entries.flat_map(|entry| decode(&entry)).collect();
    found.extend(inner);
    found.retain(|(name, _)| RANDOM.contains(&name.as_str()));
    found
}

/// Tokens, keys and secrets that an answer of the API hands out.
fn results(text: &str) -> Vec<(String, String)> {
    const NAMES: [&str; 5] =
        ["session_key", "secret", "access_token", "auth_createToken_response", "auth_promoteSession_response"];
    let mut found = Vec::new();
    if let Ok(whole) = serde_json::from_str::<Value>(text) {
        members(&whole, &mut found);
        found.extend(whole.as_str().map(|text| ("text".to_owned(), text.to_owned())));
    }
    if let Some(token) = decode(text).into_iter().find(|(name, _)| name == "access_token") {
        found.push(token);
    }
    if let Ok(document) = roxmltree::Document::parse(text) {
        let texts = document.descendants().filter(|node| NAMES.contains(&node.tag_name().name()));
        found
            .extend(texts.filter_map(|node| Some((node.tag_name().name().to_owned(), node.text()?.trim().to_owned()))));
    }
    found
}

/// The same of everything inside a JSON answer.
fn members(value: &Value, found: &mut Vec<(String, String)>) {
    const NAMES: [&str; 8] =
        ["session_key", "secret", "access_token", "sig", "token", "accessToken", "signedRequest", "signed_request"];
    let inner: Vec<(&str, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.as_str(), value)).collect(),
        Value::Array(items) => items.iter().map(|item| ("", item)).collect(),
        _ => return,
    };
    for (name, value) in inner {
        let is_hash = |text: &&str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        found.extend(
            value
                .as_str()
                .filter(|text| NAMES.contains(&name) || is_hash(text))
                .map(|text| (name.to_owned(), text.to_owned())),
        );
        members(value, found);
    }
}

/// Leaves out the time behind a text.
fn without_time_behind(text: &str, before: &str) -> String {
    let mut parts = text.split(before);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        all + before + part.trim_start_matches(|c: char| c.is_ascii_digit() || "-:+T".contains(c))
    })
}

fn asked(shown: &Shown, request: &Request) -> String {
    let headers: String = request.headers.iter().map(|(name, value)| format!("\n{name}: {value}")).collect();
    shown.text(&format!("{} {}{headers}\n\n{}", request.method, request.target, String::from_utf8_lossy(&request.body)))
}

fn answered(shown: &Shown, answer: &Answer) -> String {
    let kept = answer.headers.iter().filter(|(name, _)| !PASSING.contains(&name.as_str()));
    let mut lines: Vec<String> = kept.map(|(name, value)| shown.text(&format!("{name}: {value}"))).collect();
    lines.sort();
    let text =
        shown.text(&format!("{}\n{}\n\n{}", answer.status, lines.join("\n"), String::from_utf8_lossy(&answer.body)));
    let text = PASSING_TIMES.iter().fold(text, |text, before| without_time_behind(&text, before));
    // The colour of a tile follows from an id.
    (0..6).fold(text, |text, colour| text.replace(&format!("\"tile c{colour}"), "\"tile [colour]"))
}

/// The ways in, with everything that a person can do wrong on them.
fn logins(cast: &Cast) -> Session {
    let Cast { server, web, desktop, ann } = cast;
    let mut browser = Browser::new(server);
    let form = browser.open(&web.login("&req_perms=email,publish_stream&next=page%3Fx%3D1"));
    let mut wrong = form.form("Login");
    wrong.fill("email", &ann.email);
    wrong.fill("pass", "wrong");
    browser.send(&form, &wrong, "Login");
    let token = token_of(&browser.agree(&web.login("&req_perms=email,publish_stream&next=page%3Fx%3D1"), ann));
    let trade = web.call("auth.getSession").with("auth_token", &token).with("host_url", "http://site.example/");
    let session = Session::of(&trade.send(server));
    trade.send(server).refused_with(100);
    browser.open(&web.login("&fbconnect=1&return_session=1&session_version=3&next=http://site.example/"));
    browser.open(&web.login("&display=none&return_session=1&next=http://evil.example/"));
    Browser::new(server).open(&web.login("&cancel=no&popup=1"));
    let pending = desktop.create_token(server);
    Browser::new(server).agree(&desktop.login(&format!("&auth_token={pending}")), ann);
    let own = desktop.get_session(server, &pending);
    assert_eq!(desktop.call_by("users.getLoggedInUser", &own).send(server).scalar(), ann.uid);
    session
}

/// Every method in every format, by its own address and by the one for all; and everything that can be wrong with a call.
fn calls(cast: &Cast, session: &Session) {
    let Cast { server, web, .. } = cast;
    let ending = |method: &str| method.contains("expire") || method.contains("revoke");
    // What a home takes at once is its own: a function is handed some megabytes at most.
    let of_the_home = |method: &str| method == "video.getUploadLimits";
    for method in methods().iter().filter(|method| !ending(method) && !of_the_home(method)) {
        for format in ["xml", "json", "json-strings"] {
            let call = web.call_for(method, session).format(format).with("uid", "1").with("ext_perm", "email");
            call.clone().odd_root().send(server);
            call.clone().without("method").to(&format!("/method/{method}")).odd_root().send(server);
            call.without("sig").unsigned().to(&format!("/method/{method}")).odd_root().send(server);
        }
    }
    let who = web.call_for("users.getLoggedInUser", session);
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        who.clone().by(encoding).format("json").with("callback", "f").send(server);
        who.clone().by(encoding).with("said", "café & <b> \u{1f388}\r\n").send(server);
        who.clone().by(encoding).with("said", b"\xff\xfe").signed_with("wrong").send(server);
    }
    let entries = [who.encoded(), web.call("auth.createToken").with("method", "users.fly").encoded()];
    for serial in ["0", "1"] {
        let feed = json!(entries).to_string();
        web.call_for("batch.run", session).with("method_feed", feed).with("serial_only", serial).send(server);
    }
    for target in
        ["/method/USERS.getloggedinuser", "/method/facebook.users.getLoggedInUser", "/method/users.fly", "/method/x"]
    {
        who.clone().without("method").to(target).odd_root().send(server);
    }
    // The path and the body name different methods.
    for (path, body) in
        [("users.isAppUser", "auth.createToken"), ("auth.createToken", "users.isAppUser"), ("x", "auth.createToken")]
    {
        web.call(body).to(&format!("/method/{path}")).odd_root().send(server);
        web.call("x").without("method").to(&format!("/method/{path}?method={body}")).odd_root().send(server);
    }
    for call in [
        web.call("auth.createToken").header("Host", "api-read.facebook.com"),
        web.call("auth.createToken").to("/api-read/restserver.php"),
        web.call("").without("method").to("/api-read/method/auth.createToken"),
        web.call("auth.createToken").to("/api-video/restserver.php"),
        web.call("auth.createToken").with("api_key", "nobody"),
        web.call("auth.createToken").header("X-Forwarded-For", "192.0.2.7").header("X-Forwarded-Proto", "https"),
        Call::bare()
            .with("method", "users.getLoggedInUser")
            .with("access_token", session.access_token.as_ref().unwrap()),
        Call::bare().with("method", "users.getLoggedInUser").with("access_token", "1|2|3"),
    ] {
        call.odd_root().send(server);
    }
}

/// What no client of the time sent on purpose.
fn odd_requests(cast: &Cast) {
    let server = &cast.server;
    let form = "application/x-www-form-urlencoded";
    for target in [
        "/nothing%20here",
        "/%22%3C%3E",
        "/caf%C3%A9",
        "/method/caf%C3%A9",
        "/method/a%20b",
        "/method/",
        "//evil.example/",
        "/../etc/passwd",
        "/restserver.php/",
        "/restserver",
        "/login.php/x",
        "/login.php?api_key=%ff%00&x=%zz&&=&a",
        "/crossdomain.xml",
        "/1.0/facebook.xsd",
        "/restserver.php",
        "/restserver.php?",
        "/restserver.php?a=%zz&b=%ff&c=+&&=x",
    ] {
        server.ask(&Request::get(target));
    }
    for verb in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        for target in ["/restserver.php", "/method/auth.createToken", "/login.php", "/nothing", "/crossdomain.xml"] {
            server.ask(&Request::new(verb, target));
        }
    }
    let call = cast.web.call("auth.createToken").encoded();
    for kind in
        [form, "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=B", "nonsense"]
    {
        server.ask(&Request::post("/restserver.php", kind, call.as_bytes()));
        server.ask(&Request::post("/restserver.php", kind, ""));
    }
    let mut untyped = Request::new("POST", "/restserver.php");
    untyped.body = call.into_bytes();
    server.ask(&untyped);
    for (name, value) in [
        ("User-Agent", "Caf\u{e9}/1.0"),
        ("Cookie", "a=1; b=\"x y\"; =; c"),
        ("Cookie", "a=1;b=2"),
        ("Accept-Encoding", "gzip"),
        ("Origin", "http://evil.example"),
        ("Host", "www.facebook.com"),
        ("Host", "LOCALHOST:1"),
        ("Host", "we\"ird"),
        ("X-Odd", ""),
    ] {
        for target in ["/login.php", "/restserver.php"] {
            server.ask(&Request::get(target).header(name, value));
        }
    }
    let huge = "v".repeat((1 << 20) + 1);
    server.ask(&Request::post("/restserver.php", form, format!("a={huge}")));
    let many: Vec<String> = (0..300).map(|n| format!("a{n}=1")).collect();
    server.ask(&Request::post("/restserver.php", form, many.join("&")));
}

/// Every page, for strangers and for somebody who is logged in.
fn pages(cast: &Cast, session: &Session) {
    let Cast { server, web, desktop, ann } = cast;
    let mut browser = Browser::new(server);
    let key = &web.key;
    for visit in 0..2 {
        for target in [
            "/login.php".to_owned(),
            "/login.php?api_key=nobody".to_owned(),
            format!("/tos.php?api_key={key}&v=1.0"),
            format!("/install.php?api_key={key}"),
            format!("/add.php?api_key={key}&next=hello"),
            format!("/authorize.php?api_key={key}&ext_perm=sms&next=yes"),
            format!("/connect/prompt_permissions.php?api_key={key}&ext_perm=email,sms&next=yes&cancel=no"),
            format!("/connect/prompt_permission.php?api_key={key}&session_key={}&ext_perm=sms", session.key),
            format!("/login.php?api_key={key}&next=javascript:alert(1)"),
            format!("/code_gen.php?v=1.0&api_key={}", desktop.key),
            "/editapps.php".to_owned(),
            "/approve_photos.php".to_owned(),
            "/home.php".to_owned(),
            "/logout.php".to_owned(),
            "/connect/login_success.html".to_owned(),
            "/connect/login_failure.html".to_owned(),
        ] {
            browser.open(&target);
        }
        if visit == 0 {
            let form = browser.open("/login.php");
            browser.log_in(&form, ann);
        }
    }
    // A form without its token, and one of another site.
    browser.ask(Request::form("/editapps.php", [("remove", web.id.as_str())]));
    browser.ask(Request::form("/login.php", [("email", "x"), ("pass", "y")]).header("Origin", "http://evil.example"));
    let list = browser.open("/editapps.php");
    browser.press(&list, "Take back");
}

/// What a page of the application loads, asks and opens, and what its server trades; for strangers, for somebody who has not authorised the
/// application, and for somebody who has.
fn page_of_the_application(cast: &Cast) {
    let Cast { server, web, ann, .. } = cast;
    for target in
        ["/en_US/all.js", "/connect/fr_FR/core.js", "/en/all.js", "/connect/xd_proxy.php", "/fed_cm/config.json"]
    {
        server.ask(&Request::get(target));
    }
    let channel = server.url("/connect/xd_arbiter.php?version=6#cb=1&origin=http%3A%2F%2Fwww.site.example%2Ff");
    let evil = channel.replace("site.example", "evil.example");
    let mut browser = Browser::new(server);
    for visit in 0..3 {
        for origin in ["http://www.site.example", "http://vampires.example", "http://evil.example", "null"] {
            let wanted = [("client_id", web.id.as_str()), ("wants", "signed_request,session,connect")];
            let request = Request::form("/x/oauth/status", wanted).header("Origin", origin);
            browser.ask(request.clone());
            browser.ask(request.header("Sec-Fetch-Site", "cross-site").header("Sec-Fetch-Storage-Access", "inactive"));
        }
        for (uri, more) in [
            (channel.as_str(), "&response_type=token,signed_request,code&display=none"),
            (evil.as_str(), "&response_type=token&display=none"),
            ("http://vampires.example/fb/", "&display=none&state=a%20b"),
            ("http://vampires.example/fb/", "&response_type=token&display=none"),
            ("http://vampires.example/fb/", "&scope=email,sms&display=popup"),
            ("http://vampires.example/fb/", "&response_type=nonsense"),
        ] {
            let uri = encode([("redirect_uri", uri)]);
            browser.ask(Request::get(&format!("/dialog/oauth?client_id={}&{uri}{more}", web.id)));
        }
        for name in ["no_user", "no_session", "ok_session"] {
            let next = encode([(name, channel.as_str())]);
            browser
                .ask(Request::get(&format!("/extern/login_status.php?api_key={}&session_version=3&{next}", web.key)));
        }
        for target in ["/apps/vampires/play?x=1", "/apps/vampires/../x", "/apps/nobody/", "/fed_cm/accounts"] {
            browser.ask(Request::get(target));
        }
        browser.ask(Request::get("/fed_cm/accounts").header("Sec-Fetch-Dest", "webidentity"));
        browser.ask(Request::get(&web.login("&canvas=1")).header("Sec-Fetch-Dest", "iframe"));
        match visit {
            0 => {
                let form = browser.open("/login.php");
                browser.log_in(&form, ann);
                web.call("auth.revokeAuthorization").with("uid", &ann.uid).send(server);
            }
            _ => drop(browser.agree(&format!("/dialog/oauth?client_id={}&scope=email", web.id), ann)),
        }
    }
    let end = browser.agree(&format!("/dialog/oauth?client_id={}&response_type=token", web.id), ann);
    let (_, fragment) = end.left_for().split_once('#').unwrap();
    let token = encode([("access_token", decode(fragment)[0].1.as_str())]);
    let id = &ann.uid;
    for target in ["/me", "/me/friends", "/1", "/1/picture", "/x", &format!("/{id}"), &format!("/{id}/friends?limit=x")]
    {
        let joint = if target.contains('?') { '&' } else { '?' };
        server.ask(&Request::get(target));
        server.ask(&Request::get(&format!("{target}{joint}{token}&callback=f")));
    }
    let app = [("client_id", web.id.as_str()), ("client_secret", web.secret.as_str())];
    for more in [("grant_type", "client_credentials"), ("grant_type", "x"), ("code", "x"), ("fb_exchange_token", "x")] {
        server.ask(&Request::form("/oauth/access_token", [app[0], app[1], more]));
        server.ask(&Request::form("/oauth/access_token", [app[0], more]));
    }
    server.ask(&Request::form("/oauth/exchange_sessions", [app[0], app[1], ("sessions", "x,y")]));
}

/// What ends a session, and what is left then.
fn endings(cast: &Cast, session: &Session) {
    let Cast { server, web, ann, .. } = cast;
    web.call_for("auth.revokeExtendedPermission", session).with("perm", "email").send(server);
    web.call_for("auth.expireSession", session).send(server);
    web.call_for("auth.expireSession", session).send(server);
    let revoke = web.call("auth.revokeAuthorization").with("uid", &ann.uid);
    revoke.clone().send(server);
    revoke.format("json").send(server);
    web.call("users.isAppUser").with("uid", &ann.uid).send(server);
}

/// Fails with every difference.
fn same(kind: Kind) {
    let (here, there) = std::thread::scope(|threads| {
        let there = threads.spawn(|| transcript(kind));
        (transcript(Kind::Dev), there.join().unwrap())
    });
    assert!(here.entries.len() > 200, "{} requests", here.entries.len());
    let mut different = Vec::new();
    for ((asked, ours), (too, theirs)) in here.entries.iter().zip(&there.entries) {
        assert_eq!(asked, too, "the same is asked over {kind:?}");
        if ours != theirs {
            different.push(format!("{asked}\n{}", difference(ours, theirs)));
        }
    }
    assert!(different.is_empty(), "{} differences:\n{}", different.len(), different.join("\n\n========\n"));
    assert_eq!(here.entries.len(), there.entries.len());
}

/// The lines that are not the same.
fn difference(ours: &str, theirs: &str) -> String {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (ours.lines().collect(), theirs.lines().collect());
    let line = |lines: &[&str], number: usize| lines.get(number).copied().unwrap_or("(nothing)").to_owned();
    let numbers = 0..ours.len().max(theirs.len());
    let pairs =
        numbers.map(|number| (line(&ours, number), line(&theirs, number))).filter(|(ours, theirs)| ours != theirs);
    pairs.map(|(ours, theirs)| format!("- {ours}\n+ {theirs}\n")).collect()
}

#[test]
fn functions_on_a_table_give_the_bytes_of_the_dev_server() {
    same(Kind::Cloud);
}

#[test]
fn functions_on_a_file_give_the_bytes_of_the_dev_server() {
    same(Kind::CloudSqlite);
}
