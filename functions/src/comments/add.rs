//! comments.add: adds a comment to a thread of the application, or to a thing that people share.
//!
//! `uid` says who wrote it, where the application's server calls without a session; with a session secret nobody but the session's person may.
//! With `publish_to_stream` a story about it goes on the author's wall, in the same commit; that alone needs `publish_stream`.

use super::Subject;
use reconnect_core::attachment::{Attachment, MAX_HREF};
use reconnect_core::comment::{Comment, MAX_TEXT};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::post::{Post, story};
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

pub(crate) struct Add;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The application's name for the thread: letters, digits, underscores.
    #[serde(default)]
    xid: String,
    /// Instead of it: a post, photo, album, video, note or link.
    object_id: Option<u64>,
    /// What is said; plain text.
    text: String,
    /// Who says it; without it the session's person. Only with the application's secret.
    uid: Option<u64>,
    /// The title of what is commented on; needed for a story.
    #[serde(default)]
    title: String,
    /// The address of what is commented on; needed for a story.
    #[serde(default)]
    url: String,
    /// Whether a story about it goes on the author's wall.
    #[serde(default)]
    publish_to_stream: bool,
}

impl Method for Add {
    const NAME: &'static str = "comments.add";
    const SUMMARY: &'static str = "Adds a comment to a thread.";
    const ACCESS: Access = Access::optional_session().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = String;

    async fn call(cx: &Context, args: Args) -> Result<String> {
        Comment::check(&args.text)?;
        if args.text.len() > MAX_TEXT {
            return Err(Code::CommentsPostTooLong.because(format!("text is longer than {MAX_TEXT} bytes")).into());
        }
        let author = author(cx, args.uid).await?;
        let subject = Subject::read(cx, Some(author), &args.xid, args.object_id).await?;
        let comment = Comment { author, text: args.text.clone(), app: Some(cx.app().id), ..Comment::default() };
        let story = if args.publish_to_stream { Some(story_of(cx, author, &args).await?) } else { None };
        let (graph, app) = (cx.graph(), cx.app().id);
        let made = match (subject, story) {
            (Subject::Thread(xid), None) => graph.comment_in_thread(app, xid, &comment).await?,
            (Subject::Thread(xid), Some(story)) => {
                graph.comment_in_thread_with_story(app, xid, &comment, story).await?
            }
            (Subject::Object(_), Some(_)) => {
                return Err(invalid("publish_to_stream goes with an xid: leave it or object_id out"));
            }
            (Subject::Object(content), None) => match graph.post_shown(Some(author), content.id).await? {
                Some(post) => graph.comment_on_post(&post, &comment).await?,
                None => graph.comment(content.comments, &comment).await?,
            },
        };
        Ok(made.id.to_string())
    }
}

/// Who writes: error 1704 for somebody who does not use the application.
async fn author(cx: &Context, uid: Option<u64>) -> Result<Id> {
    let Some(author) = cx.subject(uid)? else {
        return Err(Code::CommentsInvalidUid.because("there is neither a session nor a uid").into());
    };
    match cx.grant_of(author).await? {
        Some(_) => Ok(author),
        None => {
            Err(Code::CommentsInvalidUid.because(format!("uid {author} has not authorised the application")).into())
        }
    }
}

