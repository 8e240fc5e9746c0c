//! How arguments travel: query, form, multipart with the oddities of the time, bytes that are no text, too much of everything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::{Encoding, multipart};
use reconnect_tests::http::send_raw;
use reconnect_tests::{Answer, Request, Scene};

const BOUNDARY: &str = "----------------------------7d81f2a3b4c5d6e7f8091a2b3c4d5e6f";

/// Sends a multipart body as it stands.
fn post(scene: &Scene, body: impl Into<Vec<u8>>) -> Answer {
    scene.server.ask(&Request::post("/restserver.php", &format!("multipart/form-data; boundary={BOUNDARY}"), body))
}

fn part(headers: &str, value: &str) -> String {
    format!("--{BOUNDARY}\r\n{headers}\r\n\r\n{value}\r\n")
}

/// The signed arguments of a call that succeeds, as parts, without the closing boundary.
fn parts(scene: &Scene) -> String {
    let body = multipart(&scene.app.call("auth.createToken").format("json").signed(), None, BOUNDARY);
    let text = String::from_utf8(body).unwrap();
    text.strip_suffix(&format!("--{BOUNDARY}--\r\n")).unwrap().to_owned()
}

fn assert_token(answer: &Answer, oddity: &str) {
    let text = answer.text();
    assert!(answer.status == 200 && text.len() == 34 && text.starts_with('"'), "{oddity}: {} {text}", answer.status);
}

#[test]
fn multipart_bodies_of_real_clients_are_read() {
    let scene = Scene::web();
    let end = format!("--{BOUNDARY}--\r\n");
    let all = parts(&scene);
    let image = "\u{0}\u{1}not really\r\n--a picture";
    let files = [
        ("a file without a name", "Content-Disposition: form-data; filename=\"a.jpg\"\r\nContent-Type: image/jpeg"),
        (
            "Java: type first, no subtype, odd letters",
            "Content-Type: image\r\nContent-disposition: form-data; filename=\"a.jpg\"",
        ),
        (
            "PHP with curl",
            "Content-Disposition: form-data; name=\"_file\"; filename=\"/tmp/a.jpg\"\r\nContent-Type: application/octet-stream",
        ),
        (
            "Perl",
            "Content-Disposition: form-data; name=\"data\"; filename=\"filename\"\r\nContent-Type: application/octet-stream",
        ),
    ];
    for (oddity, headers) in files {
        assert_token(&post(&scene, format!("{all}{}{end}", part(headers, image))), oddity);
        assert_token(&post(&scene, format!("{}{all}{end}", part(headers, image))), &format!("{oddity}, first"));
    }
    assert_token(&post(&scene, format!("{all}--{BOUNDARY}\r\n")), "iPhone: no closing boundary");
    assert_token(
        &post(&scene, format!("{all}{}{end}", part("Content-Disposition: form-data; name=\"\"", ""))),
        "an empty name",
    );
    let typed = all.replace("\r\n\r\n", "\r\nContent-Type: text/plain;charset=utf-8\r\n\r\n");
    assert_token(&post(&scene, format!("{typed}{end}")), "text parts with a type");
    let lower = all.replace("Content-Disposition", "content-disposition");
    assert_token(&post(&scene, format!("{lower}{end}")), "lower-case headers");
    let quoted = Request::post(
        "/restserver.php",
        &format!("multipart/form-data; charset=utf-8; boundary=\"{BOUNDARY}\""),
        format!("{all}{end}"),
    );
    assert_token(&scene.server.ask(&quoted), "a quoted boundary");
}

#[test]
fn multipart_bodies_that_are_broken_are_refused_with_100_and_hang_nobody() {
    let scene = Scene::web();
    let end = format!("--{BOUNDARY}--\r\n");
    let all = parts(&scene);
    let file = part("Content-Disposition: form-data; filename=\"a.jpg\"", "x");
    for (what, body) in [
        ("two files", format!("{all}{file}{file}{end}")),
        ("cut off within a part", all[..all.len() / 2].to_owned()),
        ("no part at all", "nonsense".to_owned()),
        ("empty", String::new()),
        ("headers without end", format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"a\"")),
    ] {
        let answer = post(&scene, body);
        let code =
            answer.text().contains("<error_code>100</error_code>") || answer.text().contains("\"error_code\":100");
        let nothing_read = answer.text().contains("<error_code>101</error_code>");
        assert!(answer.status == 200 && (code || nothing_read), "{what}: {} {}", answer.status, answer.text());
    }
    let no_boundary = Request::post("/restserver.php", "multipart/form-data", format!("{all}{end}"));
    assert!(scene.server.ask(&no_boundary).text().contains("<error_code>100</error_code>"));
}

#[test]
fn signs_and_letters_survive_every_encoding() {
    let scene = Scene::web();
    for text in [
        "a+b c",
        "100% & = ?#",
        "%41%zz%",
        "café crème 你好 🎈",
        "line 1\r\nline 2\ttab",
        "\"quotes\" 'and' \\back",
        "  blanks  ",
        "<xml>&amp;",
        "\u{2028}\u{feff}",
    ] {
        for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
            let call = scene.app.call("auth.createToken").with("status", text).by(encoding);
            assert_eq!(call.send(&scene.server).code(), 0, "{text:?} by {encoding:?}");
            // An error echoes it as it was.
            let failing = scene.app.call("auth.getSession").with("status", text).by(encoding);
            let echoed = failing.format("json").send(&scene.server).json();
            let args = echoed["request_args"].as_array().unwrap();
            let status = args.iter().find(|arg| arg["key"] == "status").unwrap();
            assert_eq!(status["value"], text, "by {encoding:?}");
        }
    }
}

