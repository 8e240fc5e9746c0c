//! The export.

use super::fixture::{EMAIL, FRIEND, Fixture, LIKE, NOTE, PERSON, START, UNREAD, bytes};
use crate::StoreExt;
use crate::error::StoreError;
use crate::key::Id;
use crate::range::Record;

/// Writes things of every sort and says what an export has to hold.
async fn fill(f: &Fixture) -> Vec<String> {
    let end = START.plus_secs(60);
    let mut expected = Vec::new();
    for id in 1..=12 {
        f.commit(|b| {
            b.create(Id(id), &PERSON, vec![id as u8, 0, 255]).expiring(end);
            b.link(Id(id), &LIKE, Id(id + 1), -(id as i64), bytes("like")).link(
                Id(id),
                &NOTE,
                Id(id),
                3,
                bytes("note"),
            );
            b.link(Id(id), &FRIEND, Id(id + 2), 9, bytes("friend")).expiring(end);
            b.claim(&EMAIL, format!("ann:{id}\0ä#"), Id(id)).add(Id(id), &UNREAD, u64::MAX - id, -5)
        })
        .await;
        let (from, none) = (Id(id), None);
        let to = |n: u64| Id(id + n);
        let assoc = |kind: u16, to: Id, time: i64, data: &str, expires| Record::Assoc {
            from,
            kind,
            to,
            time,
            data: bytes(data),
            expires,
        };
        let records = [
            Record::Object {
                id: from,
                kind: PERSON.code,
                version: 1,
                data: vec![id as u8, 0, 255],
                expires: Some(end),
            },
            assoc(LIKE.code, to(1), -(id as i64), "like", none),
            assoc(NOTE.code, to(0), 3, "note", none),
            assoc(FRIEND.code, to(2), 9, "friend", Some(end)),
            Record::Unique { space: EMAIL.code, text: format!("ann:{id}\0ä#"), id: from, expires: none },
            Record::Counter { owner: from, kind: UNREAD.code, sub: u64::MAX - id, value: -5, expires: none },
        ];
        expected.extend(records.iter().map(|record| format!("{record:?}")));
    }
    expected.sort_unstable();
    expected
}

pub(super) async fn an_empty_store_exports_nothing(f: Fixture) {
    let page = f.store.scan(None, 10).await.unwrap();
    assert_eq!((page.records, page.next), (Vec::new(), None));
}

pub(super) async fn an_export_holds_everything_once_whatever_the_page(f: Fixture) {
    let expected = fill(&f).await;
    for limit in [1, 2, 5, 12, 13, 72, 1000] {
        let mut records = Vec::new();
        let mut each = |record: Record| {
            records.push(format!("{record:?}"));
            Ok::<(), StoreError>(())
        };
        f.store.export(limit, &mut each).await.unwrap();
        records.sort_unstable();
        assert_eq!(records, expected, "in pages of {limit}");
    }
    let page = f.store.scan(None, 5).await.unwrap();
    assert!(page.records.len() <= 5, "no page is longer than its limit");
}

pub(super) async fn a_place_that_no_export_gave_out_is_refused(f: Fixture) {
    let answer = f.store.scan(Some("\u{1F600} nowhere"), 10).await;
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
}
