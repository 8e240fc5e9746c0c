//! [`Answer`]: the rules for members of structs that JSON has and serde's derive has not.
//!
//! * A member that is `None` is left out, wherever it stands, without an attribute on each field.
//! * In a row of the query language `None` stays as `null`, and of columns of the same name only the last is written.
//!
//! A thin coat over any serializer: it hands everything on, puts the coat on all that lies inside, and asks [`fate`] before a member.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{
    Error as SerError, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use crate::value::{ROW, SUPERSEDED};

/// A value to be written by the rules above.
pub(crate) struct Answer<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: Serialize + ?Sized> Serialize for Answer<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Coat(serializer))
    }
}

/// The coat over a serializer.
struct Coat<S>(S);

/// The coat over what a serializer gives for lists, maps and structs.
struct Inside<C> {
    inner: C,
    /// In a row, where null members stay.
    row: bool,
}

impl<C> Inside<C> {
    fn of(inner: C) -> Self {
        Self { inner, row: false }
    }

    /// Whether a member is to be written.
    fn takes<T: Serialize + ?Sized>(&self, value: &T) -> bool {
        match fate(value) {
            Fate::Kept => true,
            Fate::Null => self.row,
            Fate::Superseded => false,
        }
    }
}

macro_rules! hand_on {
    ($($method:ident($value:ty))*) => {
        $(fn $method(self, value: $value) -> Result<S::Ok, S::Error> {
            self.0.$method(value)
        })*
    };
}

impl<S: Serializer> Serializer for Coat<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Inside<S::SerializeSeq>;
    type SerializeTuple = Inside<S::SerializeTuple>;
    type SerializeTupleStruct = Inside<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Inside<S::SerializeTupleVariant>;
    type SerializeMap = Inside<S::SerializeMap>;
    type SerializeStruct = Inside<S::SerializeStruct>;
    type SerializeStructVariant = Inside<S::SerializeStructVariant>;

    hand_on!(serialize_bool(bool) serialize_char(char) serialize_str(&str) serialize_bytes(&[u8]));
    hand_on!(serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128));
    hand_on!(serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128));
    hand_on!(serialize_f32(f32) serialize_f64(f64) serialize_unit_struct(&'static str));

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Answer(value))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit()
    }

    fn serialize_unit_variant(self, name: &'static str, index: u32, variant: &'static str) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Answer(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &Answer(value))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(len).map(Inside::of)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(len).map(Inside::of)
    }

    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.0.serialize_tuple_struct(name, len).map(Inside::of)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.0.serialize_tuple_variant(name, index, variant, len).map(Inside::of)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(len).map(Inside::of)
    }

    /// The number of members is not known before they are looked at; JSON needs none, except that it takes 0 for "empty".
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, len).map(|inner| Inside { inner, row: name == ROW })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.0.serialize_struct_variant(name, index, variant, len).map(Inside::of)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! items {
    ($($compound:ident::$method:ident)*) => {
        $(impl<C: $compound> $compound for Inside<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                self.inner.$method(&Answer(value))
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        })*
    };
}

items!(SerializeSeq::serialize_element SerializeTuple::serialize_element);
items!(SerializeTupleStruct::serialize_field SerializeTupleVariant::serialize_field);

macro_rules! members {
    ($($compound:ident)*) => {
        $(impl<C: $compound> $compound for Inside<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), C::Error> {
                if self.takes(value) { self.inner.serialize_field(key, &Answer(value)) } else { self.inner.skip_field(key) }
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        })*
    };
}

members!(SerializeStruct SerializeStructVariant);

impl<C: SerializeMap> SerializeMap for Inside<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        self.inner.serialize_value(&Answer(value))
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}

/// What becomes of a member.
#[derive(PartialEq)]
enum Fate {
    Kept,
    Null,
    Superseded,
}

/// Asks a value what it is; stops at its first word, so this costs next to nothing.
fn fate<T: Serialize + ?Sized>(value: &T) -> Fate {
    value.serialize(Probe).unwrap_or(Fate::Kept)
}

/// A serializer that writes nothing and answers [`Fate`]; its error is "kept, and stop asking".
struct Probe;

#[derive(Debug)]
struct Stop;

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
}

impl std::error::Error for Stop {}

impl SerError for Stop {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

macro_rules! kept {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$ok, Stop> {
            Err(Stop)
        })*
    };
}

impl Serializer for Probe {
    type Ok = Fate;
    type Error = Stop;
    type SerializeSeq = Impossible<Fate, Stop>;
    type SerializeTuple = Impossible<Fate, Stop>;
    type SerializeTupleStruct = Impossible<Fate, Stop>;
    type SerializeTupleVariant = Impossible<Fate, Stop>;
    type SerializeMap = Impossible<Fate, Stop>;
    type SerializeStruct = Impossible<Fate, Stop>;
    type SerializeStructVariant = Impossible<Fate, Stop>;

    kept! {
        serialize_bool(bool) -> Fate;
        serialize_i8(i8) -> Fate;
        serialize_i16(i16) -> Fate;
        serialize_i32(i32) -> Fate;
        serialize_i64(i64) -> Fate;
        serialize_i128(i128) -> Fate;
        serialize_u8(u8) -> Fate;
        serialize_u16(u16) -> Fate;
        serialize_u32(u32) -> Fate;
        serialize_u64(u64) -> Fate;
        serialize_u128(u128) -> Fate;
        serialize_f32(f32) -> Fate;
        serialize_f64(f64) -> Fate;
        serialize_char(char) -> Fate;
        serialize_str(&str) -> Fate;
        serialize_bytes(&[u8]) -> Fate;
        serialize_unit_struct(&'static str) -> Fate;
        serialize_unit_variant(&'static str, u32, &'static str) -> Fate;
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_none(self) -> Result<Fate, Stop> {
        Ok(Fate::Null)
    }

    fn serialize_unit(self) -> Result<Fate, Stop> {
        Ok(Fate::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Fate, Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Fate, Stop> {
        if name == SUPERSEDED { Ok(Fate::Superseded) } else { value.serialize(self) }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Fate, Stop> {
        Err(Stop)
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<Fate, Stop> {
        Err(Stop)
    }
}
