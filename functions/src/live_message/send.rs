//! liveMessage.send: a message to the programs of the application in somebody's browser, which wait for an event of that name.
//!
//! It is there for a minute and never kept. The examples of the time were no strict JSON, so that `message` is handed on as it came.

use reconnect_core::error::invalid;
use reconnect_core::live::LiveMessage;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Error, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Send;

/// How long the name of an event may be, in bytes.
const MAX_EVENT: usize = 128;
/// How long a message may be, in bytes.
const MAX_MESSAGE: usize = 1024;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whom to; they must have authorised the application.
    recipient: u64,
    /// The event that the receiving program listens for: 128 bytes at most.
    event_name: String,
    /// What it is handed, as JSON: 1024 bytes at most.
    message: String,
}

impl Method for Send {
    const NAME: &'static str = "liveMessage.send";
    const SUMMARY: &'static str = "Sends a message to the application's programs in somebody's browser.";
    const ACCESS: Access = Access::session().no_session_secret().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, Args { recipient, event_name, message }: Args) -> Result<bool> {
        let (sender, recipient) = (cx.viewer()?, Id(recipient));
        if event_name.trim().is_empty() {
            return Err(invalid("event_name is empty"));
        }
        if event_name.len() > MAX_EVENT {
            return Err(Code::LivemessageEventNameTooLong.into());
        }
        if message.len() > MAX_MESSAGE {
            return Err(Code::LivemessageMessageTooLong.into());
        }
        if cx.grant_of(recipient).await?.is_none() {
            return Err(Code::PermissionLivemessage.into());
        }
        let live = LiveMessage { app: cx.app().id, sender, event: event_name, message };
        match cx.graph().send_live(recipient, &live).await {
            Ok(()) => Ok(true),
            Err(Error::Commit(_)) => Err(Code::LivemessageSendFailed.into()),
            Err(error) => Err(error),
        }
    }
}
