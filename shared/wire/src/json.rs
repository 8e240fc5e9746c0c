//! JSON as PHP's `json_encode` wrote it, straight into one buffer: the library writes, [`Php`] adds the escapes of the time.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::members::Answer;

/// Appends an answer to `out`: members of structs that are null are left out. `strings` is the format json-strings.
///
/// # Errors
///
/// When the value has no form in JSON, as maps whose keys are no text.
pub(crate) fn write<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T, strings: bool) -> serde_json::Result<()> {
    let format = Php { strings, slashes: true, in_key: false };
    Answer(value).serialize(&mut serde_json::Serializer::with_formatter(out, format))
}

/// ASCII JSON with every member and plain slashes: for payloads that are encoded once more.
pub(crate) fn ascii<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::new();
    let format = Php { strings: false, slashes: false, in_key: false };
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, format))?;
    Ok(out)
}

/// The layout: no blanks; everything beyond ASCII as `\uXXXX`, which also makes the text safe inside a script (U+2028, U+2029).
struct Php {
    /// Numbers become strings: ids beyond 2^53 do not survive in JavaScript (json-strings, 2010).
    strings: bool,
    /// `/` becomes `\/`, so that no `</script>` is in the text.
    slashes: bool,
    /// Inside a key, where numbers are quoted already.
    in_key: bool,
}

impl Php {
    fn number<W: Write + ?Sized>(
        &self,
        writer: &mut W,
        number: impl FnOnce(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        if !self.strings || self.in_key {
            return number(writer);
        }
        writer.write_all(b"\"")?;
        number(writer)?;
        writer.write_all(b"\"")
    }
}

/// Numbers that the compact layout writes as wanted but for the quotes.
macro_rules! numbers {
    ($($method:ident: $number:ty),*) => {
        $(fn $method<W: Write + ?Sized>(&mut self, writer: &mut W, value: $number) -> io::Result<()> {
            self.number(writer, |writer| CompactFormatter.$method(writer, value))
        })*
    };
}

/// PHP writes 1.0 as `1`, and old parsers know no exponents.
macro_rules! floats {
    ($($method:ident: $number:ty),*) => {
        $(fn $method<W: Write + ?Sized>(&mut self, writer: &mut W, value: $number) -> io::Result<()> {
            self.number(writer, |writer| write!(writer, "{value}"))
        })*
    };
}

impl Formatter for Php {
    numbers!(write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128);
    numbers!(write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128);
    numbers!(write_number_str: &str);
    floats!(write_f32: f32, write_f64: f64);

    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly every text is plain: found out in one pass over whole words.
        if fragment.is_ascii() && !(self.slashes && fragment.as_bytes().contains(&b'/')) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii() || (byte == b'/' && self.slashes)) {
            let (clean, odd) = rest.split_at(at);
            writer.write_all(clean.as_bytes())?;
            let mut letters = odd.chars();
            match letters.next() {
                Some('/') => writer.write_all(b"\\/")?,
                Some(letter) => {
                    for unit in letter.encode_utf16(&mut [0; 2]) {
                        let digits: [u8; 4] = crate::hex::encode(&unit.to_be_bytes());
                        writer.write_all(&[b'\\', b'u', digits[0], digits[1], digits[2], digits[3]])?;
                    }
                }
                None => {}
            }
            rest = letters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.in_key = true;
        CompactFormatter.begin_object_key(writer, first)
    }

    fn end_object_key<W: Write + ?Sized>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        Ok(())
    }
}
