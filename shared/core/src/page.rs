//! Pages of bands, shops and towns: what stands on one, and how one is made.

use crate::error::{Error, Result, invalid};
use crate::graph::{Graph, TRIES, fold};
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use crate::profile::Place;
use crate::username;
use reconnect_store::{Batch, CommitError, Conflict, Found, Id, Object};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a page's record may be, in bytes.
pub const MAX_RECORD: usize = 64 * 1024;
/// How long its name may be, in bytes.
pub const MAX_NAME: usize = 255;

/// What a page can be, as the site's form for a new one had it in 2009. The list is put together from memory of that form.
pub const TYPES: &[&str] = &[
    "Actor",
    "Athlete",
    "Automotive",
    "Automotive Dealer / Vehicle Service",
    "Banking and Financial Service",
    "Bar",
    "Cafe",
    "Club",
    "Comedian",
    "Communications",
    "Consumer Product",
    "Convention Center and Sports Complex",
    "Education",
    "Event Planning Service",
    "Fashion",
    "Film",
    "Financial Service",
    "Fitness",
    "Food and Beverage",
    "Game",
    "Government",
    "Government Official",
    "Grocery",
    "Health and Beauty",
    "Home Living",
    "Home Service",
    "Hotel / Lodging",
    "Library / Public Building",
    "Medical Service",
    "Model",
    "Museum / Attraction",
    "Musician",
    "Non-Profit",
    "Online Store",
    "Other Business",
    "Other Public Figure",
    "Park",
    "Pet Service",
    "Pharmaceuticals",
    "Politician",
    "Products",
    "Professional Service",
    "Real Estate",
    "Religious Center",
    "Religious Organization",
    "Restaurant",
    "Retail",
    "Sports",
    "Sports / Athletics",
    "Sports Team",
    "Store",
    "Technology Product / Service",
    "Technology and Telecommunications Service",
    "Travel",
    "Travel Service",
    "TV Show",
    "Visual Artist",
    "Website",
    "Writer",
    "Other",
];

/// The texts that may stand on a page, as the wire calls them.
pub const TEXTS: &[&str] = &[
    "website",
    "founded",
    "company_overview",
    "mission",
    "products",
    "public_transit",
    "attire",
    "payment_options",
    "culinary_team",
    "general_manager",
    "price_range",
    "release_date",
    "genre",
    "starring",
    "screenplay_by",
    "directed_by",
    "produced_by",
    "studio",
    "awards",
    "plot_outline",
    "network",
    "season",
    "schedule",
    "written_by",
    "band_members",
    "hometown",
    "current_location",
    "record_label",
    "booking_agent",
    "artists_we_like",
    "influences",
    "band_interests",
    "bio",
    "affiliation",
    "birthday",
    "personal_info",
    "personal_interests",
    "members",
    "built",
    "features",
    "mpg",
    "general_info",
    "press_contact",
];

/// Where one can park.
pub const PARKING: &[&str] = &["street", "lot", "valet"];
/// What a restaurant does for its guests.
pub const SERVICES: &[&str] =
    &["reserve", "walkins", "groups", "kids", "takeout", "delivery", "catering", "waiter", "outdoor"];
/// What a restaurant serves.
pub const SPECIALTIES: &[&str] = &["breakfast", "lunch", "dinner", "coffee", "drinks"];
/// The days of an entry of the hours, `mon_1_open` to `sun_2_close`.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// What it is called.
    pub name: String,
    /// Its name in addresses; no person and no other page has the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// One of [`TYPES`].
    #[serde(rename = "type")]
    pub kind: String,
    /// What else stands on it, by the names of [`TEXTS`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Place>,
    /// When it is open, in seconds of the week in which the reference counts: Monday 9:00 is 406800.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: BTreeMap<String, i64>,
    /// By the names of [`PARKING`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parking: BTreeMap<String, bool>,
    /// By the names of [`SERVICES`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub restaurant_services: BTreeMap<String, bool>,
    /// By the names of [`SPECIALTIES`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub restaurant_specialties: BTreeMap<String, bool>,
}

