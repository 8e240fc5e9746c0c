//! Many calls at once.

use super::fixture::{EMAIL, FRIEND, Fixture, LIKE, PERSON, UNREAD, batch, bytes, give_way};
use crate::batch::{Batch, Committed, Outcome};
use crate::error::{CommitError, Conflict};
use crate::key::{Consistency, Found, Id, Key};
use crate::range::Range;
use crate::{Store, StoreExt};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const RIVALS: u64 = 32;

/// Commits one batch per rival, all at once; answers what each heard.
async fn rivals(f: &Fixture, build: impl Fn(u64) -> Batch) -> Vec<Result<Committed, CommitError>> {
    let tasks = (0..RIVALS).map(|rival| {
        let (store, batch) = (Arc::clone(&f.store), build(rival));
        async move { store.commit(batch).await }
    });
    f.race(tasks).await
}

/// Which rival won; every other one must have met this conflict.
fn winner(answers: &[Result<Committed, CommitError>], conflict: Conflict) -> u64 {
    let won: Vec<usize> = (0..answers.len()).filter(|rival| answers[*rival].is_ok()).collect();
    assert_eq!(won.len(), 1, "one wins: {answers:?}");
    for answer in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(answer.conflict(), Some((0, conflict)), "{answer}");
    }
    won[0] as u64
}

fn rival_data(rival: u64) -> Vec<u8> {
    rival.to_string().into_bytes()
}

pub(super) async fn of_many_that_create_one_object_one_wins(f: Fixture) {
    let answers = rivals(&f, |rival| batch(|b| b.create(Id(7), &PERSON, rival_data(rival)))).await;
    let winner = winner(&answers, Conflict::Exists);
    assert_eq!(f.object(7).await, Some((1, rival_data(winner))));
}

pub(super) async fn of_many_that_insert_one_triple_one_wins(f: Fixture) {
    let answers = rivals(&f, |rival| batch(|b| b.link(Id(1), &LIKE, Id(2), rival as i64, rival_data(rival)))).await;
    let winner = winner(&answers, Conflict::Exists);
    assert_eq!(f.assoc(1, &LIKE, 2).await, Some((winner as i64, rival_data(winner))));
    assert_eq!(f.count(1, &LIKE).await, 1);
    assert_eq!(f.ids(&Range::newest(Id(1), &LIKE, 9)).await, [2]);
}

pub(super) async fn of_many_that_keep_one_triple_one_creates_it_and_it_counts_once(f: Fixture) {
    let answers = rivals(&f, |rival| batch(|b| b.keep(Id(1), &LIKE, Id(2), rival as i64, rival_data(rival)))).await;
    let outcomes: Vec<Outcome> = answers.into_iter().map(|answer| answer.unwrap().outcomes[0]).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Created).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Kept).count(), RIVALS as usize - 1);
    assert_eq!(f.count(1, &LIKE).await, 1);
}

pub(super) async fn of_many_that_claim_one_key_one_wins(f: Fixture) {
    let answers = rivals(&f, |rival| batch(|b| b.claim(&EMAIL, "ann", Id(rival)))).await;
    let winner = winner(&answers, Conflict::Exists);
    assert_eq!(f.unique(&EMAIL, "ann").await, Some(winner));
}

pub(super) async fn of_many_that_update_one_version_one_wins(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("old"))).await;
    for version in 1..=4 {
        let answers = rivals(&f, |rival| batch(|b| b.update(Id(7), &PERSON, rival_data(rival), version))).await;
        let winner = winner(&answers, Conflict::Version);
        assert_eq!(f.object(7).await, Some((version + 1, rival_data(winner))));
    }
}

pub(super) async fn of_many_that_delete_one_association_one_wins(f: Fixture) {
    f.commit(|b| b.link(Id(1), &LIKE, Id(2), 0, bytes("")).link(Id(1), &LIKE, Id(3), 0, bytes(""))).await;
    let answers = rivals(&f, |_| batch(|b| b.unlink_or_fail(Id(1), &LIKE, Id(2)))).await;
    winner(&answers, Conflict::Missing);
    assert_eq!(f.count(1, &LIKE).await, 1);
}

