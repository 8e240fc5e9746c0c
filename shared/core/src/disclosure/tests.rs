//! Whom a shared thing is shown to: as a table, and on a graph.

use super::*;
use crate::friendship::FriendList;
use crate::profile::Affiliation;
use reconnect_store::{ManualClock, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const OWNER: Id = Id(11);
const FRIEND: Id = Id(12);
const FAR: Id = Id(13);
const NEIGHBOUR: Id = Id(14);
const STRANGER: Id = Id(15);
const BLOCKED: Id = Id(16);

/// The owner's friend is a friend of whoever is far; the neighbour shares network 7.
async fn graph() -> Graph {
    let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
    let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock);
    for (id, nid) in [(OWNER, 7), (FRIEND, 2), (FAR, 3), (NEIGHBOUR, 7), (STRANGER, 4), (BLOCKED, 7)] {
        let affiliations = vec![Affiliation { nid, ..Affiliation::default() }];
        let email = format!("{id}@example.com");
        let person = Person { id, first_name: id.to_string(), email, affiliations, ..Person::default() };
        graph.create_person(person, None).await.unwrap();
    }
    graph.befriend(OWNER, FRIEND).await.unwrap();
    graph.befriend(FRIEND, FAR).await.unwrap();
    graph.block(OWNER, BLOCKED).await.unwrap();
    graph
}

/// One letter each for the owner, a friend, a friend's friend, one of the network, a stranger, somebody blocked, and a caller without a
/// viewer: `x` sees it.
async fn pattern(graph: &Graph, privacy: &Disclosure) -> String {
    let viewers = [OWNER, FRIEND, FAR, NEIGHBOUR, STRANGER, BLOCKED].map(Some).into_iter().chain([None]);
    let mut pattern = String::new();
    for viewer in viewers {
        pattern.push(if graph.may_see_one(viewer, OWNER, privacy).await.unwrap() { 'x' } else { '-' });
    }
    pattern
}

fn custom(friends: Friends, networks: &[u64], allow: &[Id], deny: &[Id]) -> Disclosure {
    let ids = |ids: &[Id]| ids.iter().map(|id| id.0).collect();
    let (allow, deny) = (ids(allow), ids(deny));
    Disclosure { value: Value::Custom, friends: Some(friends), networks: networks.to_vec(), allow, deny }
}

#[tokio::test]
async fn who_sees_what_is_shared() {
    let graph = graph().await;
    let list = FriendList { owner: OWNER, name: "Close".to_owned(), ..FriendList::default() };
    let list = graph.create_friend_list(list, &[FRIEND]).await.unwrap().id;
    let plain = |audience: Audience| Disclosure::from(audience);
    let table = [
        (plain(Audience::Everyone), "xxxxx-x"),
        (plain(Audience::FriendsOfFriends), "xxx----"),
        (plain(Audience::NetworksFriends), "xx-x---"),
        (plain(Audience::AllFriends), "xx-----"),
        (plain(Audience::Myself), "x------"),
        (custom(Friends::NoFriends, &[], &[], &[]), "x------"),
        (custom(Friends::SomeFriends, &[], &[STRANGER], &[]), "x---x--"),
        (custom(Friends::SomeFriends, &[], &[list], &[]), "xx-----"),
        (custom(Friends::SomeFriends, &[], &[BLOCKED], &[]), "x------"),
        (custom(Friends::NoFriends, &[1], &[], &[]), "x--x---"),
        (custom(Friends::NoFriends, &[3], &[], &[]), "x-x----"),
        (custom(Friends::AllFriends, &[], &[], &[FRIEND]), "x------"),
        (custom(Friends::AllFriends, &[7], &[], &[list]), "x--x---"),
        (custom(Friends::FriendsOfFriends, &[], &[], &[FAR]), "xx-----"),
        (custom(Friends::Everyone, &[], &[], &[STRANGER]), "xxxx--x"),
        (custom(Friends::Everyone, &[], &[], &[OWNER]), "xxxxx-x"),
    ];
    for (privacy, expected) in table {
        assert_eq!(pattern(&graph, &privacy).await, expected, "{privacy:?}");
    }
}

