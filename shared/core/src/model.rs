//! What stands in the store's records: applications, people, sessions, grants, logins, browsers. Kept as JSON, so that an export
//! is readable and a field can be added without a migration.

use crate::error::{Error, Result};
use crate::permission::Permissions;
use crate::privacy::Choices;
use crate::profile::{Affiliation, Birthday, Place};
use reconnect_store::{Id, Time};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// An application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Application {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// What people are shown.
    pub name: String,
    /// 32 lower-case hex digits.
    pub api_key: String,
    /// 32 lower-case hex digits; signs the application's calls.
    pub secret: String,
    /// Sessions of a desktop application always have a session secret, and slide.
    pub desktop: bool,
    /// Its secret is published with a demo world; such an application never serves beyond loopback.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    /// Switched off: every call answers 101.
    pub disabled: bool,
    /// The name in `apps.facebook.com/NAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canvas_name: Option<String>,
    /// How its canvas page tells it who is there.
    #[serde(skip_serializing_if = "CanvasEntry::is_default")]
    pub canvas_entry: CanvasEntry,
    /// Where web and canvas logins come back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The Connect site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_url: Option<String>,
    /// Domain of the Connect site's cookies, and of the addresses that a login may come back to. No leading dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_domain: Option<String>,
    /// Told when a person authorises the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_authorize_url: Option<String>,
    /// Told when a person removes the application, by `fb_sig_uninstall`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_remove_url: Option<String>,
    /// Told when a person removes the application, by `signed_request` (OAuth 2.0 applications).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deauthorize_url: Option<String>,
    /// Schemes of its own that a login may come back to, such as `fbconnect`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// The addresses its servers call from; an entry may end in `*`. Empty: from anywhere. Web applications only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ip_list: Vec<String>,
    /// Lifetime of its expiring sessions, in seconds; 0 stands for a day.
    #[serde(skip_serializing_if = "is_zero")]
    pub session_lifetime: u32,
    /// Sending mail is switched off: error 2005.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_email: bool,
    /// How many mails it may send to a person in a day; none for as many as it likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emails_per_day: Option<u32>,
    /// Refuse a call_id that is not greater than the session's last one (error 103).
    pub strict_call_id: bool,
    /// Answer 450, 452, 453, 454 and 455 where the default is 102.
    pub fine_session_errors: bool,
}

/// How a canvas page hands the visitor to the application in its frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CanvasEntry {
    /// `signed_request` in a POST: since 2011, "POST for canvas".
    #[default]
    SignedRequest,
    /// `signed_request` in the query: 2010.
    SignedRequestGet,
    /// `fb_sig_…` in the query: 2007 to 2010, in a frame.
    FbSig,
    /// `fb_sig_…` in a POST.
    FbSigPost,
}

impl CanvasEntry {
    fn is_default(&self) -> bool {
        *self == CanvasEntry::default()
    }
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Application {
    /// Lifetime of an expiring session, in seconds.
    pub fn lifetime(&self) -> i64 {
        if self.session_lifetime == 0 { 86_400 } else { i64::from(self.session_lifetime) }
    }

    /// Whether its servers may call from an address: the list of a web application's own servers; an entry may end in `*`.
    pub fn calls_from(&self, address: Option<IpAddr>) -> bool {
        let address = address.map(|a| a.to_canonical().to_string()).unwrap_or_default();
        self.desktop
            || self.ip_list.is_empty()
            || self.ip_list.iter().any(|entry| match entry.strip_suffix('*') {
                Some(prefix) => address.starts_with(prefix),
                None => *entry == address,
            })
    }
}

/// A person. At most 1 KB; long texts are notes to self.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Their id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// Given name.
    pub first_name: String,
    /// What stands between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Family name.
    pub last_name: String,
    /// As they type it at the login form.
    pub email: String,
    /// Their name in addresses; nobody else and no page has the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `female`, `male` or absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// `en_US` and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// When they were born.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Birthday>,
    /// How far their clocks are from UTC, in hours: -8, 5.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<f64>,
    /// The networks they belong to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub affiliations: Vec<Affiliation>,
    /// Where they live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_location: Option<Place>,
    /// Somebody made sure that they are who they say.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// Applications are told nothing of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opted_out: bool,
    /// Whom they show single fields to, where that differs from what is usual.
    #[serde(skip_serializing_if = "Choices::is_empty")]
    pub privacy: Choices,
    /// Anybody may log in as this person by a click on the dev server's pages; such a person never serves beyond loopback.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    /// When the profile last changed, in seconds since 1970.
    pub profile_update_time: i64,
}

