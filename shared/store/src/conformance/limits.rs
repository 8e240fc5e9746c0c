//! Limits: refused before anything is written.

use super::fixture::{EMAIL, FAN, FRIEND, Fixture, LIKE, NOTE, PERSON, START, UNREAD, bytes};
use crate::batch::ExpectObject;
use crate::key::Id;
use crate::limits;
use std::collections::HashSet;

pub(super) async fn a_hundred_actions_are_written_and_one_more_is_refused(f: Fixture) {
    f.refused(|b| {
        for id in 0..=limits::MAX_ACTIONS as u64 {
            b.create(Id(id), &PERSON, bytes("x"));
        }
        b
    })
    .await;
    assert_eq!(f.object(0).await, None);
    f.commit(|b| {
        for id in 0..limits::MAX_ACTIONS as u64 {
            b.create(Id(id), &PERSON, bytes("x"));
        }
        assert_eq!((b.actions(), b.room()), (limits::MAX_ACTIONS, 0));
        b
    })
    .await;
    assert_eq!(f.object(99).await, Some((1, bytes("x"))));
}

pub(super) async fn counts_are_actions(f: Fixture) {
    let most = limits::MAX_ACTIONS as u64 - 1;
    f.refused(|b| {
        for to in 0..=most {
            b.keep(Id(1), &LIKE, Id(to), 0, bytes(""));
        }
        b
    })
    .await;
    assert_eq!(f.count(1, &LIKE).await, 0);
    f.commit(|b| {
        for to in 0..most {
            b.keep(Id(1), &LIKE, Id(to), 0, bytes(""));
        }
        assert_eq!(b.room(), 0, "one merged count");
        b
    })
    .await;
    f.commit(|b| {
        for to in 0..80 {
            b.link(Id(1), &FAN, Id(to), 0, bytes(""));
        }
        let shards: HashSet<u8> = (0..80).map(|to| FAN.shard(Id(to))).collect();
        assert_eq!(b.actions(), 80 + shards.len(), "one count for each shard that is touched");
        b
    })
    .await;
    assert_eq!((f.count(1, &LIKE).await, f.count(1, &FAN).await), (most, 80));
}

pub(super) async fn an_item_named_twice_is_refused(f: Fixture) {
    f.refused(|b| b.create(Id(7), &PERSON, bytes("x")).check(Id(7), ExpectObject::Absent)).await;
    f.refused(|b| b.link(Id(1), &FRIEND, Id(2), 0, bytes("")).unlink(Id(1), &FRIEND, Id(2))).await;
    f.refused(|b| b.claim(&EMAIL, "ann", Id(7)).release(&EMAIL, "ann", Id(7))).await;
    f.refused(|b| b.add(Id(1), &UNREAD, 0, 1).add(Id(1), &UNREAD, 0, 1)).await;
    assert_eq!((f.object(7).await, f.counter(1, &UNREAD, 0).await), (None, None));
}

pub(super) async fn data_up_to_the_limit_are_written_and_beyond_it_refused(f: Fixture) {
    let (most, more) = (vec![1; limits::MAX_DATA_BYTES], vec![1; limits::MAX_DATA_BYTES + 1]);
    f.refused(|b| b.create(Id(7), &PERSON, more.clone())).await;
    f.refused(|b| b.link(Id(1), &FRIEND, Id(2), 0, more.clone())).await;
    f.refused(|b| b.unlink_if(Id(1), &FRIEND, Id(2), more)).await;
    f.commit(|b| b.create(Id(7), &PERSON, most.clone()).link(Id(1), &NOTE, Id(2), 0, most.clone())).await;
    assert_eq!(f.object(7).await, Some((1, most)));
}

pub(super) async fn a_batch_of_more_bytes_than_allowed_is_refused(f: Fixture) {
    let fit = limits::MAX_BATCH_BYTES / (limits::MAX_DATA_BYTES + limits::ACTION_BYTES);
    for (writes, legal) in [(fit + 1, false), (fit, true)] {
        let fill = |b: &mut crate::Batch| {
            for id in 0..writes as u64 {
                b.create(Id(id), &PERSON, vec![1; limits::MAX_DATA_BYTES]);
            }
        };
        match legal {
            false => {
                f.refused(|b| {
                    fill(b);
                    b
                })
                .await;
                assert_eq!(f.object(0).await, None);
            }
            true => {
                f.commit(|b| {
                    fill(b);
                    b
                })
                .await;
                assert!(f.object(0).await.is_some());
            }
        }
    }
}

pub(super) async fn a_text_up_to_the_limit_is_written_and_beyond_it_refused(f: Fixture) {
    let most = "é".repeat(limits::MAX_TEXT_BYTES / 2);
    f.refused(|b| b.claim(&EMAIL, format!("{most}x"), Id(7))).await;
    f.refused(|b| b.release(&EMAIL, format!("{most}x"), Id(7))).await;
    f.commit(|b| b.claim(&EMAIL, most.as_str(), Id(7))).await;
    assert_eq!(f.unique(&EMAIL, &most).await, Some(7));
}

pub(super) async fn an_end_on_a_counted_kind_is_refused(f: Fixture) {
    let end = START.plus_secs(60);
    f.refused(|b| b.link(Id(1), &LIKE, Id(2), 0, bytes("")).expiring(end)).await;
    f.refused(|b| b.replace(Id(1), &FAN, Id(2), 0, bytes("")).expiring(end)).await;
    assert_eq!((f.count(1, &LIKE).await, f.assoc(1, &LIKE, 2).await), (0, None));
}

pub(super) async fn a_floor_above_the_ceiling_is_refused(f: Fixture) {
    f.refused(|b| b.add(Id(1), &UNREAD, 0, 1).floor(2).ceiling(1)).await;
    assert_eq!(f.counter(1, &UNREAD, 0).await, None);
}

pub(super) async fn an_id_beyond_the_greatest_is_refused(f: Fixture) {
    let beyond = Id(Id::MAX.0 + 1);
    f.refused(|b| b.create(beyond, &PERSON, bytes(""))).await;
    f.refused(|b| b.link(beyond, &FRIEND, Id(1), 0, bytes(""))).await;
    f.refused(|b| b.link(Id(1), &FRIEND, beyond, 0, bytes(""))).await;
    f.refused(|b| b.claim(&EMAIL, "ann", beyond)).await;
    f.refused(|b| b.add(beyond, &UNREAD, 0, 1)).await;
}
