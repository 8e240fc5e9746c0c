//! notes.edit: writes somebody's note anew, title and content.
//!
//! Its story keeps what it said. Any application to which its owner granted `create_note` may do so, not only the one that it was written
//! through: notes.delete alone was documented otherwise.

use super::{PERMISSION, check_owner, not_theirs, written};
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Edit;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Which note.
    note_id: u64,
    /// Plain text.
    title: String,
    /// HTML, as notes.create takes it.
    content: String,
    /// Whose note it is; else the session's person's.
    uid: Option<u64>,
}

impl Method for Edit {
    const NAME: &'static str = "notes.edit";
    const SUMMARY: &'static str = "Replaces title and content of a note.";
    const ACCESS: Access = Access::optional_session().writes().needs(PERMISSION);
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let (title, content) = written(&args.title, &args.content)?;
        let owner = cx.acting(args.uid, PERMISSION, Code::PermissionCreateNote).await?;
        let note = Id(args.note_id);
        let edited = cx.graph().edit_note(note, &title, &content, |note| check_owner(note, owner)).await?;
        edited.map(|_| true).ok_or_else(|| not_theirs(note))
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::{ANN, BOB};
    use serde_json::json;

    const METHOD: &str = "notes.edit";

    #[tokio::test]
    async fn both_texts_are_replaced_and_the_time_is_noted() {
        let shelf = Shelf::new().await;
        let note = shelf.note(ANN, "Maps").await;
        shelf.world.clock.advance(5000);
        let id = note.id.to_string();
        let args = [("note_id", id.as_str()), ("title", "Atlas"), ("content", "<b>New<script>x</script>")];
        assert_eq!(shelf.ask(METHOD, &args).await, json!(true));
        let edited = shelf.graph().note(note.id).await.unwrap().unwrap();
        assert_eq!((edited.title.as_str(), edited.content.as_str()), ("Atlas", "<b>New</b>"));
        assert_eq!((edited.created, edited.updated), (note.created, note.created + 5000));
        assert!(shelf.xml(METHOD, &args).await.ends_with(">1</notes_edit_response>\n"));
        assert_eq!(shelf.by_server(METHOD, &[args.as_slice(), &[("uid", "1240077")]].concat()).await, json!(true));
        assert_eq!(shelf.by_session_secret(METHOD, &args).await, json!(true));
    }

    #[tokio::test]
    async fn nobody_edits_what_is_not_theirs() {
        let shelf = Shelf::new().await;
        let (theirs, own) = (shelf.note(BOB, "Bob's").await.id.to_string(), shelf.note(ANN, "Ann's").await);
        let own_post = own.post.unwrap().to_string();
        for id in [theirs.as_str(), own_post.as_str(), "1", "18446744073709551615"] {
            let args = [("note_id", id), ("title", "t"), ("content", "c")];
            assert_eq!(code(&shelf.ask(METHOD, &args).await), 1600, "{id}");
        }
        shelf.grant(BOB, "create_note").await;
        let args = [("note_id", theirs.as_str()), ("title", "t"), ("content", "c"), ("uid", "1240077")];
        assert_eq!(code(&shelf.by_server(METHOD, &args).await), 1600, "the owner is Bob, not Ann");
    }

    #[tokio::test]
    async fn what_is_missing_is_told_and_so_is_a_missing_permission() {
        let shelf = Shelf::new().await;
        let note = shelf.note(ANN, "Maps").await.id.to_string();
        let full = [("note_id", note.as_str()), ("title", "t"), ("content", "c")];
        for without in 0..full.len() {
            let args: Vec<_> = full.iter().enumerate().filter(|(at, _)| *at != without).map(|(_, arg)| *arg).collect();
            assert_eq!(code(&shelf.ask(METHOD, &args).await), 100, "{args:?}");
        }
        assert_eq!(code(&shelf.ask(METHOD, &[("note_id", "Maps"), full[1], full[2]]).await), 100);
        assert_eq!(code(&shelf.ask(METHOD, &[full[0], ("title", " "), full[2]]).await), 100);
        assert_eq!(code(&shelf.by_server(METHOD, &full).await), 102);
        shelf.revoke(ANN).await;
        assert_eq!(code(&shelf.ask(METHOD, &full).await), 281);
    }
}
