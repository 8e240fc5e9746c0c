//! One batch inside a transaction: first every precondition, then every change.
//!
//! The items of a batch are distinct, so no write can change what another one demands: all of them are judged before the first
//! row is touched, and a conflict leaves nothing to undo. That is why batches share a transaction without savepoints.

use crate::read::{Points, live, sql_id};
use reconnect_store::batch::{Change, Delete, ExpectAssoc, ExpectObject, Put};
use reconnect_store::{
    Assoc, AssocKind, Batch, Committed, Conflict, Counted, CounterKind, Id, ObjectKind, Outcome, Space, Time, Write,
};
use rusqlite::Connection;

const PUT_OBJECT: &str = "INSERT INTO objects (id, kind, version, expires, data) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (id) DO UPDATE SET kind = ?2, version = ?3, expires = ?4, data = ?5";
const DELETE_OBJECT: &str = "DELETE FROM objects WHERE id = ?1";
const INSERT_LISTED: &str =
    r#"INSERT INTO lists ("from", kind, time, "to", expires, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"#;
const UPDATE_LISTED: &str =
    r#"UPDATE lists SET expires = ?5, data = ?6 WHERE "from" = ?1 AND kind = ?2 AND time = ?3 AND "to" = ?4"#;
const DELETE_LISTED: &str = r#"DELETE FROM lists WHERE "from" = ?1 AND kind = ?2 AND time = ?3 AND "to" = ?4"#;
const PUT_SINGLE: &str =
    r#"INSERT OR REPLACE INTO singles ("from", kind, time, "to", expires, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"#;
const DELETE_SINGLE: &str = r#"DELETE FROM singles WHERE "from" = ?1 AND kind = ?2 AND "to" = ?3"#;
const ADD_TO_COUNT: &str = r#"INSERT INTO counts ("from", kind, n) VALUES (?1, ?2, ?3)
    ON CONFLICT ("from", kind) DO UPDATE SET n = n + ?3"#;
const PUT_COUNTER: &str =
    "INSERT OR REPLACE INTO counters (owner, kind, sub, value, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
const PUT_UNIQUE: &str = "INSERT OR REPLACE INTO uniques (space, text, id, expires) VALUES (?1, ?2, ?3, ?4)";
const DELETE_UNIQUE: &str = "DELETE FROM uniques WHERE space = ?1 AND text = ?2";

/// Why a batch was not applied.
pub(crate) enum Failure {
    /// A precondition did not hold; the transaction is as it was.
    Conflict { write: usize, conflict: Conflict },
    /// SQLite failed; the transaction must be rolled back.
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::Sql(error)
    }
}

/// Judges a valid batch at this moment and applies it to the open transaction.
pub(crate) fn apply(conn: &Connection, batch: &Batch, now: Time) -> Result<Committed, Failure> {
    let mut judge = Judge { points: Points::new(conn), now, alone: batch.writes().len() == 1 };
    let mut outcomes = Vec::with_capacity(batch.writes().len());
    let mut effects = Vec::with_capacity(batch.writes().len());
    for (index, write) in batch.writes().iter().enumerate() {
        match judge.judge(write)? {
            Ok(Verdict { outcome, effect }) => {
                outcomes.push(outcome);
                effects.extend(effect);
            }
            Err(conflict) => return Err(Failure::Conflict { write: index, conflict }),
        }
    }
    drop(judge);
    let mut counts = Counts::default();
    for effect in &effects {
        effect.apply(conn)?;
        counts.note(effect);
    }
    counts.apply(conn)?;
    Ok(Committed { outcomes })
}

/// A write whose preconditions hold.
struct Verdict<'b> {
    outcome: Outcome,
    effect: Option<Effect<'b>>,
}

type Judged<'b> = rusqlite::Result<Result<Verdict<'b>, Conflict>>;

