//! stream.addLike: marks a post as liked. A second like of the same person changes nothing, and answers the same.

use super::{PUBLISH, post_seen};
use reconnect_core::kinds;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct AddLike;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The post: `WALL_N`.
    pub(super) post_id: String,
    /// Who likes it: a person, or a page that the application may act for. Without it the session's person.
    pub(super) uid: Option<u64>,
}

impl Method for AddLike {
    const NAME: &'static str = "stream.addLike";
    const SUMMARY: &'static str = "Marks a post as liked.";
    const ACCESS: Access = Access::optional_session().writes().needs("publish_stream");
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let person = cx.acting(args.uid, PUBLISH, Code::Permission).await?;
        let post = post_seen(cx, Some(person), &args.post_id).await?;
        cx.graph().like(person, post.id, kinds::POST).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::privacy::Audience;

    #[tokio::test]
    async fn a_like_counts_once_and_is_taken_back() {
        let street = Street::new().await;
        let post = street.post(BOB, BOB, Audience::AllFriends).await.wire_id();
        let post = [("post_id", post.as_str())];
        let wall = BOB.to_string();
        let likes = async || street.ann("stream.get", &[("source_ids", &wall)]).await["posts"][0]["likes"].clone();
        for _ in 0..2 {
            assert_eq!(street.ann("stream.addLike", &post).await, true);
            let told = likes().await;
            assert_eq!((&told["count"], &told["user_likes"]), (&1.into(), &true.into()));
        }
        for _ in 0..2 {
            assert_eq!(street.ann("stream.removeLike", &post).await, true);
            assert_eq!(likes().await["count"], 0);
        }
    }

    #[tokio::test]
    async fn what_cannot_be_liked_is_told() {
        let street = Street::new().await;
        let own = street.post(BOB, BOB, Audience::Myself).await.wire_id();
        for (args, expected) in [(&[("post_id", own.as_str())][..], 200), (&[("post_id", "x")], 100), (&[], 100)] {
            assert_eq!(code(&street.ann("stream.addLike", args).await), expected, "{args:?}");
        }
        let beyond = [("post_id", "1_18446744073709551615")];
        for (args, expected) in [(&[("post_id", "x")][..], 100), (&beyond, 100), (&[], 100)] {
            assert_eq!(code(&street.ann("stream.removeLike", args).await), expected, "{args:?}");
        }
        street.grant(ANN, "read_stream").await;
        for method in ["stream.addLike", "stream.removeLike"] {
            assert_eq!(code(&street.ann(method, &[("post_id", &own)]).await), 200, "{method}");
            assert_eq!(code(&street.server(method, &[("post_id", &own)]).await), 102, "{method}");
        }
    }
}
