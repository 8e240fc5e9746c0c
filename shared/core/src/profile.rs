//! A person's profile: the parts that a person's record holds (birthday, networks, places), and the note to self with all that is long.
//!
//! Names are those of the API's last schema. What nobody has set is absent, so that a record holds only what there is.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How long a profile may be, as it is kept.
pub const MAX_BYTES: usize = 64 << 10;

/// A day of birth; the year is the person's to tell. Kept as `1984-02-29` or `02-29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Birthday {
    /// The year, where it is told.
    pub year: Option<u16>,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

const MONTHS: [(&str, u8); 12] = [
    ("January", 31),
    ("February", 29),
    ("March", 31),
    ("April", 30),
    ("May", 31),
    ("June", 30),
    ("July", 31),
    ("August", 31),
    ("September", 30),
    ("October", 31),
    ("November", 30),
    ("December", 31),
];

impl Birthday {
    /// `November 3, 1978` or `November 3`.
    pub fn text(self) -> String {
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).map_or("", |(name, _)| name);
        match self.year {
            Some(year) => format!("{month} {}, {year}", self.day),
            None => format!("{month} {}", self.day),
        }
    }

    /// `11/03/1978` or `11/03`.
    pub fn date(self) -> String {
        match self.year {
            Some(year) => format!("{:02}/{:02}/{year:04}", self.month, self.day),
            None => format!("{:02}/{:02}", self.month, self.day),
        }
    }

    /// How old they are on a day; unknown without the year.
    pub fn age_on(self, year: u16, month: u8, day: u8) -> Option<u16> {
        let had_it = (month, day) >= (self.month, self.day);
        year.checked_sub(self.year?)?.checked_sub(u16::from(!had_it))
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-{:02}-{:02}", self.month, self.day),
            None => write!(f, "{:02}-{:02}", self.month, self.day),
        }
    }
}

impl From<Birthday> for String {
    fn from(birthday: Birthday) -> String {
        birthday.to_string()
    }
}

impl TryFrom<String> for Birthday {
    type Error = String;

    fn try_from(text: String) -> Result<Birthday, String> {
        text.parse()
    }
}

impl FromStr for Birthday {
    type Err = String;

