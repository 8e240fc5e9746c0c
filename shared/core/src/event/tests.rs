//! Tests of events: who sees which, exact tallies, hundreds of invitations, and what is left when one is cancelled or somebody removed.

use super::*;
use crate::disclosure::Disclosure;
use crate::intent::Swept;
use crate::model::Person;
use crate::notification::Notification;
use crate::post::story;
use reconnect_store::{ManualClock, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const ANN: Id = Id(11);
const BOB: Id = Id(12);
const CAT: Id = Id(13);
const APP: Id = Id(20);
const NOW: i64 = 1_234_567_890;

async fn graph() -> Graph {
    let clock = Arc::new(ManualClock::new(Time::from_secs(NOW)));
    let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock);
    for id in [ANN, BOB, CAT] {
        let person = Person { id, first_name: id.to_string(), email: format!("{id}@example.com"), ..Person::default() };
        graph.create_person(person, None).await.unwrap();
    }
    graph.befriend(ANN, BOB).await.unwrap();
    graph
}

fn party(openness: Openness) -> Event {
    let (start_time, end_time) = (NOW + 1000, NOW + 2000);
    let name = "Party".to_owned();
    Event { name, start_time, end_time, creator: ANN, maker: Some(ANN), app: Some(APP), openness, ..Event::default() }
}

async fn made(graph: &Graph, openness: Openness) -> Id {
    graph.create_event(party(openness), |_| None).await.unwrap().id
}

fn notice() -> Notification {
    Notification { sender: ANN, title_html: "Party".to_owned(), ..Notification::default() }
}

const ALL: Wanted<'_> = Wanted { guest: None, ids: None, since: 0, until: 0, rsvp: None };

fn by(viewer: Id) -> Caller {
    Caller { viewer: Some(viewer), app: APP, server: true }
}

const SERVER: Caller = Caller { viewer: None, app: APP, server: true };
const OTHER: Caller = Caller { viewer: None, app: Id(21), server: true };
const PROGRAM: Caller = Caller { viewer: None, app: APP, server: false };

async fn seen(graph: &Graph, caller: Caller, wanted: Wanted<'_>) -> Vec<Id> {
    graph.look_at_events(caller, wanted).await.unwrap().unwrap().into_iter().map(|seen| seen.event.id).collect()
}

/// Attending, unsure, declined, not replied: as counted, which must be as listed.
async fn tallies(graph: &Graph, event: Id) -> [i64; 4] {
    let counter = |sub| Key::Counter { owner: event, kind: kinds::RSVP, sub };
    let count = Key::Count { from: event, kind: kinds::GUEST };
    let found = graph.get(&[counter(1), counter(2), counter(3), count]).await.unwrap();
    let counted = |at: usize| match found[at] {
        Found::Counter(count) => count.unwrap_or(0),
        Found::Count(count) => i64::try_from(count).unwrap(),
        _ => panic!("{found:?}"),
    };
    let told = [counted(0), counted(1), counted(2), counted(3) - counted(0) - counted(1) - counted(2)];
    let page = graph.range(&Range::oldest(event, kinds::GUEST, MAX_GUESTS)).await.unwrap();
    let guests: Vec<Attendance> = page.entries.iter().map(|one| decode("guest", event, &one.data).unwrap()).collect();
    let listed = Rsvp::ALL.map(|rsvp| guests.iter().filter(|guest| guest.status == rsvp).count() as i64);
    assert_eq!(told, listed);
    told
}

#[tokio::test]
async fn an_event_that_is_not_open_is_for_its_guests_and_for_its_application() {
    let graph = graph().await;
    for openness in [Openness::Open, Openness::Closed, Openness::Secret] {
        let event = made(&graph, openness).await;
        let invited = graph.invite_to_event(ANN, APP, event, &[BOB, CAT, BOB, Id(99)], |_| Ok(notice())).await.unwrap();
        assert_eq!(invited, 1, "friends only, and once");
        let open = openness == Openness::Open;
        let wanted = Wanted { ids: Some(&[event]), ..ALL };
        for (caller, expected) in
            [(by(ANN), true), (by(BOB), true), (by(CAT), open), (SERVER, true), (OTHER, open), (PROGRAM, open)]
        {
            assert_eq!(seen(&graph, caller, wanted).await.len(), usize::from(expected), "{caller:?} {openness:?}");
            assert_eq!(graph.event_guests(caller, event).await.unwrap().is_some(), expected);
        }
        for (viewer, expected) in [(Some(ANN), true), (Some(BOB), true), (Some(CAT), open), (None, open)] {
            assert_eq!(graph.event_shows(viewer, event).await.unwrap(), expected);
            let on_its_wall = graph.may_see_one(viewer, event, &Disclosure::default()).await.unwrap();
            assert_eq!(on_its_wall, expected, "{viewer:?} {openness:?}");
        }
    }
    assert!(!graph.event_shows(Some(ANN), BOB).await.unwrap());
}

