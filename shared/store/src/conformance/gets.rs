//! Reading many keys in one wave.

use super::fixture::{EMAIL, FRIEND, Fixture, LIKE, NOTE, PERSON, UNREAD, bytes};
use crate::key::{Assoc, Consistency, Found, Id, Key, Object};
use crate::limits;

fn unread(owner: u64) -> Key {
    Key::Counter { owner: Id(owner), kind: &UNREAD, sub: 0 }
}

fn email(text: &str) -> Key {
    Key::Unique { space: &EMAIL, text: text.to_owned() }
}

/// One thing of every sort.
async fn fill(f: &Fixture) {
    f.commit(|b| {
        b.create(Id(7), &PERSON, bytes("Ann")).claim(&EMAIL, "ann", Id(7)).set(Id(7), &UNREAD, 0, 3);
        b.link(Id(7), &LIKE, Id(8), 4, bytes("l")).link(Id(7), &NOTE, Id(7), 5, bytes("n"))
    })
    .await;
}

fn ann() -> Found {
    Found::Object(Some(Object { id: Id(7), kind: PERSON.code, version: 1, data: bytes("Ann"), expires: None }))
}

fn assoc(time: i64, data: &str) -> Found {
    Found::Assoc(Some(Assoc { time, data: bytes(data), expires: None }))
}

pub(super) async fn mixed_keys_are_answered_in_their_order(f: Fixture) {
    fill(&f).await;
    let like = Key::Assoc { from: Id(7), kind: &LIKE, to: Id(8) };
    let note = Key::Assoc { from: Id(7), kind: &NOTE, to: Id(7) };
    let likes = Key::Count { from: Id(7), kind: &LIKE };
    let keys = [note, unread(7), Key::Object(Id(7)), email("nobody"), likes, like, email("ann"), Key::Object(Id(8))];
    let expected = [
        assoc(5, "n"),
        Found::Counter(Some(3)),
        ann(),
        Found::Unique(None),
        Found::Count(1),
        assoc(4, "l"),
        Found::Unique(Some(Id(7))),
        Found::Object(None),
    ];
    assert_eq!(f.get(&keys).await, expected);
}

pub(super) async fn repeated_keys_are_answered_each(f: Fixture) {
    fill(&f).await;
    let keys = [Key::Object(Id(7)), unread(7), Key::Object(Id(7)), Key::Object(Id(9)), unread(7), Key::Object(Id(7))];
    let expected = [ann(), Found::Counter(Some(3)), ann(), Found::Object(None), Found::Counter(Some(3)), ann()];
    assert_eq!(f.get(&keys).await, expected);
}

pub(super) async fn no_keys_have_no_answers(f: Fixture) {
    assert_eq!(f.get(&[]).await, []);
}

pub(super) async fn absent_things_are_answered_as_absent(f: Fixture) {
    let friend = Key::Assoc { from: Id(1), kind: &FRIEND, to: Id(2) };
    let note = Key::Assoc { from: Id(1), kind: &NOTE, to: Id(1) };
    let likes = Key::Count { from: Id(1), kind: &LIKE };
    let expected = [
        Found::Object(None),
        Found::Assoc(None),
        Found::Assoc(None),
        Found::Count(0),
        Found::Counter(None),
        Found::Unique(None),
    ];
    assert_eq!(f.get(&[Key::Object(Id(1)), friend, note, likes, unread(1), email("")]).await, expected);
}

pub(super) async fn a_thousand_keys_are_read_at_once(f: Fixture) {
    for hundred in 0..5 {
        f.commit(|b| {
            for id in hundred * 100..(hundred + 1) * 100 {
                b.create(Id(id), &PERSON, id.to_string().into_bytes());
            }
            b
        })
        .await;
    }
    let keys: Vec<Key> = (0..1000).rev().map(|id| Key::Object(Id(id))).collect();
    for (found, id) in f.get(&keys).await.into_iter().zip((0..1000).rev()) {
        let data = (id < 500).then(|| id.to_string().into_bytes());
        assert!(matches!(&found, Found::Object(object) if object.as_ref().map(|o| &o.data) == data.as_ref()), "{id}");
    }
}

pub(super) async fn an_eventual_read_answers_in_the_same_form(f: Fixture) {
    let found = f.store.get(&[Key::Object(Id(7)), unread(7), Key::Object(Id(7))], Consistency::Eventual).await.unwrap();
    assert_eq!(found, [Found::Object(None), Found::Counter(None), Found::Object(None)]);
}

pub(super) async fn the_count_of_an_uncounted_kind_is_refused(f: Fixture) {
    f.refused_read(&[Key::Object(Id(1)), Key::Count { from: Id(1), kind: &FRIEND }]).await;
}

pub(super) async fn too_many_keys_are_refused(f: Fixture) {
    f.refused_read(&vec![Key::Object(Id(1)); limits::MAX_KEYS + 1]).await;
}
