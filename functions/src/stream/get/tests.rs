//! Views of walls and of home: whose, what of them, and how a post looks.

use super::super::world::{CARL, Street, code};
use crate::tests::world::{ANN, BOB};
use reconnect_core::albums::Album;
use reconnect_core::attachment::{Attachment, Media};
use reconnect_core::disclosure::{Disclosure, Friends, Value as Choice};
use reconnect_core::kinds;
use reconnect_core::model::Person;
use reconnect_core::permission::Permissions;
use reconnect_core::photos::{Subject, Where};
use reconnect_core::post::{Post, story};
use reconnect_core::privacy::Audience;
use reconnect_store::{Batch, Id};
use serde_json::{Value, json};

const METHOD: &str = "stream.get";

fn messages(answer: &Value) -> Vec<&str> {
    let posts = answer["posts"].as_array().unwrap_or_else(|| panic!("{answer}"));
    posts.iter().map(|post| post["message"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_post_looks_as_the_schema_has_it() {
    let street = Street::new().await;
    let attachment = r#"{"name":"A map","href":"http://maps.example/1","caption":"maps.example","description":"Old.",
        "properties":{"Year":"1898"},"media":[{"type":"image","src":"http://img.example/m.png","href":"http://maps.example/1"}]}"#;
    let links = r#"[{"text":"See map","href":"http://maps.example/1"}]"#;
    let args = [("message", "Look & see"), ("attachment", attachment), ("action_links", links)];
    let post = street.ann("stream.publish", &args).await;
    let post = post.as_str().unwrap();
    let id = street.ann("stream.addComment", &[("post_id", post), ("comment", "Nice.")]).await;
    street.ann("stream.addLike", &[("post_id", post)]).await;
    let xml = street.xml(METHOD, &[]).await;
    let (_, number) = post.split_once('_').unwrap();
    let xml = xml.replace(id.as_str().unwrap(), "COMMENT").replace(post, "POST").replace(number, "NUMBER");
    insta::assert_snapshot!(xml);
    let json = street.ann(METHOD, &[]).await;
    let one = &json["posts"][0];
    assert_eq!((&one["type"], &one["target_id"], &one["attribution"]), (&json!("237"), &Value::Null, &json!("Web")));
    assert_eq!(one["app_data"]["attachment_data"], attachment);
    assert_eq!(one["likes"]["user_likes"], true);
}

#[tokio::test]
async fn a_bare_post_has_nil_and_empty_members() {
    let street = Street::new().await;
    street.post(BOB, ANN, Audience::AllFriends).await;
    let xml = street.xml(METHOD, &[("source_ids", &ANN.to_string())]).await;
    for part in ["<attribution xsi:nil=\"true\"/>", "<target_id>1240077</target_id>", "<attachment/>", "<app_data/>"] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    let json = street.ann(METHOD, &[]).await;
    assert_eq!((&json["posts"][0]["attachment"], &json["posts"][0]["action_links"]), (&json!({}), &Value::Null));
    let profiles: Vec<_> =
        json["profiles"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(profiles, ["Bob", "Ann"]);
}

#[tokio::test]
async fn a_view_shows_what_its_viewer_may_see() {
    let street = Street::new().await;
    street.post(BOB, BOB, Audience::AllFriends).await;
    street.post(CARL, CARL, Audience::Everyone).await;
    street.post(CARL, CARL, Audience::AllFriends).await;
    assert_eq!(messages(&street.ann(METHOD, &[]).await), ["1240078 on 1240078"], "home is of friends");
    let carl = CARL.to_string();
    assert_eq!(messages(&street.ann(METHOD, &[("source_ids", &carl)]).await).len(), 1);
    let both = format!("[{BOB},{CARL}]");
    assert_eq!(messages(&street.ann(METHOD, &[("source_ids", &both)]).await).len(), 2);
    let everybody = street.ann(METHOD, &[("viewer_id", "0"), ("source_ids", &both)]).await;
    assert_eq!((messages(&everybody).len(), &everybody["posts"][0]["viewer_id"]), (1, &json!(0)));
}

#[tokio::test]
async fn without_permission_a_wall_shows_what_is_for_everybody() {
    let street = Street::new().await;
    street.post(BOB, BOB, Audience::AllFriends).await;
    street.post(BOB, BOB, Audience::Everyone).await;
    street.grant(ANN, "publish_stream").await;
    let bob = BOB.to_string();
    assert_eq!(messages(&street.ann(METHOD, &[("source_ids", &bob)]).await).len(), 1);
    assert_eq!(code(&street.ann(METHOD, &[]).await), 612);
    assert_eq!(code(&street.ann(METHOD, &[("filter_key", "fl_7")]).await), 606);
}

#[tokio::test]
async fn whose_view_it_is_must_be_the_sessions_person_or_named_by_the_server() {
    let street = Street::new().await;
    street.post(BOB, BOB, Audience::AllFriends).await;
    let (ann, bob) = (ANN.to_string(), BOB.to_string());
    assert_eq!(code(&street.ann(METHOD, &[("viewer_id", &bob)]).await), 200);
    assert_eq!(messages(&street.ann(METHOD, &[("viewer_id", &ann)]).await).len(), 1);
    assert_eq!(code(&street.server(METHOD, &[]).await), 102);
    assert_eq!(messages(&street.server(METHOD, &[("viewer_id", &ann)]).await).len(), 1);
    assert_eq!(code(&street.server(METHOD, &[("viewer_id", &bob)]).await), 612, "Bob has granted nothing");
    let read = Permissions::parse("read_stream").0;
    street.world.services.graph.authorize(BOB, street.world.web.id, &read).await.unwrap();
    assert_eq!(messages(&street.server(METHOD, &[("viewer_id", &bob)]).await).len(), 1);
}

#[tokio::test]
async fn filters_limits_and_times_narrow_a_view() {
    let street = Street::new().await;
    for _ in 0..3 {
        street.post(BOB, ANN, Audience::AllFriends).await;
        street.post(ANN, ANN, Audience::AllFriends).await;
    }
    street.world.clock.advance(1000);
    street.ann("stream.publish", &[("message", "by program")]).await;
    let ann = ANN.to_string();
    let web = format!("app_{}", street.world.web.id);
    let count = async |args: &[(&str, &str)]| messages(&street.ann(METHOD, args).await).len();
    assert_eq!(count(&[]).await, 7);
    assert_eq!(count(&[("limit", "2")]).await, 2);
    assert_eq!(count(&[("limit", "0")]).await, 7);
    assert_eq!(count(&[("filter_key", &web)]).await, 1);
    assert_eq!(count(&[("source_ids", &ann), ("filter_key", "owner")]).await, 4);
    assert_eq!(count(&[("source_ids", &ann), ("filter_key", "others")]).await, 3);
    let (late, soon) = ("1234567896", "1234567892");
    assert_eq!(count(&[("start_time", late)]).await, 2);
    assert_eq!(count(&[("end_time", soon)]).await, 2);
    assert_eq!(count(&[("start_time", "0"), ("end_time", "0")]).await, 7, "clients send 0 for none");
    let told = street.ann(METHOD, &[("filter_key", "nf"), ("metadata", r#"["albums"]"#)]).await;
    assert_eq!((&told["posts"][0]["filter_key"], &told["profiles"]), (&json!("nf"), &json!([])));
}

/// An album of Bob's and the story of a photo in it; the album's id.
async fn photos_of_bob(street: &Street, id: u64, audience: Audience, story_for: Audience) -> String {
    let graph = &street.world.services.graph;
    let privacy = Disclosure::from(audience);
    let album = Album { id: Id(id), owner: BOB, name: "Maps & more".to_owned(), privacy, ..Album::default() };
    let album = graph.create_album(album).await.unwrap();
    let (src, href) = ("/photos/5_s.jpg".to_owned(), "/photo.php?pid=5".to_owned());
    let photo = Media::Photo { pid: 5, aid: id, owner: BOB.0, src, href, index: 1, width: 64, height: 48 };
    let attachment = Attachment {
        name: album.name.clone(),
        media: vec![photo],
        fb_object_type: "album".to_owned(),
        fb_object_id: album.id.to_string(),
        ..Attachment::default()
    };
    let (attachment, privacy) = (Some(attachment), story_for.into());
    let post = Post { actor: BOB, owner: BOB, kind: story::PHOTOS, privacy, attachment, ..Post::default() };
    street.world.clock.advance(1000);
    graph.publish(post, |_, _| Ok(())).await.unwrap();
    album.aid()
}

#[tokio::test]
async fn the_albums_of_photos_stand_beside_their_posts() {
    let street = Street::new().await;
    let (friends, all) = (Audience::AllFriends, Audience::Everyone);
    let aid = photos_of_bob(&street, 71, friends, friends).await;
    let one = street.ann(METHOD, &[]).await;
    assert_eq!(one["posts"][0]["attachment"]["media"][0]["photo"]["aid"], json!(aid));
    assert_eq!(one["albums"], street.ann("photos.getAlbums", &[("aids", &aid)]).await, "as photos.getAlbums has it");
    let xml = street.xml(METHOD, &[("metadata", r#"["albums"]"#)]).await;
    insta::assert_snapshot!(xml.split_once("</posts>").unwrap().1);
    // A second album was shown to everybody when its story was told, and is now for Bob alone.
    photos_of_bob(&street, 72, Audience::Myself, all).await;
    photos_of_bob(&street, 73, all, all).await;
    let aids = |told: &Value| -> Vec<String> {
        let albums = told["albums"].as_array().unwrap_or_else(|| panic!("{told}"));
        albums.iter().map(|one| one["aid"].as_str().unwrap().to_owned()).collect()
    };
    let bob = BOB.to_string();
    let of_bob = ("source_ids", bob.as_str());
    assert_eq!(aids(&street.ann(METHOD, &[of_bob]).await), ["73", "71"]);
    let everybodys = street.ann(METHOD, &[of_bob, ("viewer_id", "0")]).await;
    assert_eq!((aids(&everybodys), messages(&everybodys).len()), (vec!["73".to_owned()], 2));
    for (metadata, albums, profiles) in [("profiles", 0, 1), (r#"["profiles","albums"]"#, 2, 1), ("photo_tags", 0, 0)] {
        let told = street.ann(METHOD, &[of_bob, ("metadata", metadata)]).await;
        let profiles_told = told["profiles"].as_array().map(Vec::len);
        assert_eq!((aids(&told).len(), profiles_told), (albums, Some(profiles)), "{metadata}");
    }
    street.grant(ANN, "publish_stream").await;
    assert_eq!(aids(&street.ann(METHOD, &[of_bob]).await), ["73"], "what everybody may see");
}

#[tokio::test]
async fn who_is_seen_on_photos_is_told_where_it_is_asked_for() {
    let street = Street::new().await;
    let (graph, friends) = (&street.world.services.graph, Audience::AllFriends);
    photos_of_bob(&street, 71, friends, Audience::Everyone).await;
    let photo = json!({"owner": BOB, "album": 71}).to_string().into_bytes();
    let mut batch = Batch::new();
    batch.create(Id(5), kinds::PHOTO, photo);
    graph.commit(batch).await.unwrap();
    let photo = graph.photos(&[Id(5)]).await.unwrap().remove(0).unwrap();
    let place = Where { x: 65.4, y: 20.0 };
    let tags = [Subject::Person(ANN), Subject::Text("a dog".to_owned())].map(|subject| (subject, place));
    graph.tag_photo(&photo, &tags.into_iter().collect()).await.unwrap();
    let bob = BOB.to_string();
    let tags = async |args: &[(&str, &str)]| {
        let args = [&[("source_ids", bob.as_str())], args].concat();
        street.ann(METHOD, &args).await["photo_tags"].clone()
    };
    let asked = ("metadata", r#"["photo_tags"]"#);
    assert_eq!(tags(&[asked]).await, street.ann("photos.getTags", &[("pids", "5")]).await);
    assert_eq!(tags(&[asked]).await.as_array().map(Vec::len), Some(2));
    assert_eq!((tags(&[]).await, tags(&[("metadata", "albums")]).await), (Value::Null, Value::Null));
    assert_eq!(tags(&[asked, ("viewer_id", "0")]).await, json!([]), "the album is for friends");
}

#[tokio::test]
async fn the_authors_name_stands_for_its_token_in_a_caption() {
    let street = Street::new().await;
    let attachment = r#"{"name":"A map","caption":"{*actor*} drew this, says {*actor*}"}"#;
    street.ann("stream.publish", &[("attachment", attachment)]).await;
    let one = street.ann(METHOD, &[]).await["posts"][0].clone();
    assert_eq!(one["attachment"]["caption"], "Ann drew this, says Ann");
    assert_eq!(one["app_data"]["attachment_data"], attachment, "word for word");
}

#[tokio::test]
async fn whom_a_post_names_is_told_as_far_as_they_may_be_known() {
    let street = Street::new().await;
    let graph = &street.world.services.graph;
    let (id, email) = (Id(1_240_090), "h@example.com".to_owned());
    let hidden = Person { id, first_name: "Hal".to_owned(), email, opted_out: true, ..Person::default() };
    graph.create_person(hidden, None).await.unwrap();
    for (actor, allow) in [(ANN, BOB), (BOB, ANN)] {
        let privacy = Disclosure {
            value: Choice::Custom,
            friends: Some(Friends::SomeFriends),
            allow: vec![allow.0],
            deny: vec![CARL.0],
            ..Disclosure::default()
        };
        let mentioned = vec![allow, id, Id(99)];
        street.world.clock.advance(1000);
        let post = Post { actor, owner: actor, kind: story::STATUS, privacy, mentioned, ..Post::default() };
        graph.publish(post, |_, _| Ok(())).await.unwrap();
    }
    let told = street.ann(METHOD, &[]).await;
    let part = |at: usize, name: &str| told["posts"][at][name].clone();
    assert_eq!((part(0, "tagged_ids"), part(1, "tagged_ids")), (json!([ANN.0]), json!([BOB.0])));
    let (bobs, anns) = (part(0, "privacy"), part(1, "privacy"));
    assert_eq!((&bobs["value"], &bobs["friends"]), (&json!("CUSTOM"), &json!("SOME_FRIENDS")));
    assert_eq!((&bobs["allow"], &bobs["deny"]), (&json!([]), &json!([])), "whom Bob hides it from is his own affair");
    assert_eq!((&anns["allow"], &anns["deny"]), (&json!([BOB.to_string()]), &json!([CARL.to_string()])));
}

#[tokio::test]
async fn what_a_viewer_may_do_under_a_post_is_told() {
    let street = Street::new().await;
    for (actor, owner) in [(ANN, ANN), (ANN, BOB), (BOB, ANN), (BOB, BOB)] {
        street.post(actor, owner, Audience::AllFriends).await;
    }
    let walls = format!("{ANN},{BOB}");
    let args = [("source_ids", walls.as_str())];
    let may = |told: &Value| -> Vec<[bool; 3]> {
        let flags = |post: &Value| {
            let (comments, likes) = (&post["comments"], &post["likes"]);
            [&comments["can_remove"], &comments["can_post"], &likes["can_like"]].map(|one| one.as_bool().unwrap())
        };
        told["posts"].as_array().unwrap().iter().map(flags).collect()
    };
    let all = vec![[false, true, true], [true; 3], [true; 3], [true; 3]];
    assert_eq!(may(&street.ann(METHOD, &args).await), all);
    let ann = ANN.to_string();
    let by_server = [args[0], ("viewer_id", ann.as_str())];
    assert_eq!(may(&street.server(METHOD, &by_server).await), all, "the server may act for her");
    street.grant(ANN, "read_stream").await;
    assert_eq!(may(&street.ann(METHOD, &args).await), [[false; 3]; 4]);
}

#[tokio::test]
async fn what_is_wrong_with_the_arguments_is_told() {
    let street = Street::new().await;
    for args in [
        [("limit", "-1")],
        [("limit", "many")],
        [("start_time", "yesterday")],
        [("filter_key", "x")],
        [("filter_key", "owner")],
        [("filter_key", "fl_99")],
        [("viewer_id", "me")],
    ] {
        assert_eq!(code(&street.ann(METHOD, &args).await), 100, "{args:?}");
    }
}
