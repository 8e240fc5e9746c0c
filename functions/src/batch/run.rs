//! batch.run: up to 20 calls in one request; each answer stands as a text in the order of the calls.
//!
//! Every entry is a complete call, signed on its own and checked in full; one entry's error never ends the batch. The 2008 server
//! ran up to five entries without checking their signatures, and let an error of one end all: clients parse entry by entry, so
//! neither is missed.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Error, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The limit that was enforced; some pages say 15.
const MOST: usize = 20;
/// Entries under way at once, unless they must run in order.
const AT_ONCE: usize = 4;

pub(crate) struct Run;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// JSON array of form-encoded calls, at most 20.
    method_feed: String,
    /// Run them strictly in order.
    #[serde(default)]
    serial_only: bool,
}

/// One call's whole document, as text.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "batch_run_response_elt")]
pub(crate) struct Answer(String);

impl Method for Run {
    const NAME: &'static str = "batch.run";
    const SUMMARY: &'static str = "Runs up to 20 calls in one request.";
    const ACCESS: Access = Access::optional_session().runs_others();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = Vec<Answer>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Answer>> {
        let feed: Vec<String> = serde_json::from_str(&args.method_feed).map_err(|e| {
            Error::from(Code::ParamBadJson.because(format!("method_feed is no JSON array of strings: {e}")))
        })?;
        if feed.len() > MOST {
            return Err(Code::BatchTooManyItems.into());
        }
        let mut answers = Vec::with_capacity(feed.len());
        for wave in feed.chunks(if args.serial_only { 1 } else { AT_ONCE }) {
            answers.extend(futures_util::future::join_all(wave.iter().map(|entry| run(cx, entry))).await);
        }
        Ok(answers)
    }
}

async fn run(cx: &Context, entry: &str) -> Answer {
    let document = cx.run_entry(entry).await;
    Answer(String::from_utf8_lossy(&document.body).into_owned())
}
