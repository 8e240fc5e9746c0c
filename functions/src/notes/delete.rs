//! notes.delete: takes away a note that was written through the calling application, with the story that tells of it.

use super::{PERMISSION, check_owner, not_theirs};
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Delete;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Which note.
    note_id: u64,
    /// Whose note it is; else the session's person's.
    uid: Option<u64>,
}

impl Method for Delete {
    const NAME: &'static str = "notes.delete";
    const SUMMARY: &'static str = "Takes away a note that was written through the calling application.";
    const ACCESS: Access = Access::optional_session().writes().needs(PERMISSION);
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let owner = cx.acting(args.uid, PERMISSION, Code::PermissionCreateNote).await?;
        let (id, app) = (Id(args.note_id), cx.app().id);
        let judge = |note: &reconnect_core::note::Note| {
            check_owner(note, owner)?;
            if note.app == Some(app) { Ok(()) } else { Err(not_theirs(id)) }
        };
        let intent = cx.graph().delete_note(id, judge).await?.ok_or_else(|| not_theirs(id))?;
        cx.services.carry_out(intent).await;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::kinds;
    use reconnect_core::note::Note;
    use reconnect_store::{Batch, Id, StoreExt};
    use serde_json::json;

    const METHOD: &str = "notes.delete";

    #[tokio::test]
    async fn a_note_goes_with_its_story_its_comments_and_its_likes() {
        let shelf = Shelf::new().await;
        let note = shelf.note(ANN, "Maps").await;
        let story = note.post.unwrap();
        let mut batch = Batch::new();
        for thing in [note.id, story] {
            batch.keep(thing, kinds::COMMENT, Id(5), 1, Vec::new());
            batch.keep(thing, kinds::LIKED_BY, BOB, 1, Vec::new()).keep(BOB, kinds::LIKES, thing, 1, Vec::new());
        }
        shelf.graph().commit(batch).await.unwrap();
        let id = note.id.to_string();
        assert_eq!(shelf.ask(METHOD, &[("note_id", &id)]).await, json!(true));
        assert_eq!(
            (shelf.graph().note(note.id).await.unwrap(), shelf.graph().post(story).await.unwrap()),
            (None, None)
        );
        let store = shelf.graph().store();
        for thing in [note.id, story] {
            assert_eq!(store.count(thing, kinds::COMMENT).await.unwrap(), 0);
            assert_eq!(store.assoc(BOB, kinds::LIKES, thing).await.unwrap(), None);
        }
        assert_eq!(shelf.graph().intents().await.unwrap(), (0, 0), "nothing is left to do");
        assert_eq!(code(&shelf.ask(METHOD, &[("note_id", &id)]).await), 1600, "the second time");
        let again = shelf.note(ANN, "Again").await.id.to_string();
        assert!(shelf.xml(METHOD, &[("note_id", &again)]).await.ends_with(">1</notes_delete_response>\n"));
    }

    #[tokio::test]
    async fn nobody_deletes_what_is_not_theirs_or_came_otherwise() {
        let shelf = Shelf::new().await;
        let theirs = shelf.note(BOB, "Bob's").await.id;
        let mut other = Vec::new();
        for app in [None, Some(shelf.world.desktop.id)] {
            let (title, content) = ("t".to_owned(), "c".to_owned());
            let note = Note { owner: ANN, app, title, content, ..Note::default() };
            other.push(shelf.graph().create_note(note).await.unwrap().id);
        }
        for id in [theirs, other[0], other[1], Id(1)] {
            assert_eq!(code(&shelf.ask(METHOD, &[("note_id", &id.to_string())]).await), 1600, "{id}");
        }
        assert_eq!(shelf.graph().notes(&[theirs, other[0], other[1]]).await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn what_is_missing_is_told_and_so_is_a_missing_permission() {
        let shelf = Shelf::new().await;
        let note = shelf.note(ANN, "Maps").await.id.to_string();
        assert_eq!(code(&shelf.ask(METHOD, &[]).await), 100);
        assert_eq!(code(&shelf.by_server(METHOD, &[("note_id", &note)]).await), 102);
        shelf.revoke(ANN).await;
        assert_eq!(code(&shelf.ask(METHOD, &[("note_id", &note)]).await), 281);
        shelf.grant(ANN, "create_note").await;
        assert_eq!(shelf.by_server(METHOD, &[("note_id", &note), ("uid", "1240077")]).await, json!(true));
    }
}
