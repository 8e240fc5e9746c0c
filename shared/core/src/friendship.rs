//! Friendships and friend lists: whose friends somebody's are, whom two people share, who of them uses an application, and the lists in
//! which a person puts friends.
//!
//! Both directions of a friendship are always written in one commit. A list holds friends only: what else it names is left out where
//! it is read, so that the end of a friendship takes effect with one write.

use crate::block::block_key;
use crate::error::{Error, Result, invalid};
use crate::graph::{Graph, TRIES, grant_key};
use crate::ids;
use crate::kinds;
use crate::model::{Person, decode, encode};
use crate::people::{LISTS_AT_ONCE, person_in, relation};
use crate::privacy::{Relation, Rule};
use crate::request::settle_requests;
use futures_util::future::{try_join, try_join_all, try_join3};
use reconnect_store::{Batch, CommitError, Conflict, Found, Id, Key, Outcome, Range, limits};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How many friends a person may have: as many as one read of a list takes.
pub const MAX_FRIENDS: usize = limits::MAX_RANGE;
/// How many friend lists a person may have: so many that one batch takes somebody off all of them.
pub const MAX_LISTS: usize = limits::MAX_ACTIONS;
/// How long a friend list's name may be, in bytes.
pub const MAX_NAME: usize = 255;
/// How many pairs are asked about in one wave of reads.
const PAIRS_AT_ONCE: usize = 1000;

/// A friendship, as one of the two has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Friendship {
    /// The other one.
    pub friend: Id,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// The other one opted out of applications, which are not told of them.
    pub hidden: bool,
}

/// What stands in a friendship's record; nothing at all where nothing is special.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct FriendData {
    hidden: bool,
}

impl FriendData {
    fn read(person: Id, data: &[u8]) -> Result<FriendData> {
        if data.is_empty() { Ok(FriendData::default()) } else { decode("friend", person, data) }
    }

    fn written(&self) -> Result<Vec<u8>> {
        if self.hidden { encode(self) } else { Ok(Vec::new()) }
    }
}

/// A list in which a person puts friends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FriendList {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// Whose list it is; nobody else sees it.
    pub owner: Id,
    /// What its owner calls it.
    pub name: String,
}

/// The copy of a friend list's name in its owner's list of them.
#[derive(Serialize, Deserialize)]
struct ListName {
    name: String,
}

