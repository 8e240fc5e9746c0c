//! The namespace `video`, and what its methods share: how long and how large a video may be.

pub(crate) mod get_upload_limits;
#[cfg(test)]
mod tests;
pub(crate) mod upload;

use reconnect_core::model::Person;
use reconnect_core::{Context, Result};
use schemars::JsonSchema;
use serde::Serialize;

/// How long a video of a verified person may play, in seconds, and how large it may be, in bytes.
const VERIFIED: (u64, u64) = (1200, 1 << 30);
/// The same of anybody else.
const OTHERS: (u64, u64) = (120, 100_000_000);

/// The limits of a person.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "video_limits")]
pub(crate) struct Limits {
    /// How long a video may play, in seconds.
    length: u64,
    /// How large its file may be, in bytes.
    size: u64,
}

impl Limits {
    /// What this server takes may be less than what was usual.
    async fn of_viewer(cx: &Context) -> Result<Limits> {
        let person: Option<Person> = cx.graph().person(cx.viewer()?).await?;
        let (length, size) = if person.is_some_and(|person| person.verified) { VERIFIED } else { OTHERS };
        let most = cx.services.settings.limits.video as u64;
        Ok(Limits { length, size: size.min(most) })
    }
}
