//! Counters: adding, setting, bounds.

use super::fixture::{Fixture, PERSON, SHARES, UNREAD, bytes};
use crate::batch::Outcome;
use crate::error::Conflict;
use crate::key::Id;

const fn changed(value: i64) -> Outcome {
    Outcome::Counter { value, changed: true }
}

const fn unchanged(value: i64) -> Outcome {
    Outcome::Counter { value, changed: false }
}

pub(super) async fn an_absent_counter_is_absent_and_counts_from_0(f: Fixture) {
    assert_eq!(f.counter(1, &UNREAD, 0).await, None);
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 0)).await, changed(0));
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(0));
}

pub(super) async fn adding_answers_the_new_value(f: Fixture) {
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 5)).await, changed(5));
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, -7)).await, changed(-2));
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 1)).await, changed(-1));
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(-1));
}

pub(super) async fn setting_answers_the_new_value(f: Fixture) {
    for value in [5, -5, 0, i64::MAX, i64::MIN] {
        assert_eq!(f.commit_one(|b| b.set(Id(1), &UNREAD, 0, value)).await, changed(value));
        assert_eq!(f.counter(1, &UNREAD, 0).await, Some(value));
    }
}

pub(super) async fn counters_are_told_apart_by_owner_kind_and_sub(f: Fixture) {
    let names = [(1, &UNREAD, 0), (2, &UNREAD, 0), (1, &SHARES, 0), (1, &UNREAD, 1), (1, &UNREAD, u64::MAX)];
    for ((owner, kind, sub), value) in names.into_iter().zip(1..) {
        f.commit(|b| b.set(Id(owner), kind, sub, value)).await;
    }
    for ((owner, kind, sub), value) in names.into_iter().zip(1..) {
        assert_eq!(f.counter(owner, kind, sub).await, Some(value));
    }
}

pub(super) async fn a_lone_change_below_the_floor_changes_nothing_and_answers_the_old_value(f: Fixture) {
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, -1).floor(0)).await, unchanged(0));
    assert_eq!(f.counter(1, &UNREAD, 0).await, None, "not even a 0 is written");
    f.commit(|b| b.set(Id(1), &UNREAD, 0, 2)).await;
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, -3).floor(0)).await, unchanged(2));
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(2));
}

pub(super) async fn a_lone_change_above_the_ceiling_changes_nothing_and_answers_the_old_value(f: Fixture) {
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 11).ceiling(10)).await, unchanged(0));
    f.commit(|b| b.set(Id(1), &UNREAD, 0, 9)).await;
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 2).ceiling(10)).await, unchanged(9));
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(9));
}

pub(super) async fn a_bound_itself_is_within_it(f: Fixture) {
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 10).floor(0).ceiling(10)).await, changed(10));
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, -10).floor(0).ceiling(10)).await, changed(0));
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 0).floor(0).ceiling(0)).await, changed(0));
}

pub(super) async fn a_set_keeps_bounds_too(f: Fixture) {
    f.commit(|b| b.set(Id(1), &UNREAD, 0, 5)).await;
    assert_eq!(f.commit_one(|b| b.set(Id(1), &UNREAD, 0, -1).floor(0)).await, unchanged(5));
    assert_eq!(f.commit_one(|b| b.set(Id(1), &UNREAD, 0, 11).ceiling(10)).await, unchanged(5));
    assert_eq!(f.commit_one(|b| b.set(Id(1), &UNREAD, 0, 7).floor(0).ceiling(10)).await, changed(7));
}

pub(super) async fn a_refused_change_fails_the_batch_it_is_in(f: Fixture) {
    f.commit(|b| b.set(Id(1), &UNREAD, 0, 3)).await;
    let conflict = f.conflict(|b| b.create(Id(7), &PERSON, bytes("Ann")).add(Id(1), &UNREAD, 0, -4).floor(0)).await;
    assert_eq!(conflict, (1, Conflict::Bound(3)));
    assert_eq!(f.object(7).await, None);
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(3));
}

pub(super) async fn an_overflow_counts_as_passing_a_bound(f: Fixture) {
    f.commit(|b| b.set(Id(1), &UNREAD, 0, i64::MAX).set(Id(1), &UNREAD, 1, i64::MIN)).await;
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 1)).await, unchanged(i64::MAX));
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 1, -1)).await, unchanged(i64::MIN));
    let conflict = f.conflict(|b| b.add(Id(1), &UNREAD, 0, i64::MAX).add(Id(1), &UNREAD, 2, 1)).await;
    assert_eq!(conflict, (0, Conflict::Bound(i64::MAX)));
    assert_eq!(f.counter(1, &UNREAD, 2).await, None);
    assert_eq!(f.commit_one(|b| b.add(Id(1), &UNREAD, 0, i64::MIN)).await, changed(-1));
}

pub(super) async fn several_counters_change_in_one_batch(f: Fixture) {
    let outcomes =
        f.commit(|b| b.add(Id(1), &UNREAD, 0, 1).set(Id(1), &UNREAD, 1, 5).add(Id(2), &UNREAD, 0, -1).floor(-1)).await;
    assert_eq!(outcomes, [changed(1), changed(5), changed(-1)]);
    let found = (f.counter(1, &UNREAD, 0).await, f.counter(1, &UNREAD, 1).await, f.counter(2, &UNREAD, 0).await);
    assert_eq!(found, (Some(1), Some(5), Some(-1)));
}