#[test]
fn a_blank_is_a_plus_or_a_percent_and_names_are_decoded_too() {
    let scene = Scene::web();
    let call = scene.app.call("auth.createToken").with("my status", "a b");
    let plus = call.encoded();
    let percent = plus.replace('+', "%20");
    assert_ne!(plus, percent);
    for body in
        [&plus, &percent, &plus.replace("my+status", "my%20stat%75s"), &format!("&&{plus}&"), &format!("{plus}&=x")]
    {
        let answer = scene.server.ask(&Request::post(
            "/restserver.php",
            "application/x-www-form-urlencoded; charset=UTF-8",
            body.as_bytes(),
        ));
        assert!(answer.text().contains("auth_createToken_response"), "{body}: {}", answer.text());
    }
    // Forms under no type, or under a wrong one, are forms all the same.
    for kind in ["text/plain", "application/octet-stream"] {
        let answer = scene.server.ask(&Request::post("/restserver.php", kind, plus.as_bytes()));
        assert!(answer.text().contains("auth_createToken_response"), "{kind}: {}", answer.text());
    }
}

#[test]
fn a_field_of_the_body_wins_over_one_of_the_query() {
    let scene = Scene::web();
    let call = scene.app.call("auth.createToken").format("json");
    let answer = scene.server.ask(&Request::post(
        "/restserver.php?format=xml&method=nonsense&api_key=x",
        "application/x-www-form-urlencoded",
        call.encoded(),
    ));
    assert_token(&answer, "query and body");
    // The query's arguments stand first in what is echoed, the body's in their places.
    let body = "method=auth.getSession&b=2&a=from+the+body&format=json";
    let answer =
        scene.server.ask(&Request::post("/restserver.php?a=1&method=x&c=3", "application/x-www-form-urlencoded", body));
    let echoed: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
    let pairs: Vec<String> = echoed["request_args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arg| format!("{}={}", arg["key"].as_str().unwrap(), arg["value"].as_str().unwrap()))
        .collect();
    assert_eq!(pairs, ["a=from the body", "method=auth.getSession", "c=3", "b=2", "format=json"]);
}

#[test]
fn bytes_that_are_no_text_are_signed_as_they_are_and_break_nothing() {
    let scene = Scene::web();
    let bytes: &[u8] = b"\xff\xfe caf\xe9 \xc3\x28 \xed\xa0\x80";
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        let call = scene.app.call("auth.createToken").with("status", bytes).by(encoding);
        assert_eq!(call.send(&scene.server).code(), 0, "{encoding:?}: bytes stay bytes until the signature is checked");
    }
    for (name, code) in
        [("session_key", 102), ("api_key", 101), ("sig", 104), ("auth_token", 100), ("access_token", 190)]
    {
        let call = scene.app.call("auth.getSession").with(name, bytes);
        let call = if name == "sig" { call.unsigned() } else { call };
        call.send(&scene.server).refused_with(code);
    }
    scene.app.call("").with("method", bytes).odd_root().send(&scene.server).refused_with(3);
    // What an XML document cannot hold does not get into one.
    let odd = scene.app.call("auth.getSession").with("status", "\u{0}\u{1}\u{b}\u{1f}\u{fffe}ok");
    odd.send(&scene.server).refused_with(100);
}

#[test]
fn too_much_of_anything_is_refused_before_it_costs_anything() {
    let scene = Scene::web();
    let megabytes = vec![b'a'; 17 << 20];
    let answer = scene.server.ask(&Request::post("/restserver.php", "application/x-www-form-urlencoded", megabytes));
    assert_eq!(answer.status, 413, "{}", answer.text());
    let long = Request::get(&format!("/restserver.php?a={}", "x".repeat(70 << 10)));
    assert!(matches!(scene.server.ask(&long).status, 413 | 414 | 431));

    let many: Vec<String> = (0..300).map(|n| format!("a{n}=1")).collect();
    let form =
        |body: String| scene.server.ask(&Request::post("/restserver.php", "application/x-www-form-urlencoded", body));
    assert!(form(many.join("&")).text().contains("<error_code>105</error_code>"));
    assert!(form(format!("{}=1", "n".repeat(300))).text().contains("<error_code>100</error_code>"));
    assert!(form(format!("a={}", "v".repeat((1 << 20) + 1))).text().contains("<error_code>100</error_code>"));
    let part = |n: usize| format!("--B\r\nContent-Disposition: form-data; name=\"a{n}\"\r\n\r\n1\r\n");
    let body: String = (0..300).map(part).chain(["--B--\r\n".to_owned()]).collect();
    let answer = scene.server.ask(&Request::post("/restserver.php", "multipart/form-data; boundary=B", body));
    assert!(answer.text().contains("<error_code>105</error_code>"), "{}", answer.text());
    assert_eq!(scene.app.call("auth.createToken").send(&scene.server).code(), 0, "the server goes on");
}

#[test]
fn what_is_no_http_ends_and_hurts_nobody() {
    let scene = Scene::web();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /restserver.php HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ] {
        if let Ok(answer) = send_raw_and_hang_up(&scene.server.address, bytes) {
            assert!((400..600).contains(&answer.status), "{} for {:?}", answer.status, String::from_utf8_lossy(bytes));
        }
    }
    let log = scene.server.log();
    assert!(!log.contains("panicked"), "{log}");
    assert_eq!(scene.app.call("auth.createToken").send(&scene.server).code(), 0, "the server goes on");
}

fn send_raw_and_hang_up(address: &str, bytes: &[u8]) -> std::io::Result<Answer> {
    send_raw(address, bytes)
}
