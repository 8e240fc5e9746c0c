//! Items as the table holds them: which attributes, and what is read from them.
//!
//! | attribute | in | holds |
//! |---|---|---|
//! | `k`, `v` | objects | kind, version |
//! | `t` | associations | time |
//! | `lt` | ordered associations | the place in the list; the range key of the index |
//! | `d` | objects, associations | data |
//! | `id`, `text` | unique keys | whom it names, and what it was made from |
//! | `n` | counts, counters | the number |
//! | `x`, `ttl` | what expires | when, in milliseconds; and in seconds, for the database's own sweep, which comes days late |

use crate::names::Name;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use reconnect_store::{Id, StoreError, Time};
use std::collections::HashMap;

/// An item.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A text.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number.
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Bytes.
pub(crate) fn bytes(value: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

/// The two attributes that name an item.
pub(crate) fn key(name: &Name) -> Item {
    HashMap::from([("pk".to_owned(), text(&name.pk)), ("sk".to_owned(), text(&name.sk))])
}

/// An item under construction.
pub(crate) struct Build(Item);

impl Build {
    pub(crate) fn named(name: &Name) -> Build {
        Build(key(name))
    }

    pub(crate) fn with(mut self, attribute: &str, value: AttributeValue) -> Build {
        self.0.insert(attribute.to_owned(), value);
        self
    }

    pub(crate) fn expiring(self, expires: Option<Time>) -> Build {
        match expires {
            None => self,
            Some(at) => self.with("x", number(at.0)).with("ttl", number(sweep_at(at))),
        }
    }

    pub(crate) fn done(self) -> Item {
        self.0
    }
}

/// When the database may sweep what expires: never before.
pub(crate) fn sweep_at(at: Time) -> i64 {
    at.0.div_euclid(1000).saturating_add(1)
}

/// An item as it was read.
#[derive(Clone, Copy)]
pub(crate) struct View<'a>(pub(crate) &'a Item);

impl View<'_> {
    pub(crate) fn name(self) -> Result<Name, StoreError> {
        Ok(Name { pk: self.text("pk")?.to_owned(), sk: self.text("sk")?.to_owned() })
    }

    pub(crate) fn text(&self, attribute: &str) -> Result<&str, StoreError> {
        self.0.get(attribute).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or_else(|| self.odd(attribute))
    }

    pub(crate) fn number<T: std::str::FromStr>(self, attribute: &str) -> Result<T, StoreError> {
        let number = self.0.get(attribute).and_then(|value| value.as_n().ok());
        number.and_then(|number| number.parse().ok()).ok_or_else(|| self.odd(attribute))
    }

    pub(crate) fn id(self, attribute: &str) -> Result<Id, StoreError> {
        self.number(attribute).map(Id)
    }

    pub(crate) fn data(self) -> Result<Vec<u8>, StoreError> {
        let data = self.0.get("d").and_then(|value| value.as_b().ok());
        data.map(|data| data.as_ref().to_vec()).ok_or_else(|| self.odd("d"))
    }

    pub(crate) fn expires(self) -> Result<Option<Time>, StoreError> {
        if self.0.contains_key("x") { Ok(Some(Time(self.number("x")?))) } else { Ok(None) }
    }

    /// Whether others see it.
    pub(crate) fn is_live(self, now: Time) -> Result<bool, StoreError> {
        Ok(self.expires()?.is_none_or(|at| at > now))
    }

    /// Names the item, never its data.
    fn odd(&self, attribute: &str) -> StoreError {
        let part = |name: &str| self.0.get(name).and_then(|value| value.as_s().ok()).map_or("-", String::as_str);
        StoreError::Corrupt(format!("the item {} {} has no proper attribute {attribute}", part("pk"), part("sk")))
    }
}
