//! Videos over real HTTP: the two methods as old clients call them, the host for videos, and a file that is played in parts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::film::film;
use reconnect_tests::{Answer, App, Call, Home, Request, Server, Session, Shown};
use serde_json::Value;

struct Cinema {
    app: App,
    session: Session,
    server: Server,
    _home: Home,
}

/// A file of that many bytes more than it needs, which plays for a second.
fn mp4(more: usize) -> Vec<u8> {
    let pictures: Vec<u8> = (0..more).map(|n| (n % 251) as u8).collect();
    film(1, &pictures)
}

impl Cinema {
    fn granting(permission: &str) -> Cinema {
        let home = Home::with_files();
        let (app, ann) = (home.web_app(), home.person("Ann"));
        if !permission.is_empty() {
            home.json(&["user", "grant", &ann.uid, &app.key, "--perm", permission]);
        }
        let server = home.serve();
        let session = app.web_session(&server, &ann, "");
        Cinema { app, session, server, _home: home }
    }

    fn upload(&self, film: &[u8]) -> Call {
        let call = self.app.call_for("facebook.video.upload", &self.session).with("title", "Map trip");
        call.file("Content-Disposition: form-data; filename=\"trip.mp4\"\r\nContent-Type: video/mp4", film)
    }

    /// What a browser is shown at an address of this site, or where that leads to.
    fn follow(&self, address: &str, range: &str) -> Answer {
        let path = address.strip_prefix(&self.server.url("")).unwrap();
        let answer = self.server.ask(&Request::get(path).header("Range", range));
        if answer.status != 307 {
            return answer;
        }
        let elsewhere = answer.header("location").strip_prefix("http://").unwrap().to_owned();
        let (host, path) = elsewhere.split_once('/').unwrap();
        Request::get(&format!("/{path}")).header("Range", range).send(host).unwrap()
    }
}

fn named(shown: Shown, uploaded: &Value) -> Shown {
    let file = uploaded["thumbnail_link"].as_str().unwrap();
    let file = file.split("/videos/").nth(1).unwrap().strip_suffix("_s.jpg").unwrap();
    shown
        .name(file, "[file]")
        .name(&file.replace('/', "\\/"), "[file]")
        .name(&uploaded["vid"].to_string(), "[vid]")
        .name(&uploaded["created_time"].to_string(), "[moment]")
}

#[test]
fn a_video_is_answered_as_documented_in_every_format() {
    let cinema = Cinema::granting("video_upload");
    let base = || {
        let shown =
            Shown::new(&cinema.server).name(&cinema.app.key, "[api key]").name(&cinema.session.key, "[session key]");
        shown.name(&cinema.session.uid, "[uid]")
    };
    for format in ["XML", "JSON"] {
        let limits = cinema.app.call_for("video.getUploadLimits", &cinema.session).format(format).send(&cinema.server);
        let size = limits.field("size").unwrap();
        insta::assert_snapshot!(format!("getUploadLimits_as_{format}"), base().name(&size, "[size]").reply(&limits));
        let film = mp4(50);
        let mut reply = cinema.upload(&film).with("description", "A <long> one").format(format).send(&cinema.server);
        reply.sent = reply.sent.replace(&*String::from_utf8_lossy(&film), "[trip.mp4]").replace('\r', "");
        let member = |name: &str| reply.field(name).unwrap_or_else(|| panic!("{name} in {}", reply.text()));
        let number = |name: &str| member(name).parse::<u64>().unwrap();
        let uploaded = serde_json::json!({"vid": number("vid"), "created_time": number("created_time"), "thumbnail_link": member("thumbnail_link")});
        insta::assert_snapshot!(format!("upload_as_{format}"), named(base(), &uploaded).reply(&reply));
    }
}

#[test]
fn a_video_is_played_in_parts_as_it_came() {
    let cinema = Cinema::granting("publish_stream");
    let film = mp4(2_500_000);
    let uploaded = cinema.upload(&film).to("/api-video/restserver.php").format("json").send(&cinema.server).json();
    let source = uploaded["thumbnail_link"].as_str().unwrap_or_else(|| panic!("{uploaded}")).replace("_s.jpg", ".mp4");
    for (range, part) in [
        ("bytes=0-9", 0..10),
        ("bytes=1048570-1048580", 1_048_570..1_048_581),
        ("bytes=2400000-", 2_400_000..film.len()),
    ] {
        let answer = cinema.follow(&source, range);
        assert_eq!((answer.status, answer.header("content-type")), (206, "video/mp4"), "{range}");
        assert!(answer.body == film[part], "{range}");
    }
    let thumbnail = cinema.follow(uploaded["thumbnail_link"].as_str().unwrap(), "bytes=0-1");
    assert_eq!(thumbnail.body, b"\xff\xd8");
}

#[test]
fn what_is_no_video_is_refused() {
    let cinema = Cinema::granting("video_upload");
    let cases = [(352, b"no film".to_vec()), (351, mp4(500)[..300].to_vec()), (353, Vec::new())];
    for (code, file) in cases {
        cinema.upload(&file).send(&cinema.server).refused_with(code);
    }
    let cinema = Cinema::granting("");
    cinema.upload(&mp4(10)).send(&cinema.server).refused_with(261);
}
