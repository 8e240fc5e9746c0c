//! Objects: creating, overwriting, deleting, demanding.

use super::fixture::{Fixture, PAGE, PERSON, bytes};
use crate::batch::{ExpectObject, Outcome};
use crate::error::Conflict;
use crate::key::{Id, Object};
use crate::{StoreExt, limits};

pub(super) async fn a_created_object_is_read_back_with_version_1(f: Fixture) {
    assert_eq!(f.commit_one(|b| b.create(Id(7), &PERSON, bytes("Ann"))).await, Outcome::Created);
    let object = f.store.object(Id(7)).await.unwrap();
    assert_eq!(object, Some(Object { id: Id(7), kind: PERSON.code, version: 1, data: bytes("Ann"), expires: None }));
    assert!(object.unwrap().is(&PERSON));
}

pub(super) async fn creating_an_object_that_exists_conflicts(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("Ann"))).await;
    assert_eq!(f.conflict(|b| b.create(Id(7), &PERSON, bytes("Bob"))).await, (0, Conflict::Exists));
    assert_eq!(f.object(7).await, Some((1, bytes("Ann"))));
}

pub(super) async fn an_update_overwrites_and_raises_the_version_by_one(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("0"))).await;
    for version in 1..=5 {
        let outcome = f.commit_one(|b| b.update(Id(7), &PAGE, bytes(&version.to_string()), version)).await;
        assert_eq!(outcome, Outcome::Replaced);
        assert_eq!(f.object(7).await, Some((version + 1, bytes(&version.to_string()))));
    }
    assert!(f.store.object(Id(7)).await.unwrap().unwrap().is(&PAGE), "the kind is overwritten as well");
}

pub(super) async fn an_update_with_another_version_conflicts(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("Ann"))).await;
    for version in [0, 2, u64::MAX] {
        let conflict = f.conflict(|b| b.update(Id(7), &PERSON, bytes("Bob"), version)).await;
        assert_eq!(conflict, (0, Conflict::Version));
    }
    assert_eq!(f.object(7).await, Some((1, bytes("Ann"))));
}

pub(super) async fn an_update_of_an_absent_object_conflicts(f: Fixture) {
    assert_eq!(f.conflict(|b| b.update(Id(7), &PERSON, bytes("Ann"), 1)).await, (0, Conflict::Missing));
    assert_eq!(f.object(7).await, None);
}

pub(super) async fn a_deleted_object_is_gone_and_may_be_created_anew(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("Ann"))).await;
    f.commit(|b| b.update(Id(7), &PERSON, bytes("Ann"), 1)).await;
    assert_eq!(f.commit_one(|b| b.delete(Id(7))).await, Outcome::Deleted);
    assert_eq!(f.object(7).await, None);
    assert_eq!(f.commit_one(|b| b.create(Id(7), &PERSON, bytes("Bob"))).await, Outcome::Created);
    assert_eq!(f.object(7).await, Some((1, bytes("Bob"))));
}

pub(super) async fn deleting_an_absent_object_conflicts(f: Fixture) {
    assert_eq!(f.conflict(|b| b.delete(Id(7))).await, (0, Conflict::Missing));
    assert_eq!(f.conflict(|b| b.delete_version(Id(7), 1)).await, (0, Conflict::Missing));
}

pub(super) async fn a_delete_may_demand_a_version(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("Ann"))).await;
    f.commit(|b| b.update(Id(7), &PERSON, bytes("Ann"), 1)).await;
    assert_eq!(f.conflict(|b| b.delete_version(Id(7), 1)).await, (0, Conflict::Version));
    assert_eq!(f.object(7).await, Some((2, bytes("Ann"))));
    assert_eq!(f.commit_one(|b| b.delete_version(Id(7), 2)).await, Outcome::Deleted);
    assert_eq!(f.object(7).await, None);
}

pub(super) async fn a_check_of_an_object_writes_nothing(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("Ann"))).await;
    assert_eq!(f.commit_one(|b| b.check(Id(7), ExpectObject::Version(1))).await, Outcome::Checked);
    assert_eq!(f.commit_one(|b| b.check(Id(8), ExpectObject::Absent)).await, Outcome::Checked);
    assert_eq!(f.object(7).await, Some((1, bytes("Ann"))));
    assert_eq!(f.object(8).await, None);
}

pub(super) async fn a_failing_check_of_an_object_conflicts(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("Ann"))).await;
    assert_eq!(f.conflict(|b| b.check(Id(7), ExpectObject::Absent)).await, (0, Conflict::Exists));
    assert_eq!(f.conflict(|b| b.check(Id(7), ExpectObject::Version(2))).await, (0, Conflict::Version));
    assert_eq!(f.conflict(|b| b.check(Id(8), ExpectObject::Version(1))).await, (0, Conflict::Missing));
}

pub(super) async fn the_data_of_an_object_are_any_bytes(f: Fixture) {
    let all: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = (0..limits::MAX_DATA_BYTES).map(|n| (n % 251) as u8).collect();
    for (id, data) in [(1, Vec::new()), (2, all), (3, vec![0; 3]), (4, large), (5, bytes("\u{1F600}\0"))] {
        f.commit(|b| b.create(Id(id), &PERSON, data.clone())).await;
        assert_eq!(f.object(id).await, Some((1, data)));
    }
}

pub(super) async fn the_smallest_and_the_greatest_id_are_legal(f: Fixture) {
    for id in [Id(0), Id::MAX] {
        f.commit(|b| b.create(id, &PERSON, bytes("end"))).await;
        assert_eq!(f.store.object(id).await.unwrap().map(|object| object.id), Some(id));
    }
    let found = f.store.get(&[crate::Key::Object(Id(u64::MAX))], crate::Consistency::Strong).await.unwrap();
    assert_eq!(found, [crate::Found::Object(None)], "an id that cannot be is absent");
}
