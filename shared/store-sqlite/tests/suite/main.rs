//! The SQLite backend: the whole conformance suite on a file and in memory, and what is this backend's own.

// clippy.toml lets tests unwrap, but does not take the helpers of a test program for tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod build;
mod conformance;
mod files;
mod full;
mod group_commit;
mod housekeeping;
mod kill;
mod open;
mod processes;
mod snapshots;
mod support;
