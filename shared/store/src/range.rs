//! Reading lists: one window of one association list, and the pages of an export.

use crate::clock::Time;
use crate::error::StoreError;
use crate::key::Id;
use crate::kind::AssocKind;
use crate::limits;

/// Which end of a list comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Direction {
    /// Greatest time first, as TAO lists.
    #[default]
    NewestFirst,
    /// Smallest time first.
    OldestFirst,
}

/// A place in a list: entries are ordered by time, and within one time by id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// The entry's time.
    pub time: i64,
    /// The entry's `to`.
    pub to: Id,
}

/// A window of the list `kind` of `from`.
#[derive(Clone, Debug)]
pub struct Range {
    /// Whose list.
    pub from: Id,
    /// Which list; must be ordered.
    pub kind: &'static AssocKind,
    /// The smallest time that is wanted, itself included.
    pub since: i64,
    /// The greatest time that is wanted, itself included.
    pub until: i64,
    /// Which end comes first.
    pub direction: Direction,
    /// Start behind this place (in the direction of reading); the place itself is left out.
    pub after: Option<Position>,
    /// At most so many entries; 0 asks for none. At most [`crate::limits::MAX_RANGE`].
    pub limit: usize,
}

impl Range {
    /// The newest `limit` entries of a list.
    pub fn newest(from: Id, kind: &'static AssocKind, limit: usize) -> Range {
        Range { from, kind, since: i64::MIN, until: i64::MAX, direction: Direction::NewestFirst, after: None, limit }
    }

    /// The oldest `limit` entries of a list.
    pub fn oldest(from: Id, kind: &'static AssocKind, limit: usize) -> Range {
        Range { direction: Direction::OldestFirst, ..Range::newest(from, kind, limit) }
    }

    /// The same, restricted to times from `since` to `until`, both included.
    pub fn between(self, since: i64, until: i64) -> Range {
        Range { since, until, ..self }
    }

    /// The same, behind a place.
    pub fn after(self, after: Option<Position>) -> Range {
        Range { after, ..self }
    }

    /// Whether any backend takes this call. A backend calls this before it does anything else.
    pub fn validate(&self) -> Result<(), StoreError> {
        if !self.kind.ordered {
            return Err(StoreError::Refused(format!("{} is not ordered: it has no list to read", self.kind.name)));
        }
        if self.limit > limits::MAX_RANGE {
            return Err(StoreError::Refused(format!("{} entries, more than {}", self.limit, limits::MAX_RANGE)));
        }
        Ok(())
    }
}

/// One entry of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Where the association ends.
    pub to: Id,
    /// Its time.
    pub time: i64,
    /// Its data.
    pub data: Vec<u8>,
}

/// What a range answered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// In the direction asked for.
    pub entries: Vec<Entry>,
    /// Where to go on, when the limit cut the list and there may be more.
    pub next: Option<Position>,
}

/// One thing of an export, with the codes of its kind.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the fields are those of the thing itself
pub enum Record {
    Object { id: Id, kind: u16, version: u64, data: Vec<u8>, expires: Option<Time> },
    Assoc { from: Id, kind: u16, to: Id, time: i64, data: Vec<u8>, expires: Option<Time> },
    Unique { space: u16, text: String, id: Id, expires: Option<Time> },
    Counter { owner: Id, kind: u16, sub: u64, value: i64, expires: Option<Time> },
}

/// A page of an export.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ScanPage {
    /// In an order of the backend's own. Counts of lists are not among them: they follow from the associations.
    pub records: Vec<Record>,
    /// Hand this in as `after` to go on; none at the end.
    pub next: Option<String>,
}
