//! A graph for unit tests: in memory, its clock standing still, with people in it who have a name and an address and nothing else.

use crate::graph::Graph;
use crate::model::Person;
use reconnect_store::{Id, ManualClock, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

/// At that second since 1970, with these people.
pub(crate) async fn town(now: i64, people: &[Id]) -> Graph {
    let clock = Arc::new(ManualClock::new(Time::from_secs(now)));
    let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock);
    for id in people.iter().copied() {
        let email = format!("{id}@example.com");
        let person = Person { id, first_name: id.to_string(), email, ..Person::default() };
        graph.create_person(person, None).await.unwrap();
    }
    graph
}
