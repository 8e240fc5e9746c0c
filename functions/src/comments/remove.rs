//! comments.remove: removes a comment from a thread.
//!
//! With the application's secret any comment of its own threads; else, and on things that people share, what the session's person wrote, or
//! what stands under what is theirs. The client library for Ruby compares the whole answer with `1`.

use super::Subject;
use reconnect_core::comment::{comment_key, read_comment};
use reconnect_core::method::Fidelity;
use reconnect_core::post::post_id;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Remove;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The application's name for the thread: letters, digits, underscores.
    #[serde(default)]
    xid: String,
    /// Instead of it: a post, photo, album, video, note or link.
    object_id: Option<u64>,
    /// The comment, as comments.get and comments.add told it.
    comment_id: String,
}

impl Method for Remove {
    const NAME: &'static str = "comments.remove";
    const SUMMARY: &'static str = "Removes a comment from a thread.";
    const ACCESS: Access = Access::optional_session().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let viewer = cx.caller.viewer();
        let subject = Subject::read(cx, viewer, &args.xid, args.object_id).await?;
        let nothing = || Code::CommentsInvalidRemove.because("comment_id names no comment of this thread");
        let thread = subject.thread(cx).await?.ok_or_else(nothing)?;
        let id = post_id(&args.comment_id).ok_or_else(nothing)?;
        let found = cx.graph().get(&[comment_key(thread, id)]).await?;
        let comment = read_comment(thread, id, found.first())?.ok_or_else(nothing)?;
        let own = viewer == Some(comment.author);
        let allowed = match &subject {
            Subject::Thread(_) => own || cx.caller.is_server(),
            Subject::Object(content) => own || viewer.is_some_and(|viewer| content.is_of(viewer)),
        };
        if !allowed {
            return Err(Code::Permission.because("the comment is not by the session's user").into());
        }
        cx.graph().remove_comment(thread, id).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use crate::stream::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::permission::Permissions;
    use reconnect_core::privacy::Audience;
    use serde_json::json;

    const METHOD: &str = "comments.remove";

    #[tokio::test]
    async fn a_server_removes_anything_of_its_threads_and_a_program_its_persons_own() {
        let street = Street::new().await;
        let (graph, web) = (&street.world.services.graph, &street.world.web);
        graph.authorize(BOB, web.id, &Permissions::none()).await.unwrap();
        let said = async |uid: &str| {
            let id = street.server("comments.add", &[("xid", "x"), ("text", "Hi"), ("uid", uid)]).await;
            id.as_str().unwrap().to_owned()
        };
        let (anns, bobs, third) = (said("1240077").await, said("1240078").await, said("1240078").await);
        for (id, expected) in [(&anns, 0), (&bobs, 200), (&anns, 1706)] {
            let answer = street.program(METHOD, &[("xid", "x"), ("comment_id", id)]).await;
            assert_eq!(code(&answer), expected, "{id}");
        }
        assert_eq!(street.server(METHOD, &[("xid", "x"), ("comment_id", &bobs)]).await, true);
        let left = street.ann("comments.get", &[("xid", "x")]).await;
        assert_eq!((left.as_array().unwrap().len(), &left[0]["id"]), (1, &json!(third)));
    }

    #[tokio::test]
    async fn on_what_people_share_it_is_the_author_or_the_owner() {
        let street = Street::new().await;
        let (anns, bobs) =
            (street.post(ANN, ANN, Audience::AllFriends).await, street.post(BOB, BOB, Audience::AllFriends).await);
        for (post, expected) in [(&anns, 0), (&bobs, 200)] {
            let comment = street.comment(post, BOB, "x").await;
            let args = [("object_id", post.id.to_string()), ("comment_id", comment)];
            let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(code(&street.ann(METHOD, &args).await), expected, "{post:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_comment_is_told() {
        let street = Street::new().await;
        street.ann("comments.add", &[("xid", "x"), ("text", "Hi")]).await;
        for (args, expected) in [
            (&[("xid", "x"), ("comment_id", "99")][..], 1706),
            (&[("xid", "x"), ("comment_id", "x")], 1706),
            (&[("xid", "never"), ("comment_id", "99")], 1706),
            (&[("xid", "x")], 100),
            (&[("xid", "?"), ("comment_id", "99")], 1703),
            (&[("comment_id", "99")], 100),
        ] {
            assert_eq!(code(&street.ann(METHOD, args).await), expected, "{args:?}");
        }
    }
}
