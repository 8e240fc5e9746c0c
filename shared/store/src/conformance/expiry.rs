//! Expiry: what ends is gone at the very millisecond, whether or not the backend has removed it.

use super::fixture::{EMAIL, FRIEND, Fixture, NOTE, PERSON, START, UNREAD, bytes};
use crate::StoreExt;
use crate::batch::{ExpectAssoc, ExpectObject, Outcome};
use crate::clock::Time;
use crate::error::Conflict;
use crate::key::Id;
use crate::range::Range;

/// When the things of these cases end.
const END: Time = Time(START.0 + 1000);

/// Moves the clock to the last millisecond before the end.
fn just_before(f: &Fixture) {
    f.clock.set(Time(END.0 - 1));
}

pub(super) async fn an_object_is_gone_at_the_millisecond_it_expires(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("x")).expiring(END)).await;
    just_before(&f);
    assert_eq!(f.store.object(Id(7)).await.unwrap().unwrap().expires, Some(END));
    f.clock.set(END);
    assert_eq!(f.object(7).await, None);
}

pub(super) async fn an_association_is_gone_at_the_millisecond_it_expires(f: Fixture) {
    f.commit(|b| b.link(Id(1), &FRIEND, Id(2), 0, bytes("x")).expiring(END)).await;
    just_before(&f);
    assert_eq!(f.store.assoc(Id(1), &FRIEND, Id(2)).await.unwrap().unwrap().expires, Some(END));
    assert_eq!(f.ids(&Range::newest(Id(1), &FRIEND, 9)).await, [2]);
    f.clock.set(END);
    assert_eq!(f.assoc(1, &FRIEND, 2).await, None);
    assert_eq!(f.ids(&Range::newest(Id(1), &FRIEND, 9)).await, [0; 0]);
    assert_eq!(f.ids(&Range::oldest(Id(1), &FRIEND, 9)).await, [0; 0]);
}

pub(super) async fn an_unordered_association_is_gone_at_the_millisecond_it_expires(f: Fixture) {
    f.commit(|b| b.link(Id(1), &NOTE, Id(1), 0, bytes("x")).expiring(END)).await;
    just_before(&f);
    assert_eq!(f.assoc(1, &NOTE, 1).await, Some((0, bytes("x"))));
    f.clock.set(END);
    assert_eq!(f.assoc(1, &NOTE, 1).await, None);
}

pub(super) async fn a_unique_key_is_free_at_the_millisecond_it_expires(f: Fixture) {
    f.commit(|b| b.claim(&EMAIL, "ann", Id(7)).expiring(END)).await;
    just_before(&f);
    assert_eq!(f.unique(&EMAIL, "ann").await, Some(7));
    assert_eq!(f.conflict(|b| b.claim(&EMAIL, "ann", Id(8))).await, (0, Conflict::Exists));
    f.clock.set(END);
    assert_eq!(f.unique(&EMAIL, "ann").await, None);
}

pub(super) async fn a_counter_counts_from_0_once_it_has_expired(f: Fixture) {
    f.commit(|b| b.set(Id(1), &UNREAD, 0, 5).expiring(END)).await;
    just_before(&f);
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(5));
    f.clock.set(END);
    assert_eq!(f.counter(1, &UNREAD, 0).await, None);
    let outcome = f.commit_one(|b| b.add(Id(1), &UNREAD, 0, 2).ceiling(3)).await;
    assert_eq!(outcome, Outcome::Counter { value: 2, changed: true });
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(2));
}

pub(super) async fn an_expired_object_counts_as_absent(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("x")).expiring(END)).await;
    f.commit(|b| b.update(Id(7), &PERSON, bytes("y"), 1).expiring(END)).await;
    f.clock.set(END);
    assert_eq!(f.conflict(|b| b.update(Id(7), &PERSON, bytes("z"), 2)).await, (0, Conflict::Missing));
    assert_eq!(f.conflict(|b| b.delete(Id(7))).await, (0, Conflict::Missing));
    assert_eq!(f.conflict(|b| b.check(Id(7), ExpectObject::Version(2))).await, (0, Conflict::Missing));
    assert_eq!(f.commit_one(|b| b.check(Id(7), ExpectObject::Absent)).await, Outcome::Checked);
    assert_eq!(f.commit_one(|b| b.create(Id(7), &PERSON, bytes("new"))).await, Outcome::Created);
    assert_eq!(f.object(7).await, Some((1, bytes("new"))));
}

pub(super) async fn an_expired_association_counts_as_absent(f: Fixture) {
    for kind in [&FRIEND, &NOTE] {
        f.clock.set(START);
        f.commit(|b| b.link(Id(1), kind, Id(2), 5, bytes("x")).expiring(END)).await;
        f.clock.set(END);
        let replace = f.conflict(|b| b.replace_if(Id(1), kind, Id(2), 5, bytes("y"), bytes("x"))).await;
        assert_eq!(replace, (0, Conflict::Missing));
        assert_eq!(f.commit_one(|b| b.unlink(Id(1), kind, Id(2))).await, Outcome::Absent);
        assert_eq!(f.conflict(|b| b.unlink_or_fail(Id(1), kind, Id(2))).await, (0, Conflict::Missing));
        assert_eq!(f.conflict(|b| b.unlink_if(Id(1), kind, Id(2), bytes("x"))).await, (0, Conflict::Missing));
        let present = f.conflict(|b| b.check_link(Id(1), kind, Id(2), ExpectAssoc::Present)).await;
        assert_eq!(present, (0, Conflict::Missing));
        let absent = f.commit_one(|b| b.check_link(Id(1), kind, Id(2), ExpectAssoc::Absent)).await;
        assert_eq!(absent, Outcome::Checked);
        assert_eq!(f.commit_one(|b| b.link(Id(1), kind, Id(2), 6, bytes("new"))).await, Outcome::Created);
        assert_eq!(f.assoc(1, kind, 2).await, Some((6, bytes("new"))));
    }
}

