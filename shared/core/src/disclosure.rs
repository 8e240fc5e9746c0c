//! Whom a single shared thing is shown to: the privacy object that posts, albums, videos, notes and links carry, and the one place that
//! judges by it.
//!
//! A profile field has an [`Audience`] and a rule ([`crate::privacy`]); what somebody shares has a [`Disclosure`]. Both speak the names of the
//! API. A caller without a viewer sees what is for everybody, and nothing of whoever opted out of applications.

use crate::error::{Result, invalid};
use crate::graph::Graph;
use crate::kinds;
use crate::model::Person;
use crate::people::{in_network, person_in, relation};
use crate::privacy::{Audience, Relation};
use reconnect_store::{Found, Id, Key};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// How many ids `allow` and `deny` may name together.
pub const MAX_NAMED: usize = 100;
/// In `networks`: all networks of the owner.
const OWN_NETWORKS: u64 = 1;

/// The name of a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Value {
    /// Everybody.
    #[default]
    Everyone,
    /// What the other members say.
    Custom,
    /// Friends.
    AllFriends,
    /// Friends, and whoever is in one of the owner's networks.
    NetworksFriends,
    /// Friends, and theirs.
    FriendsOfFriends,
    /// Nobody else.
    #[serde(rename = "SELF")]
    Myself,
}

/// The detail of a custom choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Friends {
    /// Everybody.
    Everyone,
    /// Friends, and whoever is in one of the owner's networks.
    NetworksFriends,
    /// Friends, and theirs.
    FriendsOfFriends,
    /// Friends.
    AllFriends,
    /// Those whom `allow` names.
    SomeFriends,
    /// Nobody else.
    #[serde(rename = "SELF")]
    Myself,
    /// No friends: networks or nobody.
    NoFriends,
}

/// Whom a thing is shown to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Disclosure {
    /// The choice.
    pub value: Value,
    /// The detail of a custom choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub friends: Option<Friends>,
    /// Networks whose people see it; 1 stands for all of the owner's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<u64>,
    /// People and friend lists of the owner that see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<u64>,
    /// People and friend lists of the owner that do not, whatever else is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<u64>,
}

impl From<Audience> for Disclosure {
    fn from(audience: Audience) -> Disclosure {
        let value = match audience {
            Audience::Everyone => Value::Everyone,
            Audience::NetworksFriends => Value::NetworksFriends,
            Audience::FriendsOfFriends => Value::FriendsOfFriends,
            Audience::AllFriends => Value::AllFriends,
            Audience::Myself => Value::Myself,
        };
        Disclosure { value, ..Disclosure::default() }
    }
}

/// What is known of a viewer of one thing, beside how they stand to its owner.
#[derive(Clone, Copy, Debug)]
struct Viewer<'a> {
    id: Id,
    networks: &'a [u64],
    owner_networks: &'a [u64],
    /// Which of the named friend lists the viewer is on.
    lists: &'a HashSet<Id>,
}

impl Viewer<'_> {
    fn is_named(&self, ids: &[u64]) -> bool {
        ids.iter().any(|id| *id == self.id.0 || self.lists.contains(&Id(*id)))
    }

    fn is_in(&self, networks: &[u64]) -> bool {
        let own = |nid: u64| self.networks.contains(&nid);
        networks.iter().any(|nid| match *nid {
            OWN_NETWORKS => self.owner_networks.iter().any(|nid| own(*nid)),
            nid => own(nid),
        })
    }
}

impl Disclosure {
    /// What a caller said, made consistent, or why not.
    pub fn checked(mut self) -> Result<Disclosure> {
        if self.value != Value::Custom {
            if !(self.networks.is_empty() && self.allow.is_empty() && self.deny.is_empty()) {
                return Err(invalid("privacy: networks, allow and deny go with the value CUSTOM only"));
            }
            self.friends = None;
            return Ok(self);
        }
        if self.allow.len() + self.deny.len() + self.networks.len() > MAX_NAMED {
            return Err(invalid(format!("privacy: networks, allow and deny name more than {MAX_NAMED} ids")));
        }
        // Who names people means these.
        let usual = if self.allow.is_empty() { Friends::NoFriends } else { Friends::SomeFriends };
        self.friends = Some(self.friends.unwrap_or(usual));
        Ok(self)
    }

    /// The audience that the choice comes to, names and networks aside.
    pub fn audience(&self) -> Audience {
        match (self.value, self.friends) {
            (Value::Everyone, _) | (Value::Custom, Some(Friends::Everyone)) => Audience::Everyone,
            (Value::AllFriends, _) | (Value::Custom, Some(Friends::AllFriends)) => Audience::AllFriends,
            (Value::NetworksFriends, _) | (Value::Custom, Some(Friends::NetworksFriends)) => Audience::NetworksFriends,
            (Value::FriendsOfFriends, _) | (Value::Custom, Some(Friends::FriendsOfFriends)) => {
                Audience::FriendsOfFriends
            }
            (Value::Myself | Value::Custom, _) => Audience::Myself,
        }
    }

    fn takes(&self, relation: Relation, viewer: Viewer<'_>) -> bool {
        match relation {
            Relation::Own => return true,
            Relation::Blocked => return false,
            Relation::Friend | Relation::Other { .. } => {}
        }
        if viewer.is_named(&self.deny) {
            return false;
        }
        let named = viewer.is_named(&self.allow) || viewer.is_in(&self.networks);
        named || self.audience().takes(Some(relation))
    }

    fn names_lists(&self) -> impl Iterator<Item = Id> {
        self.allow.iter().chain(&self.deny).map(|id| Id(*id))
    }
}

/// A thing to be judged: whose it is, and whom they show it to.
pub type Shown<'a> = (Id, &'a Disclosure);

