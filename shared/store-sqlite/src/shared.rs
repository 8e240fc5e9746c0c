//! What the threads of one open file share: queue, readers, clock, bell and figures.

use crate::Options;
use crate::snapshot::Readers;
use crate::writer::{Queue, SWEEP_ROWS};
use reconnect_store::Clock;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Locks; what a panicking thread left behind is still whole, for no lock here is held over half a change.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Pages in the log that wait for a checkpoint, at which one is due.
pub(crate) const CHECKPOINT_PAGES: u32 = 1000;

/// See the module.
pub(crate) struct Shared {
    pub(crate) path: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queue: Queue,
    pub(crate) readers: Readers,
    pub(crate) bell: Bell,
    pub(crate) figures: Figures,
    pub(crate) log: Log,
}

/// Counted since the file was opened.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) transactions: AtomicU64,
    pub(crate) batches: AtomicU64,
    pub(crate) checkpoints: AtomicU64,
    pub(crate) pauses: AtomicU64,
    pub(crate) swept: AtomicU64,
    /// Whether the last sweep stopped at its limit.
    pub(crate) sweep_again: AtomicBool,
}

/// How far the write-ahead log has come, in pages. Written by the writer's hook and by the housekeeper.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) written: AtomicU32,
    pub(crate) copied: AtomicU32,
    /// Whether anything was written since the housekeeper last looked.
    pub(crate) dirty: AtomicBool,
}

impl Shared {
    pub(crate) fn new(path: &Path, clock: Arc<dyn Clock>, options: &Options) -> Shared {
        Shared {
            path: path.to_owned(),
            clock,
            queue: Queue::default(),
            readers: Readers::new(path, options),
            bell: Bell::default(),
            figures: Figures::default(),
            log: Log::default(),
        }
    }

    /// A transaction is on the disk: whoever reads from now on must see it.
    pub(crate) fn committed(&self, batches: usize) {
        self.readers.invalidate();
        self.figures.transactions.fetch_add(1, Ordering::Relaxed);
        self.figures.batches.fetch_add(batches as u64, Ordering::Relaxed);
    }

    /// A sweep has removed so many rows.
    pub(crate) fn swept(&self, rows: usize) {
        self.figures.swept.fetch_add(rows as u64, Ordering::Relaxed);
        self.figures.sweep_again.store(rows >= SWEEP_ROWS, Ordering::Relaxed);
        if rows >= SWEEP_ROWS {
            self.bell.ring();
        }
    }

    /// After each turn of the writer: is a checkpoint due?
    pub(crate) fn note_log(&self) {
        let first = !self.log.dirty.swap(true, Ordering::AcqRel);
        if first || self.log.waiting() >= CHECKPOINT_PAGES {
            self.bell.ring();
        }
    }
}

impl Log {
    /// Pages that no checkpoint has copied yet.
    pub(crate) fn waiting(&self) -> u32 {
        let written = self.written.load(Ordering::Relaxed);
        let copied = self.copied.load(Ordering::Relaxed);
        // The log began anew when it is shorter than what was copied of it.
        if written < copied { written } else { written - copied }
    }
}

/// Wakes the housekeeper.
#[derive(Default)]
pub(crate) struct Bell {
    state: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Default)]
struct Rung {
    rung: bool,
    stop: bool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        locked(&self.state).rung = true;
        self.changed.notify_one();
    }

    pub(crate) fn stop(&self) {
        locked(&self.state).stop = true;
        self.changed.notify_one();
    }

    /// Sleeps until the bell rings or the time is over; false when it is time to stop.
    pub(crate) fn wait(&self, at_most: Duration) -> bool {
        let state = locked(&self.state);
        let waited = self.changed.wait_timeout_while(state, at_most, |state| !state.rung && !state.stop);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.rung = false;
        !state.stop
    }
}
