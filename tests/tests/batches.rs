//! batch.run: up to twenty complete calls in one, each checked in full, each answered for itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{Call, Reply, Scene, Session, Shown};
use serde_json::{Value, json};

fn batch(scene: &Scene, session: &Session, entries: &[Call]) -> Call {
    let feed: Vec<String> = entries.iter().map(Call::encoded).collect();
    scene.app.call_for("batch.run", session).with("method_feed", json!(feed).to_string())
}

/// The answers as texts, from either format.
fn answers(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.code(), 0, "{}", reply.answer.text());
    if reply.answer.header("content-type").starts_with("text/xml") {
        let document = roxmltree::Document::parse(reply.text()).unwrap();
        let root = document.root_element();
        assert_eq!((root.tag_name().name(), root.attribute("list")), ("batch_run_response", Some("true")));
        return root.children().filter(|n| n.is_element()).map(|n| n.text().unwrap_or_default().to_owned()).collect();
    }
    reply.json().as_array().unwrap().iter().map(|answer| answer.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn twenty_calls_are_answered_in_their_order_and_one_failure_stays_alone() {
    let scene = Scene::web();
    let session = scene.web_session();
    for format in ["xml", "json"] {
        let mut entries: Vec<Call> = (0..20).map(|_| scene.app.call_for("users.getLoggedInUser", &session)).collect();
        entries[7] = scene.app.call_for("users.hasAppPermission", &session).with("ext_perm", "flying");
        entries[12] = scene.app.call_for("users.isAppUser", &session);
        let answers = answers(&batch(&scene, &session, &entries).format(format).send(&scene.server));
        assert_eq!(answers.len(), 20);
        for (number, answer) in answers.iter().enumerate() {
            match (number, format) {
                (7, _) => assert!(answer.contains("error_code") && answer.contains("100"), "{answer}"),
                (12, "xml") => {
                    assert!(answer.contains("users_isAppUser_response") && answer.contains(">1<"), "{answer}")
                }
                (12, _) => assert_eq!(answer, "true"),
                (_, "xml") => {
                    reconnect_tests::schema::validate(&scene.server, answer);
                    assert!(answer.contains(&format!(">{}</users_getLoggedInUser_response>", session.uid)), "{answer}");
                }
                _ => assert_eq!(*answer, session.uid),
            }
        }
    }
}

#[test]
fn a_batch_looks_as_documented() {
    let scene = Scene::web();
    let session = scene.web_session();
    let entries = [
        scene.app.call_for("users.getLoggedInUser", &session),
        scene.app.call("auth.getSession").with("auth_token", "unknown").unsigned(),
    ];
    let shown = Shown::new(&scene.server).name(&session.key, "[session key]").name(&session.uid, "[uid]");
    let sig = |call: &Call| String::from_utf8(call.signed().last().unwrap().1.clone()).unwrap();
    let shown = shown.name(&scene.app.key, "[api key]").name(&sig(&entries[0]), "[sig of the entry]");
    for format in ["xml", "json"] {
        let reply = batch(&scene, &session, &entries).format(format).send(&scene.server);
        insta::assert_snapshot!(format!("a_batch_as_{format}"), shown.reply(&reply));
    }
}

#[test]
fn more_than_twenty_calls_are_refused_as_a_whole() {
    let scene = Scene::web();
    let session = scene.web_session();
    let mut entries = vec![scene.app.call_for("users.getLoggedInUser", &session); 20];
    entries.push(scene.app.call_for("auth.expireSession", &session));
    batch(&scene, &session, &entries).send(&scene.server).refused_with(950);
    assert_eq!(scene.who_is(&session).scalar(), scene.person.uid, "none of them ran");
}

#[test]
fn a_batch_in_a_batch_is_refused_in_its_place() {
    let scene = Scene::web();
    let session = scene.web_session();
    let who = scene.app.call_for("users.getLoggedInUser", &session);
    let inner = batch(&scene, &session, std::slice::from_ref(&who));
    let answers = answers(&batch(&scene, &session, &[who.clone(), inner, who]).format("json").send(&scene.server));
    let refused: Value = serde_json::from_str(&answers[1]).unwrap();
    assert_eq!(refused["error_code"], 953);
    assert_eq!([&answers[0], &answers[2]], [&session.uid, &session.uid]);
}

#[test]
fn an_entry_chooses_its_own_format_and_else_has_the_batch_s() {
    let scene = Scene::web();
    let session = scene.web_session();
    let who = || scene.app.call_for("users.getLoggedInUser", &session);
    let entries =
        [who(), who().format("xml"), who().format("json-strings"), who().format("JSON").with("callback", "f")];
    let answers = answers(&batch(&scene, &session, &entries).format("json").send(&scene.server));
    assert_eq!(answers[0], session.uid);
    reconnect_tests::schema::validate(&scene.server, &answers[1]);
    assert_eq!(answers[2], format!("\"{}\"", session.uid));
    assert_eq!(answers[3], session.uid, "a wrapper is for the whole answer");
}

#[test]
fn serial_only_runs_them_in_order() {
    let scene = Scene::web();
    for serial in ["1", "true"] {
        let session = scene.web_session();
        let who = scene.app.call_for("users.getLoggedInUser", &session);
        let entries = [who.clone(), scene.app.call_for("auth.expireSession", &session), who.clone(), who];
        let call = batch(&scene, &session, &entries).with("serial_only", serial).format("json");
        let answers = answers(&call.send(&scene.server));
        assert_eq!((&answers[0], answers[1].as_str()), (&session.uid, "true"), "{answers:?}");
        assert!(answers[2].contains("\"error_code\":102") && answers[3].contains("\"error_code\":102"), "{answers:?}");
    }
}

#[test]
fn every_entry_is_checked_in_full() {
    let scene = Scene::web();
    let stranger = scene.home.app("Stranger", &["--callback-url", "http://stranger.example/"]);
    let session = scene.web_session();
    let who = || scene.app.call_for("users.getLoggedInUser", &session);
    let entries = [
        who().unsigned(),
        who().signed_with("wrong"),
        who().with("session_key", "c0ffee0123456789abcdef01-1"),
        stranger.call("auth.createToken"),
        who().with("method", "users.fly"),
        Call::bare(),
        scene.app.call("users.getLoggedInUser"),
    ];
    let answers = answers(&batch(&scene, &session, &entries).format("json").send(&scene.server));
    let codes: Vec<Value> =
        answers.iter().map(|a| serde_json::from_str::<Value>(a).unwrap()["error_code"].clone()).collect();
    assert_eq!(codes[..6], [json!(104), json!(104), json!(102), json!(101), json!(3), json!(101)], "{answers:?}");
    assert_eq!(answers[6], session.uid, "an entry without a session is made for the batch's");
}

#[test]
fn a_session_secret_signs_no_more_inside_a_batch_than_outside() {
    let scene = Scene::desktop();
    let session = scene.desktop_session();
    let entries =
        [scene.app.call_by("users.getLoggedInUser", &session), scene.app.call_by("auth.promoteSession", &session)];
    let feed: Vec<String> = entries.iter().map(Call::encoded).collect();
    let call = scene.app.call_by("batch.run", &session).with("method_feed", json!(feed).to_string()).format("json");
    let answers = answers(&call.send(&scene.server));
    assert_eq!(answers[0], session.uid);
    assert!(answers[1].contains("\"error_code\":15"), "{answers:?}");
}

#[test]
fn a_feed_that_is_empty_missing_or_no_list_of_texts() {
    let scene = Scene::web();
    let session = scene.web_session();
    let run = |feed: &str| scene.app.call_for("batch.run", &session).with("method_feed", feed);
    assert_eq!(answers(&run("[]").send(&scene.server)), Vec::<String>::new());
    assert_eq!(run("[]").format("json").send(&scene.server).text(), "[]");
    for bad in ["nonsense", "{}", "[1]", "[[\"x\"]]", "[\"x\"", "\"x\""] {
        run(bad).send(&scene.server).refused_with(144);
    }
    run("").send(&scene.server).refused_with(100);
    // As the PHP client sends it: everything in a form, an empty serial_only.
    let who = scene.app.call_for("users.getLoggedInUser", &session);
    let call = batch(&scene, &session, &[who]).with("serial_only", "").format("json").by(Encoding::Form);
    assert_eq!(answers(&call.send(&scene.server)), std::slice::from_ref(&session.uid));
}
