//! What happens beside the serving: sweeps and checkpoints.

use crate::support::{EMAIL, LIKE, NOTE, NOTICE, PERSON, Place, VISITS, batch, commit, runtime};
use reconnect_store::{Id, ManualClock, Store, StoreExt, Time};
use reconnect_store_sqlite::{Options, SqliteStore, Stats};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Waits until the figures say so.
fn wait_for(store: &SqliteStore, what: &str, reached: impl Fn(&Stats) -> bool) {
    let begun = Instant::now();
    while !reached(&store.stats()) {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {:?}", store.stats());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_has_expired_is_removed_and_the_rest_stays() {
    let place = Place::new();
    let clock = Arc::new(ManualClock::new(Time(1000)));
    let options = Options { sweep_every: Duration::from_millis(50), ..Options::default() };
    let store = place.open_with(clock.clone(), options);
    let runtime = runtime();
    runtime.block_on(async {
        for hundred in 0..6 {
            commit(&store, |b| {
                for id in hundred * 100..(hundred + 1) * 100 {
                    b.create(Id(id), &PERSON, vec![1]).expiring(Time(2000));
                }
                b
            })
            .await;
        }
        commit(&store, |b| {
            b.link(Id(1), &NOTICE, Id(2), 5, vec![1]).expiring(Time(2000)).link(Id(1), &NOTICE, Id(3), 5, vec![1]);
            b.link(Id(1), &NOTE, Id(1), 5, vec![1]).expiring(Time(2000)).link(Id(1), &NOTE, Id(2), 5, vec![1]);
            b.claim(&EMAIL, "a", Id(1)).expiring(Time(2000)).claim(&EMAIL, "b", Id(1)).expiring(Time(2001));
            b.set(Id(1), &VISITS, 0, 1).expiring(Time(2000)).set(Id(1), &VISITS, 1, 1);
            b.create(Id(1000), &PERSON, vec![1]).expiring(Time(2001)).link(Id(1), &LIKE, Id(2), 0, vec![])
        })
        .await;
    });
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(store.stats().swept, 0, "nothing is removed before its time");
    clock.set(Time(2000));
    wait_for(&store, "all that has expired is removed", |stats| stats.swept == 604);
    clock.set(Time(1500));
    let left = runtime.block_on(store.scan(None, 1000)).unwrap().records;
    assert_eq!(left.len(), 6, "the rows are gone, not only hidden: {left:?}");
    assert_eq!(store.quick_check().unwrap(), [""; 0]);
}

#[test]
fn the_log_is_copied_soon_after_the_last_write() {
    let place = Place::new();
    let store = place.open();
    runtime().block_on(commit(&store, |b| b.create(Id(1), &PERSON, vec![1; 100_000])));
    wait_for(&store, "a checkpoint is made", |stats| stats.checkpoints > 0 && stats.file_bytes > 100_000);
}

#[test]
fn the_log_does_not_grow_without_end_under_load() {
    let place = Place::new();
    let store = Arc::new(place.open());
    let runtime = runtime();
    // 160 MB go through the log while others read all the time.
    let written = runtime.block_on(async {
        let writers: Vec<_> = (0..4_u64)
            .map(|writer| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for n in 0..100 {
                        store
                            .commit(batch(|b| {
                                for row in 0..20 {
                                    b.replace(Id(writer), &NOTE, Id(row), n, vec![n as u8; 20_000]);
                                }
                                b
                            }))
                            .await
                            .unwrap();
                        store.assoc(Id(writer), &NOTE, Id(0)).await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        4 * 100 * 20 * 20_000_u64
    });
    let stats = store.stats();
    assert!(written > 100_000_000 && stats.log_bytes < 80_000_000, "{stats:?}");
    assert!(stats.checkpoints > 0, "{stats:?}");
    assert_eq!(store.quick_check().unwrap(), [""; 0]);
}
