//! stream.getComments: all comments of a post, oldest first.
//!
//! A post that is for everybody needs no permission; others need the viewer's `read_stream`, and that they may see it.

use super::{may_read, post_seen};
use crate::comments::element::Comment;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct GetComments;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The post: `WALL_N`.
    post_id: String,
}

impl Method for GetComments {
    const NAME: &'static str = "stream.getComments";
    const SUMMARY: &'static str = "Lists all comments of a post.";
    const ACCESS: Access = Access::optional_session().needs("read_stream");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Comment>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Comment>> {
        let viewer = match cx.caller.viewer() {
            Some(viewer) if may_read(cx, viewer).await? => Some(viewer),
            _ => None,
        };
        let post = post_seen(cx, viewer, &args.post_id).await?;
        let comments = cx.graph().comments_shown(cx.caller.viewer(), post.comments()).await?;
        Ok(comments.into_iter().map(|one| Comment::under(&post, one)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::privacy::Audience;
    use serde_json::json;

    const METHOD: &str = "stream.getComments";

    #[tokio::test]
    async fn all_comments_are_told_oldest_first() {
        let street = Street::new().await;
        let post = street.post(ANN, ANN, Audience::AllFriends).await;
        for text in ["Nice.", "A & B"] {
            street.comment(&post, BOB, text).await;
        }
        let answer = street.ann(METHOD, &[("post_id", &post.wire_id())]).await;
        let texts: Vec<_> = answer.as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
        assert_eq!(texts, ["Nice.", "A & B"]);
        let id = answer[0]["id"].as_str().unwrap();
        assert!(id.starts_with(&format!("{}_", post.wire_id())), "{id}");
        assert_eq!(answer[0]["fromid"], json!(BOB.0));
        let bare = street.ann(METHOD, &[("post_id", &post.id.to_string())]).await;
        assert_eq!(bare, answer, "the last part of an id counts");
    }

    #[tokio::test]
    async fn what_is_for_everybody_needs_no_permission_and_the_rest_does() {
        let street = Street::new().await;
        let (open, friends) =
            (street.post(BOB, BOB, Audience::Everyone).await, street.post(BOB, BOB, Audience::AllFriends).await);
        street.grant(ANN, "publish_stream").await;
        let (open, friends) = (open.wire_id(), friends.wire_id());
        assert_eq!(street.ann(METHOD, &[("post_id", &open)]).await, json!([]));
        assert_eq!(code(&street.ann(METHOD, &[("post_id", &friends)]).await), 200);
        assert_eq!(street.server(METHOD, &[("post_id", &open)]).await, json!([]), "without a session");
        assert_eq!(code(&street.server(METHOD, &[("post_id", &friends)]).await), 200);
    }

    #[tokio::test]
    async fn what_is_no_post_is_told() {
        let street = Street::new().await;
        for (post_id, expected) in [("", 100), ("x", 100), ("1_", 100), ("1_99", 200), ("99", 200)] {
            assert_eq!(code(&street.ann(METHOD, &[("post_id", post_id)]).await), expected, "{post_id}");
        }
        assert_eq!(code(&street.ann(METHOD, &[]).await), 100);
    }
}
