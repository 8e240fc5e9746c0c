//! The methods together: who adds photos for whom, who sees them, and every error that they have.

use crate::tests::world::{ANN, BEGINNING, BOB, By, World};
use reconnect_core::model::Person;
use reconnect_core::permission::Permissions;
use reconnect_store::Id;
use serde_json::{Value, json};

/// Arguments.
type Given<'a> = &'a [(&'a str, &'a str)];

const EVE: Id = Id(1_240_090);

/// A picture of 200 by 100 pixels.
pub(crate) fn picture() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 200, 100);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&[90; 20_000])).unwrap();
    out
}

/// Ann and Bob are friends, Eve is a stranger; all three use the web application.
struct Circle {
    world: World,
    ann: String,
    bob: String,
    eve: String,
}

impl Circle {
    async fn new() -> Circle {
        Circle::granting("").await
    }

    /// Ann grants that.
    async fn granting(permissions: &str) -> Circle {
        let world = World::new().await;
        let graph = &world.services.graph;
        let eve =
            Person { id: EVE, first_name: "Eve".to_owned(), email: "eve@example.com".to_owned(), ..Person::default() };
        graph.create_person(eve, None).await.unwrap();
        graph.befriend(ANN, BOB).await.unwrap();
        let mut keys = Vec::new();
        for (person, granted) in [(ANN, permissions), (BOB, "publish_stream"), (EVE, "publish_stream")] {
            graph.authorize(person, world.web.id, &Permissions::parse(granted).0).await.unwrap();
            let plan = world.plan(&world.web, person, false).await;
            keys.push(graph.open_session(&world.web, &plan).await.unwrap().key);
        }
        let [ann, bob, eve] = <[String; 3]>::try_from(keys).unwrap();
        Circle { world, ann, bob, eve }
    }

    async fn ask(&self, session: &str, method: &str, args: &[(&str, &str)]) -> Value {
        let args: Vec<_> =
            [("session_key", session)].iter().chain(args).copied().filter(|(_, v)| !v.is_empty()).collect();
        self.world.json(By::App(&self.world.web), method, &args).await
    }

    async fn upload(&self, session: &str, args: &[(&str, &str)], file: &[u8]) -> Value {
        let args: Vec<_> =
            [("session_key", session)].iter().chain(args).copied().filter(|(_, v)| !v.is_empty()).collect();
        self.world.upload(By::App(&self.world.web), "photos.upload", &args, file).await
    }

    /// An album of Ann's for her friends.
    async fn album(&self) -> String {
        let album = self.ask(&self.ann, "photos.createAlbum", &[("name", "Maps"), ("visible", "friends")]).await;
        text(&album, "aid")
    }

    /// A photo of Ann's in an album; none is as old as another, whose order would be a matter of chance.
    async fn photo(&self, aid: &str) -> String {
        self.world.clock.advance(1);
        text(&self.upload(&self.ann, &[("aid", aid)], &picture()).await, "pid")
    }

    async fn pids(&self, session: &str, args: &[(&str, &str)]) -> Vec<String> {
        let photos = self.ask(session, "photos.get", args).await;
        photos.as_array().unwrap_or_else(|| panic!("{photos}")).iter().map(|one| text(one, "pid")).collect()
    }
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}

fn code(answer: &Value) -> u64 {
    answer["error_code"].as_u64().unwrap_or(0)
}

#[tokio::test]
async fn an_album_is_answered_as_it_was_made() {
    let circle = Circle::new().await;
    let args = [("name", " Maps "), ("location", "Springfield"), ("description", "Old ones"), ("visible", "friends")];
    let album = circle.ask(&circle.ann, "photos.createAlbum", &args).await;
    let (id, aid) = (album["object_id"].as_u64().unwrap(), text(&album, "aid"));
    assert_eq!(
        album,
        json!({"aid": aid, "cover_pid": "0", "owner": ANN, "name": "Maps", "created": BEGINNING, "modified": BEGINNING,
            "description": "Old ones", "location": "Springfield", "link": format!("http://site.example/album.php?aid={aid}&id={ANN}"),
            "size": 0, "visible": "friends", "modified_major": BEGINNING, "type": "normal", "object_id": id})
    );
    assert_eq!(circle.ask(&circle.ann, "photos.getAlbums", &[]).await, json!([album]));
    for (given, visible) in [
        ("", "everyone"),
        ("everyone", "everyone"),
        ("networks", "networks"),
        ("friends-of-friends", "friends-of-friends"),
    ] {
        let made = circle.ask(&circle.ann, "photos.createAlbum", &[("name", "B"), ("visible", given)]).await;
        assert_eq!(made["visible"], visible);
    }
}

