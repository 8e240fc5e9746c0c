//! The namespace `links`, and what its methods share.

pub(crate) mod get;
pub(crate) mod get_stats;
pub(crate) mod post;
pub(crate) mod preview;

use reconnect_core::Result;
use reconnect_core::web_address::{MAX_ADDRESS, WebAddress};
use reconnect_wire::Code;

/// The address that a call names; error 1500 for what is none.
fn address(url: &str) -> Result<WebAddress> {
    let why = || format!("url: write http://HOST/PATH or https://HOST/PATH, in at most {MAX_ADDRESS} bytes");
    WebAddress::read(url).ok_or_else(|| Code::ShareBadUrl.because(why()).into())
}
