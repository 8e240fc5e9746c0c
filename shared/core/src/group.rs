//! Groups and who is in them.
//!
//! A membership has two sides, written in one commit: the group's list, and the person's, which carries a copy of the data, so that what a
//! viewer may see costs one read on the viewer's side. An open or a closed group is told of to everybody; what is inside a closed one is for
//! its members, and of a secret one nobody else hears at all.

use crate::error::{Error, Result, invalid};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::intent::Swept;
use crate::kinds;
use crate::model::{decode, encode};
use crate::openness::{Openness, is_named};
use crate::people::person_in;
use crate::profile::Place;
use futures_util::future::try_join;
use reconnect_store::{Batch, CommitError, Conflict, Found, Id, Key, Object, Range, limits};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How many groups of a person are looked at: those that they came to last.
pub const MAX_GROUPS: usize = 1000;
/// How many members of a group are told: those who came first.
pub const MAX_MEMBERS: usize = limits::MAX_RANGE;
/// How many people come into a group in one batch: two writes each, and the group's count.
const AT_ONCE: usize = (limits::MAX_ACTIONS - 1) / 2;

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// What it is called.
    pub name: String,
    /// The network it belongs to; 0 is everybody's.
    #[serde(skip_serializing_if = "is_zero")]
    pub nid: u64,
    /// What it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its category, such as "Common Interest".
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group_type: String,
    /// What of that category.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group_subtype: String,
    /// What its administrators have to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub recent_news: String,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<Id>,
    /// When something above last changed, in seconds since 1970.
    pub update_time: i64,
    /// Where its office is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub office: String,
    /// Its web site.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub website: String,
    /// Where it meets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<Place>,
    /// Whom it is open to.
    pub openness: Openness,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// What somebody is in a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Membership {
    /// They made it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub owner: bool,
    /// They administer it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
    /// They hold an office in it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub officer: bool,
    /// They were invited and have not answered: no member yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not_replied: bool,
}

impl Membership {
    /// Whether they have come in, and were not only invited.
    pub fn has_joined(self) -> bool {
        !self.not_replied
    }

    fn read(group: Id, data: &[u8]) -> Result<Membership> {
        if data.is_empty() { Ok(Membership::default()) } else { decode("membership", group, data) }
    }

    fn written(self) -> Result<Vec<u8>> {
        if self == Membership::default() { Ok(Vec::new()) } else { encode(&self) }
    }

    pub(crate) fn found(group: Id, found: Option<&Found>) -> Result<Option<Membership>> {
        match found {
            Some(Found::Assoc(Some(assoc))) => Membership::read(group, &assoc.data).map(Some),
            _ => Ok(None),
        }
    }
}

impl Group {
    /// Whether somebody who is this in it may know of it, and of who is in it.
    pub fn shows(&self, membership: Option<Membership>) -> bool {
        self.openness != Openness::Secret || membership.is_some()
    }

    /// Whether they see what is inside: its wall, and all that hangs there.
    pub fn shows_inside(&self, membership: Option<Membership>) -> bool {
        self.openness == Openness::Open || membership.is_some_and(Membership::has_joined)
    }
}

/// A group as a viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSeen {
    /// The group.
    pub group: Group,
    /// Who made it; none where the viewer may not be told, or where they are no member any more.
    pub creator: Option<Id>,
}

