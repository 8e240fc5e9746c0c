//! Persons, many in one wave of reads; and in the same wave whether they have authorised an application.

use reconnect_core::graph::{Graph, grant_key};
use reconnect_core::kinds;
use reconnect_core::model::{Person, decode};
use reconnect_core::{Error, Result};
use reconnect_store::{Found, Id, Key};

/// Persons in the order in which they were asked for.
pub(super) struct People(Vec<(Person, bool)>);

impl People {
    /// Reads them. Who is gone is left out. Nobody has authorised no application.
    pub(super) async fn read(graph: &Graph, ids: &[Id], app: Option<Id>) -> Result<People, Error> {
        let persons = ids.iter().map(|id| Key::Object(*id));
        let grants = app.into_iter().flat_map(|app| ids.iter().map(move |id| grant_key(*id, app)));
        let mut found = graph.get(&persons.chain(grants).collect::<Vec<Key>>()).await?;
        let grants = found.split_off(ids.len());
        let mut people = Vec::with_capacity(ids.len());
        for (at, found) in found.into_iter().enumerate() {
            let Found::Object(Some(object)) = found else { continue };
            if !object.is(kinds::PERSON) {
                continue;
            }
            let person: Person = decode("person", object.id, &object.data)?;
            let installed = matches!(grants.get(at), Some(Found::Assoc(Some(_))));
            people.push((Person { id: object.id, version: object.version, ..person }, installed));
        }
        Ok(People(people))
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each, and whether they have authorised the application.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Person, bool)> {
        self.0.iter().map(|(person, installed)| (person, *installed))
    }
}
