//! Reading everything, table after table, for an export.
//!
//! A cursor names the table and the last key that was read. Lists are read in the order of their triples and not of their
//! times, so that an entry that is re-timed meanwhile is neither missed nor met twice.

use crate::read::blob;
use reconnect_store::{Id, Record, ScanPage, StoreError, Time};
use rusqlite::types::Value;
use rusqlite::{Connection, Result, Row, params_from_iter};

/// A page ends early when it carries so many bytes.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// One table: the statement, how many columns its key has (they come first in a row), and what a row means. The statement's
/// parameters are the key to start behind, the time and the limit.
struct Table {
    tag: char,
    sql: &'static str,
    key: usize,
    least: fn() -> Vec<Value>,
    record: fn(&Row<'_>) -> Result<Record>,
}

const TABLES: [Table; 5] = [
    Table {
        tag: 'o',
        sql: "SELECT id, kind, version, expires, data FROM objects
            WHERE id > ?1 AND (expires IS NULL OR expires > ?2) ORDER BY id LIMIT ?3",
        key: 1,
        least: || vec![Value::Integer(i64::MIN)],
        record: object,
    },
    Table {
        tag: 'l',
        sql: r#"SELECT "from", kind, "to", time, expires, data FROM lists INDEXED BY lists_by_to
            WHERE ("from", kind, "to") > (?1, ?2, ?3) AND (expires IS NULL OR expires > ?4)
            ORDER BY "from", kind, "to" LIMIT ?5"#,
        key: 3,
        least: || vec![Value::Integer(i64::MIN), Value::Integer(0), Value::Integer(0)],
        record: assoc,
    },
    Table {
        tag: 's',
        sql: r#"SELECT "from", kind, "to", time, expires, data FROM singles
            WHERE ("from", kind, "to") > (?1, ?2, ?3) AND (expires IS NULL OR expires > ?4)
            ORDER BY "from", kind, "to" LIMIT ?5"#,
        key: 3,
        least: || vec![Value::Integer(i64::MIN), Value::Integer(0), Value::Integer(0)],
        record: assoc,
    },
    Table {
        tag: 'u',
        sql: "SELECT space, text, id, expires FROM uniques
            WHERE (space, text) > (?1, ?2) AND (expires IS NULL OR expires > ?3) ORDER BY space, text LIMIT ?4",
        key: 2,
        least: || vec![Value::Integer(-1), Value::Text(String::new())],
        record: unique,
    },
    Table {
        tag: 'c',
        sql: "SELECT owner, kind, sub, value, expires FROM counters
            WHERE (owner, kind, sub) > (?1, ?2, ?3) AND (expires IS NULL OR expires > ?4)
            ORDER BY owner, kind, sub LIMIT ?5",
        key: 3,
        least: || vec![Value::Integer(i64::MIN), Value::Integer(0), Value::Integer(0)],
        record: counter,
    },
];

/// Where a scan goes on.
pub(crate) struct Cursor {
    table: usize,
    key: Vec<Value>,
}

impl Cursor {
    /// From the text that an earlier page gave out; the beginning without one.
    pub(crate) fn parse(after: Option<&str>) -> std::result::Result<Cursor, StoreError> {
        let Some(text) = after else { return Ok(Cursor::start(0)) };
        let refused = || StoreError::Refused(format!("{text:?} is no place in an export"));
        let (tag, key) = text.split_once(':').ok_or_else(refused)?;
        let table = TABLES.iter().position(|table| tag.chars().eq([table.tag])).ok_or_else(refused)?;
        let values: Vec<Value> = match TABLES[table].tag {
            'u' => {
                let (space, name) = key.split_once(':').ok_or_else(refused)?;
                vec![Value::Integer(space.parse().map_err(|_| refused())?), Value::Text(name.to_owned())]
            }
            _ => {
                let numbers: std::result::Result<Vec<i64>, _> = key.split(':').map(str::parse).collect();
                numbers.map_err(|_| refused())?.into_iter().map(Value::Integer).collect()
            }
        };
        if values.len() != TABLES[table].key {
            return Err(refused());
        }
        Ok(Cursor { table, key: values })
    }

    fn start(table: usize) -> Cursor {
        Cursor { table, key: TABLES.get(table).map_or_else(Vec::new, |table| (table.least)()) }
    }

    fn text(&self) -> Option<String> {
        let table = TABLES.get(self.table)?;
        let mut text = String::from(table.tag);
        for value in &self.key {
            text.push(':');
            match value {
                Value::Integer(number) => text.push_str(&number.to_string()),
                Value::Text(name) => text.push_str(name),
                _ => {}
            }
        }
        Some(text)
    }
}

/// One page.
pub(crate) fn scan(conn: &Connection, mut cursor: Cursor, limit: usize, now: Time) -> Result<ScanPage> {
    // A page of nothing would never end.
    let limit = limit.max(1);
    let mut records = Vec::new();
    let mut bytes = 0;
    while let Some(table) = TABLES.get(cursor.table) {
        let left = limit - records.len();
        let mut parameters = cursor.key.clone();
        parameters.extend([Value::Integer(now.0), Value::Integer(i64::try_from(left).unwrap_or(i64::MAX))]);
        let mut statement = conn.prepare_cached(table.sql)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            let record = (table.record)(row)?;
            bytes += data_bytes(&record);
            records.push(record);
            if records.len() == limit || bytes >= PAGE_BYTES {
                cursor.key = (0..table.key).map(|column| row.get(column)).collect::<Result<_>>()?;
                return Ok(ScanPage { records, next: cursor.text() });
            }
        }
        cursor = Cursor::start(cursor.table + 1);
    }
    Ok(ScanPage { records, next: None })
}

fn data_bytes(record: &Record) -> usize {
    match record {
        Record::Object { data, .. } | Record::Assoc { data, .. } => data.len(),
        Record::Unique { text, .. } => text.len(),
        Record::Counter { .. } => 0,
    }
}

fn id(row: &Row<'_>, column: usize) -> Result<Id> {
    Ok(Id(row.get::<_, i64>(column)?.cast_unsigned()))
}

fn expires(row: &Row<'_>, column: usize) -> Result<Option<Time>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Time))
}

fn object(row: &Row<'_>) -> Result<Record> {
    Ok(Record::Object {
        id: id(row, 0)?,
        kind: row.get(1)?,
        version: row.get::<_, i64>(2)?.cast_unsigned(),
        expires: expires(row, 3)?,
        data: blob(row, 4)?,
    })
}

fn assoc(row: &Row<'_>) -> Result<Record> {
    Ok(Record::Assoc {
        from: id(row, 0)?,
        kind: row.get(1)?,
        to: id(row, 2)?,
        time: row.get(3)?,
        expires: expires(row, 4)?,
        data: blob(row, 5)?,
    })
}

fn unique(row: &Row<'_>) -> Result<Record> {
    Ok(Record::Unique { space: row.get(0)?, text: row.get(1)?, id: id(row, 2)?, expires: expires(row, 3)? })
}

fn counter(row: &Row<'_>) -> Result<Record> {
    Ok(Record::Counter {
        owner: id(row, 0)?,
        kind: row.get(1)?,
        sub: row.get::<_, i64>(2)?.cast_unsigned(),
        value: row.get(3)?,
        expires: expires(row, 4)?,
    })
}
