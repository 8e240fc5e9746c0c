//! The lengths of lists.

use super::fixture::{BADGE, FAN, Fixture, LIKE, bytes};
use crate::error::Conflict;
use crate::key::Id;

pub(super) async fn a_list_that_was_never_written_counts_0(f: Fixture) {
    for kind in [&LIKE, &FAN, &BADGE] {
        assert_eq!(f.count(1, kind).await, 0);
    }
}

pub(super) async fn inserts_and_deletes_are_counted(f: Fixture) {
    for to in 1..=3 {
        f.commit(|b| b.link(Id(1), &LIKE, Id(to), 0, bytes(""))).await;
        assert_eq!(f.count(1, &LIKE).await, to);
    }
    f.commit(|b| b.unlink(Id(1), &LIKE, Id(1))).await;
    assert_eq!(f.count(1, &LIKE).await, 2);
    f.commit(|b| b.unlink_or_fail(Id(1), &LIKE, Id(2))).await;
    f.commit(|b| b.unlink_if(Id(1), &LIKE, Id(3), bytes(""))).await;
    assert_eq!(f.count(1, &LIKE).await, 0);
}

pub(super) async fn keeping_and_replacing_count_only_what_is_new(f: Fixture) {
    f.commit(|b| b.keep(Id(1), &LIKE, Id(2), 0, bytes("a"))).await;
    f.commit(|b| b.keep(Id(1), &LIKE, Id(2), 0, bytes("b"))).await;
    f.commit(|b| b.replace(Id(1), &LIKE, Id(2), 0, bytes("c"))).await;
    f.commit(|b| b.replace_if(Id(1), &LIKE, Id(2), 0, bytes("d"), bytes("c"))).await;
    assert_eq!(f.count(1, &LIKE).await, 1);
    f.commit(|b| b.replace(Id(1), &LIKE, Id(3), 0, bytes("e"))).await;
    assert_eq!(f.count(1, &LIKE).await, 2);
}

pub(super) async fn a_delete_of_nothing_is_not_counted(f: Fixture) {
    f.commit(|b| b.link(Id(1), &LIKE, Id(2), 0, bytes(""))).await;
    f.commit(|b| b.unlink(Id(1), &LIKE, Id(3))).await;
    assert_eq!(f.count(1, &LIKE).await, 1);
}

pub(super) async fn several_associations_of_one_list_in_one_batch_are_all_counted(f: Fixture) {
    f.commit(|b| b.link(Id(1), &LIKE, Id(10), 0, bytes(""))).await;
    f.commit(|b| {
        for to in 10..60 {
            b.keep(Id(1), &LIKE, Id(to), 0, bytes(""));
        }
        b
    })
    .await;
    assert_eq!(f.count(1, &LIKE).await, 50);
}

pub(super) async fn a_batch_that_adds_and_removes_leaves_the_difference(f: Fixture) {
    f.commit(|b| b.link(Id(1), &LIKE, Id(2), 0, bytes("")).link(Id(1), &LIKE, Id(3), 0, bytes(""))).await;
    f.commit(|b| {
        b.unlink(Id(1), &LIKE, Id(2)).unlink(Id(1), &LIKE, Id(3)).link(Id(1), &LIKE, Id(4), 0, bytes(""));
        b
    })
    .await;
    assert_eq!(f.count(1, &LIKE).await, 1);
    f.commit(|b| b.unlink(Id(1), &LIKE, Id(4)).link(Id(1), &LIKE, Id(5), 0, bytes(""))).await;
    assert_eq!(f.count(1, &LIKE).await, 1);
}

pub(super) async fn lists_are_counted_each_for_itself(f: Fixture) {
    f.commit(|b| {
        b.link(Id(1), &LIKE, Id(9), 0, bytes("")).link(Id(2), &LIKE, Id(9), 0, bytes(""));
        b.link(Id(1), &LIKE, Id(8), 0, bytes("")).link(Id(1), &FAN, Id(9), 0, bytes(""));
        b
    })
    .await;
    assert_eq!((f.count(1, &LIKE).await, f.count(2, &LIKE).await, f.count(1, &FAN).await), (2, 1, 1));
    assert_eq!((f.count(9, &LIKE).await, f.count(2, &FAN).await), (0, 0));
}

pub(super) async fn a_sharded_count_is_the_sum_of_its_shards(f: Fixture) {
    for batch in 0..5 {
        f.commit(|b| {
            for to in batch * 40..(batch + 1) * 40 {
                b.link(Id(1), &FAN, Id(to), 0, bytes(""));
            }
            b
        })
        .await;
        assert_eq!(f.count(1, &FAN).await, (batch + 1) * 40);
    }
    f.commit(|b| b.unlink(Id(1), &FAN, Id(0)).unlink(Id(1), &FAN, Id(199)).unlink(Id(1), &FAN, Id(200))).await;
    assert_eq!(f.count(1, &FAN).await, 198);
}

pub(super) async fn an_unordered_list_may_be_counted(f: Fixture) {
    f.commit(|b| b.link(Id(1), &BADGE, Id(2), 0, bytes("")).link(Id(1), &BADGE, Id(3), 0, bytes(""))).await;
    f.commit(|b| b.replace(Id(1), &BADGE, Id(2), 5, bytes("x")).unlink(Id(1), &BADGE, Id(3))).await;
    assert_eq!(f.count(1, &BADGE).await, 1);
}

pub(super) async fn re_timing_is_not_counted(f: Fixture) {
    f.commit(|b| b.link(Id(1), &LIKE, Id(2), 1, bytes(""))).await;
    f.commit(|b| b.replace(Id(1), &LIKE, Id(2), 2, bytes(""))).await;
    f.commit(|b| b.replace_if(Id(1), &LIKE, Id(2), 3, bytes(""), bytes(""))).await;
    assert_eq!(f.count(1, &LIKE).await, 1);
}

pub(super) async fn a_conflict_leaves_counts_alone(f: Fixture) {
    f.commit(|b| b.link(Id(1), &LIKE, Id(2), 0, bytes(""))).await;
    let conflict =
        f.conflict(|b| b.link(Id(1), &LIKE, Id(3), 0, bytes("")).link(Id(1), &LIKE, Id(2), 0, bytes(""))).await;
    assert_eq!(conflict, (1, Conflict::Exists));
    assert_eq!(f.count(1, &LIKE).await, 1);
    assert_eq!(f.assoc(1, &LIKE, 3).await, None);
}
