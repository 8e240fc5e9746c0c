//! friends.getLists: the friend lists of the session's person, ids and names.
//!
//! Who is on them is told by friends.get with `flid`. New applications of 2010 needed `read_friendlists` for this; those of the years before
//! did not, and they could not ask for it: so nobody needs it here.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetLists;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

/// A friend list.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "friendlist")]
pub(crate) struct FriendList {
    /// Its id, of 64 bits.
    flid: u64,
    /// What its owner calls it.
    name: String,
}

impl Method for GetLists {
    const NAME: &'static str = "friends.getLists";
    const SUMMARY: &'static str = "Lists the friend lists that the session's person has made.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<FriendList>;

    async fn call(cx: &Context, _: Args) -> Result<Vec<FriendList>> {
        let lists = cx.graph().friend_lists(cx.viewer()?).await?;
        Ok(lists.into_iter().map(|list| FriendList { flid: list.id.0, name: list.name }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Circle, code};
    use crate::tests::world::BOB;
    use reconnect_core::friendship::FriendList;
    use serde_json::json;

    const METHOD: &str = "friends.getLists";

    #[tokio::test]
    async fn lists_are_told_in_the_order_in_which_they_were_made() {
        let circle = Circle::new().await;
        assert_eq!(circle.ask(METHOD, &[]).await, json!([]));
        let mut expected = Vec::new();
        for name in ["Work & play", "Family"] {
            circle.world.clock.advance(1000);
            expected.push(json!({"flid": circle.list(name, &[BOB]).await, "name": name}));
        }
        assert_eq!(circle.ask(METHOD, &[]).await, json!(expected));
        assert_eq!(circle.by_session_secret(METHOD, &[]).await, json!(expected));
    }

    #[tokio::test]
    async fn a_list_looks_as_the_schema_has_it() {
        let circle = Circle::new().await;
        let flid = circle.list("Work & play", &[]).await.to_string();
        insta::assert_snapshot!(circle.xml(METHOD, &[]).await.replace(&flid, "FLID"), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <friends_getLists_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <friendlist>
            <flid>FLID</flid>
            <name>Work &amp; play</name>
          </friendlist>
        </friends_getLists_response>
        "#);
    }

    #[tokio::test]
    async fn nobody_sees_the_lists_of_others() {
        let circle = Circle::new().await;
        let theirs = FriendList { owner: BOB, name: "Bob's".to_owned(), ..FriendList::default() };
        circle.world.services.graph.create_friend_list(theirs, &[]).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[("uid", "1240078")]).await, json!([]), "it knows no uid");
        assert_eq!(code(&circle.by_server(METHOD, &[("uid", "1240078")]).await), 102);
    }
}
