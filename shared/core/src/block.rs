//! Who has blocked whom. A block has two sides, written in one commit, so that one read tells a viewer of both; it ends a friendship, and
//! while it stands neither of the two sees what the other shares.

use crate::error::{Result, invalid};
use crate::graph::Graph;
use crate::kinds;
use crate::model::{decode, encode};
use crate::request::settle_requests;
use reconnect_store::{Batch, Found, Id, Key, Range, limits};
use serde::{Deserialize, Serialize};

/// What stands in one side of a block: who of the two it is that blocked. Both may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Side {
    /// Whoever's side this is has blocked the other.
    own: bool,
    /// The other has blocked them.
    theirs: bool,
}

/// Where one side of a block stands.
pub(crate) fn block_key(from: Id, to: Id) -> Key {
    Key::Assoc { from, kind: kinds::BLOCK, to }
}

/// Whether it is the one whose side was read who has blocked the other.
pub(crate) fn is_own_block(found: &Found) -> bool {
    side(found).is_ok_and(|side| side.own)
}

fn side(found: &Found) -> Result<Side> {
    match found {
        Found::Assoc(Some(side)) => decode("block", Id(0), &side.data),
        _ => Ok(Side::default()),
    }
}

impl Graph {
    /// Lets a person block another, and ends a friendship of the two. False when they had blocked them already.
    pub async fn block(&self, person: Id, other: Id) -> Result<bool> {
        if person == other {
            return Err(invalid("nobody blocks themselves"));
        }
        for id in [person, other] {
            if self.person(id).await?.is_none() {
                return Err(invalid(format!("no person has the id {id}")));
            }
        }
        let changed = self.set_block(person, other, true).await?;
        self.unfriend(person, other).await?;
        Ok(changed)
    }

    /// Takes a block back. False when there was none. A block by the other one stands.
    pub async fn unblock(&self, person: Id, other: Id) -> Result<bool> {
        self.set_block(person, other, false).await
    }

    async fn set_block(&self, person: Id, other: Id, blocked: bool) -> Result<bool> {
        let found = self.get(&[block_key(person, other)]).await?;
        let old = found.first().map(side).transpose()?.unwrap_or_default();
        if old.own == blocked {
            return Ok(false);
        }
        let (mut batch, now) = (Batch::new(), self.now().secs());
        let (own, theirs) = (Side { own: blocked, ..old }, Side { own: old.theirs, theirs: blocked });
        for (from, to, side) in [(person, other, own), (other, person, theirs)] {
            match side == Side::default() {
                true => batch.unlink(from, kinds::BLOCK, to),
                false => batch.replace(from, kinds::BLOCK, to, now, encode(&side)?),
            };
        }
        if blocked {
            settle_requests(&mut batch, person, other);
        }
        self.commit(batch).await?;
        Ok(true)
    }

    /// Whom a person has blocked, newest first.
    pub async fn blocked_by(&self, person: Id) -> Result<Vec<Id>> {
        let page = self.range(&Range::newest(person, kinds::BLOCK, limits::MAX_RANGE)).await?;
        let mut blocked = Vec::new();
        for entry in page.entries {
            let side: Side = decode("block", person, &entry.data)?;
            blocked.extend(Some(entry.to).filter(|_| side.own));
        }
        Ok(blocked)
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::Graph;
    use crate::town::town;
    use reconnect_store::Id;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);

    async fn graph() -> Graph {
        let graph = town(1_234_567_890, &[ANN, BOB]).await;
        graph.befriend(ANN, BOB).await.unwrap();
        graph
    }

    #[tokio::test]
    async fn a_block_ends_a_friendship_and_is_told_from_one_side() {
        let graph = graph().await;
        assert!(graph.block(ANN, BOB).await.unwrap());
        assert!(!graph.block(ANN, BOB).await.unwrap(), "the second time changes nothing");
        assert!(graph.friends(BOB).await.unwrap().is_empty());
        assert!(graph.befriend(BOB, ANN).await.is_err(), "while it stands");
        assert_eq!(graph.blocked_by(ANN).await.unwrap(), [BOB]);
        assert!(graph.blocked_by(BOB).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn each_of_two_who_block_each_other_takes_back_their_own() {
        let graph = graph().await;
        assert!(graph.block(ANN, BOB).await.unwrap() && graph.block(BOB, ANN).await.unwrap());
        assert!(graph.unblock(ANN, BOB).await.unwrap());
        assert!(!graph.unblock(ANN, BOB).await.unwrap());
        assert_eq!(graph.blocked_by(BOB).await.unwrap(), [ANN], "the other's stands");
        assert!(graph.unblock(BOB, ANN).await.unwrap() && graph.blocked_by(BOB).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn nobody_blocks_themselves_or_nobody() {
        let graph = graph().await;
        assert!(graph.block(ANN, ANN).await.is_err() && graph.block(ANN, Id(99)).await.is_err());
    }
}
