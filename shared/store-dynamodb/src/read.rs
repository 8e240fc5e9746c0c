//! Reads: any mixture of keys in one wave, and windows of lists.

use crate::attempt::{Patience, Repeat, Stop};
use crate::error::describe;
use crate::item::{Item, View, key, number, text};
use crate::names::{self, INDEX, Name, Named};
use crate::store::DynamoStore;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemError;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use reconnect_store::{Assoc, Direction, Entry, Found, Id, Key, Object, Page, Position, Range, StoreError, Time};
use std::collections::{HashMap, HashSet};
use std::error::Error;

/// Keys that one request takes.
const KEYS: usize = 100;
/// Requests of one wave that are under way at once.
const AT_ONCE: usize = 16;

impl DynamoStore {
    /// One wave.
    pub(crate) async fn read(&self, keys: &[Key], strong: bool) -> Result<Vec<Found>, StoreError> {
        let now = self.now();
        let names: Vec<Vec<Name>> = keys.iter().map(Name::of).collect();
        let items = self.items(names.iter().flatten().cloned().collect(), strong).await?;
        keys.iter().zip(names).map(|(key, names)| found(key, &names, &items, now)).collect()
    }

    /// Items by name. The database takes no name twice and a hundred at a time.
    pub(crate) async fn items(&self, mut names: Vec<Name>, strong: bool) -> Result<HashMap<Name, Item>, StoreError> {
        let mut known = HashSet::with_capacity(names.len());
        names.retain(|name| known.insert(name.clone()));
        let requests: Vec<BoxFuture<'_, _>> =
            names.chunks(KEYS).map(|chunk| self.some_items(chunk.iter().map(key).collect(), strong).boxed()).collect();
        let answers: Vec<Vec<Item>> = stream::iter(requests).buffer_unordered(AT_ONCE).try_collect().await?;
        answers.into_iter().flatten().map(|item| Ok((View(&item).name()?, item))).collect()
    }

    async fn some_items(&self, wanted: Vec<Item>, strong: bool) -> Result<Vec<Item>, StoreError> {
        batch_get(self.client(), self.table(), wanted, strong, self.patience()).await.map_err(unavailable)
    }

    /// One window of one list, followed over the database's own pages until it is full or at its end.
    pub(crate) async fn window(&self, range: &Range) -> Result<Page, StoreError> {
        let mut page = Page::default();
        let Some((least, most)) = bounds(range) else { return Ok(page) };
        let (mut patience, now) = (self.patience(), self.now());
        let mut from = None;
        while page.entries.len() < range.limit {
            let wanted = i32::try_from(range.limit - page.entries.len()).unwrap_or(i32::MAX);
            let answer = self.query(range, (&least, &most), (from, wanted), now, &mut patience).await?;
            for item in answer.items.unwrap_or_default() {
                page.entries.push(entry(&item)?);
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(page);
            }
        }
        page.next = page.entries.last().map(Entry::position);
        Ok(page)
    }

    async fn query(
        &self,
        range: &Range,
        (least, most): (&str, &str),
        (from, limit): (Option<Item>, i32),
        now: Time,
        patience: &mut Patience,
    ) -> Result<QueryOutput, StoreError> {
        let send = || {
            self.client()
                .query()
                .table_name(self.table())
                .index_name(INDEX)
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND lt BETWEEN :least AND :most")
                .filter_expression("attribute_not_exists(x) OR x > :now")
                .expression_attribute_values(":pk", text(names::list(range.from, range.kind)))
                .expression_attribute_values(":least", text(least))
                .expression_attribute_values(":most", text(most))
                .expression_attribute_values(":now", number(now.0))
                .scan_index_forward(range.direction == Direction::OldestFirst)
                .limit(limit)
                .set_exclusive_start_key(from.clone())
                .send()
        };
        patience.insist(Repeat::Freely, send).await.map_err(unavailable)
    }
}

