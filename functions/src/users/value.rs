//! What a field of a profile is on the wire: the structs of the API's last schema, and the value that stands in a row.

use crate::answer::Location;
use crate::status::element::Status;
use reconnect_core::profile::{self, REGION};
use reconnect_wire::Hidden;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

/// High schools. Without data it is an empty struct.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename = "hs_info")]
pub(crate) struct HsInfo {
    /// Name of the first.
    hs1_name: Option<String>,
    /// Name of the second.
    hs2_name: Option<String>,
    /// The year of graduation.
    grad_year: Option<u64>,
    /// Id of the first.
    hs1_id: Option<u64>,
    /// Id of the second.
    hs2_id: Option<u64>,
}

impl HsInfo {
    pub(crate) fn of(schools: Option<&profile::HighSchools>) -> HsInfo {
        let Some(schools) = schools.cloned() else { return HsInfo::default() };
        HsInfo {
            hs1_name: Some(schools.hs1_name),
            hs2_name: Some(schools.hs2_name),
            grad_year: Some(schools.grad_year),
            hs1_id: Some(schools.hs1_id),
            hs2_id: Some(schools.hs2_id),
        }
    }
}

/// A network.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "affiliation")]
pub(crate) struct Affiliation<'a> {
    /// Its id.
    nid: u64,
    /// Its name.
    name: &'a str,
    /// `college`, `high school`, `work` or `region`.
    r#type: &'a str,
    /// What the person is in it, as `Undergrad` or `Alumnus/Alumna`.
    status: &'a str,
    /// The year of graduation; 0 where there is none.
    year: u64,
}

impl<'a> Affiliation<'a> {
    /// All of somebody's, or those that say where they live.
    pub(crate) fn all(of: &'a [profile::Affiliation], only_regions: bool) -> Vec<Affiliation<'a>> {
        let shown = of.iter().filter(|one| !only_regions || one.kind == REGION);
        shown
            .map(|one| Affiliation {
                nid: one.nid,
                name: &one.name,
                r#type: &one.kind,
                status: &one.status,
                year: one.year,
            })
            .collect()
    }
}

/// What somebody studies.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "concentration")]
pub(crate) struct Concentration(String);

/// A school.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "education_info")]
pub(crate) struct EducationInfo {
    /// Its name.
    name: String,
    /// The year of graduation.
    year: u64,
    concentrations: Vec<Concentration>,
    degree: String,
    /// `College` or `Grad School`.
    school_type: String,
}

impl From<&profile::Education> for EducationInfo {
    fn from(one: &profile::Education) -> EducationInfo {
        EducationInfo {
            name: one.name.clone(),
            year: one.year,
            concentrations: one.concentrations.iter().cloned().map(Concentration).collect(),
            degree: one.degree.clone(),
            school_type: one.school_type.clone(),
        }
    }
}

/// A job.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "work_info")]
pub(crate) struct WorkInfo {
    location: Location,
    company_name: String,
    position: String,
    description: String,
    start_date: String,
    end_date: String,
}

impl From<&profile::Work> for WorkInfo {
    fn from(one: &profile::Work) -> WorkInfo {
        let one = one.clone();
        WorkInfo {
            location: Location::of(one.location.as_ref()),
            company_name: one.company_name,
            position: one.position,
            description: one.description,
            start_date: one.start_date,
            end_date: one.end_date,
        }
    }
}

/// A relative: by uid, or by name where they are not here.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "family_info")]
pub(crate) struct FamilyInfo {
    /// What they are to the person: `sister`, `mother`.
    relationship: String,
    /// Who, where they are here.
    uid: Option<u64>,
    /// Who, where they are not.
    name: Option<String>,
    /// Theirs, where they are not here.
    birthday: Option<String>,
    /// The person whose relative they are.
    profile_id: Option<u64>,
}

impl FamilyInfo {
    /// As the relative of somebody.
    pub(crate) fn of(one: &profile::Relative, profile_id: u64) -> FamilyInfo {
        let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        FamilyInfo {
            relationship: one.relationship.clone(),
            uid: one.uid,
            name: said(&one.name),
            birthday: said(&one.birthday),
            profile_id: Some(profile_id),
        }
    }
}

/// Whom somebody would like to meet.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "sex")]
pub(crate) struct Sex(pub(crate) String);

/// What for.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "seeking")]
pub(crate) struct Seeking(pub(crate) String);

/// How long, in seconds, and how large, in bytes, a video may be.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "video_limits")]
pub(crate) struct Limits {
    /// In seconds.
    length: u64,
    /// In bytes.
    size: u64,
}

impl Limits {
    /// Of somebody whom the site knows better, or not.
    pub(crate) fn of(verified: bool) -> Limits {
        if verified { Limits { length: 1200, size: 1 << 30 } } else { Limits { length: 120, size: 100 << 20 } }
    }
}

/// A picture on top of a profile. Nobody has one: an empty struct.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "cover")]
pub(crate) struct Cover {}

macro_rules! values {
    ($($name:ident($type:ty): $schema:ty,)*) => {
        /// The value of a field of one person, whose texts it borrows. What is large is boxed: a row holds a dozen of them.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(crate) enum Value<'a> {
            /// Not for this viewer, or a number that nobody has set: the schema's numbers have no empty form.
            Hidden(Hidden),
            /// A member of a struct, asked for by `struct.member`.
            Member(serde_json::Value),
            $(#[allow(missing_docs)] $name($type),)*
        }

        /// What values a field has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Shape {
            $($name,)*
        }

        impl Shape {
            /// Its schema; every field can be hidden.
            pub(crate) fn schema(self, generator: &mut SchemaGenerator) -> Schema {
                let own = match self {
                    $(Shape::$name => generator.subschema_for::<$schema>(),)*
                };
                json_schema!({ "anyOf": [own, { "type": "null" }] })
            }
        }
    };
}

