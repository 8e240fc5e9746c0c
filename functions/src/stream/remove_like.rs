//! stream.removeLike: takes a like back. Where there was none nothing changes, and the answer is the same.

use super::PUBLISH;
use super::add_like::Args;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::post::post_id;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;

pub(crate) struct RemoveLike;

impl Method for RemoveLike {
    const NAME: &'static str = "stream.removeLike";
    const SUMMARY: &'static str = "Takes back that a post is liked.";
    const ACCESS: Access = Access::optional_session().writes().needs("publish_stream");
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let person = cx.acting(args.uid, PUBLISH, Code::Permission).await?;
        let post = post_id(&args.post_id).ok_or_else(|| invalid("post_id is no id of a post: send WALL_N"))?;
        // A like that one may take back one gave oneself: the post need not be looked at.
        cx.graph().unlike(person, post).await?;
        Ok(true)
    }
}
