//! Arguments under a prefix, as canvas pages, tabs and callbacks receive them: `fb_sig_user=…&fb_sig_time=…&fb_sig=SIGNATURE`.
//!
//! The signature is that of a call ([`crate::sign`]) over the arguments without the prefix. Secret: the application's; for desktop
//! applications the session's.

use crate::{Args, sign};

/// The prefix of canvas arguments and callbacks.
pub const FB_SIG: &str = "fb_sig";

/// The prefix of Preload FQL results, which come by POST beside `fb_sig` arguments in the query.
pub const FB_POST_SIG: &str = "fb_post_sig";

/// The fields under the prefix, in their order, and behind them the signature under the prefix alone.
pub fn sign(prefix: &str, fields: &Args, secret: &[u8]) -> Args {
    let mut signed = Args::new();
    for (name, value) in fields.iter() {
        signed.set(&[prefix.as_bytes(), b"_", name].concat(), value);
    }
    signed.set(prefix.as_bytes(), &sign::signature(fields.iter(), secret));
    signed
}

/// The fields without their prefix if their signature is right, else `None`. Other arguments are passed over.
///
/// Whoever receives them rejects a `time` older than 48 hours.
pub fn verify(prefix: &str, args: &Args, secret: &[u8]) -> Option<Args> {
    let sig = args.get(prefix)?;
    let fields: Args = args
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(prefix.as_bytes())?.strip_prefix(b"_")?, value)))
        .collect();
    sign::verify_pairs(fields.iter(), sig, secret).then_some(fields)
}
