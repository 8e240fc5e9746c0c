//! A town of many people in a file, made once and kept: a million of them take minutes.
//!
//! Everybody has a few friends all over the town, some have thousands, and those whose calls are measured have exactly as many as people had
//! on average. (A town in which all have that many would be 130 million records: nine gigabytes, and half an hour to write.) Records are
//! written in the order in which files keep them, by the batches that any writer may send.

use super::walls;
use crate::plan::Plan;
use crate::world::{FIRST, PEOPLE};
use crate::{Outcome, While};
use futures_util::{StreamExt, TryStreamExt, stream};
use reconnect_core::graph::fold;
use reconnect_core::kinds;
use reconnect_core::model::{Login, Person, encode};
use reconnect_core::profile::Affiliation;
use reconnect_store::{Batch, CommitError, Id, Store, SystemClock};
use reconnect_store_sqlite::{Options, SqliteStore};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Part of the file's name: another recipe makes another file.
const RECIPE: u32 = 2;
/// Everybody's friends live so many steps away, both ways. The steps are drawn, so that friends are far apart.
const STEPS: usize = 5;
/// How many friends they have whose calls are measured: what people had on average.
pub(super) const FRIENDS: usize = 130;
/// How many have thousands, where the town is large enough.
const POPULAR: u64 = 20;
/// As many as anybody can have.
const THOUSANDS: usize = 5000;
/// Batches on their way at a time.
const AT_A_TIME: usize = 64;
/// When the first friendship began: 2009-02-13.
const BEGINNING: i64 = 1_234_567_890;

/// Who lives in the town, and who is whose friend.
pub(super) struct Town {
    people: u64,
    steps: Vec<u64>,
    /// Friends beside those of the steps, by number of house.
    more: HashMap<u64, Vec<u64>>,
}

