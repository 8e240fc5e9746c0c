//! The lines themselves: a record as one line, and a file of lines as records, each checked before it goes anywhere.

use super::{Problem, name};
use crate::kinds::{APPLICATION, Kind, PERSON};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reconnect_store::batch::{Change, ExpectObject, Put};
use reconnect_store::blobs::check_key;
use reconnect_store::{AssocKind, Batch, CommitError, CounterKind, Id, ObjectKind, Record, Space, Time, Write};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::{BufRead, Read};

/// What the first line says.
pub(super) const FORMAT: &str = "reconnect-export";
/// Of the format, not of the program.
pub(super) const VERSION: u32 = 1;
/// No line of an export is longer: data of the greatest size in base64, and some room.
const MAX_LINE: u64 = 1 << 20;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Line<'a> {
    /// The first.
    Head {
        #[serde(borrow)]
        format: Cow<'a, str>,
        version: u32,
        #[serde(borrow)]
        written: Cow<'a, str>,
        #[serde(borrow)]
        program: Cow<'a, str>,
    },
    Object {
        #[serde(borrow)]
        kind: Cow<'a, str>,
        id: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<Time>,
        #[serde(borrow, default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        data: Option<&'a RawValue>,
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        base64: Option<Cow<'a, str>>,
    },
    Assoc {
        #[serde(borrow)]
        kind: Cow<'a, str>,
        from: Id,
        to: Id,
        time: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<Time>,
        #[serde(borrow, default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        data: Option<&'a RawValue>,
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        base64: Option<Cow<'a, str>>,
    },
    Unique {
        #[serde(borrow)]
        space: Cow<'a, str>,
        #[serde(borrow)]
        text: Cow<'a, str>,
        id: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<Time>,
    },
    Counter {
        #[serde(borrow)]
        kind: Cow<'a, str>,
        owner: Id,
        sub: u64,
        value: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<Time>,
    },
    /// A part of a file.
    Blob {
        #[serde(borrow)]
        key: Cow<'a, str>,
        /// How long the whole file is.
        size: u64,
        /// Where the part begins.
        from: u64,
        #[serde(borrow)]
        base64: Cow<'a, str>,
    },
    /// The last.
    End {
        records: u64,
        #[serde(default, skip_serializing_if = "is_zero")]
        files: u64,
    },
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Data of `null` are data, too.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl<'a> Line<'a> {
    /// A record's line.
    pub(super) fn of(record: &'a Record) -> Result<Line<'a>, Problem> {
        Ok(match record {
            Record::Object { id, kind, data, expires, .. } => {
                let (data, base64) = written(data);
                Line::Object { kind: name::<ObjectKind>("object", *kind)?, id: *id, expires: *expires, data, base64 }
            }
            Record::Assoc { from, kind, to, time, data, expires } => {
                let (data, base64) = written(data);
                let kind = name::<AssocKind>("association", *kind)?;
                Line::Assoc { kind, from: *from, to: *to, time: *time, expires: *expires, data, base64 }
            }
            Record::Unique { space, text, id, expires } => {
                let space = name::<Space>("unique key", *space)?;
                Line::Unique { space, text: text.into(), id: *id, expires: *expires }
            }
            Record::Counter { owner, kind, sub, value, expires } => {
                let kind = name::<CounterKind>("counter", *kind)?;
                Line::Counter { kind, owner: *owner, sub: *sub, value: *value, expires: *expires }
            }
        })
    }

    /// The write that puts a record where it is not yet, and when it ends.
    fn write(self) -> Result<(Write, Option<Time>), String> {
        Ok(match self {
            Line::Object { kind, id, expires, data, base64 } => {
                let (kind, data) = (named::<ObjectKind>("object", &kind)?, read(data, base64)?);
                (Write::PutObject { id, kind, data, expires, expect: ExpectObject::Absent }, expires)
            }
            Line::Assoc { kind, from, to, time, expires, data, base64 } => {
                let (kind, data) = (named::<AssocKind>("association", &kind)?, read(data, base64)?);
                (Write::PutAssoc { from, kind, to, time, data, expires, mode: Put::Insert }, expires)
            }
            Line::Unique { space, text, id, expires } => {
                let space = named::<Space>("unique key", &space)?;
                (Write::PutUnique { space, text: text.into_owned(), id, expires }, expires)
            }
            Line::Counter { kind, owner, sub, value, expires } => {
                let kind = named::<CounterKind>("counter", &kind)?;
                let (change, floor, ceiling) = (Change::Set(value), None, None);
                (Write::ChangeCounter { owner, kind, sub, change, floor, ceiling, expires }, expires)
            }
            Line::Head { .. } | Line::Blob { .. } | Line::End { .. } => return Err("this line is no record".to_owned()),
        })
    }
}

/// Data as JSON if they are that, byte for byte, and fit on a line; else in base64.
fn written(data: &[u8]) -> (Option<&RawValue>, Option<Cow<'_, str>>) {
    if data.is_empty() {
        return (None, None);
    }
    let breaks = data.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    match serde_json::from_slice::<&RawValue>(data) {
        // Blanks around it would be lost.
        Ok(json) if !breaks && json.get().len() == data.len() => (Some(json), None),
        _ => (None, Some(STANDARD.encode(data).into())),
    }
}

fn read(data: Option<&RawValue>, base64: Option<Cow<'_, str>>) -> Result<Vec<u8>, String> {
    match (data, base64) {
        (None, None) => Ok(Vec::new()),
        (Some(json), None) => Ok(json.get().as_bytes().to_vec()),
        (None, Some(text)) => {
            STANDARD.decode(text.as_bytes()).map_err(|error| format!("`base64` cannot be read: {error}"))
        }
        (Some(_), Some(_)) => Err("`data` and `base64` stand beside each other: leave one out".to_owned()),
    }
}

fn named<K: Kind + ?Sized>(what: &str, name: &str) -> Result<&'static K, String> {
    K::with_name(name).ok_or_else(|| {
        format!(
            "there is no kind of {what} called `{name}` here. Import with the version that exported it, or a newer one"
        )
    })
}

