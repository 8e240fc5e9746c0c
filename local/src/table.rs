//! A DynamoDB table as a home. Only in builds with the feature `dynamodb`; `no_table.rs` stands here in the others.

use crate::cli::Bucket;
use crate::fail::{Failure, Outcome, failed};
use reconnect_core::kinds;
use reconnect_store::{Blobs, Clock, NoBlobs, Store};
use reconnect_store_dynamodb::{self as dynamodb, BucketBlobs, DynamoStore, OpenError, Options};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long one batch of an import may take, all tries together: a new table is throttled until it has grown to the load.
const IMPORT_DEADLINE: Duration = Duration::from_secs(120);
/// How long one request of an import may take, for its batches are as large as they may be.
const IMPORT_REQUEST: Duration = Duration::from_secs(15);

/// A table that the command line names.
#[derive(Debug)]
pub(crate) struct Table(Options, Option<Arc<BucketBlobs>>);

/// An open table.
pub(crate) struct Opened(Arc<DynamoStore>, Arc<dyn Blobs>);

/// A table that is being filled.
pub(crate) struct Importing(dynamodb::Importing);

impl Table {
    /// With region and keys from the environment.
    pub(crate) fn named(name: &str, endpoint: Option<&str>, bucket: Bucket<'_>) -> Outcome<Table> {
        let options = Options::from_environment(name.to_owned(), endpoint.map(str::to_owned))?;
        let bucket = match bucket.name {
            Some(bucket_name) => Some(BucketBlobs::new(bucket_name, bucket.endpoint, &options).map_err(failed)?),
            None => None,
        };
        Ok(Table(options, bucket.map(Arc::new)))
    }

    /// Where the files of its people are.
    pub(crate) fn blobs(&self) -> Arc<dyn Blobs> {
        match &self.1 {
            Some(bucket) => Arc::clone(bucket) as _,
            None => Arc::new(NoBlobs("the bucket is not named: name it with --bucket NAME")),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.0.table
    }

    /// Whether only this machine reaches it.
    pub(crate) fn is_local(&self) -> bool {
        self.0.is_local()
    }

    /// Makes it.
    pub(crate) async fn create(&self) -> Outcome {
        Ok(DynamoStore::create_table(&self.0).await?)
    }

    /// Opens it; one that the stack made and nobody has used yet begins here.
    pub(crate) async fn open(&self, clock: Arc<dyn Clock>) -> Outcome<Opened> {
        Ok(Opened(Arc::new(DynamoStore::open_or_prepare(self.0.clone(), clock).await?), self.blobs()))
    }

    /// Opens an empty one to be filled; the key that a server may have made for it gives way. Nobody else opens it until that is
    /// finished.
    pub(crate) async fn begin_import(&self, clock: Arc<dyn Clock>) -> Outcome<Importing> {
        // With the patience of every verb first: a table that is not there, or not ours, is not waited for.
        match DynamoStore::open(self.0.clone(), Arc::clone(&clock)).await {
            Ok(_) | Err(OpenError::NotPrepared { .. } | OpenError::HalfImported { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let patient = Options { deadline: IMPORT_DEADLINE, request_timeout: IMPORT_REQUEST, ..self.0.clone() };
        Ok(Importing(DynamoStore::begin_import(patient, clock, kinds::SERVER_ID).await?))
    }
}

impl Opened {
    /// As the layers above see it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.0) as _
    }

    /// Where its files are.
    pub(crate) fn blobs(&self) -> Arc<dyn Blobs> {
        Arc::clone(&self.1)
    }

    /// For `check`.
    pub(crate) fn shown(&self) -> Value {
        json!({ "name": self.0.options().table, "schema": self.0.schema_version() })
    }
}

impl Importing {
    /// Where the records go.
    pub(crate) fn store(&self) -> &dyn Store {
        self.0.store()
    }

    /// All are there: from now on the table opens for everybody.
    pub(crate) async fn finish(self) -> Outcome {
        Ok(self.0.finish().await?)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        failed(error.to_string())
    }
}
