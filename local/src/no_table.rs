//! Tables, in a build without the feature `dynamodb`: there are none, and whoever names one is told how to build.

use crate::cli::Bucket;
use crate::fail::{Outcome, usage};
use reconnect_store::{Blobs, Clock, Store};
use std::sync::Arc;

/// A table: none can be named.
#[derive(Debug)]
pub(crate) enum Table {}

/// An open table: none can be opened.
pub(crate) enum Opened {}

/// A table that is being filled: there is none.
pub(crate) enum Importing {}

impl Table {
    /// Refuses. A build that did not know the flag, or passed the variable over, would work on the file instead.
    pub(crate) fn named(_name: &str, _endpoint: Option<&str>, _bucket: Bucket<'_>) -> Outcome<Table> {
        Err(usage(
            "this reconnect knows no tables (--table, RECONNECT_TABLE): it was built without the cargo feature `dynamodb`. \
             Build one that does with `cargo build -p reconnect --features dynamodb`",
        ))
    }

    pub(crate) fn blobs(&self) -> Arc<dyn Blobs> {
        match *self {}
    }

    pub(crate) fn name(&self) -> &str {
        match *self {}
    }

    pub(crate) fn is_local(&self) -> bool {
        match *self {}
    }

    pub(crate) async fn create(&self) -> Outcome {
        match *self {}
    }

    pub(crate) async fn open(&self, _clock: Arc<dyn Clock>) -> Outcome<Opened> {
        match *self {}
    }

    pub(crate) async fn begin_import(&self, _clock: Arc<dyn Clock>) -> Outcome<Importing> {
        match *self {}
    }
}

impl Opened {
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match *self {}
    }

    pub(crate) fn blobs(&self) -> Arc<dyn Blobs> {
        match *self {}
    }

    pub(crate) fn shown(&self) -> serde_json::Value {
        match *self {}
    }
}

impl Importing {
    pub(crate) fn store(&self) -> &dyn Store {
        match *self {}
    }

    pub(crate) async fn finish(self) -> Outcome {
        match self {}
    }
}
