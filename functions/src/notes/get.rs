//! notes.get: somebody's notes, newest first, as far as the session's person may see them.
//!
//! What may not be seen is left out, and so is everything where the application may not ask: an empty list, no error. Without a session only
//! what is for everybody is told. The .NET toolkit names a member `uid`, which no schema has.

use reconnect_core::context::nobody_named;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::note::{MAX_LISTED, Note};
use reconnect_core::{Access, Context, Method, Result, Signed};
use reconnect_store::Id;
use reconnect_wire::UidList;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose; else the session's person's.
    uid: Option<u64>,
    /// Only these of them.
    note_ids: Option<UidList>,
}

/// A note.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "note")]
pub(crate) struct NoteInfo {
    /// Its id, of 64 bits.
    note_id: u64,
    /// Plain text.
    title: String,
    /// HTML, as it was kept.
    content: String,
    /// When it was written.
    created_time: i64,
    /// When it was last written.
    updated_time: i64,
}

impl From<&Note> for NoteInfo {
    fn from(note: &Note) -> NoteInfo {
        NoteInfo {
            note_id: note.id.0,
            title: note.title.clone(),
            content: note.content.clone(),
            created_time: note.created.div_euclid(1000),
            updated_time: note.updated.div_euclid(1000),
        }
    }
}

impl Method for Get {
    const NAME: &'static str = "notes.get";
    const SUMMARY: &'static str = "Lists somebody's notes, as the session's person may see them.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<NoteInfo>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<NoteInfo>> {
        let owner = cx.subject(args.uid)?.ok_or_else(nobody_named)?;
        if args.note_ids.as_ref().is_some_and(|ids| ids.0.len() > MAX_LISTED) {
            return Err(invalid(format!("note_ids has more than {MAX_LISTED} ids")));
        }
        if !may_ask(cx, owner) {
            return Ok(Vec::new());
        }
        let mut notes = match args.note_ids {
            Some(ids) => {
                let mut seen = HashSet::new();
                let ids: Vec<Id> = ids.0.into_iter().map(Id).filter(|id| seen.insert(*id)).collect();
                cx.graph().notes(&ids).await?
            }
            None => cx.graph().notes_of(owner).await?,
        };
        notes.retain(|note| note.owner == owner);
        let things: Vec<_> = notes.iter().map(|note| (note.owner, &note.privacy)).collect();
        let seen = cx.graph().may_see(cx.caller.viewer(), &things).await?;
        Ok(notes.iter().zip(seen).filter(|(_, seen)| *seen).map(|(note, _)| note.into()).collect())
    }
}

/// Permissions to read came with OAuth 2.0: calls with an access token need them, calls with a session key are of the years before.
fn may_ask(cx: &Context, owner: Id) -> bool {
    let needed = if cx.caller.viewer() == Some(owner) { "user_notes" } else { "friends_notes" };
    let granted = || cx.caller.grant.as_ref().is_some_and(|grant| grant.permissions.allow(needed));
    cx.caller.signed != Signed::UserToken || granted()
}

#[cfg(test)]
mod tests {
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::disclosure::{Disclosure, Value as Shown};
    use reconnect_core::note::MAX_LISTED;
    use serde_json::{Value, json};

    const METHOD: &str = "notes.get";

    fn titles(answer: &Value) -> Vec<&str> {
        let notes = answer.as_array().unwrap_or_else(|| panic!("{answer}"));
        notes.iter().map(|note| note["title"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn notes_are_listed_newest_first_or_by_their_ids() {
        let shelf = Shelf::new().await;
        let (a, b) = (shelf.note(ANN, "A").await, shelf.note(ANN, "B").await);
        let theirs = shelf.note(BOB, "C").await;
        assert_eq!(titles(&shelf.ask(METHOD, &[]).await), ["B", "A"]);
        let (ids, json_ids) = (format!("{},{},{},{},1", a.id, theirs.id, b.id, a.id), format!("[\"{}\"]", b.id));
        assert_eq!(titles(&shelf.ask(METHOD, &[("note_ids", &ids)]).await), ["A", "B"]);
        assert_eq!(titles(&shelf.by_session_secret(METHOD, &[("note_ids", &json_ids)]).await), ["B"]);
        assert_eq!(shelf.ask(METHOD, &[("note_ids", "none")]).await, json!([]));
        assert_eq!(
            titles(&shelf.ask(METHOD, &[("note_ids", ""), ("uid", "")]).await),
            ["B", "A"],
            "PHP's empty values"
        );
    }

    #[tokio::test]
    async fn a_note_looks_as_the_schema_has_it() {
        let shelf = Shelf::new().await;
        let note = shelf.note(ANN, "Maps").await;
        insta::assert_snapshot!(shelf.xml(METHOD, &[]).await.replace(&note.id.to_string(), "ID"), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <notes_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <note>
            <note_id>ID</note_id>
            <title>Maps</title>
            <content>&lt;p&gt;A &amp;amp; &lt;b&gt;B&lt;/b&gt;&lt;/p&gt;</content>
            <created_time>1234567891</created_time>
            <updated_time>1234567891</updated_time>
          </note>
        </notes_get_response>
        "#);
    }

    #[tokio::test]
    async fn only_what_may_be_seen_is_told() {
        let shelf = Shelf::new().await;
        for (title, value) in [("all", Shown::Everyone), ("friends", Shown::AllFriends), ("own", Shown::Myself)] {
            shelf.note_for(BOB, title, Disclosure { value, ..Disclosure::default() }).await;
        }
        let bobs = [("uid", "1240078")];
        assert_eq!(titles(&shelf.ask(METHOD, &bobs).await), ["friends", "all"]);
        assert_eq!(titles(&shelf.by_server(METHOD, &bobs).await), ["all"], "without a session");
        assert_eq!(code(&shelf.by_session_secret(METHOD, &bobs).await), 200);
        shelf.graph().unfriend(ANN, BOB).await.unwrap();
        assert_eq!(titles(&shelf.ask(METHOD, &bobs).await), ["all"]);
        shelf.graph().block(BOB, ANN).await.unwrap();
        assert_eq!(shelf.ask(METHOD, &bobs).await, json!([]));
        shelf.edit(BOB, |bob| bob.opted_out = true).await;
        assert_eq!(shelf.by_server(METHOD, &bobs).await, json!([]));
        assert_eq!(shelf.ask(METHOD, &[("uid", "1249999")]).await, json!([]), "nobody's");
    }

    #[tokio::test]
    async fn with_an_access_token_permissions_are_needed() {
        let shelf = Shelf::new().await;
        shelf.note(ANN, "A").await;
        shelf.note(BOB, "B").await;
        assert_eq!(shelf.by_token(METHOD, &[]).await, json!([]));
        shelf.grant(ANN, "user_notes").await;
        assert_eq!(titles(&shelf.by_token(METHOD, &[]).await), ["A"]);
    }

    #[tokio::test]
    async fn what_is_wrong_is_told() {
        let shelf = Shelf::new().await;
        assert_eq!(code(&shelf.by_server(METHOD, &[]).await), 100, "neither uid nor session");
        assert_eq!(code(&shelf.ask(METHOD, &[("uid", "Bob")]).await), 100);
        let many = vec!["7"; MAX_LISTED + 1].join(",");
        assert_eq!(code(&shelf.ask(METHOD, &[("note_ids", &many)]).await), 100);
    }
}