impl Town {
    /// A town of so many, a thousand at least.
    pub(super) fn plan(people: u64) -> Town {
        let people = people.max(1000);
        let mut draw = Draw(people);
        let mut steps: Vec<u64> = Vec::new();
        while steps.len() < STEPS {
            let step = 1 + draw.below(people / 2 - 1);
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        let mut town = Town { people, steps, more: HashMap::new() };
        for at in 0..PEOPLE {
            town.befriend_many(town.measured(at), FRIENDS, &mut draw);
        }
        if people > 20 * THOUSANDS as u64 {
            (0..POPULAR).for_each(|at| town.befriend_many(town.measured(at) + 1, THOUSANDS, &mut draw));
        }
        town
    }

    /// The house of somebody whose calls are measured: they live all over the town.
    pub(super) fn measured(&self, at: u64) -> u64 {
        at * (self.people / PEOPLE)
    }

    /// How many live here.
    pub(super) fn people(&self) -> u64 {
        self.people
    }

    /// A house, any.
    pub(super) fn anybody(&self, draw: &mut Draw) -> u64 {
        draw.below(self.people)
    }

    /// Gives somebody friends until they have so many.
    fn befriend_many(&mut self, house: u64, friends: usize, draw: &mut Draw) {
        let spoken_for = |town: &Town, other: u64| {
            let distance = house.abs_diff(other);
            let near = town.steps.iter().any(|step| *step == distance || town.people - *step == distance);
            // Who is measured, or has thousands, gets no friend that was not meant.
            let counted = other % (town.people / PEOPLE) <= 1;
            other == house || near || counted || town.more.get(&house).is_some_and(|more| more.contains(&other))
        };
        let missing = friends - 2 * STEPS;
        let mut found = self.more.get(&house).map_or(0, Vec::len);
        while found < missing {
            let other = draw.below(self.people);
            if !spoken_for(self, other) {
                self.more.entry(house).or_default().push(other);
                self.more.entry(other).or_default().push(house);
                found += 1;
            }
        }
    }

    /// The friends of a house.
    pub(super) fn friends(&self, house: u64) -> impl Iterator<Item = u64> {
        let around = self
            .steps
            .iter()
            .flat_map(move |step| [(house + step) % self.people, (house + self.people - step) % self.people]);
        around.chain(self.more.get(&house).into_iter().flatten().copied())
    }

    /// How many friends people have on average.
    pub(super) fn average(&self) -> f64 {
        let more: usize = self.more.values().map(Vec::len).sum();
        2.0 * STEPS as f64 + more as f64 / self.people as f64
    }

    /// The file of the town, made if it is not there.
    pub(super) async fn file(&self, plan: &Plan) -> Outcome<PathBuf> {
        let folder = plan.kept()?;
        let file = folder.join(format!("town-{RECIPE}-{}.db", self.people));
        if file.exists() {
            return Ok(file);
        }
        eprintln!("Making a town of {} people. It is kept for the next run at {}", self.people, file.display());
        let (began, making) = (Instant::now(), file.with_extension("making"));
        for left in ["making", "making-wal", "making-shm"] {
            let _ = std::fs::remove_file(file.with_extension(left));
        }
        let store = SqliteStore::open(&making, Arc::new(SystemClock), Options::default());
        let store = Arc::new(store.while_doing("making a database")?);
        let written = self.write(&store).await;
        let posted = walls::write(self, Arc::clone(&store) as _).await;
        store.close();
        drop(store);
        written.while_doing("filling a town")?;
        posted.while_doing("writing on the walls of a town")?;
        std::fs::rename(&making, &file).while_doing("keeping a town")?;
        let size = std::fs::metadata(&file).map_or(0, |file| file.len() >> 20);
        eprintln!("It took {:.0} s and is {size} MiB.", began.elapsed().as_secs_f64());
        Ok(file)
    }

    async fn write(&self, store: &SqliteStore) -> Result<(), CommitError> {
        let batches = (0..self.people.div_ceil(HOUSES)).flat_map(|street| {
            if street % (self.people / HOUSES / 10).max(1) == 0 {
                eprintln!("  {} people", street * HOUSES);
            }
            self.street(street * HOUSES..((street + 1) * HOUSES).min(self.people))
        });
        let commits = stream::iter(batches.map(|batch| store.commit(batch)));
        commits.buffer_unordered(AT_A_TIME).try_for_each(|_| async { Ok(()) }).await
    }

    /// What is written of some houses.
    fn street(&self, houses: std::ops::Range<u64>) -> Vec<Batch> {
        let mut batches = vec![Batch::new()];
        for house in houses.clone() {
            settle(room_for(&mut batches, 4), house);
        }
        for house in houses {
            for friend in self.friends(house) {
                let since = BEGINNING + (house.min(friend) * 7919 + house.max(friend)) as i64 % 100_000_000;
                let batch = room_for(&mut batches, 2);
                batch.link(id(house), kinds::FRIEND, id(friend), since, Vec::new());
            }
        }
        batches
    }
}

/// Houses that are written together.
const HOUSES: u64 = 25;

/// The last of the batches, or a new one where that has no room.
fn room_for(batches: &mut Vec<Batch>, actions: usize) -> &mut Batch {
    if batches.last().is_none_or(|last| last.room() < actions) {
        batches.push(Batch::new());
    }
    let last = batches.len() - 1;
    &mut batches[last]
}

/// The id of whoever lives in a house.
pub(super) fn id(house: u64) -> Id {
    Id(FIRST + house)
}

/// Writes a person, as whoever makes one does.
fn settle(batch: &mut Batch, house: u64) {
    let (id, person) = (id(house), person(house));
    let login = Login { password: None, epoch: house };
    let (Ok(record), Ok(login)) = (encode(&person), encode(&login)) else { return };
    batch.create(id, kinds::PERSON, record);
    batch.claim(kinds::EMAIL, fold(&person.email), id);
    batch.keep(kinds::ROOT, kinds::PEOPLE, id, BEGINNING, Vec::new());
    batch.link(id, kinds::LOGIN, id, BEGINNING, login);
}

fn person(house: u64) -> Person {
    const FIRST_NAMES: [&str; 8] = ["Émilie", "Ada", "Ben", "Carla", "Dev", "Emma", "Felix", "Grace"];
    const LAST_NAMES: [&str; 7] = ["Wilson-O'Brien", "Okafor", "Halvorsen", "Mendes", "Kapoor", "Lindqvist", "Tanaka"];
    let of = |names: &[&str]| names[house as usize % names.len()].to_owned();
    let network = Affiliation {
        nid: 50 + house % 500,
        name: format!("Springfield {}", house % 500),
        kind: "region".to_owned(),
        ..Affiliation::default()
    };
    Person {
        id: id(house),
        first_name: of(&FIRST_NAMES),
        last_name: of(&LAST_NAMES),
        email: format!("p{house:08}@example.com"),
        sex: Some(if house.is_multiple_of(2) { "female" } else { "male" }.to_owned()),
        locale: Some("en_US".to_owned()),
        timezone: Some(-8.0),
        affiliations: vec![network],
        profile_update_time: BEGINNING,
        ..Person::default()
    }
}

/// Numbers that look drawn and are the same in every run.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    /// One below a bound (splitmix64).
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn friendship_is_mutual_and_the_measured_have_exactly_as_many_as_said() {
        let town = Town::plan(1000);
        let friends: Vec<HashSet<u64>> = (0..1000).map(|house| town.friends(house).collect()).collect();
        for (house, theirs) in friends.iter().enumerate() {
            assert_eq!(theirs.len(), town.friends(house as u64).count(), "nobody twice");
            assert!(
                theirs
                    .iter()
                    .all(|friend| friends[*friend as usize].contains(&(house as u64)) && *friend != house as u64)
            );
        }
        assert!((0..PEOPLE).all(|at| friends[town.measured(at) as usize].len() == FRIENDS));
    }

    #[test]
    fn a_large_town_has_people_with_thousands_of_friends() {
        let town = Town::plan(200_000);
        assert_eq!(town.friends(town.measured(3) + 1).count(), THOUSANDS);
        assert_eq!(town.friends(town.measured(63)).count(), FRIENDS);
        assert!(town.average() > 10.0 && town.average() < 12.0, "{}", town.average());
    }

    #[test]
    fn batches_keep_the_limits() {
        let town = Town::plan(200_000);
        for batch in town.street(0..HOUSES) {
            batch.validate().unwrap();
        }
    }
}
