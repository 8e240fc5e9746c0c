//! Posts on a graph: what lists them, what one commit holds, and that a head never differs from its wall.

use super::*;
use crate::model::Person;
use reconnect_store::{ManualClock, Range, StoreExt, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const ANN: Id = Id(11);
const BOB: Id = Id(12);
const PAGE: Id = Id(13);

async fn graph() -> (Graph, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
    let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
    for id in [ANN, BOB] {
        let email = format!("{id}@example.com");
        let person = Person { id, first_name: id.to_string(), email, ..Person::default() };
        graph.create_person(person, None).await.unwrap();
    }
    let mut batch = Batch::new();
    batch.create(PAGE, kinds::PAGE, b"{}".to_vec());
    graph.commit(batch).await.unwrap();
    (graph, clock)
}

fn post(actor: Id, owner: Id, message: &str) -> Post {
    Post { actor, owner, kind: story::WALL, message: message.to_owned(), ..Post::default() }
}

async fn publish(graph: &Graph, post: Post) -> Post {
    graph.publish(post, |_, _| Ok(())).await.unwrap()
}

async fn listed(graph: &Graph, from: Id, kind: &'static reconnect_store::AssocKind) -> Vec<Id> {
    let page = graph.range(&Range::newest(from, kind, 100)).await.unwrap();
    page.entries.into_iter().map(|entry| entry.to).collect()
}

async fn head(graph: &Graph, owner: Id) -> Vec<Id> {
    graph.heads(&[owner]).await.unwrap().remove(0).1.posts.into_iter().map(|one| one.id).collect()
}

#[tokio::test]
async fn a_post_is_listed_everywhere_at_once_and_gone_everywhere_at_once() {
    let (graph, _) = graph().await;
    let made = publish(&graph, Post { mentioned: vec![BOB], ..post(ANN, BOB, "Hi") }).await;
    assert_eq!(graph.post(made.id).await.unwrap().unwrap(), made);
    assert_eq!(made.wire_id(), format!("12_{}", made.id));
    for (from, kind) in [(BOB, kinds::WALL), (ANN, kinds::POSTED), (BOB, kinds::MENTIONED)] {
        assert_eq!(listed(&graph, from, kind).await, [made.id], "{}", kind.name);
    }
    assert_eq!((head(&graph, BOB).await, head(&graph, ANN).await), (vec![made.id], vec![]));
    assert_eq!(graph.store().count(BOB, kinds::WALL).await.unwrap(), 1);
    graph.unpublish(made.id, &[], |_| Ok(())).await.unwrap();
    assert!(graph.post(made.id).await.unwrap().is_none());
    for (from, kind) in [(BOB, kinds::WALL), (ANN, kinds::POSTED), (BOB, kinds::MENTIONED)] {
        assert!(listed(&graph, from, kind).await.is_empty(), "{}", kind.name);
    }
    assert!(head(&graph, BOB).await.is_empty());
}

#[tokio::test]
async fn what_has_to_be_there_with_a_post_is_there_or_neither_is() {
    let (graph, _) = graph().await;
    let with = |post: &Post, batch: &mut Batch| {
        batch.link(ANN, kinds::NOTES, post.id, 1, Vec::new());
        batch.check_link(ANN, kinds::FRIEND, BOB, reconnect_store::batch::ExpectAssoc::Present);
        Ok(())
    };
    assert!(graph.publish(post(ANN, ANN, "x"), with).await.is_err());
    for kind in [kinds::WALL, kinds::NOTES, kinds::POSTED] {
        assert!(listed(&graph, ANN, kind).await.is_empty(), "{}", kind.name);
    }
    let refused = graph.publish(post(ANN, ANN, "x"), |_, _| Err(invalid("no"))).await;
    assert!(refused.is_err() && head(&graph, ANN).await.is_empty());
    assert!(graph.publish(post(ANN, Id(99), "x"), |_, _| Ok(())).await.is_err(), "nobody's wall");
}

#[tokio::test]
async fn a_head_holds_the_newest_of_nine_days_and_fills_up_from_the_wall() {
    let (graph, clock) = graph().await;
    let mut made = Vec::new();
    for n in 0..60 {
        clock.advance(1000);
        made.push(publish(&graph, post(ANN, ANN, &n.to_string())).await.id);
    }
    made.reverse();
    assert_eq!(head(&graph, ANN).await, made[..50]);
    graph.unpublish(made[3], &[], |_| Ok(())).await.unwrap();
    made.remove(3);
    assert_eq!(head(&graph, ANN).await, made[..50], "the fifty-first came in");
    clock.advance(10 * 86_400_000);
    let late = publish(&graph, post(ANN, ANN, "late")).await.id;
    assert_eq!(head(&graph, ANN).await, [late]);
}

#[tokio::test]
async fn what_fans_write_does_not_reach_other_fans() {
    let (graph, _) = graph().await;
    let own = publish(&graph, post(PAGE, PAGE, "News")).await.id;
    let fan = publish(&graph, post(ANN, PAGE, "Nice")).await.id;
    assert_eq!(head(&graph, PAGE).await, [own]);
    assert_eq!(listed(&graph, PAGE, kinds::WALL).await.len(), 2);
    assert_eq!(graph.wall_heads(PAGE, fan).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_newest_status_is_kept_and_goes_with_its_post() {
    let (graph, clock) = graph().await;
    let set = async |text: &str| {
        clock.advance(1000);
        graph.publish_status(post(ANN, BOB, text), |_, _| Ok(())).await.unwrap()
    };
    let (first, second) = (set("one").await, set("two").await);
    assert_eq!((first.owner, first.kind), (ANN, story::STATUS), "on one's own wall");
    assert_eq!(graph.status(ANN).await.unwrap().unwrap().message, "two");
    let ids = |statuses: Vec<(Post, u64)>| statuses.into_iter().map(|(post, _)| post.id).collect::<Vec<_>>();
    assert_eq!(ids(graph.statuses(ANN, 100).await.unwrap()), [second.id, first.id]);
    graph.unpublish(first.id, &[], |_| Ok(())).await.unwrap();
    assert_eq!(graph.status(ANN).await.unwrap().unwrap().id, second.id, "another one's");
    graph.unpublish(second.id, &[], |_| Ok(())).await.unwrap();
    assert!(graph.status(ANN).await.unwrap().is_none());
    set("three").await;
    assert!(graph.clear_status(ANN).await.unwrap() && !graph.clear_status(ANN).await.unwrap());
    assert_eq!(graph.statuses(ANN, 100).await.unwrap().len(), 1, "the post stays");
}

#[tokio::test]
async fn posts_of_many_at_once_all_stand_in_the_head() {
    let (graph, _) = graph().await;
    let writers = (0..4).map(|n| {
        let (graph, text) = (graph.clone(), n.to_string());
        tokio::spawn(async move { publish(&graph, post(BOB, ANN, &text)).await.id })
    });
    let mut ids = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        ids.push(writer.await.unwrap());
    }
    let mut heads = head(&graph, ANN).await;
    ids.sort();
    heads.sort();
    assert_eq!(heads, ids);
}

#[test]
fn a_posts_id_is_read_in_every_form() {
    for (text, id) in
        [("12_99", Some(99)), ("99", Some(99)), (" 99 ", Some(99)), ("12_", None), ("", None), ("12_0", None)]
    {
        assert_eq!(post_id(text), id.map(Id), "{text}");
    }
}
