//! Photos over real HTTP: the six methods as old clients call them, three people and an album for friends, the files behind the addresses,
//! and whatever is no picture.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::multipart;
use reconnect_tests::{Answer, App, Browser, Call, Home, Person, Reply, Request, Server, Session, Shown};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// 64 by 48 pixels in two colors, as a camera writes them.
const PICTURE: &[u8] = include_bytes!("photos/map.jpg");

/// Ann and Ben are friends, Carl is a stranger to both. All three use the application; Ann lets it add photos.
struct Circle {
    home: Home,
    app: App,
    server: Server,
    ann: Session,
    ben: Session,
    carl: Session,
    ben_uid: String,
    /// Ann as she logs in on the pages.
    owner: Person,
}

impl Circle {
    fn new() -> Circle {
        Circle::granting("photo_upload")
    }

    fn granting(permission: &str) -> Circle {
        let home = Home::with_files();
        let app = home.web_app();
        let people = ["Ann", "Ben", "Carl"].map(|name| home.person(name));
        home.json(&["user", "befriend", &people[0].uid, &people[1].uid]);
        if !permission.is_empty() {
            home.json(&["user", "grant", &people[0].uid, &app.key, "--perm", permission]);
        }
        let server = home.serve();
        let session = |person: &Person| app.web_session(&server, person, "");
        let [ann, ben, carl] = [&people[0], &people[1], &people[2]].map(session);
        let ben_uid = people[1].uid.clone();
        let [owner, ..] = people;
        Circle { home, app, server, ann, ben, carl, ben_uid, owner }
    }

    fn call(&self, method: &str, session: &Session) -> Call {
        self.app.call_for(method, session)
    }

    #[track_caller]
    fn json(&self, call: Call) -> Value {
        let reply = call.format("json").send(&self.server);
        assert_eq!(reply.code(), 0, "{}", reply.text());
        reply.json()
    }

    fn album(&self, visible: &str) -> String {
        let call = self.call("photos.createAlbum", &self.ann).with("name", "Maps").with("visible", visible);
        text(&self.json(call), "aid")
    }

    fn upload(&self, aid: &str) -> Value {
        self.json(self.call("photos.upload", &self.ann).with("aid", aid).picture(PICTURE))
    }

    fn get(&self, address: &str, headers: &[(&str, &str)]) -> Answer {
        let path = address.strip_prefix(&self.server.url("")).unwrap_or_else(|| panic!("{address} is elsewhere"));
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(name, value));
        self.server.ask(&request)
    }
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}

fn pids(photos: &Value) -> Vec<String> {
    photos.as_array().unwrap().iter().map(|photo| text(photo, "pid")).collect()
}

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let circle = Circle::new();
    let (server, ann) = (&circle.server, &circle.ann);
    let mut shown = Shown::new(server).name(&circle.app.key, "[api key]").name(&ann.key, "[session key]");
    shown = shown.name(&circle.app.id, "[app id]").name(&ann.uid, "[ann]").name(&circle.ben_uid, "[ben]");
    let aid = circle.album("friends");
    let photo = circle.upload(&aid);
    let pid = text(&photo, "pid");
    let stem = text(&photo, "src").strip_suffix("_s.jpg").unwrap().to_owned();
    shown = shown.name(&aid, "[aid]").name(&pid, "[pid]").name(stem.strip_prefix(&server.url("")).unwrap(), "/[file]");
    let calls: [(&str, &[(&str, &str)]); 6] = [
        ("createAlbum", &[("name", "Star <charts>"), ("location", "Bergen"), ("description", ""), ("visible", "")]),
        ("addTag", &[("pid", &pid), ("tag_uid", &circle.ben_uid), ("x", "65.4"), ("y", "20")]),
        ("upload", &[("caption", "A map & a half")]),
        ("get", &[("aid", &aid)]),
        ("getAlbums", &[("aids", &aid)]),
        ("getTags", &[("pids", &pid)]),
    ];
    for (method, args) in calls {
        for format in ["XML", "JSON"] {
            let call = circle.call(&format!("facebook.photos.{method}"), ann).format(format);
            let call = args.iter().fold(call, |call, (name, value)| call.with(name, *value));
            let call = if method == "upload" { call.picture(PICTURE) } else { call };
            let reply = call.send(server);
            insta::assert_snapshot!(format!("{method}_as_{format}"), told(&shown, &reply));
        }
    }
}

