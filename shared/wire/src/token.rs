//! The texts of tokens, keys and secrets: parsing and formatting only, no store, no keys of the server.
//!
//! Auth tokens and expiring session keys carry the id of their row (48 bits) beside 80 random bits: the row is read by id and the
//! random part compared ([`constant_time_eq`]), so neither needs an index of its own. To a client all of them are opaque.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use subtle::ConstantTimeEq as _;

use crate::hex;

/// The largest id that fits into a token: 48 bits.
pub const MAX_ID: u64 = (1 << 48) - 1;

/// The URL-safe alphabet, never padded; stray bits in the last letter are tolerated when reading, never written.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// A text that is not of the form that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed token")
    }
}

impl std::error::Error for Malformed {}

/// Whether two secrets are equal, in a time that depends on their lengths only.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// The token of auth.createToken: 32 lower-case hex digits, 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthToken {
    /// The row, at most [`MAX_ID`].
    pub id: u64,
    /// What makes the token unguessable.
    pub random: [u8; 10],
}

impl fmt::Display for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex_text(&join(self.id, self.random)))
    }
}

impl FromStr for AuthToken {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (id, random) = split(hex::decode(text.as_bytes()).ok_or(Malformed)?);
        Ok(Self { id, random })
    }
}

/// A session key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKey {
    /// `2.` + 22 base64url letters + `__.` + lifetime + `.` + expiry + `-` + uid (2009 and later).
    Expiring {
        /// The row, at most [`MAX_ID`].
        id: u64,
        /// What makes the key unguessable.
        random: [u8; 10],
        /// Seconds from creation to expiry: 3600 or 86400 in the wild.
        lifetime: u64,
        /// UNIX seconds.
        expiry: u64,
        /// Whose session it is. For the client's eyes: the server asks its own row.
        uid: u64,
    },
    /// 24 lower-case hex digits + `-` + uid: sessions without end, and all sessions before 2009.
    Infinite {
        /// What makes the key unguessable; too few bytes to carry an id too.
        random: [u8; 12],
        /// As for the other kind.
        uid: u64,
    },
}

impl SessionKey {
    /// Whose session the text claims to be.
    pub fn uid(&self) -> u64 {
        match self {
            Self::Expiring { uid, .. } | Self::Infinite { uid, .. } => *uid,
        }
    }

    /// Whether a text passes the syntax tests of the 2008 server (hex, `-`, letters) or of the 2009 form. A well-formed key that
    /// does not parse is merely unknown: it may come from 2007, when the uid was scrambled.
    pub fn is_well_formed(text: &str) -> bool {
        let word = |text: &str, also: &[u8]| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || also.contains(&byte))
        };
        let old = text.split_once('-').is_some_and(|(digits, rest)| {
            !digits.is_empty()
                && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                && word(rest, b".")
        });
        let new = || {
            let (middle, uid) = text.strip_prefix("2.")?.rsplit_once('-')?;
            let (middle, expiry) = middle.rsplit_once('.')?;
            let (random, lifetime) = middle.rsplit_once('.')?;
            Some(word(random, b"") && [lifetime, expiry, uid].into_iter().all(is_decimal))
        };
        old || new().unwrap_or(false)
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expiring { id, random, lifetime, expiry, uid } => {
                let middle = BASE64.encode(join(*id, *random));
                write!(f, "2.{middle}__.{lifetime}.{expiry}-{uid}")
            }
            Self::Infinite { random, uid } => {
                let digits: [u8; 24] = hex::encode(random);
                write!(f, "{}-{uid}", ascii(&digits))
            }
        }
    }
}

impl FromStr for SessionKey {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        parse_expiring(text).or_else(|| parse_infinite(text)).ok_or(Malformed)
    }
}

fn parse_expiring(text: &str) -> Option<SessionKey> {
    let (middle, rest) = text.strip_prefix("2.")?.split_once("__.")?;
    let (id, random) = split(base64_exact(middle)?);
    let (times, uid) = rest.split_once('-')?;
    let (lifetime, expiry) = times.split_once('.')?;
    Some(SessionKey::Expiring {
        id,
        random,
        lifetime: decimal(lifetime)?,
        expiry: decimal(expiry)?,
        uid: decimal(uid)?,
    })
}

