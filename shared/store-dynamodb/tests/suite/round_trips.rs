//! How many requests an operation costs: fixed, and counted.

use crate::support::{FAN, FRIEND, LIKE, PERSON, VISITS, batch, over, runtime};
use reconnect_store::{Batch, Consistency, Id, Key, Outcome, Range, Store};
use reconnect_store_dynamodb::DynamoStore;
use reconnect_store_dynamodb::testing::Wire;
use reconnect_tests::standins::Dynoxide;
use std::sync::Arc;

/// What `BatchGetItem 1, Query 2` means.
fn told(wire: &Wire) -> String {
    let counted: Vec<String> = wire.take().iter().map(|(operation, n)| format!("{operation} {n}")).collect();
    counted.join(", ")
}

/// Runs on a fresh table, with the wire's count at nothing.
fn counting<F: Future<Output = ()>>(run: impl FnOnce(Arc<DynamoStore>, Wire) -> F) {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let (store, wire, _) = over(&dynoxide.endpoint, |_| None).await;
        run(store, wire).await;
    });
}

async fn commit(store: &DynamoStore, build: impl FnOnce(&mut Batch) -> &mut Batch) -> Vec<Outcome> {
    store.commit(batch(build)).await.unwrap().outcomes
}

#[test]
fn opening_is_one_request() {
    counting(|store, wire| async move {
        DynamoStore::open_through(store.options().clone(), Arc::new(reconnect_store::SystemClock), wire.connector())
            .await
            .unwrap();
        assert_eq!(told(&wire), "BatchGetItem 1");
    });
}

#[test]
fn a_hundred_keys_of_any_mixture_are_one_request_and_one_more_is_two() {
    counting(|store, wire| async move {
        let mut keys: Vec<Key> = (0..80).map(|id| Key::Object(Id(id))).collect();
        keys.push(Key::Assoc { from: Id(1), kind: &FRIEND, to: Id(2) });
        keys.push(Key::Count { from: Id(1), kind: &LIKE });
        keys.push(Key::Count { from: Id(1), kind: &FAN });
        keys.push(Key::Counter { owner: Id(1), kind: &VISITS, sub: 0 });
        // 80, 1, 1, the 16 shards, 1: 99. Repeats cost nothing.
        keys.extend((0..200).map(|_| Key::Object(Id(7))));
        keys.push(Key::Object(Id(1000)));
        store.get(&keys, Consistency::Strong).await.unwrap();
        assert_eq!(told(&wire), "BatchGetItem 1");
        keys.push(Key::Object(Id(1001)));
        store.get(&keys, Consistency::Eventual).await.unwrap();
        assert_eq!(told(&wire), "BatchGetItem 2");
        store.get(&[], Consistency::Strong).await.unwrap();
        assert_eq!(told(&wire), "");
    });
}

#[test]
fn a_page_of_a_list_is_one_request() {
    counting(|store, wire| async move {
        commit(&store, |b| {
            for to in 0..90 {
                b.link(Id(1), &FRIEND, Id(to), 5, vec![0; 100]);
            }
            b
        })
        .await;
        wire.take();
        assert_eq!(store.range(&Range::newest(Id(1), &FRIEND, 50)).await.unwrap().entries.len(), 50);
        assert_eq!(told(&wire), "Query 1");
        assert_eq!(store.range(&Range::newest(Id(1), &FRIEND, 5000)).await.unwrap().entries.len(), 90);
        assert_eq!(told(&wire), "Query 1");
        store.range(&Range::newest(Id(1), &FRIEND, 0)).await.unwrap();
        store.range(&Range::newest(Id(1), &FRIEND, 9).between(5, 4)).await.unwrap();
        assert_eq!(told(&wire), "", "what can hold nothing is not asked for");
    });
}

#[test]
fn a_list_beyond_a_megabyte_takes_a_request_for_each() {
    counting(|store, wire| async move {
        for to in 0..10 {
            commit(&store, |b| b.link(Id(1), &FRIEND, Id(to), 5, vec![0; 300_000])).await;
        }
        wire.take();
        assert_eq!(store.range(&Range::newest(Id(1), &FRIEND, 10)).await.unwrap().entries.len(), 10);
        let queries = wire.take()["Query"];
        assert!((3..=4).contains(&queries), "{queries} for 3 MB");
    });
}

#[test]
fn a_commit_is_one_request() {
    counting(|store, wire| async move {
        let outcomes = commit(&store, |b| {
            b.create(Id(7), &PERSON, b"x".to_vec()).link(Id(1), &LIKE, Id(2), 1, Vec::new());
            b.keep(Id(1), &FAN, Id(2), 1, Vec::new()).add(Id(1), &VISITS, 0, 1)
        })
        .await;
        assert_eq!(outcomes.len(), 4);
        assert_eq!(told(&wire), "TransactWriteItems 1");
        commit(&store, |b| b.update(Id(7), &PERSON, b"y".to_vec(), 1)).await;
        assert_eq!(told(&wire), "TransactWriteItems 1", "a single write goes the same way");
        commit(&store, |b| b.add(Id(1), &VISITS, 1, 1)).await;
        assert_eq!(told(&wire), "UpdateItem 1", "a lone counter answers its new value");
        commit(&store, |b| b).await;
        assert_eq!(told(&wire), "");
        assert!(store.commit(batch(|b| b.create(Id(7), &PERSON, vec![0; 400 * 1024]))).await.is_err());
        assert_eq!(told(&wire), "", "what the database could not take is refused before it is asked");
    });
}

#[test]
fn the_less_likely_way_is_one_request_more() {
    counting(|store, wire| async move {
        commit(&store, |b| b.link(Id(1), &LIKE, Id(2), 1, Vec::new())).await;
        wire.take();
        assert_eq!(commit(&store, |b| b.keep(Id(1), &LIKE, Id(2), 1, Vec::new())).await, [Outcome::Kept]);
        assert_eq!(told(&wire), "TransactWriteItems 2");
        assert_eq!(commit(&store, |b| b.unlink(Id(1), &FRIEND, Id(2))).await, [Outcome::Absent]);
        assert_eq!(told(&wire), "TransactWriteItems 2");
        store.commit(batch(|b| b.link(Id(1), &LIKE, Id(2), 1, Vec::new()))).await.unwrap_err();
        assert_eq!(told(&wire), "TransactWriteItems 1", "a conflict needs no second look");
    });
}
