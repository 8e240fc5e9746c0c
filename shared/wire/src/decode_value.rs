//! [`Text`]: the value of one argument on its way into a field of any type.

use serde::de::value::SeqDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde_json::Value;

use crate::UidList;
use crate::decode::Problem;
use crate::decode_json::Item;

/// A text, read as the type that asks for it.
#[derive(Clone, Copy)]
pub(crate) struct Text<'de>(&'de str);

impl<'de> Text<'de> {
    pub(crate) fn new(text: &'de str) -> Self {
        Self(text)
    }

    /// Without the blanks around, which only strings keep.
    fn trimmed(self) -> &'de str {
        self.0.trim_ascii()
    }

    fn is_json_array(self) -> bool {
        self.trimmed().starts_with('[')
    }

    fn json(self) -> Result<Value, Problem> {
        serde_json::from_str(self.0).map_err(|_| not("valid JSON"))
    }
}

pub(crate) fn not(what: &str) -> Problem {
    Problem(format!("is not {what}"))
}

/// The tolerant reading of a bool: clients of five languages write it in four ways.
pub(crate) fn read_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        number => number.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number != 0.0),
    }
}

macro_rules! integers {
    ($($method:ident($number:ty): $visit:ident, $what:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            visitor.$visit(self.trimmed().parse::<$number>().map_err(|_| not($what))?)
        })*
    };
}

macro_rules! floats {
    ($($method:ident($number:ty): $visit:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            let number = self.trimmed().parse::<$number>().ok().filter(|number| number.is_finite());
            visitor.$visit(number.ok_or_else(|| not("a number"))?)
        })*
    };
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Problem;

    integers! {
        deserialize_i8(i8): visit_i8, "a whole number";
        deserialize_i16(i16): visit_i16, "a whole number";
        deserialize_i32(i32): visit_i32, "a whole number";
        deserialize_i64(i64): visit_i64, "a whole number";
        deserialize_i128(i128): visit_i128, "a whole number";
        deserialize_u8(u8): visit_u8, "a whole number from 0 to 255";
        deserialize_u16(u16): visit_u16, "a whole number of 0 or more";
        deserialize_u32(u32): visit_u32, "a whole number of 0 or more";
        deserialize_u64(u64): visit_u64, "a whole number of 0 or more";
        deserialize_u128(u128): visit_u128, "a whole number of 0 or more";
    }

    floats! {
        deserialize_f32(f32): visit_f32;
        deserialize_f64(f64): visit_f64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        Item(self.json()?).deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.json()? {
            object @ Value::Object(_) => Item(object).deserialize_any(visitor),
            _ => Err(not("a JSON object")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.deserialize_map(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_bool(read_bool(self.trimmed()).ok_or_else(|| not("true or false"))?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_borrowed_bytes(self.0.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_bytes(visitor)
    }

    /// Empty values were taken for absent before.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Problem> {
        if name == UidList::NAME { visitor.visit_borrowed_str(self.0) } else { visitor.visit_newtype_struct(self) }
    }

    /// A JSON array, or a comma list: methods from before February 2009 take both, and nothing is lost if all do.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.is_json_array() {
            return Item(self.json()?).deserialize_seq(visitor);
        }
        let items = self.0.split(',').map(str::trim_ascii).filter(|item| !item.is_empty());
        visitor.visit_seq(SeqDeserializer::new(items.map(Text)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.deserialize_seq(visitor)
    }

    /// The name of a variant; variants with fields do not come as arguments.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }
}

impl<'de> IntoDeserializer<'de, Problem> for Text<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
