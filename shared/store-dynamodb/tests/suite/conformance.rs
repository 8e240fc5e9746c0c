//! Every case of the suite on dynoxide. On moto's server, as a second opinion, every case but those that run several calls at once
//! (its transactions are not isolated, and it ignores the tokens by which a repeated one is known again), and one that is too long
//! for it.

use crate::support::{fresh, runtime};
use reconnect_store::conformance::{CASES, Case, Fixture};
use reconnect_tests::Request;
use reconnect_tests::standins::{Dynoxide, Moto};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn run(case: &Case, endpoint: &str) {
    let runtime = runtime();
    let (store, clock) = runtime.block_on(fresh(endpoint, case.name));
    let handle = runtime.handle().clone();
    let fixture = Fixture::new(store, clock, move |task| drop(handle.spawn(task)));
    runtime.block_on((case.run)(fixture));
}

mod on_dynoxide {
    use super::*;

    fn on_dynoxide(case: &'static Case) {
        let dynoxide = Dynoxide::start();
        run(case, &dynoxide.endpoint);
    }
    reconnect_store::conformance_tests!(on_dynoxide);
}

/// Moto copies the whole table for each action of a transaction: five thousand entries take it five minutes.
const TOO_LONG_FOR_MOTO: &str = "a_list_longer_than_one_range_is_followed";

/// One server for all cases, since a Python takes seconds to start; emptied before each, since it copies all that it holds for each
/// transaction.
#[test]
fn on_moto_without_concurrency() {
    let moto = Moto::start();
    let address = moto.endpoint.strip_prefix("http://").unwrap();
    let mut failed = Vec::new();
    assert!(CASES.iter().any(|case| case.name == TOO_LONG_FOR_MOTO));
    for case in CASES.iter().filter(|case| !case.concurrent && case.name != TOO_LONG_FOR_MOTO) {
        assert_eq!(Request::post("/moto-api/reset", "text/plain", "").send(address).unwrap().status, 200);
        if catch_unwind(AssertUnwindSafe(|| run(case, &moto.endpoint))).is_err() {
            failed.push(case.name);
        }
    }
    assert!(failed.is_empty(), "of {} cases failed: {failed:#?}", CASES.len());
}