values! {
    Text(Cow<'a, str>): String,
    Number(i64): i64,
    Hours(Hours): f64,
    Flag(bool): bool,
    Location(Box<Location>): Location,
    HsInfo(Box<HsInfo>): HsInfo,
    Affiliations(Vec<Affiliation<'a>>): Vec<Affiliation<'static>>,
    Education(Vec<EducationInfo>): Vec<EducationInfo>,
    Work(Vec<WorkInfo>): Vec<WorkInfo>,
    Family(Vec<FamilyInfo>): Vec<FamilyInfo>,
    Sexes(Vec<Sex>): Vec<Sex>,
    Seekings(Vec<Seeking>): Vec<Seeking>,
    Texts(Vec<String>): Vec<String>,
    Status(Box<Status>): Status,
    Limits(Limits): Limits,
    Cover(Cover): Cover,
}

/// Hours from UTC: whole ones are written without a fraction (`-8`, `5.5`).
#[derive(Clone, Copy)]
pub(crate) struct Hours(pub(crate) f64);

impl Serialize for Hours {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 { serializer.serialize_i64(self.0 as i64) } else { serializer.serialize_f64(self.0) }
    }
}

impl<'a> Value<'a> {
    /// Not for this viewer.
    pub(crate) const HIDDEN: Value<'static> = Value::Hidden(Hidden);

    /// A text; nothing set is empty.
    pub(crate) fn text(text: Option<&'a str>) -> Value<'a> {
        Value::Text(Cow::Borrowed(text.unwrap_or_default()))
    }

    /// A text that was made for this answer.
    pub(crate) fn made(text: String) -> Value<'a> {
        Value::Text(Cow::Owned(text))
    }

    /// A number that may not be set.
    pub(crate) fn number(number: Option<u64>) -> Value<'a> {
        number.and_then(|number| i64::try_from(number).ok()).map_or(Value::HIDDEN, Value::Number)
    }

    /// A member of this struct; what is not there is empty.
    pub(crate) fn member(self, member: &str) -> Value<'a> {
        if matches!(self, Value::Hidden(_)) {
            return self;
        }
        let all = serde_json::to_value(&self).unwrap_or_default();
        match all.get(member) {
            Some(value) if !value.is_null() => Value::Member(value.clone()),
            _ => Value::text(None),
        }
    }
}

impl Shape {
    /// The members of a struct that can be asked for alone.
    pub(crate) fn members(self) -> &'static [&'static str] {
        match self {
            Shape::Location => &["street", "city", "state", "country", "zip", "latitude", "longitude", "id", "name"],
            Shape::HsInfo => &["hs1_name", "hs2_name", "grad_year", "hs1_id", "hs2_id"],
            Shape::Status => &["message", "time", "status_id", "source", "uid", "comment_count"],
            Shape::Limits => &["length", "size"],
            _ => &[],
        }
    }
}
