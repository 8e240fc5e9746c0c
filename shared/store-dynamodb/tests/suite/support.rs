//! What these tests share: tables on a stand-in, kinds, and a runtime.

use reconnect_store::conformance::START;
use reconnect_store::{AssocKind, Batch, Clock, Counted, CounterKind, ManualClock, ObjectKind};
use reconnect_store_dynamodb::testing::{Fault, Wire};
use reconnect_store_dynamodb::{DynamoStore, Options};
use std::sync::Arc;
use std::time::Duration;

pub(crate) static PERSON: ObjectKind = ObjectKind { code: 1, name: "person" };
pub(crate) static FRIEND: AssocKind = AssocKind { code: 1, name: "friend", counted: Counted::No, ordered: true };
pub(crate) static LIKE: AssocKind = AssocKind { code: 2, name: "like", counted: Counted::Yes, ordered: true };
pub(crate) static FAN: AssocKind = AssocKind { code: 3, name: "fan", counted: Counted::Sharded(16), ordered: true };
pub(crate) static VISITS: CounterKind = CounterKind { code: 1, name: "visits" };

pub(crate) fn batch(build: impl FnOnce(&mut Batch) -> &mut Batch) -> Batch {
    let mut batch = Batch::new();
    build(&mut batch);
    batch
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A table of that name on a stand-in. Time is no matter of these tests: a stand-in in Python may take its own.
pub(crate) fn options(endpoint: &str, table: &str) -> Options {
    let options = Options::from_environment(table.to_owned(), Some(endpoint.to_owned())).unwrap();
    Options { deadline: Duration::from_secs(120), request_timeout: Duration::from_secs(60), ..options }
}

/// A fresh table, opened, with a clock that stands still.
pub(crate) async fn fresh(endpoint: &str, table: &str) -> (Arc<DynamoStore>, Arc<ManualClock>) {
    let options = options(endpoint, table);
    DynamoStore::create_table(&options).await.unwrap();
    let clock = Arc::new(ManualClock::new(START));
    let store = DynamoStore::open(options, Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
    (Arc::new(store), clock)
}

/// A fresh table behind a wire. The wire's fate holds once the table is open.
pub(crate) async fn over(
    endpoint: &str,
    fate: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static,
) -> (Arc<DynamoStore>, Wire, Arc<ManualClock>) {
    let options = options(endpoint, "graph");
    DynamoStore::create_table(&options).await.unwrap();
    let clock = Arc::new(ManualClock::new(START));
    let wire = Wire::new(&options, fate);
    let store =
        DynamoStore::open_through(options, Arc::clone(&clock) as Arc<dyn Clock>, wire.connector()).await.unwrap();
    wire.take();
    (Arc::new(store), wire, clock)
}
