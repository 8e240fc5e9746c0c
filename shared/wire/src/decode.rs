//! [`decode()`]: arguments to a method's own struct, through serde.
//!
//! What a field's type takes, of the text that came:
//!
//! | type | text |
//! |---|---|
//! | `String` | any UTF-8 |
//! | `bool` | `true` `yes` `on`, `false` `no` `off` in any case; a number: all but 0 is true |
//! | integers | decimal digits |
//! | `f64` | decimal number |
//! | `Vec<_>` | JSON array, or comma list; numbers and strings in it pass for each other |
//! | [`UidList`] | ids in anything, as the 2008 server read them |
//! | struct, map, `serde_json::Value` | JSON |
//! | unit enum | the name of a variant |
//!
//! An empty value is no value: old clients send `name=` for it. Arguments that the struct does not have are passed over.

use std::fmt::{self, Display};

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

use crate::decode_value::Text;
use crate::{ApiError, Args, Code};

/// The struct that the arguments make.
///
/// # Errors
///
/// Error 100 that names the argument and says what was wrong: `auth_token is missing`, `limit is not a whole number`.
pub fn decode<T: DeserializeOwned>(args: &Args) -> Result<T, ApiError> {
    T::deserialize(Arguments(args)).map_err(|Problem(what)| Code::Param.because(what))
}

/// What was wrong, in words that may be shown: never a value.
#[derive(Debug)]
pub(crate) struct Problem(pub(crate) String);

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(format!("is not {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(format!("is not {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("is none of {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("{field} is missing"))
    }
}

/// All arguments of a call.
struct Arguments<'a>(&'a Args);

impl<'de> Deserializer<'de> for Arguments<'de> {
    type Error = Problem;

    /// Asks for the fields that the struct has, so that strange arguments cost nothing and cannot disturb.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let args = self.0;
        visitor.visit_map(Pairs {
            pairs: fields.iter().filter_map(|name| Some((*name, args.present(name)?))),
            value: None,
        })
    }

    /// Structs with `#[serde(flatten)]` and maps: every argument whose name is text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let present = self.0.iter().filter(|(_, value)| !value.is_empty());
        visitor.visit_map(Pairs {
            pairs: present.filter_map(|(name, value)| Some((std::str::from_utf8(name).ok()?, value))),
            value: None,
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option seq tuple tuple_struct map
        enum identifier ignored_any
    }
}

/// Names and values on their way into a struct.
struct Pairs<'de, I> {
    pairs: I,
    value: Option<(&'de str, &'de [u8])>,
}

impl<'de, I: Iterator<Item = (&'de str, &'de [u8])>> MapAccess<'de> for Pairs<'de, I> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        self.value = self.pairs.next();
        self.value.map(|(name, _)| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let (name, value) = self.value.take().unwrap_or_default();
        let text = std::str::from_utf8(value).map_err(|_| Problem(format!("{name} is not valid UTF-8")))?;
        seed.deserialize(Text::new(text)).map_err(|Problem(what)| Problem(format!("{name} {what}")))
    }
}

/// Ids as the 2008 server read a list of them: everything but digits and commas is dropped, then every id that is not positive.
///
/// So a JSON array (of numbers or of strings), a comma list, one with blanks and one with a trailing comma all do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UidList(pub Vec<u64>);

impl UidList {
    /// The container name by which [`Text`] knows that the text is wanted as it is.
    pub(crate) const NAME: &'static str = "$uids";

    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
        Self(text.split(',').filter_map(|part| digits(part).parse().ok()).filter(|id| *id > 0).collect())
    }
}

impl<'de> Deserialize<'de> for UidList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(Self::NAME, Uids)
    }
}

/// Takes the list from a text, or from real JSON.
struct Uids;

impl<'de> Visitor<'de> for Uids {
    type Value = UidList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of ids")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<UidList, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<UidList, E> {
        Ok(UidList::read(text))
    }

    fn visit_u64<E: de::Error>(self, id: u64) -> Result<UidList, E> {
        Ok(UidList(vec![id].into_iter().filter(|id| *id > 0).collect()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<UidList, A::Error> {
        let mut ids = Vec::new();
        while let Some(UidList(one)) = items.next_element()? {
            ids.extend(one);
        }
        Ok(UidList(ids))
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
