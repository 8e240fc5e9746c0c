//! `signed_request`: what canvas pages, tabs, deauthorize callbacks and the JavaScript SDK's cookie carry since 2010.
//!
//! `base64url(HMAC-SHA256(secret, PAYLOAD)) . PAYLOAD`, where PAYLOAD is base64url of JSON, both without padding; the HMAC is over
//! the encoded payload.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE_NO_PAD, URL_SAFE_NO_PAD_INDIFFERENT};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;

use crate::json;

/// The value of the member `algorithm`; receivers compare it upper-cased.
pub const ALGORITHM: &str = "HMAC-SHA256";

/// Signs a payload. It should have a member `algorithm` with the value [`ALGORITHM`], and its members in alphabetical order, as all
/// published samples have them.
///
/// # Errors
///
/// When the payload has no form in JSON.
pub fn make<T: Serialize + ?Sized>(payload: &T, secret: &[u8]) -> Result<String, serde_json::Error> {
    let payload = URL_SAFE_NO_PAD.encode(json::ascii(payload)?);
    let sig = mac(&payload, secret).map(|mac| mac.finalize().into_bytes());
    Ok(format!("{}.{payload}", URL_SAFE_NO_PAD.encode(sig.unwrap_or_default())))
}

/// The payload if the signature is right and made by [`ALGORITHM`], else `None`.
pub fn verify(signed_request: &str, secret: &[u8]) -> Option<Value> {
    let (sig, payload) = signed_request.split_once('.')?;
    let sig = URL_SAFE_NO_PAD_INDIFFERENT.decode(sig).ok()?;
    // Compares in constant time.
    mac(payload, secret)?.verify_slice(&sig).ok()?;
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD_INDIFFERENT.decode(payload).ok()?).ok()?;
    let algorithm = payload.get("algorithm")?.as_str()?;
    algorithm.eq_ignore_ascii_case(ALGORITHM).then_some(payload)
}

/// `None` never happens: HMAC takes a key of any length.
fn mac(payload: &str, secret: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(payload.as_bytes());
    Some(mac)
}
