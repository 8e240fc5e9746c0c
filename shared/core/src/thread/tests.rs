//! A conversation of two and of many, and what each of them may see of it.

use super::*;
use crate::model::Person;
use crate::page::Page;
use crate::waiting::Waiting;
use reconnect_store::{ManualClock, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const ANN: Id = Id(11);
const BOB: Id = Id(12);
const CAT: Id = Id(13);
const START: i64 = 1_234_567_890;

async fn graph() -> (Graph, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Time::from_secs(START)));
    let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
    for id in [ANN, BOB, CAT] {
        let email = format!("{id}@example.com");
        let person = Person { id, first_name: id.to_string(), email, ..Person::default() };
        graph.create_person(person, None).await.unwrap();
    }
    (graph, clock)
}

fn message(author: Id, body: &str) -> Message {
    Message { author, body: body.to_owned(), ..Message::default() }
}

fn thread(recipients: &[Id]) -> Thread {
    Thread { subject: "Ducks".to_owned(), recipients: recipients.to_vec(), ..Thread::default() }
}

async fn unread(graph: &Graph, person: Id) -> Waiting {
    graph.waiting(person).await.unwrap()[0]
}

#[tokio::test]
async fn a_thread_goes_on_between_two_and_counts_what_is_unread() {
    let (graph, clock) = graph().await;
    let made = graph.begin_thread(thread(&[BOB]), &message(ANN, "See this")).await.unwrap();
    assert_eq!(made.recipients, [ANN, BOB]);
    assert_eq!(unread(&graph, BOB).await, Waiting { unread: 1, most_recent: START });
    assert_eq!(unread(&graph, ANN).await, Waiting::default(), "whoever wrote has read it");
    clock.advance(5000);
    assert_eq!(graph.reply_to_thread(made.id, &message(ANN, "And this")).await.unwrap(), 1);
    assert_eq!(unread(&graph, BOB).await, Waiting { unread: 2, most_recent: START + 5 });
    clock.advance(5000);
    assert_eq!(graph.reply_to_thread(made.id, &message(BOB, "Nice")).await.unwrap(), 2);
    assert_eq!((unread(&graph, BOB).await.unread, unread(&graph, ANN).await.unread), (0, 1), "who answers has read");
    let told = graph.threads(ANN, Folder::Inbox, 20, 0).await.unwrap();
    assert_eq!((told.len(), told[0].unread, told[0].count), (1, 1, 3));
    let bodies: Vec<_> =
        told[0].messages.iter().map(|one| (one.number, one.created - START, one.body.as_str())).collect();
    assert_eq!(bodies, [(0, 0, "See this"), (1, 5, "And this"), (2, 10, "Nice")]);
    assert!(graph.read_thread(ANN, Folder::Inbox, made.id).await.unwrap());
    assert!(!graph.read_thread(ANN, Folder::Inbox, made.id).await.unwrap());
    assert_eq!(unread(&graph, ANN).await.unread, 0);
    for person in [ANN, BOB] {
        assert_eq!(graph.threads(person, Folder::Sent, 20, 0).await.unwrap().len(), 1);
    }
    assert!(graph.threads(CAT, Folder::Inbox, 20, 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn threads_come_last_written_first_and_can_be_skipped() {
    let (graph, clock) = graph().await;
    let mut ids = Vec::new();
    for subject in ["one", "two", "three"] {
        let one = Thread { subject: subject.to_owned(), ..thread(&[BOB]) };
        ids.push(graph.begin_thread(one, &message(ANN, subject)).await.unwrap().id);
        clock.advance(1000);
    }
    graph.reply_to_thread(ids[0], &message(ANN, "again")).await.unwrap();
    let subjects = async |limit, offset| -> Vec<String> {
        let listed = graph.threads(BOB, Folder::Inbox, limit, offset).await.unwrap();
        listed.into_iter().map(|one| one.thread.subject).collect()
    };
    assert_eq!(subjects(20, 0).await, ["one", "three", "two"]);
    assert_eq!(subjects(1, 1).await, ["three"]);
    assert_eq!(subjects(20, 3).await, [""; 0]);
}

#[tokio::test]
async fn a_page_writes_to_people_and_nobody_answers() {
    let (graph, _) = graph().await;
    let page = Page { id: Id(70), name: "P".to_owned(), kind: "Film".to_owned(), ..Page::default() };
    graph.create_page(page).await.unwrap();
    let update = Thread { object: Id(70), ..thread(&[ANN, BOB]) };
    let made = graph.begin_thread(update, &message(Id(70), "New film")).await.unwrap();
    assert_eq!(graph.threads(ANN, Folder::Updates, 20, 0).await.unwrap()[0].unread, 1);
    assert!(graph.threads(ANN, Folder::Inbox, 20, 0).await.unwrap().is_empty());
    assert_eq!(unread(&graph, ANN).await.unread, 0, "updates are no messages");
    assert!(graph.reply_to_thread(made.id, &message(ANN, "Oh")).await.is_err());
    assert!(graph.read_thread(ANN, Folder::Updates, made.id).await.unwrap());
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let (graph, _) = graph().await;
    let send = async |to: &[Id], body: &str| graph.begin_thread(thread(to), &message(ANN, body)).await;
    assert!(send(&[], "x").await.is_err() && send(&[ANN], "x").await.is_err() && send(&[Id(9)], "x").await.is_err());
    assert!(send(&[BOB], " ").await.is_err() && send(&[BOB], &"x".repeat(MAX_BODY + 1)).await.is_err());
    let many: Vec<Id> = (100..121).map(Id).collect();
    assert!(send(&many, "x").await.is_err());
    let long = Thread { subject: "x".repeat(MAX_SUBJECT + 1), ..thread(&[BOB]) };
    assert!(graph.begin_thread(long, &message(ANN, "x")).await.is_err());
    let made = send(&[BOB], "x").await.unwrap();
    assert!(graph.reply_to_thread(made.id, &message(CAT, "x")).await.is_err());
    assert!(graph.reply_to_thread(Id(9), &message(ANN, "x")).await.is_err());
    graph.block(BOB, ANN).await.unwrap();
    assert!(send(&[BOB], "x").await.is_err());
}
