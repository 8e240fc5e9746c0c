//! A person of a world: who they are, what stands in their profile, whom they show it to.

use reconnect_core::model::{self, encode};
use reconnect_core::privacy::{Choices, Rule};
use reconnect_core::profile::{Affiliation, Birthday, NETWORK_TYPES, Place, Profile};
use reconnect_core::username;
use reconnect_store::Id;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long a person's record may be; what is long belongs into the profile.
const MAX_RECORD: usize = 1024;

/// A person of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    /// Their uid; drawn when absent.
    pub(crate) id: Option<u64>,
    /// The full name.
    pub(crate) name: String,
    /// What they log in with.
    pub(crate) email: String,
    /// Their name in addresses.
    pub(crate) username: Option<String>,
    /// Absent: nobody logs in as them with a password.
    pub(crate) password: Option<String>,
    /// `female` or `male`.
    pub(crate) sex: Option<String>,
    /// `en_US` and the like.
    pub(crate) locale: Option<String>,
    /// `1978-11-03`, or `11-03` without the year.
    birthday: Option<Birthday>,
    /// Hours from UTC.
    timezone: Option<f64>,
    /// Whether somebody made sure who they are.
    #[serde(default)]
    verified: bool,
    /// Applications are told nothing of them.
    #[serde(default)]
    pub(crate) opted_out: bool,
    /// Their networks: `nid`, `name`, `type`, `status`, `year`.
    affiliations: Option<toml::Value>,
    /// Where they live: `city`, `state`, `country` and so on.
    current_location: Option<toml::Value>,
    /// Whom they show single fields to.
    #[serde(default)]
    privacy: Choices,
    /// All that is long: texts, schools, jobs, relatives.
    profile: Option<toml::Value>,
}

impl Person {
    /// As the graph keeps them.
    pub(crate) fn model(&self, demo: bool) -> Result<model::Person, String> {
        let (first_name, last_name) = split_name(&self.name);
        Ok(model::Person {
            id: Id(self.id.unwrap_or(0)),
            first_name,
            last_name,
            email: self.email.trim().to_owned(),
            username: self.username.clone(),
            sex: self.sex.clone(),
            locale: self.locale.clone(),
            birthday: self.birthday,
            timezone: self.timezone,
            affiliations: exact("affiliations", self.affiliations.as_ref())?,
            current_location: exact::<Option<Place>>("current_location", self.current_location.as_ref())?,
            verified: self.verified,
            opted_out: self.opted_out,
            privacy: self.privacy.clone(),
            demo,
            ..model::Person::default()
        })
    }

    /// Their profile; none where the world says nothing.
    pub(crate) fn profile(&self) -> Result<Option<Profile>, String> {
        exact("profile", self.profile.as_ref())
    }

    /// What is wrong with all that is more than a name and an address.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.sex.as_deref().is_some_and(|sex| !is_sex(sex)) {
            return Err("their sex is female, male, or left out".to_owned());
        }
        if self.timezone.is_some_and(|hours| !(-12.0..=14.0).contains(&hours)) {
            return Err("their timezone is a number of hours from -12 to 14".to_owned());
        }
        if let Some(field) = self.privacy.keys().find(|field| !Rule::find(field).is_some_and(is_theirs)) {
            return Err(format!("privacy: '{field}' is no field whose audience a person sets"));
        }
        if let Some(name) = &self.username {
            username::check(name)?;
        }
        let person = self.model(false)?;
        if let Some(odd) = person.affiliations.iter().find(|one| !is_network(one)) {
            let types = NETWORK_TYPES.join(", ");
            return Err(format!("the network '{}' needs a nid, a name, and one of the types {types}", odd.name));
        }
        if encode(&person).map_err(|error| error.to_string())?.len() > MAX_RECORD {
            return Err(format!("all but their profile takes more than {MAX_RECORD} bytes"));
        }
        match self.profile()? {
            Some(profile) if !profile.meeting_sex.iter().all(|sex| is_sex(sex)) => {
                Err("profile.meeting_sex names female, male, or both".to_owned())
            }
            _ => Ok(()),
        }
    }
}

fn is_sex(text: &str) -> bool {
    matches!(text, "female" | "male")
}

fn is_theirs(rule: &Rule) -> bool {
    rule.is_for_the_person_to_set()
}

fn is_network(one: &Affiliation) -> bool {
    one.nid > 0 && !one.name.is_empty() && NETWORK_TYPES.contains(&one.kind.as_str())
}

