//! [`DynamoStore`]: the trait over one table.

use crate::attempt::Patience;
use crate::options::Options;
use aws_sdk_dynamodb::Client;
use futures_util::future::BoxFuture;
use reconnect_store::{
    Batch, Clock, CommitError, Committed, Consistency, Found, Key, Page, Range, ScanPage, Store, StoreError, Time,
};
use std::fmt;
use std::sync::Arc;

/// The graph in one DynamoDB table. See the crate's page; `table` says how it is opened.
pub struct DynamoStore {
    client: Client,
    options: Options,
    clock: Arc<dyn Clock>,
    schema: u32,
}

impl DynamoStore {
    pub(crate) fn over(client: Client, options: Options, clock: Arc<dyn Clock>, schema: u32) -> DynamoStore {
        DynamoStore { client, options, clock, schema }
    }

    /// The version of the schema that the table says it has.
    pub fn schema_version(&self) -> u32 {
        self.schema
    }

    /// What it was opened with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn table(&self) -> &str {
        &self.options.table
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.options.deadline)
    }

    async fn write(&self, batch: Batch) -> Result<Committed, CommitError> {
        batch.validate()?;
        if let [alone] = batch.writes()
            && let Some(changed) = self.change_alone(alone).await
        {
            return changed;
        }
        if batch.is_empty() { Ok(Committed::default()) } else { self.transact_batch(&batch).await }
    }
}

impl Store for DynamoStore {
    fn get<'a>(&'a self, keys: &'a [Key], consistency: Consistency) -> BoxFuture<'a, Result<Vec<Found>, StoreError>> {
        Box::pin(async move {
            Key::validate_all(keys)?;
            self.read(keys, consistency == Consistency::Strong).await
        })
    }

    fn range<'a>(&'a self, range: &'a Range) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(async move {
            range.validate()?;
            self.window(range).await
        })
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<Committed, CommitError>> {
        Box::pin(self.write(batch))
    }

    fn scan<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<ScanPage, StoreError>> {
        Box::pin(self.page(after, limit))
    }
}

impl fmt::Debug for DynamoStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoStore").field("options", &self.options).finish_non_exhaustive()
    }
}
