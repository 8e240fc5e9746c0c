//! The home that everything lives in, a file or a table: opened where it exists, made with a world in it where it does not, closed
//! with nothing left over.

use crate::cli::Common;
use crate::fail::{Outcome, failed};
use crate::files::Building;
use crate::table::{self, Table};
use crate::world::{self, World};
use reconnect_core::{Services, Settings};
use reconnect_store::{Blobs, Clock, MemoryBlobs, Store, SystemClock};
use reconnect_store_sqlite::{FolderBlobs, Options, SqliteStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Which home the command line names.
#[derive(Debug)]
pub(crate) enum Place {
    /// A file.
    File(PathBuf),
    /// A DynamoDB table.
    Table(Table),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::File(path) => path.display().fmt(f),
            Place::Table(table) => write!(f, "the table {}", table.name()),
        }
    }
}

impl Place {
    /// For scripts: `db` or `table`.
    pub(crate) fn named(&self) -> serde_json::Value {
        match self {
            Place::File(path) => serde_json::json!({ "db": path.display().to_string() }),
            Place::Table(table) => serde_json::json!({ "table": table.name() }),
        }
    }

    /// The store there, with nothing above it. Says how to make one where there is none.
    pub(crate) async fn open(&self, clock: Arc<dyn Clock>) -> Outcome<Base> {
        match self {
            Place::File(path) if !path.exists() => Err(failed(format!(
                "there is no {self}. Make it with `reconnect serve --db {self}`, or empty with `reconnect world load empty --db {self}`"
            ))),
            Place::File(path) => Ok(Base::beside(Arc::new(SqliteStore::open(path, clock, beside_a_server())?), path)),
            Place::Table(table) => Ok(Base::Table(table.open(clock).await?)),
        }
    }
}

/// A server on the file may live in another year (`--clock`): what has expired is its own to sweep.
pub(crate) fn beside_a_server() -> Options {
    Options { sweep_every: Duration::from_secs(86_400), ..Options::default() }
}

/// The store of a home.
pub(crate) enum Base {
    /// A file, with the folder of what people upload; or memory.
    File(Arc<SqliteStore>, Arc<dyn Blobs>),
    /// A table.
    Table(table::Opened),
}

impl Base {
    /// A file, and the folder beside it.
    fn beside(store: Arc<SqliteStore>, path: &Path) -> Base {
        let blobs = FolderBlobs::beside(path);
        blobs.clear_left();
        Base::File(store, Arc::new(blobs))
    }

    /// Where the files are that people upload.
    pub(crate) fn blobs(&self) -> Arc<dyn Blobs> {
        match self {
            Base::File(_, blobs) => Arc::clone(blobs),
            Base::Table(table) => table.blobs(),
        }
    }

    /// As the layers above see it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Base::File(store, _) => Arc::clone(store) as _,
            Base::Table(table) => table.store(),
        }
    }

    /// Finishes what waits and lets go of the file. Of a table there is nothing to let go.
    pub(crate) fn close(&self) {
        match self {
            Base::File(store, _) => store.close(),
            Base::Table(_) => {}
        }
    }
}

/// An open home with everything above it.
pub(crate) struct Home {
    /// What calls and verbs work with.
    pub(crate) services: Arc<Services>,
    /// The store below, for closing it and for its own checks.
    pub(crate) base: Base,
}

impl Home {
    /// Opens the home that the command line names, for a verb.
    pub(crate) async fn open(common: &Common) -> Outcome<Home> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let base = common.place()?.open(Arc::clone(&clock)).await?;
        Home::on(base, clock, Settings::default()).await
    }

    /// Opens a file, or makes an empty one.
    pub(crate) async fn at(path: &Path, clock: Arc<dyn Clock>, settings: Settings) -> Outcome<Home> {
        let store = SqliteStore::open(path, Arc::clone(&clock), Options::default())?;
        Home::on(Base::beside(Arc::new(store), path), clock, settings).await
    }

    /// In memory, gone with the process.
    pub(crate) async fn in_memory(clock: Arc<dyn Clock>, settings: Settings) -> Outcome<Home> {
        let store = SqliteStore::in_memory(Arc::clone(&clock))?;
        Home::on(Base::File(Arc::new(store), Arc::new(MemoryBlobs::new())), clock, settings).await
    }

    async fn on(base: Base, clock: Arc<dyn Clock>, settings: Settings) -> Outcome<Home> {
        let services =
            Services::open(base.store(), base.blobs(), clock, reconnect_functions::registry(), settings).await?;
        Ok(Home { services, base })
    }

    /// Finishes what waits and lets go of it.
    pub(crate) fn close(self) {
        self.base.close();
    }
}

/// Makes a new file with a world in it. No crash leaves half a world, and a process that makes the same file at the same time keeps
/// its own.
pub(crate) async fn make(path: &Path, world: &World, clock: Arc<dyn Clock>) -> Outcome {
    let (building, _) = Building::begin(path)?;
    let home =
        Home::at(building.here(), clock, Settings::default()).await.map_err(|failure| building.named(failure))?;
    let loaded = world::load(&home.services, world).await;
    home.close();
    loaded?;
    building.place().map(|_| ())
}
