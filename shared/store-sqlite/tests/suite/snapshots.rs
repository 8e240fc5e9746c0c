//! Snapshots: reused, given up at the next commit, and never kept.

use crate::support::{Place, VISITS, commit, create, runtime};
use reconnect_store::{Batch, Id, Outcome, Store, StoreExt};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn calls_share_a_snapshot_until_the_next_commit() {
    let place = Place::new();
    let store = place.open();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        create(&store, 1).await;
        let begun = Instant::now();
        for _ in 0..1000 {
            store.object(Id(1)).await.unwrap();
        }
        // One, and one more for each 50 ms that this took.
        let most = 2 + begun.elapsed().as_millis() as u64 / 50;
        assert!(store.stats().snapshots <= most, "{:?}", store.stats());
        let before = store.stats().snapshots;
        create(&store, 2).await;
        assert!(store.object(Id(2)).await.unwrap().is_some());
        assert!(store.stats().snapshots > before);
    });
}

#[test]
fn an_idle_snapshot_is_released() {
    let place = Place::new();
    let store = place.open();
    for round in 0..3 {
        runtime().block_on(create(&store, round));
        runtime().block_on(store.object(Id(round))).unwrap();
        assert_eq!(store.stats().snapshots_held, 1);
        let begun = Instant::now();
        while store.stats().snapshots_held > 0 {
            assert!(begun.elapsed() < Duration::from_secs(5));
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn every_thread_reads_what_any_thread_was_answered() {
    let place = Place::new();
    let store = Arc::new(place.open());
    runtime().block_on(commit(&store, |b| b.set(Id(0), &VISITS, 0, 0)));
    // Threads of their own, so that more read at once than the runtime has workers.
    let threads: Vec<_> = (0..8_u64)
        .map(|thread| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(async {
                    for n in 1..=150_i64 {
                        let mut batch = Batch::new();
                        batch.set(Id(1), &VISITS, thread, n).add(Id(0), &VISITS, 0, 1);
                        let committed = store.commit(batch).await.unwrap();
                        let [_, Outcome::Counter { value: total, .. }] = committed.outcomes[..] else { panic!() };
                        for _ in 0..4 {
                            assert_eq!(store.counter(Id(1), &VISITS, thread).await.unwrap(), n);
                            assert!(store.counter(Id(0), &VISITS, 0).await.unwrap() >= total);
                        }
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(runtime().block_on(store.counter(Id(0), &VISITS, 0)).unwrap(), 8 * 150);
    let stats = store.stats();
    assert!(stats.transactions <= stats.batches, "{stats:?}");
}

#[test]
fn more_threads_than_connections_read_at_once() {
    let place = Place::new();
    let options = reconnect_store_sqlite::Options { readers: 2, ..Default::default() };
    let store = Arc::new(place.open_with(Arc::new(reconnect_store::SystemClock), options));
    runtime().block_on(create(&store, 1));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                for _ in 0..500 {
                    assert!(runtime.block_on(store.object(Id(1))).unwrap().is_some());
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
