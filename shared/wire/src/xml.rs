//! Answers in XML: a serializer that writes the layout of the 2008 server straight into one buffer.
//!
//! Element names come from the types. A member of a struct is named by the member; an item of a list by the *container* name of its
//! type (`#[serde(rename = "friend_info")] struct FriendInfo`, `struct Uid(u64)` renamed `uid`), the outermost one, or else by the
//! list's own name + `_elt`. The root is named by the caller.
//!
//! | value | element |
//! |---|---|
//! | list, tuple | `list="true"`, one element per item |
//! | map | `list="true"`, items with the attribute `key` |
//! | struct | one element per member; `None` is left out (but stays, empty, in a [`crate::Row`]) |
//! | `bool` | `1`, `0` |
//! | [`crate::Hidden`] | `xsi:nil="true"` |
//! | nothing inside | `<x/>` |

use std::fmt::Display;
use std::io::Write as _;

use serde::Serialize;
use serde::ser::{
    Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
    Serializer,
};
use serde_json::ser::{CompactFormatter, Formatter as _};

use crate::RenderError;
use crate::value::{HIDDEN, ROW};

/// First line of every document. One client cuts up to this line feed before it parses.
const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// Clients bind to this namespace (Java: XPath, JAXB), so it stays facebook.com's wherever the server is.
const NAMESPACES: &[u8] =
    b" xmlns=\"http://api.facebook.com/1.0/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
const SCHEMA_LOCATION: &[u8] =
    b" xsi:schemaLocation=\"http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd\"";

/// The document's root element.
pub(crate) struct Root<'n> {
    /// Its name: an XML name.
    pub(crate) name: &'n str,
    /// Whether it points to the schema; results of queries do not, as the schema cannot know their columns (2008 server).
    pub(crate) schema_location: bool,
}

/// Appends the document with this root and content to `out`.
///
/// # Errors
///
/// When the value has no form in XML: enum variants with several fields, map keys that are no text.
pub(crate) fn write<T: Serialize + ?Sized>(out: &mut Vec<u8>, root: &Root<'_>, value: &T) -> Result<(), RenderError> {
    out.extend_from_slice(DECLARATION);
    let mut xml = Xml { out, depth: 0, open: false };
    value.serialize(Element {
        xml: &mut xml,
        name: Name { base: root.name, elts: 0 },
        key: None,
        root: Some(root.schema_location),
        fixed: true,
        keep_null: true,
    })
}

/// The document so far.
struct Xml<'o> {
    out: &'o mut Vec<u8>,
    depth: usize,
    /// The last start tag still lacks its `>`: what follows decides whether it becomes `<x/>`.
    open: bool,
}

impl Xml<'_> {
    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n(b' ', 2 * self.depth));
    }

    fn end_tag(&mut self, name: Name<'_>) {
        if self.open {
            self.out.extend_from_slice(b"/>\n");
        } else {
            self.out.extend_from_slice(b"</");
            name.write(self.out);
            self.out.extend_from_slice(b">\n");
        }
        self.open = false;
    }
}

/// An element's name: `base` and so many times `_elt`.
#[derive(Clone, Copy)]
struct Name<'n> {
    base: &'n str,
    elts: usize,
}

impl Name<'_> {
    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.base.as_bytes());
        for _ in 0..self.elts {
            out.extend_from_slice(b"_elt");
        }
    }
}

/// One element, not yet written: the serializer of the value in it.
struct Element<'x, 'o, 'n> {
    xml: &'x mut Xml<'o>,
    name: Name<'n>,
    /// The attribute `key` of an item of a map.
    key: Option<&'n str>,
    /// The root's attributes, and whether with the schema's location.
    root: Option<bool>,
    /// The name stands: a member's or the root's, or a container has named this item.
    fixed: bool,
    /// An empty element for `None`; else nothing.
    keep_null: bool,
}

impl<'x, 'o, 'n> Element<'x, 'o, 'n> {
    /// Takes the name of a container unless the name is fixed. Names with `$` are this crate's own signs.
    fn named(mut self, container: &'static str) -> Self {
        if !self.fixed && !container.starts_with('$') {
            self.name = Name { base: container, elts: 0 };
            self.fixed = true;
        }
        self
    }

