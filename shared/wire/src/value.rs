//! What serde has no form for: values that the viewer may not see, maps with `key` attributes, rows of the query language.
//!
//! These types speak to the two serializers of this crate through the container names below, as serde has no other channel;
//! any other serializer sees ordinary data.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// Container name of [`Hidden`].
pub(crate) const HIDDEN: &str = "$hidden";
/// Container name of the columns of a [`Row`].
pub(crate) const ROW: &str = "$row";
/// Container name of a column of a [`Row`] that a later one of the same name replaces in JSON.
pub(crate) const SUPERSEDED: &str = "$superseded";

/// "Not visible to you": `xsi:nil="true"` in XML, `null` in JSON. (`None`, in contrast, is left out.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden;

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit_struct(HIDDEN)
    }
}

/// A value or the statement that the viewer may not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visible<T> {
    /// The value.
    Shown(T),
    /// As [`Hidden`].
    Hidden,
}

impl<T> From<T> for Visible<T> {
    fn from(value: T) -> Self {
        Visible::Shown(value)
    }
}

impl<T: Serialize> Serialize for Visible<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Visible::Shown(value) => value.serialize(serializer),
            Visible::Hidden => Hidden.serialize(serializer),
        }
    }
}

/// A map in the order of its pairs: elements with a `key` attribute in XML (dashboard.multiGetCount), an object in JSON.
///
/// Every map of serde is written so; this one keeps the order in which its pairs were put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyedMap<V>(pub Vec<(String, V)>);

impl<K: Into<String>, V> FromIterator<(K, V)> for KeyedMap<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

impl<V: Serialize> Serialize for KeyedMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// One row of a query's result: columns in the order of the SELECT list.
///
/// XML keeps columns of the same name (the live service doubled them, and `anon` is the name of every expression) and writes an
/// empty element for `None`. JSON has each name once, the last value wins, and `None` is `null`.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<V> {
    /// The row's element: the name of the schema's struct that holds rows of this table (`user`, `friend_info`).
    pub element: &'static str,
    /// Names and values.
    pub columns: Vec<(&'static str, V)>,
}

impl<V: Serialize> Serialize for Row<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(self.element, &Columns(&self.columns))
    }
}

/// The columns: a struct whose container name tells the serializers to treat `None` and doubled names as rows do.
struct Columns<'a, V>(&'a [(&'static str, V)]);

impl<V: Serialize> Serialize for Columns<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct(ROW, self.0.len())?;
        for (index, (name, value)) in self.0.iter().enumerate() {
            if self.0[index + 1..].iter().any(|(later, _)| later == name) {
                row.serialize_field(name, &Superseded(value))?;
            } else {
                row.serialize_field(name, value)?;
            }
        }
        row.end()
    }
}

struct Superseded<'a, V>(&'a V);

impl<V: Serialize> Serialize for Superseded<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(SUPERSEDED, self.0)
    }
}