#[tokio::test]
async fn a_photo_is_answered_with_addresses_of_three_files() {
    let circle = Circle::granting("photo_upload").await;
    let aid = circle.album().await;
    circle.world.clock.advance(5000);
    let photo = circle.upload(&circle.ann, &[("aid", &aid), ("caption", "A <map> & more")], &picture()).await;
    let (pid, src) = (text(&photo, "pid"), text(&photo, "src"));
    let stem = src.strip_suffix("_s.jpg").unwrap();
    assert_eq!(
        photo,
        json!({"pid": pid, "aid": aid, "owner": ANN, "src": src, "src_big": format!("{stem}_n.jpg"),
            "src_small": format!("{stem}_t.jpg"), "link": format!("http://site.example/photo.php?pid={pid}&id={ANN}"),
            "caption": "A <map> & more", "created": BEGINNING + 5, "modified": BEGINNING + 5, "object_id": pid.parse::<u64>().unwrap()})
    );
    for size in ["s", "n", "t"] {
        let key = format!("{}_{size}.jpg", stem.strip_prefix("http://site.example/").unwrap());
        let file = circle.world.services.blobs.get(&key, None).await.unwrap().unwrap();
        assert!(file.bytes.starts_with(b"\xff\xd8\xff"), "{key}");
    }
    assert_eq!(circle.ask(&circle.ann, "photos.get", &[("pids", &pid)]).await, json!([photo]));
    let album = &circle.ask(&circle.ann, "photos.getAlbums", &[("aids", &aid)]).await[0];
    assert_eq!((&album["size"], &album["cover_pid"]), (&json!(1), &json!(pid)));
    assert_eq!((&album["modified"], &album["created"]), (&json!(BEGINNING + 5), &json!(BEGINNING)));
}

#[tokio::test]
async fn friends_see_an_album_for_friends_and_strangers_do_not() {
    let circle = Circle::granting("publish_stream").await;
    let aid = circle.album().await;
    let (one, two) = (circle.photo(&aid).await, circle.photo(&aid).await);
    let both = format!("{one},{two}");
    assert_eq!(circle.pids(&circle.bob, &[("aid", &aid)]).await, [one.clone(), two.clone()]);
    assert_eq!(circle.pids(&circle.bob, &[("pids", &both)]).await, [one.clone(), two.clone()]);
    assert_eq!(code(&circle.ask(&circle.eve, "photos.get", &[("aid", &aid)]).await), 220);
    assert_eq!(code(&circle.ask(&circle.eve, "photos.get", &[("pids", &both)]).await), 221);
    assert_eq!(code(&circle.ask(&circle.eve, "photos.getTags", &[("pids", &both)]).await), 221);
    assert_eq!(circle.ask(&circle.eve, "photos.getAlbums", &[("aids", &aid)]).await, json!([]));
    assert_eq!(circle.ask(&circle.eve, "photos.getAlbums", &[("uid", "1240077")]).await, json!([]));
    assert_eq!(circle.ask(&circle.bob, "photos.getAlbums", &[("uid", "1240077")]).await[0]["aid"], json!(aid));
    // An open one beside it: what is not theirs is left out.
    let open = text(&circle.ask(&circle.ann, "photos.createAlbum", &[("name", "Open")]).await, "aid");
    let third = circle.photo(&open).await;
    assert_eq!(circle.pids(&circle.eve, &[("pids", &format!("[\"{one}\",\"{third}\"]"))]).await, [third]);
    let server = By::App(&circle.world.web);
    assert_eq!(circle.world.code(server, "photos.get", &[("aid", &aid)]).await, 220);
    assert_eq!(circle.world.code(server, "photos.get", &[("aid", &open)]).await, 0);
}