fn parse_infinite(text: &str) -> Option<SessionKey> {
    let (digits, uid) = text.split_once('-')?;
    Some(SessionKey::Infinite { random: hex::decode(digits.as_bytes())?, uid: decimal(uid)? })
}

/// A session secret: 16 bytes as one of two texts. Clients tell the second by its trailing `__` (Java).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SessionSecret {
    /// 32 lower-case hex digits: infinite sessions and all sessions before 2009.
    Hex([u8; 16]),
    /// 22 base64url letters + `__`: expiring sessions.
    Base64([u8; 16]),
}

impl SessionSecret {
    /// The secret in its binary form.
    pub fn bytes(&self) -> &[u8; 16] {
        match self {
            Self::Hex(bytes) | Self::Base64(bytes) => bytes,
        }
    }
}

impl fmt::Display for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hex(bytes) => f.write_str(&hex_text(bytes)),
            Self::Base64(bytes) => write!(f, "{}__", BASE64.encode(bytes)),
        }
    }
}

/// Never shows the secret.
impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret")
    }
}

impl FromStr for SessionSecret {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let base64 = || text.strip_suffix("__").and_then(base64_exact).map(Self::Base64);
        hex::decode(text.as_bytes()).map(Self::Hex).or_else(base64).ok_or(Malformed)
    }
}

/// An OAuth 2.0 token of 2010. (Those of late 2011, `AAA…`, were opaque and are not made here.)
#[derive(Clone, PartialEq, Eq)]
pub enum AccessToken {
    /// `APPID|SESSION_KEY|` + 27 base64url letters + `.`: stands for the session in its middle and dies with it.
    User {
        /// The application.
        app_id: u64,
        /// The session key, as it is.
        session_key: String,
        /// The server's own signature of the rest.
        mac: [u8; 20],
    },
    /// `APPID|APPSECRET` or `APPID|` + random text: as good as a signature with the application's secret.
    App {
        /// The application.
        app_id: u64,
        /// The secret, or the text that oauth/access_token gave.
        rest: String,
    },
}

impl AccessToken {
    /// The application that it was made for.
    pub fn app_id(&self) -> u64 {
        match self {
            Self::User { app_id, .. } | Self::App { app_id, .. } => *app_id,
        }
    }
}

impl fmt::Display for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User { app_id, session_key, mac } => write!(f, "{app_id}|{session_key}|{}.", BASE64.encode(mac)),
            Self::App { app_id, rest } => write!(f, "{app_id}|{rest}"),
        }
    }
}

/// Never shows the token.
impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken of application {}", self.app_id())
    }
}

impl FromStr for AccessToken {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (app_id, rest) = text.split_once('|').ok_or(Malformed)?;
        let app_id = decimal(app_id).ok_or(Malformed)?;
        match rest.split_once('|') {
            Some((session_key, mac)) if !session_key.is_empty() => {
                let mac = mac.strip_suffix('.').and_then(base64_exact).ok_or(Malformed)?;
                Ok(Self::User { app_id, session_key: session_key.to_owned(), mac })
            }
            None if !rest.is_empty() => Ok(Self::App { app_id, rest: rest.to_owned() }),
            _ => Err(Malformed),
        }
    }
}

/// 6 bytes of id, big endian, and 10 of randomness. Bits of the id above [`MAX_ID`] are lost.
fn join(id: u64, random: [u8; 10]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&id.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&random);
    bytes
}

fn split(bytes: [u8; 16]) -> (u64, [u8; 10]) {
    let id = bytes[..6].iter().fold(0, |id, byte| id << 8 | u64::from(*byte));
    let mut random = [0; 10];
    random.copy_from_slice(&bytes[6..]);
    (id, random)
}

/// Exactly this many bytes.
fn base64_exact<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