#[tokio::test]
async fn nothing_is_seen_of_who_is_gone_or_opted_out() {
    let graph = graph().await;
    let hidden = Person {
        id: Id(17),
        first_name: "H".to_owned(),
        email: "h@example.com".to_owned(),
        opted_out: true,
        ..Person::default()
    };
    graph.create_person(hidden, None).await.unwrap();
    let open = Disclosure::default();
    for (viewer, owner, seen) in [
        (Some(FRIEND), Id(17), false),
        (None, Id(17), false),
        (Some(Id(17)), Id(17), true),
        (Some(FRIEND), Id(99), false),
        (None, Id(99), false),
    ] {
        assert_eq!(graph.may_see_one(viewer, owner, &open).await.unwrap(), seen, "{viewer:?} {owner}");
    }
    let (own, far) = (Disclosure::from(Audience::Myself), Disclosure::from(Audience::FriendsOfFriends));
    let things = [(OWNER, &open), (OWNER, &own), (FRIEND, &own), (OWNER, &far), (OWNER, &open)];
    assert_eq!(graph.may_see(Some(FAR), &things).await.unwrap(), [true, false, false, true, true]);
    assert!(graph.may_see(Some(FAR), &[]).await.unwrap().is_empty());
}

#[test]
fn a_privacy_object_is_made_consistent() {
    let read = |text: &str| serde_json::from_str::<Disclosure>(text).unwrap().checked();
    let named = read(r#"{"value":"CUSTOM","allow":[12]}"#).unwrap();
    assert_eq!(named.friends, Some(Friends::SomeFriends));
    assert_eq!(read(r#"{"value":"CUSTOM"}"#).unwrap().friends, Some(Friends::NoFriends));
    assert_eq!(read(r#"{"value":"SELF","friends":"ALL_FRIENDS"}"#).unwrap(), Audience::Myself.into());
    assert!(read(r#"{"value":"EVERYONE","deny":[12]}"#).is_err());
    let many = Disclosure { value: Value::Custom, allow: (1..=101).collect(), ..Disclosure::default() };
    assert!(many.checked().is_err());
    let text = serde_json::to_string(&Disclosure::from(Audience::Myself)).unwrap();
    assert_eq!(text, r#"{"value":"SELF"}"#);
}

#[tokio::test]
async fn the_wall_of_a_group_or_event_is_for_whom_it_lets_in() {
    use crate::group::{Group, Membership};
    use crate::openness::Openness;
    let graph = graph().await;
    let everybody = Disclosure::default();
    for (openness, expected) in [(Openness::Open, "xxxx"), (Openness::Closed, "xx--"), (Openness::Secret, "xx--")] {
        let group = Group { name: "G".to_owned(), creator: Some(OWNER), openness, ..Group::default() };
        let group = graph.create_group(group).await.unwrap().id;
        graph.add_to_group(group, &[(FRIEND, Membership::default())]).await.unwrap();
        let mut seen = String::new();
        for viewer in [Some(OWNER), Some(FRIEND), Some(STRANGER), None] {
            let sees = graph.may_see_one(viewer, group, &everybody).await.unwrap();
            seen.push(if sees { 'x' } else { '-' });
        }
        assert_eq!(seen, expected, "{openness:?}");
        let wall = graph.wall_seen(STRANGER, group).await.unwrap();
        assert_eq!(wall.is_some(), openness == Openness::Open, "{openness:?}");
        assert!(graph.wall_seen(FRIEND, group).await.unwrap().is_some_and(|wall| wall.may_write));
        let invited = Membership { not_replied: true, ..Membership::default() };
        graph.add_to_group(group, &[(FAR, invited)]).await.unwrap();
        assert!(graph.wall_seen(FAR, group).await.unwrap().is_none_or(|wall| !wall.may_write));
    }
}