/// What one request can ask for; what it leaves unprocessed is asked for again.
pub(crate) async fn batch_get(
    client: &Client,
    table: &str,
    mut wanted: Vec<Item>,
    strong: bool,
    mut patience: Patience,
) -> Result<Vec<Item>, Stop<BatchGetItemError>> {
    let mut items = Vec::with_capacity(wanted.len());
    loop {
        let keys = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(strong).build();
        let keys = keys.map_err(|error| Stop::TooLong(error.to_string()))?;
        let send = || client.batch_get_item().request_items(table, keys.clone()).send();
        let answer = patience.insist(Repeat::Freely, send).await?;
        items.extend(answer.responses.and_then(|mut tables| tables.remove(table)).unwrap_or_default());
        let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(table));
        match left.map(|left| left.keys).filter(|keys| !keys.is_empty()) {
            None => return Ok(items),
            Some(left) => wanted = left,
        }
        if !patience.wait().await {
            return Err(Stop::TooLong("the table is too busy to answer all keys".to_owned()));
        }
    }
}

/// The first and the last place of a window, as text; none, if nothing can lie in it.
fn bounds(range: &Range) -> Option<(String, String)> {
    let mut least = Position { time: range.since, to: Id(0) };
    let mut most = Position { time: range.until, to: Id::MAX };
    match (range.after, range.direction) {
        (None, _) => {}
        (Some(after), Direction::NewestFirst) => most = most.min(before(after)?),
        (Some(after), Direction::OldestFirst) => least = least.max(behind(after)?),
    }
    let wanted = least <= most && range.limit > 0;
    wanted.then(|| (names::place(least.time, least.to), names::place(most.time, most.to)))
}

/// The last place before this one.
fn before(Position { time, to }: Position) -> Option<Position> {
    match to.0.checked_sub(1) {
        Some(less) => Some(Position { time, to: Id(less).min(Id::MAX) }),
        None => Some(Position { time: time.checked_sub(1)?, to: Id::MAX }),
    }
}

/// The first place behind this one.
fn behind(Position { time, to }: Position) -> Option<Position> {
    if to < Id::MAX {
        return Some(Position { time, to: Id(to.0 + 1) });
    }
    Some(Position { time: time.checked_add(1)?, to: Id(0) })
}

/// An item as an entry of its list.
fn entry(item: &Item) -> Result<Entry, StoreError> {
    let view = View(item);
    match view.name()?.read() {
        Some(Named::Assoc { to, .. }) => Ok(Entry { to, time: view.number("t")?, data: view.data()? }),
        _ => Err(StoreError::Corrupt("the index holds what is no association".to_owned())),
    }
}

/// What stands under a key.
pub(crate) fn found(key: &Key, names: &[Name], items: &HashMap<Name, Item>, now: Time) -> Result<Found, StoreError> {
    let item = names.first().and_then(|name| items.get(name)).map(View);
    let live = match item {
        Some(item) if item.is_live(now)? => Some(item),
        _ => None,
    };
    Ok(match key {
        Key::Object(id) => Found::Object(live.map(|item| object(*id, item)).transpose()?),
        Key::Assoc { .. } => Found::Assoc(live.map(assoc).transpose()?),
        Key::Counter { .. } => Found::Counter(live.map(|item| item.number("n")).transpose()?),
        Key::Unique { .. } => Found::Unique(live.map(|item| item.id("id")).transpose()?),
        Key::Count { .. } => {
            let shards = names.iter().filter_map(|name| items.get(name));
            let count: i64 = shards.map(|item| View(item).number::<i64>("n")).sum::<Result<i64, _>>()?;
            Found::Count(u64::try_from(count).unwrap_or(0))
        }
    })
}

pub(crate) fn object(id: Id, item: View<'_>) -> Result<Object, StoreError> {
    let (kind, version) = (item.number("k")?, item.number("v")?);
    Ok(Object { id, kind, version, data: item.data()?, expires: item.expires()? })
}

pub(crate) fn assoc(item: View<'_>) -> Result<Assoc, StoreError> {
    Ok(Assoc { time: item.number("t")?, data: item.data()?, expires: item.expires()? })
}

/// A read that was given up.
pub(crate) fn unavailable<E: ProvideErrorMetadata + Error + Send + Sync + 'static>(stop: Stop<E>) -> StoreError {
    StoreError::Unavailable(match stop {
        Stop::TooLong(why) | Stop::Unknown(why) => why,
        Stop::Final(error) => describe(&error),
    })
}
