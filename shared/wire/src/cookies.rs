//! What a Connect site keeps of a session: the cookies of 2008, the session object of the JavaScript SDK and its `fbs_` cookie.
//!
//! All are signed as calls are ([`crate::sign`]), with the application's secret.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::{Args, form, json, sign};

/// What JavaScript's `encodeURIComponent` escapes.
const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The Connect cookies of an application (first JavaScript library, PHP client): `APIKEY_user` and the like for every field, and
/// `APIKEY`, the signature. Fields: `user`, `session_key`, and where there are such `expires` and `ss`.
///
/// Beside them stands `base_domain_APIKEY`, which nobody signs.
pub fn connect(api_key: &str, fields: &Args, secret: &[u8]) -> Args {
    crate::fb_sig::sign(api_key, fields, secret)
}

/// The fields of the Connect cookies among `cookies`, without the prefix, if their signature is right.
pub fn verify_connect(api_key: &str, cookies: &Args, secret: &[u8]) -> Option<Args> {
    crate::fb_sig::verify(api_key, cookies, secret)
}

/// The session object that a site gets as the argument `session`, in the answer of the login status, and keeps in `fbs_APPID`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionObject {
    /// OAuth token: only with `session_version=3`.
    pub access_token: Option<String>,
    /// Domain for the cookie, when known.
    pub base_domain: Option<String>,
    /// UNIX seconds, 0 for a session without end.
    pub expires: u64,
    /// The session secret, when the site may have it.
    pub secret: Option<String>,
    /// The session key.
    pub session_key: String,
    /// The person.
    pub uid: u64,
}

impl SessionObject {
    /// Its members as they are signed, sorted by name.
    fn fields(&self) -> Args {
        let mut fields = Args::new();
        let mut set = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                fields.set(name.as_bytes(), value.as_bytes());
            }
        };
        set("access_token", self.access_token.as_deref());
        set("base_domain", self.base_domain.as_deref());
        set("expires", Some(&self.expires.to_string()));
        set("secret", self.secret.as_deref());
        set("session_key", Some(&self.session_key));
        set("uid", Some(&self.uid.to_string()));
        fields
    }

    /// The member `sig`.
    pub fn sig(&self, secret: &[u8]) -> String {
        sign::signature(self.fields().iter(), secret).iter().map(|digit| char::from(*digit)).collect()
    }

    /// The signed object as JSON, its members in the order in which the live service wrote them: alphabetical with an access token,
    /// historical without.
    ///
    /// # Errors
    ///
    /// None in practice; the JSON library has the right to one.
    pub fn to_json(&self, secret: &[u8]) -> Result<String, serde_json::Error> {
        let Self { access_token, base_domain, expires, secret: session_secret, session_key, uid } = self;
        let (sig, mut out) = (self.sig(secret), Vec::new());
        if access_token.is_some() {
            let members =
                WithToken { access_token, base_domain, expires, secret: session_secret, session_key, uid, sig };
            json::write(&mut out, &members, false)?;
        } else {
            let members = WithoutToken { session_key, uid, expires, secret: session_secret, base_domain, sig };
            json::write(&mut out, &members, false)?;
        }
        Ok(String::from_utf8(out).unwrap_or_default())
    }

    /// The value of the cookie `fbs_APPID`: a query of all members sorted by name, in double quotes (since November 2009).
    pub fn to_cookie(&self, secret: &[u8]) -> String {
        let mut fields: Vec<(String, String)> =
            self.fields().iter().map(|(name, value)| (escape(name), escape(value))).collect();
        fields.push(("sig".to_owned(), self.sig(secret)));
        fields.sort_unstable();
        let pairs: Vec<String> = fields.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("\"{}\"", pairs.join("&"))
    }
}

#[derive(Serialize)]
struct WithToken<'a> {
    access_token: &'a Option<String>,
    base_domain: &'a Option<String>,
    expires: &'a u64,
    secret: &'a Option<String>,
    session_key: &'a str,
    uid: &'a u64,
    sig: String,
}

#[derive(Serialize)]
struct WithoutToken<'a> {
    session_key: &'a str,
    uid: &'a u64,
    expires: &'a u64,
    secret: &'a Option<String>,
    base_domain: &'a Option<String>,
    sig: String,
}

/// The session of a `fbs_` cookie's value, with or without quotes, if its signature is right: all its members.
pub fn verify_session_cookie(value: &str, secret: &[u8]) -> Option<Args> {
    let mut fields = Args::new();
    form::read(value.trim_matches('"').as_bytes(), &mut fields, &crate::Limits::default()).ok()?;
    sign::verify(&fields, secret).then_some(fields)
}

/// The session of a JSON text, if its signature is right: all its members, numbers in their decimal text.
pub fn verify_session_json(text: &str, secret: &[u8]) -> Option<Args> {
    let members: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
    let mut fields = Args::new();
    for (name, value) in &members {
        match value {
            Value::String(text) => fields.set(name.as_bytes(), text.as_bytes()),
            Value::Number(number) => fields.set(name.as_bytes(), number.to_string().as_bytes()),
            _ => return None,
        }
    }
    sign::verify(&fields, secret).then_some(fields)
}

fn escape(bytes: &[u8]) -> String {
    utf8_percent_encode(&String::from_utf8_lossy(bytes), URI_COMPONENT).to_string()
}