#[tokio::test]
async fn several_arguments_narrow_each_other_down() {
    let circle = Circle::granting("publish_stream").await;
    let (aid, other) = (circle.album().await, circle.album().await);
    let (one, two, three) = (circle.photo(&aid).await, circle.photo(&aid).await, circle.photo(&other).await);
    for pid in [&two, &three] {
        let tag = [("pid", pid.as_str()), ("tag_uid", "1240078"), ("x", "50"), ("y", "50")];
        assert_eq!(circle.ask(&circle.ann, "photos.addTag", &tag).await, true);
        circle.world.clock.advance(1000);
    }
    let bob = ("subj_id", "1240078");
    let all = format!("{one},{two},{three}");
    assert_eq!(circle.pids(&circle.ann, &[bob]).await, [three.clone(), two.clone()]);
    assert_eq!(circle.pids(&circle.ann, &[bob, ("aid", &aid)]).await, std::slice::from_ref(&two));
    assert_eq!(circle.pids(&circle.ann, &[bob, ("pids", &all)]).await, [two.clone(), three.clone()]);
    assert_eq!(circle.pids(&circle.ann, &[("aid", &aid), ("pids", &all)]).await, [one.clone(), two.clone()]);
    assert_eq!(circle.pids(&circle.ann, &[bob, ("aid", &other), ("pids", &all)]).await, std::slice::from_ref(&three));
    assert_eq!(circle.pids(&circle.eve, &[bob]).await, [""; 0]);
    assert_eq!(circle.pids(&circle.ann, &[("subj_id", "1240099")]).await, [""; 0]);
    assert_eq!(circle.pids(&circle.ann, &[("pids", &format!("{ANN}_{one}"))]).await, [one]);
}

#[tokio::test]
async fn without_the_permission_a_photo_waits_and_can_be_tagged_meanwhile() {
    let circle = Circle::new().await;
    let photo = circle.upload(&circle.ann, &[], &picture()).await;
    let (pid, aid) = (text(&photo, "pid"), text(&photo, "aid"));
    assert_eq!(circle.pids(&circle.ann, &[("aid", &aid)]).await, std::slice::from_ref(&pid));
    assert_eq!(circle.pids(&circle.bob, &[("aid", &aid)]).await, [""; 0]);
    assert_eq!(code(&circle.ask(&circle.bob, "photos.get", &[("pids", &pid)]).await), 221);
    let album = &circle.ask(&circle.ann, "photos.getAlbums", &[]).await[0];
    assert_eq!((&album["name"], &album["type"]), (&json!("Web Photos"), &json!("app")));
    let tag = [("pid", pid.as_str()), ("tag_text", "the dog"), ("x", "20"), ("y", "80")];
    assert_eq!(circle.ask(&circle.ann, "photos.addTag", &tag).await, true);
    circle.world.services.approve_photos(ANN, &[Id(pid.parse().unwrap())]).await.unwrap();
    assert_eq!(circle.pids(&circle.bob, &[("pids", &pid)]).await, std::slice::from_ref(&pid));
    assert_eq!(code(&circle.ask(&circle.ann, "photos.addTag", &tag).await), 323);
}

#[tokio::test]
async fn tags_are_answered_in_one_list_with_names_of_today() {
    let circle = Circle::granting("publish_stream").await;
    let aid = circle.album().await;
    let (one, two) = (circle.photo(&aid).await, circle.photo(&aid).await);
    let tags = json!([{"x": 65.4, "y": "16.9", "tag_uid": "1240078"}, {"x": 20, "y": 80.0, "tag_text": "the dog"},
        {"x": "1", "y": 2, "tag_uid": 1_240_077, "tag_text": "passed over"}]);
    assert_eq!(circle.ask(&circle.ann, "photos.addTag", &[("pid", &one), ("tags", &tags.to_string())]).await, true);
    let single = [("pid", two.as_str()), ("tag_uid", "1240078"), ("tag_text", "passed over"), ("x", "0"), ("y", "100")];
    assert_eq!(circle.ask(&circle.ann, "photos.addTag", &single).await, true);
    let both = format!("{one},{two}");
    let expected = json!([
        {"pid": one, "subject": BOB, "text": "Bob", "xcoord": 65.4, "ycoord": 16.9, "created": BEGINNING},
        {"pid": one, "text": "the dog", "xcoord": 20, "ycoord": 80, "created": BEGINNING},
        {"pid": one, "subject": ANN, "text": "Ann", "xcoord": 1, "ycoord": 2, "created": BEGINNING},
        {"pid": two, "subject": BOB, "text": "Bob", "xcoord": 0, "ycoord": 100, "created": BEGINNING},
    ]);
    assert_eq!(circle.ask(&circle.bob, "photos.getTags", &[("pids", &both)]).await, expected);
    // Gone, but not swept yet.
    circle.world.services.graph.remove_person(BOB).await.unwrap();
    let left = circle.ask(&circle.ann, "photos.getTags", &[("pids", &both)]).await;
    assert_eq!(left.as_array().unwrap().len(), 2, "{left}");
    assert_eq!(circle.pids(&circle.ann, &[("subj_id", "1240078")]).await, [""; 0]);
}

