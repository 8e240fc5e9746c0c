//! [`Item`]: a piece of JSON inside an argument, as forgiving as arguments themselves. Clients write ids now as numbers, now as
//! strings, and PHP turns the one into the other on its own.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use crate::decode::Problem;
use crate::decode_value::{not, read_bool};

/// A value of JSON, read as the type that asks for it.
pub(crate) struct Item(pub(crate) Value);

impl Item {
    /// The text of a number or string.
    fn text(&self) -> Option<String> {
        match &self.0 {
            Value::String(text) => Some(text.trim_ascii().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn parse<T: std::str::FromStr>(&self, what: &str) -> Result<T, Problem> {
        self.text().and_then(|text| text.parse().ok()).ok_or_else(|| not(what))
    }
}

macro_rules! numbers {
    ($($method:ident: $visit:ident, $what:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            visitor.$visit(self.parse($what)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Item {
    type Error = Problem;

    numbers! {
        deserialize_i8: visit_i8, "a whole number";
        deserialize_i16: visit_i16, "a whole number";
        deserialize_i32: visit_i32, "a whole number";
        deserialize_i64: visit_i64, "a whole number";
        deserialize_u8: visit_u8, "a whole number from 0 to 255";
        deserialize_u16: visit_u16, "a whole number of 0 or more";
        deserialize_u32: visit_u32, "a whole number of 0 or more";
        deserialize_u64: visit_u64, "a whole number of 0 or more";
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let number = self.parse::<f64>("a number")?;
        if number.is_finite() { visitor.visit_f64(number) } else { Err(not("a number")) }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Item))),
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, Item(value)));
                visitor.visit_map(MapDeserializer::new(members))
            }
            scalar => scalar.deserialize_any(visitor).map_err(|_| not("of the right type")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let value = match self.0 {
            Value::Bool(value) => Some(value),
            _ => self.text().and_then(|text| read_bool(&text)),
        };
        visitor.visit_bool(value.ok_or_else(|| not("true or false"))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            Value::Number(number) => visitor.visit_string(number.to_string()),
            _ => Err(not("a string")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.0 {
            Value::String(variant) => visitor.visit_enum(variant.into_deserializer()),
            other => other.deserialize_enum(name, variants, visitor).map_err(|_| not("of the right type")),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Problem> for Item {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
