//! Everything that a home holds, as readable lines: how it moves from a file to a table and back.
//!
//! One JSON document a line. The first says what the file is, then comes one record a line, the last says how many there were, so
//! that a file that was cut is noticed:
//!
//! ```text
//! {"head":{"format":"reconnect-export","version":1,"written":"2026-01-31T12:00:00Z","program":"reconnect 0.1.0"}}
//! {"object":{"kind":"person","id":1001,"data":{"first_name":"Ada", …}}}
//! {"assoc":{"kind":"friend","from":1001,"to":1002,"time":1200000000}}
//! {"unique":{"space":"email","text":"ada@dorm.example","id":1001}}
//! {"counter":{"kind":"failed_logins","owner":1001,"sub":29,"value":2,"expires":1200000900000}}
//! {"blob":{"key":"photos/001/5001_0f9a_n.jpg","size":48211,"from":0,"base64":"/9j/4AAQ…"}}
//! {"end":{"records":4,"files":1}}
//! ```
//!
//! * Kinds stand by name. `data` is what the store holds, byte for byte, where that is JSON on one line; else it is `base64`; and
//!   neither where it is empty. `expires` is in milliseconds since 1970. What has expired is left out, on both ways.
//! * Records stand in the order in which the store hands them out: from a file that is not written to it is always the same one,
//!   so that two exports differ in the first line alone.
//! * Versions of objects are not among them: they only tell two writers apart who are at work at the same time, and no backend can
//!   be told one. An object begins anew at version 1.
//! * Lengths of lists are not among them either: they follow from the associations.
//! * What people uploaded stands behind the records, file by file in the order of the keys; a large one takes several lines, each of which says
//!   where its part begins. A home without uploads has neither such lines nor a number of files in the last one.
//! * While others write, the store is read in pages, each of which is of one moment: a record that stands all the while is met
//!   once, as it was at some moment of the export, but what belongs together may be of two moments.

mod import;
mod line;

pub use import::{Imported, import};
pub use line::{Entry, FilePart, Item, Lines};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use line::{FORMAT, Line, VERSION};
use reconnect_store::blobs::Window;
use reconnect_store::{BlobError, Blobs, CommitError, Record, Store, StoreError, StoreExt};
use std::borrow::Cow;
use std::io::Write;

/// How many records are read at a time.
const PAGE: usize = 1000;
/// How much of a file stands in one line: in base64 it keeps within the length of a line.
const PART: u64 = 512 << 10;

/// Why something was not moved.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A line is not one of an export, or cannot be imported.
    #[error("line {line}: {why}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong, and what to do.
        why: String,
    },
    /// The file as a whole is not an export, or not a whole one.
    #[error("{0}")]
    File(String),
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The store cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The store cannot be written.
    #[error("{0}")]
    Commit(CommitError),
    /// The files can be neither read nor written.
    #[error("{0}")]
    Files(#[from] BlobError),
}

/// What an export holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Exported {
    /// Records.
    pub records: u64,
    /// Files.
    pub files: u64,
}

/// Writes everything that the home holds; answers how much that is. `written` says when, `program` by whom.
pub async fn export(
    store: &dyn Store,
    blobs: &dyn Blobs,
    written: &str,
    program: &str,
    out: &mut (dyn Write + Send),
) -> Result<Exported, Problem> {
    let head = Line::Head { format: FORMAT.into(), version: VERSION, written: written.into(), program: program.into() };
    write(out, &head)?;
    let mut records = 0;
    let mut each = |record: Record| {
        records += 1;
        write(out, &Line::of(&record)?)
    };
    store.export(PAGE, &mut each).await?;
    // Behind the records: what they show is there still, or somebody is removing it.
    let files = export_files(blobs, out).await?;
    write(out, &Line::End { records, files })?;
    out.flush()?;
    Ok(Exported { records, files })
}

async fn export_files(blobs: &dyn Blobs, out: &mut (dyn Write + Send)) -> Result<u64, Problem> {
    let (mut files, mut after) = (0, None::<String>);
    loop {
        let keys = blobs.list(after.as_deref(), PAGE).await?;
        let Some(last) = keys.last() else { return Ok(files) };
        after = Some(last.clone());
        for key in &keys {
            files += u64::from(export_file(blobs, key, out).await?);
        }
    }
}

/// False for a file that is gone.
async fn export_file(blobs: &dyn Blobs, key: &str, out: &mut (dyn Write + Send)) -> Result<bool, Problem> {
    let mut from = 0;
    loop {
        let Some(piece) = blobs.get(key, Some(Window { from, length: PART })).await? else {
            if from == 0 {
                return Ok(false);
            }
            return Err(Problem::File(format!("{key} was removed while it was read: export again")));
        };
        let base64 = STANDARD.encode(&piece.bytes);
        write(out, &Line::Blob { key: key.into(), size: piece.whole, from, base64: base64.into() })?;
        from += piece.bytes.len() as u64;
        if from >= piece.whole {
            return Ok(true);
        }
        if piece.bytes.is_empty() {
            return Err(Problem::File(format!("{key} changed while it was read: export again")));
        }
    }
}

fn write(out: &mut (dyn Write + Send), line: &Line<'_>) -> Result<(), Problem> {
    let mut text = serde_json::to_vec(line).map_err(std::io::Error::from)?;
    text.push(b'\n');
    Ok(out.write_all(&text)?)
}

/// A code that this program has no name for: a newer one wrote it.
fn unnamed(what: &str, code: u16) -> Problem {
    Problem::File(format!(
        "there is a {what} of kind {code}, which this version does not know. Export with the version that wrote it"
    ))
}

/// The name of a kind.
fn name<K: crate::kinds::Kind + ?Sized>(what: &str, code: u16) -> Result<Cow<'static, str>, Problem> {
    K::with_code(code).map(|kind| Cow::Borrowed(kind.name())).ok_or_else(|| unnamed(what, code))
}

#[cfg(test)]
mod tests;
