//! Posts, comments, likes and statuses over real HTTP: each method as old clients call it, and what several people see of each other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Call, Home, Reply, Server, Session, Shown};
use serde_json::{Value, json};

/// Ann and Bob are friends; Carl knows nobody. Ann has a friend list with Bob on it.
const WORLD: &str = r#"
friendships = [["ann@street.example", "bob@street.example"]]

[[friend_list]]
id = 77001
owner = "ann@street.example"
name = "Neighbours"
members = ["bob@street.example"]
"#;

const PEOPLE: [(&str, &str); 3] = [("1001", "Ann"), ("1002", "Bob"), ("1003", "Carl")];

struct Street {
    home: Home,
    app: App,
    ann: Session,
    bob: Session,
    carl: Session,
    server: Server,
}

impl Street {
    fn new() -> Street {
        Street::of(Home::new())
    }

    fn of(home: Home) -> Street {
        let app = home.web_app();
        let people = home.people_of("Street", PEOPLE, WORLD);
        let server = home.serve();
        let permissions = "&req_perms=read_stream,publish_stream";
        let [ann, bob, carl] = people.map(|person| app.web_session(&server, &person, permissions));
        Street { home, app, ann, bob, carl, server }
    }

    fn call(&self, session: &Session, method: &str, args: &[(&str, &str)]) -> Call {
        args.iter().fold(self.app.call_for(method, session), |call, (name, value)| call.with(name, *value))
    }

    /// What a call answers, which must succeed.
    #[track_caller]
    fn ask(&self, session: &Session, method: &str, args: &[(&str, &str)]) -> Value {
        let reply = self.call(session, method, args).format("json").send(&self.server);
        assert_eq!(reply.code(), 0, "{}\n→\n{}", reply.sent, reply.text());
        reply.json()
    }

    #[track_caller]
    fn refused(&self, session: &Session, method: &str, args: &[(&str, &str)], code: u32) {
        self.call(session, method, args).send(&self.server).refused_with(code);
    }

    /// The messages of a view.
    #[track_caller]
    fn messages(&self, session: &Session, args: &[(&str, &str)]) -> Vec<String> {
        let answer = self.ask(session, "stream.get", args);
        answer["posts"].as_array().unwrap().iter().map(|post| post["message"].as_str().unwrap().to_owned()).collect()
    }

    fn publish(&self, session: &Session, args: &[(&str, &str)]) -> String {
        self.ask(session, "stream.publish", args).as_str().unwrap().to_owned()
    }

    fn shown(&self) -> Shown {
        Shown::new(&self.server)
            .name(&self.app.key, "[api key]")
            .name(&self.app.id, "[app id]")
            .name(&self.ann.key, "[session key]")
    }
}

/// Times, and ids that were drawn, differ from run to run: both are long numbers, and nothing else here is.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        out += match digits.len() {
            10 => "[time]",
            12.. => "[id]",
            _ => &digits,
        };
        digits.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

#[track_caller]
fn snapshot(street: &Street, name: &str, reply: &Reply) {
    insta::assert_snapshot!(name, without_numbers(&street.shown().reply(reply)));
}

const MAP: &str = r#"{"name":"A map","href":"http://maps.example/1","caption":"maps.example","description":"Old.","properties":{"Year":"1898","More":{"text":"here","href":"http://maps.example/2"}},"media":[{"type":"image","src":"http://img.example/m.png","href":"http://maps.example/1"}]}"#;

