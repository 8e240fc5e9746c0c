//! Associations: every way to write, delete and demand one.

use super::fixture::{BADGE, FRIEND, Fixture, LIKE, NOTE, bytes};
use crate::batch::{ExpectAssoc, Outcome};
use crate::error::Conflict;
use crate::key::{Assoc, Id};
use crate::{StoreExt, limits};

pub(super) async fn an_inserted_association_is_read_back(f: Fixture) {
    let outcome = f.commit_one(|b| b.link(Id(1), &FRIEND, Id(2), 44, bytes("since"))).await;
    assert_eq!(outcome, Outcome::Created);
    let assoc = f.store.assoc(Id(1), &FRIEND, Id(2)).await.unwrap();
    assert_eq!(assoc, Some(Assoc { time: 44, data: bytes("since"), expires: None }));
}

pub(super) async fn an_association_has_a_direction_and_a_kind(f: Fixture) {
    f.commit(|b| b.link(Id(1), &FRIEND, Id(2), 44, bytes("x"))).await;
    assert_eq!(f.assoc(2, &FRIEND, 1).await, None);
    assert_eq!(f.assoc(1, &LIKE, 2).await, None);
    assert_eq!(f.assoc(1, &NOTE, 2).await, None);
    f.commit(|b| b.link(Id(1), &LIKE, Id(2), 45, bytes("y")).link(Id(2), &FRIEND, Id(1), 46, bytes("z"))).await;
    assert_eq!(f.assoc(1, &FRIEND, 2).await, Some((44, bytes("x"))));
    assert_eq!(f.assoc(1, &LIKE, 2).await, Some((45, bytes("y"))));
    assert_eq!(f.assoc(2, &FRIEND, 1).await, Some((46, bytes("z"))));
}

pub(super) async fn inserting_an_association_that_exists_conflicts(f: Fixture) {
    for kind in [&FRIEND, &LIKE, &NOTE, &BADGE] {
        f.commit(|b| b.link(Id(1), kind, Id(2), 1, bytes("old"))).await;
        let conflict = f.conflict(|b| b.link(Id(1), kind, Id(2), 2, bytes("new"))).await;
        assert_eq!(conflict, (0, Conflict::Exists));
        assert_eq!(f.assoc(1, kind, 2).await, Some((1, bytes("old"))));
    }
}

pub(super) async fn keep_writes_only_what_is_absent(f: Fixture) {
    for kind in [&FRIEND, &LIKE, &NOTE] {
        let first = f.commit_one(|b| b.keep(Id(1), kind, Id(2), 1, bytes("old"))).await;
        let second = f.commit_one(|b| b.keep(Id(1), kind, Id(2), 2, bytes("new"))).await;
        assert_eq!((first, second), (Outcome::Created, Outcome::Kept));
        assert_eq!(f.assoc(1, kind, 2).await, Some((1, bytes("old"))));
    }
}

pub(super) async fn replace_writes_there_or_not(f: Fixture) {
    for kind in [&FRIEND, &LIKE, &NOTE] {
        let first = f.commit_one(|b| b.replace(Id(1), kind, Id(2), 1, bytes("old"))).await;
        let second = f.commit_one(|b| b.replace(Id(1), kind, Id(2), 2, bytes("new"))).await;
        assert_eq!((first, second), (Outcome::Created, Outcome::Replaced));
        assert_eq!(f.assoc(1, kind, 2).await, Some((2, bytes("new"))));
    }
}

pub(super) async fn replace_if_writes_only_over_the_expected_data(f: Fixture) {
    for kind in [&FRIEND, &LIKE, &NOTE] {
        let missing = f.conflict(|b| b.replace_if(Id(1), kind, Id(2), 5, bytes("new"), bytes(""))).await;
        assert_eq!(missing, (0, Conflict::Missing));
        f.commit(|b| b.link(Id(1), kind, Id(2), 1, bytes("old"))).await;
        for wrong in ["", "ol", "older", "OLD"] {
            let other = f.conflict(|b| b.replace_if(Id(1), kind, Id(2), 5, bytes("new"), bytes(wrong))).await;
            assert_eq!(other, (0, Conflict::Data));
        }
        assert_eq!(f.assoc(1, kind, 2).await, Some((1, bytes("old"))));
        let outcome = f.commit_one(|b| b.replace_if(Id(1), kind, Id(2), 5, bytes("new"), bytes("old"))).await;
        assert_eq!(outcome, Outcome::Replaced);
        assert_eq!(f.assoc(1, kind, 2).await, Some((5, bytes("new"))));
    }
}

pub(super) async fn a_delete_if_there_says_whether_it_was(f: Fixture) {
    for kind in [&FRIEND, &LIKE, &NOTE] {
        f.commit(|b| b.link(Id(1), kind, Id(2), 1, bytes("x"))).await;
        assert_eq!(f.commit_one(|b| b.unlink(Id(1), kind, Id(2))).await, Outcome::Deleted);
        assert_eq!(f.assoc(1, kind, 2).await, None);
        assert_eq!(f.commit_one(|b| b.unlink(Id(1), kind, Id(2))).await, Outcome::Absent);
    }
}

