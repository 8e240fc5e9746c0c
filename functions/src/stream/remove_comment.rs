//! stream.removeComment: removes a comment from a post; for whoever wrote it, and for whose wall the post stands on, or who posted it.

use super::PUBLISH;
use reconnect_core::comment::{comment_key, read_comment};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::post::post_id;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct RemoveComment;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The comment: `WALL_POST_N`.
    comment_id: String,
    /// Who removes it: a person, or a page that the application may act for. Without it the session's person.
    uid: Option<u64>,
}

impl Method for RemoveComment {
    const NAME: &'static str = "stream.removeComment";
    const SUMMARY: &'static str = "Removes a comment from a post.";
    const ACCESS: Access = Access::optional_session().writes().needs("publish_stream");
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let (post, comment) = parts(&args.comment_id).ok_or_else(|| {
            invalid("comment_id is no id of a comment: send WALL_POST_N, as stream.getComments has it")
        })?;
        let person = cx.acting(args.uid, PUBLISH, Code::Permission).await?;
        let nothing = || invalid("comment_id names no comment that this user may see");
        let post = cx.graph().post_shown(Some(person), post).await?.ok_or_else(nothing)?;
        let found = cx.graph().get(&[comment_key(post.comments(), comment)]).await?;
        let known = read_comment(post.comments(), comment, found.first())?.ok_or_else(nothing)?;
        if ![known.author, post.owner, post.actor].contains(&person) {
            return Err(Code::Permission.because("the comment is neither by this user nor on a post of theirs").into());
        }
        cx.graph().remove_comment(post.comments(), comment).await?;
        Ok(true)
    }
}

/// The post and the comment's own number.
fn parts(text: &str) -> Option<(Id, Id)> {
    let (post, comment) = text.trim().rsplit_once('_')?;
    Some((post_id(post)?, post_id(comment)?))
}

#[cfg(test)]
mod tests {
    use super::super::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::privacy::Audience;

    const METHOD: &str = "stream.removeComment";

    #[tokio::test]
    async fn who_wrote_it_and_whose_wall_it_is_may_remove_it() {
        let street = Street::new().await;
        let (anns, bobs) =
            (street.post(ANN, ANN, Audience::AllFriends).await, street.post(BOB, BOB, Audience::AllFriends).await);
        let bob_on_anns = street.comment(&anns, BOB, "x").await;
        let ann_on_bobs = street.comment(&bobs, ANN, "x").await;
        let bob_on_bobs = street.comment(&bobs, BOB, "x").await;
        for (comment, expected) in [(bob_on_anns, 0), (ann_on_bobs, 0), (bob_on_bobs, 200)] {
            assert_eq!(code(&street.ann(METHOD, &[("comment_id", &comment)]).await), expected, "{comment}");
        }
        let left = street.ann("stream.getComments", &[("post_id", &bobs.wire_id())]).await;
        assert_eq!(left.as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_is_no_comment_is_told() {
        let street = Street::new().await;
        let post = street.post(ANN, ANN, Audience::AllFriends).await.wire_id();
        for (comment, expected) in [("", 100), ("x", 100), ("1_2", 100), (&format!("{post}_7"), 100), (&post, 100)] {
            assert_eq!(code(&street.ann(METHOD, &[("comment_id", comment)]).await), expected, "{comment}");
        }
        assert_eq!(code(&street.server(METHOD, &[("comment_id", "1_2_3")]).await), 102);
        street.grant(ANN, "read_stream").await;
        assert_eq!(code(&street.ann(METHOD, &[("comment_id", "1_2_3")]).await), 200);
    }
}
