//! Tests of groups: who sees which, who is told of whom, and what leaving and removal do.

use super::*;
use crate::model::Person;
use reconnect_store::{ManualClock, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const ANN: Id = Id(11);
const BOB: Id = Id(12);
const CAT: Id = Id(13);
const EVE: Id = Id(15);
const OPEN: Id = Id(41);
const CLOSED: Id = Id(42);
const SECRET: Id = Id(43);
const ALL: [Id; 3] = [OPEN, CLOSED, SECRET];

const MEMBER: Membership = Membership { owner: false, admin: false, officer: false, not_replied: false };
const INVITED: Membership = Membership { not_replied: true, ..MEMBER };

/// Ann made three groups; Bob, a friend of hers, is in all of them, Cat was invited, Eve has nothing to do with anybody.
async fn graph() -> Graph {
    let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
    let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
    for id in [ANN, BOB, CAT, EVE] {
        let person = Person { id, first_name: id.to_string(), email: format!("{id}@example.com"), ..Person::default() };
        graph.create_person(person, None).await.unwrap();
    }
    graph.befriend(ANN, BOB).await.unwrap();
    for (id, openness) in ALL.into_iter().zip([Openness::Open, Openness::Closed, Openness::Secret]) {
        let group = Group { id, name: id.to_string(), creator: Some(ANN), openness, ..Group::default() };
        let made = graph.create_group(group).await.unwrap();
        assert_eq!((made.version, made.update_time), (1, clock.now_secs()));
        clock.advance(1000);
        graph.add_to_group(id, &[(BOB, MEMBER), (CAT, INVITED), (BOB, INVITED)]).await.unwrap();
    }
    graph
}

trait Secs {
    fn now_secs(&self) -> i64;
}

impl Secs for ManualClock {
    fn now_secs(&self) -> i64 {
        use reconnect_store::Clock;
        self.now().secs()
    }
}

async fn seen(graph: &Graph, viewer: Id, member: Option<Id>, ids: Option<&[Id]>) -> Option<Vec<Id>> {
    let seen = graph.look_at_groups(viewer, member, ids).await.unwrap()?;
    Some(seen.into_iter().map(|seen| seen.group.id).collect())
}

#[tokio::test]
async fn a_secret_group_is_known_to_who_is_in_it_and_a_closed_one_shows_its_inside_to_members() {
    let graph = graph().await;
    for viewer in [ANN, BOB, CAT] {
        assert_eq!(seen(&graph, viewer, None, Some(&ALL)).await.unwrap(), ALL);
    }
    assert_eq!(seen(&graph, EVE, None, Some(&ALL)).await.unwrap(), [OPEN, CLOSED]);
    for (viewer, inside) in [
        (Some(ANN), [true, true, true]),
        (Some(BOB), [true, true, true]),
        (Some(CAT), [true, false, false]),
        (Some(EVE), [true, false, false]),
        (None, [true, false, false]),
    ] {
        for (group, expected) in ALL.into_iter().zip(inside) {
            assert_eq!(graph.group_shows(viewer, group).await.unwrap(), expected, "{viewer:?} {group}");
        }
    }
    assert!(!graph.group_shows(Some(ANN), BOB).await.unwrap(), "a person is no group");
    assert!(!graph.group_shows(None, Id(99)).await.unwrap());
}

#[tokio::test]
async fn groups_of_a_person_are_told_to_friends_and_those_they_were_invited_to_are_not_theirs() {
    let graph = graph().await;
    assert_eq!(seen(&graph, ANN, None, None).await.unwrap(), [SECRET, CLOSED, OPEN], "the last first");
    assert_eq!(seen(&graph, ANN, Some(BOB), None).await.unwrap(), [SECRET, CLOSED, OPEN]);
    assert_eq!(seen(&graph, EVE, Some(BOB), None).await.unwrap(), [], "no friend of hers");
    assert_eq!(seen(&graph, CAT, None, None).await.unwrap(), []);
    assert_eq!(graph.group_invites(CAT).await.unwrap(), [SECRET, CLOSED, OPEN]);
    assert!(graph.group_invites(BOB).await.unwrap().is_empty());
    graph.befriend(EVE, BOB).await.unwrap();
    assert_eq!(seen(&graph, EVE, Some(BOB), None).await.unwrap(), [CLOSED, OPEN], "not the secret one");
    assert_eq!(seen(&graph, EVE, Some(BOB), Some(&[OPEN, SECRET, Id(99)])).await.unwrap(), [OPEN]);
    assert_eq!(seen(&graph, EVE, Some(EVE), Some(&ALL)).await.unwrap(), []);
    for nobody in [Id(99), OPEN] {
        assert_eq!(seen(&graph, ANN, Some(nobody), None).await, None);
    }
}

#[tokio::test]
async fn a_creator_who_left_or_may_not_be_named_is_not_told() {
    let graph = graph().await;
    let creator =
        async |viewer: Id| graph.look_at_groups(viewer, None, Some(&[OPEN])).await.unwrap().unwrap()[0].creator;
    assert_eq!(creator(EVE).await, Some(ANN));
    assert!(graph.leave_group(OPEN, ANN).await.unwrap());
    assert!(!graph.leave_group(OPEN, ANN).await.unwrap(), "once");
    assert_eq!(creator(EVE).await, None);
    graph.add_to_group(OPEN, &[(ANN, MEMBER)]).await.unwrap();
    assert_eq!(creator(EVE).await, Some(ANN));
    assert!(graph.remove_person(ANN).await.unwrap().is_some());
    assert_eq!(creator(EVE).await, None);
}

#[tokio::test]
async fn who_is_in_a_group_is_told_without_those_who_opted_out_or_are_gone() {
    let graph = graph().await;
    let hidden =
        Person { id: Id(16), first_name: "x".into(), email: "x@x".into(), opted_out: true, ..Person::default() };
    graph.create_person(hidden, None).await.unwrap();
    graph.add_to_group(OPEN, &[(Id(16), MEMBER)]).await.unwrap();
    let owner = Membership { owner: true, admin: true, ..MEMBER };
    let (_, told) = graph.group_members(EVE, OPEN).await.unwrap().unwrap();
    assert_eq!(told, [(ANN, owner), (BOB, MEMBER), (CAT, INVITED)]);
    let (_, own) = graph.group_members(Id(16), OPEN).await.unwrap().unwrap();
    assert_eq!(own.last(), Some(&(Id(16), MEMBER)), "but to themselves");
    assert!(graph.group_members(EVE, SECRET).await.unwrap().is_none());
    assert!(graph.group_members(CAT, SECRET).await.unwrap().is_some());
    assert!(graph.group_members(ANN, ANN).await.unwrap().is_none());
}

#[tokio::test]
async fn hundreds_come_in_over_several_batches_and_a_removal_takes_all_out() {
    let graph = graph().await;
    let many: Vec<(Id, Membership)> = (1000..1200).map(|id| (Id(id), MEMBER)).collect();
    graph.add_to_group(OPEN, &many).await.unwrap();
    let count = async || match graph.get(&[Key::Count { from: OPEN, kind: kinds::MEMBER }]).await.unwrap()[..] {
        [Found::Count(count)] => count,
        _ => panic!("no count"),
    };
    assert_eq!(count().await, 203);
    for n in 0..60 {
        let group = Group { name: n.to_string(), ..Group::default() };
        let made = graph.create_group(group).await.unwrap();
        graph.add_to_group(made.id, &[(BOB, MEMBER)]).await.unwrap();
    }
    while graph.clear_groups(BOB).await.unwrap() == Swept::More {}
    assert_eq!(seen(&graph, BOB, None, None).await.unwrap(), []);
    assert_eq!((count().await, graph.membership(CLOSED, BOB).await.unwrap()), (202, None));
}

#[tokio::test]
async fn a_group_needs_a_name_and_an_id_of_its_own() {
    let graph = graph().await;
    assert!(graph.create_group(Group { name: " ".to_owned(), ..Group::default() }).await.is_err());
    for taken in [OPEN, ANN] {
        let group = Group { id: taken, name: "x".to_owned(), ..Group::default() };
        assert!(graph.create_group(group).await.is_err());
    }
}
