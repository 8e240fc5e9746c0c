//! [`SqliteStore`]: the trait over a file or over memory, and its opening and closing.

use crate::error::{OpenError, closed, store_error};
use crate::scan::Cursor;
use crate::shared::{Shared, locked};
use crate::stats::Stats;
use crate::{housekeeper, open, read, scan, snapshot, writer};
use futures_util::future::BoxFuture;
use reconnect_store::{
    Batch, Clock, CommitError, Committed, Consistency, Found, Key, Page, Range, ScanPage, Store, StoreError,
};
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How a file is opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Read connections, each opened when first needed. As many as threads read at once; beyond that threads share.
    pub readers: usize,
    /// The file does not grow beyond this; a commit that would need more is [`CommitError::Full`].
    pub max_bytes: Option<u64>,
    /// How long a write waits for a write of another process.
    pub busy_timeout: Duration,
    /// For how long a snapshot may serve further calls, which is how late the commits of other processes are seen. Zero: each call
    /// takes its own, and sees what any process was answered before it.
    pub keep_snapshots: Duration,
    /// How often expired rows are looked for and removed. Nobody sees them meanwhile: this is about room only.
    pub sweep_every: Duration,
}

impl Default for Options {
    fn default() -> Options {
        let threads = std::thread::available_parallelism().map_or(4, usize::from);
        Options {
            readers: threads.clamp(4, 16),
            max_bytes: None,
            busy_timeout: Duration::from_secs(5),
            keep_snapshots: Duration::from_millis(50),
            sweep_every: Duration::from_secs(30),
        }
    }
}

/// The graph in one SQLite file, or in memory. See the crate's page.
pub struct SqliteStore {
    clock: Arc<dyn Clock>,
    home: Home,
}

enum Home {
    File { shared: Arc<Shared>, threads: Mutex<Option<Threads>> },
    Memory(Mutex<Option<Connection>>),
}

struct Threads {
    writer: JoinHandle<Connection>,
    housekeeper: JoinHandle<()>,
    keeper: JoinHandle<()>,
}

impl SqliteStore {
    /// Opens a file, or makes it if there is none. Its folder must exist.
    ///
    /// Nothing is written to a file that is not ours, is damaged or is newer than this program. Several processes may have one
    /// file open; each sees the commits of the others within 100 ms, and its own at once.
    pub fn open(path: impl AsRef<Path>, clock: Arc<dyn Clock>, options: Options) -> Result<SqliteStore, OpenError> {
        let path = path.as_ref();
        open::probe(path)?;
        let mut conn = open::writer(path, &options)?;
        let shared = Arc::new(Shared::new(path, Arc::clone(&clock), &options));
        let counted = Arc::clone(&shared);
        let failed = |error: rusqlite::Error| OpenError::from_sql(path, &error);
        conn.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            counted.log.written.store(pages.unsigned_abs(), Ordering::Relaxed);
            Ok(())
        }))
        .map_err(failed)?;
        let threads = Threads::start(conn, &shared, &options).map_err(|error| {
            // Those that did start end by themselves.
            shared.queue.close();
            shared.bell.stop();
            shared.readers.close();
            OpenError::Unreachable { path: path.to_owned(), reason: error.to_string() }
        })?;
        Ok(SqliteStore { clock, home: Home::File { shared, threads: Mutex::new(Some(threads)) } })
    }

    /// A store that is gone when it is dropped.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Result<SqliteStore, OpenError> {
        SqliteStore::in_memory_with(clock, &Options::default())
    }

    /// A store that is gone when it is dropped, with options; only [`Options::max_bytes`] has a meaning here.
    pub fn in_memory_with(clock: Arc<dyn Clock>, options: &Options) -> Result<SqliteStore, OpenError> {
        let conn = open::memory(options)?;
        Ok(SqliteStore { clock, home: Home::Memory(Mutex::new(Some(conn))) })
    }

    /// Finishes what waits, moves the log into the file and lets go of it. Whatever is asked afterwards is unavailable. Dropping
    /// the store does the same; calling it twice does no harm. Blocks for as long as that takes.
    pub fn close(&self) {
        match &self.home {
            Home::Memory(conn) => *locked(conn) = None,
            Home::File { shared, threads } => {
                if let Some(threads) = locked(threads).take() {
                    threads.finish(shared);
                }
            }
        }
    }

    /// What the store has done since it was opened, and how large it is.
    pub fn stats(&self) -> Stats {
        let Home::File { shared, .. } = &self.home else { return Stats::default() };
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
        let count = |figure: &std::sync::atomic::AtomicU64| figure.load(Ordering::Relaxed);
        Stats {
            path: Some(shared.path.clone()),
            file_bytes: bytes(&shared.path),
            log_bytes: bytes(&housekeeper::log_path(&shared.path)),
            transactions: count(&shared.figures.transactions),
            batches: count(&shared.figures.batches),
            snapshots: shared.readers.snapshots(),
            snapshots_held: shared.readers.held(),
            checkpoints: count(&shared.figures.checkpoints),
            pauses: count(&shared.figures.pauses),
            swept: count(&shared.figures.swept),
        }
    }

    /// Reads through the whole file and says what is wrong with it; nothing, if all is well. Takes its time on a large file, in
    /// which others read and write as ever.
    pub fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        let lines = self.read(|conn| {
            let mut statement = conn.prepare("PRAGMA quick_check")?;
            statement.query_map((), |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
        })?;
        Ok(if lines == ["ok"] { Vec::new() } else { lines })
    }

    /// How SQLite was built: one line for each option.
    pub fn compile_options(&self) -> Result<Vec<String>, StoreError> {
        self.read(|conn| {
            let mut statement = conn.prepare("PRAGMA compile_options")?;
            statement.query_map((), |row| row.get(0))?.collect()
        })
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        match &self.home {
            Home::File { shared, .. } => shared.readers.read(read),
            Home::Memory(conn) => match &*locked(conn) {
                Some(conn) => read(conn).map_err(|error| store_error(&error)),
                None => Err(StoreError::Unavailable(closed())),
            },
        }
    }

    async fn write(&self, batch: Batch) -> Result<Committed, CommitError> {
        batch.validate()?;
        if batch.is_empty() {
            return Ok(Committed::default());
        }
        match &self.home {
            Home::File { shared, .. } => match shared.queue.submit(batch)?.await {
                Ok(answer) => answer,
                Err(_) => {
                    Err(CommitError::Unavailable("the writer stopped; the batch may or may not stand".to_owned()))
                }
            },
            Home::Memory(conn) => match &*locked(conn) {
                Some(conn) => writer::commit_alone(conn, &batch, self.clock.now()),
                None => Err(CommitError::Unavailable(closed())),
            },
        }
    }
}

