//! [`Args`]: the arguments of one call in the order in which they arrived, as the bytes that were sent.
//!
//! Nothing is turned into text before it is asked for: the signature is over the bytes as they came. All names and values of a
//! call lie in one buffer, so that reading a call costs one allocation, however many arguments it has.

use std::fmt;

use smallvec::SmallVec;

use crate::{ApiError, Code};

/// Where one argument's name and value lie in the buffer.
#[derive(Clone, Copy)]
struct Entry {
    name: (usize, usize),
    value: (usize, usize),
}

/// The arguments of a call, each name once.
#[derive(Clone, Default)]
pub struct Args {
    bytes: Vec<u8>,
    entries: SmallVec<[Entry; 12]>,
}

impl Args {
    /// No arguments.
    pub fn new() -> Self {
        Self::default()
    }

    /// No arguments yet, with room for `bytes` bytes of names and values.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), entries: SmallVec::new() }
    }

    /// The value as sent; `Some` and empty for `name=`.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.find(name.as_bytes()).map(|at| self.slice(self.entries[at].value))
    }

    /// The value unless it is empty: clients send `name=` for "no value" (PHP null and false), so a method must take it so.
    pub fn present(&self, name: &str) -> Option<&[u8]> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The value as text, unless it is empty.
    ///
    /// # Errors
    ///
    /// Error 100 that names the argument when its bytes are not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.present(name).map(std::str::from_utf8) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(Code::Param.because(format!("{name} is not valid UTF-8"))),
        }
    }

    /// Sets an argument: in the place of the one with this name, else at the end. (A field of the body replaces one of the query
    /// where that stood: error documents of the 2008 server show this order.)
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let start = self.begin();
        self.bytes.extend_from_slice(name);
        let middle = self.begin();
        self.bytes.extend_from_slice(value);
        self.commit(start, middle);
    }

    /// The arguments in arrival order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
        self.entries.iter().map(|entry| (self.slice(entry.name), self.slice(entry.value)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The buffer, for a reader that decodes a name and a value straight into its end and then calls [`Args::commit`].
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The buffer's end: where the next name or value begins.
    pub(crate) fn begin(&self) -> usize {
        self.bytes.len()
    }

    /// Makes an argument of what was written since `start`: the name up to `middle`, then the value.
    pub(crate) fn commit(&mut self, start: usize, middle: usize) {
        let end = self.bytes.len();
        match self.find(&self.bytes[start..middle]) {
            Some(at) => self.entries[at].value = (middle, end),
            None => self.entries.push(Entry { name: (start, middle), value: (middle, end) }),
        }
    }

    fn find(&self, name: &[u8]) -> Option<usize> {
        self.entries.iter().position(|entry| self.slice(entry.name) == name)
    }

    fn slice(&self, (start, end): (usize, usize)) -> &[u8] {
        &self.bytes[start..end]
    }
}

/// Names only: values may be secrets, and what is printed ends in logs.
impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| String::from_utf8_lossy(name))).finish()
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(N, V)> for Args {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut args = Args::new();
        for (name, value) in pairs {
            args.set(name.as_ref(), value.as_ref());
        }
        args
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>, const COUNT: usize> From<[(N, V); COUNT]> for Args {
    fn from(pairs: [(N, V); COUNT]) -> Self {
        pairs.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_value_stands_in_the_place_of_the_first() {
        let mut args = Args::from([("method", "a"), ("v", "1.0"), ("format", "")]);
        args.set(b"method", b"b");
        args.set(b"x", b"y");
        let seen: Vec<_> = args.iter().collect();
        assert_eq!(
            seen,
            [(&b"method"[..], &b"b"[..]), (&b"v"[..], &b"1.0"[..]), (&b"format"[..], &b""[..]), (&b"x"[..], &b"y"[..])]
        );
    }

    #[test]
    fn empty_is_sent_but_not_present() {
        let args = Args::from([("session_key", "")]);
        assert_eq!(args.get("session_key"), Some(&b""[..]));
        assert_eq!(args.present("session_key"), None);
        assert_eq!(args.text("session_key"), Ok(None));
        assert_eq!(args.get("sig"), None);
    }

    #[test]
    fn text_must_be_utf_8() {
        let mut args = Args::new();
        args.set(b"status", b"caf\xe9");
        let error = args.text("status").unwrap_err();
        assert_eq!(error.to_string(), "Invalid parameter: status is not valid UTF-8");
    }

    #[test]
    fn debug_shows_no_values() {
        let args = Args::from([("password", "hunter2")]);
        assert_eq!(format!("{args:?}"), r#"["password"]"#);
    }
}
