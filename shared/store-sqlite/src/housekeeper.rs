//! What is done beside the serving: checkpoints of the log, and asking for sweeps of what has expired.
//!
//! Checkpoints are passive, which never makes a writer or reader wait. But a log that is written to without pause is never
//! copied *whole*, and only a log that is copied whole, and that no snapshot reads from, begins anew at its start. So when it
//! has grown long, the writer is paused between two groups for as long as the rest takes: one pause per some tens of megabytes.
//! The file of the log never shrinks while it serves: to overwrite it costs much less than to make it grow.

use crate::shared::{CHECKPOINT_PAGES, Shared};
use crate::{Options, open};
use rusqlite::Connection;
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A log of so many pages is made to begin anew.
const LONG_LOG_PAGES: u32 = 8192;
/// If it cannot, for another process reads from it, this many pages later it is tried again.
const RETRY_PAGES: u32 = 2048;
/// What the log's file is given at the start.
const RESERVED_BYTES: u64 = 4 * 1024 * 1024;
/// Changes are copied into the file so soon, even if they are few.
const SETTLE: Duration = Duration::from_secs(1);
/// Pause between two checkpoints or sweeps.
const BREATH: Duration = Duration::from_millis(50);

/// Works until the bell says stop.
pub(crate) fn run(shared: &Shared, options: &Options) {
    let mut conn = match open::checkpointer(&shared.path, options) {
        Ok(conn) => conn,
        Err(error) => return tracing::error!(%error, "no checkpoints: the log will grow until the store is closed"),
    };
    if let Err(error) = reserve_log(&mut conn, &shared.path) {
        tracing::debug!(%error, "the log was not enlarged beforehand");
    }
    let mut keeper = Housekeeper {
        conn,
        shared,
        dirty_since: None,
        pause_at: LONG_LOG_PAGES,
        swept: Instant::now(),
        sweep_every: options.sweep_every,
    };
    while shared.bell.wait(keeper.idle_for()) {
        keeper.sweep_if_due();
        keeper.checkpoint_if_due();
    }
}

struct Housekeeper<'s> {
    conn: Connection,
    shared: &'s Shared,
    dirty_since: Option<Instant>,
    /// The length of the log at which the writer is paused.
    pause_at: u32,
    swept: Instant,
    sweep_every: Duration,
}

impl Housekeeper<'_> {
    fn idle_for(&self) -> Duration {
        let sweep = match self.shared.figures.sweep_again.load(Ordering::Relaxed) {
            true => BREATH,
            false => self.sweep_every.saturating_sub(self.swept.elapsed()),
        };
        match self.dirty_since {
            Some(since) => sweep.min(SETTLE.saturating_sub(since.elapsed())).max(BREATH),
            None => sweep.max(BREATH),
        }
    }

    fn sweep_if_due(&mut self) {
        let again = self.shared.figures.sweep_again.swap(false, Ordering::Relaxed);
        if again || self.swept.elapsed() >= self.sweep_every {
            self.swept = Instant::now();
            self.shared.queue.sweep();
        }
    }

    fn checkpoint_if_due(&mut self) {
        if self.dirty_since.is_none() && self.shared.log.dirty.load(Ordering::Acquire) {
            self.dirty_since = Some(Instant::now());
        }
        let settled = self.dirty_since.is_some_and(|since| since.elapsed() >= SETTLE);
        if !settled && self.shared.log.waiting() < CHECKPOINT_PAGES {
            return;
        }
        self.dirty_since = None;
        self.shared.log.dirty.store(false, Ordering::Release);
        if let Err(error) = self.checkpoint() {
            tracing::warn!(%error, "a checkpoint failed; it is tried again");
            self.dirty_since = Some(Instant::now());
        }
        std::thread::sleep(BREATH);
    }

    fn checkpoint(&mut self) -> rusqlite::Result<()> {
        let length = self.copy_log()?;
        if length < LONG_LOG_PAGES {
            self.pause_at = LONG_LOG_PAGES;
        }
        if length >= self.pause_at {
            self.begin_anew()?;
            self.pause_at = length + RETRY_PAGES;
        }
        Ok(())
    }

    /// With the writer paused the rest is copied, and the next group finds the log free from its start. Snapshots are ended
    /// twice: before, for an old one keeps what is younger from being copied; and after, for one that was taken meanwhile may
    /// still read from the log. Those that are taken later read the file only.
    fn begin_anew(&self) -> rusqlite::Result<()> {
        self.shared.figures.pauses.fetch_add(1, Ordering::Relaxed);
        let _held = self.shared.queue.hold();
        self.shared.readers.release_all();
        self.copy_log()?;
        self.shared.readers.release_all();
        Ok(())
    }

    /// Copies what can be copied; answers how long the log is.
    fn copy_log(&self) -> rusqlite::Result<u32> {
        let (length, copied) = checkpoint(&self.conn, "PASSIVE")?;
        self.shared.log.copied.store(copied, Ordering::Relaxed);
        self.shared.figures.checkpoints.fetch_add(1, Ordering::Relaxed);
        Ok(length)
    }
}

/// Makes a checkpoint; answers how many pages the log has, and how many of them the file has now.
pub(crate) fn checkpoint(conn: &Connection, mode: &str) -> rusqlite::Result<(u32, u32)> {
    let (length, copied): (i64, i64) =
        conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), (), |row| Ok((row.get(1)?, row.get(2)?)))?;
    Ok((u32::try_from(length).unwrap_or(0), u32::try_from(copied).unwrap_or(0)))
}

/// The file of the log.
pub(crate) fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Fills the log's file up with zeros, which no recovery takes for pages. Only the holder of the write lock may append to the
/// log, so this is done as one; SQLite keeps its locks on other files, so that closing the handle drops none.
fn reserve_log(conn: &mut Connection, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut file = OpenOptions::new().write(true).open(log_path(path))?;
    let mut length = file.seek(SeekFrom::End(0))?;
    while length < RESERVED_BYTES {
        let missing = usize::try_from(RESERVED_BYTES - length)?.min(ZEROS.len());
        file.write_all(&ZEROS[..missing])?;
        length += missing as u64;
    }
    tx.rollback()?;
    file.sync_data()?;
    Ok(())
}
