//! stream.publish: a post on the wall of whoever the call acts for, or on that of a friend, page, group or event.
//!
//! A message without attachment on one's own wall is a status, and becomes the current one. On other walls writes who belongs there: friends,
//! fans and administrators, members, guests. A page writes on its own wall only. `privacy` is for one's own wall.

use super::PUBLISH;
use crate::disclosure::Given;
use futures_util::future::try_join;
use reconnect_core::attachment::{read_action_links, read_attachment};
use reconnect_core::comment_thread::check_xid;
use reconnect_core::disclosure::Disclosure;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::post::{Post, story};
use reconnect_core::wall::Wall;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

/// How long a message may be, in bytes.
const MAX_MESSAGE: usize = 10_000;

pub(crate) struct Publish;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// What was typed; plain text.
    #[serde(default)]
    message: String,
    /// What the post carries, as a JSON object: `name`, `href`, `caption`, `description`, `properties`, `media`, `comments_xid`.
    #[serde(default)]
    attachment: String,
    /// Links below it, as a JSON array of `{text, href}`.
    #[serde(default)]
    action_links: String,
    /// Whose wall it is for: a friend, page, group or event. Without it that of whoever posts.
    target_id: Option<u64>,
    /// Who posts: a person, or a page that the application may act for. Without it the session's person.
    uid: Option<u64>,
    /// Whom it is shown to, as a JSON object: `value`, `friends`, `networks`, `allow`, `deny`.
    privacy: Option<Given>,
}

impl Method for Publish {
    const NAME: &'static str = "stream.publish";
    const SUMMARY: &'static str = "Publishes a post on a wall.";
    const ACCESS: Access = Access::optional_session().writes().needs("publish_stream");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = String;

    async fn call(cx: &Context, args: Args) -> Result<String> {
        let (post, xid) = read(cx, &args)?;
        let actor = cx.acting(args.uid, PUBLISH, Code::Permission).await?;
        let target = args.target_id.map(Id).filter(|target| *target != actor);
        let post = match target {
            None => Post { actor, owner: actor, privacy: own_privacy(cx, actor, args.privacy).await?, ..post },
            Some(_) if args.privacy.is_some() => {
                return Err(invalid("privacy is for posts on the user's own wall; leave it or target_id out"));
            }
            Some(target) => on_wall_of(cx, actor, target, post).await?,
        };
        let status = target.is_none() && post.attachment.is_none();
        let graph = cx.graph();
        let made = match (xid, status) {
            (Some(xid), _) => graph.publish_with_thread(cx.app().id, &xid, post).await?,
            (None, true) => graph.publish_status(post, |_, _| Ok(())).await?,
            (None, false) => graph.publish(post, |_, _| Ok(())).await?,
        };
        Ok(made.wire_id())
    }
}

/// What is to be posted, and the name of its comments.
fn read(cx: &Context, args: &Args) -> Result<(Post, Option<String>)> {
    let given = |text: &str| !text.trim().is_empty();
    let carried = if given(&args.attachment) { read_attachment(&args.attachment)? } else { None };
    let action_links = if given(&args.action_links) { read_action_links(&args.action_links)? } else { Vec::new() };
    if !given(&args.message) && carried.is_none() {
        return Err(invalid("there is nothing to publish: send a message or an attachment"));
    }
    if args.message.len() > MAX_MESSAGE {
        return Err(invalid(format!("message is longer than {MAX_MESSAGE} bytes")));
    }
    let (attachment, xid) = carried.map_or((None, None), |(attachment, xid)| (Some(attachment), xid));
    if let Some(xid) = &xid {
        check_xid(xid)?;
    }
    let message = args.message.clone();
    let kind = story::APPLICATION;
    Ok((Post { kind, app: Some(cx.app().id), message, attachment, action_links, ..Post::default() }, xid))
}

async fn own_privacy(cx: &Context, actor: Id, given: Option<Given>) -> Result<Disclosure> {
    match given {
        Some(privacy) => privacy.read(),
        None => cx.graph().usual_disclosure_of(actor).await,
    }
}

async fn on_wall_of(cx: &Context, actor: Id, target: Id, post: Post) -> Result<Post> {
    let graph = cx.graph();
    let (own, wall) = try_join(graph.wall_of(actor), graph.wall_seen(actor, target)).await?;
    let Some(Wall { kind, usual, may_write }) = wall else {
        return Err(Code::PermissionUser
            .because(format!("target_id {target} is nobody whom this user can see"))
            .into());
    };
    if own.is_some_and(|own| own.kind != "user") {
        return Err(Code::Permission.because("a page posts on its own wall only; leave target_id out").into());
    }
    if !may_write {
        return Err(Code::Permission
            .because(format!("this user may not write on the wall of target_id {target}"))
            .into());
    }
    let kind = match (post.attachment.is_some(), kind) {
        (true, _) => post.kind,
        (false, "group") => story::GROUP,
        (false, _) => story::WALL,
    };
    Ok(Post { actor, owner: target, kind, privacy: usual, ..post })
}

#[cfg(test)]
mod tests;
