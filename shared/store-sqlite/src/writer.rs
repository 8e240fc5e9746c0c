//! The one thread that writes: it takes what waits, makes it one transaction, and answers everyone (group commit).
//!
//! A durable commit is one `fdatasync`, and that is nearly all it costs; so whatever arrives while the disk is busy goes into
//! the next transaction together. There is no delay to collect more: an empty queue means that the next batch is written at
//! once.

use crate::apply::{Failure, apply};
use crate::error::{closed, commit_error};
use crate::shared::{Shared, locked};
use reconnect_store::{Batch, CommitError, Committed, Time};
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Batches in one transaction, at most: a bound on how long the first one waits for the last.
const GROUP_BATCHES: usize = 512;
/// Bytes in one transaction, about.
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// Batches that may wait. More than a server's connections can have under way; beyond it the disk is too slow for its load.
const QUEUE_BATCHES: usize = 8192;
/// Expired rows that one sweep removes, at most: it stands between two groups.
pub(crate) const SWEEP_ROWS: usize = 256;

type Answer = Result<Committed, CommitError>;

struct Job {
    batch: Batch,
    answer: oneshot::Sender<Answer>,
}

/// What waits for the writer.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    sweep: bool,
    working: bool,
    held: bool,
    closing: bool,
}

enum Turn {
    Group(Vec<Job>),
    Sweep,
}

impl Queue {
    /// Puts a valid batch into the queue.
    pub(crate) fn submit(&self, batch: Batch) -> Result<oneshot::Receiver<Answer>, CommitError> {
        let (answer, receiver) = oneshot::channel();
        let mut state = locked(&self.state);
        if state.closing {
            return Err(CommitError::Unavailable(closed()));
        }
        if state.jobs.len() >= QUEUE_BATCHES {
            return Err(CommitError::Unavailable(format!("{QUEUE_BATCHES} batches wait for the disk")));
        }
        state.jobs.push_back(Job { batch, answer });
        drop(state);
        self.changed.notify_all();
        Ok(receiver)
    }

    /// Asks for one sweep, when nothing else waits.
    pub(crate) fn sweep(&self) {
        locked(&self.state).sweep = true;
        self.changed.notify_all();
    }

    /// Takes no more batches; what waits is still written.
    pub(crate) fn close(&self) {
        locked(&self.state).closing = true;
        self.changed.notify_all();
    }

    /// Lets the writer finish its group and keeps it from the next one for as long as the answer lives.
    pub(crate) fn hold(&self) -> Held<'_> {
        let mut state = locked(&self.state);
        state.held = true;
        while state.working {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Held(self)
    }

    /// The writer's next turn; none when the queue is closed and empty.
    fn next(&self) -> Option<Turn> {
        let mut state = locked(&self.state);
        loop {
            if !state.held {
                if !state.jobs.is_empty() {
                    state.working = true;
                    return Some(Turn::Group(take_group(&mut state.jobs)));
                }
                if state.closing {
                    return None;
                }
                if std::mem::take(&mut state.sweep) {
                    state.working = true;
                    return Some(Turn::Sweep);
                }
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self) {
        let mut state = locked(&self.state);
        state.working = false;
        let waited_for = state.held;
        drop(state);
        if waited_for {
            self.changed.notify_all();
        }
    }

    /// The writer is gone, for whatever reason: nobody may wait for it.
    fn abandon(&self) {
        let mut state = locked(&self.state);
        state.closing = true;
        state.working = false;
        state.jobs.clear();
        drop(state);
        self.changed.notify_all();
    }
}

/// The writer pauses while this lives.
pub(crate) struct Held<'q>(&'q Queue);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).held = false;
        self.0.changed.notify_all();
    }
}

fn take_group(jobs: &mut VecDeque<Job>) -> Vec<Job> {
    let mut bytes = 0;
    let mut group = Vec::with_capacity(jobs.len().min(GROUP_BATCHES));
    while group.len() < GROUP_BATCHES && (bytes < GROUP_BYTES || group.is_empty()) {
        let Some(job) = jobs.pop_front() else { break };
        bytes += job.batch.bytes();
        group.push(job);
    }
    group
}

/// Works until the queue is closed and empty; gives the connection back for the last checkpoint.
pub(crate) fn run(conn: Connection, shared: &Arc<Shared>) -> Connection {
    struct Abandon<'s>(&'s Queue);
    impl Drop for Abandon<'_> {
        fn drop(&mut self) {
            self.0.abandon();
        }
    }
    let _abandon = Abandon(&shared.queue);
    while let Some(turn) = shared.queue.next() {
        match turn {
            Turn::Group(jobs) => commit_group(&conn, jobs, shared),
            Turn::Sweep => sweep(&conn, shared),
        }
        shared.queue.done();
        shared.note_log();
    }
    conn
}