#[test]
fn each_method_answers_as_documented_in_every_format() {
    let street = Street::new();
    let links = r#"[{"text":"See map","href":"http://maps.example/1"}]"#;
    let map = [("message", "Look & see"), ("attachment", MAP), ("action_links", links)];
    let post = street.publish(&street.ann, &map);
    street.ask(&street.bob, "stream.addComment", &[("post_id", &post), ("comment", "Nice <one>.")]);
    street.ask(&street.bob, "stream.addLike", &[("post_id", &post)]);
    street.ask(&street.ann, "comments.add", &[("xid", "guestbook"), ("text", "Here I was")]);
    street.ask(&street.ann, "status.set", &[("status", "is <here>")]);
    let calls: [(&str, &[(&str, &str)]); 11] = [
        ("stream.getFilters", &[]),
        ("stream.get", &[("filter_key", "nf")]),
        ("stream.getComments", &[("post_id", &post)]),
        ("stream.addComment", &[("post_id", &post), ("comment", "Thanks")]),
        ("stream.addLike", &[("post_id", &post)]),
        ("stream.removeLike", &[("post_id", &post)]),
        ("stream.publish", &[("message", "Hi")]),
        ("status.get", &[("limit", "1")]),
        ("users.setStatus", &[("clear", "true")]),
        ("comments.get", &[("xid", "guestbook")]),
        ("comments.add", &[("xid", "guestbook"), ("text", "And again")]),
    ];
    for (method, args) in calls {
        for format in ["XML", "JSON"] {
            let reply = street.call(&street.ann, method, args).format(format).send(&street.server);
            snapshot(&street, &format!("{method}_as_{format}"), &reply);
        }
    }
    // What can be done once is done to another one in each format.
    for format in ["XML", "JSON"] {
        let post = street.publish(&street.ann, &[("message", "Hi")]);
        let comment = street.ask(&street.bob, "stream.addComment", &[("post_id", &post), ("comment", "Hm.")]);
        let entry = street.ask(&street.ann, "comments.add", &[("xid", "guestbook"), ("text", "Hm.")]);
        let status = format!("is there in {format}");
        let calls: [(&str, &[(&str, &str)]); 4] = [
            ("stream.removeComment", &[("comment_id", comment.as_str().unwrap())]),
            ("stream.remove", &[("post_id", &post)]),
            ("comments.remove", &[("xid", "guestbook"), ("comment_id", entry.as_str().unwrap())]),
            ("status.set", &[("status", &status)]),
        ];
        for (method, args) in calls {
            let reply = street.call(&street.ann, method, args).format(format).send(&street.server);
            snapshot(&street, &format!("{method}_as_{format}"), &reply);
        }
    }
}

#[test]
fn one_posts_another_comments_and_likes_and_the_first_removes_it() {
    let street = Street::new();
    let (ann, bob, carl) = (&street.ann, &street.bob, &street.carl);
    let post = street.publish(ann, &[("message", "Who comes along?")]);
    let one = ("post_id", post.as_str());
    assert_eq!(street.messages(bob, &[]), ["Who comes along?"]);
    assert!(street.messages(carl, &[("source_ids", "1001")]).is_empty(), "not for strangers");
    for (method, args) in [
        ("stream.getComments", &[one][..]),
        ("stream.addComment", &[one, ("comment", "Me!")]),
        ("stream.addLike", &[one]),
        ("stream.remove", &[one]),
    ] {
        street.refused(carl, method, args, 200);
    }
    let comment = street.ask(bob, "stream.addComment", &[one, ("comment", "Me!")]);
    street.ask(bob, "stream.addLike", &[one]);
    let seen = street.ask(ann, "stream.get", &[])["posts"][0].clone();
    assert_eq!((&seen["comments"]["count"], &seen["comments"]["comment_list"][0]["text"]), (&json!(1), &json!("Me!")));
    assert_eq!((&seen["likes"]["friends"], &seen["likes"]["user_likes"]), (&json!([1002]), &json!(false)));
    let own = street.ask(bob, "stream.get", &[])["posts"][0].clone();
    assert_eq!((&own["likes"]["friends"], &own["likes"]["user_likes"]), (&json!([]), &json!(true)));
    street.refused(bob, "stream.remove", &[one], 200);
    assert_eq!(street.ask(ann, "stream.removeComment", &[("comment_id", comment.as_str().unwrap())]), true);
    assert_eq!(street.ask(bob, "stream.getComments", &[one]), json!([]));
    assert_eq!(street.ask(ann, "stream.remove", &[one]), true);
    assert!(street.messages(bob, &[]).is_empty() && street.messages(ann, &[("source_ids", "1001")]).is_empty());
    street.refused(bob, "stream.addComment", &[one, ("comment", "Gone?")], 200);
}

#[test]
fn friends_write_on_each_others_walls_and_strangers_do_not() {
    let street = Street::new();
    let on_bobs = street.publish(&street.ann, &[("message", "Happy birthday"), ("target_id", "1002")]);
    assert!(on_bobs.starts_with("1002_"), "{on_bobs}");
    assert_eq!(street.messages(&street.bob, &[("source_ids", "1002"), ("filter_key", "others")]), ["Happy birthday"]);
    assert!(street.messages(&street.bob, &[("source_ids", "1002"), ("filter_key", "owner")]).is_empty());
    street.refused(&street.carl, "stream.publish", &[("message", "Hi"), ("target_id", "1002")], 200);
    // Whoever owns the wall removes what others left there.
    assert_eq!(street.ask(&street.bob, "stream.remove", &[("post_id", &on_bobs)]), true);
    assert!(street.messages(&street.bob, &[("source_ids", "1002")]).is_empty());
}

