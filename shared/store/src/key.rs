//! What can be read by name: ids, keys, and what is found under them.

use crate::clock::Time;
use crate::error::StoreError;
use crate::kind::{AssocKind, Counted, CounterKind, ObjectKind, Space};
use crate::limits;
use std::fmt;

/// The id of an object: unsigned, of 48 bits; see [`Id::MAX`] and [`Id::FIRST_DRAWN`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Id(pub u64);

impl Id {
    /// Ids are 48 bits wide, so that a token of 16 bytes can carry one beside 80 random bits.
    pub const BITS: u32 = 48;
    /// Ids below this are never drawn: they are for people who choose them (worlds, imports).
    pub const FIRST_DRAWN: u64 = 1 << 40;
    /// The greatest id.
    pub const MAX: Id = Id((1 << Self::BITS) - 1);
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of one thing in the store.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// An object.
    Object(Id),
    /// One association.
    Assoc {
        /// Where it starts.
        from: Id,
        /// Which list.
        kind: &'static AssocKind,
        /// Where it ends.
        to: Id,
    },
    /// How many associations a counted list has.
    Count {
        /// Whose list.
        from: Id,
        /// Which list; must be counted.
        kind: &'static AssocKind,
    },
    /// A counter.
    Counter {
        /// Whose counter.
        owner: Id,
        /// Which counter.
        kind: &'static CounterKind,
        /// Which of the owner's counters of that kind.
        sub: u64,
    },
    /// A unique key.
    Unique {
        /// Which space of names.
        space: &'static Space,
        /// The text, exactly as it was written.
        text: String,
    },
}

impl Key {
    /// Whether any backend takes a read of these keys. A backend calls this before it does anything else.
    pub fn validate_all(keys: &[Key]) -> Result<(), StoreError> {
        if keys.len() > limits::MAX_KEYS {
            return Err(StoreError::Refused(format!("{} keys, more than {}", keys.len(), limits::MAX_KEYS)));
        }
        for key in keys {
            if let Key::Count { kind, .. } = key
                && kind.counted == Counted::No
            {
                return Err(StoreError::Refused(format!("{} is not counted", kind.name)));
            }
        }
        Ok(())
    }
}

/// What stands under a [`Key`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Under [`Key::Object`].
    Object(Option<Object>),
    /// Under [`Key::Assoc`].
    Assoc(Option<Assoc>),
    /// Under [`Key::Count`]; a list that was never written has 0.
    Count(u64),
    /// Under [`Key::Counter`]; absent when it was never written or has expired.
    Counter(Option<i64>),
    /// Under [`Key::Unique`].
    Unique(Option<Id>),
}

/// An object as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// Its id.
    pub id: Id,
    /// The code of its kind.
    pub kind: u16,
    /// 1 when created, one more with each write.
    pub version: u64,
    /// What the graph above the store makes of it.
    pub data: Vec<u8>,
    /// When it ends, if it does.
    pub expires: Option<Time>,
}

impl Object {
    /// Whether it is of that kind.
    pub fn is(&self, kind: &ObjectKind) -> bool {
        self.kind == kind.code
    }
}

/// An association as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assoc {
    /// The kind says what it means: mostly seconds or milliseconds since 1970.
    pub time: i64,
    /// What the graph above the store makes of it.
    pub data: Vec<u8>,
    /// When it ends, if it does. Never set on a counted kind.
    pub expires: Option<Time>,
}

/// How fresh a read must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Consistency {
    /// Sees every commit that was answered before the read began.
    #[default]
    Strong,
    /// May lag by a moment; cheaper where the backend can profit.
    Eventual,
}
