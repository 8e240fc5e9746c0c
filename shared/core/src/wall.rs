//! Whose walls there are, whom what is written on them is shown to, and who may write on them.

use crate::block::block_key;
use crate::disclosure::Disclosure;
use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::people::person_in;
use crate::post::usual_disclosure;
use reconnect_store::{AssocKind, Found, Id, Key, Object, ObjectKind};

/// The wall of a person, page, group or event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// `user`, `page`, `group` or `event`.
    pub kind: &'static str,
    /// Whom what is written on it is shown to, unless it is said.
    pub usual: Disclosure,
    /// Whether whoever asked may write on it; its owner may.
    pub may_write: bool,
}

/// Walls, and from the writer's side what makes somebody belong there.
const WALLS: [(&ObjectKind, &str, &[&AssocKind]); 4] = [
    (kinds::PERSON, "user", &[kinds::FRIEND]),
    (kinds::PAGE, "page", &[kinds::FAN_OF, kinds::ADMIN_OF]),
    (kinds::GROUP, "group", &[kinds::GROUPS]),
    (kinds::EVENT, "event", &[kinds::EVENTS]),
];

fn sort(object: &Object) -> Option<(&'static str, &'static [&'static AssocKind])> {
    WALLS.iter().find(|(kind, ..)| object.is(kind)).map(|(_, name, ties)| (*name, *ties))
}

fn usual(found: &Found) -> Result<Disclosure> {
    // What belongs to no person is for everybody whom its owner lets in.
    Ok(person_in(found)?.map(|person| usual_disclosure(&person)).unwrap_or_default())
}

impl Graph {
    /// Whom somebody shows what they share to, unless they say it: a person, whom they show their status to; a page, everybody.
    pub async fn usual_disclosure_of(&self, owner: Id) -> Result<Disclosure> {
        Ok(self.wall_of(owner).await?.map(|wall| wall.usual).unwrap_or_default())
    }

    /// Somebody's own wall; none of what has none.
    pub async fn wall_of(&self, owner: Id) -> Result<Option<Wall>> {
        match self.get(&[Key::Object(owner)]).await?.first() {
            Some(found @ Found::Object(Some(object))) => match sort(object) {
                Some((kind, _)) => Ok(Some(Wall { kind, usual: usual(found)?, may_write: true })),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// A wall as somebody else sees it. None where there is none, or where they cannot know of it: one of the two has blocked the other,
    /// the owner opted out of applications, a page has blocked them, or a group or event does not let them in.
    pub async fn wall_seen(&self, writer: Id, owner: Id) -> Result<Option<Wall>> {
        let ties: Vec<&'static AssocKind> = WALLS.iter().flat_map(|(.., ties)| ties.iter().copied()).collect();
        let mut keys = vec![Key::Object(owner), block_key(writer, owner)];
        keys.push(Key::Assoc { from: owner, kind: kinds::BLOCKED, to: writer });
        keys.extend(ties.iter().map(|kind| Key::Assoc { from: writer, kind, to: owner }));
        let found = self.get(&keys).await?;
        let there = |at: usize| matches!(found.get(at), Some(Found::Assoc(Some(_))));
        let Some(record @ Found::Object(Some(object))) = found.first() else { return Ok(None) };
        let Some((kind, own_ties)) = sort(object) else { return Ok(None) };
        let hidden = person_in(record)?.is_some_and(|person| person.opted_out);
        if hidden || there(1) || there(2) {
            return Ok(None);
        }
        // A wall that one cannot read is like none.
        if matches!(kind, "group" | "event") && !self.may_see_one(Some(writer), owner, &Disclosure::default()).await? {
            return Ok(None);
        }
        let belongs = ties.iter().enumerate().any(|(at, tie)| own_ties.contains(tie) && there(3 + at));
        // Whoever was invited to a group is no member yet.
        let may_write =
            belongs && (kind != "group" || self.membership(owner, writer).await?.is_some_and(|one| one.has_joined()));
        Ok(Some(Wall { kind, usual: usual(record)?, may_write }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Person;
    use crate::privacy::Audience;
    use reconnect_store::{Batch, ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);
    const CAT: Id = Id(13);

    #[tokio::test]
    async fn who_belongs_to_a_wall_writes_on_it() {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock);
        for id in [ANN, BOB, CAT] {
            let privacy = [("status".to_owned(), Audience::Everyone)].into_iter().filter(|_| id == BOB).collect();
            let email = format!("{id}@example.com");
            let person = Person { id, first_name: id.to_string(), email, privacy, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
        }
        graph.befriend(ANN, BOB).await.unwrap();
        let mut batch = Batch::new();
        batch.create(Id(21), kinds::PAGE, b"{}".to_vec()).link(ANN, kinds::FAN_OF, Id(21), 1, Vec::new());
        batch.create(Id(22), kinds::GROUP, b"{}".to_vec()).link(ANN, kinds::GROUPS, Id(22), 1, Vec::new());
        batch.create(Id(23), kinds::EVENT, b"{}".to_vec()).create(Id(24), kinds::NOTE, b"{}".to_vec());
        batch.link(ANN, kinds::EVENTS, BOB, 1, Vec::new());
        graph.commit(batch).await.unwrap();
        let seen = async |writer, owner: u64| {
            let wall = graph.wall_seen(writer, Id(owner)).await.unwrap();
            wall.map(|wall| (wall.kind, wall.may_write))
        };
        for (owner, expected) in [
            (12, Some(("user", true))),
            (13, Some(("user", false))),
            (21, Some(("page", true))),
            (22, Some(("group", true))),
            (23, Some(("event", false))),
            (24, None),
            (99, None),
        ] {
            assert_eq!(seen(ANN, owner).await, expected, "{owner}");
        }
        assert_eq!(seen(CAT, 21).await, Some(("page", false)));
        graph.block(BOB, CAT).await.unwrap();
        assert_eq!(seen(CAT, 12).await, None);
        let usual = graph.wall_of(BOB).await.unwrap().unwrap();
        assert_eq!((usual.usual.audience(), usual.may_write), (Audience::Everyone, true));
        assert_eq!(graph.wall_of(ANN).await.unwrap().unwrap().usual.audience(), Audience::AllFriends);
        assert!(graph.wall_of(Id(24)).await.unwrap().is_none());
    }
}