#[tokio::test]
async fn every_wrong_tag_has_its_error() {
    let circle = Circle::granting("publish_stream").await;
    let aid = circle.album().await;
    let pid = circle.photo(&aid).await;
    let bobs = text(&circle.upload(&circle.bob, &[], &picture()).await, "pid");
    let cases: [(u64, Given); 18] = [
        (100, &[("tag_uid", "1240078"), ("x", "1"), ("y", "1")]),
        (121, &[("pid", "map"), ("tag_uid", "1240078"), ("x", "1"), ("y", "1")]),
        (121, &[("pid", "999"), ("tag_uid", "1240078"), ("x", "1"), ("y", "1")]),
        (121, &[("pid", "1240077"), ("tag_uid", "1240078"), ("x", "1"), ("y", "1")]),
        (221, &[("pid", &bobs), ("tag_uid", "1240078"), ("x", "1"), ("y", "1")]),
        (100, &[("pid", &pid), ("x", "1"), ("y", "1")]),
        (100, &[("pid", &pid), ("tag_text", " "), ("x", "1"), ("y", "1")]),
        (100, &[("pid", &pid), ("tag_text", "a"), ("y", "1")]),
        (100, &[("pid", &pid), ("tag_text", "a"), ("x", "100.5"), ("y", "1")]),
        (100, &[("pid", &pid), ("tag_text", "a"), ("x", "1"), ("y", "-1")]),
        (144, &[("pid", &pid), ("tags", "[{")]),
        (144, &[("pid", &pid), ("tags", "{}")]),
        (100, &[("pid", &pid), ("tags", "[]")]),
        (100, &[("pid", &pid), ("tags", "[1]")]),
        (100, &[("pid", &pid), ("tags", "[{\"x\":1,\"y\":1}]")]),
        (100, &[("pid", &pid), ("tags", "[{\"x\":1,\"y\":1,\"tag_uid\":\"bob\"}]")]),
        (322, &[("pid", &pid), ("tag_uid", "1240090"), ("x", "1"), ("y", "1")]),
        (322, &[("pid", &pid), ("tag_uid", "18446744073709551615"), ("x", "1"), ("y", "1")]),
    ];
    for (expected, args) in cases {
        let answer = circle.ask(&circle.ann, "photos.addTag", args).await;
        assert_eq!(code(&answer), expected, "{args:?}: {answer}");
    }
    let many: Vec<Value> = (0..51).map(|n| json!({"x": 1, "y": 1, "tag_text": n.to_string()})).collect();
    let many = json!(many).to_string();
    assert_eq!(code(&circle.ask(&circle.ann, "photos.addTag", &[("pid", &pid), ("tags", &many)]).await), 100);
    assert_eq!(circle.ask(&circle.ann, "photos.getTags", &[("pids", &pid)]).await, json!([]), "nothing of all that");
}

#[tokio::test]
async fn what_is_asked_wrongly_has_its_error() {
    let circle = Circle::new().await;
    let long = (0..1001).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let cases: [(&str, u64, Given); 15] = [
        ("photos.get", 100, &[]),
        ("photos.get", 100, &[("pids", "[]")]),
        ("photos.get", 100, &[("subj_id", "ann")]),
        ("photos.get", 120, &[("aid", "maps")]),
        ("photos.get", 120, &[("aid", "999")]),
        ("photos.get", 121, &[("pids", "1,x")]),
        ("photos.get", 121, &[("pids", "999")]),
        ("photos.get", 100, &[("pids", &long)]),
        ("photos.getAlbums", 120, &[("aids", "maps")]),
        ("photos.getAlbums", 100, &[("aids", &long)]),
        ("photos.getTags", 100, &[]),
        ("photos.getTags", 121, &[("pids", "[\"x\"]")]),
        ("photos.getTags", 121, &[("pids", "999")]),
        ("photos.createAlbum", 100, &[]),
        ("photos.createAlbum", 100, &[("name", "A"), ("visible", "nobody")]),
    ];
    for (method, expected, args) in cases {
        let answer = circle.ask(&circle.ann, method, args).await;
        assert_eq!(code(&answer), expected, "{method} {args:?}: {answer}");
    }
    assert_eq!(circle.world.code(By::App(&circle.world.web), "photos.getAlbums", &[]).await, 100);
    assert_eq!(circle.ask(&circle.ann, "photos.getAlbums", &[("aids", "999")]).await, json!([]));
}

