//! What the answers of several namespaces are made of: people by their ids, places.

use reconnect_core::profile::Place;
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Serialize;

/// A person's id.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "uid")]
pub(crate) struct Uid(u64);

/// People as an answer lists them.
pub(crate) fn uids(people: Vec<Id>) -> Vec<Uid> {
    people.into_iter().map(|person| Uid(person.0)).collect()
}

/// A place. Without data it is an empty struct.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename = "location")]
pub(crate) struct Location {
    street: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    zip: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    /// The id of its page.
    id: Option<u64>,
    /// The name of its page.
    name: Option<String>,
}

impl Location {
    pub(crate) fn of(place: Option<&Place>) -> Location {
        let Some(place) = place else { return Location::default() };
        let Place { street, city, state, country, zip, latitude, longitude, id, name } = place.clone();
        let (city, state, country) = (Some(city), Some(state), Some(country));
        Location { street, city, state, country, zip, latitude, longitude, id, name }
    }
}