impl Graph {
    /// For each thing, whether a viewer may see it: one wave of reads, and a second one only where a thing is for friends of friends
    /// and the viewer is neither a friend nor named.
    ///
    /// An owner that is no person (page, group, event) has no friends: what it shares as such is for everybody whom it lets in. Where a group
    /// or an event is not open, that takes a wave of its own.
    pub async fn may_see(&self, viewer: Option<Id>, things: &[Shown<'_>]) -> Result<Vec<bool>> {
        let owners: Vec<Id> = things.iter().map(|(owner, _)| *owner).collect::<HashSet<Id>>().into_iter().collect();
        let Some(viewer) = viewer else { return self.everybody_sees(&owners, things).await };
        if owners.iter().all(|owner| *owner == viewer) {
            return Ok(vec![true; things.len()]);
        }
        let lists = things.iter().filter(|(owner, _)| *owner != viewer).flat_map(|(_, privacy)| privacy.names_lists());
        let lists: Vec<Id> = lists.filter(|id| *id != viewer).collect::<HashSet<Id>>().into_iter().collect();
        let mut keys: Vec<Key> = owners.iter().copied().map(Key::Object).collect();
        keys.extend(owners.iter().map(|to| Key::Assoc { from: viewer, kind: kinds::FRIEND, to: *to }));
        keys.extend(owners.iter().map(|to| Key::Assoc { from: viewer, kind: kinds::BLOCK, to: *to }));
        keys.extend(lists.iter().map(|from| Key::Assoc { from: *from, kind: kinds::LISTED, to: viewer }));
        keys.push(Key::Object(viewer));
        let found = self.get(&keys).await?;
        let (records, rest) = found.split_at(owners.len());
        let (friends, rest) = rest.split_at(owners.len());
        let (blocks, rest) = rest.split_at(owners.len());
        let listed: HashSet<Id> = lists
            .iter()
            .zip(rest)
            .filter(|(_, found)| matches!(found, Found::Assoc(Some(_))))
            .map(|(id, _)| *id)
            .collect();
        let own = rest.last().map(person_in).transpose()?.flatten();
        let shut = self.not_letting_in(Some(viewer), records).await?;
        let mut standing: HashMap<Id, (Relation, Vec<u64>)> = HashMap::new();
        for (at, owner) in owners.iter().enumerate() {
            let (Some(record), friend, block) = (records.get(at), friends.get(at), blocks.get(at)) else { continue };
            if shut.contains(owner) {
                continue;
            }
            if let Some(stands) = stands(viewer, *owner, own.as_ref(), record, friend, block)? {
                standing.insert(*owner, stands);
            }
        }
        let networks = own.map(|own| nids(&own)).unwrap_or_default();
        let judge = |standing: &HashMap<Id, (Relation, Vec<u64>)>| -> Vec<bool> {
            let each = things.iter().map(|(owner, privacy)| {
                standing.get(owner).is_some_and(|(relation, owner_networks)| {
                    let viewer = Viewer { id: viewer, networks: &networks, owner_networks, lists: &listed };
                    privacy.takes(*relation, viewer)
                })
            });
            each.collect()
        };
        let first = judge(&standing);
        let far = things
            .iter()
            .zip(&first)
            .filter(|((_, privacy), seen)| !**seen && privacy.audience() == Audience::FriendsOfFriends);
        let far: HashSet<Id> = far.map(|((owner, _), _)| *owner).collect();
        if far.is_empty() {
            return Ok(first);
        }
        for owner in self.with_friend_in_common(viewer, &far).await? {
            if let Some((Relation::Other { friend_of_friend, .. }, _)) = standing.get_mut(&owner) {
                *friend_of_friend = true;
            }
        }
        Ok(judge(&standing))
    }

    /// Whether a viewer may see one thing.
    pub async fn may_see_one(&self, viewer: Option<Id>, owner: Id, privacy: &Disclosure) -> Result<bool> {
        Ok(self.may_see(viewer, &[(owner, privacy)]).await?.first().copied().unwrap_or(false))
    }

    async fn everybody_sees(&self, owners: &[Id], things: &[Shown<'_>]) -> Result<Vec<bool>> {
        let keys: Vec<Key> = owners.iter().copied().map(Key::Object).collect();
        let (mut open, records) = (HashSet::new(), self.get(&keys).await?);
        let shut = self.not_letting_in(None, &records).await?;
        for (owner, found) in owners.iter().zip(&records) {
            let shown = match found {
                Found::Object(Some(_)) => {
                    !shut.contains(owner) && person_in(found)?.is_none_or(|person| !person.opted_out)
                }
                _ => false,
            };
            if shown {
                open.insert(*owner);
            }
        }
        let seen = |(owner, privacy): &Shown<'_>| open.contains(owner) && privacy.audience() == Audience::Everyone;
        Ok(things.iter().map(seen).collect())
    }
}

/// How a viewer stands to an owner, and the owner's networks; none where the owner is gone, or hidden from applications.
fn stands(
    viewer: Id,
    owner: Id,
    own: Option<&Person>,
    record: &Found,
    friend: Option<&Found>,
    block: Option<&Found>,
) -> Result<Option<(Relation, Vec<u64>)>> {
    match person_in(record)? {
        Some(person) if person.opted_out && viewer != owner => Ok(None),
        Some(person) => Ok(Some((relation(viewer, own, &person, friend, block), nids(&person)))),
        None if matches!(record, Found::Object(Some(_))) => Ok(Some((Relation::STRANGER, Vec::new()))),
        None => Ok(None),
    }
}

fn nids(person: &Person) -> Vec<u64> {
    in_network(person).collect()
}

#[cfg(test)]
mod tests;
