//! The namespace `status`, and what setting a status is, which users.setStatus does too.

pub(crate) mod element;
pub(crate) mod get;
pub(crate) mod set;

use reconnect_core::post::Post;
use reconnect_core::{Context, Result};
use reconnect_store::Id;
use reconnect_wire::Code;

/// A status is cut beyond so many characters (the late limit; 255 before).
const MOST: usize = 420;
/// The same text again within so many seconds is a doubled request (error 506).
const REPEATED: i64 = 60;

/// For whom a status is set: error 250 unless they let the application do it.
pub(crate) async fn actor(cx: &Context, uid: Option<u64>) -> Result<Id> {
    cx.acting(uid, "status_update", Code::PermissionStatusUpdate).await
}

/// Sets somebody's status; an empty one clears it.
pub(crate) async fn set(cx: &Context, actor: Id, text: &str) -> Result<bool> {
    let text = text.trim();
    if text.is_empty() {
        cx.graph().clear_status(actor).await?;
        return Ok(true);
    }
    let message = cut(text);
    let current = cx.graph().status(actor).await?;
    if current.is_some_and(|one| one.message == message && cx.now().secs() - one.time < REPEATED) {
        return Err(Code::MesgDuplicate.because("it was set less than a minute ago").into());
    }
    let privacy = cx.graph().usual_disclosure_of(actor).await?;
    let post = Post { actor, app: Some(cx.app().id), message, privacy, ..Post::default() };
    cx.graph().publish_status(post, |_, _| Ok(())).await?;
    Ok(true)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