    /// Writes the start tag up to its last attribute.
    fn start(&mut self) {
        let xml = &mut *self.xml;
        if xml.open {
            xml.out.extend_from_slice(b">\n");
        }
        xml.open = true;
        xml.indent();
        xml.out.push(b'<');
        self.name.write(xml.out);
        if let Some(schema_location) = self.root {
            xml.out.extend_from_slice(NAMESPACES);
            if schema_location {
                xml.out.extend_from_slice(SCHEMA_LOCATION);
            }
        }
    }

    /// The attribute `key` of an item of a map.
    fn key_attribute(&mut self) {
        if let Some(key) = self.key {
            self.xml.out.extend_from_slice(b" key=\"");
            escape(key, true, self.xml.out);
            self.xml.out.push(b'"');
        }
    }

    /// An element with text, `<x/>` when it is empty.
    fn text(mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), RenderError> {
        self.start();
        self.key_attribute();
        self.xml.out.push(b'>');
        let start = self.xml.out.len();
        write(self.xml.out);
        if self.xml.out.len() == start {
            self.xml.out.pop();
        } else {
            self.xml.open = false;
        }
        self.xml.end_tag(self.name);
        Ok(())
    }

    fn null(self) -> Result<(), RenderError> {
        if self.keep_null { self.text(|_| {}) } else { Ok(()) }
    }

    fn hidden(mut self) -> Result<(), RenderError> {
        self.start();
        self.key_attribute();
        self.xml.out.extend_from_slice(b" xsi:nil=\"true\"");
        self.xml.end_tag(self.name);
        Ok(())
    }

    /// An element with elements in it.
    fn content(mut self, list: bool, row: bool) -> Content<'x, 'o, 'n> {
        self.start();
        self.key_attribute();
        if list {
            self.xml.out.extend_from_slice(b" list=\"true\"");
        }
        self.xml.depth += 1;
        Content { xml: self.xml, name: self.name, row, key: String::new() }
    }
}

/// The inside of a list, map or struct.
struct Content<'x, 'o, 'n> {
    xml: &'x mut Xml<'o>,
    name: Name<'n>,
    row: bool,
    /// The key of the map's item to come.
    key: String,
}

impl Content<'_, '_, '_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T, keyed: bool) -> Result<(), RenderError> {
        value.serialize(Element {
            xml: self.xml,
            name: Name { base: self.name.base, elts: self.name.elts + 1 },
            key: keyed.then_some(self.key.as_str()),
            root: None,
            fixed: false,
            keep_null: true,
        })
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), RenderError> {
        value.serialize(Element {
            xml: self.xml,
            name: Name { base: name, elts: 0 },
            key: None,
            root: None,
            fixed: true,
            keep_null: self.row,
        })
    }

    fn finish(self) -> Result<(), RenderError> {
        self.xml.depth -= 1;
        if !self.xml.open {
            self.xml.indent();
        }
        self.xml.end_tag(self.name);
        Ok(())
    }
}

macro_rules! integers {
    ($($method:ident($number:ty) as $write:ident;)*) => {
        $(fn $method(self, value: $number) -> Result<(), RenderError> {
            // Writing to a Vec does not fail.
            self.text(|out| drop(CompactFormatter.$write(out, value)))
        })*
    };
}

impl<'x, 'o, 'n> Serializer for Element<'x, 'o, 'n> {
    type Ok = ();
    type Error = RenderError;
    type SerializeSeq = Content<'x, 'o, 'n>;
    type SerializeTuple = Content<'x, 'o, 'n>;
    type SerializeTupleStruct = Content<'x, 'o, 'n>;
    type SerializeTupleVariant = Impossible<(), RenderError>;
    type SerializeMap = Content<'x, 'o, 'n>;
    type SerializeStruct = Content<'x, 'o, 'n>;
    type SerializeStructVariant = Impossible<(), RenderError>;

    integers! {
        serialize_i8(i8) as write_i8;
        serialize_i16(i16) as write_i16;
        serialize_i32(i32) as write_i32;
        serialize_i64(i64) as write_i64;
        serialize_i128(i128) as write_i128;
        serialize_u8(u8) as write_u8;
        serialize_u16(u16) as write_u16;
        serialize_u32(u32) as write_u32;
        serialize_u64(u64) as write_u64;
        serialize_u128(u128) as write_u128;
    }

