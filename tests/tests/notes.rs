//! Notes over real HTTP: the four methods as old clients call them, and what friends and strangers see of what somebody wrote.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Call, Home, Person, Server, Session, Shown};
use serde_json::{Value, json};

const TEXT: &str = "<p>A list of <b>maps</b> &amp; <a href=\"http://maps.example/\">more</a>.</p>";

/// Ann may write through the application, Bob may not; they are friends. Carl uses it too and is nobody's friend.
struct Dorm {
    home: Home,
    app: App,
    ann: Person,
    bob: Person,
    by_ann: Session,
    by_bob: Session,
    by_carl: Session,
    server: Server,
}

impl Dorm {
    fn new() -> Dorm {
        let home = Home::new();
        let app = home.web_app();
        let (ann, bob, carl) = (home.person("Ann"), home.person("Bob"), home.person("Carl"));
        home.json(&["user", "befriend", &ann.uid, &bob.uid]);
        let server = home.serve();
        let by_ann = app.web_session(&server, &ann, "&req_perms=create_note");
        let by_bob = app.web_session(&server, &bob, "");
        let by_carl = app.web_session(&server, &carl, "");
        Dorm { home, app, ann, bob, by_ann, by_bob, by_carl, server }
    }

    /// A call in Ann's session.
    fn call(&self, method: &str) -> Call {
        self.app.call_for(method, &self.by_ann)
    }

    fn write(&self, title: &str) -> String {
        self.call("notes.create").with("title", title).with("content", TEXT).send(&self.server).scalar()
    }

    /// The titles of Ann's notes, as somebody sees them.
    #[track_caller]
    fn titles(&self, session: &Session) -> Vec<String> {
        let call = self.app.call_for("notes.get", session).with("uid", &self.ann.uid).format("json");
        titles(&call.send(&self.server).json())
    }

    fn notes_count(&self) -> Value {
        let call = self.call("users.getInfo").with("uids", &self.ann.uid).with("fields", "notes_count");
        call.format("json").send(&self.server).json()[0]["notes_count"].clone()
    }
}