/// A record on its way in.
#[derive(Debug)]
pub struct Item {
    /// Where it stood, counted from 1.
    pub line: u64,
    /// What puts it into a store that does not hold it yet.
    pub write: Write,
    /// It has ended before now, and is not worth the writing.
    pub expired: bool,
    /// What it adds to a batch.
    pub(super) bytes: usize,
}

/// A part of a file on its way in. The parts of a file follow each other, and are all there.
#[derive(Debug, PartialEq, Eq)]
pub struct FilePart {
    /// The file's key.
    pub key: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is the last one.
    pub last: bool,
}

/// What a line holds.
#[derive(Debug)]
pub enum Entry {
    /// A record.
    Record(Item),
    /// A part of a file.
    File(FilePart),
}

/// How long a file may be that is imported: it is in memory once.
const MAX_FILE: u64 = 1 << 30;

/// The lines of an export, read one after the other. The last one counts: a file without it is refused at its end.
pub struct Lines<R> {
    input: R,
    now: Time,
    line: u64,
    records: u64,
    files: u64,
    /// The file of the last part, how long it is, and how much of it has come.
    file: Option<(String, u64, u64)>,
    no_demo: Option<String>,
    text: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Reads the first line. What ended before `now` will be marked so.
    pub fn open(input: R, now: Time) -> Result<Lines<R>, Problem> {
        let mut lines =
            Lines { input, now, line: 0, records: 0, files: 0, file: None, no_demo: None, text: Vec::new() };
        let foreign = || {
            Problem::File("this is no export: its first line does not say so. `reconnect export` makes one".to_owned())
        };
        if !lines.advance()? {
            return Err(Problem::File("there is nothing in it. `reconnect export` makes an export".to_owned()));
        }
        match serde_json::from_slice(&lines.text) {
            Ok(Line::Head { format, version, program, .. }) if format == FORMAT => match version {
                VERSION => Ok(lines),
                _ => Err(Problem::File(format!(
                    "it was written by {program} in version {version} of the format, and this program reads version {VERSION}. \
                     Import it with that program, or a newer one"
                ))),
            },
            _ => Err(foreign()),
        }
    }

    /// The same, but refusing people and applications whose password or secret is published with a demo world, for that reason.
    pub fn without_demo(self, why: String) -> Lines<R> {
        Lines { no_demo: Some(why), ..self }
    }

    /// Reads all that is left, for judging it only.
    pub fn read_through(mut self) -> Result<(), Problem> {
        while self.entry()?.is_some() {}
        Ok(())
    }

