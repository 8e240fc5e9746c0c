//! Filling an empty store from the lines of an export.
//!
//! Several batches are on their way at a time: a file then waits for the disk once for all of them, and a table's requests
//! overlap. Each goes its own *lane*; a counted list keeps to one lane, so that no two batches want the same count at once.

use super::{Entry, FilePart, Item, Lines, Problem};
use futures_util::future::{join, join_all};
use reconnect_store::batch::Write;
use reconnect_store::kind::Counted;
use reconnect_store::{Batch, Blobs, CommitError, Conflict, Id, Store, limits};
use std::io::BufRead;
use tokio::sync::mpsc;

/// How many batches are on their way at a time.
const LANES: usize = 16;

/// What came of an import.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    /// Records that were written.
    pub records: u64,
    /// Records that had expired since the export, and were left out.
    pub expired: u64,
    /// Files that were kept.
    pub files: u64,
}

/// Writes all that the lines hold into a store that holds nothing. On an error the store holds some of it: it is the caller's to
/// see that nobody uses it then.
pub async fn import<R: BufRead>(lines: Lines<R>, store: &dyn Store, blobs: &dyn Blobs) -> Result<Imported, Problem> {
    let (lanes, carriers): (Vec<Lane>, Vec<_>) = (0..LANES)
        .map(|_| {
            let (to, from) = mpsc::channel(1);
            (Lane { filling: Load::default(), to }, carry(store, from))
        })
        .unzip();
    let (fed, carried) = join(feed(lines, blobs, lanes), join_all(carriers)).await;
    // A lane that failed stops the feeding: its reason is the one to tell.
    carried.into_iter().fold(Ok(()), earlier)?;
    fed
}

async fn feed<R: BufRead>(mut lines: Lines<R>, blobs: &dyn Blobs, mut lanes: Vec<Lane>) -> Result<Imported, Problem> {
    let mut imported = Imported::default();
    let mut file = Vec::new();
    while let Some(entry) = lines.entry()? {
        let item = match entry {
            Entry::Record(item) => item,
            Entry::File(FilePart { key, bytes, last }) => {
                file.extend_from_slice(&bytes);
                if last {
                    blobs.put(&key, std::mem::take(&mut file).into()).await?;
                    imported.files += 1;
                }
                continue;
            }
        };
        if item.expired {
            imported.expired += 1;
            continue;
        }
        imported.records += 1;
        let lane = &mut lanes[lane_of(&item.write)];
        if !lane.filling.takes(&item) && !lane.send().await {
            return Ok(imported);
        }
        lane.filling.add(item);
    }
    for mut lane in lanes {
        if !lane.filling.batch.is_empty() {
            lane.send().await;
        }
    }
    Ok(imported)
}

/// Where a write goes: entries of a counted list all the same way, everything else spread out.
fn lane_of(write: &Write) -> usize {
    let id = match write {
        Write::PutAssoc { from, kind, .. } if kind.counted != Counted::No => *from,
        Write::PutAssoc { to, .. } => *to,
        Write::PutObject { id, .. } | Write::PutUnique { id, .. } => *id,
        Write::ChangeCounter { owner, .. } => *owner,
        _ => Id(0),
    };
    (id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize % LANES
}

/// A batch that is being filled, and the way to the one who commits it.
struct Lane {
    filling: Load,
    to: mpsc::Sender<Load>,
}

impl Lane {
    /// Sends what was filled; false when the lane has ended, for it failed.
    async fn send(&mut self) -> bool {
        self.to.send(std::mem::take(&mut self.filling)).await.is_ok()
    }
}

/// A batch, with the line of each write.
#[derive(Default)]
struct Load {
    batch: Batch,
    lines: Vec<u64>,
    bytes: usize,
}

impl Load {
    /// Whether one more item keeps the limits. No write of an import is more than two actions: itself and a count.
    fn takes(&self, item: &Item) -> bool {
        let few = self.lines.len() < limits::MAX_ACTIONS / 2;
        (few || self.batch.room() >= 2) && self.bytes + item.bytes <= limits::MAX_BATCH_BYTES
    }

    fn add(&mut self, item: Item) {
        self.bytes += item.bytes;
        self.lines.push(item.line);
        self.batch.push(item.write);
    }

    /// Each write was judged by itself: what is refused of them together is one that an earlier one stands against.
    fn judge(&self) -> Result<(), Problem> {
        let Err(error) = self.batch.validate() else { return Ok(()) };
        let mut batch = Batch::new();
        for (write, line) in self.batch.writes().iter().zip(&self.lines) {
            batch.push(write.clone());
            if batch.validate().is_err() {
                return Err(twice(*line));
            }
        }
        Err(problem(&self.lines, error))
    }

    async fn commit(self, store: &dyn Store) -> Result<(), Problem> {
        self.judge()?;
        let Load { batch, lines, .. } = self;
        store.commit(batch).await.map(|_| ()).map_err(|error| problem(&lines, error))
    }
}

/// Which line is to blame, and why.
fn problem(lines: &[u64], error: CommitError) -> Problem {
    match error {
        CommitError::Conflict { write, conflict: Conflict::Exists } => twice(lines.get(write).copied().unwrap_or(0)),
        error => Problem::Commit(error),
    }
}

fn twice(line: u64) -> Problem {
    Problem::Line { line, why: "what it names stands in another line already. Remove one of them".to_owned() }
}

/// Commits what comes along a lane, one batch after the other.
async fn carry(store: &dyn Store, mut from: mpsc::Receiver<Load>) -> Result<(), Problem> {
    while let Some(load) = from.recv().await {
        load.commit(store).await?;
    }
    Ok(())
}

/// Of two problems the one that stands first in the file.
fn earlier(one: Result<(), Problem>, other: Result<(), Problem>) -> Result<(), Problem> {
    let line = |problem: &Problem| match problem {
        Problem::Line { line, .. } => *line,
        _ => u64::MAX,
    };
    match (one, other) {
        (Err(one), Err(other)) => Err(if line(&other) < line(&one) { other } else { one }),
        (Err(one), Ok(())) => Err(one),
        (Ok(()), other) => other,
    }
}
