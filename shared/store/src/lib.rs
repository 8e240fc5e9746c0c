//! The storage trait: objects, associations, unique keys, counters, and one atomic batch of writes.
//!
//! The shape is that of Facebook's TAO (Bronson et al., USENIX ATC 2013): a social graph is *objects*
//! `(id) → (kind, version, data)` and *associations* `(from, kind, to) → (time, data)`, at most one per triple, listed
//! newest first, counted where the kind asks for it. Added to TAO: unique keys `(space, text) → id`, counters with a floor
//! and a ceiling, preconditions, and expiry.
//!
//! Four operations are all that a backend has to offer: [`Store::get`], [`Store::range`], [`Store::commit`] and
//! [`Store::scan`]. A backend is right when the suite in `conformance` (a feature of the
//! same name) says so.
//!
//! Beside the graph lie the files that people upload: [`Blobs`], with a suite of its own.

pub mod batch;
pub mod blobs;
pub mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod error;
pub mod ext;
pub mod key;
pub mod kind;
pub mod limits;
pub mod range;

use futures_util::future::BoxFuture;

pub use batch::{Batch, Committed, Outcome, Write};
pub use blobs::{BlobError, Blobs, MemoryBlobs, NoBlobs};
pub use clock::{Clock, ManualClock, ShiftedClock, SystemClock, Time};
pub use error::{CommitError, Conflict, StoreError};
pub use ext::StoreExt;
pub use key::{Assoc, Consistency, Found, Id, Key, Object};
pub use kind::{AssocKind, Counted, CounterKind, ObjectKind, Space};
pub use range::{Direction, Entry, Page, Position, Range, Record, ScanPage};

/// A place that keeps the graph.
///
/// Every method filters by the clock that the backend was made with: what has expired is never returned, whether or not the
/// backend has removed it yet.
pub trait Store: Send + Sync + 'static {
    /// Reads any mixture of keys in one wave. Answers stand in the order of `keys`; repeats are allowed.
    ///
    /// Code above the trait takes each answer as of a moment of its own: SQLite answers a wave from one snapshot, DynamoDB does not
    /// promise to. What has to hold between two items stands in the conditions of a commit.
    fn get<'a>(&'a self, keys: &'a [Key], consistency: Consistency) -> BoxFuture<'a, Result<Vec<Found>, StoreError>>;

    /// Reads one window of one association list.
    fn range<'a>(&'a self, range: &'a Range) -> BoxFuture<'a, Result<Page, StoreError>>;

    /// Writes a batch: all of it, durably, or nothing.
    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<Committed, CommitError>>;

    /// Reads everything there is, in pages, in an order of the backend's own. For export only: no method may call it.
    fn scan<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<ScanPage, StoreError>>;
}