    /// What the next line holds; none when the last line has been read and says what was read.
    pub fn entry(&mut self) -> Result<Option<Entry>, Problem> {
        if !self.advance()? {
            return Err(self.cut());
        }
        let whole = self.text.ends_with(b"\n");
        let line = match serde_json::from_slice(&self.text) {
            Ok(Line::End { records, files }) => return self.end(records, files),
            Ok(Line::Blob { key, size, from, base64 }) => {
                let part =
                    STANDARD.decode(base64.as_bytes()).map_err(|error| format!("`base64` cannot be read: {error}"));
                let (key, part) = (key.into_owned(), part.map_err(|why| self.wrong(why))?);
                return self.part(key, size, from, part).map(Some);
            }
            Ok(line) => line,
            Err(_) if !whole => return Err(self.cut()),
            Err(error) => return Err(self.wrong(reason(&error))),
        };
        if let Some(why) = self.no_demo.as_ref().filter(|_| is_demo(&line)) {
            return Err(self.wrong(why.clone()));
        }
        let (write, expires) = line.write().map_err(|why| self.wrong(why))?;
        let (write, bytes) = self.checked(write)?;
        self.records += 1;
        let expired = expires.is_some_and(|expires| expires <= self.now);
        Ok(Some(Entry::Record(Item { line: self.line, write, expired, bytes })))
    }

    /// What no store takes is told here, with its line; what one takes, with its size.
    fn checked(&self, write: Write) -> Result<(Write, usize), Problem> {
        let mut alone = Batch::new();
        alone.push(write);
        let (judged, bytes) = (alone.validate(), alone.bytes());
        match judged {
            Ok(()) => alone
                .into_writes()
                .pop()
                .map(|write| (write, bytes))
                .ok_or_else(|| self.wrong("nothing is left of it".to_owned())),
            Err(CommitError::Refused(why)) => Err(self.wrong(why.trim_start_matches("write 0: ").to_owned())),
            Err(error) => Err(self.wrong(error.to_string())),
        }
    }

    /// A part must be the next one of its file, or the first one of the file behind it.
    fn part(&mut self, key: String, size: u64, from: u64, bytes: Vec<u8>) -> Result<Entry, Problem> {
        let expected = match &self.file {
            Some((open, length, came)) if came < length => {
                if *open != key || *length != size {
                    return Err(self.wrong(format!("the rest of {open} is missing. Export again")));
                }
                *came
            }
            Some((before, ..)) if *before >= key => {
                return Err(self.wrong(format!("{key} stands in another line already, or not in its place")));
            }
            _ => 0,
        };
        check_key(&key).map_err(|error| self.wrong(error.to_string()))?;
        let came = from.saturating_add(bytes.len() as u64);
        if from != expected || came > size || size > MAX_FILE || bytes.is_empty() && size > 0 {
            return Err(self.wrong(format!("this is not the part of {key} that has to stand here. Export again")));
        }
        let last = came == size;
        self.files += u64::from(last);
        self.file = Some((key.clone(), size, came));
        Ok(Entry::File(FilePart { key, bytes, last }))
    }

    fn end(&mut self, records: u64, files: u64) -> Result<Option<Entry>, Problem> {
        if let Some((open, length, came)) = &self.file
            && came < length
        {
            return Err(self.wrong(format!("the rest of {open} is missing. Export again")));
        }
        if files != self.files {
            let why =
                format!("it was written with {files} files and holds {}: lines are missing. Export again", self.files);
            return Err(self.wrong(why));
        }
        if records != self.records {
            let why = format!(
                "it was written with {records} records and holds {}: lines are missing or were added. Export again",
                self.records
            );
            return Err(self.wrong(why));
        }
        match self.advance()? {
            false => Ok(None),
            true => {
                Err(self.wrong("something stands behind the last line. Export again, to a file of its own".to_owned()))
            }
        }
    }

    /// Reads a line; false at the end.
    fn advance(&mut self) -> Result<bool, Problem> {
        self.text.clear();
        (&mut self.input).take(MAX_LINE).read_until(b'\n', &mut self.text)?;
        if self.text.is_empty() {
            return Ok(false);
        }
        self.line += 1;
        if self.text.len() as u64 == MAX_LINE && !self.text.ends_with(b"\n") {
            return Err(self.wrong(format!("it is longer than {MAX_LINE} bytes, and no line of an export is")));
        }
        Ok(true)
    }

    fn wrong(&self, why: String) -> Problem {
        Problem::Line { line: self.line, why }
    }

    fn cut(&self) -> Problem {
        Problem::File(format!(
            "it is cut: behind line {} the rest is missing, the last line with it. Export again, or copy the whole file",
            self.line
        ))
    }
}

/// Whether a line is a person or an application of a demo world.
fn is_demo(line: &Line<'_>) -> bool {
    #[derive(Deserialize)]
    struct Marked {
        #[serde(default)]
        demo: bool,
    }
    match line {
        Line::Object { kind, data: Some(data), .. } if *kind == PERSON.name || *kind == APPLICATION.name => {
            serde_json::from_str::<Marked>(data.get()).is_ok_and(|marked| marked.demo)
        }
        _ => false,
    }
}

/// What the parser says, its place being a column: the line is known better.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    format!("{text} (column {})", error.column())
}