    fn serialize_bool(self, value: bool) -> Result<(), RenderError> {
        self.text(|out| out.push(if value { b'1' } else { b'0' }))
    }

    fn serialize_f32(self, value: f32) -> Result<(), RenderError> {
        if value.is_finite() { self.collect_str(&value) } else { self.null() }
    }

    /// Without exponent, and 1.0 as `1`, as PHP did.
    fn serialize_f64(self, value: f64) -> Result<(), RenderError> {
        if value.is_finite() { self.text(|out| drop(write!(out, "{value}"))) } else { self.null() }
    }

    fn serialize_char(self, value: char) -> Result<(), RenderError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), RenderError> {
        self.text(|out| escape(value, false, out))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), RenderError> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), RenderError> {
        self.null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), RenderError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), RenderError> {
        self.null()
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), RenderError> {
        if name == HIDDEN { self.hidden() } else { self.named(name).null() }
    }

    fn serialize_unit_variant(self, name: &'static str, _: u32, variant: &'static str) -> Result<(), RenderError> {
        self.named(name).serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), RenderError> {
        value.serialize(self.named(name))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), RenderError> {
        let mut content = self.named(name).content(false, false);
        content.member(variant, value)?;
        content.finish()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, RenderError> {
        Ok(self.content(true, false))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, RenderError> {
        Ok(self.content(true, false))
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, RenderError> {
        Ok(self.named(name).content(true, false))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, RenderError> {
        Err(RenderError::custom(format_args!("a variant of {name} has several fields: no form in XML")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, RenderError> {
        Ok(self.content(true, false))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeStruct, RenderError> {
        Ok(self.named(name).content(false, name == ROW))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, RenderError> {
        Err(RenderError::custom(format_args!("a variant of {name} has several fields: no form in XML")))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), RenderError> {
        self.serialize_str(&value.to_string())
    }
}

macro_rules! items {
    ($($compound:ident::$method:ident)*) => {
        $(impl $compound for Content<'_, '_, '_> {
            type Ok = ();
            type Error = RenderError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), RenderError> {
                self.item(value, false)
            }

            fn end(self) -> Result<(), RenderError> {
                self.finish()
            }
        })*
    };
}

items!(SerializeSeq::serialize_element SerializeTuple::serialize_element SerializeTupleStruct::serialize_field);

impl SerializeMap for Content<'_, '_, '_> {
    type Ok = ();
    type Error = RenderError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), RenderError> {
        self.key = match serde_json::to_value(key)? {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            _ => return Err(RenderError::custom("a map's key is no text: no form in XML")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), RenderError> {
        self.item(value, true)
    }

    fn end(self) -> Result<(), RenderError> {
        self.finish()
    }
}

impl SerializeStruct for Content<'_, '_, '_> {
    type Ok = ();
    type Error = RenderError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), RenderError> {
        self.member(name, value)
    }

    fn end(self) -> Result<(), RenderError> {
        self.finish()
    }
}

/// Appends text with what XML needs escaped and without the characters that XML 1.0 forbids. (A reader turns line feeds and tabs
/// inside attributes into blanks, so there they are escaped too.)
fn escape(text: &str, in_attribute: bool, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut clean_from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let (instead, length): (&[u8], usize) = match byte {
            b'&' => (b"&amp;", 1),
            b'<' => (b"&lt;", 1),
            b'>' => (b"&gt;", 1),
            b'"' => (b"&quot;", 1),
            b'\r' => (b"&#13;", 1),
            b'\n' if in_attribute => (b"&#10;", 1),
            b'\t' if in_attribute => (b"&#9;", 1),
            b'\n' | b'\t' => continue,
            0..0x20 => (b"", 1),
            0xEF if matches!(bytes[at..], [_, 0xBF, 0xBE | 0xBF, ..]) => (b"", 3),
            _ => continue,
        };
        out.extend_from_slice(&bytes[clean_from..at]);
        out.extend_from_slice(instead);
        clean_from = at + length;
    }
    out.extend_from_slice(&bytes[clean_from..]);
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
