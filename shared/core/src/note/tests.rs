//! Notes on a graph.

use super::*;
use crate::error::invalid;
use crate::model::Person;
use reconnect_store::{ManualClock, StoreExt, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const ANN: Id = Id(11);
const APP: Id = Id(20);

async fn graph() -> (Graph, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
    let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
    let email = "ann@example.com".to_owned();
    let person = Person { id: ANN, first_name: "Ann".to_owned(), email, ..Person::default() };
    graph.create_person(person, None).await.unwrap();
    (graph, clock)
}

fn note(title: &str) -> Note {
    let content = format!("<p>About <b>{title}</b> &amp; more.</p><p>Second</p>");
    Note { owner: ANN, app: Some(APP), title: title.to_owned(), content, ..Note::default() }
}

#[tokio::test]
async fn a_note_and_its_story_come_together_and_go_together() {
    let (graph, _) = graph().await;
    let made = graph.create_note(note("Maps")).await.unwrap();
    assert_eq!(graph.note(made.id).await.unwrap().as_ref(), Some(&made));
    assert_eq!((made.created, made.updated), (1_800_000_000_000, 1_800_000_000_000));
    let story = graph.post(made.post.unwrap()).await.unwrap().unwrap();
    assert_eq!((story.kind, story.actor, story.owner, story.app), (story::NOTE, ANN, ANN, Some(APP)));
    let attachment = story.attachment.unwrap();
    assert_eq!((attachment.name.as_str(), attachment.description.as_str()), ("Maps", "About Maps & more. Second"));
    assert_eq!((attachment.fb_object_type.as_str(), attachment.fb_object_id), ("note", made.id.to_string()));
    assert_eq!(graph.store().count(ANN, kinds::NOTES).await.unwrap(), 1);

    let mut batch = Batch::new();
    batch.keep(made.id, kinds::COMMENT, Id(5), 1, Vec::new());
    batch.keep(made.id, kinds::LIKED_BY, ANN, 1, Vec::new()).keep(ANN, kinds::LIKES, made.id, 1, Vec::new());
    graph.commit(batch).await.unwrap();
    assert!(graph.delete_note(made.id, |_| Err(invalid("no"))).await.is_err());
    assert!(graph.note(made.id).await.unwrap().is_some() && graph.post(story.id).await.unwrap().is_some());
    let intent = graph.delete_note(made.id, |_| Ok(())).await.unwrap().unwrap();
    assert_eq!(graph.note(made.id).await.unwrap(), None);
    assert_eq!(graph.post(story.id).await.unwrap(), None);
    assert_eq!(graph.store().count(ANN, kinds::NOTES).await.unwrap(), 0);
    let crate::intent::Work::Removed { things } = &intent.work else { panic!("{intent:?}") };
    graph.sweep(things).await.unwrap();
    assert_eq!(graph.store().count(made.id, kinds::COMMENT).await.unwrap(), 0);
    assert_eq!(graph.store().assoc(ANN, kinds::LIKES, made.id).await.unwrap(), None);
    assert_eq!(graph.delete_note(made.id, |_| Ok(())).await.unwrap(), None, "the second time");
}

#[tokio::test]
async fn a_note_goes_whether_its_story_is_there_or_not() {
    let (graph, _) = graph().await;
    let made = graph.create_note(note("Maps")).await.unwrap();
    graph.unpublish(made.post.unwrap(), &[], |_| Ok(())).await.unwrap();
    graph.delete_note(made.id, |_| Ok(())).await.unwrap().unwrap();
    assert_eq!(graph.note(made.id).await.unwrap(), None);
}

#[tokio::test]
async fn notes_are_listed_newest_first_with_times_and_ids_of_ones_own() {
    let (graph, clock) = graph().await;
    let old = graph.create_note(Note { id: Id(5500), created: 1_240_000_000_000, ..note("Old") }).await.unwrap();
    assert_eq!((old.id, old.created, old.updated), (Id(5500), 1_240_000_000_000, 1_240_000_000_000));
    let (a, _) = (graph.create_note(note("A")).await.unwrap(), clock.advance(1000));
    let b = graph.create_note(note("B")).await.unwrap();
    assert_eq!(graph.notes_of(ANN).await.unwrap(), [b.clone(), a.clone(), old]);
    assert_eq!(graph.notes(&[a.id, ANN, Id(99), b.id]).await.unwrap(), [a, b]);
    let taken = graph.create_note(Note { id: Id(5500), ..note("Again") }).await;
    assert!(taken.is_err());
    while graph.clear_notes(ANN).await.unwrap() == Swept::More {}
    assert!(graph.notes_of(ANN).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_note_is_written_anew_by_whoever_may() {
    let (graph, clock) = graph().await;
    let made = graph.create_note(note("Maps")).await.unwrap();
    clock.advance(5000);
    let edited = graph.edit_note(made.id, "Atlas", "x", |_| Ok(())).await.unwrap().unwrap();
    assert_eq!((edited.created, edited.updated), (made.created, made.created + 5000));
    assert_eq!(graph.note(made.id).await.unwrap().unwrap(), edited);
    assert!(graph.edit_note(made.id, "No", "x", |_| Err(invalid("no"))).await.is_err());
    assert_eq!(graph.note(made.id).await.unwrap().unwrap().title, "Atlas");
    assert_eq!(graph.edit_note(Id(99), "No", "x", |_| Ok(())).await.unwrap(), None);
}

#[test]
fn an_excerpt_is_short_plain_text() {
    assert_eq!(excerpt("<p>a<br>b</p>  c &lt;d&gt;"), "a b c <d>");
    let long = excerpt(&"wörter ".repeat(100));
    assert!(long.ends_with('…') && long.chars().count() <= EXCERPT + 1, "{long}");
}