impl Graph {
    /// Makes a group, with its maker as owner and administrator. An id of 0 is drawn. Answers it as stored.
    pub async fn create_group(&self, mut group: Group) -> Result<Group> {
        if group.name.trim().is_empty() {
            return Err(invalid("the group needs a name"));
        }
        let (wanted, now) = (group.id, self.now());
        if group.update_time == 0 {
            group.update_time = now.secs();
        }
        let owner = Membership { owner: true, admin: true, ..Membership::default() }.written()?;
        for _ in 0..TRIES {
            group.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            let mut batch = Batch::new();
            batch.create(group.id, kinds::GROUP, encode(&group)?);
            if let Some(creator) = group.creator {
                link(&mut batch, group.id, creator, now.secs(), &owner);
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(Group { version: 1, ..group }),
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) if wanted == Id(0) => {}
                Err(CommitError::Conflict { .. }) => return Err(invalid(format!("id {} is taken", group.id))),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// Lets people into a group, or invites them; who is in it already stays what they are. More than a batch are no one transaction.
    pub async fn add_to_group(&self, group: Id, people: &[(Id, Membership)]) -> Result<()> {
        let now = self.now().secs();
        let mut seen = HashSet::new();
        let people: Vec<&(Id, Membership)> = people.iter().filter(|(person, _)| seen.insert(*person)).collect();
        for some in people.chunks(AT_ONCE) {
            let mut batch = Batch::new();
            for (person, membership) in some {
                link(&mut batch, group, *person, now, &membership.written()?);
            }
            self.commit(batch).await?;
        }
        Ok(())
    }

    /// Takes somebody out of a group. False when they were not in it.
    pub async fn leave_group(&self, group: Id, person: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(group, kinds::MEMBER, person).unlink(person, kinds::GROUPS, group);
        let outcomes = self.commit(batch).await?.outcomes;
        Ok(outcomes.contains(&reconnect_store::Outcome::Deleted))
    }

    /// What a person is in a group; none where they are nothing in it.
    pub async fn membership(&self, group: Id, person: Id) -> Result<Option<Membership>> {
        Membership::found(group, self.get(&[groups_key(person, group)]).await?.first())
    }

    /// Whether a viewer sees what is inside a group; also of no group at all, which shows nothing.
    pub async fn group_shows(&self, viewer: Option<Id>, group: Id) -> Result<bool> {
        let keys: Vec<Key> =
            std::iter::once(Key::Object(group)).chain(viewer.map(|person| groups_key(person, group))).collect();
        let found = self.get(&keys).await?;
        let Some(read) = found.first().map(group_in).transpose()?.flatten() else { return Ok(false) };
        Ok(read.shows_inside(Membership::found(group, found.get(1))?))
    }

    /// The groups that a person was invited to and has not answered, the last first.
    pub async fn group_invites(&self, person: Id) -> Result<Vec<Id>> {
        let listed = self.listed_groups(person, |membership| !membership.has_joined()).await?;
        let keys: Vec<Key> = listed.iter().copied().map(Key::Object).collect();
        let found = self.get(&keys).await?;
        let there = |found: &Found| matches!(found, Found::Object(Some(object)) if object.is(kinds::GROUP));
        Ok(listed.into_iter().zip(found).filter(|(_, found)| there(found)).map(|(id, _)| id).collect())
    }

    async fn listed_groups(&self, person: Id, wanted: impl Fn(Membership) -> bool) -> Result<Vec<Id>> {
        let page = self.range(&Range::newest(person, kinds::GROUPS, MAX_GROUPS)).await?;
        let mut listed = Vec::with_capacity(page.entries.len());
        for entry in page.entries {
            if wanted(Membership::read(entry.to, &entry.data)?) {
                listed.push(entry.to);
            }
        }
        Ok(listed)
    }

    /// Groups as a viewer sees them: those with these ids, in their order; or all that somebody is a member of, the last joined first; with
    /// both, those of these ids that they are a member of. What is not there or not for the viewer is left out. Of whoever is no friend of
    /// the viewer nothing is told. None when `member` is nobody, or nobody whom applications may know of.
    pub async fn look_at_groups(
        &self,
        viewer: Id,
        member: Option<Id>,
        ids: Option<&[Id]>,
    ) -> Result<Option<Vec<GroupSeen>>> {
        let person = member.unwrap_or(viewer);
        let listed = async {
            match ids {
                Some(ids) => Ok(ids.to_vec()),
                None => self.listed_groups(person, Membership::has_joined).await,
            }
        };
        let (known, ids) = try_join(self.knows(viewer, person), listed).await?;
        let ids = match known {
            None => return Ok(None),
            Some(false) => return Ok(Some(Vec::new())),
            Some(true) => ids,
        };
        let mut keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        keys.extend(ids.iter().map(|group| groups_key(viewer, *group)));
        keys.extend(member.iter().flat_map(|person| ids.iter().map(|group| groups_key(*person, *group))));
        let found = self.get(&keys).await?;
        let (records, rest) = found.split_at(ids.len());
        let (own, theirs) = rest.split_at(ids.len());
        let mut groups = Vec::with_capacity(ids.len());
        for (at, record) in records.iter().enumerate() {
            let Some(group) = group_in(record)? else { continue };
            let is_in = |side: &[Found]| Membership::found(group.id, side.get(at));
            if group.shows(is_in(own)?) && (member.is_none() || is_in(theirs)?.is_some_and(Membership::has_joined)) {
                groups.push(group);
            }
        }
        self.with_creators(viewer, groups).await.map(Some)
    }

    async fn with_creators(&self, viewer: Id, groups: Vec<Group>) -> Result<Vec<GroupSeen>> {
        let pairs: Vec<(Id, Id)> = groups.iter().filter_map(|group| Some((group.id, group.creator?))).collect();
        let mut keys: Vec<Key> = pairs.iter().map(|(_, creator)| Key::Object(*creator)).collect();
        keys.extend(pairs.iter().map(|(group, creator)| groups_key(*creator, *group)));
        let found = self.get(&keys).await?;
        let (people, memberships) = found.split_at(pairs.len());
        let mut told = HashSet::new();
        for ((pair, person), membership) in pairs.iter().zip(people).zip(memberships) {
            let still_in = Membership::found(pair.0, Some(membership))?.is_some_and(Membership::has_joined);
            if still_in && is_named(Some(viewer), person)? {
                told.insert(*pair);
            }
        }
        let seen = groups.into_iter().map(|group| {
            let creator = group.creator.filter(|creator| told.contains(&(group.id, *creator)));
            GroupSeen { group, creator }
        });
        Ok(seen.collect())
    }

    /// A group, and who is in it or was invited to it, as far as a viewer may be told; who came first stands first. None when there is no such
    /// group, or none that the viewer may know of.
    pub async fn group_members(&self, viewer: Id, group: Id) -> Result<Option<(Group, Vec<(Id, Membership)>)>> {
        let keys = [Key::Object(group), groups_key(viewer, group)];
        let range = Range::oldest(group, kinds::MEMBER, MAX_MEMBERS);
        let (found, page) = try_join(self.get(&keys), self.range(&range)).await?;
        let own = Membership::found(group, found.get(1))?;
        let read = found.first().map(group_in).transpose()?.flatten();
        let Some(read) = read.filter(|read| read.shows(own)) else { return Ok(None) };
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        let named = self.may_be_named(Some(viewer), &ids).await?;
        let told = page.entries.into_iter().filter(|entry| named.contains(&entry.to));
        let people = told.map(|entry| Ok((entry.to, Membership::read(group, &entry.data)?))).collect::<Result<_>>()?;
        Ok(Some((read, people)))
    }

    /// Whether what somebody is a member of is told to a viewer: to themselves, and to friends. None when they are nobody, or nobody whom
    /// applications may know of.
    async fn knows(&self, viewer: Id, person: Id) -> Result<Option<bool>> {
        if viewer == person {
            return Ok(Some(true));
        }
        let found = self.get(&[Key::Object(person), friend_key(viewer, person)]).await?;
        let there = found.first().map(person_in).transpose()?.flatten().filter(|person| !person.opted_out);
        Ok(there.map(|_| matches!(found.get(1), Some(Found::Assoc(Some(_))))))
    }

    /// One batch of a removed person's memberships; what is listed is still to do.
    pub(crate) async fn clear_groups(&self, person: Id) -> Result<Swept> {
        let page = self.range(&Range::oldest(person, kinds::GROUPS, AT_ONCE / 2)).await?;
        let mut batch = Batch::new();
        for entry in &page.entries {
            batch.unlink(entry.to, kinds::MEMBER, person);
            batch.unlink(person, kinds::GROUPS, entry.to);
        }
        self.commit(batch).await?;
        Ok(if page.next.is_some() { Swept::More } else { Swept::Done })
    }
}

/// Both sides of a membership; who is in the group already stays what they are.
fn link(batch: &mut Batch, group: Id, person: Id, now: i64, data: &[u8]) {
    batch.keep(group, kinds::MEMBER, person, now, data.to_vec());
    batch.keep(person, kinds::GROUPS, group, now, data.to_vec());
}

/// Where a person's side of a membership stands.
pub(crate) fn groups_key(person: Id, group: Id) -> Key {
    Key::Assoc { from: person, kind: kinds::GROUPS, to: group }
}

fn friend_key(from: Id, to: Id) -> Key {
    Key::Assoc { from, kind: kinds::FRIEND, to }
}

/// The group whose record was found, if it is one.
pub(crate) fn group_in(found: &Found) -> Result<Option<Group>> {
    match found {
        Found::Object(Some(object)) if object.is(kinds::GROUP) => read_group(object).map(Some),
        _ => Ok(None),
    }
}

fn read_group(object: &Object) -> Result<Group> {
    let group: Group = decode("group", object.id, &object.data)?;
    Ok(Group { id: object.id, version: object.version, ..group })
}

#[cfg(test)]
mod tests;
