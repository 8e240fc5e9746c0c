//! Every case of the suite, on a file and in memory.

use crate::support::{Place, runtime};
use reconnect_store::conformance::{Case, Fixture, START};
use reconnect_store::{ManualClock, Store};
use reconnect_store_sqlite::{Options, SqliteStore};
use std::sync::Arc;

fn run(case: &Case, store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let runtime = runtime();
    let handle = runtime.handle().clone();
    let fixture = Fixture::new(store, clock, move |task| drop(handle.spawn(task)));
    runtime.block_on((case.run)(fixture));
}

mod on_a_file {
    use super::*;

    fn on_a_file(case: &'static Case) {
        let place = Place::new();
        let clock = Arc::new(ManualClock::new(START));
        let store = Arc::new(place.open_with(clock.clone(), Options::default()));
        run(case, store.clone(), clock);
        assert_eq!(store.quick_check().unwrap(), [""; 0]);
        store.close();
    }
    reconnect_store::conformance_tests!(on_a_file);
}

mod in_memory {
    use super::*;

    fn in_memory(case: &'static Case) {
        let clock = Arc::new(ManualClock::new(START));
        let store = Arc::new(SqliteStore::in_memory(clock.clone()).unwrap());
        run(case, store, clock);
    }
    reconnect_store::conformance_tests!(in_memory);
}
