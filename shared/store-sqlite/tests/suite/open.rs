//! Which files are opened, which are refused, and that the refused ones are left as they were.

use crate::support::{Place, create, open, runtime};
use reconnect_store::{Id, StoreError, StoreExt, SystemClock};
use reconnect_store_sqlite::{OpenError, Options, SqliteStore};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Why a file is refused; it and its neighbours must not change by that.
fn refused(place: &Place) -> OpenError {
    let contents = |path: &Path| fs::read(path).unwrap();
    let before = contents(&place.file);
    let error = SqliteStore::open(&place.file, Arc::new(SystemClock), Options::default()).unwrap_err();
    assert_eq!(contents(&place.file), before, "the file is as it was");
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1, "nothing was laid beside it");
    let text = error.to_string();
    assert!(text.contains("graph.db"), "the error names the file: {text}");
    error
}

fn foreign(place: &Place, sql: &str) {
    rusqlite::Connection::open(&place.file).unwrap().execute_batch(sql).unwrap();
}

/// A file of ours with some content, closed.
fn ours() -> Place {
    let place = Place::new();
    let store = place.open();
    runtime().block_on(async {
        for id in 1..=200 {
            create(&store, id).await;
        }
    });
    store.close();
    place
}

#[test]
fn a_new_file_is_made_and_opened_again() {
    let place = ours();
    let store = place.open();
    assert_eq!(runtime().block_on(store.object(Id(200))).unwrap().unwrap().data, b"200");
}

#[test]
fn an_empty_file_is_taken_as_new() {
    let place = Place::new();
    fs::write(&place.file, b"").unwrap();
    let store = place.open();
    runtime().block_on(create(&store, 1));
}

#[test]
fn a_closed_store_is_one_file() {
    let place = ours();
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1);
}

#[test]
fn a_path_with_marks_of_a_uri_is_a_path() {
    let place = Place::new();
    let file = place.folder.path().join("a ?#%20&ä=b.db");
    for _ in 0..2 {
        let store = open(&file);
        store.close();
    }
    assert!(file.exists());
}

#[test]
fn a_text_file_is_no_database() {
    let place = Place::new();
    fs::write(&place.file, "Dear diary,\n".repeat(1000)).unwrap();
    let error = refused(&place);
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
}

#[test]
fn a_short_file_is_no_database() {
    let place = Place::new();
    fs::write(&place.file, "x").unwrap();
    let error = refused(&place);
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let place = Place::new();
    foreign(&place, "PRAGMA application_id = 77; CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);");
    let error = refused(&place);
    assert!(matches!(error, OpenError::Foreign { application_id: 77, .. }), "{error}");
}

#[test]
fn a_database_that_names_no_program_is_left_alone() {
    for journal in ["DELETE", "WAL"] {
        let place = Place::new();
        foreign(&place, &format!("PRAGMA journal_mode = {journal}; CREATE TABLE objects (id);"));
        let error = refused(&place);
        assert!(matches!(error, OpenError::Foreign { application_id: 0, .. }), "{error}");
    }
}

#[test]
fn a_newer_file_is_left_alone() {
    let place = ours();
    foreign(&place, "PRAGMA journal_mode = DELETE; PRAGMA user_version = 9;");
    let error = refused(&place);
    assert!(matches!(error, OpenError::Newer { found: 9, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("newer"), "{error}");
}

#[test]
fn a_truncated_file_is_damaged() {
    let place = ours();
    let contents = fs::read(&place.file).unwrap();
    fs::write(&place.file, &contents[..contents.len() - 4096]).unwrap();
    let error = SqliteStore::open(&place.file, Arc::new(SystemClock), Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert_eq!(fs::read(&place.file).unwrap(), &contents[..contents.len() - 4096]);
}

#[test]
fn damage_inside_a_file_is_found_by_the_check_and_said_by_reads() {
    let place = ours();
    let mut contents = fs::read(&place.file).unwrap();
    // All pages but the first, which holds the names of the tables.
    contents[4096..].fill(0xA5);
    fs::write(&place.file, &contents).unwrap();
    let store = place.open();
    let answer = runtime().block_on(store.object(Id(1)));
    assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
    assert!(!matches!(store.quick_check(), Ok(lines) if lines.is_empty()));
}

#[test]
fn a_sound_file_passes_the_check() {
    let place = ours();
    assert_eq!(place.open().quick_check().unwrap(), [""; 0]);
}

#[test]
fn a_folder_is_no_file() {
    let place = Place::new();
    let error = SqliteStore::open(place.folder.path(), Arc::new(SystemClock), Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error}");
}

#[test]
fn a_file_in_a_folder_that_is_not_there_cannot_be_made() {
    let place = Place::new();
    let file = place.folder.path().join("nowhere").join("graph.db");
    let error = SqliteStore::open(&file, Arc::new(SystemClock), Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("folder"), "{error}");
}

#[test]
fn a_closed_store_answers_that_it_is_closed() {
    let place = Place::new();
    for store in [place.open(), SqliteStore::in_memory(Arc::new(SystemClock)).unwrap()] {
        store.close();
        store.close();
        let read = runtime().block_on(store.object(Id(1)));
        assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
        let mut batch = reconnect_store::Batch::new();
        batch.delete(Id(1));
        let write = runtime().block_on(reconnect_store::Store::commit(&store, batch));
        assert!(matches!(write, Err(reconnect_store::CommitError::Unavailable(_))), "{write:?}");
    }
}