impl Graph {
    /// Makes two people friends. False when they were already.
    pub async fn befriend(&self, a: Id, b: Id) -> Result<bool> {
        if a == b {
            return Err(invalid("nobody is their own friend"));
        }
        let count = |from| Key::Count { from, kind: kinds::FRIEND };
        let found =
            self.get(&[Key::Object(a), Key::Object(b), count(a), count(b), friend_key(a, b), block_key(a, b)]).await?;
        let (people, rest) = found.split_at(2);
        let (rest, block) = rest.split_at(3);
        if block.iter().any(|block| matches!(block, Found::Assoc(Some(_)))) {
            return Err(invalid(format!("one of {a} and {b} has blocked the other")));
        }
        let mut flags = Vec::with_capacity(2);
        for (id, found) in [a, b].iter().zip(people) {
            let Some(person) = person_in(found)? else { return Err(invalid(format!("no person has the id {id}"))) };
            flags.push(FriendData { hidden: person.opted_out }.written()?);
        }
        let friends_already = matches!(rest.last(), Some(Found::Assoc(Some(_))));
        for (id, found) in [a, b].iter().zip(rest) {
            if !friends_already && matches!(found, Found::Count(count) if *count >= MAX_FRIENDS as u64) {
                return Err(invalid(format!("{id} has {MAX_FRIENDS} friends, and nobody can have more")));
            }
        }
        let (mut batch, now) = (Batch::new(), self.now().secs());
        // Each side's record says of the other whether they opted out.
        for ((from, to), data) in [(b, a), (a, b)].into_iter().zip(flags) {
            batch.keep(from, kinds::FRIEND, to, now, data);
        }
        settle_requests(&mut batch, a, b);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Created))
    }

    /// Ends a friendship. False when there was none.
    pub async fn unfriend(&self, a: Id, b: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(a, kinds::FRIEND, b).unlink(b, kinds::FRIEND, a);
        let ended = self.commit(batch).await?.outcomes.contains(&Outcome::Deleted);
        // Nothing is seen of these entries any more; without them a new friendship begins on no list.
        self.take_off_lists(a, b).await?;
        self.take_off_lists(b, a).await?;
        Ok(ended)
    }

    async fn take_off_lists(&self, owner: Id, friend: Id) -> Result<()> {
        let lists = self.friend_lists(owner).await?;
        let mut batch = Batch::new();
        for list in lists {
            batch.unlink(list.id, kinds::LISTED, friend);
        }
        self.commit(batch).await?;
        Ok(())
    }

    /// All of a person's friendships, newest first. For the owner of the server, and for rules that look at `hidden` themselves.
    pub async fn friendships(&self, person: Id) -> Result<Vec<Friendship>> {
        let page = self.range(&Range::newest(person, kinds::FRIEND, MAX_FRIENDS)).await?;
        let friendships = page.entries.iter().map(|entry| {
            let hidden = FriendData::read(person, &entry.data)?.hidden;
            Ok(Friendship { friend: entry.to, since: entry.time, hidden })
        });
        friendships.collect()
    }

    /// The friends of a person whom applications may know of, newest friendship first.
    pub async fn friends(&self, person: Id) -> Result<Vec<Id>> {
        Ok(shown(&self.friendships(person).await?).collect())
    }

    /// Those of them who have authorised an application. Read from the friends' side: the list of an application's people is long.
    pub async fn friends_who_use(&self, person: Id, app: Id) -> Result<Vec<Id>> {
        let friends = self.friends(person).await?;
        let keys: Vec<Key> = friends.iter().map(|friend| grant_key(*friend, app)).collect();
        let grants = self.get(&keys).await?;
        let with_grants = friends.into_iter().zip(grants);
        Ok(with_grants.filter(|(_, grant)| matches!(grant, Found::Assoc(Some(_)))).map(|(friend, _)| friend).collect())
    }

    /// The friends that a person shares with another. None when the other is nobody, or nobody whom applications may know of.
    pub async fn mutual_friends(&self, person: Id, other: Id) -> Result<Option<Vec<Id>>> {
        let key = [Key::Object(other)];
        let (found, own, others) = try_join3(self.get(&key), self.friendships(person), self.friendships(other)).await?;
        let target = found.first().map(person_in).transpose()?.flatten().filter(|target| !target.opted_out);
        if target.is_none() || own.iter().any(|one| one.friend == other && one.hidden) {
            return Ok(None);
        }
        let others: HashSet<Id> = shown(&others).collect();
        Ok(Some(shown(&own).filter(|friend| others.contains(friend)).collect()))
    }

    /// For pairs of people, whether they are friends. None where one of the two is nobody or opted out, or where a viewer may not know: one
    /// knows one's own friends, and those of whoever shows them to one.
    pub async fn are_friends(&self, viewer: Id, pairs: &[(Id, Id)]) -> Result<Vec<Option<bool>>> {
        let mut answers = Vec::with_capacity(pairs.len());
        for some in pairs.chunks(PAIRS_AT_ONCE) {
            let keys: Vec<Vec<Key>> = some.iter().map(|pair| pair_keys(viewer, *pair)).collect();
            let mut found = self.get(&keys.concat()).await?.into_iter();
            for keys in keys {
                let of_pair: Vec<Found> = found.by_ref().take(keys.len()).collect();
                answers.push(judge(viewer, &of_pair)?);
            }
        }
        Ok(answers)
    }

    /// Hides a person from applications, or shows them again: sets the flag in each friend's list. Can be repeated, so that whoever finds it
    /// unfinished can finish it.
    pub async fn hide_from_applications(&self, person: Id, hidden: bool) -> Result<()> {
        let mut after = None;
        loop {
            let range = Range::oldest(person, kinds::FRIEND, limits::MAX_ACTIONS).after(after);
            let page = self.range(&range).await?;
            let friends: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
            self.flag(&friends, person, hidden).await?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Sets the flag of one person in the lists of up to a batch of friends. Whose friendship ends meanwhile is left alone.
    async fn flag(&self, friends: &[Id], person: Id, hidden: bool) -> Result<()> {
        let keys: Vec<Key> = friends.iter().map(|friend| friend_key(*friend, person)).collect();
        for _ in 0..TRIES {
            let mut batch = Batch::new();
            for (friend, found) in friends.iter().zip(self.get(&keys).await?) {
                let Found::Assoc(Some(old)) = found else { continue };
                let mut data = FriendData::read(*friend, &old.data)?;
                if data.hidden != hidden {
                    data.hidden = hidden;
                    batch.replace_if(*friend, kinds::FRIEND, person, old.time, data.written()?, old.data);
                }
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict { .. }) => {} // a friendship ended or changed
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the friendships are being changed by others".to_owned())))
    }

    /// Those of these people with whom a viewer shares a friend.
    pub(crate) async fn with_friend_in_common(&self, viewer: Id, people: &HashSet<Id>) -> Result<Vec<Id>> {
        let own: HashSet<Id> = self.friends(viewer).await?.into_iter().collect();
        let people: Vec<Id> = people.iter().copied().collect();
        let mut sharing = Vec::new();
        for some in people.chunks(LISTS_AT_ONCE) {
            let theirs = try_join_all(some.iter().map(|one| self.friends(*one))).await?;
            let in_common = some.iter().zip(theirs).filter(|(_, theirs)| theirs.iter().any(|id| own.contains(id)));
            sharing.extend(in_common.map(|(one, _)| *one));
        }
        Ok(sharing)
    }

    // ---- friend lists -------------------------------------------------------------------------------------------------

    /// Makes a friend list with these friends on it. An id of 0 is drawn. Answers it as stored.
    pub async fn create_friend_list(&self, mut list: FriendList, members: &[Id]) -> Result<FriendList> {
        list.name = list.name.trim().to_owned();
        if list.name.is_empty() || list.name.len() > MAX_NAME {
            return Err(invalid(format!("a friend list needs a name of at most {MAX_NAME} bytes")));
        }
        self.check_list(&list, members).await?;
        let (wanted, now) = (list.id, self.now());
        for _ in 0..TRIES {
            list.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            let mut batch = Batch::new();
            batch.create(list.id, kinds::FRIEND_LIST, encode(&list)?);
            let name = encode(&ListName { name: list.name.clone() })?;
            batch.link(list.owner, kinds::LISTS, list.id, now.secs(), name);
            match self.commit(batch).await {
                Ok(_) => {
                    self.add_to_list(list.id, members).await?;
                    return Ok(list);
                }
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) if wanted == Id(0) => {}
                Err(CommitError::Conflict { .. }) => return Err(invalid(format!("id {} is taken", list.id))),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    async fn check_list(&self, list: &FriendList, members: &[Id]) -> Result<()> {
        let owner = list.owner;
        let friends = members.iter().map(|friend| friend_key(owner, *friend));
        let keys: Vec<Key> = std::iter::once(Key::Object(owner)).chain(friends).collect();
        let (found, lists) = try_join(self.get(&keys), self.friend_lists(owner)).await?;
        let (person, friends) = found.split_at(1);
        if !person.iter().all(is_person) {
            return Err(invalid(format!("no person has the id {owner}")));
        }
        if lists.len() >= MAX_LISTS {
            return Err(invalid(format!("{owner} has {MAX_LISTS} friend lists, and nobody can have more")));
        }
        match members.iter().zip(friends).find(|(_, found)| !matches!(found, Found::Assoc(Some(_)))) {
            Some((stranger, _)) => Err(invalid(format!("{stranger} is no friend of {owner}"))),
            None => Ok(()),
        }
    }

    /// Puts people on a list; who is on it already stays as they are. More than a batch are no one transaction.
    async fn add_to_list(&self, list: Id, members: &[Id]) -> Result<()> {
        let now = self.now().secs();
        let members: Vec<Id> = HashSet::<Id>::from_iter(members.iter().copied()).into_iter().collect();
        for some in members.chunks(limits::MAX_ACTIONS) {
            let mut batch = Batch::new();
            for member in some {
                batch.keep(list, kinds::LISTED, *member, now, Vec::new());
            }
            self.commit(batch).await?;
        }
        Ok(())
    }

    /// A person's friend lists, oldest first.
    pub async fn friend_lists(&self, owner: Id) -> Result<Vec<FriendList>> {
        let page = self.range(&Range::oldest(owner, kinds::LISTS, MAX_LISTS)).await?;
        let lists = page.entries.into_iter().map(|entry| {
            let ListName { name } = decode("list", entry.to, &entry.data)?;
            Ok(FriendList { id: entry.to, owner, name })
        });
        lists.collect()
    }

    /// The friends on one of a person's lists, as far as applications may know of them: in one wave. None when the person has no such list.
    pub async fn friends_on_list(&self, owner: Id, list: Id) -> Result<Option<Vec<Id>>> {
        let range = Range::newest(list, kinds::LISTED, limits::MAX_RANGE);
        let (object, listed, friends) =
            try_join3(self.object(list, kinds::FRIEND_LIST), self.range(&range), self.friends(owner)).await?;
        let Some(object) = object else { return Ok(None) };
        let found: FriendList = decode("friend list", list, &object.data)?;
        if found.owner != owner {
            return Ok(None);
        }
        let friends: HashSet<Id> = friends.into_iter().collect();
        Ok(Some(listed.entries.into_iter().map(|entry| entry.to).filter(|id| friends.contains(id)).collect()))
    }

    /// What a removed person's friend lists leave behind. A list's entry among its owner's goes last: what is listed is still to do.
    pub(crate) async fn clear_friend_lists(&self, owner: Id) -> Result<()> {
        for list in self.friend_lists(owner).await? {
            loop {
                let page = self.range(&Range::oldest(list.id, kinds::LISTED, limits::MAX_ACTIONS)).await?;
                let mut batch = Batch::new();
                for entry in &page.entries {
                    batch.unlink(list.id, kinds::LISTED, entry.to);
                }
                self.commit(batch).await?;
                if page.next.is_none() {
                    break;
                }
            }
            let mut batch = Batch::new();
            if self.object(list.id, kinds::FRIEND_LIST).await?.is_some() {
                batch.delete(list.id);
            }
            batch.unlink(owner, kinds::LISTS, list.id);
            match self.commit(batch).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => {} // another worker was here
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Where one side of a friendship stands.
fn friend_key(from: Id, to: Id) -> Key {
    Key::Assoc { from, kind: kinds::FRIEND, to }
}

/// Whether what was found under a person's friendship is one with somebody whom applications may know of.
pub(crate) fn is_shown_friend(person: Id, found: &Found) -> Result<bool> {
    match found {
        Found::Assoc(Some(friend)) => Ok(!FriendData::read(person, &friend.data)?.hidden),
        _ => Ok(false),
    }
}

fn is_person(found: &Found) -> bool {
    matches!(found, Found::Object(Some(object)) if object.is(kinds::PERSON))
}

fn shown(friendships: &[Friendship]) -> impl Iterator<Item = Id> {
    friendships.iter().filter(|one| !one.hidden).map(|one| one.friend)
}

/// What decides about one pair: the friendship, and whether they are somebody; of two others, also what the viewer has to do with each. Of a
/// viewer's own friendship the viewer's side is read, for it says whether the other is hidden.
fn pair_keys(viewer: Id, (a, b): (Id, Id)) -> Vec<Key> {
    let own = |other: Id| vec![friend_key(viewer, other), Key::Object(other)];
    match (a == viewer, b == viewer) {
        (true, _) => own(b),
        (_, true) => own(a),
        _ => {
            let ties = [friend_key(a, b), friend_key(viewer, a), friend_key(viewer, b)];
            let blocks = [a, b].map(|other| block_key(viewer, other));
            ties.into_iter().chain(blocks).chain([a, b, viewer].map(Key::Object)).collect()
        }
    }
}

/// What a viewer is told of one pair, of whom this was found.
fn judge(viewer: Id, found: &[Found]) -> Result<Option<bool>> {
    let Some((friendship, rest)) = found.split_first() else { return Ok(None) };
    let (records, ties): (Vec<&Found>, Vec<&Found>) = rest.iter().partition(|one| matches!(one, Found::Object(_)));
    let (ties, blocks) = ties.split_at(ties.len().min(2));
    for found in ties.iter().copied().chain([friendship]) {
        if let Found::Assoc(Some(assoc)) = found
            && FriendData::read(viewer, &assoc.data)?.hidden
        {
            return Ok(None);
        }
    }
    let mut people = Vec::with_capacity(records.len());
    for record in records {
        match person_in(record)? {
            Some(person) if !person.opted_out || person.id == viewer => people.push(person),
            _ => return Ok(None),
        }
    }
    let own = if ties.is_empty() { None } else { people.pop() };
    let with_ties = people.iter().zip(ties.iter().zip(blocks));
    let mut ties_of = with_ties
        .map(|(person, (tie, block))| (person, relation(viewer, own.as_ref(), person, Some(tie), Some(block))));
    let knows = ties.is_empty() || ties_of.any(|(person, relation)| shows_friends(person, relation));
    Ok(knows.then_some(matches!(friendship, Found::Assoc(Some(_)))))
}

/// Whether somebody who stands so to a person may know who their friends are: whoever may know how many they are may. That
/// the two have a friend in common is not looked for.
fn shows_friends(person: &Person, relation: Relation) -> bool {
    let audience = Rule::find("friend_count").and_then(|rule| rule.audience(&person.privacy));
    audience.is_some_and(|audience| audience.takes(Some(relation)))
}

#[cfg(test)]
mod tests;
