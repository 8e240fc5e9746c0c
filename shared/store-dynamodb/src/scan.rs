//! The export: every item of the table, page after page.

use crate::attempt::Repeat;
use crate::item::{Item, View, key};
use crate::names::{Name, Named};
use crate::read::{assoc, object, unavailable};
use crate::store::DynamoStore;
use reconnect_store::{Record, ScanPage, StoreError, Time};

/// Between the two parts of a name, in the text that says where to go on.
const BAR: char = '|';

impl DynamoStore {
    /// One page. The database counts what we leave out (counts, what has expired) as read: such pages are followed, so that none is
    /// empty before the end.
    pub(crate) async fn page(&self, after: Option<&str>, limit: usize) -> Result<ScanPage, StoreError> {
        let (mut patience, now) = (self.patience(), self.now());
        let mut from = after.map(parse).transpose()?;
        let limit = limit.max(1);
        let mut records = Vec::new();
        loop {
            let wanted = i32::try_from(limit - records.len()).unwrap_or(i32::MAX);
            let start = from.as_ref().map(key);
            let send = || {
                let scan = self.client().scan().table_name(self.table()).consistent_read(true).limit(wanted);
                scan.set_exclusive_start_key(start.clone()).send()
            };
            let answer = patience.insist(Repeat::Freely, send).await.map_err(unavailable)?;
            for item in answer.items.unwrap_or_default() {
                records.extend(record(&item, now)?);
            }
            from = answer.last_evaluated_key.map(|item| View(&item).name()).transpose()?;
            let next = from.as_ref().map(|name| format!("{}{BAR}{}", name.pk, name.sk));
            if next.is_none() || !records.is_empty() {
                return Ok(ScanPage { records, next });
            }
        }
    }
}

/// The place that an earlier page gave out.
fn parse(after: &str) -> Result<Name, StoreError> {
    let name = after.split_once(BAR).map(|(pk, sk)| Name { pk: pk.to_owned(), sk: sk.to_owned() });
    name.filter(|name| name.read().is_some())
        .ok_or_else(|| StoreError::Refused(format!("{after:?} is no place in an export")))
}

/// What an item holds; none for counts, which follow from the associations, and for what has expired.
fn record(item: &Item, now: Time) -> Result<Option<Record>, StoreError> {
    let view = View(item);
    let name = view.name()?;
    let named =
        name.read().ok_or_else(|| StoreError::Corrupt(format!("{} {} is no item of ours", name.pk, name.sk)))?;
    if matches!(named, Named::Count | Named::Schema) || !view.is_live(now)? {
        return Ok(None);
    }
    let expires = view.expires()?;
    Ok(match named {
        Named::Count | Named::Schema => None,
        Named::Object(id) => {
            let object = object(id, view)?;
            Some(Record::Object { id, kind: object.kind, version: object.version, data: object.data, expires })
        }
        Named::Assoc { from, kind, to } => {
            let assoc = assoc(view)?;
            Some(Record::Assoc { from, kind, to, time: assoc.time, data: assoc.data, expires })
        }
        Named::Unique { space } => {
            Some(Record::Unique { space, text: view.text("text")?.to_owned(), id: view.id("id")?, expires })
        }
        Named::Counter { owner, kind, sub } => {
            Some(Record::Counter { owner, kind, sub, value: view.number("n")?, expires })
        }
    })
}
