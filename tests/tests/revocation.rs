//! What was granted is taken back: by the application, by the person, with the application told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::http::decode;
use reconnect_tests::{Browser, Call, Home, Scene, sign};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Path and fields of a callback.
type Told = (String, Vec<(String, String)>);

/// A place that applications are called back at: hands over the fields of each POST. Ends with the test's process.
fn listener() -> (String, Receiver<Told>) {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in socket.incoming() {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
            while !complete(&bytes) {
                match stream.read(&mut buffer) {
                    Ok(n @ 1..) => bytes.extend_from_slice(&buffer[..n]),
                    _ => break,
                }
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
            let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            if tell.send((path, decode(body))).is_err() {
                return;
            }
        }
    });
    (address, told)
}

fn complete(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|n| n.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn told(receiver: &Receiver<Told>, path: &str) -> Vec<(String, String)> {
    let (at, fields) = receiver.recv_timeout(Duration::from_secs(10)).expect("the application is told");
    assert_eq!(at, path);
    fields
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

/// Checks `fb_sig` as applications did: all arguments of that prefix, without it, signed with the application's secret.
fn assert_fb_sig(fields: &[(String, String)], secret: &str) {
    let signed = fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("fb_sig_")?, value)));
    let signed: Vec<_> = signed.map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect();
    assert_eq!(value(fields, "fb_sig"), Some(sign(&signed, secret).as_str()), "{fields:?}");
}

#[test]
fn revoke_authorization_ends_all_sessions_and_permissions_of_the_pair_at_once() {
    let scene = Scene::web();
    let other = scene.home.person("Bob");
    let session = scene.app.web_session(&scene.server, &scene.person, "&req_perms=email");
    let endless = scene.app.web_session(&scene.server, &scene.person, "&req_perms=offline_access");
    let bound = scene.web_token();
    let bystander = scene.app.web_session(&scene.server, &other, "");
    let token = session.access_token.clone().unwrap();

    // As the JavaScript SDK calls it: by token, in odd letters, answered by exactly `true`.
    let revoke = Call::bare().with("method", "AuTH.reVOkeAuthorizaTIon").with("access_token", &token);
    let answer = revoke.format("json-strings").with("callback", "FB.cb1").send(&scene.server);
    assert_eq!(answer.text(), "/**/FB.cb1(true);");

    for dead in [&session, &endless] {
        scene.who_is(dead).refused_with(102);
    }
    Call::bare()
        .with("method", "users.getLoggedInUser")
        .with("access_token", &token)
        .send(&scene.server)
        .refused_with(190);
    let late = scene.app.call("auth.getSession").with("auth_token", &bound).send(&scene.server);
    if late.code() == 0 {
        scene.who_is(&reconnect_tests::Session::of(&late)).refused_with(102);
    }
    let is_user = scene.app.call("users.isAppUser").with("uid", &scene.person.uid);
    assert_eq!(is_user.send(&scene.server).scalar(), "0");
    assert_eq!(scene.who_is(&bystander).scalar(), other.uid);

    // Authorised anew, the old sessions stay dead and the old permissions gone.
    let fresh = scene.web_session();
    scene.who_is(&session).refused_with(102);
    scene.who_is(&endless).refused_with(102);
    let has = scene.app.call_for("users.hasAppPermission", &fresh).with("ext_perm", "email");
    assert_eq!(has.send(&scene.server).scalar(), "0");
}

#[test]
fn revoke_authorization_by_uid_needs_the_application_secret_and_tells_what_it_found() {
    let scene = Scene::web();
    scene.web_session();
    let revoke = scene.app.call("auth.revokeAuthorization");
    assert_eq!(revoke.clone().with("uid", &scene.person.uid).format("json").send(&scene.server).text(), "true");
    assert_eq!(revoke.clone().with("uid", &scene.person.uid).format("json").send(&scene.server).text(), "false");
    revoke.clone().with("uid", "999999999").send(&scene.server).refused_with(110);
    revoke.send(&scene.server).refused_with(102);
}

