//! A DynamoDB table as a home. Only in builds with the feature `dynamodb`; `no_table.rs` stands here in the others.

use crate::fail::{Outcome, failed};
use reconnect_store::{Clock, Store};
use reconnect_store_dynamodb::{DynamoStore, OpenError, Options};
use serde_json::{Value, json};
use std::sync::Arc;

/// A table that the command line names.
#[derive(Debug)]
pub(crate) struct Table {
    name: String,
    options: Options,
}

/// An open table.
pub(crate) struct Opened {
    name: String,
    store: Arc<DynamoStore>,
}

impl Table {
    /// With region and keys from the environment.
    pub(crate) fn named(name: &str, endpoint: Option<&str>) -> Outcome<Table> {
        let options = Options::from_environment(name.to_owned(), endpoint.map(str::to_owned)).map_err(told)?;
        Ok(Table { name: name.to_owned(), options })
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether only this machine reaches it.
    pub(crate) fn is_local(&self) -> bool {
        self.options.is_local()
    }

    /// Makes it.
    pub(crate) async fn create(&self) -> Outcome {
        DynamoStore::create_table(&self.options).await.map_err(told)
    }

    /// Opens it.
    pub(crate) async fn open(&self, clock: Arc<dyn Clock>) -> Outcome<Opened> {
        self.opened(DynamoStore::open(self.options.clone(), clock).await)
    }

    /// Opens an empty one to be filled. Nobody else opens it until that is finished.
    pub(crate) async fn begin_import(&self, clock: Arc<dyn Clock>) -> Outcome<Opened> {
        self.opened(DynamoStore::begin_import(self.options.clone(), clock).await)
    }

    fn opened(&self, store: Result<DynamoStore, OpenError>) -> Outcome<Opened> {
        Ok(Opened { name: self.name.clone(), store: Arc::new(store.map_err(told)?) })
    }
}

impl Opened {
    /// As the layers above see it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as _
    }

    /// For `check`.
    pub(crate) fn shown(&self) -> Value {
        json!({ "name": self.name, "schema": self.store.schema_version() })
    }

    /// It is filled.
    pub(crate) async fn finish_import(&self) -> Outcome {
        self.store.finish_import().await.map_err(told)
    }
}

fn told(error: OpenError) -> crate::fail::Failure {
    failed(error.to_string())
}
