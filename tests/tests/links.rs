//! Links over real HTTP: the four methods as old clients call them, what is read of pages, kind and unkind ones, and what counters say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::site::Site;
use reconnect_tests::{App, Call, Home, Person, Reply, Server, Session, Shown};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

const POND: &str = r#"<!DOCTYPE html><html><head><title>Pond &amp; &lt;ducks&gt;</title>
<meta name="description" content="Ducks, mostly."></head>
<body><img src="/a.jpg"><img src="b.jpg"></body></html>"#;

/// Ann may share through the application, Bob may not; they are friends. The server may fetch pages of this machine.
struct Dorm {
    home: Home,
    app: App,
    ann: Person,
    bob: Person,
    by_ann: Session,
    by_bob: Session,
    site: Site,
    server: Server,
}

impl Dorm {
    fn new() -> Dorm {
        Dorm::reaching("loopback")
    }

    fn reaching(outbound: &str) -> Dorm {
        let home = Home::new();
        let app = home.web_app();
        let (ann, bob) = (home.person("Ann"), home.person("Bob"));
        home.json(&["user", "befriend", &ann.uid, &bob.uid]);
        let server = home.serve_with(&["--outbound", outbound]);
        let by_ann = app.web_session(&server, &ann, "&req_perms=share_item");
        let by_bob = app.web_session(&server, &bob, "");
        let site = Site::open();
        site.put("/pond", POND);
        Dorm { home, app, ann, bob, by_ann, by_bob, site, server }
    }

    /// A call in Ann's session.
    fn call(&self, method: &str) -> Call {
        self.app.call_for(method, &self.by_ann)
    }

    fn page(&self, path: &str) -> String {
        self.site.url("127.0.0.1", path)
    }

    fn preview(&self, url: &str) -> Reply {
        self.call("links.preview").with("url", url).format("json").send(&self.server)
    }

    #[track_caller]
    fn post(&self, url: &str) -> String {
        self.call("links.post").with("url", url).with("comment", "Look").send(&self.server).scalar()
    }

    /// What a share counter in some page is told.
    fn stats(&self, url: &str) -> Value {
        let call = Call::bare().with("method", "links.getStats").with("urls", url).format("json");
        call.by(reconnect_tests::client::Encoding::Get).send(&self.server).json()[0].clone()
    }

    /// Ann's links, as somebody sees them.
    fn links(&self, session: &Session) -> Value {
        let call = self.app.call_for("links.get", session).with("uid", &self.ann.uid);
        call.format("json").send(&self.server).json()
    }
}

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let dorm = Dorm::new();
    let (pond, image) = (dorm.page("/pond"), dorm.page("/b.jpg"));
    let id = dorm.call("links.post").with("url", &pond).with("comment", "Look & <see>").with("image", &image);
    let id = id.send(&dorm.server).scalar();
    let time = dorm.links(&dorm.by_ann)[0]["created_time"].to_string();
    let site = dorm.site.origin("127.0.0.1").replace("http://", "");
    let calls: [(&str, Vec<(&str, &str)>); 4] = [
        ("get", vec![("link_ids", &id)]),
        ("getStats", vec![("urls", &pond)]),
        ("post", vec![("url", "http://127.0.0.1:1/nobody"), ("comment", "Listens there")]),
        ("preview", vec![("url", &pond)]),
    ];
    for (method, args) in calls {
        for format in ["XML", "JSON", "json-strings"] {
            let call = dorm.call(&format!("facebook.links.{method}")).format(format);
            let call = args.iter().fold(call, |call, (name, value)| call.with(name, *value));
            let reply = call.send(&dorm.server);
            let mut shown = Shown::new(&dorm.server).name(&dorm.app.key, "[api key]").name(&id, "[link id]");
            shown = shown.name(&dorm.by_ann.key, "[session key]").name(&dorm.ann.uid, "[ann]").name(&site, "[site]");
            if method == "post" {
                let made = if format == "XML" { reply.scalar() } else { reply.text().trim_matches('"').to_owned() };
                shown = shown.name(&made, "[link id]");
            }
            let text = shown.reply(&reply).replace(&time, "[time]");
            insta::assert_snapshot!(format!("{method}_as_{format}"), text);
        }
    }
}

