//! A full disk: the commit says so, nothing is harmed, and the store goes on once there is room.

use crate::support::{LIKE, PERSON, Place, batch, commit, create, runtime};
use reconnect_store::{Batch, CommitError, Id, Store, StoreExt, SystemClock};
use reconnect_store_sqlite::{Options, SqliteStore};
use std::sync::Arc;

fn small() -> Options {
    Options { max_bytes: Some(400_000), ..Options::default() }
}

fn large_batch(id: u64) -> Batch {
    batch(|b| b.link(Id(1), &LIKE, Id(id), 0, Vec::new()).create(Id(id), &PERSON, vec![7; 20_000]))
}

async fn fill(store: &SqliteStore) -> u64 {
    for id in 1.. {
        match store.commit(large_batch(id)).await {
            Ok(_) => {}
            Err(CommitError::Full(_)) => return id,
            Err(other) => panic!("{other}"),
        }
    }
    unreachable!()
}

async fn is_whole(store: &SqliteStore, refused: u64) {
    assert!(refused > 3, "some of it had room");
    assert_eq!(store.count(Id(1), &LIKE).await.unwrap(), refused - 1);
    assert!(store.object(Id(refused - 1)).await.unwrap().is_some());
    assert!(store.object(Id(refused)).await.unwrap().is_none());
    assert_eq!(store.quick_check().unwrap(), [""; 0]);
}

#[test]
fn a_full_file_refuses_the_batch_and_keeps_the_rest() {
    let place = Place::new();
    runtime().block_on(async {
        let store = place.open_with(Arc::new(SystemClock), small());
        let refused = fill(&store).await;
        is_whole(&store, refused).await;
        store.close();
        let store = place.open();
        is_whole(&store, refused).await;
        store.commit(large_batch(refused)).await.unwrap();
    });
}

#[test]
fn a_full_memory_refuses_the_batch_and_keeps_the_rest() {
    runtime().block_on(async {
        let store = SqliteStore::in_memory_with(Arc::new(SystemClock), &small()).unwrap();
        let refused = fill(&store).await;
        is_whole(&store, refused).await;
    });
}

#[test]
fn room_that_was_given_back_is_used_again() {
    let place = Place::new();
    runtime().block_on(async {
        let store = place.open_with(Arc::new(SystemClock), small());
        let refused = fill(&store).await;
        commit(&store, |b| b.delete(Id(1)).delete(Id(2))).await;
        store.commit(large_batch(refused)).await.unwrap();
    });
}

#[test]
fn batches_that_fit_do_not_suffer_for_one_that_does_not() {
    let place = Place::new();
    runtime().block_on(async {
        let store = Arc::new(place.open_with(Arc::new(SystemClock), small()));
        create(&store, 1).await;
        // Enough of them at once that some share a transaction with the large ones, none of which can fit.
        let tasks: Vec<_> = (0..400_u64)
            .map(|n| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    match n % 8 {
                        0 => {
                            let refused = store.commit(batch(|b| b.create(Id(n + 2), &PERSON, vec![1; 399_000]))).await;
                            assert!(matches!(refused, Err(CommitError::Full(_))), "{refused:?}");
                        }
                        _ => create(&store, n + 2).await,
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        for n in 0..400 {
            assert_eq!(store.object(Id(n + 2)).await.unwrap().is_some(), n % 8 != 0);
        }
        assert_eq!(store.quick_check().unwrap(), [""; 0]);
    });
}
