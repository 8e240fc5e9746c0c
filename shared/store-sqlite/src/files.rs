//! Uploaded files in a folder beside the SQLite file.
//!
//! A file is written under a name of its own in `.making`, brought to the disk, and only then moved to its place: whatever ends the
//! process before that leaves nothing at the place. Only the owner reads the folder.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use reconnect_store::blobs::{BlobError, Blobs, Piece, Window, check_key};
use std::collections::{BTreeSet, BinaryHeap};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// Where files are written before they have a place. No key begins with a point.
const MAKING: &str = ".making";
/// What lies there for so long was left by a process that ended in the midst of it.
const LEFT: Duration = Duration::from_secs(3600);

/// The files of one home.
#[derive(Clone, Debug)]
pub struct FolderBlobs {
    folder: PathBuf,
}

impl FolderBlobs {
    /// Those that lie in this folder, which is made when the first one is written.
    pub fn new(folder: PathBuf) -> FolderBlobs {
        FolderBlobs { folder }
    }

    /// Those that belong to a SQLite file: `reconnect.db` has `reconnect.files` beside it.
    pub fn beside(db: &Path) -> FolderBlobs {
        FolderBlobs::new(FolderBlobs::folder_of(db))
    }

    /// The folder of the files that belong to a SQLite file.
    pub fn folder_of(db: &Path) -> PathBuf {
        let mut name =
            if db.extension().is_some_and(|ending| ending == "db") { db.with_extension("") } else { db.to_owned() }
                .into_os_string();
        name.push(".files");
        PathBuf::from(name)
    }

    /// Removes what a process left that ended while it wrote. Others may be writing: only what is old goes.
    pub fn clear_left(&self) {
        let Ok(left) = fs::read_dir(self.folder.join(MAKING)) else { return };
        for file in left.flatten() {
            let age = file.metadata().and_then(|found| found.modified()).map(|at| SystemTime::now().duration_since(at));
            if matches!(age, Ok(Ok(age)) if age > LEFT) {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    /// All keys, in no order.
    pub fn keys(&self) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        walk(&self.folder, "", &mut |key| keys.push(key))?;
        Ok(keys)
    }

    /// Moves every file to another folder on the same disk, beside those that are there; answers which.
    pub fn move_to(&self, other: &FolderBlobs) -> io::Result<Vec<String>> {
        let keys = self.keys()?;
        let mut parents = BTreeSet::new();
        for key in &keys {
            let place = other.folder.join(key);
            let parent = place.parent().unwrap_or(&other.folder).to_owned();
            make_folder(&parent)?;
            fs::rename(self.folder.join(key), &place)?;
            parents.insert(parent);
        }
        parents.iter().for_each(|parent| settle(parent));
        Ok(keys)
    }

    /// Removes these files, as far as that can be done.
    pub fn remove(&self, keys: &[String]) {
        for key in keys.iter().filter(|key| check_key(key).is_ok()) {
            let _ = fs::remove_file(self.folder.join(key));
        }
    }

    /// Removes the folder with everything in it.
    pub fn remove_all(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }

    /// Runs file work off the async threads.
    async fn run<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Path, &Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, BlobError> {
        check_key(key)?;
        let (folder, place) = (self.folder.clone(), self.folder.join(key));
        let done = tokio::task::spawn_blocking(move || work(&folder, &place)).await;
        done.map_err(|error| BlobError::Unavailable(error.to_string()))?.map_err(|error| failed(&error))
    }
}

impl Blobs for FolderBlobs {
    fn put<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(self.run(key, move |folder, place| write(folder, place, &bytes)))
    }

    fn get<'a>(&'a self, key: &'a str, window: Option<Window>) -> BoxFuture<'a, Result<Option<Piece>, BlobError>> {
        Box::pin(self.run(key, move |_, place| read(place, window)))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(self.run(key, |_, place| match fs::remove_file(place) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        }))
    }

    fn list<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<Vec<String>, BlobError>> {
        let (folder, after) = (self.folder.clone(), after.unwrap_or_default().to_owned());
        Box::pin(async move {
            let listed = tokio::task::spawn_blocking(move || {
                let mut first = BinaryHeap::new();
                walk(&folder, "", &mut |key| {
                    if key > after {
                        first.push(key);
                        // The first ones in their order: the last of them gives way.
                        if first.len() > limit {
                            first.pop();
                        }
                    }
                })?;
                Ok(first.into_sorted_vec())
            });
            listed
                .await
                .map_err(|error| BlobError::Unavailable(error.to_string()))?
                .map_err(|error: io::Error| failed(&error))
        })
    }
}

fn write(folder: &Path, place: &Path, bytes: &[u8]) -> io::Result<()> {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let making = folder.join(MAKING);
    make_folder(&making)?;
    let parent = place.parent().unwrap_or(folder);
    make_folder(parent)?;
    let here = making.join(format!("{}-{}", std::process::id(), DRAWN.fetch_add(1, Ordering::Relaxed)));
    let written = write_here(&here, bytes).and_then(|()| fs::rename(&here, place));
    if written.is_err() {
        let _ = fs::remove_file(&here);
        return written;
    }
    settle(parent);
    Ok(())
}

fn write_here(here: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(here)?;
    file.write_all(bytes)?;
    file.sync_data()
}

/// Makes a folder with those above it; their entries are to survive a power cut, too.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folder(parent)?;
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    settle(parent.unwrap_or(Path::new(".")));
    Ok(())
}

/// Brings a folder's entries to the disk. Not every system can be asked for that.
fn settle(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn read(place: &Path, window: Option<Window>) -> io::Result<Option<Piece>> {
    let mut file = match File::open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(None);
    }
    let whole = found.len();
    let places = window.unwrap_or(Window { from: 0, length: whole }).within(whole);
    let mut bytes = Vec::with_capacity(places.len());
    if places.start > 0 {
        file.seek(SeekFrom::Start(places.start as u64))?;
    }
    file.take(places.len() as u64).read_to_end(&mut bytes)?;
    Ok(Some(Piece { bytes: bytes.into(), whole }))
}

/// All keys below a folder. What is no file of ours (a point in front, an ending that nobody knows) is passed over.
fn walk(folder: &Path, prefix: &str, each: &mut dyn FnMut(String)) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type()?;
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), &format!("{prefix}{name}/"), each)?;
        } else if kind.is_file() {
            let key = format!("{prefix}{name}");
            if check_key(&key).is_ok() {
                each(key);
            }
        }
    }
    Ok(())
}

fn failed(error: &io::Error) -> BlobError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            BlobError::Full(error.to_string())
        }
        _ => BlobError::Unavailable(error.to_string()),
    }
}
