//! The tables, and the steps that bring an older file up to them.
//!
//! Times are milliseconds since 1970, ids and subs are 64-bit patterns, kinds and spaces their codes.

use crate::error::OpenError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// `RCON`: what `PRAGMA application_id` says of a file that is ours.
pub(crate) const APPLICATION_ID: i32 = 0x5243_4F4E;

/// The steps, oldest first. Step n makes version n + 1 out of version n; a step that was released never changes.
const MIGRATIONS: &[&str] = &[VERSION_1];

/// The version that this program writes.
pub(crate) const VERSION: i32 = MIGRATIONS.len() as i32;

/// * `objects`: a rowid table, for ids grow with time and so append; small columns stand before `data`, which may overflow.
/// * `lists`: the ordered associations, stored in the order in which lists are read. The table *is* the covering index: a
///   range of 50 walks one or two leaves, data included, and the data is stored once. `lists_by_to` holds "one per triple"
///   and leads from a triple to its place.
/// * `singles`: the unordered associations, which are read by triple only and so cost one tree instead of two.
/// * `*_by_expiry`: for the sweep. They are partial: what never expires costs nothing.
const VERSION_1: &str = r#"
CREATE TABLE objects (
    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL, expires INTEGER, data BLOB NOT NULL
) STRICT;
CREATE INDEX objects_by_expiry ON objects (expires) WHERE expires IS NOT NULL;

CREATE TABLE lists (
    "from" INTEGER NOT NULL, kind INTEGER NOT NULL, time INTEGER NOT NULL, "to" INTEGER NOT NULL,
    expires INTEGER, data BLOB NOT NULL,
    PRIMARY KEY ("from", kind, time, "to")
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lists_by_to ON lists ("from", kind, "to");
CREATE INDEX lists_by_expiry ON lists (expires) WHERE expires IS NOT NULL;

CREATE TABLE singles (
    "from" INTEGER NOT NULL, kind INTEGER NOT NULL, "to" INTEGER NOT NULL, time INTEGER NOT NULL,
    expires INTEGER, data BLOB NOT NULL,
    PRIMARY KEY ("from", kind, "to")
) STRICT, WITHOUT ROWID;
CREATE INDEX singles_by_expiry ON singles (expires) WHERE expires IS NOT NULL;

CREATE TABLE counts (
    "from" INTEGER NOT NULL, kind INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY ("from", kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    owner INTEGER NOT NULL, kind INTEGER NOT NULL, sub INTEGER NOT NULL, value INTEGER NOT NULL, expires INTEGER,
    PRIMARY KEY (owner, kind, sub)
) STRICT, WITHOUT ROWID;
CREATE INDEX counters_by_expiry ON counters (expires) WHERE expires IS NOT NULL;

CREATE TABLE uniques (
    space INTEGER NOT NULL, text TEXT NOT NULL, id INTEGER NOT NULL, expires INTEGER,
    PRIMARY KEY (space, text)
) STRICT, WITHOUT ROWID;
CREATE INDEX uniques_by_expiry ON uniques (expires) WHERE expires IS NOT NULL;
"#;

/// Brings a file that is new or ours up to [`VERSION`], all or nothing. Refuses a newer one.
pub(crate) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    // Read first without the write lock: a file that is up to date opens while another process writes. In one transaction, or a
    // process that is just making the file could be seen half-way.
    let looking = conn.transaction().map_err(failed)?;
    if is_current(&looking, path)? {
        return Ok(());
    }
    drop(looking);
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    if !is_current(&tx, path)? {
        let found = user_version(&tx).map_err(failed)?;
        for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            tx.execute_batch(step).map_err(failed)?;
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
        tx.pragma_update(None, "user_version", VERSION).map_err(failed)?;
    }
    tx.commit().map_err(failed)
}

fn is_current(conn: &Connection, path: &Path) -> Result<bool, OpenError> {
    let failed = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    let application_id = application_id(conn).map_err(failed)?;
    let found = user_version(conn).map_err(failed)?;
    if application_id != APPLICATION_ID {
        let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0)).map_err(failed)?;
        return match (application_id, found, tables) {
            (0, 0, 0) => Ok(false),
            _ => Err(OpenError::Foreign { path: path.to_owned(), application_id }),
        };
    }
    match found {
        VERSION => Ok(true),
        found if found > VERSION => Err(OpenError::Newer { path: path.to_owned(), found, known: VERSION }),
        _ => Ok(false),
    }
}

/// What the file says it belongs to.
pub(crate) fn application_id(conn: &Connection) -> rusqlite::Result<i32> {
    conn.query_row("PRAGMA application_id", (), |row| row.get(0))
}

/// The version of the tables in the file.
pub(crate) fn user_version(conn: &Connection) -> rusqlite::Result<i32> {
    conn.query_row("PRAGMA user_version", (), |row| row.get(0))
}
