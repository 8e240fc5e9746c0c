//! Reads, as functions of a connection: keys, one window of a list.

use reconnect_store::{
    Assoc, AssocKind, CounterKind, Direction, Entry, Found, Id, Key, Object, Page, Range, Space, Time,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, Row};

const OBJECT: &str = "SELECT kind, version, expires, data FROM objects WHERE id = ?1";
const LISTED: &str = r#"SELECT time, expires, data FROM lists WHERE "from" = ?1 AND kind = ?2 AND "to" = ?3"#;
const SINGLE: &str = r#"SELECT time, expires, data FROM singles WHERE "from" = ?1 AND kind = ?2 AND "to" = ?3"#;
const COUNT: &str = r#"SELECT n FROM counts WHERE "from" = ?1 AND kind = ?2"#;
const COUNTER: &str = "SELECT value, expires FROM counters WHERE owner = ?1 AND kind = ?2 AND sub = ?3";
const UNIQUE: &str = "SELECT id, expires FROM uniques WHERE space = ?1 AND text = ?2";
/// Every statement of the two directions reads from one end of the table's own order and stops at the limit.
const NEWEST: &str = r#"SELECT "to", time, data FROM lists
    WHERE "from" = ?1 AND kind = ?2 AND time >= ?3 AND (time, "to") < (?4, ?5) AND (expires IS NULL OR expires > ?6)
    ORDER BY time DESC, "to" DESC LIMIT ?7"#;
const OLDEST: &str = r#"SELECT "to", time, data FROM lists
    WHERE "from" = ?1 AND kind = ?2 AND time <= ?3 AND (time, "to") > (?4, ?5) AND (expires IS NULL OR expires > ?6)
    ORDER BY time ASC, "to" ASC LIMIT ?7"#;

/// An id as SQLite stores it.
pub(crate) fn sql_id(id: Id) -> i64 {
    id.0.cast_signed()
}

/// A row that may have expired: present in the table, but perhaps no longer there.
pub(crate) fn live(expires: Option<i64>, now: Time) -> bool {
    expires.is_none_or(|expires| expires > now.0)
}

/// Reads point by point. Statements are taken from the connection's cache once and kept for as long as this lives.
pub(crate) struct Points<'c> {
    conn: &'c Connection,
    object: Option<CachedStatement<'c>>,
    listed: Option<CachedStatement<'c>>,
    single: Option<CachedStatement<'c>>,
    count: Option<CachedStatement<'c>>,
    counter: Option<CachedStatement<'c>>,
    unique: Option<CachedStatement<'c>>,
}

impl<'c> Points<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Points<'c> {
        Points { conn, object: None, listed: None, single: None, count: None, counter: None, unique: None }
    }

    /// What stands under a key at this moment.
    pub(crate) fn found(&mut self, key: &Key, now: Time) -> Result<Found> {
        Ok(match key {
            Key::Object(id) => Found::Object(self.object(*id)?.filter(|object| !object.expired(now))),
            Key::Assoc { from, kind, to } => {
                let there = self.assoc(*from, kind, *to)?;
                Found::Assoc(there.filter(|assoc| live(assoc.expires.map(|at| at.0), now)))
            }
            Key::Count { from, kind } => Found::Count(self.count(*from, kind)?),
            Key::Counter { owner, kind, sub } => {
                let there = self.counter(*owner, kind, *sub)?;
                Found::Counter(there.filter(|(_, expires)| live(*expires, now)).map(|(value, _)| value))
            }
            Key::Unique { space, text } => {
                let there = self.unique(space, text)?;
                Found::Unique(there.filter(|(_, expires)| live(*expires, now)).map(|(id, _)| id))
            }
        })
    }

    /// The object's row, expired or not.
    pub(crate) fn object(&mut self, id: Id) -> Result<Option<Object>> {
        let statement = prepared(&mut self.object, self.conn, OBJECT)?;
        let row = statement.query_row((sql_id(id),), |row| {
            Ok(Object {
                id,
                kind: row.get(0)?,
                version: row.get::<_, i64>(1)?.cast_unsigned(),
                expires: row.get::<_, Option<i64>>(2)?.map(Time),
                data: blob(row, 3)?,
            })
        });
        row.optional()
    }

    /// The association's row, expired or not.
    pub(crate) fn assoc(&mut self, from: Id, kind: &AssocKind, to: Id) -> Result<Option<Assoc>> {
        let statement = match kind.ordered {
            true => prepared(&mut self.listed, self.conn, LISTED)?,
            false => prepared(&mut self.single, self.conn, SINGLE)?,
        };
        let row = statement.query_row((sql_id(from), kind.code, sql_id(to)), |row| {
            Ok(Assoc { time: row.get(0)?, expires: row.get::<_, Option<i64>>(1)?.map(Time), data: blob(row, 2)? })
        });
        row.optional()
    }

    /// The length of a list.
    pub(crate) fn count(&mut self, from: Id, kind: &AssocKind) -> Result<u64> {
        let statement = prepared(&mut self.count, self.conn, COUNT)?;
        let n: Option<i64> = statement.query_row((sql_id(from), kind.code), |row| row.get(0)).optional()?;
        Ok(n.unwrap_or(0).max(0).cast_unsigned())
    }

    /// The counter's value and end, expired or not.
    pub(crate) fn counter(&mut self, owner: Id, kind: &CounterKind, sub: u64) -> Result<Option<(i64, Option<i64>)>> {
        let statement = prepared(&mut self.counter, self.conn, COUNTER)?;
        let row =
            statement.query_row((sql_id(owner), kind.code, sub.cast_signed()), |row| Ok((row.get(0)?, row.get(1)?)));
        row.optional()
    }

    /// The unique key's owner and end, expired or not.
    pub(crate) fn unique(&mut self, space: &Space, text: &str) -> Result<Option<(Id, Option<i64>)>> {
        let statement = prepared(&mut self.unique, self.conn, UNIQUE)?;
        let row =
            statement.query_row((space.code, text), |row| Ok((Id(row.get::<_, i64>(0)?.cast_unsigned()), row.get(1)?)));
        row.optional()
    }
}