/// The type of that name, whatever its case.
pub fn find_type(name: &str) -> Option<&'static str> {
    TYPES.iter().copied().find(|one| one.eq_ignore_ascii_case(name.trim()))
}

fn is_hour(name: &str) -> bool {
    let mut parts = name.split('_');
    let (day, number, end) = (parts.next(), parts.next(), parts.next());
    day.is_some_and(|day| DAYS.contains(&day))
        && matches!(number, Some("1" | "2"))
        && matches!(end, Some("open" | "close"))
        && parts.next().is_none()
}

impl Page {
    /// Whether it can be, in words for whoever wrote it.
    pub fn check(&self) -> Result<(), String> {
        if self.name.trim().is_empty() || self.name.len() > MAX_NAME {
            return Err(format!("it needs a name of at most {MAX_NAME} bytes"));
        }
        if let Some(name) = &self.username {
            username::check(name)?;
        }
        if find_type(&self.kind) != Some(self.kind.as_str()) {
            return Err(format!("'{}' is no type of page: one of {}", self.kind, TYPES.join(", ")));
        }
        let texts = self.texts.keys().find(|name| !TEXTS.contains(&name.as_str()));
        let hours = self.hours.keys().find(|name| !is_hour(name));
        let flags = [
            (&self.parking, PARKING),
            (&self.restaurant_services, SERVICES),
            (&self.restaurant_specialties, SPECIALTIES),
        ];
        let flags = flags.into_iter().find_map(|(set, known)| set.keys().find(|name| !known.contains(&name.as_str())));
        if let Some(name) = texts.or(hours).or(flags) {
            return Err(format!("there is no field '{name}'"));
        }
        match encode(self) {
            Ok(record) if record.len() <= MAX_RECORD => Ok(()),
            _ => Err(format!("it takes more than {MAX_RECORD} bytes")),
        }
    }
}

/// The page whose record was found, if it is one.
pub fn page_in(found: &Found) -> Result<Option<Page>> {
    match found {
        Found::Object(Some(object)) if object.is(kinds::PAGE) => read_page(object).map(Some),
        _ => Ok(None),
    }
}

fn read_page(object: &Object) -> Result<Page> {
    let page: Page = decode("page", object.id, &object.data)?;
    Ok(Page { id: object.id, version: object.version, ..page })
}

impl Graph {
    /// A page by its id.
    pub async fn page(&self, id: Id) -> Result<Option<Page>> {
        self.object(id, kinds::PAGE).await?.map(|object| read_page(&object)).transpose()
    }

    /// The person or page that has a username.
    pub async fn named(&self, username: &str) -> Result<Option<Id>> {
        self.unique(kinds::USERNAME, &fold(username)).await
    }

    /// A page by its username.
    pub async fn page_by_username(&self, name: &str) -> Result<Option<Page>> {
        match self.named(name).await? {
            Some(id) => self.page(id).await,
            None => Ok(None),
        }
    }

