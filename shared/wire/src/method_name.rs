//! [`MethodName`]: the name of the called method, as sent and as it is looked up.

use std::fmt;

/// The method's name as the caller spelled it, without the prefix `facebook.`.
#[derive(Clone, PartialEq, Eq)]
pub struct MethodName {
    /// The spelling as sent and, behind it, the same in lower case: one allocation for both.
    text: String,
}

impl MethodName {
    /// Reads the value of the argument `method` (or the path behind `/method/`). `None` when nothing is left of it.
    ///
    /// Carriage returns are dropped (2008 server), and so is the prefix `facebook.` in any case.
    pub fn read(sent: &[u8]) -> Option<Self> {
        let sent = crate::call::without_carriage_returns(sent);
        let name = String::from_utf8_lossy(cut_prefix(&sent));
        if name.is_empty() {
            return None;
        }
        let mut text = String::with_capacity(2 * name.len());
        text.push_str(&name);
        text.extend(name.chars().map(|letter| letter.to_ascii_lowercase()));
        Some(Self { text })
    }

    /// The caller's spelling: `users.getStandardinfo`.
    pub fn as_sent(&self) -> &str {
        &self.text[..self.text.len() / 2]
    }

    /// The key for looking the method up: `users.getstandardinfo`.
    pub fn folded(&self) -> &str {
        &self.text[self.text.len() / 2..]
    }

    /// The name's part of the XML root: `users_getStandardinfo`, to which `_response` is added.
    ///
    /// The caller's spelling, as the 2008 server did it: two clients look for the root that they compute from their own spelling.
    /// Every character that no XML name may have becomes an underscore, whatever was sent.
    pub fn root(&self) -> String {
        let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
        let mut root: String = self.as_sent().chars().map(safe).collect();
        if !root.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            root.insert(0, '_');
        }
        root
    }
}

fn cut_prefix(name: &[u8]) -> &[u8] {
    const PREFIX: &[u8] = b"facebook.";
    match name.get(..PREFIX.len()) {
        Some(start) if start.eq_ignore_ascii_case(PREFIX) => &name[PREFIX.len()..],
        _ => name,
    }
}

impl fmt::Display for MethodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_sent())
    }
}

impl fmt::Debug for MethodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_sent(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(sent: &str) -> MethodName {
        MethodName::read(sent.as_bytes()).unwrap()
    }

    #[test]
    fn the_prefix_is_dropped_in_any_case() {
        for sent in ["friends.get", "facebook.friends.get", "Facebook.friends.get", "FACEBOOK.friends.get\r"] {
            assert_eq!(name(sent).as_sent(), "friends.get");
        }
        assert_eq!(MethodName::read(b"facebook."), None);
        assert_eq!(MethodName::read(b"\r"), None);
    }

    #[test]
    fn spelling_is_kept_for_the_root_and_folded_for_the_lookup() {
        let odd = name("AuTH.reVOkeAuthorizaTIon");
        assert_eq!(odd.folded(), "auth.revokeauthorization");
        assert_eq!(odd.root(), "AuTH_reVOkeAuthorizaTIon");
    }

    #[test]
    fn the_root_is_an_xml_name_whatever_was_sent() {
        assert_eq!(name("a b<c>\"&é").root(), "a_b_c____");
        assert_eq!(name("1.2").root(), "_1_2");
        assert_eq!(name("-x").root(), "_-x");
        assert_eq!(MethodName::read(b"\xff").unwrap().root(), "_");
    }
}