pub(super) async fn an_expired_association_may_be_written_anew_at_any_time(f: Fixture) {
    for (to, time) in [(2, 5), (3, 4), (4, 9)] {
        f.clock.set(START);
        f.commit(|b| b.link(Id(1), &FRIEND, Id(to), 5, bytes("x")).expiring(END)).await;
        f.clock.set(END);
        assert_eq!(f.commit_one(|b| b.keep(Id(1), &FRIEND, Id(to), time, bytes("y"))).await, Outcome::Created);
        assert_eq!(f.assoc(1, &FRIEND, to).await, Some((time, bytes("y"))));
    }
    assert_eq!(f.ids(&Range::newest(Id(1), &FRIEND, 9)).await, [4, 2, 3]);
}

pub(super) async fn an_expired_key_can_be_taken_by_another_but_not_released(f: Fixture) {
    f.commit(|b| b.claim(&EMAIL, "ann", Id(7)).expiring(END)).await;
    f.clock.set(END);
    assert_eq!(f.conflict(|b| b.release(&EMAIL, "ann", Id(7))).await, (0, Conflict::Missing));
    assert_eq!(f.commit_one(|b| b.claim(&EMAIL, "ann", Id(8))).await, Outcome::Created);
    assert_eq!(f.unique(&EMAIL, "ann").await, Some(8));
}

pub(super) async fn writing_again_without_an_end_lives_on(f: Fixture) {
    f.commit(|b| {
        b.create(Id(7), &PERSON, bytes("x")).expiring(END).set(Id(1), &UNREAD, 0, 5).expiring(END);
        b.link(Id(1), &FRIEND, Id(2), 0, bytes("x"))
            .expiring(END)
            .link(Id(1), &NOTE, Id(2), 0, bytes("x"))
            .expiring(END)
    })
    .await;
    f.commit(|b| {
        b.update(Id(7), &PERSON, bytes("y"), 1).add(Id(1), &UNREAD, 0, 1);
        b.replace(Id(1), &FRIEND, Id(2), 0, bytes("y")).replace(Id(1), &NOTE, Id(2), 0, bytes("y"))
    })
    .await;
    f.clock.set(END.plus_secs(1000));
    assert_eq!(f.object(7).await, Some((2, bytes("y"))));
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(6));
    assert_eq!(f.assoc(1, &FRIEND, 2).await, Some((0, bytes("y"))));
    assert_eq!(f.assoc(1, &NOTE, 2).await, Some((0, bytes("y"))));
}

pub(super) async fn expired_entries_do_not_fill_the_pages_of_a_range(f: Fixture) {
    f.commit(|b| {
        for to in 1..=30 {
            b.link(Id(1), &FRIEND, Id(to), to as i64, bytes(""));
            if to % 3 != 0 {
                b.expiring(END);
            }
        }
        b
    })
    .await;
    f.clock.set(END);
    let (entries, _) = f.pages(Range::newest(Id(1), &FRIEND, 0), 4).await;
    assert!(entries.iter().map(|entry| entry.to.0).eq((1..=10).rev().map(|n| n * 3)));
    assert_eq!(f.ids(&Range::oldest(Id(1), &FRIEND, 2)).await, [3, 6], "a page is as full as the list allows");
}

pub(super) async fn what_is_written_already_expired_is_never_seen(f: Fixture) {
    let outcomes = f
        .commit(|b| {
            b.create(Id(7), &PERSON, bytes("x")).expiring(START).claim(&EMAIL, "ann", Id(7)).expiring(START);
            b.link(Id(1), &FRIEND, Id(2), 0, bytes("x")).expiring(Time(START.0 - 1))
        })
        .await;
    assert_eq!(outcomes, [Outcome::Created; 3]);
    assert_eq!((f.object(7).await, f.unique(&EMAIL, "ann").await), (None, None));
    assert_eq!(f.assoc(1, &FRIEND, 2).await, None);
}

pub(super) async fn expired_things_are_not_exported(f: Fixture) {
    f.commit(|b| {
        b.create(Id(7), &PERSON, bytes("x")).expiring(END).claim(&EMAIL, "ann", Id(7)).expiring(END);
        b.link(Id(1), &FRIEND, Id(2), 0, bytes("x"))
            .expiring(END)
            .link(Id(1), &NOTE, Id(2), 0, bytes("x"))
            .expiring(END);
        b.set(Id(1), &UNREAD, 0, 5).expiring(END)
    })
    .await;
    assert_eq!(f.store.scan(None, 100).await.unwrap().records.len(), 5);
    f.clock.set(END);
    let page = f.store.scan(None, 100).await.unwrap();
    assert_eq!((page.records, page.next), (Vec::new(), None));
}
