//! [`OneByOne`]: a store without group commit, as the other end of a ratio.

use futures_util::future::BoxFuture;
use reconnect_store::{
    Batch, CommitError, Committed, Consistency, Found, Key, Page, Range, ScanPage, Store, StoreError,
};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Lets two batches through at a time: while one is on its way to the disk the next one waits at the writer's door. So the writer
/// never finds two that it could join, and never waits for one either: what is missing is the grouping and nothing else.
pub(crate) struct OneByOne {
    inner: Arc<SqliteStore>,
    door: Semaphore,
}

impl OneByOne {
    /// Over a file.
    pub(crate) fn new(inner: Arc<SqliteStore>) -> OneByOne {
        OneByOne { inner, door: Semaphore::new(2) }
    }
}

impl Store for OneByOne {
    fn get<'a>(&'a self, keys: &'a [Key], consistency: Consistency) -> BoxFuture<'a, Result<Vec<Found>, StoreError>> {
        self.inner.get(keys, consistency)
    }

    fn range<'a>(&'a self, range: &'a Range) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.inner.range(range)
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<Committed, CommitError>> {
        Box::pin(async move {
            let Ok(_permit) = self.door.acquire().await else {
                return Err(CommitError::Unavailable("the door is closed".to_owned()));
            };
            self.inner.commit(batch).await
        })
    }

    fn scan<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<ScanPage, StoreError>> {
        self.inner.scan(after, limit)
    }
}
