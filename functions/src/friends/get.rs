//! friends.get: the friends of a person, or those of them who are on one of the person's friend lists.
//!
//! Whoever opted out of applications is left out. `uid` came late in 2008, for servers of applications that have no session at hand: it must be
//! a person who has authorised the application. A desktop application's `uid` is ignored in a session. No order was ever promised; ours is the
//! newest friendship first, on a list who was added last.

use super::check_authorised;
use crate::answer::{Uid, uids};
use futures_util::future::try_join;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose friends; without it those of the session's person. Only with the application's secret.
    uid: Option<u64>,
    /// Only those on this friend list, which must be the person's own.
    flid: Option<u64>,
}

impl Method for Get {
    const NAME: &'static str = "friends.get";
    const SUMMARY: &'static str = "Lists the friends of a person, or those on one of the person's friend lists.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Uid>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Uid>> {
        let Some(person) = cx.subject(args.uid)? else {
            return Err(Code::ParamSessionKey.because("there is neither a session nor a uid").into());
        };
        let ((), friends) = try_join(check_authorised(cx, person, "uid"), friends(cx, person, args.flid)).await?;
        Ok(uids(friends))
    }
}

async fn friends(cx: &Context, person: Id, flid: Option<u64>) -> Result<Vec<Id>> {
    let Some(flid) = flid else { return cx.graph().friends(person).await };
    let on_list = cx.graph().friends_on_list(person, Id(flid)).await?;
    on_list.ok_or_else(|| invalid(format!("flid {flid} is no friend list of {person}")))
}

#[cfg(test)]
mod tests {
    use super::super::world::{CARL, Circle, DORA, NOBODY, code, people};
    use crate::tests::world::{ANN, BOB, By};
    use reconnect_core::friendship::FriendList;
    use serde_json::json;

    const METHOD: &str = "friends.get";

    #[tokio::test]
    async fn the_sessions_person_is_meant_unless_another_is_named() {
        let circle = Circle::new().await;
        assert_eq!(circle.ask(METHOD, &[]).await, people(&[DORA, CARL, BOB]));
        assert_eq!(circle.ask(METHOD, &[("uid", "1240077")]).await, people(&[DORA, CARL, BOB]));
        assert_eq!(circle.by_session_secret(METHOD, &[]).await, people(&[DORA, CARL, BOB]));
        assert_eq!(circle.by_server(METHOD, &[("uid", "1240078")]).await, people(&[CARL, ANN]));
        assert_eq!(circle.ask(METHOD, &[("uid", "1240078")]).await, people(&[CARL, ANN]), "with the secret");
        insta::assert_snapshot!(circle.xml("facebook.friends.get", &[]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <friends_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <uid>1240080</uid>
          <uid>1240079</uid>
          <uid>1240078</uid>
        </friends_get_response>
        "#);
    }

    #[tokio::test]
    async fn who_has_no_friends_has_an_empty_list() {
        let circle = Circle::new().await;
        for friend in [BOB, CARL, DORA] {
            circle.world.services.graph.unfriend(ANN, friend).await.unwrap();
        }
        assert_eq!(circle.ask(METHOD, &[]).await, json!([]));
        assert!(circle.xml(METHOD, &[]).await.contains(" list=\"true\""));
    }

    #[tokio::test]
    async fn friends_who_opted_out_are_left_out_until_they_come_back() {
        let circle = Circle::new().await;
        let list = circle.list("All", &[BOB, CARL]).await.to_string();
        let graph = &circle.world.services.graph;
        graph.hide_from_applications(CARL, true).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[]).await, people(&[DORA, BOB]));
        assert_eq!(circle.ask(METHOD, &[("flid", &list)]).await, people(&[BOB]));
        graph.hide_from_applications(CARL, false).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[]).await, people(&[DORA, CARL, BOB]));
    }

    #[tokio::test]
    async fn a_friend_list_narrows_the_answer_to_the_friends_on_it() {
        let circle = Circle::new().await;
        let list = circle.list("Work", &[BOB, DORA]).await.to_string();
        let narrowed = |answer: serde_json::Value| {
            let mut ids: Vec<u64> = answer.as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(narrowed(circle.ask(METHOD, &[("flid", &list)]).await), [BOB.0, DORA.0]);
        let by_server = circle.by_server(METHOD, &[("flid", &list), ("uid", "1240077")]).await;
        assert_eq!(narrowed(by_server), [BOB.0, DORA.0]);
        circle.world.services.graph.unfriend(DORA, ANN).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[("flid", &list)]).await, people(&[BOB]), "a list holds friends only");
        let empty = circle.list("Nobody", &[]).await.to_string();
        assert_eq!(circle.ask(METHOD, &[("flid", &empty)]).await, json!([]));
    }

    #[tokio::test]
    async fn a_friend_list_of_somebody_else_is_like_none() {
        let circle = Circle::new().await;
        let theirs = FriendList { owner: BOB, name: "Bob's".to_owned(), ..FriendList::default() };
        let theirs = circle.world.services.graph.create_friend_list(theirs, &[ANN]).await.unwrap().id;
        let mine = circle.list("Mine", &[BOB]).await;
        for flid in [theirs.to_string(), "1".to_owned(), "0".to_owned(), ANN.to_string(), u64::MAX.to_string()] {
            assert_eq!(code(&circle.ask(METHOD, &[("flid", &flid)]).await), 100, "{flid}");
        }
        assert_eq!(code(&circle.ask(METHOD, &[("flid", "family")]).await), 100);
        let other = [("flid", mine.to_string()), ("uid", BOB.to_string())];
        let other: Vec<_> = other.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(code(&circle.by_server(METHOD, &other).await), 100);
    }

    #[tokio::test]
    async fn without_a_session_only_people_of_the_application_are_answered() {
        let circle = Circle::new().await;
        for uid in [CARL.to_string(), NOBODY.to_string(), "0".to_owned(), u64::MAX.to_string()] {
            assert_eq!(code(&circle.by_server(METHOD, &[("uid", &uid)]).await), 110, "{uid}");
            assert_eq!(code(&circle.ask(METHOD, &[("uid", &uid)]).await), 110, "{uid}");
        }
        assert_eq!(code(&circle.by_server(METHOD, &[("uid", "ann")]).await), 100);
        assert_eq!(code(&circle.by_server(METHOD, &[]).await), 102);
    }

    #[tokio::test]
    async fn without_the_applications_secret_nobody_else_is_answered() {
        let circle = Circle::new().await;
        assert_eq!(code(&circle.by_session_secret(METHOD, &[("uid", "1240078")]).await), 200);
        assert_eq!(circle.by_session_secret(METHOD, &[("uid", "1240077")]).await, people(&[DORA, CARL, BOB]));
    }

    #[tokio::test]
    async fn a_desktop_application_acts_for_its_session_only() {
        let circle = Circle::new().await;
        let world = &circle.world;
        let desktop = &world.desktop;
        assert_eq!(world.code(By::App(desktop), METHOD, &[("uid", "1240077")]).await, 200);
        let opened = world.session(desktop).await;
        let secret = world.services.secrets.session_secret(opened.session.id, false);
        let args = [("session_key", opened.key.as_str()), ("uid", "1240078")];
        let answer = world.json(By::Session(desktop, &secret), METHOD, &args).await;
        assert_eq!(answer, people(&[DORA, CARL, BOB]), "its uid is ignored");
    }
}
