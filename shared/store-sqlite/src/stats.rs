//! Figures for people: what the store has done since it was opened, and how large it is.

use std::path::PathBuf;

/// What a store has done and how large it is. Cheap to ask for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// The file; none in memory.
    pub path: Option<PathBuf>,
    /// Bytes of the file, its log left out.
    pub file_bytes: u64,
    /// Bytes of the log's file, which does not shrink while it serves.
    pub log_bytes: u64,
    /// Transactions that were made durable; with group commit fewer than batches.
    pub transactions: u64,
    /// Batches that were answered from them.
    pub batches: u64,
    /// Snapshots that were taken for reading; with reuse fewer than reads.
    pub snapshots: u64,
    /// Snapshots that are held at this moment.
    pub snapshots_held: usize,
    /// Times that the log was copied into the file.
    pub checkpoints: u64,
    /// Times that the writer was paused for it.
    pub pauses: u64,
    /// Expired rows that were removed.
    pub swept: u64,
}