fn prepared<'s, 'c>(
    slot: &'s mut Option<CachedStatement<'c>>,
    conn: &'c Connection,
    sql: &str,
) -> Result<&'s mut CachedStatement<'c>> {
    match slot {
        Some(statement) => Ok(statement),
        None => Ok(slot.insert(conn.prepare_cached(sql)?)),
    }
}

/// A blob column, copied once.
pub(crate) fn blob(row: &Row<'_>, column: usize) -> Result<Vec<u8>> {
    Ok(row.get_ref(column)?.as_blob()?.to_vec())
}

/// All keys, in order.
pub(crate) fn get(conn: &Connection, keys: &[Key], now: Time) -> Result<Vec<Found>> {
    let mut points = Points::new(conn);
    keys.iter().map(|key| points.found(key, now)).collect()
}

/// One window of a list. The caller has validated it.
pub(crate) fn range(conn: &Connection, range: &Range, now: Time) -> Result<Page> {
    if range.limit == 0 {
        return Ok(Page::default());
    }
    let (sql, near, far) = bounds(range);
    let mut statement = conn.prepare_cached(sql)?;
    let limit = i64::try_from(range.limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = statement.query((sql_id(range.from), range.kind.code, far, near.0, near.1, now.0, limit))?;
    let mut page = Page::default();
    while let Some(row) = rows.next()? {
        if page.entries.len() == range.limit {
            page.next = page.entries.last().map(Entry::position);
            break;
        }
        let (to, time) = (Id(row.get::<_, i64>(0)?.cast_unsigned()), row.get(1)?);
        page.entries.push(Entry { to, time, data: blob(row, 2)? });
    }
    Ok(page)
}

/// The statement, the place behind which reading starts, and the time at which it ends. No stored `to` is as great as
/// `i64::MAX` or as small as -1, so that these stand for "the whole of that moment".
fn bounds(range: &Range) -> (&'static str, (i64, i64), i64) {
    let after = range.after.map(|after| (after.time, i64::try_from(after.to.0).unwrap_or(i64::MAX)));
    match range.direction {
        Direction::NewestFirst => {
            let whole = (range.until, i64::MAX);
            (NEWEST, after.map_or(whole, |after| after.min(whole)), range.since)
        }
        Direction::OldestFirst => {
            let whole = (range.since, -1);
            (OLDEST, after.map_or(whole, |after| after.max(whole)), range.until)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, open};

    fn plan(sql: &str, parameters: usize) -> String {
        let conn = open::memory(&Options::default()).unwrap();
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let zeros = rusqlite::params_from_iter(vec![0; parameters]);
        let lines: Vec<String> = statement.query_map(zeros, |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        lines.join("; ")
    }

    #[test]
    fn a_range_walks_the_table_from_its_cursor_without_sorting() {
        let newest = r#"SEARCH lists USING PRIMARY KEY (from=? AND kind=? AND time>? AND (time,to)<(?,?))"#;
        let oldest = r#"SEARCH lists USING PRIMARY KEY (from=? AND kind=? AND (time,to)>(?,?) AND time<?)"#;
        assert_eq!(plan(NEWEST, 7), newest);
        assert_eq!(plan(OLDEST, 7), oldest);
    }

    #[test]
    fn a_range_is_planned_once_whatever_its_bounds() {
        let conn = open::memory(&Options::default()).unwrap();
        let mut statement = conn.prepare(NEWEST).unwrap();
        for time in [i64::MIN, -5, 0, 7, i64::MAX] {
            assert!(statement.query((1, 1, time, time, time, 0, 9)).unwrap().next().unwrap().is_none());
        }
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }

    #[test]
    fn points_are_found_by_key() {
        assert_eq!(plan(OBJECT, 1), "SEARCH objects USING INTEGER PRIMARY KEY (rowid=?)");
        assert_eq!(plan(LISTED, 3), "SEARCH lists USING INDEX lists_by_to (from=? AND kind=? AND to=?)");
        assert_eq!(plan(SINGLE, 3), "SEARCH singles USING PRIMARY KEY (from=? AND kind=? AND to=?)");
        assert_eq!(plan(COUNT, 2), "SEARCH counts USING PRIMARY KEY (from=? AND kind=?)");
        assert_eq!(plan(COUNTER, 3), "SEARCH counters USING PRIMARY KEY (owner=? AND kind=? AND sub=?)");
        assert_eq!(plan(UNIQUE, 2), "SEARCH uniques USING PRIMARY KEY (space=? AND text=?)");
    }
}
