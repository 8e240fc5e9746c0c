//! The connections that read, and the snapshots they keep.
//!
//! Taking and giving back the read lock of the log is most of what a short read costs, so a connection keeps its read
//! transaction open between calls. Three things end such a snapshot:
//!
//! * a commit of this process: [`Readers::invalidate`] moves the generation on *before* the commit is answered, and a snapshot
//!   serves only while the generation is the one that was read before it was taken. Whoever has an answer in hand therefore
//!   reads what was answered;
//! * its age, so that commits of other processes are seen soon;
//! * [`keep_fresh`], a thread that ends idle snapshots, for an old one keeps the log from being reused. It sleeps without a
//!   timer while there are none.

use crate::error::{closed, store_error};
use crate::shared::locked;
use crate::{Options, open};
use reconnect_store::StoreError;
use rusqlite::Connection;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, TryLockError};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// Calls that a snapshot has to serve for a memory map to be worth its while. SQLite gives the whole map back whenever it finds
/// that another connection wrote: munmap, mmap, a page fault for every page and an interrupt for every thread cost about as much
/// as this many reads gain by it.
const WORTH_MAPPING: u32 = 64;
/// How often idle snapshots are looked for.
const TICK: Duration = Duration::from_millis(25);

/// The pool. Threads have a connection of their own as long as there are enough; beyond that they share.
pub(crate) struct Readers {
    path: PathBuf,
    options: Options,
    slots: Box<[Mutex<Reader>]>,
    generation: AtomicU64,
    snapshots: AtomicU64,
    closed: AtomicBool,
    /// Whether the keeper runs, and so need not be woken.
    keeper_awake: AtomicBool,
    keeper: OnceLock<Thread>,
}

#[derive(Default)]
struct Reader {
    /// Opened when first needed.
    conn: Option<Connection>,
    held: Option<Snapshot>,
    /// Whether the connection reads without a memory map at the moment.
    unmapped: bool,
}

struct Snapshot {
    generation: u64,
    taken: Instant,
    /// Calls so far.
    served: u32,
}

impl Readers {
    pub(crate) fn new(path: &Path, options: &Options) -> Readers {
        Readers {
            path: path.to_owned(),
            options: options.clone(),
            slots: (0..options.readers.max(1)).map(|_| Mutex::default()).collect(),
            generation: AtomicU64::new(0),
            snapshots: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            keeper_awake: AtomicBool::new(false),
            keeper: OnceLock::new(),
        }
    }

