//! Tests of friendships and friend lists, on a store in memory.

use super::*;
use crate::context::{Services, Settings};
use crate::method::Registry;
use crate::model::Person;
use crate::portable;
use crate::privacy::{Audience, Choices};
use reconnect_store::{ManualClock, MemoryBlobs, Store, StoreExt, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const NOW: Time = Time::from_secs(1_234_567_890);
const ANN: Id = Id(1000);

fn store() -> Arc<dyn Store> {
    Arc::new(SqliteStore::in_memory(Arc::new(ManualClock::new(NOW))).unwrap())
}

/// Ann and so many friends of hers: 1001, 1002 …
async fn home(friends: u64) -> (Arc<Services>, Vec<Id>) {
    let (clock, settings) = (Arc::new(ManualClock::new(NOW)), Settings::default());
    let services =
        Services::open(store(), Arc::new(MemoryBlobs::new()), clock, Registry::new(&[]), settings).await.unwrap();
    let graph = &services.graph;
    for id in (ANN.0..).take(friends as usize + 1) {
        let person = Person { id: Id(id), first_name: "A".into(), email: format!("{id}@x"), ..Person::default() };
        graph.create_person(person, None).await.unwrap();
    }
    let friends: Vec<Id> = (ANN.0 + 1..).take(friends as usize).map(Id).collect();
    for friend in &friends {
        assert!(graph.befriend(ANN, *friend).await.unwrap());
    }
    (services, friends)
}

fn list(name: &str) -> FriendList {
    FriendList { owner: ANN, name: name.to_owned(), ..FriendList::default() }
}

#[tokio::test]
async fn friends_are_made_and_parted_from_both_sides() {
    let (services, friends) = home(2).await;
    let (graph, bob) = (&services.graph, friends[0]);
    assert!(!graph.befriend(bob, ANN).await.unwrap());
    assert!(graph.befriend(ANN, ANN).await.is_err() && graph.befriend(ANN, Id(7)).await.is_err());
    assert!(graph.unfriend(bob, ANN).await.unwrap() && !graph.unfriend(ANN, bob).await.unwrap());
    assert_eq!((graph.friends(ANN).await.unwrap(), graph.friends(bob).await.unwrap()), (vec![friends[1]], vec![]));
    assert_eq!(graph.store().count(ANN, kinds::FRIEND).await.unwrap(), 1);
}

#[tokio::test]
async fn nobody_has_more_friends_than_can_be_read() {
    let (services, friends) = home(1).await;
    let graph = &services.graph;
    assert!(graph.unfriend(ANN, friends[0]).await.unwrap());
    let others: Vec<u64> = (1_000_000..1_000_000 + MAX_FRIENDS as u64).collect();
    for some in others.chunks(limits::MAX_ACTIONS - 1) {
        let mut batch = Batch::new();
        for other in some {
            batch.link(ANN, kinds::FRIEND, Id(*other), 0, Vec::new());
        }
        graph.commit(batch).await.unwrap();
    }
    for (a, b) in [(ANN, friends[0]), (friends[0], ANN)] {
        let told = graph.befriend(a, b).await.unwrap_err().to_string();
        assert!(told.contains("1000 has 5000 friends"), "{told}");
    }
    assert!(graph.unfriend(ANN, Id(1_000_000)).await.unwrap());
    assert!(graph.befriend(friends[0], ANN).await.unwrap());
    assert!(!graph.befriend(ANN, friends[0]).await.unwrap(), "who is a friend already is no friend more");
    assert_eq!(graph.friends(ANN).await.unwrap().len(), MAX_FRIENDS);
}

#[tokio::test]
async fn opting_out_flags_every_friendship_and_changes_nothing_else() {
    let (services, friends) = home(150).await;
    let graph = &services.graph;
    let before = graph.friendships(friends[149]).await.unwrap();
    for _ in 0..2 {
        graph.hide_from_applications(ANN, true).await.unwrap();
        for friend in &friends {
            assert_eq!(graph.friendships(*friend).await.unwrap(), [Friendship { hidden: true, ..before[0] }]);
            assert_eq!(graph.friends(*friend).await.unwrap(), []);
        }
    }
    assert_eq!(graph.friends(ANN).await.unwrap().len(), 150, "she sees them");
    graph.hide_from_applications(ANN, false).await.unwrap();
    assert_eq!(graph.friendships(friends[149]).await.unwrap(), before);
    let record = graph.store().assoc(friends[149], kinds::FRIEND, ANN).await.unwrap().unwrap();
    assert!(record.data.is_empty(), "as it was written at first");
}

#[tokio::test]
async fn a_list_holds_friends_only_and_those_of_more_than_a_batch() {
    let (services, friends) = home(230).await;
    let graph = &services.graph;
    let all = graph.create_friend_list(list(" All "), &[&friends[..], &friends[..5]].concat()).await.unwrap();
    assert_eq!(all.name, "All");
    assert_eq!(graph.friends_on_list(ANN, all.id).await.unwrap().unwrap().len(), 230);
    assert_eq!(graph.friend_lists(ANN).await.unwrap(), std::slice::from_ref(&all));
    let told = graph.create_friend_list(list("X"), &[friends[0], Id(7)]).await.unwrap_err().to_string();
    assert!(told.contains("7 is no friend of 1000"), "{told}");
    for wrong in [list(" "), list(&"x".repeat(256)), FriendList { owner: Id(7), ..list("X") }] {
        assert!(graph.create_friend_list(wrong, &[]).await.is_err());
    }
    let told = graph.create_friend_list(FriendList { id: all.id, ..list("X") }, &[]).await.unwrap_err().to_string();
    assert!(told.contains("is taken"), "{told}");
    assert_eq!(graph.friend_lists(ANN).await.unwrap().len(), 1, "nothing is left of what was refused");
    assert_eq!(graph.friends_on_list(friends[0], all.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_new_friendship_begins_on_no_list() {
    let (services, friends) = home(2).await;
    let graph = &services.graph;
    let made = graph.create_friend_list(list("Work"), &friends).await.unwrap();
    assert!(graph.unfriend(friends[0], ANN).await.unwrap());
    assert!(graph.befriend(friends[0], ANN).await.unwrap());
    assert_eq!(graph.friends_on_list(ANN, made.id).await.unwrap(), Some(vec![friends[1]]));
}

#[tokio::test]
async fn nobody_has_more_lists_than_one_batch_clears() {
    let (services, friends) = home(1).await;
    let graph = &services.graph;
    for n in 0..MAX_LISTS {
        graph.create_friend_list(list(&format!("{n}")), &friends).await.unwrap();
    }
    let told = graph.create_friend_list(list("X"), &friends).await.unwrap_err().to_string();
    assert!(told.contains("100 friend lists"), "{told}");
    assert!(graph.unfriend(ANN, friends[0]).await.unwrap(), "and off all of them at once");
}

#[tokio::test]
async fn a_removed_persons_lists_leave_nothing_behind() {
    let (services, friends) = home(150).await;
    let graph = &services.graph;
    let made = graph.create_friend_list(list("All"), &friends).await.unwrap();
    let intent = graph.remove_person(ANN).await.unwrap().unwrap();
    services.carry_out(intent).await;
    assert_eq!(graph.friend_lists(ANN).await.unwrap(), []);
    assert!(graph.object(made.id, kinds::FRIEND_LIST).await.unwrap().is_none());
    assert!(graph.range(&Range::oldest(made.id, kinds::LISTED, 1)).await.unwrap().entries.is_empty());
    assert_eq!(graph.intents().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn lists_and_flags_travel() {
    let (services, friends) = home(3).await;
    let graph = &services.graph;
    let made = graph.create_friend_list(list("Work"), &friends[..2]).await.unwrap();
    graph.hide_from_applications(friends[0], true).await.unwrap();
    let (mut text, other) = (Vec::new(), store());
    portable::export(&**graph.store(), &MemoryBlobs::new(), "2009-02-13T23:31:30Z", "test", &mut text).await.unwrap();
    portable::import(portable::Lines::open(text.as_slice(), NOW).unwrap(), &*other, &MemoryBlobs::new()).await.unwrap();
    let there = Graph::new(other, Arc::new(ManualClock::new(NOW)));
    assert_eq!(there.friend_lists(ANN).await.unwrap(), std::slice::from_ref(&made));
    assert_eq!(there.friends_on_list(ANN, made.id).await.unwrap(), Some(vec![friends[1]]));
    assert_eq!(there.friendships(ANN).await.unwrap(), graph.friendships(ANN).await.unwrap());
}

/// Whether Ann, who has two friends, is told that the first and a stranger to her are friends; with changes to these two.
async fn told_of(friend: impl Fn(&mut Person), stranger: impl Fn(&mut Person)) -> Option<bool> {
    let (services, friends) = home(2).await;
    let graph = &services.graph;
    graph.unfriend(ANN, friends[1]).await.unwrap();
    graph.befriend(friends[0], friends[1]).await.unwrap();
    let mut batch = Batch::new();
    for (id, change) in [(friends[0], &friend as &dyn Fn(&mut Person)), (friends[1], &stranger)] {
        let mut person = graph.person(id).await.unwrap().unwrap();
        change(&mut person);
        batch.update(id, kinds::PERSON, encode(&person).unwrap(), person.version);
    }
    graph.commit(batch).await.unwrap();
    let told = graph.are_friends(ANN, &[(friends[0], friends[1]), (friends[1], friends[0])]).await.unwrap();
    assert_eq!(told[0], told[1], "whoever is named first");
    told[0]
}

fn shows(audience: Audience) -> impl Fn(&mut Person) {
    move |person| person.privacy = Choices::from([("friend_count".to_owned(), audience)])
}

#[tokio::test]
async fn people_decide_who_knows_their_friends() {
    let as_usual = |_: &mut Person| ();
    assert_eq!(told_of(as_usual, as_usual).await, Some(true));
    assert_eq!(told_of(shows(Audience::Myself), as_usual).await, None);
    assert_eq!(told_of(shows(Audience::Myself), shows(Audience::Everyone)).await, Some(true));
    assert_eq!(told_of(as_usual, shows(Audience::Myself)).await, Some(true), "one of the two is enough");
    assert_eq!(told_of(as_usual, |stranger: &mut Person| stranger.opted_out = true).await, None);
    assert_eq!(told_of(|friend: &mut Person| friend.opted_out = true, as_usual).await, None);
}

#[tokio::test]
async fn a_friendship_with_somebody_who_opted_out_begins_hidden() {
    let (services, friends) = home(1).await;
    let graph = &services.graph;
    let away = Person { first_name: "Away".into(), email: "away@x".into(), opted_out: true, ..Person::default() };
    let away = graph.create_person(away, None).await.unwrap().id;
    assert!(graph.befriend(ANN, away).await.unwrap() && graph.befriend(away, friends[0]).await.unwrap());
    assert_eq!(graph.friends(ANN).await.unwrap(), friends);
    assert_eq!(graph.friends(away).await.unwrap().len(), 2);
    assert_eq!(graph.mutual_friends(ANN, friends[0]).await.unwrap(), Some(vec![]));
    assert_eq!(graph.mutual_friends(friends[0], away).await.unwrap(), None);
    assert_eq!(graph.are_friends(ANN, &[(ANN, away)]).await.unwrap(), [None]);
}
