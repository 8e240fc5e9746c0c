//! The two parts of every item's name in the table, and back again.
//!
//! | item | `pk` | `sk` |
//! |---|---|---|
//! | object | `o#ID` | `o` |
//! | association | `a#FROM#KIND` | `i#TO` |
//! | count of a list | `a#FROM#KIND` | `c`, or `c0`, `c1` … for a sharded one |
//! | unique key | `u#SPACE#HASH` | `u` |
//! | counter | `n#OWNER#KIND#SUB` | `n` |
//! | the table's own record | `reconnect` | `schema` |
//!
//! Ids and codes in decimal, as on the wire, so that an item can be found by hand. A unique key's text may be long and hold
//! anything, so its name holds a hash; the text stands in the item.

use reconnect_store::{AssocKind, Counted, Id, Key, Space};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The index in which a list is read by time. A local one, because only those are read consistently.
pub(crate) const INDEX: &str = "by_time";

/// An item's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// What a name names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Object(Id),
    Assoc { from: Id, kind: u16, to: Id },
    Count,
    Unique { space: u16 },
    Counter { owner: Id, kind: u16, sub: u64 },
    Schema,
}

impl Name {
    pub(crate) fn object(id: Id) -> Name {
        Name { pk: format!("o#{id}"), sk: "o".to_owned() }
    }

    pub(crate) fn assoc(from: Id, kind: &AssocKind, to: Id) -> Name {
        Name { pk: list(from, kind), sk: format!("i#{to}") }
    }

    pub(crate) fn count(from: Id, kind: &AssocKind, shard: u8) -> Name {
        let sk = match kind.counted {
            Counted::Sharded(_) => format!("c{shard}"),
            Counted::No | Counted::Yes => "c".to_owned(),
        };
        Name { pk: list(from, kind), sk }
    }

    pub(crate) fn unique(space: &Space, text: &str) -> Name {
        let mut pk = format!("u#{}#", space.code);
        for byte in Sha256::digest(text.as_bytes()) {
            let _ = write!(pk, "{byte:02x}");
        }
        Name { pk, sk: "u".to_owned() }
    }

    pub(crate) fn counter(owner: Id, kind: u16, sub: u64) -> Name {
        Name { pk: format!("n#{owner}#{kind}#{sub}"), sk: "n".to_owned() }
    }

    pub(crate) fn schema() -> Name {
        Name { pk: "reconnect".to_owned(), sk: "schema".to_owned() }
    }

    /// The items that answer a key: one, or the shards of a count.
    pub(crate) fn of(key: &Key) -> Vec<Name> {
        match key {
            Key::Object(id) => vec![Name::object(*id)],
            Key::Assoc { from, kind, to } => vec![Name::assoc(*from, kind, *to)],
            Key::Count { from, kind } => {
                let shards = match kind.counted {
                    Counted::Sharded(shards) => shards,
                    Counted::No | Counted::Yes => 1,
                };
                (0..shards).map(|shard| Name::count(*from, kind, shard)).collect()
            }
            Key::Counter { owner, kind, sub } => vec![Name::counter(*owner, kind.code, *sub)],
            Key::Unique { space, text } => vec![Name::unique(space, text)],
        }
    }

    /// What it names; none, if it is no name of ours.
    pub(crate) fn read(&self) -> Option<Named> {
        let mut parts = self.pk.split('#');
        let named = match (parts.next()?, self.sk.as_str()) {
            ("o", "o") => Named::Object(id(parts.next())?),
            ("a", sk) => {
                let (from, kind) = (id(parts.next())?, code(parts.next())?);
                match sk.strip_prefix("i#") {
                    Some(to) => Named::Assoc { from, kind, to: id(Some(to))? },
                    None if sk.starts_with('c') => Named::Count,
                    None => return None,
                }
            }
            ("u", "u") => {
                let space = code(parts.next())?;
                parts.next()?;
                Named::Unique { space }
            }
            ("n", "n") => {
                Named::Counter { owner: id(parts.next())?, kind: code(parts.next())?, sub: parts.next()?.parse().ok()? }
            }
            ("reconnect", "schema") => Named::Schema,
            _ => return None,
        };
        parts.next().is_none().then_some(named)
    }
}

/// Whose list it is, and which: the partition that holds its entries and its counts.
pub(crate) fn list(from: Id, kind: &AssocKind) -> String {
    format!("a#{from}#{}", kind.code)
}

fn id(text: Option<&str>) -> Option<Id> {
    text?.parse().ok().map(Id)
}

fn code(text: Option<&str>) -> Option<u16> {
    text?.parse().ok()
}

/// A place in a list as text whose order is that of the places: times have their sign turned, so that the order of the digits is that
/// of the numbers.
pub(crate) fn place(time: i64, to: Id) -> String {
    format!("{:016x}#{:012x}", time.cast_unsigned() ^ (1 << 63), to.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    static FAN: AssocKind = AssocKind { code: 7, name: "fan", counted: Counted::Sharded(16), ordered: true };
    static EMAIL: Space = Space { code: 3, name: "email" };

    #[test]
    fn every_name_is_read_back() {
        let far = Id::MAX;
        assert_eq!(Name::object(far).read(), Some(Named::Object(far)));
        assert_eq!(Name::assoc(Id(1), &FAN, far).read(), Some(Named::Assoc { from: Id(1), kind: 7, to: far }));
        assert_eq!(Name::count(Id(1), &FAN, 15).read(), Some(Named::Count));
        assert_eq!(Name::unique(&EMAIL, "a#b").read(), Some(Named::Unique { space: 3 }));
        let counter = Name::counter(far, 9, u64::MAX);
        assert_eq!(counter.read(), Some(Named::Counter { owner: far, kind: 9, sub: u64::MAX }));
        assert_eq!(Name::schema().read(), Some(Named::Schema));
        for (pk, sk) in
            [("o#x", "o"), ("o#1#2", "o"), ("o#1", "u"), ("a#1", "i#2"), ("a#1#2", "x"), ("", ""), ("z", "z")]
        {
            assert_eq!(Name { pk: pk.to_owned(), sk: sk.to_owned() }.read(), None, "{pk} {sk}");
        }
    }

    #[test]
    fn a_sharded_count_has_an_item_for_each_shard() {
        assert_eq!(Name::of(&Key::Count { from: Id(1), kind: &FAN }).len(), 16);
    }

    #[test]
    fn places_are_ordered_as_text() {
        let places = [(i64::MIN, 5), (-2, 9), (-1, 0), (0, 3), (0, 11), (1, 0), (i64::MAX, Id::MAX.0)];
        let texts: Vec<String> = places.iter().map(|(time, to)| place(*time, Id(*to))).collect();
        assert!(texts.windows(2).all(|pair| pair[0] < pair[1]), "{texts:?}");
        assert!(texts.iter().all(|text| text.len() == 29), "{texts:?}");
    }
}