/// What is left to do for a write.
enum Effect<'b> {
    PutObject { id: Id, kind: &'b ObjectKind, version: u64, expires: Option<Time>, data: &'b [u8] },
    DeleteObject { id: Id },
    PutAssoc { link: Link<'b>, time: i64, expires: Option<Time>, data: &'b [u8], row: Option<Row> },
    DeleteAssoc { link: Link<'b>, time: i64 },
    PutCounter { owner: Id, kind: &'b CounterKind, sub: u64, value: i64, expires: Option<Time> },
    PutUnique { space: &'b Space, text: &'b str, id: Id, expires: Option<Time> },
    DeleteUnique { space: &'b Space, text: &'b str },
}

/// A triple.
#[derive(Clone, Copy)]
struct Link<'b> {
    from: Id,
    kind: &'b AssocKind,
    to: Id,
}

/// The row of an association that is in the way of a new one.
#[derive(Clone, Copy)]
struct Row {
    time: i64,
    /// False: it has expired and nobody can see it.
    live: bool,
}

/// Reads what a write demands and says what has to be done.
struct Judge<'c> {
    points: Points<'c>,
    now: Time,
    /// Whether the batch is one write alone: then a bounded counter answers instead of failing.
    alone: bool,
}

impl Judge<'_> {
    fn judge<'b>(&mut self, write: &'b Write) -> Judged<'b> {
        match write {
            Write::PutObject { id, kind, data, expires, expect } => self.put_object(*id, *expect, |version| {
                Effect::PutObject { id: *id, kind, version, expires: *expires, data }
            }),
            Write::DeleteObject { id, version } => self.delete_object(*id, *version),
            Write::CheckObject { id, expect } => Ok(self.version(*id, *expect)?.map(|_| checked())),
            Write::PutAssoc { from, kind, to, time, data, expires, mode } => {
                let link = Link { from: *from, kind, to: *to };
                self.put_assoc(link, mode, |row| Effect::PutAssoc { link, time: *time, expires: *expires, data, row })
            }
            Write::DeleteAssoc { from, kind, to, mode } => self.delete_assoc(Link { from: *from, kind, to: *to }, mode),
            Write::CheckAssoc { from, kind, to, expect } => {
                self.check_assoc(Link { from: *from, kind, to: *to }, expect)
            }
            Write::PutUnique { space, text, id, expires } => {
                let taken = self.unique(space, text)?.is_some();
                Ok(match taken {
                    true => Err(Conflict::Exists),
                    false => Ok(done(Outcome::Created, Effect::PutUnique { space, text, id: *id, expires: *expires })),
                })
            }
            Write::DeleteUnique { space, text, id } => Ok(match self.unique(space, text)? {
                None => Err(Conflict::Missing),
                Some(owner) if owner != *id => Err(Conflict::Data),
                Some(_) => Ok(done(Outcome::Deleted, Effect::DeleteUnique { space, text })),
            }),
            Write::ChangeCounter { owner, kind, sub, change, floor, ceiling, expires } => {
                let bounds = (*floor, *ceiling);
                self.change_counter((*owner, kind, *sub), *change, bounds, *expires)
            }
        }
    }

    /// The version that stands there: 0 when there is none, as expected.
    fn version(&mut self, id: Id, expect: ExpectObject) -> rusqlite::Result<Result<u64, Conflict>> {
        let there = self.points.object(id)?.filter(|object| !object.expired(self.now));
        Ok(match (there, expect) {
            (None, ExpectObject::Absent) => Ok(0),
            (Some(_), ExpectObject::Absent) => Err(Conflict::Exists),
            (None, ExpectObject::Version(_)) => Err(Conflict::Missing),
            (Some(object), ExpectObject::Version(version)) if object.version != version => Err(Conflict::Version),
            (Some(object), ExpectObject::Version(_)) => Ok(object.version),
        })
    }

    fn put_object<'b>(&mut self, id: Id, expect: ExpectObject, effect: impl FnOnce(u64) -> Effect<'b>) -> Judged<'b> {
        let version = self.version(id, expect)?;
        Ok(version.map(|version| {
            let outcome = if version == 0 { Outcome::Created } else { Outcome::Replaced };
            done(outcome, effect(version + 1))
        }))
    }

    fn delete_object<'b>(&mut self, id: Id, version: Option<u64>) -> Judged<'b> {
        let there = self.points.object(id)?.filter(|object| !object.expired(self.now));
        Ok(match there {
            None => Err(Conflict::Missing),
            Some(object) if version.is_some_and(|version| version != object.version) => Err(Conflict::Version),
            Some(_) => Ok(done(Outcome::Deleted, Effect::DeleteObject { id })),
        })
    }

    /// The association as others see it, and its row, which may have expired.
    fn assoc(&mut self, link: Link<'_>) -> rusqlite::Result<(Option<Assoc>, Option<Row>)> {
        let there = self.points.assoc(link.from, link.kind, link.to)?;
        let row =
            there.as_ref().map(|assoc| Row { time: assoc.time, live: live(assoc.expires.map(|at| at.0), self.now) });
        Ok((there.filter(|_| row.is_some_and(|row| row.live)), row))
    }

    fn put_assoc<'b>(
        &mut self,
        link: Link<'b>,
        mode: &Put,
        effect: impl FnOnce(Option<Row>) -> Effect<'b>,
    ) -> Judged<'b> {
        let (there, row) = self.assoc(link)?;
        Ok(match (there, mode) {
            (None, Put::ReplaceIf(_)) => Err(Conflict::Missing),
            (None, _) => Ok(done(Outcome::Created, effect(row))),
            (Some(_), Put::Insert) => Err(Conflict::Exists),
            (Some(_), Put::Keep) => Ok(Verdict { outcome: Outcome::Kept, effect: None }),
            (Some(assoc), Put::ReplaceIf(old)) if assoc.data != *old => Err(Conflict::Data),
            (Some(_), Put::Replace | Put::ReplaceIf(_)) => Ok(done(Outcome::Replaced, effect(row))),
        })
    }

    fn delete_assoc<'b>(&mut self, link: Link<'b>, mode: &Delete) -> Judged<'b> {
        let (there, _) = self.assoc(link)?;
        Ok(match (there, mode) {
            (None, Delete::IfThere) => Ok(Verdict { outcome: Outcome::Absent, effect: None }),
            (None, Delete::OrFail | Delete::IfData(_)) => Err(Conflict::Missing),
            (Some(assoc), Delete::IfData(old)) if assoc.data != *old => Err(Conflict::Data),
            (Some(assoc), _) => Ok(done(Outcome::Deleted, Effect::DeleteAssoc { link, time: assoc.time })),
        })
    }

    fn check_assoc<'b>(&mut self, link: Link<'b>, expect: &ExpectAssoc) -> Judged<'b> {
        let (there, _) = self.assoc(link)?;
        Ok(match (there, expect) {
            (None, ExpectAssoc::Absent) | (Some(_), ExpectAssoc::Present) => Ok(checked()),
            (Some(_), ExpectAssoc::Absent) => Err(Conflict::Exists),
            (None, ExpectAssoc::Present | ExpectAssoc::Data(_)) => Err(Conflict::Missing),
            (Some(assoc), ExpectAssoc::Data(data)) if assoc.data != *data => Err(Conflict::Data),
            (Some(_), ExpectAssoc::Data(_)) => Ok(checked()),
        })
    }

    fn unique(&mut self, space: &Space, text: &str) -> rusqlite::Result<Option<Id>> {
        let there = self.points.unique(space, text)?;
        Ok(there.filter(|(_, expires)| live(*expires, self.now)).map(|(id, _)| id))
    }

    fn change_counter<'b>(
        &mut self,
        (owner, kind, sub): (Id, &'b CounterKind, u64),
        change: Change,
        (floor, ceiling): (Option<i64>, Option<i64>),
        expires: Option<Time>,
    ) -> Judged<'b> {
        let there = self.points.counter(owner, kind, sub)?.filter(|(_, expires)| live(*expires, self.now));
        let old = there.map_or(0, |(value, _)| value);
        Ok(match change.apply(old, floor, ceiling) {
            Some(value) => Ok(done(
                Outcome::Counter { value, changed: true },
                Effect::PutCounter { owner, kind, sub, value, expires },
            )),
            None if self.alone => {
                Ok(Verdict { outcome: Outcome::Counter { value: old, changed: false }, effect: None })
            }
            None => Err(Conflict::Bound(old)),
        })
    }
}

