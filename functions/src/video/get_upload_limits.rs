//! video.getUploadLimits: how long and how large a video of the session's person may be. Clients ask before they send one.

use super::Limits;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct GetUploadLimits;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

impl Method for GetUploadLimits {
    const NAME: &'static str = "video.getUploadLimits";
    const SUMMARY: &'static str = "Tells how long and how large a video may be.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Limits;

    async fn call(cx: &Context, _: Args) -> Result<Limits> {
        Limits::of_viewer(cx).await
    }
}