#[test]
fn a_link_is_looked_at_posted_counted_and_seen_by_friends() {
    let dorm = Dorm::new();
    let pond = dorm.page("/pond");
    let seen = dorm.preview(&format!("{pond}#reeds")).json();
    let images: Vec<&Value> = seen["media"].as_array().unwrap().iter().map(|one| &one["src"]).collect();
    assert_eq!(images, [&json!(dorm.page("/a.jpg")), &json!(dorm.page("/b.jpg"))]);
    assert_eq!((&seen["name"], &seen["description"]), (&json!("Pond & <ducks>"), &json!("Ducks, mostly.")));
    let post =
        dorm.call("links.post").with("url", &pond).with("comment", "Look").with("image", images[1].as_str().unwrap());
    let id = post.send(&dorm.server).scalar();
    let foreign = dorm.call("links.post").with("url", &pond).with("image", "http://evil.example/x.jpg");
    foreign.send(&dorm.server).scalar();
    assert_eq!(dorm.site.asked("/pond").len(), 1, "what was found is kept for an hour");
    let fetched = &dorm.site.asked("/pond")[0];
    assert_eq!((fetched.method.as_str(), fetched.header("cookie"), fetched.header("referer")), ("GET", "", ""));
    let links = dorm.links(&dorm.by_bob);
    assert_eq!(links[1]["link_id"].to_string(), id);
    assert_eq!((&links[1]["image_urls"], &links[0]["image_urls"]), (&json!([images[1]]), &json!([images[0]])));
    assert_eq!((&links[1]["owner_comment"], &links[0]["owner_comment"]), (&json!("Look"), &json!("")));
    let stats = dorm.stats(&format!("{pond}#reeds"));
    assert_eq!(
        (&stats["share_count"], &stats["total_count"], &stats["normalized_url"]),
        (&json!(2), &json!(2), &json!(pond))
    );
    // Whom she shows her posts to see them: friends.
    dorm.home.json(&["user", "unfriend", &dorm.ann.uid, &dorm.bob.uid]);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(dorm.links(&dorm.by_bob), json!([]));
    dorm.home.json(&["user", "remove", &dorm.ann.uid]);
    std::thread::sleep(Duration::from_millis(100));
    let gone = dorm.app.call_for("links.get", &dorm.by_bob).with("uid", &dorm.ann.uid);
    gone.send(&dorm.server).refused_with(210);
}

#[test]
fn pages_of_all_sorts_are_read_as_far_as_they_can_be() {
    let dorm = Dorm::new();
    let head =
        |kind: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n").into_bytes();
    let page = |path: &str, kind: &str, body: &[u8]| dorm.site.put_raw(path, &[head(kind).as_slice(), body].concat());
    page("/latin", "text/html", b"<title>caf\xe9</title>");
    page("/gbk", "text/html; charset=gbk", b"<title>\xb3\xd8</title>");
    page("/meta", "text/html", b"<meta charset=windows-1251><title>\xcf\xf0\xf3\xe4</title>");
    page("/untitled", "text/html", b"<p>Nothing");
    page("/bytes", "text/html; charset=utf-8", &[0xff; 300]);
    page("/a.pdf", "application/pdf", b"<title>no page</title>");
    page("/a.png", "image/png", b"\x89PNG");
    dorm.site.put_raw("/moved", b"HTTP/1.1 302 Found\r\nLocation: latin\r\nContent-Length: 0\r\n\r\n");
    for (path, title) in [("/latin", "café"), ("/gbk", "池"), ("/meta", "Пруд"), ("/moved", "café")] {
        assert_eq!(dorm.preview(&dorm.page(path)).json()["name"], title, "{path}");
    }
    for path in ["/untitled", "/bytes", "/a.pdf", "/a.png"] {
        let url = dorm.page(path);
        let seen = dorm.preview(&url).json();
        assert_eq!((&seen["name"], &seen["description"]), (&json!(url), &json!("")), "{path}");
        let media = if path == "/a.png" { json!([url]) } else { json!([]) };
        let sources: Vec<&Value> = seen["media"].as_array().unwrap().iter().map(|one| &one["src"]).collect();
        assert_eq!(json!(sources), media, "{path}");
    }
    dorm.preview(&dorm.page("/missing")).refused_with(1500);
    dorm.post(&dorm.page("/missing"));
    assert_eq!(dorm.links(&dorm.by_ann)[0]["title"], dorm.page("/missing"), "a link may lead to what is not there yet");
}

#[test]
fn unkind_servers_cost_little_and_learn_nothing() {
    let dorm = Dorm::new();
    let cases = [
        ("/private", "http://10.0.0.1/"),
        ("/metadata", "http://169.254.169.254/latest/meta-data/"),
        ("/mapped", "http://[::ffff:10.0.0.1]/"),
        ("/file", "file:///etc/passwd"),
        ("/password", "http://a:b@127.0.0.1:1/"),
        ("/loop", "/loop"),
    ];
    let mut told = Vec::new();
    for (path, target) in cases {
        let answer =
            format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        dorm.site.put_raw(path, answer.as_bytes());
        let reply = dorm.preview(&dorm.page(path));
        reply.refused_with(1500);
        told.push(reply.message());
    }
    assert_eq!(dorm.site.asked("/loop").len(), 6);
    for url in ["http://10.0.0.1/", "http://192.168.0.1:80/", "http://[fd00::1]/", "http://127.0.0.1:1/"] {
        let reply = dorm.preview(url);
        reply.refused_with(1500);
        told.push(reply.message());
    }
    assert!(told.iter().all(|text| *text == told[0]), "what stands where is not to be found out: {told:?}");
    // A body without end is cut; one that drips is given up.
    let endless =
        listen(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Endless</title>", 65536, Duration::ZERO);
    let slow =
        listen(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Slow</title>", 1, Duration::from_millis(100));
    let silent = listen(b"", 0, Duration::from_millis(100));
    assert_eq!(dorm.preview(&endless).json()["name"], "Endless");
    for url in [&slow, &silent] {
        let begun = Instant::now();
        dorm.preview(url).refused_with(1500);
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}

/// A server that says this and then goes on with so many bytes at a time, for as long as anybody listens.
fn listen(first: &'static [u8], chunk: usize, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let mut open = stream.write_all(first).is_ok();
                let began = Instant::now();
                while open && began.elapsed() < Duration::from_secs(20) {
                    open = stream.write_all(&vec![b'x'; chunk]).is_ok();
                    std::thread::sleep(pause);
                }
            });
        }
    });
    url
}

