//! stream.addComment: comments on a post, for the session's person or for somebody whom the application's server names.
//!
//! Whoever may see a post may comment on it. The schema says that a number comes back; the live service sent the id as comments have it,
//! with underscores.

use super::{PUBLISH, post_seen};
use reconnect_core::comment::{Comment, MAX_TEXT};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct AddComment;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The post: `WALL_N`.
    post_id: String,
    /// What is said; plain text.
    comment: String,
    /// Who says it: a person, or a page that the application may act for. Without it the session's person.
    uid: Option<u64>,
}

impl Method for AddComment {
    const NAME: &'static str = "stream.addComment";
    const SUMMARY: &'static str = "Comments on a post.";
    const ACCESS: Access = Access::optional_session().writes().needs("publish_stream");
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = String;

    async fn call(cx: &Context, args: Args) -> Result<String> {
        Comment::check(&args.comment)?;
        if args.comment.len() > MAX_TEXT {
            return Err(invalid(format!("comment is longer than {MAX_TEXT} bytes")));
        }
        let author = cx.acting(args.uid, PUBLISH, Code::Permission).await?;
        let post = post_seen(cx, Some(author), &args.post_id).await?;
        let comment = Comment { author, text: args.comment, app: Some(cx.app().id), ..Comment::default() };
        let made = cx.graph().comment_on_post(&post, &comment).await?;
        Ok(format!("{}_{}", post.wire_id(), made.id))
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::privacy::Audience;

    const METHOD: &str = "stream.addComment";

    #[tokio::test]
    async fn a_comment_stands_under_the_post_at_once() {
        let street = Street::new().await;
        let post = street.post(BOB, BOB, Audience::AllFriends).await.wire_id();
        let id = street.ann(METHOD, &[("post_id", &post), ("comment", "Nice <one>.")]).await;
        let comments = street.ann("stream.getComments", &[("post_id", &post)]).await;
        assert_eq!((&comments[0]["id"], &comments[0]["text"]), (&id, &"Nice <one>.".into()));
        assert_eq!((&comments[0]["fromid"], &comments[0]["app_id"]), (&ANN.0.into(), &street.world.web.id.0.into()));
        let by_server = [("post_id", post.as_str()), ("comment", "x"), ("uid", "1240077")];
        assert!(street.server(METHOD, &by_server).await.is_string());
    }

    #[tokio::test]
    async fn what_cannot_be_commented_on_is_told() {
        let street = Street::new().await;
        let own = street.post(BOB, BOB, Audience::Myself).await.wire_id();
        let open = street.post(BOB, BOB, Audience::Everyone).await.wire_id();
        let long = "x".repeat(8001);
        for (args, expected) in [
            (&[("post_id", own.as_str()), ("comment", "x")][..], 200),
            (&[("post_id", "1_99"), ("comment", "x")], 200),
            (&[("post_id", "x"), ("comment", "x")], 100),
            (&[("comment", "x")], 100),
            (&[("post_id", &open)], 100),
            (&[("post_id", &open), ("comment", "  ")], 100),
            (&[("post_id", &open), ("comment", &long)], 100),
            (&[("post_id", &open), ("comment", "x"), ("uid", "99")], 200),
        ] {
            assert_eq!(code(&street.ann(METHOD, args).await), expected, "{:.60}", format!("{args:?}"));
        }
        assert_eq!(code(&street.server(METHOD, &[("post_id", &open), ("comment", "x")]).await), 102);
        street.grant(ANN, "read_stream").await;
        assert_eq!(code(&street.ann(METHOD, &[("post_id", &open), ("comment", "x")]).await), 200);
    }
}
