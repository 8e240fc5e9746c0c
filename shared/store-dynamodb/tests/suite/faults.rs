//! Requests are refused, lost, done and not answered, answered by half: nothing that was answered is missing, nothing is done twice.

use crate::support::{FRIEND, LIKE, PERSON, VISITS, batch, over, runtime};
use reconnect_store::batch::Outcome;
use reconnect_store::{CommitError, Conflict, Consistency, Found, Id, Key, Range, Store, StoreExt};
use reconnect_store_dynamodb::testing::Fault;
use reconnect_store_dynamodb::{DynamoStore, Options};
use reconnect_tests::standins::Dynoxide;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const ALL: [Fault; 6] =
    [Fault::Throttled, Fault::Conflict, Fault::RequestLost, Fault::ReplyLost, Fault::ServerError, Fault::Half];

/// Each fault in turn, on two requests of three.
fn in_turn() -> impl Fn(&str) -> Option<Fault> + Send + Sync + 'static {
    let n = AtomicUsize::new(0);
    move |_| {
        let n = n.fetch_add(1, Ordering::SeqCst);
        (n % 3 != 2).then(|| ALL[n % 17 % ALL.len()])
    }
}

#[test]
fn every_batch_is_done_once_whatever_befalls_its_requests() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let (store, wire, _) = over(&dynoxide.endpoint, in_turn()).await;
        let workers = (0..8_u64).map(|worker| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for n in 0..15_u64 {
                    let id = Id(1000 + worker * 100 + n);
                    let both = batch(|b| {
                        b.create(id, &PERSON, b"x".to_vec()).link(Id(1), &LIKE, id, n as i64, Vec::new());
                        b.add(Id(1), &VISITS, worker, 1).add(Id(2), &VISITS, worker, -1)
                    });
                    let outcomes = store.commit(both).await.unwrap().outcomes;
                    let value = 1 + n as i64;
                    let told = [value, -value].map(|value| Outcome::Counter { value, changed: true });
                    assert_eq!(outcomes[2..], told, "each is counted once");
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
        assert_eq!(store.count(Id(1), &LIKE).await.unwrap(), 120);
        assert_eq!(store.range(&Range::newest(Id(1), &LIKE, 1000)).await.unwrap().entries.len(), 120);
        let keys: Vec<Key> = (0..8).flat_map(|w| (0..15).map(move |n| Key::Object(Id(1000 + w * 100 + n)))).collect();
        let found = store.get(&keys, Consistency::Strong).await.unwrap();
        assert!(found.iter().all(|found| matches!(found, Found::Object(Some(object)) if object.version == 1)));
        let sent: usize = wire.take().values().sum();
        assert!(sent > 300, "faults did befall: {sent} requests");
    });
}

#[test]
fn a_lone_counter_is_never_changed_twice() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let (store, _, _) = over(&dynoxide.endpoint, in_turn()).await;
        let (mut answered, mut unknown) = (0, 0);
        for _ in 0..60 {
            match store.commit(batch(|b| b.add(Id(1), &VISITS, 0, 1))).await {
                Ok(committed) => {
                    answered += 1;
                    let [Outcome::Counter { value, changed: true }] = committed.outcomes[..] else {
                        panic!("{committed:?}")
                    };
                    assert!((answered..=answered + unknown).contains(&value), "{value} of {answered} and {unknown}");
                }
                Err(CommitError::Unavailable(why)) => {
                    assert!(why.ends_with("may or may not stand"), "{why}");
                    unknown += 1;
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert!(answered > 10 && unknown > 10, "{answered} {unknown}");
        let value = store.counter(Id(1), &VISITS, 0).await.unwrap();
        assert!((answered..=answered + unknown).contains(&value), "{value} of {answered} and {unknown}");
    });
}

#[test]
fn what_is_read_is_whole_whatever_befalls_the_requests() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let (store, _, _) = over(&dynoxide.endpoint, in_turn()).await;
        for some in 0..4_u64 {
            let people = batch(|b| {
                for n in 0..50 {
                    b.create(Id(some * 50 + n), &PERSON, vec![n as u8]).link(
                        Id(1),
                        &FRIEND,
                        Id(some * 50 + n),
                        0,
                        Vec::new(),
                    );
                }
                b
            });
            store.commit(people).await.unwrap();
        }
        let keys: Vec<Key> = (0..250).map(|id| Key::Object(Id(id))).collect();
        for _ in 0..5 {
            let found = store.get(&keys, Consistency::Strong).await.unwrap();
            let there = found.iter().filter(|found| matches!(found, Found::Object(Some(_)))).count();
            assert_eq!((found.len(), there), (250, 200));
            assert!(matches!(&found[77], Found::Object(Some(object)) if object.data == [27]));
            assert_eq!(store.entries(Range::oldest(Id(1), &FRIEND, 500)).await.unwrap().len(), 200);
        }
    });
}

#[test]
fn a_database_that_stays_away_is_given_up_in_time() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let (store, _, clock) = over(&dynoxide.endpoint, |_| None).await;
        for (fault, told) in [(Fault::Throttled, "nothing was written"), (Fault::RequestLost, "may or may not stand")] {
            let options = Options { deadline: Duration::from_millis(300), ..store.options().clone() };
            // The first request opens the table.
            let sent = AtomicUsize::new(0);
            let wire = reconnect_store_dynamodb::testing::Wire::new(&options, move |_| {
                (sent.fetch_add(1, Ordering::SeqCst) > 0).then_some(fault)
            });
            let away = DynamoStore::open_through(options, clock.clone(), wire.connector()).await.unwrap();
            let began = std::time::Instant::now();
            let error = away.commit(batch(|b| b.create(Id(7), &PERSON, Vec::new()))).await.unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
            assert!(away.object(Id(7)).await.is_err() && away.range(&Range::newest(Id(1), &LIKE, 5)).await.is_err());
            assert!(began.elapsed() < Duration::from_secs(20), "three deadlines and no more");
            assert!(wire.take().values().sum::<usize>() > 4, "it was tried again");
        }
        assert_eq!(store.object(Id(7)).await.unwrap(), None);
    });
}

#[test]
fn a_killed_database_that_comes_back_has_everything_that_was_answered() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("table.db");
    let first = Dynoxide::on(&file, reconnect_tests::standins::free_port());
    let (endpoint, port) = (first.endpoint.clone(), first.port);
    runtime().block_on(async {
        let (store, _, _) = over(&endpoint, |_| None).await;
        let workers: Vec<_> = (0..4_u64)
            .map(|worker| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for n in 0..200 {
                        let id = Id(1000 + worker * 1000 + n);
                        let both = batch(|b| b.create(id, &PERSON, Vec::new()).link(Id(1), &LIKE, id, 0, Vec::new()));
                        match store.commit(both).await {
                            Ok(_) => {}
                            // It was done, and its reply died with the process. The service itself would know the token again;
                            // the stand-in keeps tokens in memory.
                            Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(150)).await;
        first.kill();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let _second = tokio::task::spawn_blocking(move || Dynoxide::on(&file, port)).await.unwrap();
        for worker in workers {
            worker.await.unwrap();
        }
        assert_eq!(store.count(Id(1), &LIKE).await.unwrap(), 800);
        assert_eq!(store.entries(Range::oldest(Id(1), &LIKE, 1000)).await.unwrap().len(), 800);
    });
}