fn titles(answer: &Value) -> Vec<String> {
    let notes = answer.as_array().unwrap_or_else(|| panic!("{answer}")).iter();
    notes.map(|note| note["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let dorm = Dorm::new();
    for format in ["XML", "JSON", "json-strings"] {
        let create = dorm.call("facebook.notes.create").with("title", "Maps & <more>").with("content", TEXT);
        let created = create.format(format).send(&dorm.server);
        let id = match format {
            "XML" => created.scalar(),
            _ => created.text().trim_matches('"').to_owned(),
        };
        let note = dorm.call("notes.get").with("note_ids", &id).format("json").send(&dorm.server).json();
        let edit = dorm.call("facebook.notes.edit").with("note_id", &id).with("title", "Atlas").with("content", "New");
        let edited = edit.format(format).send(&dorm.server);
        let got = dorm.call("facebook.notes.get").with("note_ids", &id).format(format).send(&dorm.server);
        let now = dorm.call("notes.get").with("note_ids", &id).format("json").send(&dorm.server).json();
        let deleted = dorm.call("facebook.notes.delete").with("note_id", &id).format(format).send(&dorm.server);
        let shown = Shown::new(&dorm.server).name(&dorm.app.key, "[api key]").name(&dorm.by_ann.key, "[session key]");
        let shown = shown.name(&id, "[note id]");
        let created_time = note[0]["created_time"].to_string();
        for (method, reply) in [("create", created), ("edit", edited), ("get", got), ("delete", deleted)] {
            let text = shown.reply(&reply);
            // Written within one second, or not.
            let text = text.replace(&now[0]["updated_time"].to_string(), "[time]").replace(&created_time, "[time]");
            insta::assert_snapshot!(format!("{method}_as_{format}"), text);
        }
    }
}

#[test]
fn an_empty_list_is_a_list() {
    let dorm = Dorm::new();
    let call = dorm.call("notes.get");
    let reply = call.send(&dorm.server);
    assert!(reply.text().contains("list=\"true\"/>"), "{}", reply.text());
    assert_eq!(call.format("json").send(&dorm.server).text(), "[]");
}

#[test]
fn a_note_lives_among_friends_until_it_is_taken_away() {
    let dorm = Dorm::new();
    let (first, _) = (dorm.write("First"), dorm.write("Second"));
    assert_eq!(dorm.titles(&dorm.by_ann), ["Second", "First"]);
    assert_eq!(dorm.titles(&dorm.by_bob), ["Second", "First"]);
    assert_eq!(dorm.titles(&dorm.by_carl), [""; 0], "what she posts is for friends");
    assert_eq!(dorm.notes_count(), 2);
    let edit = |session: &Session| {
        let call = dorm.app.call_for("notes.edit", session).with("note_id", &first);
        call.with("title", "Edited").with("content", "<i>New</i><script>alert(1)</script>").send(&dorm.server)
    };
    edit(&dorm.by_bob).refused_with(281);
    dorm.home.json(&["user", "grant", &dorm.bob.uid, &dorm.app.key, "--perm", "publish_stream"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    edit(&dorm.by_bob).refused_with(1600);
    dorm.app.call_for("notes.delete", &dorm.by_bob).with("note_id", &first).send(&dorm.server).refused_with(1600);
    assert_eq!(edit(&dorm.by_ann).scalar(), "1");
    let get = dorm.app.call_for("notes.get", &dorm.by_bob).with("uid", &dorm.ann.uid).with("note_ids", &first);
    let told = get.clone().format("json").send(&dorm.server).json();
    assert_eq!((&told[0]["title"], &told[0]["content"]), (&json!("Edited"), &json!("<i>New</i>")));
    assert!(told[0]["updated_time"].as_i64() >= told[0]["created_time"].as_i64());
    assert_eq!(dorm.call("notes.delete").with("note_id", &first).send(&dorm.server).scalar(), "1");
    dorm.call("notes.delete").with("note_id", &first).send(&dorm.server).refused_with(1600);
    assert_eq!(get.format("json").send(&dorm.server).text(), "[]");
    assert_eq!((dorm.titles(&dorm.by_bob), dorm.notes_count()), (vec!["Second".to_owned()], json!(1)));
    dorm.home.json(&["user", "unfriend", &dorm.ann.uid, &dorm.bob.uid]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(dorm.titles(&dorm.by_bob), [""; 0]);
    dorm.home.json(&["user", "remove", &dorm.ann.uid]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    let server = dorm.app.call("notes.get").with("uid", &dorm.ann.uid).format("json");
    assert_eq!(server.send(&dorm.server).text(), "[]", "with whoever wrote it a note is gone");
}

#[test]
fn content_survives_every_encoding_as_it_was_written() {
    let dorm = Dorm::new();
    let content = "<p>Ünïcödé 池 &amp; \"quotes\" + 100%</p>\nsecond line";
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        let call = dorm.call("notes.create").with("title", "T & <t> 池").with("content", content).by(encoding);
        let id = call.send(&dorm.server).scalar();
        for list in [id.clone(), format!("[{id}]"), format!("[\"{id}\"]"), format!(" {id},")] {
            let get = dorm.call("notes.get").with("note_ids", &list).format("json").send(&dorm.server).json();
            assert_eq!((&get[0]["title"], &get[0]["content"]), (&json!("T & <t> 池"), &json!(content)), "{encoding:?}");
        }
    }
    dorm.call("notes.create").with("title", [0xff, 0xfe]).with("content", "c").send(&dorm.server).refused_with(100);
    dorm.call("notes.create").with("title", "").with("content", "c").send(&dorm.server).refused_with(100);
    dorm.call("notes.create").with("title", "t").send(&dorm.server).refused_with(100);
}

#[test]
fn who_may_write_for_whom() {
    let dorm = Dorm::new();
    let write = |call: Call| call.with("title", "t").with("content", "c").send(&dorm.server);
    // The application's server, for whoever granted it, also while they are away.
    write(dorm.app.call("notes.create").with("uid", &dorm.ann.uid)).scalar();
    write(dorm.app.call("notes.create").with("uid", &dorm.bob.uid)).refused_with(281);
    write(dorm.app.call("notes.create")).refused_with(102);
    // A program in her hands, and a page's script, for her alone; what a note says is read only by whoever may ask.
    let desktop = dorm.home.desktop_app();
    let session = desktop.desktop_session(&dorm.server, &dorm.ann);
    write(desktop.call_by("notes.create", &session)).refused_with(281);
    dorm.home.json(&["user", "grant", &dorm.ann.uid, &desktop.key, "--perm", "create_note"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    let note = write(desktop.call_by("notes.create", &session).with("uid", &dorm.bob.uid)).scalar();
    dorm.call("notes.delete").with("note_id", &note).send(&dorm.server).refused_with(1600);
    assert_eq!(dorm.titles(&dorm.by_ann).len(), 2, "its uid is ignored: the note is hers");
    assert_eq!(desktop.call_by("notes.delete", &session).with("note_id", &note).send(&dorm.server).scalar(), "1");
    let token = dorm.by_ann.access_token.as_deref().unwrap();
    let by_token = |method: &str| Call::bare().with("method", method).with("access_token", token);
    write(by_token("notes.create")).scalar();
    write(by_token("notes.create").with("uid", &dorm.bob.uid)).refused_with(200);
    assert_eq!(by_token("notes.get").format("json").send(&dorm.server).text(), "[]", "user_notes was not granted");
    dorm.call("auth.revokeExtendedPermission").with("perm", "create_note").send(&dorm.server);
    write(dorm.call("notes.create")).refused_with(281);
    write(dorm.app.call("notes.create").with("uid", &dorm.ann.uid)).refused_with(281);
}

#[test]
fn notes_are_written_in_a_batch_and_not_on_the_read_only_host() {
    let dorm = Dorm::new();
    let create = dorm.call("notes.create").with("title", "t").with("content", "c").format("json");
    let get = dorm.call("notes.get").format("json");
    let feed = json!([create.encoded(), get.encoded()]).to_string();
    let batch = dorm.call("batch.run").with("method_feed", &feed).with("serial_only", "1").format("json");
    let answers: Vec<String> = serde_json::from_value(batch.send(&dorm.server).json()).unwrap();
    let notes: Value = serde_json::from_str(&answers[1]).unwrap();
    assert_eq!(notes[0]["note_id"].to_string(), answers[0]);
    let read_host = |call: Call| call.header("Host", "api-read.facebook.com").send(&dorm.server);
    read_host(create).refused_with(16);
    assert_eq!(titles(&read_host(get).json()), ["t"]);
}