pub(super) async fn a_delete_or_fail_conflicts_when_absent(f: Fixture) {
    for kind in [&FRIEND, &LIKE, &NOTE] {
        assert_eq!(f.conflict(|b| b.unlink_or_fail(Id(1), kind, Id(2))).await, (0, Conflict::Missing));
        f.commit(|b| b.link(Id(1), kind, Id(2), 1, bytes("x"))).await;
        assert_eq!(f.commit_one(|b| b.unlink_or_fail(Id(1), kind, Id(2))).await, Outcome::Deleted);
        assert_eq!(f.assoc(1, kind, 2).await, None);
    }
}

pub(super) async fn a_delete_if_data_demands_the_expected_data(f: Fixture) {
    for kind in [&FRIEND, &LIKE, &NOTE] {
        let missing = f.conflict(|b| b.unlink_if(Id(1), kind, Id(2), bytes("x"))).await;
        assert_eq!(missing, (0, Conflict::Missing));
        f.commit(|b| b.link(Id(1), kind, Id(2), 1, bytes("x"))).await;
        let other = f.conflict(|b| b.unlink_if(Id(1), kind, Id(2), bytes("y"))).await;
        assert_eq!(other, (0, Conflict::Data));
        assert_eq!(f.assoc(1, kind, 2).await, Some((1, bytes("x"))));
        assert_eq!(f.commit_one(|b| b.unlink_if(Id(1), kind, Id(2), bytes("x"))).await, Outcome::Deleted);
        assert_eq!(f.assoc(1, kind, 2).await, None);
    }
}

pub(super) async fn a_check_of_an_association_writes_nothing(f: Fixture) {
    f.commit(|b| b.link(Id(1), &LIKE, Id(2), 1, bytes("x"))).await;
    for (to, expect) in [(2, ExpectAssoc::Present), (2, ExpectAssoc::Data(bytes("x"))), (3, ExpectAssoc::Absent)] {
        let outcome = f.commit_one(|b| b.check_link(Id(1), &LIKE, Id(to), expect)).await;
        assert_eq!(outcome, Outcome::Checked);
    }
    assert_eq!(f.assoc(1, &LIKE, 2).await, Some((1, bytes("x"))));
    assert_eq!(f.assoc(1, &LIKE, 3).await, None);
    assert_eq!(f.count(1, &LIKE).await, 1);
}

pub(super) async fn a_failing_check_of_an_association_conflicts(f: Fixture) {
    for kind in [&LIKE, &NOTE] {
        f.commit(|b| b.link(Id(1), kind, Id(2), 1, bytes("x"))).await;
        let cases = [
            (2, ExpectAssoc::Absent, Conflict::Exists),
            (2, ExpectAssoc::Data(bytes("y")), Conflict::Data),
            (3, ExpectAssoc::Present, Conflict::Missing),
            (3, ExpectAssoc::Data(bytes("x")), Conflict::Missing),
        ];
        for (to, expect, why) in cases {
            assert_eq!(f.conflict(|b| b.check_link(Id(1), kind, Id(to), expect)).await, (0, why));
        }
    }
}

pub(super) async fn an_association_may_lead_to_itself(f: Fixture) {
    f.commit(|b| b.link(Id(1), &NOTE, Id(1), 0, bytes("self")).link(Id(1), &LIKE, Id(1), 0, bytes("vain"))).await;
    assert_eq!(f.assoc(1, &NOTE, 1).await, Some((0, bytes("self"))));
    assert_eq!(f.assoc(1, &LIKE, 1).await, Some((0, bytes("vain"))));
}

pub(super) async fn unordered_associations_are_written_and_read_like_others(f: Fixture) {
    f.commit(|b| b.link(Id(1), &NOTE, Id(1), -3, bytes("a")).link(Id(1), &NOTE, Id(2), 9, bytes("b"))).await;
    f.commit(|b| b.replace(Id(1), &NOTE, Id(2), 10, bytes("c"))).await;
    assert_eq!(f.assoc(1, &NOTE, 1).await, Some((-3, bytes("a"))));
    assert_eq!(f.assoc(1, &NOTE, 2).await, Some((10, bytes("c"))));
}

pub(super) async fn the_data_of_an_association_are_any_bytes(f: Fixture) {
    let all: Vec<u8> = (0..=255).collect();
    let large = vec![7; limits::MAX_DATA_BYTES];
    for kind in [&FRIEND, &NOTE] {
        for (to, data) in [(1, Vec::new()), (2, all.clone()), (3, large.clone())] {
            f.commit(|b| b.link(Id(1), kind, Id(to), 1, data.clone())).await;
            assert_eq!(f.assoc(1, kind, to).await, Some((1, data.clone())));
            f.commit(|b| b.replace_if(Id(1), kind, Id(to), 1, bytes("short"), data.clone())).await;
            assert_eq!(f.assoc(1, kind, to).await, Some((1, bytes("short"))));
        }
    }
}