/// Reads a part of a world as what the graph keeps. The graph's own types take what they do not know, for the sake of newer files; a
/// world's text is written by hand, so that every name in it must have been understood.
pub(super) fn exact<T: DeserializeOwned + Serialize + Default>(
    what: &str,
    given: Option<&toml::Value>,
) -> Result<T, String> {
    let Some(given) = given else { return Ok(T::default()) };
    let given = serde_json::to_value(given).map_err(|error| format!("{what}: {error}"))?;
    let read: T = serde_json::from_value(given.clone()).map_err(|error| format!("{what}: {error}"))?;
    let kept = serde_json::to_value(&read).map_err(|error| format!("{what}: {error}"))?;
    match lost(&given, &kept) {
        Some(name) => Err(format!("{what}: there is no '{name}', or it is empty and better left out")),
        None => Ok(read),
    }
}

/// A name that was given and not kept.
fn lost(given: &Value, kept: &Value) -> Option<String> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(name, given)| match kept.get(name) {
            Some(kept) => lost(given, kept),
            None => Some(name.clone()),
        }),
        (Value::Array(given), Value::Array(kept)) => given.iter().zip(kept).find_map(|(given, kept)| lost(given, kept)),
        _ => None,
    }
}

/// Given name and family name of a full name: what stands behind the last blank is the family's.
pub(crate) fn split_name(name: &str) -> (String, String) {
    match name.trim().rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim_end().to_owned(), last.to_owned()),
        None => (name.trim().to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(text: &str) -> Result<Person, String> {
        let text = format!("name = \"A B\"\nemail = \"a@x\"\n{text}");
        let person: Person = toml::from_str(&text).map_err(|error| error.to_string())?;
        person.check().map(|()| person)
    }

    #[test]
    fn everything_of_a_person_can_be_written_down() {
        let text = r#"
            birthday = "1988-02-29"
            timezone = 1
            verified = true
            affiliations = [{ nid = 1, name = "State", type = "college", year = 2010 }]
            current_location = { city = "Bergen", country = "Norway" }
            privacy = { birthday = "SELF", music = "FRIENDS_OF_FRIENDS" }
            [profile]
            music = "Abba"
            hs_info = { hs1_name = "North", grad_year = 2006 }
            [[profile.work_history]]
            company_name = "Map Works"
            location = { city = "Bergen" }
        "#;
        let person = person(text).unwrap();
        let model = person.model(true).unwrap();
        assert_eq!((model.timezone, model.birthday.unwrap().text()), (Some(1.0), "February 29, 1988".to_owned()));
        assert_eq!((model.affiliations[0].year, model.current_location.unwrap().city.as_str()), (2010, "Bergen"));
        assert!(model.verified && model.demo && model.privacy.len() == 2);
        let profile = person.profile().unwrap().unwrap();
        assert_eq!((profile.music.as_str(), profile.work_history[0].company_name.as_str()), ("Abba", "Map Works"));
    }

    #[test]
    fn what_nobody_understands_is_told() {
        let long = format!("affiliations = [{{ nid = 1, name = \"{}\", type = \"work\" }}]", "x".repeat(MAX_RECORD));
        let cases = [
            ("birthday = \"3.11.\"", "is no birthday"),
            ("timezone = 15", "from -12 to 14"),
            ("sex = \"?\"", "female, male, or left out"),
            ("affiliations = [{ nid = 1, name = \"X\", type = \"club\" }]", "one of the types"),
            ("affiliations = [{ nid = 1, name = \"X\", type = \"work\", since = 1 }]", "no 'since'"),
            ("current_location = { town = \"X\" }", "no 'town'"),
            ("privacy = { name = \"SELF\" }", "'name' is no field"),
            ("privacy = { birthday = \"NOBODY\" }", "unknown variant"),
            ("[profile]\nmusik = \"Abba\"", "no 'musik'"),
            ("[profile]\nmusic = 1", "profile: invalid type"),
            ("[profile]\nmeeting_sex = [\"?\"]", "female, male, or both"),
            ("[profile]\nwork_history = [{ company = \"X\" }]", "no 'company'"),
            (long.as_str(), "more than 1024 bytes"),
        ];
        for (text, expected) in cases {
            let told = person(text).unwrap_err();
            assert!(told.contains(expected), "{told:?} for {text:?}");
        }
    }
}