/// Tries until no rival is in the way. A backend may give up on a row that many want; the caller then tries again.
async fn insist(store: &Arc<dyn Store>, build: impl Fn() -> Batch) -> Committed {
    for _ in 0..1000 {
        match store.commit(build()).await {
            Ok(committed) => return committed,
            Err(CommitError::Unavailable(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    panic!("a thousand tries were not enough");
}

pub(super) async fn concurrent_additions_to_a_counter_are_all_counted(f: Fixture) {
    let tasks = (0..RIVALS).map(|_| {
        let store = Arc::clone(&f.store);
        async move {
            let mut seen = Vec::new();
            for _ in 0..8 {
                match insist(&store, || batch(|b| b.add(Id(1), &UNREAD, 0, 1))).await.outcomes[..] {
                    [Outcome::Counter { value, changed: true }] => seen.push(value),
                    ref other => panic!("{other:?}"),
                }
            }
            seen
        }
    });
    let mut seen: Vec<i64> = f.race(tasks).await.into_iter().flatten().collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(1..=RIVALS as i64 * 8), "each addition answers a value of its own");
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(RIVALS as i64 * 8));
}

pub(super) async fn a_ceiling_holds_under_concurrent_additions(f: Fixture) {
    let answers = rivals(&f, |_| batch(|b| b.add(Id(1), &UNREAD, 0, 1).ceiling(10))).await;
    let changed = |answer: &Result<Committed, CommitError>| {
        matches!(answer.as_ref().unwrap().outcomes[..], [Outcome::Counter { changed: true, .. }])
    };
    assert_eq!(answers.iter().filter(|answer| changed(answer)).count(), 10);
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(10));
}

pub(super) async fn a_count_is_exact_under_concurrent_inserts(f: Fixture) {
    let tasks = (0..RIVALS).map(|rival| {
        let store = Arc::clone(&f.store);
        async move {
            for n in 0..4 {
                let to = Id(rival * 4 + n);
                insist(&store, || batch(|b| b.keep(Id(1), &LIKE, to, 0, bytes("")))).await;
            }
        }
    });
    f.race(tasks).await;
    assert_eq!(f.count(1, &LIKE).await, RIVALS * 4);
    assert_eq!(f.ids(&Range::newest(Id(1), &LIKE, 1000)).await.len() as u64, RIVALS * 4);
}

pub(super) async fn a_count_is_exact_under_concurrent_inserts_and_deletes(f: Fixture) {
    let tasks = (0..RIVALS).map(|rival| {
        let store = Arc::clone(&f.store);
        async move {
            for n in 0..10 {
                // All want the same few entries: each meets what others left.
                let to = Id((rival + n) % 5);
                insist(&store, || match (rival + n) % 2 {
                    0 => batch(|b| b.keep(Id(1), &LIKE, to, n as i64, bytes(""))),
                    _ => batch(|b| b.unlink(Id(1), &LIKE, to)),
                })
                .await;
            }
        }
    });
    f.race(tasks).await;
    let there = f.ids(&Range::newest(Id(1), &LIKE, 1000)).await.len() as u64;
    assert_eq!(f.count(1, &LIKE).await, there);
}

/// More than code above the trait may lean on: DynamoDB itself promises it for single items only. Its stand-in keeps it, and so
/// shows that a batch is one transaction.
pub(super) async fn readers_never_see_half_a_batch(f: Fixture) {
    f.commit(|b| b.create(Id(1), &PERSON, bytes("0")).create(Id(2), &PERSON, bytes("0"))).await;
    let done = Arc::new(AtomicBool::new(false));
    let store = Arc::clone(&f.store);
    let finished = Arc::clone(&done);
    let writer = async move {
        for n in 1..=60_u64 {
            let data = n.to_string().into_bytes();
            let both = batch(|b| {
                b.update(Id(1), &PERSON, data.clone(), n).update(Id(2), &PERSON, data.clone(), n);
                b.link(Id(1), &FRIEND, Id(n), 0, bytes("")).link(Id(2), &FRIEND, Id(n), 0, bytes(""))
            });
            store.commit(both).await.unwrap();
        }
        finished.store(true, Ordering::SeqCst);
    };
    let readers = (0..4).map(|_| {
        let (store, done) = (Arc::clone(&f.store), Arc::clone(&done));
        async move {
            let mut last = 0;
            while !done.load(Ordering::SeqCst) {
                let found = store.get(&[Key::Object(Id(1)), Key::Object(Id(2))], Consistency::Strong).await.unwrap();
                let [Found::Object(Some(one)), Found::Object(Some(two))] = &found[..] else { panic!("{found:?}") };
                assert_eq!((one.version, &one.data), (two.version, &two.data), "both or neither");
                assert!(one.version >= last, "time does not run backwards");
                last = one.version;
                give_way().await;
            }
        }
    });
    let mut tasks: Vec<futures_util::future::BoxFuture<'static, ()>> = vec![Box::pin(writer)];
    tasks.extend(readers.map(|reader| Box::pin(reader) as futures_util::future::BoxFuture<'static, ()>));
    f.race(tasks).await;
    assert_eq!(f.object(1).await, Some((61, bytes("60"))));
}

pub(super) async fn what_was_answered_is_seen_by_every_later_read(f: Fixture) {
    f.commit(|b| b.create(Id(7), &PERSON, bytes("x")).set(Id(1), &UNREAD, 0, 0)).await;
    let answered = Arc::new(AtomicU64::new(0));
    let tasks = (0..8).map(|task| {
        let (store, answered) = (Arc::clone(&f.store), Arc::clone(&answered));
        async move {
            for _ in 0..50 {
                if task % 4 == 0 {
                    let added = insist(&store, || batch(|b| b.add(Id(1), &UNREAD, 0, 1))).await;
                    let [Outcome::Counter { value, .. }] = added.outcomes[..] else { panic!("{added:?}") };
                    answered.fetch_max(value as u64, Ordering::SeqCst);
                }
                let before = answered.load(Ordering::SeqCst) as i64;
                let now = store.counter(Id(1), &UNREAD, 0).await.unwrap();
                assert!(now >= before, "{before} was answered, {now} was read");
                give_way().await;
            }
        }
    });
    f.race(tasks).await;
    assert_eq!(f.counter(1, &UNREAD, 0).await, Some(100));
}
