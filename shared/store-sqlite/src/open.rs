//! Opening a file: whose is it, and with which settings do connections run.

use crate::error::OpenError;
use crate::{Options, schema};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Result};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Address space that reads may map; the file is mapped as far as it reaches.
const MMAP_BYTES: i64 = 1 << 40;
/// The smallest page that a database can have, and so its smallest size; SQLite takes a shorter file for an empty one.
const LEAST_PAGE: u64 = 512;
/// How many prepared statements a connection keeps: more than there are.
const STATEMENTS: usize = 64;
/// How long a file that another process is just making may look like somebody else's.
const MAKING_TRIES: u32 = 50;
/// The pause between two looks at such a file.
const MAKING_PAUSE: Duration = Duration::from_millis(20);
/// How often the change of a new file to write-ahead logging is tried while other processes are at it as well.
const WAL_TRIES: u32 = 50;

/// Looks at a file without locking or writing anything, and refuses one that is not ours.
///
/// Another process may be making the file at this moment, whose first page then is not whole. It keeps a rollback journal beside it
/// for as long; so a refusal counts only when it was found twice in a row with no journal there.
pub(crate) fn probe(path: &Path) -> std::result::Result<(), OpenError> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    let in_the_making = || Path::new(&journal).exists();
    let mut refused = false;
    for _ in 0..MAKING_TRIES {
        let making = in_the_making();
        match look(path) {
            Ok(()) => return Ok(()),
            Err(error) if refused && !making && !in_the_making() => return Err(error),
            Err(_) => refused = !making,
        }
        std::thread::sleep(MAKING_PAUSE);
    }
    look(path)
}

/// One look.
///
/// The look goes through SQLite and not through a file handle of our own: closing such a handle would drop the POSIX locks that
/// another store of this process holds on the same file. `immutable` reads the file alone, without log and locks; a file of
/// ours carries its application id from its first valid page on (see [`writer`]), so the log is not needed to know it.
fn look(path: &Path) -> std::result::Result<(), OpenError> {
    let unreachable =
        |error: std::io::Error| OpenError::Unreachable { path: path.to_owned(), reason: error.to_string() };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreachable(error)),
        Ok(found) if found.is_dir() => {
            return Err(OpenError::Unreachable { path: path.to_owned(), reason: "it is a folder".to_owned() });
        }
        Ok(found) if found.len() == 0 => return Ok(()),
        Ok(found) if found.len() < LEAST_PAGE => return Err(OpenError::NotADatabase { path: path.to_owned() }),
        Ok(_) => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    let conn = Connection::open_with_flags(immutable_uri(path), flags).map_err(failed)?;
    let application_id = schema::application_id(&conn).map_err(failed)?;
    if application_id != schema::APPLICATION_ID {
        return Err(OpenError::Foreign { path: path.to_owned(), application_id });
    }
    let found = schema::user_version(&conn).map_err(failed)?;
    if found > schema::VERSION {
        return Err(OpenError::Newer { path: path.to_owned(), found, known: schema::VERSION });
    }
    Ok(())
}

/// The path as a URI, every byte that is not plainly a path's written in hexadecimal.
fn immutable_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            _ => {
                let _ = write!(uri, "%{byte:02x}");
            }
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// The connection that writes. Makes the file if there is none, and brings an older one up to date.
///
/// The tables are made *before* the change to write-ahead logging, so that the file itself says whose it is even if the
/// process dies right after.
pub(crate) fn writer(path: &Path, options: &Options) -> std::result::Result<Connection, OpenError> {
    let failed = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(failed)?;
    settings(&conn, options).map_err(failed)?;
    if conn.is_readonly("main").map_err(failed)? {
        return Err(OpenError::ReadOnly { path: path.to_owned() });
    }
    schema::migrate(&mut conn, path)?;
    write_ahead(&conn, options).map_err(failed)?;
    durable(&conn).map_err(failed)?;
    limit(&conn, options).map_err(failed)?;
    Ok(conn)
}

/// A connection that reads.
pub(crate) fn reader(path: &Path, options: &Options) -> Result<Connection> {
    // Opened for writing all the same: a reader that finds the index of the log missing has to be able to rebuild it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    settings(&conn, options)?;
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// The connection that moves the log into the file.
pub(crate) fn checkpointer(path: &Path, options: &Options) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    settings(&conn, options)?;
    durable(&conn)?;
    Ok(conn)
}

/// A database in memory.
pub(crate) fn memory(options: &Options) -> std::result::Result<Connection, OpenError> {
    let path = Path::new(":memory:");
    let failed = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    let mut conn = Connection::open_in_memory().map_err(failed)?;
    settings(&conn, options).map_err(failed)?;
    schema::migrate(&mut conn, path)?;
    limit(&conn, options).map_err(failed)?;
    Ok(conn)
}

/// Turns the memory map of a reader on or off, between two of its transactions.
pub(crate) fn map(conn: &Connection, mapped: bool) -> Result<()> {
    conn.pragma_update(None, "mmap_size", if mapped { MMAP_BYTES } else { 0 })
}

fn settings(conn: &Connection, options: &Options) -> Result<()> {
    conn.busy_timeout(options.busy_timeout)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise SQLite plans a range anew for each pair of bounds, which takes longer than reading it.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "mmap_size", MMAP_BYTES)
}

/// Turns on write-ahead logging, which stays on in the file. The change needs the file for a moment alone, and SQLite does not
/// wait for that by itself.
fn write_ahead(conn: &Connection, options: &Options) -> Result<()> {
    let mut tries = 0;
    loop {
        match conn.query_row("PRAGMA journal_mode = WAL", (), |row| row.get::<_, String>(0)) {
            Ok(mode) if mode.eq_ignore_ascii_case("wal") => return Ok(()),
            Err(error) if tries >= WAL_TRIES => return Err(error),
            Ok(mode) if tries >= WAL_TRIES => {
                return Err(rusqlite::Error::ToSqlConversionFailure(
                    format!("the file stays in journal mode {mode}").into(),
                ));
            }
            _ => {}
        }
        tries += 1;
        std::thread::sleep(options.busy_timeout.min(Duration::from_secs(1)) / WAL_TRIES);
    }
}

/// Every commit is on the disk before it is answered; checkpoints are made elsewhere.
fn durable(conn: &Connection) -> Result<()> {
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "wal_autocheckpoint", 0)
}

fn limit(conn: &Connection, options: &Options) -> Result<()> {
    let Some(bytes) = options.max_bytes else { return Ok(()) };
    let page: u64 = conn.query_row("PRAGMA page_size", (), |row| row.get::<_, i64>(0))?.cast_unsigned();
    conn.pragma_update(None, "max_page_count", (bytes / page.max(1)).max(1).cast_signed())
}