    /// Reads within one snapshot that shows every commit answered before this call.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let mut slot = self.slot();
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable(closed()));
        }
        let result = self.read_in(&mut slot, read);
        if result.is_err() {
            slot.release();
        }
        result.map_err(|error| store_error(&error))
    }

    fn read_in<T>(
        &self,
        reader: &mut Reader,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        // Read before the snapshot is taken: a commit in between makes the snapshot newer than its label, never older.
        let generation = self.generation.load(Ordering::Acquire);
        if let Some(held) = reader.held.as_ref().filter(|held| !held.serves(generation, self.options.keep_snapshots)) {
            // One that only became old says nothing about how much is written.
            let unmapped = if held.generation == generation { reader.unmapped } else { held.served < WORTH_MAPPING };
            reader.release();
            reader.map(unmapped)?;
        }
        if reader.conn.is_none() {
            reader.conn = Some(open::reader(&self.path, &self.options)?);
            reader.unmapped = false;
        }
        let Some(conn) = &reader.conn else { return Err(rusqlite::Error::InvalidQuery) };
        if reader.held.is_none() {
            let taken = Instant::now();
            conn.prepare_cached("BEGIN")?.execute(())?;
            reader.held = Some(Snapshot { generation, taken, served: 0 });
            self.snapshots.fetch_add(1, Ordering::Relaxed);
            self.wake_keeper();
        }
        if let Some(held) = &mut reader.held {
            held.served = held.served.saturating_add(1);
        }
        read(conn)
    }

    /// A connection nobody uses at the moment, preferably the one that this thread used last.
    fn slot(&self) -> MutexGuard<'_, Reader> {
        let own = own_slot() % self.slots.len();
        let (before, from_own) = self.slots.split_at(own);
        for slot in from_own.iter().chain(before) {
            match slot.try_lock() {
                Ok(reader) => return reader,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        locked(&self.slots[own])
    }

    /// From now on no snapshot serves that was taken before.
    pub(crate) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Ends every snapshot, after the call that it serves.
    pub(crate) fn release_all(&self) {
        for slot in &self.slots {
            locked(slot).release();
        }
    }

    /// Ends every snapshot and closes every connection; later reads are refused.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for slot in &self.slots {
            let mut reader = locked(slot);
            reader.release();
            reader.conn = None;
        }
        if let Some(keeper) = self.keeper.get() {
            keeper.unpark();
        }
    }

    /// How many snapshots were taken so far.
    pub(crate) fn snapshots(&self) -> u64 {
        self.snapshots.load(Ordering::Relaxed)
    }

    /// How many snapshots are held now. A connection in use counts as one.
    pub(crate) fn held(&self) -> usize {
        self.slots.iter().filter(|slot| slot.try_lock().map_or(true, |reader| reader.held.is_some())).count()
    }

    /// Called with the slot locked, so that the keeper's last look (see [`keep_fresh`]) comes before or after both the snapshot
    /// and this question.
    fn wake_keeper(&self) {
        if !self.keeper_awake.swap(true, Ordering::AcqRel)
            && let Some(keeper) = self.keeper.get()
        {
            keeper.unpark();
        }
    }

    /// Ends the snapshots that serve no more; says whether any is left.
    fn release_stale(&self) -> bool {
        let generation = self.generation.load(Ordering::Acquire);
        let mut left = false;
        for slot in &self.slots {
            let Ok(mut reader) = slot.try_lock() else {
                left = true;
                continue;
            };
            match &reader.held {
                Some(held) if held.serves(generation, self.options.keep_snapshots) => left = true,
                Some(_) => reader.release(),
                None => {}
            }
        }
        left
    }
}

impl Snapshot {
    fn serves(&self, generation: u64, keep: Duration) -> bool {
        self.generation == generation && self.taken.elapsed() < keep
    }
}

impl Reader {
    fn map(&mut self, unmapped: bool) -> rusqlite::Result<()> {
        if let (Some(conn), true) = (&self.conn, self.unmapped != unmapped) {
            open::map(conn, !unmapped)?;
            self.unmapped = unmapped;
        }
        Ok(())
    }

    fn release(&mut self) {
        self.held = None;
        let Some(conn) = &self.conn else { return };
        if conn.is_autocommit() {
            return;
        }
        let ended = conn.prepare_cached("COMMIT").and_then(|mut commit| commit.execute(()));
        if ended.is_err() && !conn.is_autocommit() {
            // A connection that cannot even end a read is of no use; the next read opens another.
            self.conn = None;
        }
    }
}

/// The number of this thread among those that ever read.
fn own_slot() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<Option<usize>> = const { Cell::new(None) };
    }
    OWN.with(|own| match own.get() {
        Some(number) => number,
        None => {
            let number = THREADS.fetch_add(1, Ordering::Relaxed);
            own.set(Some(number));
            number
        }
    })
}

/// The keeper's work: ends idle snapshots until the pool is closed.
pub(crate) fn keep_fresh(readers: &Readers) {
    // Only this thread sets it, and once.
    let _ = readers.keeper.set(std::thread::current());
    // A snapshot may have been taken before there was anyone to wake.
    readers.keeper_awake.store(true, Ordering::Release);
    while !readers.closed.load(Ordering::Acquire) {
        std::thread::park_timeout(TICK);
        if readers.release_stale() {
            continue;
        }
        // Nothing is held. Whoever takes a snapshot from here on finds the keeper asleep and wakes it; whoever did so just
        // before is found by the second look.
        readers.keeper_awake.store(false, Ordering::Release);
        if readers.release_stale() {
            readers.keeper_awake.store(true, Ordering::Release);
        } else if !readers.closed.load(Ordering::Acquire) {
            std::thread::park();
        }
    }
}