/// Digits only: no sign, no blanks.
fn decimal(text: &str) -> Option<u64> {
    if is_decimal(text) { text.parse().ok() } else { None }
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn hex_text(bytes: &[u8; 16]) -> String {
    let digits: [u8; 32] = hex::encode(bytes);
    ascii(&digits).to_owned()
}

/// Hex digits as text.
fn ascii(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_tokens() {
        let token = AuthToken { id: 0x0102_0304_0506, random: *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\xff" };
        assert_eq!(token.to_string(), "010203040506001122334455667788ff");
        assert_eq!(token.to_string().parse(), Ok(token));
        for bad in [
            "",
            "010203040506001122334455667788f",
            "010203040506001122334455667788FF",
            "g10203040506001122334455667788ff",
        ] {
            assert_eq!(bad.parse::<AuthToken>(), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn expiring_session_keys() {
        let text = "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077";
        let key: SessionKey = text.parse().unwrap();
        assert!(matches!(key, SessionKey::Expiring { lifetime: 86400, expiry: 1_293_840_000, uid: 1_240_077, .. }));
        assert_eq!(key.to_string(), text);
        let own = SessionKey::Expiring { id: 7, random: [255; 10], lifetime: 3600, expiry: 0, uid: u64::MAX };
        assert_eq!(own.to_string(), "2.AAAAAAAH_____________w__.3600.0-18446744073709551615");
        assert_eq!(own.to_string().parse(), Ok(own));
    }

    #[test]
    fn infinite_session_keys() {
        let text = "c0ffee0123456789abcdef01-1240077";
        let key: SessionKey = text.parse().unwrap();
        assert_eq!(key.uid(), 1_240_077);
        assert_eq!(key.to_string(), text);
    }

    #[test]
    fn session_keys_that_are_none() {
        for bad in [
            "",
            "c0ffee0123456789abcdef01",
            "C0FFEE0123456789ABCDEF01-1240077",
            "c0ffee0123456789abcdef01-+1240077",
            "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-",
            "2.AbCdEfGhIjKlMnOpQrStU__.86400.1293840000-1240077",
            "2.AbCdEfGhIjKlMnOpQrStUg__.86400.-1-1240077",
        ] {
            assert_eq!(bad.parse::<SessionKey>(), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn well_formed_is_wider_than_what_parses() {
        for good in [
            "489727d0ab2efc6e8003018c-i2LLkn8BDb2s.",
            "c0ffee0123456789abcdef01-1240077",
            "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077",
            "2.short_-.1.2-3",
        ] {
            assert!(SessionKey::is_well_formed(good), "{good}");
        }
        for bad in ["", "-", "xyz-1", "abc", "abc-", "abc-1 2", "2..1.2-3", "2.a.1.x-3", "3.a.1.2-3"] {
            assert!(!SessionKey::is_well_formed(bad), "{bad}");
        }
    }

    #[test]
    fn session_secrets() {
        for text in ["9e107d9d372bb6826bd81d3542a419d6", "ZyXwVuTsRqPoNmLkJiHgFw__"] {
            assert_eq!(text.parse::<SessionSecret>().unwrap().to_string(), text);
        }
        assert!("ZyXwVuTsRqPoNmLkJiHgFw".parse::<SessionSecret>().is_err());
        assert_eq!(format!("{:?}", SessionSecret::Hex([1; 16])), "SessionSecret");
    }

    #[test]
    fn access_tokens() {
        let text = "350685531728|2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077|Qk1JzK0m3xq7pV9tYb2cWd4eRfS.";
        let Ok(AccessToken::User { app_id, session_key, mac }) = text.parse() else { panic!("not a user token") };
        assert_eq!(
            (app_id, session_key.as_str()),
            (350_685_531_728, "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077")
        );
        let again = AccessToken::User { app_id, session_key, mac };
        assert_eq!(again.to_string().parse::<AccessToken>(), Ok(again));

        let app: AccessToken = "350685531728|7d793037a0760186574b0282f2f435e7".parse().unwrap();
        assert_eq!(app, AccessToken::App { app_id: 350_685_531_728, rest: "7d793037a0760186574b0282f2f435e7".into() });
        assert_eq!(app.to_string(), "350685531728|7d793037a0760186574b0282f2f435e7");

        for bad in [
            "",
            "1",
            "1|",
            "|x",
            "x|y",
            "1||Qk1JzK0m3xq7pV9tYb2cWd4eRfS.",
            "1|k|short.",
            "1|k|Qk1JzK0m3xq7pV9tYb2cWd4eRfS",
            "AAAB",
        ] {
            assert!(bad.parse::<AccessToken>().is_err(), "{bad}");
        }
    }
}
