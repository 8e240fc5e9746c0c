//! The declarations of kinds. The graph above the store declares them as constants; the store only obeys.

use crate::key::Id;
use std::hash::{Hash, Hasher};

/// A kind of object.
#[derive(Debug, PartialEq, Eq)]
pub struct ObjectKind {
    /// What backends store. Never changes, is never given to another kind.
    pub code: u16,
    /// For people: exports, logs, errors.
    pub name: &'static str,
}

/// Whether a list keeps its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// No count.
    No,
    /// One count, exact, in the same commit.
    Yes,
    /// A count in so many shards, chosen by hash of `to` and summed when read, for lists that many write at once.
    Sharded(u8),
}

/// A kind of association.
#[derive(Debug)]
pub struct AssocKind {
    /// What backends store. Never changes, is never given to another kind.
    pub code: u16,
    /// For people: exports, logs, errors.
    pub name: &'static str,
    /// Whether the list keeps its length.
    pub counted: Counted,
    /// Whether the list can be read as a range. Notes to self cannot, and cost half the write.
    pub ordered: bool,
}

impl AssocKind {
    /// Which shard of its list's count an association belongs to: below the number of shards, and 0 where the count has none.
    ///
    /// Backends store it, so the rule never changes: the top bits of `to` times the golden ratio.
    pub fn shard(&self, to: Id) -> u8 {
        match self.counted {
            Counted::No | Counted::Yes => 0,
            Counted::Sharded(shards) => {
                let mixed = to.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
                ((mixed * u64::from(shards)) >> 8) as u8
            }
        }
    }
}

/// A kind of counter.
#[derive(Debug)]
pub struct CounterKind {
    /// What backends store. Never changes, is never given to another kind.
    pub code: u16,
    /// For people: exports, logs, errors.
    pub name: &'static str,
}

/// A space of unique keys.
#[derive(Debug)]
pub struct Space {
    /// What backends store. Never changes, is never given to another space.
    pub code: u16,
    /// For people: exports, logs, errors.
    pub name: &'static str,
}

/// Kinds are compared by code: two constants with one code would be one kind to every backend.
macro_rules! by_code {
    ($($t:ty),*) => {$(
        impl PartialEq for $t { fn eq(&self, other: &Self) -> bool { self.code == other.code } }
        impl Eq for $t {}
        impl Hash for $t { fn hash<H: Hasher>(&self, state: &mut H) { self.code.hash(state) } }
    )*};
}
by_code!(AssocKind, CounterKind, Space);

#[cfg(test)]
mod tests {
    use super::*;

    static FAN: AssocKind = AssocKind { code: 1, name: "fan", counted: Counted::Sharded(16), ordered: true };
    static LIKE: AssocKind = AssocKind { code: 2, name: "like", counted: Counted::Yes, ordered: true };

    #[test]
    fn shards_are_used_evenly() {
        let mut used = [0; 16];
        for id in 0..16_000 {
            used[usize::from(FAN.shard(Id(id)))] += 1;
        }
        assert!(used.iter().all(|n| (800..1200).contains(n)), "{used:?}");
        assert_eq!(LIKE.shard(Id(99)), 0);
    }

    #[test]
    fn the_rule_of_the_shards_never_changes() {
        let shards: Vec<u8> = [1, 2, 3, 1 << 40, Id::MAX.0].into_iter().map(|id| FAN.shard(Id(id))).collect();
        assert_eq!(shards, [9, 3, 13, 4, 13]);
    }
}