#[test]
fn where_nothing_may_be_fetched_the_address_stands_for_its_page() {
    let dorm = Dorm::reaching("none");
    let pond = dorm.page("/pond");
    let seen = dorm.preview(&pond).json();
    assert_eq!((&seen["name"], &seen["href"], &seen["media"]), (&json!(pond), &json!(pond), &json!([])));
    assert_eq!(seen["caption"], "127.0.0.1");
    dorm.post(&pond);
    let link = &dorm.links(&dorm.by_ann)[0];
    assert_eq!((&link["title"], &link["summary"], &link["image_urls"]), (&json!(pond), &json!(""), &json!([])));
    assert_eq!(dorm.stats(&pond)["share_count"], 1);
    assert_eq!(dorm.site.asked("/pond").len(), 0);
    dorm.preview("ftp://pond.example/").refused_with(1500);
}

#[test]
fn counters_ask_without_any_application() {
    let dorm = Dorm::new();
    dorm.post("pond.example");
    dorm.post("HTTP://Pond.Example:80/#top");
    let jsonp = "/restserver.php?method=links.getStats&urls=http%3A%2F%2Fpond.example%2F&format=json&callback=fb_sharepro_render";
    let answer = dorm.server.ask(&reconnect_tests::http::Request::get(jsonp));
    let text = answer.text();
    assert!(
        text.starts_with("/**/fb_sharepro_render([{\"url\":\"http:\\/\\/pond.example\\/\",\"share_count\":2,"),
        "{text}"
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let both = Call::bare().to("/method/links.getStats").with("urls", "http%3A%2F%2Fpond.example%2F,nobody.example");
    let reply = both.send(&dorm.server);
    assert!(reply.text().contains("<total_count>2</total_count>"), "{}", reply.text());
    assert!(reply.text().contains("<normalized_url>http://nobody.example/</normalized_url>"), "{}", reply.text());
    Call::bare().with("method", "links.getStats").send(&dorm.server).refused_with(100);
    Call::bare().with("method", "links.preview").with("url", "pond.example").send(&dorm.server).refused_with(101);
}

#[test]
fn who_may_share_for_whom() {
    let dorm = Dorm::reaching("none");
    let share = |call: Call| call.with("url", "http://pond.example/").send(&dorm.server);
    share(dorm.app.call("links.post").with("uid", &dorm.ann.uid)).scalar();
    share(dorm.app.call("links.post").with("uid", &dorm.bob.uid)).refused_with(282);
    share(dorm.app.call_for("links.post", &dorm.by_bob)).refused_with(282);
    share(dorm.app.call("links.post")).refused_with(100);
    dorm.call("links.post").with("comment", "Look").send(&dorm.server).refused_with(100);
    dorm.call("links.post").with("url", "javascript:alert(1)").send(&dorm.server).refused_with(1500);
    let token = dorm.by_ann.access_token.as_deref().unwrap();
    share(Call::bare().with("method", "links.post").with("access_token", token)).refused_with(15);
    dorm.app.call("links.get").with("uid", &dorm.ann.uid).send(&dorm.server).refused_with(102);
    // Another application sees its own only.
    let other = dorm.home.app("Other", &["--callback-url", "http://other.example/"]);
    let session = other.web_session(&dorm.server, &dorm.ann, "");
    assert_eq!(other.call_for("links.get", &session).format("json").send(&dorm.server).text(), "[]");
    assert_eq!(dorm.links(&dorm.by_ann).as_array().unwrap().len(), 1);
    dorm.call("auth.revokeExtendedPermission").with("perm", "share_item").send(&dorm.server);
    share(dorm.call("links.post")).refused_with(282);
    let read_host = |method: &str| {
        let call = dorm.call(method).with("url", "pond.example").header("Host", "api-read.facebook.com");
        call.send(&dorm.server)
    };
    read_host("links.post").refused_with(16);
    assert_eq!(read_host("links.preview").code(), 0, "to its caller it is a read");
}
