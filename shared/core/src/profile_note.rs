//! Where a person's profile stands: in a note beside the person, which is read in the same wave and written without it.

use crate::error::{Error, Result, invalid};
use crate::graph::Graph;
use crate::kinds;
use crate::model::{decode, encode};
use crate::profile::{MAX_BYTES, Profile};
use reconnect_store::{Batch, Found, Id, Key};

/// Where a person's profile stands.
pub fn profile_key(person: Id) -> Key {
    Key::Assoc { from: person, kind: kinds::PROFILE, to: person }
}

/// The profile that was read by [`profile_key`]; an empty one of somebody who has written none.
pub fn read_profile(person: Id, found: Option<&Found>) -> Result<Profile> {
    match found {
        Some(Found::Assoc(Some(note))) => decode("profile", person, &note.data),
        _ => Ok(Profile::default()),
    }
}

impl Graph {
    /// A person's profile.
    pub async fn profile(&self, person: Id) -> Result<Profile> {
        read_profile(person, self.get(&[profile_key(person)]).await?.first())
    }

    /// Writes a person's profile in the place of the one before, and the time of it with the person, in one commit.
    pub async fn set_profile(&self, person: Id, profile: &Profile) -> Result<()> {
        let data = encode(profile)?;
        if data.len() > MAX_BYTES {
            return Err(invalid(format!("the profile of {person} is longer than {MAX_BYTES} bytes")));
        }
        let mut known = self.person(person).await?.ok_or_else(|| invalid(format!("no person has the id {person}")))?;
        let now = self.now().secs();
        known.profile_update_time = now;
        let mut batch = Batch::new();
        batch.update(person, kinds::PERSON, encode(&known)?, known.version);
        batch.replace(person, kinds::PROFILE, person, now, data);
        self.commit(batch).await.map(drop).map_err(Error::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Person;
    use reconnect_store::{ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_profile_is_written_with_the_time_of_it() {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_000_000_000)));
        let store = Arc::new(SqliteStore::in_memory(clock.clone()).unwrap());
        let graph = Graph::new(store, clock.clone());
        let person = Person { first_name: "Ann".to_owned(), email: "ann@example.com".to_owned(), ..Person::default() };
        let ann = graph.create_person(person, None).await.unwrap();
        assert_eq!(graph.profile(ann.id).await.unwrap(), Profile::default());
        clock.set(Time::from_secs(1_000_000_777));
        let profile = Profile { music: "Abba".to_owned(), ..Profile::default() };
        graph.set_profile(ann.id, &profile).await.unwrap();
        assert_eq!(graph.profile(ann.id).await.unwrap(), profile);
        assert_eq!(graph.person(ann.id).await.unwrap().unwrap().profile_update_time, 1_000_000_777);
        let long = Profile { quotes: "x".repeat(MAX_BYTES), ..Profile::default() };
        assert!(graph.set_profile(ann.id, &long).await.is_err());
        assert!(graph.set_profile(Id(77), &profile).await.is_err(), "nobody");
        graph.remove_person(ann.id).await.unwrap();
        assert_eq!(graph.profile(ann.id).await.unwrap(), Profile::default(), "it goes with the person");
    }
}
