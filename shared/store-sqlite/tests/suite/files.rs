//! Uploaded files: what every keeper of files must do, in a folder and in memory; and what is the folder's own.

use crate::support::runtime;
use bytes::Bytes;
use reconnect_store::conformance::keeps_files;
use reconnect_store::{Blobs, MemoryBlobs};
use reconnect_store_sqlite::FolderBlobs;
use std::path::Path;

#[test]
fn a_folder_keeps_files() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::beside(&folder.path().join("world.db"));
    runtime().block_on(keeps_files(&blobs));
    assert!(folder.path().join("world.files/a/b/one.jpg").is_file());
    assert_eq!(
        std::fs::read_dir(folder.path().join("world.files/.making")).unwrap().count(),
        0,
        "nothing is left over"
    );
}

#[test]
fn memory_keeps_files() {
    runtime().block_on(keeps_files(&MemoryBlobs::new()));
}

#[test]
fn the_folder_is_named_after_the_file() {
    for (db, folder) in [("reconnect.db", "reconnect.files"), ("/a/b.c.db", "/a/b.c.files"), ("world", "world.files")] {
        assert_eq!(FolderBlobs::folder_of(Path::new(db)), Path::new(folder));
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::new(folder.path().join("files"));
    runtime().block_on(blobs.put("a/b.jpg", Bytes::from_static(b"x"))).unwrap();
    for (path, mode) in [("files", 0o700), ("files/a", 0o700), ("files/a/b.jpg", 0o600)] {
        let found = std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }
}

#[test]
fn what_is_no_file_of_ours_is_neither_read_nor_listed() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::new(folder.path().to_owned());
    std::fs::create_dir_all(folder.path().join("a.jpg")).unwrap();
    for other in ["notes.txt", ".hidden.jpg", "a b.jpg"] {
        std::fs::write(folder.path().join(other), "x").unwrap();
    }
    let runtime = runtime();
    assert_eq!(runtime.block_on(blobs.list(None, 9)).unwrap(), [""; 0]);
    assert_eq!(runtime.block_on(blobs.get("a.jpg", None)).unwrap(), None);
    assert!(runtime.block_on(blobs.put("a.jpg", Bytes::new())).is_err(), "a folder stands there");
}
