//! The one way to write: an atomic batch of writes with their preconditions, and the limits that it has to keep.

use crate::clock::Time;
use crate::error::CommitError;
use crate::key::Id;
use crate::kind::{AssocKind, Counted, CounterKind, ObjectKind, Space};
use crate::limits;
use std::collections::HashSet;

/// What an object must be before it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExpectObject {
    /// It must not exist (or have expired).
    Absent,
    /// It must exist with this version.
    Version(u64),
}

/// How an association is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Put {
    /// Fail if it is there.
    Insert,
    /// If it is there, leave it: the outcome is [`Outcome::Kept`].
    Keep,
    /// Write it, there or not.
    Replace,
    /// Write it only over these data; fail if it is absent or has others.
    ReplaceIf(Vec<u8>),
}

/// How an association is deleted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Delete {
    /// If it is absent, the outcome is [`Outcome::Absent`].
    IfThere,
    /// Fail if it is absent.
    OrFail,
    /// Fail if it is absent or has other data.
    IfData(Vec<u8>),
}

/// What an association must be, for a write that is only a condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpectAssoc {
    /// It must not exist.
    Absent,
    /// It must exist.
    Present,
    /// It must exist with these data.
    Data(Vec<u8>),
}

/// What happens to a counter. An absent or expired counter counts from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Add (or subtract). A sum outside of 64 bits counts as passing a bound.
    Add(i64),
    /// Set.
    Set(i64),
}

