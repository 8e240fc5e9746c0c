//! friends.areFriends: of pairs of people, whether the two are friends.
//!
//! Pair *i* is `uids1[i]` and `uids2[i]`; order and repeats are kept. Both lists are read as the 2008 server read lists of ids: what is no id is
//! dropped before their lengths are compared. The 2008 server knew no null; the schema and the Ruby client do. Whom a viewer may know about
//! ([`Graph::are_friends`](reconnect_core::Graph::are_friends)) is inferred, and so is the limit.

use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::{Code, UidList, Visible};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct AreFriends;

/// How many pairs one call may ask about.
const MAX_PAIRS: usize = 5000;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The first of each pair.
    uids1: UidList,
    /// The second of each pair; as many as `uids1`.
    uids2: UidList,
}

/// What is known of one pair.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "friend_info")]
pub(crate) struct FriendInfo {
    /// The first.
    uid1: u64,
    /// The second.
    uid2: u64,
    /// Whether they are friends; null where that may not be told, or where one of them is nobody.
    are_friends: Visible<bool>,
}

impl Method for AreFriends {
    const NAME: &'static str = "friends.areFriends";
    const SUMMARY: &'static str = "Tells of pairs of people whether the two are friends.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<FriendInfo>;

    async fn call(cx: &Context, Args { uids1, uids2 }: Args) -> Result<Vec<FriendInfo>> {
        let (first, second) = (uids1.0, uids2.0);
        if first.len() != second.len() {
            let why = format!("uids1 has {} ids and uids2 has {}: they make no pairs", first.len(), second.len());
            return Err(invalid(why));
        }
        if first.is_empty() {
            return Err(Code::ParamUserIdList.because("uids1 and uids2 have no id in them").into());
        }
        if first.len() > MAX_PAIRS {
            return Err(invalid(format!("uids1 has {} ids, and a call takes {MAX_PAIRS}", first.len())));
        }
        let pairs: Vec<(Id, Id)> = first.into_iter().map(Id).zip(second.into_iter().map(Id)).collect();
        let answers = cx.graph().are_friends(cx.viewer()?, &pairs).await?;
        let told = pairs.iter().zip(answers).map(|((a, b), friends)| FriendInfo {
            uid1: a.0,
            uid2: b.0,
            are_friends: friends.map_or(Visible::Hidden, Visible::Shown),
        });
        Ok(told.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{CARL, Circle, DORA, EMIL, NOBODY, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_store::Id;
    use serde_json::{Value, json};

    const METHOD: &str = "friends.areFriends";

    fn list(ids: &[Id]) -> String {
        ids.iter().map(Id::to_string).collect::<Vec<_>>().join(",")
    }

    async fn answers(circle: &Circle, pairs: &[(Id, Id)]) -> Vec<Value> {
        let (first, second): (Vec<Id>, Vec<Id>) = pairs.iter().copied().unzip();
        let rows = circle.ask(METHOD, &[("uids1", &list(&first)), ("uids2", &list(&second))]).await;
        let rows = rows.as_array().unwrap_or_else(|| panic!("{rows}")).iter();
        let told = rows.zip(pairs).map(|(row, (a, b))| {
            assert_eq!((&row["uid1"], &row["uid2"]), (&json!(a), &json!(b)));
            row["are_friends"].clone()
        });
        told.collect()
    }

    #[tokio::test]
    async fn pairs_are_answered_in_their_order_with_repeats_and_both_ways() {
        let circle = Circle::new().await;
        let pairs = [(ANN, BOB), (EMIL, ANN), (BOB, ANN), (ANN, BOB), (BOB, CARL), (BOB, DORA), (ANN, ANN)];
        let told = [true, false, true, true, true, false, false].map(Value::from);
        assert_eq!(answers(&circle, &pairs).await, told);
    }

    #[tokio::test]
    async fn of_strangers_and_of_nobody_nothing_is_told() {
        let circle = Circle::new().await;
        circle.world.services.graph.unfriend(ANN, CARL).await.unwrap();
        let nobody_at_all = Id(u64::MAX);
        let pairs = [(ANN, NOBODY), (NOBODY, ANN), (BOB, NOBODY), (CARL, EMIL), (CARL, BOB), (BOB, nobody_at_all)];
        let told = [Value::Null, Value::Null, Value::Null, Value::Null, true.into(), Value::Null];
        assert_eq!(answers(&circle, &pairs).await, told);
    }

    #[tokio::test]
    async fn whoever_opted_out_is_like_nobody() {
        let circle = Circle::new().await;
        circle.world.services.graph.hide_from_applications(BOB, true).await.unwrap();
        let pairs = [(ANN, BOB), (BOB, ANN), (CARL, BOB), (BOB, DORA), (ANN, CARL)];
        let told = [Value::Null, Value::Null, Value::Null, Value::Null, true.into()];
        assert_eq!(answers(&circle, &pairs).await, told);
    }

    #[tokio::test]
    async fn hundreds_of_pairs_are_answered_over_several_waves() {
        let circle = Circle::new().await;
        let pairs: Vec<(Id, Id)> = (0..2500).map(|n| (ANN, if n % 3 == 0 { CARL } else { EMIL })).collect();
        for (n, told) in answers(&circle, &pairs).await.into_iter().enumerate() {
            assert_eq!(told, n % 3 == 0, "{n}");
        }
    }

    #[tokio::test]
    async fn ids_come_in_any_form_that_clients_sent() {
        let circle = Circle::new().await;
        for (first, second) in [
            ("1240077", "1240078"),
            ("[1240077]", "[\"1240078\"]"),
            ("1240077,", " 1240078 ,0"),
            ("[1240077,\"x\"]", "1240078"),
        ] {
            let rows = circle.ask(METHOD, &[("uids1", first), ("uids2", second)]).await;
            assert_eq!(rows, json!([{"uid1": ANN, "uid2": BOB, "are_friends": true}]), "{first} {second}");
        }
    }

    #[tokio::test]
    async fn lists_that_make_no_pairs_are_refused() {
        let circle = Circle::new().await;
        let many = "1,".repeat(5001);
        for (args, expected) in [
            (&[("uids1", "1,2"), ("uids2", "1")][..], 100),
            (&[("uids1", "1,x"), ("uids2", "1,2")], 100),
            (&[("uids1", "1")], 100),
            (&[("uids2", "1")], 100),
            (&[], 100),
            (&[("uids1", &many), ("uids2", &many)], 100),
            (&[("uids1", "ann"), ("uids2", "bob")], 114),
            (&[("uids1", "[]"), ("uids2", "[]")], 114),
        ] {
            assert_eq!(code(&circle.ask(METHOD, args).await), expected, "{args:.99?}");
        }
        assert_eq!(code(&circle.by_server(METHOD, &[("uids1", "1"), ("uids2", "1")]).await), 102);
    }

    #[tokio::test]
    async fn a_session_secret_will_do_and_null_is_nil_in_xml() {
        let circle = Circle::new().await;
        let args = [("uids1", "1240077,1240077,1240077"), ("uids2", "1240078,1240081,1249999")];
        let rows = circle.by_session_secret(METHOD, &args).await;
        assert_eq!(rows.as_array().unwrap().len(), 3);
        insta::assert_snapshot!(circle.xml(METHOD, &args).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <friends_areFriends_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <friend_info>
            <uid1>1240077</uid1>
            <uid2>1240078</uid2>
            <are_friends>1</are_friends>
          </friend_info>
          <friend_info>
            <uid1>1240077</uid1>
            <uid2>1240081</uid2>
            <are_friends>0</are_friends>
          </friend_info>
          <friend_info>
            <uid1>1240077</uid1>
            <uid2>1249999</uid2>
            <are_friends xsi:nil="true"/>
          </friend_info>
        </friends_areFriends_response>
        "#);
    }
}