impl Store for SqliteStore {
    fn get<'a>(&'a self, keys: &'a [Key], _consistency: Consistency) -> BoxFuture<'a, Result<Vec<Found>, StoreError>> {
        Box::pin(async move {
            Key::validate_all(keys)?;
            self.read(|conn| read::get(conn, keys, self.clock.now()))
        })
    }

    fn range<'a>(&'a self, range: &'a Range) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(async move {
            range.validate()?;
            self.read(|conn| read::range(conn, range, self.clock.now()))
        })
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<Committed, CommitError>> {
        Box::pin(self.write(batch))
    }

    fn scan<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<ScanPage, StoreError>> {
        Box::pin(async move {
            let cursor = Cursor::parse(after)?;
            self.read(|conn| scan::scan(conn, cursor, limit, self.clock.now()))
        })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("stats", &self.stats()).finish()
    }
}

impl Threads {
    fn start(conn: Connection, shared: &Arc<Shared>, options: &Options) -> std::io::Result<Threads> {
        let named = |name: &str| Builder::new().name(name.to_owned());
        let (to_write, to_keep, to_read, options) =
            (Arc::clone(shared), Arc::clone(shared), Arc::clone(shared), options.clone());
        Ok(Threads {
            writer: named("store-writer").spawn(move || writer::run(conn, &to_write))?,
            housekeeper: named("store-keeper").spawn(move || housekeeper::run(&to_keep, &options))?,
            keeper: named("store-snapshots").spawn(move || snapshot::keep_fresh(&to_read.readers))?,
        })
    }

    /// The order matters: the queue is written before its thread ends, and the log is moved when nobody reads from it.
    fn finish(self, shared: &Shared) {
        shared.queue.close();
        let writer = self.writer.join();
        shared.bell.stop();
        shared.readers.close();
        let _ = self.housekeeper.join();
        let _ = self.keeper.join();
        match writer {
            // Where another process still reads, the log stays: nothing is lost by that.
            Ok(conn) => {
                if let Err(error) = housekeeper::checkpoint(&conn, "TRUNCATE") {
                    tracing::warn!(%error, "the last checkpoint failed; the log is kept beside the file");
                }
            }
            Err(_) => tracing::error!("the writer had stopped before its time"),
        }
    }
}
