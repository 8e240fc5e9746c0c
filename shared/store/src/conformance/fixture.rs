//! What a case works with: a fresh store, its clock, kinds of every sort, and words for what is expected.

use crate::batch::{Batch, Committed, Outcome};
use crate::clock::{ManualClock, Time};
use crate::error::{CommitError, Conflict, StoreError};
use crate::key::{Consistency, Found, Id, Key};
use crate::kind::{AssocKind, Counted, CounterKind, ObjectKind, Space};
use crate::range::{Entry, Page, Position, Range};
use crate::{Store, StoreExt};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;

/// What every case's clock shows at first.
pub const START: Time = Time(1_300_000_000_000);

pub(super) static PERSON: ObjectKind = ObjectKind { code: 1, name: "person" };
pub(super) static PAGE: ObjectKind = ObjectKind { code: 2, name: "page" };
/// Ordered, uncounted.
pub(super) static FRIEND: AssocKind = AssocKind { code: 1, name: "friend", counted: Counted::No, ordered: true };
/// Ordered, counted.
pub(super) static LIKE: AssocKind = AssocKind { code: 2, name: "like", counted: Counted::Yes, ordered: true };
/// Ordered, counted in shards.
pub(super) static FAN: AssocKind = AssocKind { code: 3, name: "fan", counted: Counted::Sharded(16), ordered: true };
/// Unordered, uncounted.
pub(super) static NOTE: AssocKind = AssocKind { code: 4, name: "note", counted: Counted::No, ordered: false };
/// Unordered, counted.
pub(super) static BADGE: AssocKind = AssocKind { code: 5, name: "badge", counted: Counted::Yes, ordered: false };
pub(super) static UNREAD: CounterKind = CounterKind { code: 1, name: "unread" };
pub(super) static SHARES: CounterKind = CounterKind { code: 2, name: "shares" };
pub(super) static EMAIL: Space = Space { code: 1, name: "email" };
pub(super) static CANVAS: Space = Space { code: 2, name: "canvas" };

/// A fresh store and what goes with it.
#[derive(Clone)]
pub struct Fixture {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<ManualClock>,
    spawn: Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>,
}

impl Fixture {
    /// A store in which nothing is, the clock it goes by (standing at [`START`]), and what starts a task beside the case.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<ManualClock>,
        spawn: impl Fn(BoxFuture<'static, ()>) + Send + Sync + 'static,
    ) -> Fixture {
        Fixture { store, clock, spawn: Arc::new(spawn) }
    }

    /// Runs all of them at once, each as a task of its own, and gives their answers in order.
    pub(super) async fn race<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        tasks: impl IntoIterator<Item = F>,
    ) -> Vec<T> {
        let started: Vec<_> = tasks
            .into_iter()
            .map(|task| {
                let (task, answer) = task.remote_handle();
                (self.spawn)(task.boxed());
                answer
            })
            .collect();
        join_all(started).await
    }

    /// Commits what must succeed.
    pub(super) async fn commit(&self, build: impl FnOnce(&mut Batch) -> &mut Batch) -> Vec<Outcome> {
        let Committed { outcomes } = self.store.commit(batch(build)).await.expect("a commit that succeeds");
        outcomes
    }

    /// Commits one write that must succeed.
    pub(super) async fn commit_one(&self, build: impl FnOnce(&mut Batch) -> &mut Batch) -> Outcome {
        let outcomes = self.commit(build).await;
        assert_eq!(outcomes.len(), 1, "one outcome for one write");
        outcomes[0]
    }

    /// Commits what must conflict; answers which write did, and why.
    pub(super) async fn conflict(&self, build: impl FnOnce(&mut Batch) -> &mut Batch) -> (usize, Conflict) {
        match self.store.commit(batch(build)).await {
            Err(CommitError::Conflict { write, conflict }) => (write, conflict),
            other => panic!("a conflict was expected, not {other:?}"),
        }
    }

    /// Commits what no backend may take.
    pub(super) async fn refused(&self, build: impl FnOnce(&mut Batch) -> &mut Batch) {
        match self.store.commit(batch(build)).await {
            Err(CommitError::Refused(_)) => {}
            other => panic!("a refusal was expected, not {other:?}"),
        }
    }

    /// Reads keys, strongly consistent.
    pub(super) async fn get(&self, keys: &[Key]) -> Vec<Found> {
        self.store.get(keys, Consistency::Strong).await.expect("a read that succeeds")
    }

    /// Version and data of an object.
    pub(super) async fn object(&self, id: u64) -> Option<(u64, Vec<u8>)> {
        let object = self.store.object(Id(id)).await.expect("a read that succeeds");
        object.map(|object| (object.version, object.data))
    }

    /// Time and data of an association.
    pub(super) async fn assoc(&self, from: u64, kind: &'static AssocKind, to: u64) -> Option<(i64, Vec<u8>)> {
        let assoc = self.store.assoc(Id(from), kind, Id(to)).await.expect("a read that succeeds");
        assoc.map(|assoc| (assoc.time, assoc.data))
    }

    pub(super) async fn count(&self, from: u64, kind: &'static AssocKind) -> u64 {
        self.store.count(Id(from), kind).await.expect("a read that succeeds")
    }

    pub(super) async fn counter(&self, owner: u64, kind: &'static CounterKind, sub: u64) -> Option<i64> {
        match self.get(&[Key::Counter { owner: Id(owner), kind, sub }]).await.as_slice() {
            [Found::Counter(value)] => *value,
            other => panic!("one counter was expected, not {other:?}"),
        }
    }

    pub(super) async fn unique(&self, space: &'static Space, text: &str) -> Option<u64> {
        self.store.unique(space, text).await.expect("a read that succeeds").map(|id| id.0)
    }

    pub(super) async fn range(&self, range: &Range) -> Page {
        self.store.range(range).await.expect("a read that succeeds")
    }

    /// The ids that a range answers, its cursor left aside.
    pub(super) async fn ids(&self, range: &Range) -> Vec<u64> {
        self.range(range).await.entries.iter().map(|entry| entry.to.0).collect()
    }

    /// Every entry of a window, read in pages of `limit`, and how many pages were not empty.
    pub(super) async fn pages(&self, range: Range, limit: usize) -> (Vec<Entry>, usize) {
        let (mut entries, mut pages, mut after) = (Vec::new(), 0, range.after);
        loop {
            let page = self.range(&Range { limit, after, ..range.clone() }).await;
            assert!(page.entries.len() <= limit, "no page is longer than its limit");
            pages += usize::from(!page.entries.is_empty());
            entries.extend(page.entries);
            assert!(entries.len() < 100_000, "a list comes to its end");
            match page.next {
                Some(next) => after = Some(next),
                None => return (entries, pages),
            }
        }
    }

    /// A read that no backend may take.
    pub(super) async fn refused_read(&self, keys: &[Key]) {
        match self.store.get(keys, Consistency::Strong).await {
            Err(StoreError::Refused(_)) => {}
            other => panic!("a refusal was expected, not {other:?}"),
        }
    }
}

/// Lets other tasks run: a backend may answer reads at once, and a loop of such reads would never give way.
pub(super) async fn give_way() {
    let mut gave_way = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut gave_way, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A batch, built by a closure.
pub(super) fn batch(build: impl FnOnce(&mut Batch) -> &mut Batch) -> Batch {
    let mut batch = Batch::new();
    build(&mut batch);
    batch
}

pub(super) fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

pub(super) fn at(time: i64, to: u64) -> Position {
    Position { time, to: Id(to) }
}