async fn story_of(cx: &Context, author: Id, args: &Args) -> Result<Post> {
    let grant = cx.grant_of(author).await?;
    if !grant.is_some_and(|grant| grant.permissions.allow("publish_stream")) {
        return Err(Code::Permission.because("publish_to_stream: publish_stream is not granted").into());
    }
    let of_the_web = Url::parse(&args.url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if args.title.trim().is_empty() || !of_the_web {
        return Err(invalid("publish_to_stream needs title, and url as an http or https address"));
    }
    if args.title.len().max(args.url.len()) > MAX_HREF {
        return Err(invalid(format!("publish_to_stream: title and url have at most {MAX_HREF} bytes each")));
    }
    let attachment = Attachment { name: args.title.clone(), href: args.url.clone(), ..Attachment::default() };
    Ok(Post {
        actor: author,
        owner: author,
        kind: story::COMMENT,
        app: Some(cx.app().id),
        message: args.text.clone(),
        attachment: Some(attachment),
        privacy: cx.graph().usual_disclosure_of(author).await?,
        ..Post::default()
    })
}

#[cfg(test)]
mod tests {
    use crate::stream::world::{CARL, Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::permission::Permissions;
    use reconnect_core::privacy::Audience;
    use serde_json::json;

    const METHOD: &str = "comments.add";

    #[tokio::test]
    async fn a_server_writes_for_people_of_its_application_and_nobody_else() {
        let street = Street::new().await;
        street.grant(ANN, "").await;
        let (graph, web) = (&street.world.services.graph, &street.world.web);
        graph.authorize(BOB, web.id, &Permissions::none()).await.unwrap();
        let said = |uid: &'static str| [("xid", "x"), ("text", "Hi"), ("uid", uid)];
        assert!(street.server(METHOD, &said("1240078")).await.is_string(), "no permission is needed");
        assert_eq!(code(&street.server(METHOD, &said("1240079")).await), 1704);
        assert_eq!(code(&street.server(METHOD, &said("99")).await), 1704);
        assert_eq!(code(&street.server(METHOD, &said("")).await), 1704);
        street.world.clock.advance(1000);
        let own = [("xid", "x"), ("text", "Me")];
        assert!(street.program(METHOD, &own).await.is_string());
        let other = [("xid", "x"), ("text", "Me"), ("uid", "1240078")];
        assert_eq!(code(&street.program(METHOD, &other).await), 200);
        let told = street.ann("comments.get", &[("xid", "x")]).await;
        assert_eq!((&told[0]["fromid"], &told[1]["fromid"]), (&json!(BOB.0), &json!(ANN.0)));
    }

    #[tokio::test]
    async fn a_story_goes_on_the_wall_with_the_comment() {
        let street = Street::new().await;
        let story = [
            ("xid", "page_1"),
            ("text", "Nice."),
            ("title", "A page"),
            ("url", "http://app.example/1"),
            ("publish_to_stream", "1"),
        ];
        let id = street.ann(METHOD, &story).await;
        let post = street.ann("stream.get", &[]).await["posts"][0].clone();
        assert_eq!((&post["type"], &post["attachment"]["name"]), (&json!("257"), &json!("A page")));
        let told = street.ann("comments.get", &[("xid", "page_1")]).await;
        assert_eq!((&told[0]["id"], &told[0]["post_id"]), (&id, &post["post_id"]));
        street.ann("stream.remove", &[("post_id", post["post_id"].as_str().unwrap())]).await;
        let told = street.ann("comments.get", &[("xid", "page_1")]).await;
        assert_eq!((told.as_array().unwrap().len(), &told[0]["post_id"]), (1, &json!("")), "the comment stays");
        let long = format!("http://app.example/{}", "x".repeat(1024));
        for (at, wrong) in [
            (2, ("title", "")),
            (2, ("title", long.as_str())),
            (3, ("url", "")),
            (3, ("url", "javascript:x")),
            (3, ("url", long.as_str())),
        ] {
            let mut args = story;
            args[at] = wrong;
            assert_eq!(code(&street.ann(METHOD, &args).await), 100, "{:.60}", wrong.1);
        }
        street.grant(ANN, "read_stream").await;
        assert_eq!(code(&street.ann(METHOD, &story).await), 200);
    }

    #[tokio::test]
    async fn a_comment_on_a_post_by_its_id_is_one_of_the_stream() {
        let street = Street::new().await;
        let post = street.post(BOB, BOB, Audience::AllFriends).await;
        let object = post.id.to_string();
        street.ann(METHOD, &[("object_id", &object), ("text", "Hi")]).await;
        let told = street.ann("stream.getComments", &[("post_id", &post.wire_id())]).await;
        assert_eq!(told[0]["text"], "Hi");
        let own = street.post(CARL, CARL, Audience::Myself).await.id.to_string();
        assert_eq!(code(&street.ann(METHOD, &[("object_id", &own), ("text", "Hi")]).await), 100);
        let both = [
            ("object_id", object.as_str()),
            ("text", "Hi"),
            ("publish_to_stream", "1"),
            ("title", "T"),
            ("url", "http://a/"),
        ];
        assert_eq!(code(&street.ann(METHOD, &both).await), 100);
    }

    #[tokio::test]
    async fn what_is_wrong_with_the_arguments_is_told() {
        let street = Street::new().await;
        let long = "x".repeat(8001);
        for (args, expected) in [
            (&[("xid", "x")][..], 100),
            (&[("xid", "x"), ("text", " ")], 100),
            (&[("xid", "x"), ("text", long.as_str())], 1701),
            (&[("xid", "a b"), ("text", "x")], 1703),
            (&[("text", "x")], 100),
        ] {
            assert_eq!(code(&street.ann(METHOD, args).await), expected, "{:.60}", format!("{args:?}"));
        }
    }
}