/// One transaction for all of them. If SQLite fails, which of them it failed for is unknown: each is tried by itself then, so
/// that none suffers for another.
fn commit_group(conn: &Connection, jobs: Vec<Job>, shared: &Shared) {
    let batches: Vec<&Batch> = jobs.iter().map(|job| &job.batch).collect();
    match commit_together(conn, &batches, shared.clock.now()) {
        Ok(answers) => {
            shared.committed(jobs.len());
            for (job, answer) in jobs.into_iter().zip(answers) {
                // A caller who no longer listens has no use for the answer.
                let _ = job.answer.send(answer);
            }
        }
        Err(error) if jobs.len() == 1 => answer_error(jobs, &error),
        Err(error) => {
            tracing::warn!(%error, batches = jobs.len(), "a group of batches failed; each is tried by itself");
            for job in jobs {
                let answer = commit_alone(conn, &job.batch, shared.clock.now());
                if answer.is_ok() {
                    shared.committed(1);
                }
                let _ = job.answer.send(answer);
            }
        }
    }
}

fn answer_error(jobs: Vec<Job>, error: &rusqlite::Error) {
    for job in jobs {
        let _ = job.answer.send(Err(commit_error(error)));
    }
}

/// One batch in a transaction of its own.
pub(crate) fn commit_alone(conn: &Connection, batch: &Batch, now: Time) -> Answer {
    match commit_together(conn, &[batch], now) {
        Ok(answers) => answers.into_iter().next().unwrap_or_else(|| Ok(Committed::default())),
        Err(error) => Err(commit_error(&error)),
    }
}

/// All or, if SQLite fails, nothing. A conflict is an answer, not a failure: such a batch has changed nothing.
fn commit_together(conn: &Connection, batches: &[&Batch], now: Time) -> rusqlite::Result<Vec<Answer>> {
    let answers = transact(conn, |conn| {
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            match apply(conn, batch, now) {
                Ok(committed) => answers.push(Ok(committed)),
                Err(Failure::Conflict { write, conflict }) => {
                    answers.push(Err(CommitError::Conflict { write, conflict }));
                }
                Err(Failure::Sql(error)) => return Err(error),
            }
        }
        Ok(answers)
    })?;
    Ok(answers)
}

fn transact<T>(conn: &Connection, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
    let result = work(conn).and_then(|done| {
        conn.prepare_cached("COMMIT")?.execute(())?;
        Ok(done)
    });
    if result.is_err() && !conn.is_autocommit() {
        // Some failures roll back by themselves; where this fails as well, the next BEGIN says so.
        let _ = conn.execute_batch("ROLLBACK");
    }
    result
}

/// Removes some of what has expired. Readers cannot tell, so no snapshot is given up for it.
fn sweep(conn: &Connection, shared: &Shared) {
    match transact(conn, |conn| sweep_rows(conn, shared.clock.now())) {
        Ok(removed) => shared.swept(removed),
        Err(error) => tracing::warn!(%error, "expired rows could not be removed"),
    }
}

fn sweep_rows(conn: &Connection, now: Time) -> rusqlite::Result<usize> {
    const SWEEPS: [&str; 5] = [
        "DELETE FROM objects WHERE id IN
            (SELECT id FROM objects WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
        r#"DELETE FROM lists WHERE ("from", kind, time, "to") IN
            (SELECT "from", kind, time, "to" FROM lists WHERE expires <= ?1 ORDER BY expires LIMIT ?2)"#,
        r#"DELETE FROM singles WHERE ("from", kind, "to") IN
            (SELECT "from", kind, "to" FROM singles WHERE expires <= ?1 ORDER BY expires LIMIT ?2)"#,
        "DELETE FROM counters WHERE (owner, kind, sub) IN
            (SELECT owner, kind, sub FROM counters WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
        "DELETE FROM uniques WHERE (space, text) IN
            (SELECT space, text FROM uniques WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
    ];
    let mut removed = 0;
    for sql in SWEEPS {
        let left = SWEEP_ROWS - removed;
        if left == 0 {
            break;
        }
        removed += conn.prepare_cached(sql)?.execute((now.0, i64::try_from(left).unwrap_or(i64::MAX)))?;
    }
    Ok(removed)
}
