//! The graph in one SQLite file, or in memory.
//!
//! * [`SqliteStore::open`] looks at the file without touching it and refuses what is not ours ([`OpenError`]).
//! * One thread writes; whatever waits becomes one transaction, on the disk before it is answered (`writer`, `apply`).
//! * Reads never wait for it. They run **inline on the calling task**: a read takes some microseconds out of a memory map,
//!   which is less than handing it to another thread and back would cost. Each call reads one snapshot, which may serve several
//!   calls (`snapshot`).
//! * What people upload lies in a folder beside the file ([`FolderBlobs`], `files`).
//! * Beside that a housekeeper makes checkpoints and sweeps what has expired (`housekeeper`).
//!
//! A store in memory is one connection behind a lock: nothing there waits for a disk, so there is nothing to group or to share.

mod apply;
mod error;
mod files;
mod housekeeper;
mod open;
mod read;
mod scan;
mod schema;
mod shared;
mod snapshot;
mod stats;
mod store;
mod writer;

pub use error::OpenError;
pub use files::FolderBlobs;
pub use stats::Stats;
pub use store::{Options, SqliteStore};
