//! The namespace `stream`, and what its methods share: whose view it is, and the post that an argument names.

pub(crate) mod add_comment;
pub(crate) mod add_like;
mod filter;
pub(crate) mod get;
pub(crate) mod get_comments;
pub(crate) mod get_filters;
pub(crate) mod post;
mod profile;
pub(crate) mod publish;
pub(crate) mod remove;
pub(crate) mod remove_comment;
pub(crate) mod remove_like;
#[cfg(test)]
pub(crate) mod world;

use reconnect_core::error::invalid;
use reconnect_core::post::{Post, post_id};
use reconnect_core::{Context, Result};
use reconnect_store::Id;
use reconnect_wire::Code;

/// What reading needs.
const READ: &str = "read_stream";
/// What writing needs.
const PUBLISH: &str = "publish_stream";

/// The post that `post_id` names, as somebody sees it. What they may not see is like nothing, so that nobody learns of it.
async fn post_seen(cx: &Context, viewer: Option<Id>, text: &str) -> Result<Post> {
    let id = post_id(text).ok_or_else(|| invalid("post_id is no id of a post: send WALL_N, as stream.get has it"))?;
    let post = cx.graph().post_shown(viewer, id).await?;
    post.ok_or_else(|| Code::Permission.because("post_id names no post that this user may see").into())
}

/// Whether a person lets the application read their stream.
async fn may_read(cx: &Context, viewer: Id) -> Result<bool> {
    Ok(cx.grant_of(viewer).await?.is_some_and(|grant| grant.permissions.allow(READ)))
}
