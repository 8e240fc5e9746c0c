//! What an application checks of what it is handed: signed requests, session objects, the cookies of three generations. Written from
//! the protocol alone, with the application's secret; it shares no line with the server or the SDK.

use crate::client::sign;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::collections::BTreeMap;

/// The payload of a signed request. It must be signed with the secret.
#[track_caller]
pub fn signed_request(text: &str, secret: &str) -> Value {
    opened(text, secret).unwrap_or_else(|why| panic!("{why}: {text}"))
}

fn opened(text: &str, secret: &str) -> Result<Value, String> {
    let (signature, payload) = text.split_once('.').ok_or("no point in it")?;
    // The text of the payload is signed, not what it says.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|error| format!("signature: {error}"))?;
    mac.verify_slice(&signature).map_err(|_| "not signed with this secret")?;
    let json = URL_SAFE_NO_PAD.decode(payload).map_err(|error| format!("payload: {error}"))?;
    let value: Value = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    match value["algorithm"].as_str().map(str::to_uppercase).as_deref() {
        Some("HMAC-SHA256") => Ok(value),
        _ => Err(format!("unknown algorithm in {value}")),
    }
}

/// A session object as names and texts. It must be signed with the secret, over all its members.
#[track_caller]
pub fn session(object: &Value, secret: &str) -> BTreeMap<String, String> {
    let members = object.as_object().unwrap_or_else(|| panic!("a session, not {object}"));
    let texts = members.iter().map(|(name, value)| match value {
        Value::String(text) => (name.clone(), text.clone()),
        Value::Number(number) => (name.clone(), number.to_string()),
        other => panic!("{name} is {other}"),
    });
    signed_session(texts.collect(), secret)
}

/// The session of an `fbs_` cookie: a query within double quotes.
#[track_caller]
pub fn fbs_cookie(value: &str, secret: &str) -> BTreeMap<String, String> {
    let query = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let query = query.unwrap_or_else(|| panic!("no quotes around {value}"));
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    assert!(names.is_sorted(), "the names of {value} are in their order");
    // Readers of the time knew percent signs only.
    assert!(!query.contains('+'), "{value}");
    signed_session(crate::http::decode(query).into_iter().collect(), secret)
}

#[track_caller]
fn signed_session(session: BTreeMap<String, String>, secret: &str) -> BTreeMap<String, String> {
    assert_eq!(session.get("sig"), Some(&signature(&session, secret)), "of {session:?}");
    for needed in ["uid", "session_key", "secret", "expires", "access_token"] {
        assert!(session.contains_key(needed), "{needed} in {session:?}");
    }
    session
}

/// The cookies of the first JavaScript library: those that begin with `KEY_`, without that, and their signature under `KEY`.
#[track_caller]
pub fn connect_cookies(cookies: &BTreeMap<String, String>, key: &str, secret: &str) -> BTreeMap<String, String> {
    let prefix = format!("{key}_");
    let cut = |(name, value): (&String, &String)| Some((name.strip_prefix(&prefix)?.to_owned(), value.clone()));
    let connect: BTreeMap<String, String> = cookies.iter().filter_map(cut).collect();
    assert_eq!(cookies.get(key), Some(&signature(&connect, secret)), "of {cookies:?}");
    for needed in ["user", "session_key", "expires", "ss"] {
        assert!(connect.contains_key(needed), "{needed} in {connect:?}");
    }
    connect
}

fn signature(members: &BTreeMap<String, String>, secret: &str) -> String {
    let args: Vec<_> =
        members.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone().into_bytes())).collect();
    sign(&args, secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SECRET: &str = "a secret";

    // The signatures are those of Python's hmac and hashlib.

    #[test]
    fn a_signed_request_is_opened_with_its_own_secret_only() {
        let text = "1Xv9_5h1AcQkrC_4nHx90hSCFKH0cwImR9dEWJpsQCc.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImNvZGUiOiJjLTEiLCJpc3N1ZWRfYXQiOjEzMDAwMDAwMDAsInVzZXJfaWQiOiI3In0";
        assert_eq!(signed_request(text, SECRET)["user_id"], "7");
        assert!(opened(text, "another secret").is_err());
        // The same payload, but of user 8.
        let forged = text.replace("iI3In0", "iI4In0");
        assert!(forged != text && opened(&forged, SECRET).is_err());
    }

    #[test]
    fn sessions_and_cookies_are_checked_over_all_their_members() {
        let object = json!({"access_token": "t|1", "expires": 1300003600, "secret": "s", "session_key": "k-7", "uid": "7",
            "sig": "3ce2d6d94a4e69d7e8326bc358565fcf"});
        let read = session(&object, SECRET);
        let cookie = "\"access_token=t%7C1&expires=1300003600&secret=s&session_key=k-7&sig=3ce2d6d94a4e69d7e8326bc358565fcf&uid=7\"";
        assert_eq!(fbs_cookie(cookie, SECRET), read);
        let mut cookies: BTreeMap<String, String> = [
            ("k", "5a5a5950b5ab6ca2447ad747b02a9d8e"),
            ("k_user", "7"),
            ("k_session_key", "k-7"),
            ("k_expires", "0"),
            ("k_ss", "s"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        assert_eq!(connect_cookies(&cookies, "k", SECRET)["user"], "7");
        cookies.insert("k_more".to_owned(), "unsigned".to_owned());
        assert!(std::panic::catch_unwind(|| connect_cookies(&cookies, "k", SECRET)).is_err());
        let mut forged = object;
        forged["uid"] = json!(8);
        assert!(std::panic::catch_unwind(|| session(&forged, SECRET)).is_err());
    }
}