/// One write of a batch.
///
/// `expires` always replaces what stood there: a thing that is written again without it lives on without end.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the fields are those of the thing written
pub enum Write {
    /// Create or overwrite an object. Conflicts: [`Conflict::Exists`](crate::Conflict::Exists), `Missing`, `Version`.
    PutObject { id: Id, kind: &'static ObjectKind, data: Vec<u8>, expires: Option<Time>, expect: ExpectObject },
    /// Delete an object; with a version, only that one. Fails if it is absent (`Missing`) or has another version (`Version`).
    DeleteObject { id: Id, version: Option<u64> },
    /// Only a condition. Conflicts as for [`Write::PutObject`].
    CheckObject { id: Id, expect: ExpectObject },
    /// Write an association. `expires` is refused on a counted kind. Conflicts: `Exists` (insert), `Missing` and `Data`
    /// (replace if).
    PutAssoc { from: Id, kind: &'static AssocKind, to: Id, time: i64, data: Vec<u8>, expires: Option<Time>, mode: Put },
    /// Delete an association. Conflicts: `Missing` and `Data`.
    DeleteAssoc { from: Id, kind: &'static AssocKind, to: Id, mode: Delete },
    /// Only a condition. Conflicts: `Exists`, `Missing`, `Data`.
    CheckAssoc { from: Id, kind: &'static AssocKind, to: Id, expect: ExpectAssoc },
    /// Take a unique key. Fails with `Exists` if it is taken (by an entry that has not expired), be it by the same id.
    PutUnique { space: &'static Space, text: String, id: Id, expires: Option<Time> },
    /// Give a unique key back. Fails if it is absent (`Missing`) or belongs to another id (`Data`).
    DeleteUnique { space: &'static Space, text: String, id: Id },
    /// Change a counter. Where the new value would lie below `floor` or above `ceiling`, a batch fails with
    /// [`crate::Conflict::Bound`]; a batch of this write alone succeeds, writes nothing and answers the old value.
    ChangeCounter {
        owner: Id,
        kind: &'static CounterKind,
        sub: u64,
        change: Change,
        floor: Option<i64>,
        ceiling: Option<i64>,
        expires: Option<Time>,
    },
}

/// What became of one write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was not there and is now.
    Created,
    /// It was there and was overwritten.
    Replaced,
    /// It was there and was left alone.
    Kept,
    /// It was there and is gone.
    Deleted,
    /// It was not there; nothing to delete.
    Absent,
    /// The condition held.
    Checked,
    /// The counter's value now, and whether it was changed.
    Counter {
        /// Its value after the commit.
        value: i64,
        /// False when a floor or ceiling forbade the change.
        changed: bool,
    },
}

/// What a commit answered: one outcome per write, in the order of the batch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Committed {
    /// In the order of the batch.
    pub outcomes: Vec<Outcome>,
}

/// What one write names, for "no item twice". Kinds and spaces stand for themselves by code.
#[derive(PartialEq, Eq, Hash)]
enum Item<'a> {
    Object(Id),
    Assoc(Id, u16, Id),
    Unique(u16, &'a str),
    Counter(Id, u16, u64),
}

impl Write {
    fn item(&self) -> Item<'_> {
        match self {
            Write::PutObject { id, .. } | Write::DeleteObject { id, .. } | Write::CheckObject { id, .. } => {
                Item::Object(*id)
            }
            Write::PutAssoc { from, kind, to, .. }
            | Write::DeleteAssoc { from, kind, to, .. }
            | Write::CheckAssoc { from, kind, to, .. } => Item::Assoc(*from, kind.code, *to),
            Write::PutUnique { space, text, .. } | Write::DeleteUnique { space, text, .. } => {
                Item::Unique(space.code, text)
            }
            Write::ChangeCounter { owner, kind, sub, .. } => Item::Counter(*owner, kind.code, *sub),
        }
    }

    /// The count that this write may change: list and shard. Overwriting what must be there changes none.
    fn count_item(&self) -> Option<(Id, u16, u8)> {
        let (from, kind, to) = match self {
            Write::PutAssoc { mode: Put::ReplaceIf(_), .. } => return None,
            Write::PutAssoc { from, kind, to, .. } | Write::DeleteAssoc { from, kind, to, .. } => (from, kind, to),
            _ => return None,
        };
        match kind.counted {
            Counted::No => None,
            Counted::Yes | Counted::Sharded(_) => Some((*from, kind.code, kind.shard(*to))),
        }
    }

    /// The data it carries: what is written, and what is expected.
    fn data(&self) -> [Option<&[u8]>; 2] {
        match self {
            Write::PutObject { data, .. } => [Some(data), None],
            Write::PutAssoc { data, mode: Put::ReplaceIf(old), .. } => [Some(data), Some(old)],
            Write::PutAssoc { data, .. } => [Some(data), None],
            Write::DeleteAssoc { mode: Delete::IfData(old), .. } => [None, Some(old)],
            Write::CheckAssoc { expect: ExpectAssoc::Data(old), .. } => [None, Some(old)],
            _ => [None, None],
        }
    }

    /// What it adds to a batch: its data and text, and a flat sum for names and numbers.
    fn bytes(&self) -> usize {
        let text = match self {
            Write::PutUnique { text, .. } | Write::DeleteUnique { text, .. } => text.len(),
            _ => 0,
        };
        let data: usize = self.data().into_iter().flatten().map(<[u8]>::len).sum();
        limits::ACTION_BYTES + text + data
    }

    /// The rules that one write can break by itself.
    fn validate(&self) -> Result<(), String> {
        for data in self.data().into_iter().flatten() {
            if data.len() > limits::MAX_DATA_BYTES {
                return Err(format!("{} bytes of data, more than {}", data.len(), limits::MAX_DATA_BYTES));
            }
        }
        match self {
            Write::PutObject { id, .. } | Write::DeleteObject { id, .. } | Write::CheckObject { id, .. } => {
                check_ids(&[*id])
            }
            Write::PutAssoc { from, kind, to, expires, .. } => {
                if expires.is_some() && kind.counted != Counted::No {
                    return Err(format!("the list {} is counted: its entries cannot expire", kind.name));
                }
                check_ids(&[*from, *to])
            }
            Write::DeleteAssoc { from, to, .. } | Write::CheckAssoc { from, to, .. } => check_ids(&[*from, *to]),
            Write::PutUnique { text, id, .. } | Write::DeleteUnique { text, id, .. } => {
                if text.len() > limits::MAX_TEXT_BYTES {
                    return Err(format!("a text of {} bytes, more than {}", text.len(), limits::MAX_TEXT_BYTES));
                }
                check_ids(&[*id])
            }
            Write::ChangeCounter { owner, floor, ceiling, .. } => match (floor, ceiling) {
                (Some(floor), Some(ceiling)) if floor > ceiling => {
                    Err(format!("a floor of {floor} above the ceiling of {ceiling}"))
                }
                _ => check_ids(&[*owner]),
            },
        }
    }
}

fn check_ids(ids: &[Id]) -> Result<(), String> {
    match ids.iter().find(|id| **id > Id::MAX) {
        Some(id) => Err(format!("the id {id} is greater than {}", Id::MAX)),
        None => Ok(()),
    }
}

/// Writes that are committed together or not at all.
///
/// The helpers read as sentences and can be chained; [`expiring`](Batch::expiring), [`floor`](Batch::floor) and
/// [`ceiling`](Batch::ceiling) speak of the write before them:
///
/// ```
/// # use reconnect_store::{Batch, CounterKind, Id, ObjectKind, Space, Time};
/// # static PERSON: ObjectKind = ObjectKind { code: 1, name: "person" };
/// # static EMAIL: Space = Space { code: 1, name: "email" };
/// # static UNREAD: CounterKind = CounterKind { code: 1, name: "unread" };
/// let mut batch = Batch::new();
/// batch.create(Id(7), &PERSON, b"Ann".to_vec()).expiring(Time::from_secs(1_300_000_000));
/// batch.claim(&EMAIL, "ann@example.com", Id(7)).add(Id(7), &UNREAD, 0, -1).floor(0);
/// assert_eq!(batch.actions(), 3);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Batch {
    writes: Vec<Write>,
}

/// The limits.
impl Batch {
    /// No writes yet.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// The writes so far.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// Takes the writes out.
    pub fn into_writes(self) -> Vec<Write> {
        self.writes
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// How many actions it is: one for each write, and one for each count that they may change, however many of them share
    /// it (of a sharded count: one for each shard).
    pub fn actions(&self) -> usize {
        let counts: HashSet<_> = self.writes.iter().filter_map(Write::count_item).collect();
        self.writes.len() + counts.len()
    }

    /// How many actions are left of [`limits::MAX_ACTIONS`].
    pub fn room(&self) -> usize {
        limits::MAX_ACTIONS.saturating_sub(self.actions())
    }

    /// How large it is, as [`limits::MAX_BATCH_BYTES`] counts.
    pub fn bytes(&self) -> usize {
        self.writes.iter().map(Write::bytes).sum()
    }

    /// Whether it keeps all limits. A backend calls this before it does anything else. An empty batch is legal: nothing
    /// happens.
    pub fn validate(&self) -> Result<(), CommitError> {
        for (index, write) in self.writes.iter().enumerate() {
            write.validate().map_err(|why| CommitError::Refused(format!("write {index}: {why}")))?;
        }
        if self.writes.len() > limits::MAX_ACTIONS || self.actions() > limits::MAX_ACTIONS {
            return Err(CommitError::too_many_actions());
        }
        let bytes = self.bytes();
        if bytes > limits::MAX_BATCH_BYTES {
            return Err(CommitError::Refused(format!("{bytes} bytes, more than {}", limits::MAX_BATCH_BYTES)));
        }
        let mut seen = HashSet::with_capacity(self.writes.len());
        match self.writes.iter().position(|write| !seen.insert(write.item())) {
            Some(index) => Err(CommitError::Refused(format!("write {index} names an item that an earlier one names"))),
            None => Ok(()),
        }
    }
}

/// Helpers that add one write each.
impl Batch {
    /// Adds a write.
    pub fn push(&mut self, write: Write) -> &mut Batch {
        self.writes.push(write);
        self
    }

    /// Creates an object, which must be absent.
    pub fn create(&mut self, id: Id, kind: &'static ObjectKind, data: Vec<u8>) -> &mut Batch {
        self.push(Write::PutObject { id, kind, data, expires: None, expect: ExpectObject::Absent })
    }

    /// Overwrites an object that must still have this version.
    pub fn update(&mut self, id: Id, kind: &'static ObjectKind, data: Vec<u8>, version: u64) -> &mut Batch {
        self.push(Write::PutObject { id, kind, data, expires: None, expect: ExpectObject::Version(version) })
    }

    /// Deletes an object, which must be there, whatever its version.
    pub fn delete(&mut self, id: Id) -> &mut Batch {
        self.push(Write::DeleteObject { id, version: None })
    }

    /// Deletes an object that must still have this version.
    pub fn delete_version(&mut self, id: Id, version: u64) -> &mut Batch {
        self.push(Write::DeleteObject { id, version: Some(version) })
    }

    /// Demands something of an object without writing it.
    pub fn check(&mut self, id: Id, expect: ExpectObject) -> &mut Batch {
        self.push(Write::CheckObject { id, expect })
    }

    /// Adds an association, which must be absent.
    pub fn link(&mut self, from: Id, kind: &'static AssocKind, to: Id, time: i64, data: Vec<u8>) -> &mut Batch {
        self.push(Write::PutAssoc { from, kind, to, time, data, expires: None, mode: Put::Insert })
    }

    /// Adds an association, or leaves the one that is there.
    pub fn keep(&mut self, from: Id, kind: &'static AssocKind, to: Id, time: i64, data: Vec<u8>) -> &mut Batch {
        self.push(Write::PutAssoc { from, kind, to, time, data, expires: None, mode: Put::Keep })
    }

    /// Adds an association, or overwrites the one that is there.
    pub fn replace(&mut self, from: Id, kind: &'static AssocKind, to: Id, time: i64, data: Vec<u8>) -> &mut Batch {
        self.push(Write::PutAssoc { from, kind, to, time, data, expires: None, mode: Put::Replace })
    }

    /// Overwrites an association that must still have the data `old`.
    pub fn replace_if(
        &mut self,
        from: Id,
        kind: &'static AssocKind,
        to: Id,
        time: i64,
        data: Vec<u8>,
        old: Vec<u8>,
    ) -> &mut Batch {
        self.push(Write::PutAssoc { from, kind, to, time, data, expires: None, mode: Put::ReplaceIf(old) })
    }

    /// Removes an association, if it is there.
    pub fn unlink(&mut self, from: Id, kind: &'static AssocKind, to: Id) -> &mut Batch {
        self.push(Write::DeleteAssoc { from, kind, to, mode: Delete::IfThere })
    }

    /// Removes an association, which must be there.
    pub fn unlink_or_fail(&mut self, from: Id, kind: &'static AssocKind, to: Id) -> &mut Batch {
        self.push(Write::DeleteAssoc { from, kind, to, mode: Delete::OrFail })
    }

    /// Removes an association that must still have the data `old`.
    pub fn unlink_if(&mut self, from: Id, kind: &'static AssocKind, to: Id, old: Vec<u8>) -> &mut Batch {
        self.push(Write::DeleteAssoc { from, kind, to, mode: Delete::IfData(old) })
    }

    /// Demands something of an association without writing it.
    pub fn check_link(&mut self, from: Id, kind: &'static AssocKind, to: Id, expect: ExpectAssoc) -> &mut Batch {
        self.push(Write::CheckAssoc { from, kind, to, expect })
    }

    /// Takes a unique key, which must be free.
    pub fn claim(&mut self, space: &'static Space, text: impl Into<String>, id: Id) -> &mut Batch {
        self.push(Write::PutUnique { space, text: text.into(), id, expires: None })
    }

    /// Gives back a unique key, which must belong to `id`.
    pub fn release(&mut self, space: &'static Space, text: impl Into<String>, id: Id) -> &mut Batch {
        self.push(Write::DeleteUnique { space, text: text.into(), id })
    }

    /// Adds to a counter.
    pub fn add(&mut self, owner: Id, kind: &'static CounterKind, sub: u64, delta: i64) -> &mut Batch {
        self.change(owner, kind, sub, Change::Add(delta))
    }

    /// Sets a counter.
    pub fn set(&mut self, owner: Id, kind: &'static CounterKind, sub: u64, value: i64) -> &mut Batch {
        self.change(owner, kind, sub, Change::Set(value))
    }

    fn change(&mut self, owner: Id, kind: &'static CounterKind, sub: u64, change: Change) -> &mut Batch {
        self.push(Write::ChangeCounter { owner, kind, sub, change, floor: None, ceiling: None, expires: None })
    }

    /// Lets what the last write wrote end at this moment. Without effect behind a write that leaves nothing.
    pub fn expiring(&mut self, at: Time) -> &mut Batch {
        match self.writes.last_mut() {
            Some(
                Write::PutObject { expires, .. }
                | Write::PutAssoc { expires, .. }
                | Write::PutUnique { expires, .. }
                | Write::ChangeCounter { expires, .. },
            ) => *expires = Some(at),
            _ => debug_assert!(false, "the last write leaves nothing that could expire"),
        }
        self
    }

    /// The counter of the last write must not fall below this. Without effect behind another write.
    pub fn floor(&mut self, least: i64) -> &mut Batch {
        match self.writes.last_mut() {
            Some(Write::ChangeCounter { floor, .. }) => *floor = Some(least),
            _ => debug_assert!(false, "the last write is no counter's"),
        }
        self
    }

    /// The counter of the last write must not rise above this. Without effect behind another write.
    pub fn ceiling(&mut self, greatest: i64) -> &mut Batch {
        match self.writes.last_mut() {
            Some(Write::ChangeCounter { ceiling, .. }) => *ceiling = Some(greatest),
            _ => debug_assert!(false, "the last write is no counter's"),
        }
        self
    }
}

impl Change {
    /// The counter's value behind this change, if neither a bound nor 64 bits forbid it.
    pub fn apply(self, value: i64, floor: Option<i64>, ceiling: Option<i64>) -> Option<i64> {
        let new = match self {
            Change::Add(delta) => value.checked_add(delta)?,
            Change::Set(new) => new,
        };
        let within = floor.is_none_or(|floor| new >= floor) && ceiling.is_none_or(|ceiling| new <= ceiling);
        within.then_some(new)
    }
}
