//! What is published where, for whom, and what is refused.

use super::super::world::{CARL, Street, code};
use crate::tests::world::{ANN, BOB};
use reconnect_core::privacy::Audience;
use reconnect_store::{Batch, Id};
use serde_json::{Value, json};

const METHOD: &str = "stream.publish";

/// What was published last; the next one comes a second later.
async fn newest(street: &Street, wall: Id) -> Value {
    street.world.clock.advance(1000);
    street.ann("stream.get", &[("source_ids", &wall.to_string())]).await["posts"][0].clone()
}

#[tokio::test]
async fn a_bare_message_becomes_the_status() {
    let street = Street::new().await;
    let id = street.ann(METHOD, &[("message", "is here")]).await;
    let post = newest(&street, ANN).await;
    assert_eq!((&post["post_id"], &post["type"], &post["message"]), (&id, &json!("46"), &json!("is here")));
    assert_eq!(post["privacy"]["value"], "ALL_FRIENDS", "as Ann's status is");
    let status = street.world.services.graph.status(ANN).await.unwrap().unwrap();
    assert_eq!(status.message, "is here");
    street.ann(METHOD, &[("message", "map"), ("attachment", r#"{"name":"x"}"#)]).await;
    let status = street.world.services.graph.status(ANN).await.unwrap().unwrap();
    assert_eq!(status.message, "is here", "what carries something is none");
}

#[tokio::test]
async fn friends_write_on_each_others_walls() {
    let street = Street::new().await;
    let (bob, carl) = (BOB.to_string(), CARL.to_string());
    let id = street.ann(METHOD, &[("message", "Hi"), ("target_id", &bob)]).await;
    assert!(id.as_str().unwrap().starts_with(&format!("{bob}_")));
    let post = newest(&street, BOB).await;
    assert_eq!((&post["type"], &post["target_id"]), (&json!("56"), &json!(BOB.0)));
    assert_eq!(code(&street.ann(METHOD, &[("message", "Hi"), ("target_id", &carl)]).await), 200);
    assert_eq!(code(&street.ann(METHOD, &[("message", "Hi"), ("target_id", "99")]).await), 210);
    street.world.services.graph.block(CARL, ANN).await.unwrap();
    assert_eq!(code(&street.ann(METHOD, &[("message", "Hi"), ("target_id", &carl)]).await), 210);
    let own = street.ann(METHOD, &[("message", "Me"), ("target_id", &ANN.to_string())]).await;
    assert!(own.as_str().unwrap().starts_with(&format!("{ANN}_")));
}

#[tokio::test]
async fn a_post_is_shown_to_whom_its_author_says() {
    let street = Street::new().await;
    let custom = format!(r#"{{"value":"CUSTOM","friends":"SOME_FRIENDS","allow":"{CARL}"}}"#);
    for (privacy, value) in [(r#"{"value":"EVERYONE"}"#, "EVERYONE"), (r#"{"value":"SELF"}"#, "SELF")] {
        street.ann(METHOD, &[("message", "x"), ("privacy", privacy)]).await;
        assert_eq!(newest(&street, ANN).await["privacy"]["value"], value);
    }
    street.ann(METHOD, &[("message", "x"), ("privacy", &custom)]).await;
    let privacy = newest(&street, ANN).await["privacy"].clone();
    assert_eq!((&privacy["friends"], &privacy["allow"]), (&json!("SOME_FRIENDS"), &json!([CARL.to_string()])));
    for wrong in [r#"{"value":"NOBODY"}"#, "x", r#"{"value":"EVERYONE","deny":[7]}"#] {
        assert_eq!(code(&street.ann(METHOD, &[("message", "x"), ("privacy", wrong)]).await), 100, "{wrong}");
    }
    let other = [("message", "x"), ("privacy", r#"{"value":"SELF"}"#), ("target_id", "1240078")];
    assert_eq!(code(&street.ann(METHOD, &other).await), 100);
}

#[tokio::test]
async fn comments_of_a_post_can_be_an_applications_thread() {
    let street = Street::new().await;
    let attachment = r#"{"name":"A map","comments_xid":"map_1"}"#;
    let post = street.ann(METHOD, &[("attachment", attachment)]).await;
    street.ann("stream.addComment", &[("post_id", post.as_str().unwrap()), ("comment", "Nice.")]).await;
    let thread = street.ann("comments.get", &[("xid", "map_1")]).await;
    assert_eq!(thread[0]["text"], "Nice.", "{thread}");
    assert_eq!(newest(&street, ANN).await["comments"]["count"], 1);
    let wrong = [("attachment", r#"{"name":"A map","comments_xid":"a b"}"#)];
    assert_eq!(code(&street.ann(METHOD, &wrong).await), 1703);
}

#[tokio::test]
async fn what_is_wrong_is_told_and_nothing_is_posted() {
    let street = Street::new().await;
    let long = "x".repeat(10_001);
    for (args, expected) in [
        (&[][..], 100),
        (&[("message", " ")], 100),
        (&[("message", long.as_str())], 100),
        (&[("attachment", "[]")], 100),
        (&[("attachment", "{")], 144),
        (&[("attachment", r#"{"href":"javascript:x"}"#)], 100),
        (&[("message", "x"), ("action_links", "[{}]")], 100),
        (&[("message", "x"), ("action_links", "nonsense")], 144),
        (&[("message", "x"), ("uid", "99")], 200),
    ] {
        assert_eq!(code(&street.ann(METHOD, args).await), expected, "{:.80}", format!("{args:?}"));
    }
    assert_eq!(code(&street.server(METHOD, &[("message", "x")]).await), 102);
    street.grant(ANN, "read_stream").await;
    assert_eq!(code(&street.ann(METHOD, &[("message", "x")]).await), 200);
    street.grant(ANN, "read_stream").await;
    assert_eq!(street.ann("stream.get", &[]).await["posts"], json!([]));
}

#[tokio::test]
async fn a_page_posts_on_its_own_wall_by_who_administers_it_or_by_its_application() {
    let street = Street::new().await;
    let (page, graph) = (Id(77), &street.world.services.graph);
    let mut batch = Batch::new();
    batch.create(page, reconnect_core::kinds::PAGE, br#"{"name":"Band"}"#.to_vec());
    graph.commit(batch).await.unwrap();
    let post = [("message", "Tonight"), ("uid", "77")];
    assert_eq!(code(&street.ann(METHOD, &post).await), 200);
    assert_eq!(code(&street.server(METHOD, &post).await), 200);
    let mut batch = Batch::new();
    batch.link(ANN, reconnect_core::kinds::ADMIN_OF, page, 1, Vec::new());
    batch.link(page, reconnect_core::kinds::PAGE_APP, street.world.web.id, 1, Vec::new());
    graph.commit(batch).await.unwrap();
    assert_eq!(street.ann(METHOD, &post).await.as_str().map(|id| id.starts_with("77_")), Some(true));
    assert!(street.server(METHOD, &post).await.is_string());
    let elsewhere = [post[0], post[1], ("target_id", "1240078")];
    assert_eq!(code(&street.ann(METHOD, &elsewhere).await), 200);
    let shown = newest(&street, page).await;
    assert_eq!((&shown["actor_id"], &shown["privacy"]["value"]), (&json!(77), &json!("EVERYONE")));
    assert_eq!(Audience::Everyone, graph.wall_of(page).await.unwrap().unwrap().usual.audience());
}

#[tokio::test]
async fn a_desktop_program_acts_for_nobody_without_a_session() {
    let street = Street::new().await;
    let desktop = &street.world.desktop;
    let granted = reconnect_core::permission::Permissions::parse("publish_stream").0;
    street.world.services.graph.authorize(ANN, desktop.id, &granted).await.unwrap();
    let by = crate::tests::world::By::App(desktop);
    assert_eq!(street.world.code(by, METHOD, &[("message", "x"), ("uid", "1240077")]).await, 200);
}
