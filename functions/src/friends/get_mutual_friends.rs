//! friends.getMutualFriends: the friends that two people have in common.
//!
//! The first of the two is the person of the session or `source_uid`, never both (pyfacebook, Java client). Whoever opted out of applications is
//! left out, and is no target. Which error is whose is inferred.

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

pub(crate) struct GetMutualFriends;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The other one.
    target_uid: u64,
    /// The first one, where there is no session; must have authorised the application.
    source_uid: Option<u64>,
}

impl Method for GetMutualFriends {
    const NAME: &'static str = "friends.getMutualFriends";
    const SUMMARY: &'static str = "Lists the friends that two people have in common.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Uid>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Uid>> {
        let source = match (cx.caller.viewer(), args.source_uid.map(Id)) {
            (Some(_), Some(_)) => {
                return Err(invalid("source_uid is for calls without a session: leave one of the two out"));
            }
            (None, None) => {
                return Err(invalid("source_uid is missing, and there is no session that would stand for it"));
            }
            (Some(viewer), None) => viewer,
            (None, Some(source)) => source,
        };
        let target = Id(args.target_uid);
        let checked = check_authorised(cx, source, "source_uid");
        let ((), mutual) = try_join(checked, cx.graph().mutual_friends(source, target)).await?;
        let mutual = mutual.ok_or_else(|| Code::PermissionUser.because(format!("target_uid {target}")))?;
        Ok(uids(mutual))
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{CARL, Circle, DORA, NOBODY, code, people};
    use crate::tests::world::{ANN, BOB, By};
    use serde_json::json;

    const METHOD: &str = "friends.getMutualFriends";

    #[tokio::test]
    async fn what_two_people_share_is_listed() {
        let circle = Circle::new().await;
        assert_eq!(circle.ask(METHOD, &[("target_uid", "1240078")]).await, people(&[CARL]));
        assert_eq!(circle.by_session_secret(METHOD, &[("target_uid", "1240081")]).await, people(&[DORA]), "no friends");
        assert_eq!(circle.ask(METHOD, &[("target_uid", "1240080")]).await, json!([]));
        let server = [("source_uid", "1240078"), ("target_uid", "1240079")];
        assert_eq!(circle.by_server(METHOD, &server).await, people(&[ANN]));
        insta::assert_snapshot!(circle.xml(METHOD, &[("target_uid", "1240078")]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <friends_getMutualFriends_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <uid>1240079</uid>
        </friends_getMutualFriends_response>
        "#);
    }

    #[tokio::test]
    async fn who_opted_out_is_neither_listed_nor_a_target() {
        let circle = Circle::new().await;
        let graph = &circle.world.services.graph;
        graph.hide_from_applications(CARL, true).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[("target_uid", "1240078")]).await, json!([]));
        assert_eq!(code(&circle.ask(METHOD, &[("target_uid", "1240079")]).await), 210);
    }

    #[tokio::test]
    async fn one_of_session_and_source_is_needed_and_not_both() {
        let circle = Circle::new().await;
        assert_eq!(code(&circle.ask(METHOD, &[("target_uid", "1240078"), ("source_uid", "1240077")]).await), 100);
        assert_eq!(code(&circle.by_server(METHOD, &[("target_uid", "1240078")]).await), 100);
        assert_eq!(code(&circle.ask(METHOD, &[]).await), 100);
        assert_eq!(code(&circle.ask(METHOD, &[("target_uid", "bob")]).await), 100);
    }

    #[tokio::test]
    async fn the_source_must_use_the_application_and_the_target_must_be_somebody() {
        let circle = Circle::new().await;
        for source in [CARL, NOBODY] {
            let args = [("target_uid", ANN.to_string()), ("source_uid", source.to_string())];
            let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(code(&circle.by_server(METHOD, &args).await), 110, "{source}");
        }
        for target in [NOBODY.to_string(), "0".to_owned(), u64::MAX.to_string()] {
            assert_eq!(code(&circle.ask(METHOD, &[("target_uid", &target)]).await), 210, "{target}");
        }
        let (world, args) = (&circle.world, [("target_uid", "1240078"), ("source_uid", "1240077")]);
        assert_eq!(world.code(By::App(&world.desktop), METHOD, &args).await, 200);
        let removed = world.services.graph.remove_person(BOB).await.unwrap();
        assert!(removed.is_some());
        assert_eq!(code(&circle.ask(METHOD, &args[..1]).await), 210);
    }
}
