//! Group commit: what waits becomes one transaction.

use crate::support::{LIKE, Place, batch, commit, create, runtime};
use reconnect_store::{CommitError, Conflict, Id, Store, StoreExt};
use std::sync::Arc;

#[test]
fn batches_that_wait_share_a_transaction() {
    let place = Place::new();
    let store = Arc::new(place.open());
    runtime().block_on(async {
        let tasks: Vec<_> = (1..=1000)
            .map(|id| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { create(&store, id).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let stats = store.stats();
    assert_eq!(stats.batches, 1000);
    assert!(stats.transactions * 4 <= stats.batches, "{stats:?}");
}

#[test]
fn one_caller_has_a_transaction_for_each_batch() {
    let place = Place::new();
    let store = place.open();
    runtime().block_on(async {
        for id in 1..=10 {
            create(&store, id).await;
        }
    });
    assert_eq!((store.stats().transactions, store.stats().batches), (10, 10));
}

#[test]
fn a_conflict_within_a_group_is_its_own() {
    let place = Place::new();
    let store = Arc::new(place.open());
    runtime().block_on(async {
        commit(&store, |b| b.link(Id(1), &LIKE, Id(0), 0, Vec::new())).await;
        let tasks: Vec<_> = (1..=300_u64)
            .map(|n| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let rival = n % 3 == 0;
                    let answer = store
                        .commit(batch(|b| {
                            b.link(Id(1), &LIKE, Id(n), 0, Vec::new());
                            // Every third one wants what is there already.
                            b.link(Id(1), &LIKE, Id(if rival { 0 } else { n + 1000 }), 0, Vec::new())
                        }))
                        .await;
                    match answer {
                        Ok(_) => assert!(!rival),
                        Err(CommitError::Conflict { write, conflict }) => {
                            assert_eq!((rival, write, conflict), (true, 1, Conflict::Exists));
                        }
                        Err(other) => panic!("{other}"),
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(store.count(Id(1), &LIKE).await.unwrap(), 401);
    });
}

#[test]
fn closing_finishes_what_waits() {
    let place = Place::new();
    let store = Arc::new(place.open());
    let runtime = runtime();
    let answered: u64 = runtime.block_on(async {
        let tasks: Vec<_> = (1..=500)
            .map(|id| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    store.commit(batch(|b| b.create(Id(id), &crate::support::PERSON, Vec::new()))).await.is_ok()
                })
            })
            .collect();
        let closing = Arc::clone(&store);
        tokio::task::spawn_blocking(move || closing.close()).await.unwrap();
        let mut answered = 0;
        for task in tasks {
            answered += u64::from(task.await.unwrap());
        }
        answered
    });
    let store = place.open();
    let there = runtime.block_on(async {
        let ids: Vec<Id> = (1..=500).map(Id).collect();
        store.objects(&ids).await.unwrap().into_iter().flatten().count() as u64
    });
    assert_eq!(there, answered, "each batch was either written and answered or refused");
}
