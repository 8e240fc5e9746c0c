//! notes.create: writes a note for somebody, and the story on their wall that tells of it.
//!
//! Which tags a note may have is inferred; what else is in it is left out, not refused. It is shown to whom its writer shows their posts.

use super::{PERMISSION, written};
use reconnect_core::method::Fidelity;
use reconnect_core::note::Note;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Create;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Plain text.
    title: String,
    /// HTML: b, i, u, s, p, br, ul, ol, li, h1 to h3, blockquote, a, img.
    content: String,
    /// Who writes it; else the session's person.
    uid: Option<u64>,
}

impl Method for Create {
    const NAME: &'static str = "notes.create";
    const SUMMARY: &'static str = "Writes a note, which is told of on its writer's wall.";
    const ACCESS: Access = Access::optional_session().writes().needs(PERMISSION);
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = u64;

    async fn call(cx: &Context, args: Args) -> Result<u64> {
        let (title, content) = written(&args.title, &args.content)?;
        let owner = cx.acting(args.uid, PERMISSION, Code::PermissionCreateNote).await?;
        let privacy = cx.graph().usual_disclosure_of(owner).await?;
        let note = Note { owner, app: Some(cx.app().id), title, content, privacy, ..Note::default() };
        Ok(cx.graph().create_note(note).await?.id.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::disclosure::{Disclosure, Value};
    use reconnect_core::note::{MAX_CONTENT, MAX_TAGS, MAX_TITLE};
    use reconnect_core::privacy::Audience;
    use reconnect_store::Id;
    use serde_json::json;

    const METHOD: &str = "notes.create";

    #[tokio::test]
    async fn a_note_is_kept_clean_and_told_of() {
        let shelf = Shelf::new().await;
        let args = [("title", " Maps & <more> "), ("content", "<p onclick=x>A <b>list</b><script>no</script> & more")];
        let id = shelf.ask(METHOD, &args).await.as_u64().unwrap();
        let note = shelf.graph().note(Id(id)).await.unwrap().unwrap();
        assert_eq!((note.owner, note.app), (ANN, Some(shelf.world.web.id)));
        assert_eq!((note.title.as_str(), note.content.as_str()), ("Maps & <more>", "<p>A <b>list</b> &amp; more</p>"));
        let story = shelf.graph().post(note.post.unwrap()).await.unwrap().unwrap();
        let attachment = story.attachment.unwrap();
        assert_eq!((attachment.name.as_str(), attachment.description.as_str()), ("Maps & <more>", "A list & more"));
        assert_eq!(story.privacy, note.privacy);
        let xml = shelf.xml(METHOD, &args).await;
        assert!(xml.contains("<notes_create_response ") && xml.contains("</notes_create_response>"), "{xml}");
    }

    #[tokio::test]
    async fn it_is_for_friends_unless_its_writer_shows_posts_to_others() {
        let shelf = Shelf::new().await;
        let privacy = async |content: &str| {
            let id = shelf.ask(METHOD, &[("title", "t"), ("content", content)]).await.as_u64().unwrap();
            shelf.graph().note(Id(id)).await.unwrap().unwrap().privacy
        };
        assert_eq!(privacy("a").await.value, Value::AllFriends);
        shelf.edit(ANN, |ann| ann.privacy = [("status".to_owned(), Audience::Myself)].into()).await;
        assert_eq!(privacy("b").await, Disclosure { value: Value::Myself, ..Disclosure::default() });
    }

    #[tokio::test]
    async fn whoever_granted_it_is_written_for() {
        let shelf = Shelf::new().await;
        let note = [("title", "t"), ("content", "c")];
        let by = |uid: &'static str| [note.as_slice(), &[("uid", uid)]].concat();
        assert!(shelf.by_server(METHOD, &by("1240077")).await.is_u64(), "without a session");
        assert!(shelf.by_session_secret(METHOD, &note).await.is_u64());
        assert_eq!(
            code(&shelf.by_session_secret(METHOD, &by("1240078")).await),
            200,
            "her program writes for her only"
        );
        assert_eq!(code(&shelf.by_server(METHOD, &by("1240078")).await), 281, "Bob granted nothing");
        assert_eq!(code(&shelf.ask(METHOD, &by("1240078")).await), 281);
        shelf.grant(BOB, "publish_stream").await;
        let id = shelf.ask(METHOD, &by("1240078")).await.as_u64().unwrap();
        assert_eq!(shelf.graph().note(Id(id)).await.unwrap().unwrap().owner, BOB, "publish_stream includes it");
        assert_eq!(code(&shelf.by_server(METHOD, &note).await), 102, "neither a session nor a uid");
        shelf.revoke(ANN).await;
        assert_eq!(code(&shelf.ask(METHOD, &note).await), 281);
        assert_eq!(shelf.graph().notes_of(ANN).await.unwrap().len(), 2, "nothing else was written");
    }

    #[tokio::test]
    async fn what_is_missing_or_too_long_is_told() {
        let shelf = Shelf::new().await;
        let (title, content) = ("t".repeat(MAX_TITLE + 1), "c".repeat(MAX_CONTENT + 1));
        let (entities, tags) = ("&".repeat(MAX_CONTENT), "<b>".repeat(MAX_TAGS + 1));
        for (title, content, named) in [
            ("", "c", "title is missing"),
            (" ", "c", "title is blank"),
            ("t", "", "content is missing"),
            ("t", " \n", "content is blank"),
            ("t", "<script>alert(1)</script>", "content is blank"),
            (title.as_str(), "c", "title has more"),
            ("t", content.as_str(), "content is longer"),
            ("t", entities.as_str(), "content is longer"),
            ("t", tags.as_str(), "tags"),
        ] {
            let answer = shelf.ask(METHOD, &[("title", title), ("content", content)]).await;
            let told = answer["error_msg"].as_str().unwrap_or_default();
            assert!(code(&answer) == 100 && told.contains(named), "{named}: {told}");
        }
        assert_eq!(code(&shelf.ask(METHOD, &[("title", "t"), ("content", "c"), ("uid", "Ann")]).await), 100);
        let longest = ("t".repeat(MAX_TITLE), "c".repeat(MAX_CONTENT));
        assert!(shelf.ask(METHOD, &[("title", &longest.0), ("content", &longest.1)]).await.is_u64());
        assert_eq!(shelf.ask("notes.get", &[]).await.as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn an_answer_is_a_bare_number() {
        let shelf = Shelf::new().await;
        let args = [("title", "t"), ("content", "c"), ("format", "json-strings")];
        let text = shelf.xml(METHOD, &args).await;
        assert!(json!(text.trim_matches('"').parse::<u64>().unwrap()).is_u64(), "{text}");
    }
}
