//! Both methods: what is taken, what is not and why, and who sees what came of it.

use crate::tests::world::{ANN, BEGINNING, By, World};
use reconnect_core::permission::Permissions;
use reconnect_core::{Settings, post::story};
use reconnect_store::{Id, Key};
use reconnect_wire::Limits;
use serde_json::{Value, json};

/// A file that plays for so many seconds.
fn mp4(seconds: u32) -> Vec<u8> {
    let boxed =
        |name: &[u8; 4], content: &[u8]| [&((content.len() + 8) as u32).to_be_bytes()[..], name, content].concat();
    let head = [&[0; 12][..], &1_u32.to_be_bytes(), &seconds.to_be_bytes(), &[0; 80]].concat();
    [boxed(b"ftyp", b"isom"), boxed(b"moov", &boxed(b"mvhd", &head)), boxed(b"mdat", &[7; 100])].concat()
}

async fn granted(permission: &str, settings: Settings) -> (World, String) {
    let world = World::under(settings, |_| ()).await;
    world.services.graph.authorize(ANN, world.web.id, &Permissions::parse(permission).0).await.unwrap();
    let key = world.session(&world.web).await.key;
    (world, key)
}

async fn upload(world: &World, key: &str, args: &[(&str, &str)], file: &[u8]) -> Value {
    let args: Vec<_> = [("session_key", key)].iter().chain(args).copied().collect();
    world.upload(By::App(&world.web), "video.upload", &args, file).await
}

#[tokio::test]
async fn a_video_is_kept_as_it_came_with_a_picture_and_a_story() {
    let (world, key) = granted("publish_stream", Settings::default()).await;
    let long = "x".repeat(70);
    let args = [("title", long.as_str()), ("description", "A <trip>"), ("privacy", r#"{"value":"ALL_FRIENDS"}"#)];
    let answer = upload(&world, &key, &args, &mp4(42)).await;
    let vid = answer["vid"].as_u64().unwrap_or_else(|| panic!("{answer}"));
    let thumbnail = answer["thumbnail_link"].as_str().unwrap();
    let file = thumbnail.replace("_s.jpg", ".mp4");
    let mut expected = json!({"vid": vid, "title": "x".repeat(65), "description": "A <trip>",
        "link": format!("http://site.example/video/video.php?v={vid}"), "owner": ANN, "thumbnail_link": thumbnail,
        "created_time": BEGINNING, "updated_time": BEGINNING, "length": 42});
    expected["embed_html"] =
        json!(format!("<video controls=\"controls\" width=\"400\" poster=\"{thumbnail}\" src=\"{file}\"></video>"));
    assert_eq!(answer, expected);
    let blobs = &world.services.blobs;
    let stored = async |address: &str| {
        blobs.get(address.strip_prefix("http://site.example/").unwrap(), None).await.unwrap().unwrap()
    };
    assert_eq!(stored(&file).await.bytes, mp4(42));
    assert!(stored(thumbnail).await.bytes.starts_with(b"\xff\xd8\xff"));
    let graph = &world.services.graph;
    let seen = graph.content_shown_one(None, Id(vid)).await.unwrap();
    assert!(seen.is_none(), "it is for friends");
    let page = graph.range(&reconnect_store::Range::newest(ANN, reconnect_core::kinds::WALL, 9)).await.unwrap();
    let post = graph.post(page.entries[0].to).await.unwrap().unwrap();
    assert_eq!((post.kind, post.actor), (story::VIDEO, ANN));
    let intent = graph.remove_person(ANN).await.unwrap().unwrap();
    world.services.carry_out(intent).await;
    assert_eq!(blobs.list(None, 9).await.unwrap(), [""; 0]);
    assert!(matches!(graph.get(&[Key::Object(Id(vid))]).await.unwrap()[0], reconnect_store::Found::Object(None)));
}

/// An error, the arguments and the file that lead to it.
type Case<'a> = (u64, &'a [(&'a str, &'a str)], Vec<u8>);

#[tokio::test]
async fn every_video_that_is_not_taken_has_its_error() {
    let limits = Limits { video: 1000, ..Limits::default() };
    let (world, key) =
        granted("video_upload", Settings { limits, tokens_over_http: true, ..Settings::default() }).await;
    let code = |answer: &Value| answer["error_code"].as_u64().unwrap_or(0);
    let long = "x".repeat(60_001);
    let cases: [Case<'_>; 8] = [
        (0, &[], mp4(120)),
        (350, &[], [mp4(1), vec![0; 1000]].concat()),
        (350, &[], mp4(121)),
        (351, &[], mp4(1)[..150].to_vec()),
        (352, &[], b"this is no film".to_vec()),
        (353, &[], Vec::new()),
        (100, &[("description", &long)], mp4(1)),
        (100, &[("privacy", r#"{"value":"NOBODY"}"#)], mp4(1)),
    ];
    for (expected, args, file) in cases {
        let answer = upload(&world, &key, args, &file).await;
        assert_eq!(code(&answer), expected, "{args:?} {answer}");
    }
    assert_eq!(world.code(By::App(&world.web), "video.upload", &[("session_key", &key)]).await, 353);
    assert_eq!(world.code(By::App(&world.web), "video.upload", &[]).await, 102);
    let (world, key) = granted("email", Settings::default()).await;
    assert_eq!(code(&upload(&world, &key, &[], &mp4(1)).await), 261);
    assert_eq!(world.services.blobs.list(None, 9).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn limits_are_those_of_the_person_and_of_the_server() {
    let (world, key) = granted("", Settings::default()).await;
    let by = By::App(&world.web);
    let answer = world.json(by, "video.getUploadLimits", &[("session_key", &key)]).await;
    assert_eq!(answer, json!({"length": 120, "size": 64 << 20}));
    assert_eq!(world.code(by, "video.getUploadLimits", &[]).await, 102);
    let limits = Limits { video: 2 << 30, ..Limits::default() };
    let (world, key) = granted("", Settings { limits, ..Settings::default() }).await;
    let answer = world.json(By::App(&world.web), "video.getUploadLimits", &[("session_key", &key)]).await;
    assert_eq!(answer, json!({"length": 120, "size": 100_000_000}));
}