/// The file that was sent, and what is drawn anew by each call, are named.
fn told(shown: &Shown, reply: &Reply) -> String {
    let mut reply = reply.clone();
    let file = String::from_utf8_lossy(PICTURE).into_owned();
    reply.sent = reply.sent.replace(&file, "[map.jpg]").replace('\r', "");
    let mut text = shown.reply(&reply);
    // Before any number is named: the random part may hold one. JSON writes its slashes with a backslash before them.
    for slash in ["/", "\\/"] {
        let before = format!("{slash}photos{slash}");
        let parts: Vec<(String, String)> = text
            .split(&before)
            .skip(1)
            .filter_map(|rest| Some((rest.get(..3)?.to_owned(), rest.split_once('_')?.1.get(..24)?.to_owned())))
            .collect();
        for (thousandth, random) in parts {
            text = text.replace(&random, "[random]");
            text = text.replace(&format!("{before}{thousandth}{slash}"), &format!("{before}000{slash}"));
        }
    }
    for (name, length) in [("id", 12..16), ("moment", 10..11)] {
        let numbers: Vec<String> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| length.contains(&number.len()))
            .map(str::to_owned)
            .collect();
        for number in numbers {
            text = text.replace(&number, &format!("[{name}]"));
        }
    }
    text
}

#[test]
fn friends_see_the_photos_and_strangers_do_not() {
    let circle = Circle::new();
    let aid = circle.album("friends");
    let uploaded: Vec<Value> = (0..3).map(|_| circle.upload(&aid)).collect();
    let first = text(&uploaded[0], "pid");
    let tag = circle.call("photos.addTag", &circle.ann).with("pid", &first).with("tag_uid", &circle.ben_uid);
    assert_eq!(circle.json(tag.with("x", "30").with("y", "40")), json!(true));

    let seen = circle.json(circle.call("photos.get", &circle.ben).with("aid", &aid));
    assert_eq!(seen.as_array().unwrap(), &uploaded);
    let album = circle.json(circle.call("photos.getAlbums", &circle.ben).with("uid", &circle.ann.uid));
    assert_eq!((&album[0]["size"], &album[0]["cover_pid"]), (&json!(3), &json!(first)));
    let tagged = circle.json(circle.call("photos.get", &circle.ben).with("subj_id", &circle.ben_uid));
    assert_eq!(pids(&tagged), std::slice::from_ref(&first));

    let stranger = |method: &str| circle.call(method, &circle.carl);
    stranger("photos.get").with("aid", &aid).send(&circle.server).refused_with(220);
    stranger("photos.get").with("pids", &first).send(&circle.server).refused_with(221);
    stranger("photos.getTags").with("pids", &first).send(&circle.server).refused_with(221);
    assert_eq!(circle.json(stranger("photos.getAlbums").with("uid", &circle.ann.uid)), json!([]));
    assert_eq!(circle.json(stranger("photos.get").with("subj_id", &circle.ben_uid)), json!([]));
    let into = circle.call("photos.upload", &circle.carl).with("aid", &aid).picture(PICTURE);
    into.send(&circle.server).refused_with(220);
}

#[test]
fn the_files_lie_behind_their_addresses_and_are_pictures_only() {
    let circle = Circle::new();
    let photo = circle.upload(&circle.album("everyone"));
    for member in ["src", "src_big", "src_small"] {
        let address = text(&photo, member);
        let answer = circle.get(&address, &[]);
        assert!(answer.status == 200 && answer.body.starts_with(b"\xff\xd8\xff"), "{member}");
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        let again = circle.get(&address, &[("If-None-Match", answer.header("etag"))]);
        assert_eq!((again.status, again.body.len()), (304, 0));
        let part = circle.get(&address, &[("Range", "bytes=2-5")]);
        assert_eq!((part.status, &part.body[..]), (206, &answer.body[2..=5]));
        assert_eq!(part.header("content-range"), format!("bytes 2-5/{}", answer.body.len()));
    }
    let address = text(&photo, "src");
    let (stem, _) = address.rsplit_once('_').unwrap();
    for other in [
        format!("{stem}_x.jpg"),
        format!("{stem}_s.png"),
        format!("{stem}_s.html"),
        address.replace("photos", "videos"),
    ] {
        assert_eq!(circle.get(&other, &[]).status, 404, "{other}");
    }
    for other in [
        "/photos/../../world.db",
        "/photos/%2e%2e/world.db",
        "/photos/000/..%2f..%2fworld.db",
        "/photos/000/",
        "/photos",
    ] {
        assert_eq!(circle.server.ask(&Request::get(other)).status, 404, "{other}");
    }
}

