//! Conveniences over the four operations: reading one thing, and following a list over its pages.

use crate::clock::Time;
use crate::error::StoreError;
use crate::key::{Assoc, Consistency, Found, Id, Key, Object};
use crate::kind::{AssocKind, CounterKind, Space};
use crate::range::{Entry, Position, Range, Record};
use crate::{Store, limits};
use futures_util::future::BoxFuture;
use std::future::Future;

/// Conveniences for every [`Store`], `dyn Store` included. Reads of one thing are strongly consistent; code that needs several
/// things asks [`Store::get`] for all of them in one wave.
pub trait StoreExt: Store {
    /// One object.
    fn object(&self, id: Id) -> impl Future<Output = Result<Option<Object>, StoreError>> + Send {
        async move {
            match self.read_one(Key::Object(id)).await? {
                Found::Object(object) => Ok(object),
                other => Err(mismatch(&other)),
            }
        }
    }

    /// One association.
    fn assoc(
        &self,
        from: Id,
        kind: &'static AssocKind,
        to: Id,
    ) -> impl Future<Output = Result<Option<Assoc>, StoreError>> + Send {
        async move {
            match self.read_one(Key::Assoc { from, kind, to }).await? {
                Found::Assoc(assoc) => Ok(assoc),
                other => Err(mismatch(&other)),
            }
        }
    }

    /// How long a counted list is.
    fn count(&self, from: Id, kind: &'static AssocKind) -> impl Future<Output = Result<u64, StoreError>> + Send {
        async move {
            match self.read_one(Key::Count { from, kind }).await? {
                Found::Count(count) => Ok(count),
                other => Err(mismatch(&other)),
            }
        }
    }

    /// A counter's value; 0 when it is absent.
    fn counter(
        &self,
        owner: Id,
        kind: &'static CounterKind,
        sub: u64,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send {
        async move {
            match self.read_one(Key::Counter { owner, kind, sub }).await? {
                Found::Counter(value) => Ok(value.unwrap_or(0)),
                other => Err(mismatch(&other)),
            }
        }
    }

    /// Whom a unique key belongs to.
    fn unique(&self, space: &'static Space, text: &str) -> impl Future<Output = Result<Option<Id>, StoreError>> + Send {
        let key = Key::Unique { space, text: text.to_owned() };
        async move {
            match self.read_one(key).await? {
                Found::Unique(id) => Ok(id),
                other => Err(mismatch(&other)),
            }
        }
    }

    /// Many objects, strongly consistent, in the order of `ids`.
    fn objects(&self, ids: &[Id]) -> impl Future<Output = Result<Vec<Option<Object>>, StoreError>> + Send {
        let keys: Vec<Key> = ids.iter().map(|id| Key::Object(*id)).collect();
        async move {
            let found = self.get(&keys, Consistency::Strong).await?;
            found
                .into_iter()
                .map(|found| match found {
                    Found::Object(object) => Ok(object),
                    other => Err(mismatch(&other)),
                })
                .collect()
        }
    }

    /// Up to `range.limit` entries, be that more than one range may ask for: follows the pages until there are so many or
    /// the list ends.
    fn entries(&self, range: Range) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send {
        async move {
            let mut entries: Vec<Entry> = Vec::new();
            let mut after = range.after;
            while entries.len() < range.limit {
                let limit = (range.limit - entries.len()).min(limits::MAX_RANGE);
                let page = self.range(&Range { after, limit, ..range.clone() }).await?;
                entries.extend(page.entries);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            Ok(entries)
        }
    }

    /// Everything there is, page after page of `limit`, handed to `each`. For export only.
    fn export<'a, E: From<StoreError> + Send + 'a>(
        &'a self,
        limit: usize,
        each: &'a mut (dyn FnMut(Record) -> Result<(), E> + Send),
    ) -> BoxFuture<'a, Result<(), E>> {
        Box::pin(async move {
            let mut after: Option<String> = None;
            loop {
                let page = self.scan(after.as_deref(), limit).await?;
                for record in page.records {
                    each(record)?;
                }
                after = page.next;
                if after.is_none() {
                    return Ok(());
                }
            }
        })
    }

    /// What stands under one key, strongly consistent.
    fn read_one(&self, key: Key) -> impl Future<Output = Result<Found, StoreError>> + Send {
        async move {
            let found = self.get(std::slice::from_ref(&key), Consistency::Strong).await?;
            found.into_iter().next().ok_or_else(|| StoreError::Corrupt("no answer for a key".to_owned()))
        }
    }
}

impl<S: Store + ?Sized> StoreExt for S {}

/// A backend answered a key with a thing of another sort.
fn mismatch(found: &Found) -> StoreError {
    StoreError::Corrupt(format!("a key was answered with {found:?}"))
}

impl Entry {
    /// Where this entry stands in its list.
    pub fn position(&self) -> Position {
        Position { time: self.time, to: self.to }
    }
}

impl Object {
    /// Whether it is gone at this moment.
    pub fn expired(&self, now: Time) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}
