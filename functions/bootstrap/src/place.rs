//! Where the graph lies: a DynamoDB table, or a SQLite file for trying functions on the desk. Which of them a build knows is told by
//! its cargo features.

use crate::environment::Environment;
use reconnect_store::{Blobs, Clock, Object, Store};
use std::sync::Arc;

#[cfg(feature = "dynamodb")]
use reconnect_core::kinds;
#[cfg(feature = "dynamodb")]
use reconnect_store::{Found, Key, NoBlobs};
#[cfg(feature = "dynamodb")]
use reconnect_store_dynamodb::{BucketBlobs, DynamoStore, Options};
#[cfg(feature = "sqlite")]
use reconnect_store_sqlite::{FolderBlobs, Options as SqliteOptions, SqliteStore};
#[cfg(feature = "sqlite")]
use std::path::{Path, PathBuf};
#[cfg(feature = "sqlite")]
use std::time::Duration;

/// Lambda's only folder that can be written.
#[cfg(feature = "sqlite")]
const DEFAULT_FILE: &str = "/tmp/reconnect.db";

/// The place.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A table, and the bucket beside it, if there is one.
    #[cfg(feature = "dynamodb")]
    Table(Options, Option<Arc<BucketBlobs>>),
    /// A file; one that is not there begins as a copy of `seed`, if that is.
    #[cfg(feature = "sqlite")]
    File {
        /// The file.
        path: PathBuf,
        /// What lies beside the function's program.
        seed: Option<PathBuf>,
    },
}

/// An open place.
pub(crate) struct Opened {
    /// What everything above works with.
    pub(crate) store: Arc<dyn Store>,
    /// The files that people upload.
    pub(crate) blobs: Arc<dyn Blobs>,
    /// The server's own record, if it was read on the way.
    pub(crate) server: Option<Object>,
}

impl Place {
    /// As the environment names it: a table where it names one, else the file.
    pub(crate) fn read(env: &Environment<'_>) -> Result<Place, String> {
        #[cfg(feature = "dynamodb")]
        if let Some(table) = env.text("RECONNECT_TABLE") {
            let options = Options::from_environment(table, env.text("RECONNECT_ENDPOINT"));
            let options = options.map_err(|error| error.to_string())?;
            let bucket = bucket(env, &options)?;
            return Ok(Place::Table(options, bucket));
        }
        Place::file(env)
    }

    #[cfg(feature = "sqlite")]
    #[allow(clippy::unnecessary_wraps, reason = "a build without the feature has to refuse")]
    fn file(env: &Environment<'_>) -> Result<Place, String> {
        let path = env.text("RECONNECT_DB").unwrap_or_else(|| DEFAULT_FILE.to_owned()).into();
        let beside = std::env::current_exe().ok().map(|program| program.with_file_name("reconnect.db"));
        Ok(Place::File { path, seed: beside })
    }

    #[cfg(not(feature = "sqlite"))]
    fn file(_: &Environment<'_>) -> Result<Place, String> {
        Err("RECONNECT_TABLE is not set; it names the DynamoDB table".to_owned())
    }

    /// Opens it. The error is one line.
    pub(crate) async fn open(&self, clock: Arc<dyn Clock>) -> Result<Opened, String> {
        match self {
            #[cfg(feature = "dynamodb")]
            Place::Table(options, bucket) => {
                // In the request that opens the table: another one would be a second round trip before the first answer.
                let server = [Key::Object(kinds::SERVER_ID)];
                let opened = DynamoStore::open_reading(options.clone(), clock, &server).await;
                let (store, found) = opened.map_err(|error| error.to_string())?;
                let server = match found.into_iter().next() {
                    Some(Found::Object(server)) => server,
                    _ => None,
                };
                let blobs: Arc<dyn Blobs> = match bucket {
                    Some(bucket) => Arc::clone(bucket) as _,
                    None => Arc::new(NoBlobs("RECONNECT_BUCKET is not set; it names the bucket")),
                };
                Ok(Opened { store: Arc::new(store), blobs, server })
            }
            #[cfg(feature = "sqlite")]
            Place::File { path, seed } => {
                begin(path, seed.as_deref())?;
                // Other functions write to the same file, and what one has answered the next must see.
                let options = SqliteOptions { keep_snapshots: Duration::ZERO, ..SqliteOptions::default() };
                match SqliteStore::open(path, clock, options) {
                    Ok(store) => {
                        let blobs = Arc::new(FolderBlobs::beside(path));
                        Ok(Opened { store: Arc::new(store), blobs, server: None })
                    }
                    Err(error) => Err(error.to_string()),
                }
            }
        }
    }

    /// Whether only this machine reaches it, so that demo people with public passwords do no harm.
    pub(crate) fn is_local(&self) -> bool {
        match self {
            #[cfg(feature = "dynamodb")]
            Place::Table(options, _) => options.is_local(),
            #[cfg(feature = "sqlite")]
            Place::File { .. } => true,
        }
    }
}

/// The bucket that the environment names, in the table's region and as the same user.
#[cfg(feature = "dynamodb")]
fn bucket(env: &Environment<'_>, options: &Options) -> Result<Option<Arc<BucketBlobs>>, String> {
    let Some(name) = env.text("RECONNECT_BUCKET") else { return Ok(None) };
    let endpoint = env.text("RECONNECT_BUCKET_ENDPOINT");
    Ok(Some(Arc::new(BucketBlobs::new(&name, endpoint.as_deref(), options)?)))
}

/// Lets a file that is not there begin as a copy of the seed. Copied beside and linked into place: of two functions that start at
/// once, one's copy stands and the other's goes.
#[cfg(feature = "sqlite")]
fn begin(path: &Path, seed: Option<&Path>) -> Result<(), String> {
    let Some(seed) = seed.filter(|seed| !path.exists() && seed.is_file()) else { return Ok(()) };
    let mut copy = path.as_os_str().to_owned();
    copy.push(format!(".copy-{}", std::process::id()));
    let copy = PathBuf::from(copy);
    let copied = std::fs::copy(seed, &copy).and_then(|_| match std::fs::hard_link(&copy, path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    });
    let _ = std::fs::remove_file(&copy);
    copied.map_err(|error| format!("{} cannot begin as a copy of {}: {error}", path.display(), seed.display()))
}