#[tokio::test]
async fn all_that_is_asked_for_must_hold() {
    let graph = graph().await;
    let (first, second) = (made(&graph, Openness::Open).await, made(&graph, Openness::Closed).await);
    let mine = seen(&graph, by(ANN), ALL).await;
    assert!(mine.len() == 2 && mine.contains(&first) && mine.contains(&second));
    let of = |guest: Id| Wanted { guest: Some(guest), ..ALL };
    assert_eq!(seen(&graph, by(CAT), of(ANN)).await, [first], "the open one");
    assert_eq!(seen(&graph, SERVER, ALL).await, [0; 0].map(Id), "nobody's");
    assert_eq!(seen(&graph, by(ANN), of(BOB)).await, [0; 0].map(Id));
    let ids = [second, first, Id(99), ANN];
    assert_eq!(seen(&graph, by(ANN), Wanted { ids: Some(&ids), ..of(ANN) }).await, [second, first]);
    let (start, end) = (NOW + 1000, NOW + 2000);
    for (since, until, expected) in [
        (0, 0, 2),
        (end, 0, 2),
        (end + 1, 0, 0),
        (0, start, 2),
        (0, start - 1, 0),
        (start + 1, end - 1, 2),
        (1, start - 1, 0),
    ] {
        assert_eq!(seen(&graph, by(ANN), Wanted { since, until, ..ALL }).await.len(), expected, "{since} {until}");
    }
    let answered = |rsvp| Wanted { rsvp: Some(rsvp), ..of(ANN) };
    assert_eq!(seen(&graph, by(ANN), answered(Rsvp::Attending)).await.len(), 2);
    assert!(seen(&graph, by(ANN), answered(Rsvp::Unsure)).await.is_empty());
    assert!(graph.look_at_events(by(ANN), of(Id(99))).await.unwrap().is_none());
    assert!(graph.look_at_events(by(ANN), of(first)).await.unwrap().is_none(), "an event is nobody");
}

#[tokio::test]
async fn where_the_guests_are_hidden_administrators_alone_know_them() {
    let graph = graph().await;
    let event = Event { hide_guest_list: true, ..party(Openness::Open) };
    let event = graph.create_event(event, |_| None).await.unwrap().id;
    graph.add_guests(event, &[(BOB, Attendance { status: Rsvp::Unsure, admin: false })]).await.unwrap();
    for (caller, expected) in [(by(ANN), 2), (SERVER, 2), (by(BOB), 0), (by(CAT), 0), (OTHER, 0)] {
        assert_eq!(graph.event_guests(caller, event).await.unwrap().unwrap().1.len(), expected, "{caller:?}");
    }
    let of_bob = Wanted { guest: Some(BOB), ..ALL };
    assert!(seen(&graph, by(CAT), of_bob).await.is_empty(), "nor where he goes");
    assert_eq!(seen(&graph, by(BOB), of_bob).await, [event]);
    assert_eq!(seen(&graph, by(ANN), of_bob).await, [event]);
    assert_eq!(seen(&graph, by(CAT), Wanted { guest: Some(ANN), ..ALL }).await, [event], "whose it is, is told");
}

#[tokio::test]
async fn tallies_stay_exact_when_many_answer_at_once_and_change_their_minds() {
    let graph = graph().await;
    let event = made(&graph, Openness::Open).await;
    let answer = |person: u64, answer: Rsvp| graph.answer_event(Id(person), APP, event, answer, |_| Ok(()));
    let people: Vec<u64> = (1000..1060).collect();
    futures_util::future::try_join_all(people.iter().map(|one| answer(*one, Rsvp::Attending))).await.unwrap();
    assert_eq!(tallies(&graph, event).await, [61, 0, 0, 0]);
    let minds = people.iter().flat_map(|one| {
        let third = if one % 2 == 0 { Rsvp::Declined } else { Rsvp::Unsure };
        [answer(*one, third), answer(*one, third)]
    });
    futures_util::future::try_join_all(minds).await.unwrap();
    assert_eq!(tallies(&graph, event).await, [1, 30, 30, 0]);
    answer(ANN.0, Rsvp::Declined).await.unwrap();
    let own = graph.standing(by(ANN), event).await.unwrap();
    assert!(own.own.unwrap().admin && own.answers == 60, "she still administers it");
    let refused = graph.answer_event(BOB, APP, event, Rsvp::Unsure, |_| Err(invalid("no"))).await;
    assert!(refused.is_err() && tallies(&graph, event).await == [0, 30, 31, 0]);
}