impl Person {
    /// The full name.
    pub fn name(&self) -> String {
        let parts = [Some(&self.first_name), self.middle_name.as_ref(), Some(&self.last_name)];
        let parts = parts.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// A person's note to self about logging in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Login {
    /// argon2id, in the PHC string form. None: nobody can log in with a password.
    pub password: Option<String>,
    /// Redrawn when the password changes; every session remembers the one it was born with.
    pub epoch: u64,
}

/// Of a login only what a call has to know: the password's hash is not even copied.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct LoginEpoch {
    /// As [`Login::epoch`].
    pub(crate) epoch: u64,
}

/// A person's authorisation of an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// The extended permissions.
    pub permissions: Permissions,
    /// Drawn anew at each authorisation; every session remembers the one it was born with.
    pub epoch: u64,
    /// When it was given, in seconds since 1970; what is widened or narrowed later keeps it. Stands in the record's time, not in its
    /// data.
    #[serde(skip, default)]
    pub since: i64,
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// An auth token of auth.createToken that nobody has logged in with.
    Pending,
    /// An auth token that a person has logged in with.
    Bound,
    /// A session.
    Active,
}

/// A session of one person with one application, and the auth token it grows from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip, default)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip, default)]
    pub version: u64,
    /// How far it has come.
    pub state: State,
    /// Which application.
    pub app: Id,
    /// Which person; none while pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Id>,
    /// Hash of the text of the token (pending, bound) or of the session key (active).
    #[serde(with = "hash")]
    pub random: [u8; 16],
    /// The grant's epoch when the person pressed the button.
    #[serde(default)]
    pub granted_epoch: u64,
    /// The login's epoch when the person pressed the button.
    #[serde(default)]
    pub login_epoch: u64,
    /// When the session ends, in seconds since 1970; 0 never. Of a bound token: when the session that it becomes will end. Of a
    /// pending token: not decided yet.
    #[serde(default)]
    pub expires: i64,
    /// Whether the session has a session secret that a caller may sign with.
    #[serde(default)]
    pub secret: bool,
    /// The browser in which it was made; logout there ends it, if it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Id>,
    /// When the code was made that was traded for it last, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_used: Option<i64>,
    /// The greatest call_id so far, where the application asks for strict ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_call_id: Option<String>,
}

impl Session {
    /// Whether it never expires.
    pub fn infinite(&self) -> bool {
        self.state != State::Pending && self.expires == 0
    }
}

/// A browser in which a person is logged in to the site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Browser {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip, default)]
    pub id: Id,
    /// Who is logged in.
    pub person: Id,
    /// Hash of the text of the cookie.
    #[serde(with = "hash")]
    pub random: [u8; 16],
    /// The login's epoch at that time: a new password logs every browser out.
    pub login_epoch: u64,
    /// When, in seconds since 1970.
    pub since: i64,
}

/// Hashes in records: as hex, which is read twice as fast as a list of numbers, and by people at all.
mod hash {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::borrow::Cow;

    pub(super) fn serialize<S: Serializer>(hash: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:032x}", u128::from_be_bytes(*hash)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        u128::from_str_radix(&text, 16).map(u128::to_be_bytes).map_err(D::Error::custom)
    }
}

/// How long an auth token lives, in seconds (2008 server).
pub const TOKEN_LIFETIME: i64 = 3600;
/// How long a browser stays logged in, in seconds.
pub const BROWSER_LIFETIME: i64 = 30 * 86_400;

/// Record data from what is to be kept.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| Error::Internal(format!("a record could not be written: {e}")))
}

/// What is kept from record data.
pub fn decode<T: DeserializeOwned>(what: &str, id: Id, data: &[u8]) -> Result<T> {
    serde_json::from_slice(data).map_err(|e| Error::Internal(format!("the {what} record of {id} is damaged: {e}")))
}

/// When a new session of `lifetime` seconds ends: on a full hour, as from 2009 on.
pub fn session_end(now: Time, lifetime: i64) -> i64 {
    let end = now.secs() + lifetime;
    (end + 3599).div_euclid(3600) * 3600
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_on_a_full_hour_and_never_early() {
        let now = Time::from_secs(1_293_753_601);
        assert_eq!(session_end(now, 86_400) % 3600, 0);
        assert!(session_end(now, 86_400) >= now.secs() + 86_400);
        assert_eq!(session_end(Time::from_secs(7200), 3600), 10_800);
    }

    #[test]
    fn a_record_of_an_older_program_is_read() {
        let app: Application = decode("application", Id(1), br#"{"name":"Old"}"#).unwrap();
        assert_eq!((app.name.as_str(), app.lifetime()), ("Old", 86_400));
    }
}
