//! status.get: the statuses of a person, newest first.
//!
//! Whom a person shows them to decides; a call with an access token needs the permission for statuses too (from 2010), or `read_stream`.

use super::element::Status;
use reconnect_core::disclosure::Shown;
use reconnect_core::method::Fidelity;
use reconnect_core::post::Post;
use reconnect_core::status::Status as Kept;
use reconnect_core::{Access, Context, Method, Result, Signed};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

/// So many are told where nobody says how many.
const USUAL: u64 = 100;
/// So many at most.
const MOST: u64 = 1000;

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose; without it the session's person's own.
    uid: Option<u64>,
    /// How many; missing or 0: 100. At most 1000.
    limit: Option<u64>,
}

impl Method for Get {
    const NAME: &'static str = "status.get";
    const SUMMARY: &'static str = "Lists the statuses of a person, the current one first.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Status>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Status>> {
        let viewer = cx.viewer()?;
        let person = args.uid.map_or(viewer, Id);
        check_permission(cx, person == viewer)?;
        let limit = args.limit.filter(|limit| *limit > 0).unwrap_or(USUAL).min(MOST);
        let statuses = cx.graph().statuses(person, usize::try_from(limit).unwrap_or(0)).await?;
        let judged: Vec<Shown<'_>> = statuses.iter().map(|(post, _)| (post.owner, &post.privacy)).collect();
        let shown = cx.graph().may_see(Some(viewer), &judged).await?;
        let told = statuses.iter().zip(shown).filter(|(_, shown)| *shown);
        Ok(told.map(|((post, comments), _)| Status::of(person, Some(&kept(post, *comments)))).collect())
    }
}

fn check_permission(cx: &Context, own: bool) -> Result<()> {
    let Some(grant) = cx.caller.grant.as_ref().filter(|_| cx.caller.signed == Signed::UserToken) else { return Ok(()) };
    let needed = if own { "user_status" } else { "friends_status" };
    match grant.permissions.allow(needed) || grant.permissions.allow("read_stream") {
        true => Ok(()),
        false => Err(Code::Permission.because(format!("{needed} is not granted")).into()),
    }
}

fn kept(post: &Post, comments: u64) -> Kept {
    let (id, message, app) = (post.id, post.message.clone(), post.app);
    Kept { id, message, time: post.created.div_euclid(1000), app, comments }
}

#[cfg(test)]
mod tests {
    use crate::stream::world::{CARL, Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::post::Post;
    use reconnect_core::privacy::Audience;
    use reconnect_store::Id;
    use serde_json::json;

    const METHOD: &str = "status.get";

    async fn set(street: &Street, actor: Id, message: &str, audience: Audience) -> Post {
        street.world.clock.advance(1000);
        let post = Post { actor, message: message.to_owned(), privacy: audience.into(), ..Post::default() };
        street.world.services.graph.publish_status(post, |_, _| Ok(())).await.unwrap()
    }

    #[tokio::test]
    async fn statuses_are_told_newest_first_as_the_schema_has_them() {
        let street = Street::new().await;
        let first = set(&street, ANN, "is <here>", Audience::AllFriends).await;
        street.comment(&first, BOB, "x").await;
        let second = set(&street, ANN, "is there", Audience::Myself).await;
        let answer = street.ann(METHOD, &[]).await;
        assert_eq!(
            answer[1],
            json!({
                "message": "is <here>", "time": first.created / 1000, "status_id": first.id.0, "source": "0",
                "uid": ANN.0, "comment_count": 1
            })
        );
        assert_eq!(street.ann(METHOD, &[("limit", "1")]).await.as_array().unwrap().len(), 1);
        let xml = street.xml(METHOD, &[("limit", "1")]).await;
        let xml = xml.replace(&second.id.to_string(), "STATUS");
        insta::assert_snapshot!(xml, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <status_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <user_status>
            <message>is there</message>
            <time>1234567893</time>
            <status_id>STATUS</status_id>
            <source>0</source>
            <uid>1240077</uid>
            <comment_count>0</comment_count>
          </user_status>
        </status_get_response>
        "#);
    }

    #[tokio::test]
    async fn whom_somebody_shows_their_statuses_to_sees_them() {
        let street = Street::new().await;
        for (actor, audience) in [
            (BOB, Audience::AllFriends),
            (BOB, Audience::Myself),
            (CARL, Audience::Everyone),
            (CARL, Audience::AllFriends),
        ] {
            set(&street, actor, "x", audience).await;
        }
        for (uid, expected) in [(BOB, 1), (CARL, 1), (Id(99), 0)] {
            let told = street.ann(METHOD, &[("uid", &uid.to_string())]).await;
            assert_eq!(told.as_array().unwrap().len(), expected, "{uid}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_told() {
        let street = Street::new().await;
        assert_eq!(code(&street.ann(METHOD, &[("limit", "x")]).await), 100);
        assert_eq!(code(&street.ann(METHOD, &[("uid", "me")]).await), 100);
        assert_eq!(street.ann(METHOD, &[("limit", "0")]).await, json!([]));
        assert_eq!(code(&street.server(METHOD, &[("uid", "1240077")]).await), 102);
    }
}