#[test]
fn who_sees_a_post_is_for_its_author_to_say() {
    let street = Street::new();
    for (message, privacy) in [
        ("all", r#"{"value":"EVERYONE"}"#),
        ("friends", r#"{"value":"ALL_FRIENDS"}"#),
        ("list", r#"{"value":"CUSTOM","friends":"SOME_FRIENDS","allow":"77001"}"#),
        ("carl", r#"{"value":"CUSTOM","allow":["1003"]}"#),
        ("not bob", r#"{"value":"CUSTOM","friends":"EVERYONE","deny":[1002]}"#),
        ("me", r#"{"value":"SELF"}"#),
    ] {
        street.publish(&street.ann, &[("message", message), ("privacy", privacy)]);
        // None is as old as another, whose order would be a matter of chance.
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let wall = [("source_ids", "1001")];
    assert_eq!(street.messages(&street.ann, &wall), ["me", "not bob", "carl", "list", "friends", "all"]);
    assert_eq!(street.messages(&street.bob, &wall), ["list", "friends", "all"]);
    assert_eq!(street.messages(&street.carl, &wall), ["not bob", "carl", "all"]);
    street.refused(&street.bob, "stream.get", &[("filter_key", "fl_77001")], 100);
    let everybody = street.app.call("stream.get").with("viewer_id", "0").with("source_ids", "1001").format("json");
    let told = everybody.send(&street.server).json();
    assert_eq!(told["posts"].as_array().unwrap().len(), 2, "{told}");
    street.home.json(&["user", "unfriend", "1001", "1002"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(street.messages(&street.bob, &wall), ["all"], "at the next call");
}

#[test]
fn a_status_is_told_by_every_method_that_tells_statuses() {
    let street = Street::new();
    street.ask(&street.ann, "users.setStatus", &[("status", "reading")]);
    let info = street.ask(&street.bob, "users.getInfo", &[("uids", "1001"), ("fields", "status,wall_count")]);
    assert_eq!((&info[0]["status"]["message"], &info[0]["wall_count"]), (&json!("is reading"), &json!(1)));
    assert_eq!(street.ask(&street.bob, "status.get", &[("uid", "1001")])[0]["message"], "is reading");
    assert_eq!(street.ask(&street.carl, "status.get", &[("uid", "1001")]), json!([]));
    assert_eq!(street.messages(&street.bob, &[]), ["is reading"]);
    let info = street.ask(&street.carl, "users.getInfo", &[("uids", "1001"), ("fields", "status")]);
    assert_eq!(info[0]["status"], Value::Null);
    street.refused(&street.ann, "status.set", &[("status", "is reading")], 506);
}

#[test]
fn a_thread_of_an_application_is_its_own() {
    let street = Street::new();
    let id = street.ask(&street.ann, "comments.add", &[("xid", "page_42"), ("text", "First")]);
    let by_server = street.app.call("comments.add").with("xid", "page_42").with("text", "Second").with("uid", "1002");
    assert_eq!(by_server.send(&street.server).code(), 0);
    let told = street.ask(&street.carl, "comments.get", &[("xid", "page_42")]);
    let texts: Vec<_> = told.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["First", "Second"]);
    let other = street.home.app("Other", &[]);
    let reply = other.call("comments.get").with("xid", "page_42").format("json").send(&street.server);
    assert_eq!(reply.json(), json!([]));
    let remove = street.app.call("comments.remove").with("xid", "page_42");
    assert_eq!(remove.with("comment_id", id.as_str().unwrap()).send(&street.server).scalar(), "1");
    street.refused(&street.ann, "comments.get", &[("xid", "no good")], 1703);
}

#[test]
fn an_application_that_was_removed_posts_nothing_more() {
    let street = Street::new();
    street.publish(&street.ann, &[("message", "before")]);
    assert_eq!(street.ask(&street.ann, "auth.revokeAuthorization", &[]), true);
    street.refused(&street.ann, "stream.publish", &[("message", "after")], 102);
    let by_server = street.app.call("stream.publish").with("message", "after").with("uid", "1001");
    by_server.send(&street.server).refused_with(200);
    assert_eq!(street.messages(&street.bob, &[]), ["before"]);
}

#[test]
fn everybody_at_once_loses_nothing() {
    let street = Street::new();
    let post = street.publish(&street.ann, &[("message", "Count me")]);
    std::thread::scope(|scope| {
        for session in [&street.ann, &street.bob, &street.ann, &street.bob] {
            let (street, post) = (&street, &post);
            scope.spawn(move || {
                for n in 0..5 {
                    let text = n.to_string();
                    street.ask(session, "stream.addComment", &[("post_id", post), ("comment", &text)]);
                    street.ask(session, "stream.addLike", &[("post_id", post)]);
                    street.publish(session, &[("message", &text)]);
                }
            });
        }
    });
    let told = street.ask(&street.ann, "stream.get", &[("limit", "50")]);
    assert_eq!(told["posts"].as_array().unwrap().len(), 21);
    let counted = told["posts"].as_array().unwrap().iter().find(|one| one["post_id"] == post.as_str()).unwrap();
    assert_eq!((&counted["comments"]["count"], &counted["likes"]["count"]), (&json!(20), &json!(2)));
    let info = street.ask(&street.ann, "users.getInfo", &[("uids", "1001"), ("fields", "wall_count")]);
    assert_eq!(info[0]["wall_count"], 11);
}

#[test]
fn what_is_wrong_is_told_with_its_argument() {
    let street = Street::new();
    let ann = &street.ann;
    for (method, args, code, told) in [
        ("stream.publish", &[][..], 100, "there is nothing to publish"),
        ("stream.publish", &[("attachment", "{")], 144, "attachment"),
        ("stream.publish", &[("attachment", r#"{"media":[{"type":"image"}]}"#)], 100, "attachment.media"),
        ("stream.publish", &[("message", "x"), ("privacy", "x")], 100, "privacy"),
        ("stream.publish", &[("message", "x"), ("target_id", "99")], 210, "target_id 99"),
        ("stream.get", &[("filter_key", "zz")], 100, "filter_key"),
        ("stream.get", &[("limit", "lots")], 100, "limit"),
        ("stream.get", &[("viewer_id", "1002")], 200, "viewer_id 1002"),
        ("stream.getComments", &[("post_id", "zz")], 100, "post_id"),
        ("stream.addLike", &[("post_id", "1001_9")], 200, "post_id"),
        ("stream.removeComment", &[("comment_id", "9")], 100, "comment_id"),
        ("comments.get", &[], 100, "xid is missing"),
        ("status.get", &[("limit", "-1")], 100, "limit"),
    ] {
        let reply = street.call(ann, method, args).format("json").send(&street.server);
        reply.refused_with(code);
        assert!(reply.message().contains(told), "{method}: {}", reply.message());
    }
    let odd = street.call(ann, "stream.publish", &[]).with("message", b"\xff\xfe");
    odd.send(&street.server).refused_with(100);
    for encoding in [Encoding::Get, Encoding::Form, Encoding::Multipart] {
        let call = street.call(ann, "stream.publish", &[("message", "ä & b")]).format("json");
        assert!(call.by(encoding).send(&street.server).json().is_string(), "{encoding:?}");
    }
}

/// 64 by 48 pixels in two colors, as a camera writes them.
const PICTURE: &[u8] = include_bytes!("photos/map.jpg");

#[test]
fn the_albums_of_photos_and_who_is_seen_on_them_stand_beside_the_posts() {
    let street = Street::of(Home::with_files());
    let (ann, bob, carl) = (&street.ann, &street.bob, &street.carl);
    let album = [("name", "Maps & charts"), ("visible", "friends"), ("location", "Bergen")];
    let album = street.ask(ann, "photos.createAlbum", &album);
    let aid = album["aid"].as_str().unwrap();
    let photo = street.call(ann, "photos.upload", &[("aid", aid)]).format("json").picture(PICTURE);
    let photo = photo.send(&street.server).json();
    let pid = photo["pid"].as_str().unwrap();
    street.ask(ann, "photos.addTag", &[("pid", pid), ("tag_uid", "1002"), ("x", "65.4"), ("y", "20")]);
    let wall = ("source_ids", "1001");
    let all = [wall, ("metadata", r#"["albums","profiles","photo_tags"]"#)];
    for format in ["XML", "JSON"] {
        let reply = street.call(bob, "stream.get", &all).format(format).send(&street.server);
        let beside = if format == "XML" { "</posts>" } else { "\"profiles\":" };
        let (_, shown) = reply.text().split_once(beside).unwrap_or_else(|| panic!("{}", reply.text()));
        let shown = without_numbers(&street.shown().text(shown));
        insta::assert_snapshot!(format!("albums_and_tags_as_{format}"), shown);
    }
    let told = street.ask(bob, "stream.get", &all);
    let shown = &told["posts"][0]["attachment"];
    assert_eq!((&shown["fb_object_type"], &shown["fb_object_id"]), (&json!("album"), &json!(aid)));
    assert_eq!(shown["media"][0]["photo"]["aid"], told["albums"][0]["aid"]);
    assert_eq!(told["albums"], street.ask(bob, "photos.getAlbums", &[("aids", aid)]));
    assert_eq!(told["photo_tags"], street.ask(bob, "photos.getTags", &[("pids", pid)]));
    let usual = street.ask(bob, "stream.get", &[wall]);
    assert_eq!((&usual["albums"], usual.get("photo_tags")), (&told["albums"], None));
    let strangers = street.ask(carl, "stream.get", &all);
    for part in ["posts", "profiles", "albums", "photo_tags"] {
        assert_eq!(strangers[part], json!([]), "{part}");
    }
}
