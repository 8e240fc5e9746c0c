//! Batches: all or nothing.

use super::fixture::{EMAIL, FAN, FRIEND, Fixture, LIKE, NOTE, PERSON, UNREAD, bytes};
use crate::batch::{Batch, ExpectAssoc, ExpectObject, Outcome};
use crate::error::Conflict;
use crate::key::Id;

pub(super) async fn an_empty_batch_does_nothing(f: Fixture) {
    assert_eq!(f.commit(|b| b).await, []);
}

pub(super) async fn outcomes_stand_in_the_order_of_the_batch(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("x")).link(Id(1), &LIKE, Id(2), 0, bytes("x"))).await;
    let outcomes = f
        .commit(|b| {
            b.keep(Id(1), &LIKE, Id(2), 0, bytes("y")).update(Id(7), &PERSON, bytes("y"), 1);
            b.check_link(Id(1), &LIKE, Id(3), ExpectAssoc::Absent).unlink(Id(1), &FRIEND, Id(2));
            b.create(Id(8), &PERSON, bytes("z")).add(Id(1), &UNREAD, 0, 4).claim(&EMAIL, "ann", Id(7))
        })
        .await;
    let expected = [
        Outcome::Kept,
        Outcome::Replaced,
        Outcome::Checked,
        Outcome::Absent,
        Outcome::Created,
        Outcome::Counter { value: 4, changed: true },
        Outcome::Created,
    ];
    assert_eq!(outcomes, expected);
}

pub(super) async fn a_failing_last_write_leaves_no_trace(f: Fixture) {
    f.commit(|b| {
        b.create(Id(7), &PERSON, bytes("old")).link(Id(1), &LIKE, Id(2), 1, bytes("old"));
        b.claim(&EMAIL, "ann", Id(7)).set(Id(1), &UNREAD, 0, 3).create(Id(9), &PERSON, bytes("there"))
    })
    .await;
    let conflict = f
        .conflict(|b| {
            b.update(Id(7), &PERSON, bytes("new"), 1).create(Id(8), &PERSON, bytes("new"));
            b.replace(Id(1), &LIKE, Id(2), 9, bytes("new")).link(Id(1), &LIKE, Id(3), 1, bytes("new"));
            b.link(Id(1), &FAN, Id(4), 1, bytes("new")).link(Id(1), &NOTE, Id(1), 1, bytes("new"));
            b.release(&EMAIL, "ann", Id(7)).claim(&EMAIL, "bob", Id(8)).add(Id(1), &UNREAD, 0, 1);
            b.create(Id(9), &PERSON, bytes("rival"))
        })
        .await;
    assert_eq!(conflict, (9, Conflict::Exists));
    assert_eq!((f.object(7).await, f.object(8).await), (Some((1, bytes("old"))), None));
    assert_eq!((f.assoc(1, &LIKE, 2).await, f.assoc(1, &LIKE, 3).await), (Some((1, bytes("old"))), None));
    assert_eq!((f.assoc(1, &FAN, 4).await, f.assoc(1, &NOTE, 1).await), (None, None));
    assert_eq!((f.count(1, &LIKE).await, f.count(1, &FAN).await), (1, 0));
    assert_eq!((f.unique(&EMAIL, "ann").await, f.unique(&EMAIL, "bob").await), (Some(7), None));
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(3));
}

pub(super) async fn the_first_conflict_is_reported(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("x"))).await;
    let conflict = f
        .conflict(|b| {
            b.create(Id(1), &PERSON, bytes("")).unlink_or_fail(Id(1), &FRIEND, Id(2));
            b.create(Id(7), &PERSON, bytes("")).release(&EMAIL, "ann", Id(7))
        })
        .await;
    assert_eq!(conflict, (1, Conflict::Missing));
}

pub(super) async fn conditions_see_the_state_before_the_batch(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("x"))).await;
    f.commit(|b| {
        b.delete(Id(7)).create(Id(8), &PERSON, bytes("y")).check(Id(9), ExpectObject::Absent);
        b.link(Id(8), &FRIEND, Id(9), 0, bytes("")).check_link(Id(9), &FRIEND, Id(8), ExpectAssoc::Absent)
    })
    .await;
    assert_eq!((f.object(7).await, f.object(8).await), (None, Some((1, bytes("y")))));
}

pub(super) async fn a_conflict_in_one_batch_does_not_harm_the_next(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("x"))).await;
    f.conflict(|b| b.create(Id(8), &PERSON, bytes("y")).create(Id(7), &PERSON, bytes("y"))).await;
    f.commit(|b| b.create(Id(8), &PERSON, bytes("z"))).await;
    assert_eq!(f.object(8).await, Some((1, bytes("z"))));
    assert!(f.store.commit(Batch::new()).await.is_ok());
}
