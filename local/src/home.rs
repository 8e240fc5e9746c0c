//! The file that everything lives in: opened where it exists, filled with a world where it does not, closed with nothing left over.

use crate::cli::Common;
use crate::fail::{Failure, Outcome, failed};
use crate::world::{self, World};
use reconnect_core::{Services, Settings};
use reconnect_store::{Clock, SystemClock};
use reconnect_store_sqlite::{Options, SqliteStore};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// An open file (or memory) with everything above it.
pub(crate) struct Home {
    /// What calls and verbs work with.
    pub(crate) services: Arc<Services>,
    /// The store below, for closing it and for its own checks.
    pub(crate) store: Arc<SqliteStore>,
}

impl Home {
    /// Opens the file that the command line names, for a verb; says how to make one where there is none.
    pub(crate) async fn open(common: &Common) -> Outcome<Home> {
        let path = common.db();
        if !path.exists() {
            let shown = path.display();
            return Err(failed(format!(
                "there is no {shown}. Make it with `reconnect serve --db {shown}`, or empty with `reconnect world load empty --db {shown}`"
            )));
        }
        // A server on the file may live in another year (`--clock`): what has expired is its own to sweep.
        let options = Options { sweep_every: Duration::from_secs(86_400), ..Options::default() };
        Home::with(&path, Arc::new(SystemClock), Settings::default(), options).await
    }

    /// Opens a file, or makes an empty one.
    pub(crate) async fn at(path: &Path, clock: Arc<dyn Clock>, settings: Settings) -> Outcome<Home> {
        Home::with(path, clock, settings, Options::default()).await
    }

    async fn with(path: &Path, clock: Arc<dyn Clock>, settings: Settings, options: Options) -> Outcome<Home> {
        let store = SqliteStore::open(path, Arc::clone(&clock), options)?;
        Home::on(store, clock, settings).await
    }

    /// In memory, gone with the process.
    pub(crate) async fn in_memory(clock: Arc<dyn Clock>, settings: Settings) -> Outcome<Home> {
        let store = SqliteStore::in_memory(Arc::clone(&clock))?;
        Home::on(store, clock, settings).await
    }

    async fn on(store: SqliteStore, clock: Arc<dyn Clock>, settings: Settings) -> Outcome<Home> {
        let store = Arc::new(store);
        let services =
            Services::open(Arc::clone(&store) as _, clock, reconnect_functions::registry(), settings).await?;
        Ok(Home { services, store })
    }

    /// Finishes what waits and lets go of the file.
    pub(crate) fn close(self) {
        self.store.close();
    }
}

/// Makes a new file with a world in it. The world is built beside the file's place and moved there when it is whole, so that no
/// crash leaves half a world, and a process that makes the same file at the same time keeps its own.
pub(crate) async fn make(path: &Path, world: &World, clock: Arc<dyn Clock>) -> Outcome {
    let building = beside(path, &format!(".making-{}", std::process::id()));
    let _cleaner = Cleaner(building.clone());
    private(&building).map_err(|error| {
        failed(format!("cannot make {}: {error}. Check that its folder exists and may be written", path.display()))
    })?;
    let home =
        Home::at(&building, clock, Settings::default()).await.map_err(|failure| named(failure, &building, path))?;
    let loaded = world::load(&home.services, world).await;
    home.close();
    loaded?;
    place(&building, path)
}

/// An empty file that only its owner reads: it will hold the secrets of applications. What SQLite puts beside it is as private.
pub(crate) fn private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A file name with something appended.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Errors name the file that was asked for, not the one that is being built.
fn named(failure: Failure, building: &Path, path: &Path) -> Failure {
    match failure {
        Failure::Failed(text) => {
            Failure::Failed(text.replace(&building.display().to_string(), &path.display().to_string()))
        }
        other => other,
    }
}

fn place(building: &Path, path: &Path) -> Outcome {
    // A link, unlike a rename, never replaces what another process put there meanwhile.
    match std::fs::hard_link(building, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        // Some file systems have no links.
        Err(_) if !path.exists() => std::fs::rename(building, path).map_err(|error| {
            failed(format!("cannot make {}: {error}. Check that its folder may be written", path.display()))
        }),
        Err(_) => Ok(()),
    }
}

/// Removes what is left of a file that was being built.
struct Cleaner(PathBuf);

impl Drop for Cleaner {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(&self.0, suffix));
        }
    }
}