#[tokio::test]
async fn every_upload_that_fails_has_its_error_and_leaves_nothing() {
    let circle = Circle::new().await;
    let aid = circle.album().await;
    let bobs = text(&circle.ask(&circle.bob, "photos.createAlbum", &[("name", "B")]).await, "aid");
    let long = "x".repeat(10_001);
    let cases: [(u64, Given, &[u8]); 7] = [
        (324, &[], b""),
        (324, &[("aid", &aid)], b"no picture"),
        (324, &[], &picture()[..100]),
        (120, &[("aid", "maps")], &picture()),
        (120, &[("aid", "999")], &picture()),
        (220, &[("aid", &bobs)], &picture()),
        (100, &[("caption", &long)], &picture()),
    ];
    for (expected, args, file) in &cases {
        let answer = circle.upload(&circle.ann, args, file).await;
        assert_eq!(code(&answer), *expected, "{args:?}: {answer}");
    }
    // Without any file at all.
    assert_eq!(code(&circle.ask(&circle.ann, "photos.upload", &[]).await), 324);
    assert_eq!(circle.world.services.blobs.list(None, 10).await.unwrap(), [""; 0]);
    assert_eq!(circle.world.services.graph.intents().await.unwrap(), (0, 0));
    assert_eq!(circle.pids(&circle.ann, &[("aid", &aid)]).await, [""; 0]);
}

#[tokio::test]
async fn an_upload_is_no_entry_of_a_batch() {
    let circle = Circle::new().await;
    let world = &circle.world;
    let entry = world.sign(By::App(&world.web), "photos.upload", &[("session_key", &circle.ann), ("format", "JSON")]);
    let pairs =
        entry.iter().map(|(n, v)| (String::from_utf8_lossy(n).into_owned(), String::from_utf8_lossy(v).into_owned()));
    let entry = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let answer = world.json(By::App(&world.web), "batch.run", &[("method_feed", &json!([entry]).to_string())]).await;
    assert!(answer[0].as_str().unwrap().contains("953"), "{answer}");
}

#[tokio::test]
async fn the_server_acts_for_people_who_let_it_and_for_nobody_else() {
    let circle = Circle::granting("photo_upload").await;
    let world = &circle.world;
    let server = By::App(&world.web);
    let made = world.json(server, "photos.createAlbum", &[("name", "A"), ("uid", "1240077")]).await;
    assert_eq!(made["owner"], json!(ANN));
    let photo = world.upload(server, "photos.upload", &[("uid", "1240077")], &picture()).await;
    let pid = text(&photo, "pid");
    assert_eq!(circle.pids(&circle.eve, &[("pids", &pid)]).await, std::slice::from_ref(&pid), "it waits for nobody");
    let tag = [("pid", pid.as_str()), ("tag_text", "a"), ("x", "1"), ("y", "1")];
    for owner in ["owner_uid", "uid"] {
        let args: Vec<_> = tag.iter().copied().chain([(owner, "1240077")]).collect();
        assert_eq!(world.json(server, "photos.addTag", &args).await, true);
    }
    let ask = async |uid: &str| -> [u64; 3] {
        [
            world.code(server, "photos.createAlbum", &[("name", "A"), ("uid", uid)]).await,
            code(&world.upload(server, "photos.upload", &[("uid", uid)], &picture()).await),
            world.code(server, "photos.addTag", &[tag[0], tag[1], tag[2], tag[3], ("owner_uid", uid)]).await,
        ]
    };
    let granted = Permissions::parse("email").0;
    world.services.graph.withdraw(EVE, world.web.id, false).await.unwrap();
    world.services.graph.authorize(EVE, world.web.id, &granted).await.unwrap();
    assert_eq!(ask("1240090").await, [260; 3], "she uses the application, and lets it do less");
    assert_eq!(ask("999").await, [110; 3]);
    assert_eq!(world.code(server, "photos.createAlbum", &[("name", "A")]).await, 102);
    let secret = circle.ask(&circle.bob, "auth.promoteSession", &[]).await;
    let secret = secret.as_str().unwrap();
    let args = [("name", "A"), ("uid", "1240077"), ("session_key", circle.bob.as_str()), ("ss", "1")];
    assert_eq!(world.code(By::Session(&world.web, secret), "photos.createAlbum", &args).await, 200);
    let desktop = By::App(&world.desktop);
    assert_eq!(world.code(desktop, "photos.createAlbum", &[("name", "A"), ("uid", "1240077")]).await, 200);
}
