//! stream.remove: removes a post from a wall.
//!
//! A program removes what was published through it, for whoever posted it or owns the wall; and, since 2009, what others posted on the wall of
//! the person for whom it acts.

use super::{PUBLISH, post_seen};
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Remove;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The post: `WALL_N`.
    post_id: String,
    /// Who removes it: a person, or a page that the application may act for. Without it the session's person.
    uid: Option<u64>,
}

impl Method for Remove {
    const NAME: &'static str = "stream.remove";
    const SUMMARY: &'static str = "Removes a post from a wall.";
    const ACCESS: Access = Access::optional_session().writes().needs("publish_stream");
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let person = cx.acting(args.uid, PUBLISH, Code::Permission).await?;
        let post = post_seen(cx, Some(person), &args.post_id).await?;
        let by_this = post.app == Some(cx.app().id);
        let allowed = match (post.actor == person, post.owner == person) {
            (true, _) => by_this,
            (false, own_wall) => own_wall,
        };
        if !allowed {
            let why = "the post is neither of this application nor by somebody else on the user's own wall";
            return Err(Code::Permission.because(why).into());
        }
        let intent = cx.graph().unpublish(post.id, &[], |_| Ok(())).await?;
        cx.services.carry_out(intent).await;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::privacy::Audience;

    const METHOD: &str = "stream.remove";

    #[tokio::test]
    async fn a_program_removes_what_it_published_and_it_is_gone_at_once() {
        let street = Street::new().await;
        let post = street.ann("stream.publish", &[("message", "Hi")]).await;
        let post = [("post_id", post.as_str().unwrap())];
        street.ann("stream.addComment", &[post[0], ("comment", "x")]).await;
        assert_eq!(street.ann(METHOD, &post).await, true);
        assert_eq!(street.ann("stream.get", &[]).await["posts"], serde_json::json!([]));
        assert_eq!(code(&street.ann("stream.getComments", &post).await), 200);
        assert_eq!(code(&street.ann(METHOD, &post).await), 200, "nothing is left to be removed");
    }

    #[tokio::test]
    async fn what_may_not_be_removed_stays() {
        let street = Street::new().await;
        let on_site = street.post(ANN, ANN, Audience::AllFriends).await.wire_id();
        let bobs = street.post(BOB, BOB, Audience::AllFriends).await.wire_id();
        let on_own_wall = street.post(BOB, ANN, Audience::AllFriends).await.wire_id();
        for (post, expected) in [(&on_site, 200), (&bobs, 200), (&on_own_wall, 0)] {
            assert_eq!(code(&street.ann(METHOD, &[("post_id", post)]).await), expected, "{post}");
        }
        assert_eq!(code(&street.ann(METHOD, &[("post_id", "x")]).await), 100);
        assert_eq!(code(&street.ann(METHOD, &[]).await), 100);
        assert_eq!(code(&street.server(METHOD, &[("post_id", &on_site)]).await), 102);
        street.grant(ANN, "read_stream").await;
        assert_eq!(code(&street.ann(METHOD, &[("post_id", &on_site)]).await), 200);
    }
}
