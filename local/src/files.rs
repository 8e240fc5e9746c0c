//! Files that appear whole or not at all: built beside their place, private from the first byte, and moved there at the end. Whatever
//! ends the process before that leaves the place as it was.

use crate::fail::{Failure, Outcome, failed};
use reconnect_store_sqlite::FolderBlobs;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

/// An empty file that only its owner reads: it will hold the secrets of applications. What SQLite puts beside it is as private.
pub(crate) fn private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
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

/// A file on its way to its place. Dropped before it gets there, it is removed.
#[derive(Debug)]
pub(crate) struct Building {
    here: PathBuf,
    place: PathBuf,
}

impl Building {
    /// Begins one, empty.
    pub(crate) fn begin(place: &Path) -> Outcome<(Building, File)> {
        let building =
            Building { here: beside(place, &format!(".making-{}", std::process::id())), place: place.to_owned() };
        let file = private(&building.here)
            .map_err(|error| building.failed(&error, "Check that its folder exists and may be written"))?;
        Ok((building, file))
    }

    /// Where it is built.
    pub(crate) fn here(&self) -> &Path {
        &self.here
    }

    /// Moves it to its place, if nothing is there; false if something is, which then stays.
    pub(crate) fn place(self) -> Outcome<bool> {
        let moved = self.place_uploads()?;
        let placed = self.place_alone();
        if !matches!(placed, Ok(true)) {
            FolderBlobs::beside(&self.place).remove(&moved);
        }
        placed
    }

    fn place_alone(&self) -> Outcome<bool> {
        // A link, unlike a rename, never replaces what another process put there meanwhile.
        match std::fs::hard_link(&self.here, &self.place) {
            Ok(()) => {
                self.settle();
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            // Some file systems have no links.
            Err(_) if !self.place.exists() => self.replace_alone().map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Moves it to its place, over whatever is there.
    pub(crate) fn replace(self) -> Outcome {
        self.place_uploads()?;
        self.replace_alone()
    }

    /// What people uploaded goes first: nothing shows it as long as the file is not there.
    fn place_uploads(&self) -> Outcome<Vec<String>> {
        let moved = FolderBlobs::beside(&self.here).move_to(&FolderBlobs::beside(&self.place));
        moved.map_err(|error| self.failed(&error, "Check that its folder may be written"))
    }

    fn replace_alone(&self) -> Outcome {
        std::fs::rename(&self.here, &self.place)
            .map_err(|error| self.failed(&error, "Check that its folder may be written"))?;
        self.settle();
        Ok(())
    }

    /// Errors name the file that was asked for, not the one that is being built.
    pub(crate) fn named(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Failed(text) => {
                Failure::Failed(text.replace(&self.here.display().to_string(), &self.place.display().to_string()))
            }
            other => other,
        }
    }

    fn failed(&self, error: &std::io::Error, hint: &str) -> Failure {
        failed(format!("cannot make {}: {error}. {hint}", self.place.display()))
    }

    /// The folder's entry is to survive a power cut, too. Not every system can be asked for that.
    fn settle(&self) {
        let folder = self.place.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(&self.here, suffix));
        }
        FolderBlobs::beside(&self.here).remove_all();
    }
}