#[test]
fn revoking_one_permission_leaves_what_was_granted_beside_it() {
    let scene = Scene::web();
    let session = scene.app.web_session(&scene.server, &scene.person, "&req_perms=publish_stream,photo_upload,email");
    let has = |permission: &str| {
        scene.app.call_for("users.hasAppPermission", &session).with("ext_perm", permission).send(&scene.server).scalar()
    };
    let revoke =
        |permission: &str| scene.app.call_for("auth.revokeExtendedPermission", &session).with("perm", permission);
    assert_eq!([has("publish_stream"), has("photo_upload"), has("create_note"), has("email")], ["1", "1", "1", "1"]);
    assert_eq!(revoke("publish_stream").send(&scene.server).scalar(), "1");
    assert_eq!([has("publish_stream"), has("photo_upload"), has("create_note"), has("email")], ["0", "1", "0", "1"]);
    assert_eq!(revoke("sms").send(&scene.server).scalar(), "1", "one that was not granted");
    revoke("flying").send(&scene.server).refused_with(100);
    revoke("").send(&scene.server).refused_with(100);
    scene.app.call("auth.revokeExtendedPermission").with("perm", "email").send(&scene.server).refused_with(102);
}

#[test]
fn revoking_offline_access_ends_the_sessions_that_came_from_it() {
    let scene = Scene::web();
    let endless = scene.app.web_session(&scene.server, &scene.person, "&req_perms=offline_access");
    let revoke =
        scene.app.call("auth.revokeExtendedPermission").with("uid", &scene.person.uid).with("perm", "offline_access");
    assert_eq!(revoke.send(&scene.server).scalar(), "1");
    scene.who_is(&endless).refused_with(102);
}

#[test]
fn a_person_takes_back_permissions_and_applications_on_the_list() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let end = browser.agree(&scene.login("&req_perms=email"), &scene.person);
    let session = scene.app.get_session(&scene.server, &reconnect_tests::scene::token_of(&end));
    let list = browser.open("/editapps.php");
    assert!(list.content.text.contains("Vampires") && list.content.text.contains("email"), "{}", list.describe());
    let list = browser.press(&list, "Take back");
    assert!(!list.content.text.contains("email"), "{}", list.describe());
    let has = scene.app.call_for("users.hasAppPermission", &session).with("ext_perm", "email");
    assert_eq!(has.send(&scene.server).scalar(), "0");
    let list = browser.press(&list, "Remove");
    assert!(!list.content.text.contains("Vampires"), "{}", list.describe());
    scene.who_is(&session).refused_with(102);
}

#[test]
fn an_application_is_told_of_its_new_and_of_its_lost_people() {
    let (address, calls) = listener();
    let home = Home::new();
    let app = home.app(
        "Told",
        &[
            "--callback-url",
            "http://told.example/",
            "--post-authorize-url",
            &format!("{address}/came"),
            "--post-remove-url",
            &format!("{address}/left"),
        ],
    );
    let person = home.person("Ann");
    let server = home.serve();
    let session = app.web_session(&server, &person, "");
    let came = told(&calls, "/came");
    assert_fb_sig(&came, &app.secret);
    assert_eq!((value(&came, "fb_sig_authorize"), value(&came, "fb_sig_added")), (Some("1"), Some("1")));
    assert_eq!(
        (value(&came, "fb_sig_user"), value(&came, "fb_sig_api_key")),
        (Some(person.uid.as_str()), Some(app.key.as_str()))
    );

    app.web_session(&server, &person, "");
    assert_eq!(app.call_for("auth.revokeAuthorization", &session).send(&server).scalar(), "1");
    // A second login is no second authorisation: the next that is told is the removal.
    let left = told(&calls, "/left");
    assert_fb_sig(&left, &app.secret);
    assert_eq!((value(&left, "fb_sig_uninstall"), value(&left, "fb_sig_added")), (Some("1"), Some("0")));
    assert_eq!((value(&left, "fb_sig_user"), value(&left, "fb_sig_session_key")), (Some(person.uid.as_str()), None));
}

#[test]
fn an_application_that_does_not_answer_blocks_nobody() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    let scene = Scene::with(&[
        "--callback-url",
        "http://mute.example/",
        "--post-authorize-url",
        &address,
        "--post-remove-url",
        &address,
    ]);
    let session = scene.web_session();
    assert_eq!(scene.app.call_for("auth.revokeAuthorization", &session).send(&scene.server).scalar(), "1");
}
