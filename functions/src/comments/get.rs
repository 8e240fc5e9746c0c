//! comments.get: all comments of a thread of the application, or of a thing that people share, oldest first.

use super::Subject;
use super::element::Comment;
use reconnect_core::comment::Comment as Kept;
use reconnect_core::method::Fidelity;
use reconnect_core::post::Post;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The application's name for the thread: letters, digits, underscores.
    #[serde(default)]
    xid: String,
    /// Instead of it: a post, photo, album, video, note or link.
    object_id: Option<u64>,
}

impl Method for Get {
    const NAME: &'static str = "comments.get";
    const SUMMARY: &'static str = "Lists all comments of a thread.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Comment>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Comment>> {
        let subject = Subject::read(cx, cx.caller.viewer(), &args.xid, args.object_id).await?;
        let Some(thread) = subject.thread(cx).await? else { return Ok(Vec::new()) };
        let comments = cx.graph().comments_shown(cx.caller.viewer(), thread).await?;
        let published = published(cx, &comments).await?;
        let told = comments.into_iter().map(|one| match &subject {
            Subject::Thread(xid) => {
                let post = one.post.and_then(|post| published.get(&post));
                Comment::in_thread(xid, one, post)
            }
            Subject::Object(_) => Comment::bare(one),
        });
        Ok(told.collect())
    }
}

/// The posts that were published with comments, as far as the viewer may see them.
async fn published(cx: &Context, comments: &[Kept]) -> Result<HashMap<Id, Post>> {
    let ids: Vec<Id> = comments.iter().filter_map(|one| one.post).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let posts = cx.graph().posts_shown(cx.caller.viewer(), &ids).await?;
    Ok(posts.into_iter().map(|post| (post.id, post)).collect())
}

#[cfg(test)]
mod tests {
    use crate::stream::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::privacy::Audience;
    use serde_json::json;

    const METHOD: &str = "comments.get";

    #[tokio::test]
    async fn a_thread_is_told_oldest_first_as_the_schema_has_it() {
        let street = Street::new().await;
        assert_eq!(street.ann(METHOD, &[("xid", "page_42")]).await, json!([]), "nobody has written");
        let mut xml = Vec::new();
        for text in ["Nice.", "A & B"] {
            street.world.clock.advance(1000);
            xml.push(street.ann("comments.add", &[("xid", "page_42"), ("text", text)]).await);
        }
        let told = street.xml(METHOD, &[("xid", "page_42")]).await;
        let (first, second) = (xml[0].as_str().unwrap(), xml[1].as_str().unwrap());
        insta::assert_snapshot!(told.replace(first, "FIRST").replace(second, "SECOND"));
        let server = street.server(METHOD, &[("xid", "page_42")]).await;
        assert_eq!((&server[0]["id"], &server[1]["text"]), (&json!(first), &json!("A & B")));
    }

    #[tokio::test]
    async fn a_name_is_a_thread_of_one_application() {
        let street = Street::new().await;
        street.ann("comments.add", &[("xid", "x"), ("text", "Hi")]).await;
        let args = [("xid", "x")];
        assert_eq!(street.server(METHOD, &args).await.as_array().map(Vec::len), Some(1));
        let other = crate::tests::world::By::App(&street.world.desktop);
        assert_eq!(street.world.json(other, METHOD, &args).await, json!([]));
    }

    #[tokio::test]
    async fn a_thing_that_is_shared_has_comments_too() {
        let street = Street::new().await;
        let (open, own) =
            (street.post(BOB, BOB, Audience::Everyone).await, street.post(BOB, BOB, Audience::Myself).await);
        street.comment(&open, BOB, "Mine").await;
        let told = street.ann(METHOD, &[("object_id", &open.id.to_string())]).await;
        assert_eq!(
            (&told[0]["text"], &told[0]["xid"], &told[0]["reply_xid"]),
            (&json!("Mine"), &json!(""), &json!(""))
        );
        for (id, expected) in [(own.id.to_string(), 100), (ANN.to_string(), 100), ("99".to_owned(), 100)] {
            assert_eq!(code(&street.ann(METHOD, &[("object_id", &id)]).await), expected, "{id}");
        }
    }

    #[tokio::test]
    async fn what_names_no_thread_is_told() {
        let street = Street::new().await;
        for (args, expected) in [
            (&[][..], 100),
            (&[("xid", "a b")], 1703),
            (&[("xid", "é")], 1703),
            (&[("xid", "x"), ("object_id", "7")], 100),
            (&[("object_id", "x")], 100),
        ] {
            assert_eq!(code(&street.ann(METHOD, args).await), expected, "{args:?}");
        }
    }
}
