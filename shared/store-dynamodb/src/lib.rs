//! The graph in one DynamoDB table.
//!
//! * [`DynamoStore::open`] looks at the table's own record first and refuses what is not ours, what is half imported, what is newer
//!   ([`OpenError`]). That look is also the warming call: the connection stands before the first answer is waited for.
//! * Every `get` is one wave of `BatchGetItem` requests, every `range` one `Query`, every `commit` one `TransactWriteItems` with a
//!   token of its own, so that a request whose reply was lost can be sent again and is applied once (`commit`, `plan`). One write
//!   needs its new value and so goes another way: a counter that is changed alone (`counter`).
//! * What passes (throttling, conflicts, half-answered batches, lost replies) is tried again with jitter, up to a deadline (`attempt`).
//!
//! What people upload lies in a bucket beside the table ([`BucketBlobs`], `bucket`).
//!
//! What a read may see: each item as of one moment, but the items of a wave not all as of the *same* moment, for that is what
//! `BatchGetItem` gives. Code that relies on two items agreeing says so in the conditions of its commit.

mod attempt;
mod bucket;
mod commit;
mod connect;
mod counter;
mod error;
mod item;
mod names;
mod options;
mod plan;
mod read;
mod scan;
mod store;
mod table;
#[cfg(feature = "testing")]
pub mod testing;

pub use bucket::BucketBlobs;
pub use connect::connector;
pub use error::OpenError;
pub use options::Options;
pub use store::DynamoStore;
pub use table::Importing;