fn done(outcome: Outcome, effect: Effect<'_>) -> Verdict<'_> {
    Verdict { outcome, effect: Some(effect) }
}

fn checked() -> Verdict<'static> {
    Verdict { outcome: Outcome::Checked, effect: None }
}

impl Effect<'_> {
    fn apply(&self, conn: &Connection) -> rusqlite::Result<()> {
        match self {
            Effect::PutObject { id, kind, version, expires, data } => {
                let row = (sql_id(*id), kind.code, version.cast_signed(), sql_time(*expires), *data);
                conn.prepare_cached(PUT_OBJECT)?.execute(row)?;
            }
            Effect::DeleteObject { id } => {
                conn.prepare_cached(DELETE_OBJECT)?.execute((sql_id(*id),))?;
            }
            Effect::PutAssoc { link, time, expires, data, row } => {
                put_assoc(conn, *link, *time, *expires, data, *row)?;
            }
            Effect::DeleteAssoc { link, time } => delete_assoc(conn, *link, *time)?,
            Effect::PutCounter { owner, kind, sub, value, expires } => {
                let row = (sql_id(*owner), kind.code, sub.cast_signed(), value, sql_time(*expires));
                conn.prepare_cached(PUT_COUNTER)?.execute(row)?;
            }
            Effect::PutUnique { space, text, id, expires } => {
                let row = (space.code, text, sql_id(*id), sql_time(*expires));
                conn.prepare_cached(PUT_UNIQUE)?.execute(row)?;
            }
            Effect::DeleteUnique { space, text } => {
                conn.prepare_cached(DELETE_UNIQUE)?.execute((space.code, text))?;
            }
        }
        Ok(())
    }
}