    fn from_str(text: &str) -> Result<Birthday, String> {
        let wrong = || format!("'{text}' is no birthday: write it like 1978-11-03, or 11-03 without the year");
        let number = |digits: &str, length: usize| -> Option<u16> {
            (digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
        };
        let parts: Vec<&str> = text.split('-').collect();
        let (year, month, day) = match parts.as_slice() {
            [year, month, day] => (Some(number(year, 4).ok_or_else(wrong)?), month, day),
            [month, day] => (None, month, day),
            _ => return Err(wrong()),
        };
        let month = number(month, 2).and_then(|month| u8::try_from(month).ok()).ok_or_else(wrong)?;
        let day = number(day, 2).and_then(|day| u8::try_from(day).ok()).ok_or_else(wrong)?;
        let (_, days) = MONTHS.get(usize::from(month).wrapping_sub(1)).ok_or_else(wrong)?;
        let leap = year.is_none_or(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
        let days = if month == 2 && !leap { 28 } else { *days };
        if (1..=days).contains(&day) { Ok(Birthday { year, month, day }) } else { Err(wrong()) }
    }
}

/// A network somebody belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Affiliation {
    /// The network's id.
    pub nid: u64,
    /// What it is called.
    pub name: String,
    /// `college`, `high school`, `work` or `region`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What they are in it: `Undergrad`, `Alumnus/Alumna`, `Faculty` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// The year of graduation; 0 for none.
    #[serde(skip_serializing_if = "is_zero")]
    pub year: u64,
}

/// The sort of network that says where somebody lives, and is told to everybody.
pub const REGION: &str = "region";
/// What networks there are.
pub const NETWORK_TYPES: [&str; 4] = ["college", "high school", "work", REGION];

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The city.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// In full or as a code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// In English.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// The postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// In degrees, north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// In degrees, east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// The page of the city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// And what it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

macro_rules! texts {
    ($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$text_doc:meta])* $text:ident,)*
        --
        $($(#[$doc_of:meta])* pub $field:ident: $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$text_doc])* #[serde(skip_serializing_if = "String::is_empty")] pub $text: String,)*
            $($(#[$doc_of])* pub $field: $type,)*
        }
    };
}

texts! {
    /// The high schools that somebody went to.
    pub struct HighSchools {
        /// The first.
        hs1_name,
        /// The second.
        hs2_name,
        --
        /// When they graduated; 0 for unknown.
        #[serde(skip_serializing_if = "is_zero")]
        pub grad_year: u64,
        /// The first one's id.
        #[serde(skip_serializing_if = "is_zero")]
        pub hs1_id: u64,
        /// The second one's id.
        #[serde(skip_serializing_if = "is_zero")]
        pub hs2_id: u64,
    }
}

texts! {
    /// A school after high school.
    pub struct Education {
        /// What it is called.
        name,
        /// What they left it with.
        degree,
        /// `College` or `Graduate School`.
        school_type,
        --
        /// When they graduate; 0 for unknown.
        #[serde(skip_serializing_if = "is_zero")]
        pub year: u64,
        /// What they study; three at most.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub concentrations: Vec<String>,
    }
}

texts! {
    /// A job.
    pub struct Work {
        /// Whose.
        company_name,
        /// As what.
        position,
        /// In their words.
        description,
        /// `2005-01`; empty for unknown.
        start_date,
        /// `2007-12`; empty while it lasts.
        end_date,
        --
        /// Where.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub location: Option<Place>,
    }
}

texts! {
    /// A relative.
    pub struct Relative {
        /// `mother`, `sister` and the like.
        relationship,
        /// Of somebody who is not here.
        name,
        /// Of somebody who is not here.
        birthday,
        --
        /// Who.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub uid: Option<u64>,
    }
}

texts! {
    /// A person's note to self about all that is long, or seldom asked for.
    pub struct Profile {
        /// About themselves.
        about_me,
        /// What they do.
        activities,
        /// Books they like.
        books,
        /// Games they like.
        games,
        /// What they care for.
        interests,
        /// Films they like.
        movies,
        /// Music they like.
        music,
        /// Political views.
        political,
        /// The line beside their picture.
        profile_blurb,
        /// Sentences they like.
        quotes,
        /// `Single`, `In a Relationship`, `Married` and the like.
        relationship_status,
        /// Religious views.
        religion,
        /// What they watch.
        tv,
        /// One address a line.
        website,
        --
        /// With whom.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub significant_other_id: Option<u64>,
        /// Whom they would like to meet: `female`, `male`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub meeting_sex: Vec<String>,
        /// What for: `Friendship`, `Networking` and the like.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub meeting_for: Vec<String>,
        /// Where they come from.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub hometown_location: Option<Place>,
        /// High schools.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub hs_info: Option<HighSchools>,
        /// Other schools, newest first.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub education_history: Vec<Education>,
        /// Jobs, newest first.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub work_history: Vec<Work>,
        /// Relatives.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub family: Vec<Relative>,
    }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{decode, encode};
    use reconnect_store::Id;

    #[test]
    fn a_birthday_is_a_day_of_the_calendar_with_or_without_a_year() {
        for (text, shown, date) in [
            ("1978-11-03", "November 3, 1978", "11/03/1978"),
            ("11-03", "November 3", "11/03"),
            ("2000-02-29", "February 29, 2000", "02/29/2000"),
            ("02-29", "February 29", "02/29"),
        ] {
            let day: Birthday = text.parse().unwrap();
            assert_eq!((day.to_string().as_str(), day.text().as_str(), day.date().as_str()), (text, shown, date));
        }
        for text in [
            "",
            "1978",
            "1978-11",
            "1978-13-01",
            "00-01",
            "01-00",
            "1900-02-29",
            "04-31",
            "1-1",
            "78-11-03",
            "a-b",
            "+1-02",
            "1978-11-03-",
        ] {
            assert!(text.parse::<Birthday>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_age_counts_from_the_day_on() {
        let day: Birthday = "1988-02-29".parse().unwrap();
        assert_eq!(
            (day.age_on(2009, 2, 28), day.age_on(2009, 3, 1), day.age_on(1980, 1, 1)),
            (Some(20), Some(21), None)
        );
        assert_eq!("02-29".parse::<Birthday>().unwrap().age_on(2009, 1, 1), None);
    }

    #[test]
    fn what_is_not_set_takes_no_room_and_an_older_record_is_read() {
        assert_eq!(encode(&Profile::default()).unwrap(), b"{}");
        let text = br#"{"music":"Abba","hs_info":{"hs1_name":"North"},"work_history":[{"company_name":"Map Works"}]}"#;
        let profile: Profile = decode("profile", Id(1), text).unwrap();
        assert_eq!(
            encode(&profile).unwrap(),
            br#"{"music":"Abba","hs_info":{"hs1_name":"North"},"work_history":[{"company_name":"Map Works"}]}"#
        );
    }
}
