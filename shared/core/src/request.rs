//! Friend requests: somebody asks, the other accepts or refuses. Both sides are written in one commit, and a friendship that begins, however it
//! does, settles what was asked between the two.

use crate::block::block_key;
use crate::error::{Result, invalid};
use crate::graph::Graph;
use crate::kinds;
use crate::model::{decode, encode};
use crate::people::person_in;
use reconnect_store::{Batch, Found, Id, Key, Outcome, Range};
use serde::{Deserialize, Serialize};

/// How long the message of a request may be, in bytes.
pub const MAX_MESSAGE: usize = 1024;
/// How many requests are told.
pub const MAX_REQUESTS: usize = 1000;

/// Somebody wants to be a friend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FriendRequest {
    /// Who; stands in the record's key, not in its data.
    #[serde(skip)]
    pub from: Id,
    /// When they asked, in seconds since 1970; stands in the record's time.
    #[serde(skip)]
    pub time: i64,
    /// What they said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// Adds the writes that settle whatever was asked between two people.
pub(crate) fn settle_requests(batch: &mut Batch, a: Id, b: Id) {
    for (from, to) in [(a, b), (b, a)] {
        batch.unlink(to, kinds::REQUEST_IN, from).unlink(from, kinds::REQUEST_OUT, to);
    }
}

impl Graph {
    /// Lets somebody ask another to be their friend. False when they had asked already. Where the other has asked them, the two become
    /// friends.
    pub async fn ask_to_be_friends(&self, from: Id, to: Id, message: &str) -> Result<bool> {
        if from == to {
            return Err(invalid("nobody is their own friend"));
        }
        if message.len() > MAX_MESSAGE {
            return Err(invalid(format!("the message of a friend request has at most {MAX_MESSAGE} bytes")));
        }
        let assoc = |from, kind, to| Key::Assoc { from, kind, to };
        let keys = [
            Key::Object(from),
            Key::Object(to),
            block_key(from, to),
            assoc(from, kinds::FRIEND, to),
            assoc(from, kinds::REQUEST_IN, to),
        ];
        let found = self.get(&keys).await?;
        for (id, found) in [from, to].iter().zip(&found) {
            if person_in(found)?.is_none() {
                return Err(invalid(format!("no person has the id {id}")));
            }
        }
        let there = |at: usize| matches!(found.get(at), Some(Found::Assoc(Some(_))));
        if there(2) {
            return Err(invalid(format!("one of {from} and {to} has blocked the other")));
        }
        if there(3) {
            return Err(invalid(format!("{from} and {to} are friends already")));
        }
        if there(4) {
            return self.befriend(from, to).await;
        }
        let (mut batch, now) = (Batch::new(), self.now().secs());
        let data = encode(&FriendRequest { message: message.to_owned(), ..FriendRequest::default() })?;
        batch.keep(to, kinds::REQUEST_IN, from, now, data.clone());
        batch.keep(from, kinds::REQUEST_OUT, to, now, data);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Created))
    }

    /// Accepts a request: the two are friends now. False when there is none.
    pub async fn accept_request(&self, person: Id, from: Id) -> Result<bool> {
        let found = self.get(&[Key::Assoc { from: person, kind: kinds::REQUEST_IN, to: from }]).await?;
        if !matches!(found.first(), Some(Found::Assoc(Some(_)))) {
            return Ok(false);
        }
        self.befriend(person, from).await?;
        Ok(true)
    }

    /// Refuses a request, or takes one's own back. False when there is none.
    pub async fn refuse_request(&self, person: Id, from: Id) -> Result<bool> {
        let mut batch = Batch::new();
        settle_requests(&mut batch, person, from);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Deleted))
    }

    /// Who wants to be somebody's friend, the last first, however they stand to each other now.
    pub async fn friend_requests(&self, person: Id) -> Result<Vec<FriendRequest>> {
        let page = self.range(&Range::newest(person, kinds::REQUEST_IN, MAX_REQUESTS)).await?;
        let requests = page.entries.into_iter().map(|entry| {
            let read: FriendRequest = decode("friend request", person, &entry.data)?;
            Ok(FriendRequest { from: entry.to, time: entry.time, ..read })
        });
        requests.collect()
    }

    /// Those of them who are somebody that applications may know of: a range, then one wave.
    pub async fn shown_friend_requests(&self, person: Id) -> Result<Vec<Id>> {
        let asking: Vec<Id> = self.friend_requests(person).await?.into_iter().map(|one| one.from).collect();
        let keys: Vec<Key> = asking.iter().copied().map(Key::Object).collect();
        let mut shown = Vec::with_capacity(asking.len());
        for found in self.get(&keys).await? {
            shown.extend(person_in(&found)?.filter(|person| !person.opted_out).map(|person| person.id));
        }
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::town::town;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);
    const CAT: Id = Id(13);

    async fn graph() -> Graph {
        town(1_234_567_890, &[ANN, BOB, CAT]).await
    }

    async fn asking(graph: &Graph, person: Id) -> Vec<Id> {
        graph.friend_requests(person).await.unwrap().iter().map(|one| one.from).collect()
    }

    #[tokio::test]
    async fn a_request_is_accepted_or_refused_or_taken_back() {
        let graph = graph().await;
        assert!(graph.ask_to_be_friends(BOB, ANN, "Hello").await.unwrap());
        assert!(!graph.ask_to_be_friends(BOB, ANN, "Hello?").await.unwrap(), "once is enough");
        graph.ask_to_be_friends(CAT, ANN, "").await.unwrap();
        assert_eq!(
            graph.friend_requests(ANN).await.unwrap().iter().find(|one| one.from == BOB).unwrap().message,
            "Hello"
        );
        assert!(graph.accept_request(ANN, BOB).await.unwrap() && !graph.accept_request(ANN, BOB).await.unwrap());
        assert_eq!((graph.friends(ANN).await.unwrap(), asking(&graph, ANN).await), (vec![BOB], vec![CAT]));
        assert!(graph.ask_to_be_friends(BOB, ANN, "").await.is_err(), "they are friends");
        assert!(graph.refuse_request(ANN, CAT).await.unwrap() && !graph.refuse_request(ANN, CAT).await.unwrap());
        assert!(asking(&graph, ANN).await.is_empty() && graph.friends(CAT).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn two_who_ask_each_other_are_friends_and_a_friendship_settles_requests() {
        let graph = graph().await;
        graph.ask_to_be_friends(ANN, BOB, "").await.unwrap();
        assert!(graph.ask_to_be_friends(BOB, ANN, "").await.unwrap());
        assert_eq!((graph.friends(ANN).await.unwrap(), asking(&graph, BOB).await), (vec![BOB], vec![]));
        graph.ask_to_be_friends(ANN, CAT, "").await.unwrap();
        graph.befriend(CAT, ANN).await.unwrap();
        assert!(asking(&graph, CAT).await.is_empty());
    }

    #[tokio::test]
    async fn nobody_asks_themselves_nobody_or_who_blocked_them_and_a_block_ends_a_request() {
        let graph = graph().await;
        assert!(graph.ask_to_be_friends(ANN, ANN, "").await.is_err());
        assert!(graph.ask_to_be_friends(ANN, Id(99), "").await.is_err());
        assert!(graph.ask_to_be_friends(ANN, BOB, &"x".repeat(MAX_MESSAGE + 1)).await.is_err());
        graph.ask_to_be_friends(ANN, BOB, "").await.unwrap();
        graph.block(BOB, ANN).await.unwrap();
        assert!(asking(&graph, BOB).await.is_empty());
        assert!(graph.ask_to_be_friends(ANN, BOB, "").await.is_err());
    }
}