fn sql_time(time: Option<Time>) -> Option<i64> {
    time.map(|time| time.0)
}

/// An entry that keeps its time is overwritten in place; a re-timed one moves within its list.
fn put_assoc(
    conn: &Connection,
    link: Link<'_>,
    time: i64,
    expires: Option<Time>,
    data: &[u8],
    row: Option<Row>,
) -> rusqlite::Result<()> {
    let sql = match row {
        _ if !link.kind.ordered => PUT_SINGLE,
        Some(row) if row.time == time => UPDATE_LISTED,
        Some(row) => {
            delete_assoc(conn, link, row.time)?;
            INSERT_LISTED
        }
        None => INSERT_LISTED,
    };
    let values = (sql_id(link.from), link.kind.code, time, sql_id(link.to), sql_time(expires), data);
    conn.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn delete_assoc(conn: &Connection, link: Link<'_>, time: i64) -> rusqlite::Result<()> {
    let (from, kind, to) = (sql_id(link.from), link.kind.code, sql_id(link.to));
    match link.kind.ordered {
        true => conn.prepare_cached(DELETE_LISTED)?.execute((from, kind, time, to))?,
        false => conn.prepare_cached(DELETE_SINGLE)?.execute((from, kind, to))?,
    };
    Ok(())
}

/// The lengths of the lists that a batch touches, one sum each. Shards are for backends with slow hot rows: here a list has
/// one row.
#[derive(Default)]
struct Counts(Vec<(Id, u16, i64)>);

impl Counts {
    fn note(&mut self, effect: &Effect<'_>) {
        let (link, delta) = match effect {
            Effect::PutAssoc { link, row, .. } if !row.is_some_and(|row| row.live) => (link, 1),
            Effect::DeleteAssoc { link, .. } => (link, -1),
            _ => return,
        };
        if link.kind.counted == Counted::No {
            return;
        }
        match self.0.iter_mut().find(|(from, kind, _)| (*from, *kind) == (link.from, link.kind.code)) {
            Some((_, _, sum)) => *sum += delta,
            None => self.0.push((link.from, link.kind.code, delta)),
        }
    }

    fn apply(&self, conn: &Connection) -> rusqlite::Result<()> {
        for (from, kind, delta) in self.0.iter().filter(|(_, _, delta)| *delta != 0) {
            conn.prepare_cached(ADD_TO_COUNT)?.execute((sql_id(*from), kind, delta))?;
        }
        Ok(())
    }
}
