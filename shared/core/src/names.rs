//! What people are shown of whatever has a name: a person, page, group, event or application, by id.

use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::model::decode;
use crate::people::person_in;
use reconnect_store::{Found, Id, Key, Object, ObjectKind};
use serde::Deserialize;

/// Kinds that have a name, and what the wire calls them.
const NAMED: [(&ObjectKind, &str); 5] = [
    (kinds::PERSON, "user"),
    (kinds::PAGE, "page"),
    (kinds::GROUP, "group"),
    (kinds::EVENT, "event"),
    (kinds::APPLICATION, "application"),
];

/// Somebody or something by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The id.
    pub id: Id,
    /// `user`, `page`, `group`, `event` or `application`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
}

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    name: String,
}

/// What was found, if it has a name; people who opted out of applications have none but for themselves.
fn named(found: &Found, viewer: Option<Id>) -> Result<Option<Named>> {
    let Found::Object(Some(object)) = found else { return Ok(None) };
    let Some((_, kind)) = NAMED.iter().find(|(kind, _)| object.is(kind)) else { return Ok(None) };
    let name = match person_in(found)? {
        Some(person) if person.opted_out && viewer != Some(person.id) => return Ok(None),
        Some(person) => person.name(),
        None => name_of(object)?,
    };
    Ok(Some(Named { id: object.id, kind, name }))
}

fn name_of(object: &Object) -> Result<String> {
    let record: Record = decode("named", object.id, &object.data)?;
    Ok(record.name)
}

impl Graph {
    /// The names of these, in this order; who is nobody, or hidden from applications, is left out. One wave.
    pub async fn names(&self, viewer: Option<Id>, ids: &[Id]) -> Result<Vec<Named>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        let mut names = Vec::with_capacity(ids.len());
        for found in self.get(&keys).await? {
            names.extend(named(&found, viewer)?);
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Application, Person};
    use reconnect_store::{Batch, ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    #[tokio::test]
    async fn everything_with_a_name_is_told_but_people_who_opted_out() {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock);
        for (id, opted_out) in [(11, false), (12, true)] {
            let email = format!("{id}@example.com");
            let person = Person { id: Id(id), first_name: "P".to_owned(), email, opted_out, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
        }
        let app = Application { id: Id(13), name: "A".to_owned(), ..Application::default() };
        graph.create_application(app).await.unwrap();
        let mut batch = Batch::new();
        batch.create(Id(14), kinds::GROUP, br#"{"name":"G"}"#.to_vec());
        batch.create(Id(15), kinds::NOTE, br#"{"name":"N"}"#.to_vec());
        graph.commit(batch).await.unwrap();
        let ids = [14, 13, 12, 11, 15, 99].map(Id);
        let told = graph.names(None, &ids).await.unwrap();
        let told: Vec<_> = told.iter().map(|one| (one.kind, one.name.as_str())).collect();
        assert_eq!(told, [("group", "G"), ("application", "A"), ("user", "P")]);
        assert_eq!(graph.names(Some(Id(12)), &ids).await.unwrap().len(), 4, "but not to themselves");
    }
}