#[tokio::test]
async fn five_hundred_are_invited_in_batches_and_each_is_told_once() {
    let graph = graph().await;
    let event = made(&graph, Openness::Closed).await;
    let people: Vec<Id> = (1000..1500).map(Id).collect();
    for id in &people {
        let email = format!("{id}@example.com");
        let person = Person { id: *id, first_name: id.to_string(), email, ..Person::default() };
        graph.create_person(person, None).await.unwrap();
        graph.befriend(ANN, *id).await.unwrap();
    }
    let invite = || graph.invite_to_event(ANN, APP, event, &people, |_| Ok(notice()));
    assert_eq!(invite().await.unwrap(), 500);
    assert_eq!(invite().await.unwrap(), 0, "the second time changes nothing");
    assert_eq!(tallies(&graph, event).await, [1, 0, 0, 500]);
    assert_eq!(graph.notifications(people[499], 0).await.unwrap().len(), 1);
    assert_eq!(graph.event_invites(people[0]).await.unwrap(), [event]);
    let intent = graph.cancel_event(by(ANN), event, |_| Ok(notice())).await.unwrap();
    assert!(seen(&graph, by(ANN), ALL).await.is_empty() && graph.event_invites(people[0]).await.unwrap().is_empty());
    assert!(graph.standing(by(ANN), event).await.is_err() && !graph.event_shows(Some(ANN), event).await.unwrap());
    assert!(matches!(intent.work, crate::intent::Work::EventCancelled { .. }));
    let mut batches = 1;
    while graph.sweep_guests(event, &notice()).await.unwrap() == Swept::More {
        batches += 1;
    }
    assert_eq!(batches, 16);
    let cancelled = graph.event_record(event).await.unwrap().unwrap();
    graph.clear_event(&cancelled).await.unwrap();
    assert_eq!(tallies(&graph, event).await, [0; 4]);
    assert_eq!(graph.notifications(people[499], 0).await.unwrap().len(), 2);
    assert!(graph.notifications(ANN, 0).await.unwrap().is_empty(), "who cancels it is not told");
}

#[tokio::test]
async fn a_story_stands_and_falls_with_its_event() {
    let graph = graph().await;
    let story = |event: &Event| {
        let kind = story::EVENT_CREATED;
        Some(Post { actor: ANN, owner: ANN, kind, message: event.id.to_string(), ..Post::default() })
    };
    let event = graph.create_event(party(Openness::Open), story).await.unwrap();
    let post = graph.post(event.post.unwrap()).await.unwrap().unwrap();
    assert_eq!(post.message, event.id.to_string());
    assert_eq!(graph.event_record(event.id).await.unwrap().unwrap().post, Some(post.id));
    let taken = Event { id: event.id, ..party(Openness::Open) };
    assert!(graph.create_event(taken, story).await.is_err());
}

#[tokio::test]
async fn whoever_is_removed_is_nobodys_guest_and_in_no_tally() {
    let graph = graph().await;
    let mut events = Vec::new();
    for n in 0..45 {
        let event = made(&graph, Openness::Open).await;
        let status = Rsvp::ALL[n % 4];
        graph.add_guests(event, &[(BOB, Attendance { status, admin: false })]).await.unwrap();
        events.push(event);
    }
    graph.remove_person(BOB).await.unwrap().unwrap();
    assert_eq!(graph.event_guests(by(CAT), events[0]).await.unwrap().unwrap().1.len(), 1, "at once");
    while graph.clear_events(BOB).await.unwrap() == Swept::More {}
    for event in &events {
        assert_eq!(tallies(&graph, *event).await, [1, 0, 0, 0]);
    }
    while graph.clear_events(APP).await.unwrap() == Swept::More {}
    assert_eq!(tallies(&graph, events[0]).await, [1, 0, 0, 0], "an application is no guest");
}

#[tokio::test]
async fn an_edit_that_loses_a_race_is_made_anew() {
    let graph = graph().await;
    let event = made(&graph, Openness::Open).await;
    let add = |name: &'static str| {
        graph.edit_event(by(ANN), event, move |standing| {
            let name = format!("{} {name}", standing.event.name);
            Ok(Event { name, ..standing.event.clone() })
        })
    };
    futures_util::future::try_join3(add("a"), add("b"), add("c")).await.unwrap();
    let name = graph.event_record(event).await.unwrap().unwrap().name;
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    assert_eq!(words, ["Party", "a", "b", "c"]);
    assert!(graph.edit_event(by(ANN), Id(99), |one| Ok(one.event.clone())).await.is_err());
}