/// The bytes that a client of the time sent, around arguments and file.
fn sent(circle: &Circle, boundary: &str, head: &str, end: &str) -> Reply {
    let call =
        circle.call("facebook.photos.upload", &circle.ann).with("call_id", "1262304001.25").with("caption", "Zażółć");
    let args = call.format("XML").signed();
    let mut body = multipart(&args, Some(&(head.to_owned(), PICTURE.to_vec())), boundary);
    let closing = format!("--{boundary}--\r\n");
    body.truncate(body.len() - closing.len());
    body.extend_from_slice(end.as_bytes());
    let content_type = format!("multipart/form-data; boundary={boundary}");
    let answer = circle.server.ask(&Request::post("/restserver.php", &content_type, body));
    Reply { sent: head.to_owned(), signature: String::new(), answer }
}

#[test]
fn uploads_arrive_from_clients_of_the_time_byte_for_byte() {
    let circle = Circle::new();
    let boundary = "3i2ndDfv2rTHiSisAbouNdArYfORhtTPEefj3q2f";
    let whole = format!("--{boundary}--\r\n");
    let cases = [
        (
            "PHP by socket",
            "Content-Disposition: form-data; filename=\"/tmp/map.jpg\"\r\nContent-Type: image/jpg",
            whole.clone(),
        ),
        (
            "PHP by cURL",
            "Content-Disposition: form-data; name=\"_file\"; filename=\"map.jpg\"\r\nContent-Type: application/octet-stream",
            whole.clone(),
        ),
        ("Java", "Content-Type: image\r\nContent-disposition: form-data; filename=\"map.jpg\"", whole.clone()),
        ("Python", "Content-Disposition: form-data; filename=\"map.jpg\"\r\nContent-Type: image/jpeg", whole.clone()),
        (
            "Ruby",
            "Content-Disposition: form-data; name=\"data\"; filename=\"map.jpg\"\r\nContent-Transfer-Encoding: binary\r\nContent-Type: image/jpeg",
            whole,
        ),
        (
            "iPhone",
            "Content-Disposition: form-data; filename=\"photo\"\r\nContent-Type: image/png",
            format!("--{boundary}\r\n"),
        ),
    ];
    for (client, head, end) in cases {
        let reply = sent(&circle, boundary, head, &end);
        assert_eq!(reply.code(), 0, "{client}: {}", reply.text());
        assert_eq!(reply.field("caption").as_deref(), Some("Zażółć"), "{client}");
    }
    let album = circle.json(circle.call("photos.getAlbums", &circle.ann));
    assert_eq!(
        (&album[0]["size"], &album[0]["type"], &album[0]["name"]),
        (&json!(6), &json!("app"), &json!("Vampires Photos"))
    );
}

#[test]
fn without_the_permission_a_photo_is_its_owners_alone() {
    let circle = Circle::granting("");
    let photo = circle.json(circle.call("photos.upload", &circle.ann).picture(PICTURE));
    let (pid, aid) = (text(&photo, "pid"), text(&photo, "aid"));
    let of = |session: &Session| circle.call("photos.get", session).with("aid", &aid);
    assert_eq!(pids(&circle.json(of(&circle.ann))), std::slice::from_ref(&pid));
    assert_eq!(circle.json(of(&circle.ben)), json!([]));
    let tag = |pid: &str| circle.call("photos.addTag", &circle.ann).with("pid", pid).with("x", "1").with("y", "1");
    assert_eq!(circle.json(tag(&pid).with("tag_text", "a dog")), json!(true));
    let by_server = circle.app.call("photos.upload").with("uid", &circle.ann.uid).picture(PICTURE);
    by_server.send(&circle.server).refused_with(260);
    let other = circle.app.call("photos.createAlbum").with("uid", &circle.ann.uid).with("name", "A");
    other.send(&circle.server).refused_with(260);
}

