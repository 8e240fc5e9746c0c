//! Files that people uploaded, beside the graph: bytes under a key, written once, never changed.
//!
//! The graph holds the key; the bytes lie in a folder beside a SQLite file, or in a bucket. A key's ending says what type the bytes are
//! served under, so that nothing but the bytes has to be kept.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Mutex, PoisonError};

/// How long a key may be.
pub const MAX_KEY: usize = 200;

/// What a backend could not do.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The backend cannot be reached, is overloaded, or its disk failed. Trying again may help.
    #[error("the files are unavailable: {0}")]
    Unavailable(String),
    /// The disk has no room.
    #[error("the files are full: {0}")]
    Full(String),
    /// The call itself is one that no backend takes: a defect of the caller.
    #[error("the files refuse this call: {0}")]
    Refused(String),
}

/// A part of a file: so many bytes from there on, or as many as there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first byte, counted from 0.
    pub from: u64,
    /// How many.
    pub length: u64,
}

/// What was read of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes asked for.
    pub bytes: Bytes,
    /// How long the whole file is.
    pub whole: u64,
}

/// A place that keeps files.
pub trait Blobs: fmt::Debug + Send + Sync + 'static {
    /// Writes a file, durably, whole or not at all. A key is written once; written again, the last writer's bytes stand.
    fn put<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>>;

    /// Reads a file, or a window of it; none where there is no such file. A window that begins behind the end is empty.
    fn get<'a>(&'a self, key: &'a str, window: Option<Window>) -> BoxFuture<'a, Result<Option<Piece>, BlobError>>;

    /// Removes a file, if it is there.
    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), BlobError>>;

    /// The keys behind `after`, in their order, at most `limit`. For export only: no method may call it.
    fn list<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<Vec<String>, BlobError>>;

    /// Where a browser gets the file by itself, for a while, without passing through this program; none where only this program
    /// reaches the files.
    fn address(&self, _key: &str) -> Option<String> {
        None
    }
}

/// Whether a text can be a key: parts of letters, digits, `_` and `-` with slashes between them, and an ending that is known. Every
/// backend checks it, so that no key leads out of a folder.
pub fn check_key(key: &str) -> Result<(), BlobError> {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let named = key.rsplit_once('.').is_some_and(|(stem, _)| stem.split('/').all(plain));
    if key.len() <= MAX_KEY && named && content_type(key).is_some() {
        return Ok(());
    }
    Err(BlobError::Refused(format!("{key:?} is no key of a file")))
}

/// What a file is served under, by the ending of its key.
pub fn content_type(key: &str) -> Option<&'static str> {
    let (_, ending) = key.rsplit_once('.')?;
    TYPES.iter().find(|(known, _)| *known == ending).map(|(_, content_type)| *content_type)
}

/// Endings and types. What no browser plays is a download.
pub const TYPES: &[(&str, &str)] = &[
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("qt", "video/quicktime"),
    ("3gp", "video/3gpp"),
    ("3g2", "video/3gpp2"),
    ("webm", "video/webm"),
    ("ogv", "video/ogg"),
    ("mpg", "video/mpeg"),
    ("avi", "video/x-msvideo"),
    ("flv", "video/x-flv"),
    ("mkv", "video/x-matroska"),
    ("asf", "video/x-ms-asf"),
    ("bin", "application/octet-stream"),
];

/// Files in memory, gone with the process: for tests and for a server that keeps nothing.
#[derive(Default)]
pub struct MemoryBlobs {
    files: Mutex<BTreeMap<String, Bytes>>,
}

impl MemoryBlobs {
    /// None yet.
    pub fn new() -> MemoryBlobs {
        MemoryBlobs::default()
    }

    /// What `work` makes of them. Nothing that is done under the lock can fail halfway.
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Bytes>) -> T) -> T {
        work(&mut self.files.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for MemoryBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBlobs").field("files", &self.with(|files| files.len())).finish()
    }
}

impl Blobs for MemoryBlobs {
    fn put<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            check_key(key)?;
            // A slice of a request would keep all of it.
            let own = Bytes::copy_from_slice(&bytes);
            self.with(|files| files.insert(key.to_owned(), own));
            Ok(())
        })
    }

    fn get<'a>(&'a self, key: &'a str, window: Option<Window>) -> BoxFuture<'a, Result<Option<Piece>, BlobError>> {
        Box::pin(async move {
            check_key(key)?;
            let found = self.with(|files| files.get(key).cloned());
            Ok(found.map(|bytes| {
                let whole = bytes.len() as u64;
                let bytes = match window {
                    Some(window) => bytes.slice(window.within(whole)),
                    None => bytes,
                };
                Piece { bytes, whole }
            }))
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            check_key(key)?;
            self.with(|files| files.remove(key));
            Ok(())
        })
    }

    fn list<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<Vec<String>, BlobError>> {
        Box::pin(async move {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            Ok(self.with(|files| {
                files.range::<str, _>((from, Bound::Unbounded)).take(limit).map(|(k, _)| k.clone()).collect()
            }))
        })
    }
}

/// No place for files: nothing is kept, and whoever asks is told why.
#[derive(Clone, Copy, Debug)]
pub struct NoBlobs(
    /// What to do about it.
    pub &'static str,
);

impl NoBlobs {
    fn refused<'a, T: Send + 'a>(&self) -> BoxFuture<'a, Result<T, BlobError>> {
        let why = self.0.to_owned();
        Box::pin(async move { Err(BlobError::Unavailable(why)) })
    }
}

impl Blobs for NoBlobs {
    fn put<'a>(&'a self, _: &'a str, _: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        self.refused()
    }

    fn get<'a>(&'a self, _: &'a str, _: Option<Window>) -> BoxFuture<'a, Result<Option<Piece>, BlobError>> {
        self.refused()
    }

    fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), BlobError>> {
        self.refused()
    }

    /// There are none.
    fn list<'a>(&'a self, _: Option<&'a str>, _: usize) -> BoxFuture<'a, Result<Vec<String>, BlobError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl Window {
    /// The places of it in a file of that length.
    pub fn within(self, whole: u64) -> std::ops::Range<usize> {
        let from = self.from.min(whole);
        let to = from.saturating_add(self.length).min(whole);
        // A file in memory is no longer than that.
        usize::try_from(from).unwrap_or(usize::MAX)..usize::try_from(to).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_nowhere_else_and_has_a_type() {
        for good in ["photos/077/5_ab_n.jpg", "a.mp4", "videos/1/2-3.bin"] {
            check_key(good).unwrap();
        }
        let long = format!("{}.jpg", "a".repeat(MAX_KEY));
        for bad in [
            "",
            ".jpg",
            "a",
            "a.html",
            "a.JPG",
            "../a.jpg",
            "a/../b.jpg",
            "/a.jpg",
            "a//b.jpg",
            "a\\b.jpg",
            "a.b.jpg",
            "a b.jpg",
            "é.jpg",
            "a\0.jpg",
            "a.jpg/",
            &long,
        ] {
            assert!(check_key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_ending_stands_twice_and_none_is_a_page() {
        let mut endings: Vec<&str> = TYPES.iter().map(|(ending, _)| *ending).collect();
        endings.sort_unstable();
        endings.dedup();
        assert_eq!(endings.len(), TYPES.len());
        let tame =
            |kind: &str| ["image/", "video/", "application/octet-stream"].iter().any(|start| kind.starts_with(start));
        assert!(TYPES.iter().all(|(_, kind)| tame(kind)));
    }
}
