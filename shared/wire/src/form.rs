//! Form encoding: `name=value&name=value` of a query or a body to arguments.

use crate::call::Limits;
use crate::{ApiError, Args, Code};

/// Reads the pairs of `text` into `args`, later ones in the place of earlier ones of the same name.
///
/// `+` is a space. A percent sign without two hex digits behind it stays as it is. A pair without `=` has an empty value. A pair
/// without a name is dropped, as PHP did.
pub(crate) fn read(text: &[u8], args: &mut Args, limits: &Limits) -> Result<(), ApiError> {
    for pair in text.split(|byte| *byte == b'&') {
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &[][..]),
        };
        if name.is_empty() {
            continue;
        }
        let start = args.begin();
        unescape(name, args.buffer());
        let middle = args.begin();
        limits.check_name(middle - start)?;
        unescape(value, args.buffer());
        let length = args.begin() - middle;
        limits.check_value(&args.buffer()[start..middle], length)?;
        args.commit(start, middle);
        limits.check_count(args.len())?;
    }
    Ok(())
}

/// Appends the bytes that form-encoded `text` stands for.
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    for (index, run) in text.split(|byte| *byte == b'+').enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        if run.contains(&b'%') {
            out.extend(percent_encoding::percent_decode(run));
        } else {
            out.extend_from_slice(run);
        }
    }
}

impl Limits {
    /// Error 105 when a call has more arguments than allowed.
    pub(crate) fn check_count(&self, count: usize) -> Result<(), ApiError> {
        if count > self.arguments { Err(Code::ParamTooMany.into()) } else { Ok(()) }
    }

    /// Error 100 when an argument's name is longer than allowed.
    pub(crate) fn check_name(&self, length: usize) -> Result<(), ApiError> {
        if length > self.name { Err(Code::Param.because("the name of an argument is too long")) } else { Ok(()) }
    }

    /// Error 100 that names the argument when its value is longer than allowed.
    pub(crate) fn check_value(&self, name: &[u8], length: usize) -> Result<(), ApiError> {
        if length <= self.value {
            return Ok(());
        }
        Err(Code::Param.because(format!("{} is too long", String::from_utf8_lossy(name))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut args = Args::new();
        read(text, &mut args, &Limits::default()).unwrap();
        args.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
    }

    fn pair(name: &[u8], value: &[u8]) -> (Vec<u8>, Vec<u8>) {
        (name.to_vec(), value.to_vec())
    }

    #[test]
    fn plus_and_percent() {
        assert_eq!(read_all(b"a+b=c+%2B%20d"), [pair(b"a b", b"c + d")]);
        assert_eq!(read_all(b"x=%E9%ff"), [pair(b"x", b"\xe9\xff")], "bytes stay bytes");
    }

    #[test]
    fn a_bad_percent_stays_as_it_is() {
        assert_eq!(read_all(b"x=100%&y=%zz%4"), [pair(b"x", b"100%"), pair(b"y", b"%zz%4")]);
    }

    #[test]
    fn pairs_without_name_or_equals_sign() {
        assert_eq!(
            read_all(b"&&=lost&flag&empty=&a=1=2"),
            [pair(b"flag", b""), pair(b"empty", b""), pair(b"a", b"1=2"),]
        );
        assert!(read_all(b"").is_empty());
    }

    #[test]
    fn the_last_of_equal_names_wins_in_the_first_ones_place() {
        assert_eq!(read_all(b"a=1&b=2&%61=3"), [pair(b"a", b"3"), pair(b"b", b"2")]);
    }

    #[test]
    fn limits_are_kept() {
        let limits = Limits { arguments: 2, name: 3, value: 4, ..Limits::default() };
        let code = |text: &[u8]| read(text, &mut Args::new(), &limits).unwrap_err().to_string();
        assert_eq!(code(b"a=1&b=2&c=3"), Code::ParamTooMany.text());
        assert_eq!(code(b"abcd=1"), "Invalid parameter: the name of an argument is too long");
        assert_eq!(code(b"abc=12345"), "Invalid parameter: abc is too long");
        assert!(read(b"abc=1234&b=2", &mut Args::new(), &limits).is_ok());
    }
}