#[test]
fn photos_that_wait_are_approved_or_discarded_on_a_page() {
    let circle = Circle::granting("");
    let aid = circle.album("friends");
    let waiting: Vec<Value> = (0..3).map(|_| circle.upload(&aid)).collect();
    let pid = |n: usize| text(&waiting[n], "pid");
    let seen = |session: &Session| pids(&circle.json(circle.call("photos.get", session).with("aid", &aid)));
    assert_eq!((seen(&circle.ann).len(), seen(&circle.ben)), (3, Vec::new()));

    let mut browser = Browser::new(&circle.server);
    let login = browser.open("/approve_photos.php");
    let page = browser.log_in(&login, &circle.owner);
    let shown = &page.content.text;
    assert!(shown.contains("Vampires wants to add 3 photos to your album Maps"), "{}", page.describe());
    for photo in &waiting {
        assert!(page.content.fetched.iter().any(|one| text(photo, "src").ends_with(one)), "{:?}", page.content.fetched);
    }
    let home = browser.open("/home.php");
    assert!(home.content.links.iter().any(|(to, words)| to == "/approve_photos.php" && words == "3 photos wait"));
    let mut form = page.form("Approve");
    form.tick(&format!("photo_{}", pid(1)), false);
    let page = browser.send(&page, &form, "Approve");
    assert!(page.content.text.contains("wants to add a photo to your album"), "{}", page.describe());
    assert_eq!(seen(&circle.ben), [pid(0), pid(2)]);
    let page = browser.press(&page, "Discard");
    assert!(page.content.text.contains("No photos wait"), "{}", page.describe());
    assert_eq!(seen(&circle.ann), [pid(0), pid(2)]);
    circle.call("photos.get", &circle.ann).with("pids", pid(1)).send(&circle.server).refused_with(121);
    let album = circle.json(circle.call("photos.getAlbums", &circle.ben).with("aids", &aid));
    assert_eq!((&album[0]["size"], &album[0]["cover_pid"]), (&json!(2), &json!(pid(0))));
    if circle.home.kind() == reconnect_tests::home::Kind::Dev {
        // In the cloud a schedule does it.
        let began = Instant::now();
        while circle.get(&text(&waiting[1], "src"), &[]).status != 404 {
            assert!(began.elapsed() < Duration::from_secs(20), "the file is still there");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

/// A PNG file's head, with its check sum, that says it is that large.
fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let sum = !chunk.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    });
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(&chunk);
    file.extend(sum.to_be_bytes());
    file.extend(b"\0\0\x10\0IDAT");
    file.extend(vec![0; 4096]);
    file
}

#[test]
fn what_is_no_picture_is_refused_soon_and_leaves_nothing() {
    let circle = Circle::new();
    let gif = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;".to_vec();
    let bombs: [(&str, Vec<u8>); 7] = [
        ("a PNG of 30000 by 30000", png_head(30_000, 30_000)),
        ("a PNG of as much as can be said", png_head(u32::MAX, u32::MAX)),
        ("a GIF of 65535 by 65535", gif),
        ("half a JPEG", PICTURE[..PICTURE.len() / 2].to_vec()),
        ("a text named .jpg", b"Dear all, this is no picture.".to_vec()),
        ("a page", b"<html><script>alert(1)</script></html>".to_vec()),
        ("nothing", Vec::new()),
    ];
    let began = Instant::now();
    for (what, bytes) in &bombs {
        let reply = circle.call("photos.upload", &circle.ann).picture(bytes).send(&circle.server);
        assert_eq!(reply.code(), 324, "{what}: {}", reply.text());
    }
    circle.call("photos.upload", &circle.ann).send(&circle.server).refused_with(324);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(circle.json(circle.call("photos.getAlbums", &circle.ann)), json!([]));
    let two = circle.call("photos.upload", &circle.ann).signed();
    let mut body =
        multipart(&two, Some(&("Content-Disposition: form-data; filename=\"a\"".to_owned(), PICTURE.to_vec())), "B");
    body.truncate(body.len() - 7);
    body.extend(multipart(
        &[],
        Some(&("Content-Disposition: form-data; filename=\"b\"".to_owned(), PICTURE.to_vec())),
        "B",
    ));
    let answer = circle.server.ask(&Request::post("/restserver.php", "multipart/form-data; boundary=B", body));
    assert!(answer.text().contains("<error_code>100</error_code>"), "{}", answer.text());
}

#[test]
fn many_upload_at_once_and_every_photo_is_there() {
    let circle = Circle::new();
    let aid = circle.album("friends");
    let uploaded: Vec<Value> = std::thread::scope(|threads| {
        let each: Vec<_> = (0..8).map(|_| threads.spawn(|| circle.upload(&aid))).collect();
        each.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let photos = circle.json(circle.call("photos.get", &circle.ben).with("aid", &aid));
    let (mut there, mut answered) = (pids(&photos), pids(&json!(uploaded)));
    there.sort();
    answered.sort();
    assert_eq!(there, answered);
    let album = circle.json(circle.call("photos.getAlbums", &circle.ben).with("aids", &aid));
    assert_eq!(album[0]["size"], json!(8));
    for photo in &uploaded {
        assert_eq!(circle.get(&text(photo, "src_big"), &[]).status, 200);
    }
}

#[test]
fn a_person_who_is_removed_takes_their_photos_along() {
    let circle = Circle::new();
    let photo = circle.upload(&circle.album("everyone"));
    let pid = text(&photo, "pid");
    assert_eq!(
        pids(&circle.json(circle.call("photos.get", &circle.ben).with("pids", &pid))),
        std::slice::from_ref(&pid)
    );
    circle.home.json(&["user", "remove", &circle.ann.uid]);
    std::thread::sleep(Duration::from_millis(150));
    circle.call("photos.get", &circle.ben).with("pids", &pid).send(&circle.server).refused_with(121);
    assert_eq!(circle.get(&text(&photo, "src"), &[]).status, 404);
}
