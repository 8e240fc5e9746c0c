//! What is derived from the server's key: session secrets, the third part of access tokens, form tokens.
//!
//! Session secrets must be known to check signatures, so they cannot be hashed; deriving them from the session's id needs no
//! row and makes promoteSession repeatable.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use reconnect_store::Id;
use reconnect_wire::token::{AuthToken, SessionSecret};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The server's key and what follows from it.
#[derive(Clone)]
pub struct Secrets {
    key: [u8; 32],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// From the server's key.
    pub fn new(key: [u8; 32]) -> Secrets {
        Secrets { key }
    }

    /// 32 bytes for one purpose and one subject. Purposes are constants of this program; each part is written with its length, so
    /// that no two (purpose, parts) share an input.
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // `new` takes the key as it is; HMAC has no key length that it refuses.
        let mut mac = match Hmac::<Sha256>::new_from_slice(&self.key) {
            Ok(mac) => mac,
            Err(_) => return [0; 32],
        };
        mac.update(purpose.as_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The session secret: 32 hex digits for an infinite session, 22 base64url characters and `__` for one that expires.
    pub fn session_secret(&self, session: Id, infinite: bool) -> String {
        let bytes = self.derive("session secret", &[&session.0.to_be_bytes()]);
        let mut secret = [0; 16];
        secret.copy_from_slice(&bytes[..16]);
        if infinite { SessionSecret::Hex(secret) } else { SessionSecret::Base64(secret) }.to_string()
    }

    /// The third part of a user's access token, over the two before it.
    pub fn access_token_mac(&self, app: Id, session_key: &str) -> [u8; 20] {
        let full = self.derive("access token", &[&app.0.to_be_bytes(), session_key.as_bytes()]);
        let mut mac = [0; 20];
        mac.copy_from_slice(&full[..20]);
        mac
    }

    /// The second part of an application's own access token, as oauth/access_token gives it. A new secret makes a new one.
    pub fn app_token(&self, app: Id, app_secret: &str) -> String {
        URL_SAFE_NO_PAD.encode(&self.derive("app token", &[&app.0.to_be_bytes(), app_secret.as_bytes()])[..20])
    }

    /// What a person is called towards one application where it is not to know who they are: the pair under a cipher of four rounds, so
    /// that the server reads it back without a record.
    pub fn third_party_id(&self, app: Id, person: Id) -> String {
        let (left, right) = (0..4).fold((app.0, person.0), |(left, right), n| (right, left ^ self.round(n, right)));
        URL_SAFE_NO_PAD.encode([left.to_be_bytes(), right.to_be_bytes()].concat())
    }

    /// The application and the person behind such a name.
    pub fn third_party(&self, name: &str) -> Option<(Id, Id)> {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(name).ok()?.try_into().ok()?;
        let both = u128::from_be_bytes(bytes);
        let halves = ((both >> 64) as u64, both as u64);
        let (app, person) = (0..4).rev().fold(halves, |(left, right), n| (right ^ self.round(n, left), left));
        // Half of it must be an id: hardly any name that we did not write stands for two.
        (Id(app) <= Id::MAX && Id(person) <= Id::MAX).then_some((Id(app), Id(person)))
    }

    fn round(&self, n: u8, half: u64) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.derive("third party", &[&[n], &half.to_be_bytes()])[..8]);
        u64::from_be_bytes(bytes)
    }

    /// An id with a proof that this server wrote it, for one purpose and one subject; in the form of an auth token.
    pub(crate) fn vouched(&self, id: Id, purpose: &str, subject: &[&[u8]]) -> AuthToken {
        let id_bytes = id.0.to_be_bytes();
        let parts: Vec<&[u8]> = std::iter::once(id_bytes.as_slice()).chain(subject.iter().copied()).collect();
        let mut random = [0; 10];
        random.copy_from_slice(&self.derive(purpose, &parts)[..10]);
        AuthToken { id: id.0, random }
    }

    /// The token of a form, for one browser, one purpose and one subject.
    pub fn form_token(&self, browser: &[u8], purpose: &str, subject: &[&[u8]]) -> String {
        let mut parts = vec![browser, purpose.as_bytes()];
        parts.extend_from_slice(subject);
        URL_SAFE_NO_PAD.encode(&self.derive("form", &parts)[..18])
    }
}

/// What is stored of a token's random part.
pub fn random_hash(random: &[u8]) -> [u8; 16] {
    let full: [u8; 32] = Sha256::digest(random).into();
    let mut half = [0; 16];
    half.copy_from_slice(&full[..16]);
    half
}

/// Compares without telling by time where the difference is. Lengths are not secret.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_by_session_and_have_the_documented_form() {
        let secrets = Secrets::new([7; 32]);
        let (a, b) = (secrets.session_secret(Id(1), false), secrets.session_secret(Id(2), false));
        assert_ne!(a, b);
        assert_eq!(a.len(), 24);
        assert!(a.ends_with("__"));
        let infinite = secrets.session_secret(Id(1), true);
        assert!(infinite.len() == 32 && infinite.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)));
    }

    #[test]
    fn a_third_party_id_is_read_back_and_differs_by_application() {
        let secrets = Secrets::new([7; 32]);
        let name = secrets.third_party_id(Id(2001), Id(1001));
        assert_eq!((name.len(), secrets.third_party(&name)), (22, Some((Id(2001), Id(1001)))));
        assert_ne!(name, secrets.third_party_id(Id(2002), Id(1001)));
        assert_ne!(name, Secrets::new([8; 32]).third_party_id(Id(2001), Id(1001)));
        let other = if name.starts_with('A') { name.replacen('A', "B", 1) } else { format!("A{}", &name[1..]) };
        for foreign in ["", "x", "2001", other.as_str()] {
            assert_eq!(secrets.third_party(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn the_border_between_parts_counts() {
        let secrets = Secrets::new([7; 32]);
        assert_ne!(secrets.derive("x", &[b"ab", b"c"]), secrets.derive("x", &[b"a", b"bc"]));
    }

    #[test]
    fn the_key_is_not_printed() {
        assert_eq!(format!("{:?}", Secrets::new([7; 32])), "Secrets(…)");
    }
}
