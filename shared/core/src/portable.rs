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
//! {"end":{"records":4}}
//! ```
//!
//! * Kinds stand by name. `data` is what the store holds, byte for byte, where that is JSON on one line; else it is `base64`; and
//!   neither where it is empty. `expires` is in milliseconds since 1970. What has expired is left out, on both ways.
//! * Records stand in the order in which the store hands them out: from a file that is not written to it is always the same one,
//!   so that two exports differ in the first line alone.
//! * Versions of objects are not among them: they only tell two writers apart who are at work at the same time, and no backend can
//!   be told one. An object begins anew at version 1.
//! * Lengths of lists are not among them either: they follow from the associations.
//! * While others write, the store is read in pages, each of which is of one moment: a record that stands all the while is met
//!   once, as it was at some moment of the export, but what belongs together may be of two moments.

mod import;
mod line;

pub use import::{Imported, import};
pub use line::{Item, Lines};

use line::{FORMAT, Line, VERSION};
use reconnect_store::{CommitError, Record, Store, StoreError, StoreExt};
use std::borrow::Cow;
use std::io::Write;

/// How many records are read at a time.
const PAGE: usize = 1000;

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
}

/// Writes everything that the store holds; answers how many records that is. `written` says when, `program` by whom.
pub async fn export(
    store: &dyn Store,
    written: &str,
    program: &str,
    out: &mut (dyn Write + Send),
) -> Result<u64, Problem> {
    let head = Line::Head { format: FORMAT.into(), version: VERSION, written: written.into(), program: program.into() };
    write(out, &head)?;
    let mut records = 0;
    let mut each = |record: Record| {
        records += 1;
        write(out, &Line::of(&record)?)
    };
    store.export(PAGE, &mut each).await?;
    write(out, &Line::End { records })?;
    out.flush()?;
    Ok(records)
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