    /// Makes a page. An id of 0 is drawn. Answers it as stored.
    pub async fn create_page(&self, mut page: Page) -> Result<Page> {
        page.check().map_err(|why| invalid(format!("the page '{}': {why}", page.name)))?;
        let (wanted, now) = (page.id, self.now());
        for _ in 0..TRIES {
            page.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            let mut batch = Batch::new();
            batch.create(page.id, kinds::PAGE, encode(&page)?);
            if let Some(name) = &page.username {
                batch.claim(kinds::USERNAME, fold(name), page.id);
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(Page { version: 1, ..page }),
                Err(CommitError::Conflict { write: 0, conflict: Conflict::Exists }) if wanted == Id(0) => {}
                Err(CommitError::Conflict { write: 0, .. }) => return Err(invalid(format!("id {} is taken", page.id))),
                Err(CommitError::Conflict { .. }) => {
                    return Err(invalid(format!("the username {} is taken", page.username.unwrap_or_default())));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Person;
    use reconnect_store::{ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    fn graph() -> Graph {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
        Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock)
    }

    fn page(name: &str, username: Option<&str>) -> Page {
        let username = username.map(str::to_owned);
        Page { name: name.to_owned(), username, kind: "Musician".to_owned(), ..Page::default() }
    }

    #[tokio::test]
    async fn a_page_is_found_by_id_and_by_username() {
        let graph = graph();
        let made = graph.create_page(page("Pond Quartet", Some("Pond.Quartet"))).await.unwrap();
        assert_eq!(graph.page(made.id).await.unwrap(), Some(made.clone()));
        assert_eq!(graph.page_by_username(" pond.quartet").await.unwrap(), Some(made));
        assert_eq!(graph.page_by_username("nobody").await.unwrap(), None);
        assert_eq!(graph.page(Id(5)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_username_is_one_pages_or_one_persons() {
        let graph = graph();
        let person = |email: &str, username: &str| Person {
            first_name: "Ann".to_owned(),
            email: email.to_owned(),
            username: Some(username.to_owned()),
            ..Person::default()
        };
        let ann = graph.create_person(person("ann@example.com", "pond"), None).await.unwrap();
        let taken = graph.create_page(page("Pond", Some("POND"))).await.unwrap_err();
        assert!(taken.to_string().contains("the username POND is taken"), "{taken}");
        let taken = graph.create_person(person("bob@example.com", "Pond"), None).await.unwrap_err();
        assert!(taken.to_string().contains("the username Pond is taken"), "{taken}");
        let taken = graph.create_person(person("ann@example.com", "other"), None).await.unwrap_err();
        assert!(taken.to_string().contains("the e-mail address ann@example.com is taken"), "{taken}");
        assert_eq!(graph.page_by_username("pond").await.unwrap(), None, "it is a person's");
        graph.remove_person(ann.id).await.unwrap().unwrap();
        graph.create_page(page("Pond", Some("pond"))).await.unwrap();
    }

    #[tokio::test]
    async fn what_came_with_a_demo_world_goes_with_it() {
        let graph = graph();
        let kept = graph.create_page(page("Kept", None)).await.unwrap();
        let demo = graph.create_page(page("Demo", Some("demo"))).await.unwrap();
        graph.note_demo_thing(demo.id).await.unwrap();
        assert!(graph.demo().await.unwrap().is_empty(), "it has no credentials");
        assert_eq!(graph.clear_demo_things().await.unwrap(), (1, Vec::new()));
        assert_eq!((graph.page(demo.id).await.unwrap(), graph.named("demo").await.unwrap()), (None, None));
        assert_eq!(graph.clear_demo_things().await.unwrap(), (0, Vec::new()));
        assert_eq!(graph.page(kept.id).await.unwrap(), Some(kept));
    }

    #[tokio::test]
    async fn what_no_page_can_be_is_refused() {
        let graph = graph();
        let good = page("Pond", None);
        let with = |set: &dyn Fn(&mut Page)| {
            let mut page = good.clone();
            set(&mut page);
            page.check().unwrap_err()
        };
        assert!(with(&|page| page.name = " ".to_owned()).contains("a name"));
        assert!(with(&|page| page.kind = "musician".to_owned()).contains("no type"));
        assert!(with(&|page| page.username = Some("a b".to_owned())).contains("username"));
        assert!(
            with(&|page| {
                page.texts.insert("motto".to_owned(), String::new());
            })
            .contains("'motto'")
        );
        assert!(
            with(&|page| {
                page.hours.insert("mon_3_open".to_owned(), 1);
            })
            .contains("'mon_3_open'")
        );
        assert!(
            with(&|page| {
                page.parking.insert("roof".to_owned(), true);
            })
            .contains("'roof'")
        );
        assert!(
            with(&|page| {
                page.texts.insert("bio".to_owned(), "x".repeat(MAX_RECORD));
            })
            .contains("bytes")
        );
        let made = graph.create_page(Page { id: Id(5), ..good.clone() }).await.unwrap();
        assert!(
            graph.create_page(Page { id: made.id, ..good }).await.unwrap_err().to_string().contains("id 5 is taken")
        );
        assert_eq!((find_type(" MUSICIAN"), find_type("Nothing")), (Some("Musician"), None));
    }
}
