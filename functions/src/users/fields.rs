//! The fields of a person: their names, what values they have, where each comes from.

use super::value::{Affiliation, Cover, FamilyInfo, Hours, HsInfo, Limits, Seeking, Sex, Shape, Value};
use crate::answer::Location;
use crate::status::element::Status;
use reconnect_core::error::{Result, invalid};
use reconnect_core::model::Person;
use reconnect_core::people::Seen;
use reconnect_core::permission::Permissions;
use reconnect_core::privacy::{Relation, Rule, Sight};
use reconnect_core::profile::Profile;
use reconnect_core::{Context, Services, Signed};
use reconnect_store::Id;
use reconnect_wire::hashes;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// For so long a profile counts as updated, in seconds.
const UPDATED: i64 = 3 * 86_400;
/// So many fields are taken at once: more than there are, since a name may be repeated.
const MOST: usize = 200;

/// The call that asks about people.
pub(crate) struct Scene {
    services: Arc<Services>,
    app: Id,
    site: Arc<str>,
    now: i64,
    /// What it asks for.
    asked: Vec<Asked>,
    /// What the viewer lets the application ask, where single fields need that.
    asks: Option<Permissions>,
    /// The caller proved to be the application itself.
    by_app: bool,
    /// Of networks only those that say where somebody lives.
    only_regions: bool,
}

impl Scene {
    pub(crate) fn of(cx: &Context, asked: Vec<Asked>) -> Scene {
        // Single fields need permissions since there are access tokens.
        let asks = cx.caller.grant.as_ref().filter(|_| cx.caller.signed == Signed::UserToken);
        Scene {
            services: Arc::clone(&cx.services),
            app: cx.app().id,
            site: Arc::clone(&cx.request.site),
            now: cx.now().secs(),
            asked,
            asks: asks.map(|grant| grant.permissions.clone()),
            by_app: cx.caller.is_server(),
            only_regions: cx.caller.viewer().is_none(),
        }
    }

    /// The fields in their order, each with its value.
    pub(crate) fn columns<'a>(&'a self, seen: &'a Seen) -> Vec<(&'static str, Value<'a>)> {
        let granted = seen.grant.as_ref().map(|grant| &grant.permissions);
        let sight = Sight { relation: seen.relation, asks: self.asks.as_ref(), granted, by_app: self.by_app };
        let view = View { scene: self, seen, sight };
        let uid = ("uid", Value::number(Some(seen.person.id.0)));
        let mut columns = Vec::with_capacity(self.asked.len() + 1);
        columns.push(uid);
        columns.extend(self.asked.iter().map(|one| (one.field.name, one.value(view))));
        columns
    }
}

/// One person, as a call sees them.
#[derive(Clone, Copy)]
struct View<'a> {
    scene: &'a Scene,
    seen: &'a Seen,
    sight: Sight<'a>,
}

/// A field.
pub(crate) struct Field {
    /// As on the wire.
    pub(crate) name: &'static str,
    /// What values it has.
    pub(crate) shape: Shape,
    /// Its value, for whoever may see it.
    value: fn(View<'_>) -> Value<'_>,
    /// Whether the note with the long texts is needed for it.
    pub(crate) in_profile: bool,
    /// What it is, for the reference. Empty where its name or its struct says so.
    pub(crate) about: &'static str,
}

macro_rules! fields {
    ($($(#[doc = $about:literal])? $name:ident: $shape:ident $($place:ident)?, $value:expr;)*) => {
        /// Every field, in the order of the reference.
        pub(crate) static FIELDS: &[Field] = &[$(Field {
            name: stringify!($name),
            shape: Shape::$shape,
            value: $value,
            in_profile: false $(|| fields!(@ $place))?,
            about: concat!("" $(, $about)?).trim_ascii(),
        }),*];
    };
    (@ profile) => { true };
}

fields! {
    /// The person's id.
    uid: Number, |v| Value::number(Some(v.person().id.0));
    /// The vanity name, in addresses.
    username: Text, |v| Value::text(v.person().username.as_deref());
    first_name: Text, |v| Value::text(Some(&v.person().first_name));
    middle_name: Text, |v| Value::text(v.person().middle_name.as_deref());
    last_name: Text, |v| Value::text(Some(&v.person().last_name));
    /// First and last name.
    name: Text, |v| Value::made(v.person().name());
    /// How the parts make the name.
    name_format: Text, |_| Value::text(Some("{first} {last}"));
    /// An id that this application alone knows the person by.
    third_party_id: Text, |v| Value::made(v.scene.services.secrets.third_party_id(v.scene.app, v.person().id));
    /// Address of a small picture, 50 by 50 pixels.
    pic_small: Text, |v| v.picture("small");
    /// The same, 100 by 100.
    pic: Text, |v| v.picture("normal");
    /// The same, 200 by 200.
    pic_big: Text, |v| v.picture("large");
    /// The same as `pic_small`.
    pic_square: Text, |v| v.picture("square");
    /// The same as `pic_big`.
    pic_large: Text, |v| v.picture("large");
    /// The same as `pic_small`: no logo is drawn over any.
    pic_small_with_logo: Text, |v| v.picture("small");
    /// The same as `pic`.
    pic_with_logo: Text, |v| v.picture("normal");
    /// The same as `pic_big`.
    pic_big_with_logo: Text, |v| v.picture("large");
    /// The same as `pic_square`.
    pic_square_with_logo: Text, |v| v.picture("square");
    /// Networks.
    affiliations: Affiliations, |v| Value::Affiliations(Affiliation::all(&v.person().affiliations, v.scene.only_regions));
    /// When the profile changed last, in seconds since 1970; 0 when that is more than three days ago.
    profile_update_time: Number, |v| Value::Number(v.updated());
    /// Hours from UTC.
    timezone: Hours, |v| v.person().timezone.map_or(Value::HIDDEN, |hours| Value::Hours(Hours(hours)));
    religion: Text profile, |v| Value::text(Some(&v.profile().religion));
    /// Political views.
    political: Text profile, |v| Value::text(Some(&v.profile().political));
    /// In words: `November 3, 1978`, or without the year.
    birthday: Text, |v| Value::made(v.person().birthday.map(|day| day.text()).unwrap_or_default());
    /// In digits: `11/03/1978`, or `11/03`.
    birthday_date: Text, |v| Value::made(v.person().birthday.map(|day| day.date()).unwrap_or_default());
    /// `male` or `female`; empty where it is not told.
    sex: Text, |v| Value::text(v.person().sex.as_deref());
    hometown_location: Location profile, |v| Value::Location(Box::new(Location::of(v.profile().hometown_location.as_ref())));
    current_location: Location, |v| Value::Location(Box::new(Location::of(v.person().current_location.as_ref())));
    /// Whom the person would like to meet.
    meeting_sex: Sexes profile, |v| Value::Sexes(v.profile().meeting_sex.iter().cloned().map(Sex).collect());
    /// What the person looks for.
    meeting_for: Seekings profile, |v| Value::Seekings(v.profile().meeting_for.iter().cloned().map(Seeking).collect());
    /// `Single`, `In a Relationship`, `Engaged`, `Married`, `It's Complicated` and the like.
    relationship_status: Text profile, |v| Value::text(Some(&v.profile().relationship_status));
    /// The uid of the partner.
    significant_other_id: Number profile, |v| Value::number(v.profile().significant_other_id);
    activities: Text profile, |v| Value::text(Some(&v.profile().activities));
    interests: Text profile, |v| Value::text(Some(&v.profile().interests));
    music: Text profile, |v| Value::text(Some(&v.profile().music));
    /// Favourite shows.
    tv: Text profile, |v| Value::text(Some(&v.profile().tv));
    movies: Text profile, |v| Value::text(Some(&v.profile().movies));
    books: Text profile, |v| Value::text(Some(&v.profile().books));
    quotes: Text profile, |v| Value::text(Some(&v.profile().quotes));
    /// What the person says of themselves.
    about_me: Text profile, |v| Value::text(Some(&v.profile().about_me));
    games: Text profile, |v| Value::text(Some(&v.profile().games));
    /// High schools.
    hs_info: HsInfo profile, |v| Value::HsInfo(Box::new(HsInfo::of(v.profile().hs_info.as_ref())));
    education_history: Education profile, |v| Value::Education(v.profile().education_history.iter().map(Into::into).collect());
    work_history: Work profile, |v| Value::Work(v.profile().work_history.iter().map(Into::into).collect());
    /// How many notes the person has written.
    notes_count: Number, |v| Value::number(Some(v.seen.notes));
    /// How many posts are on the wall.
    wall_count: Number, |v| Value::number(Some(v.seen.wall));
    status: Status, |v| Value::Status(Box::new(Status::of(v.person().id, v.seen.status.as_ref())));
    /// Whether the person has authorised the application.
    is_app_user: Flag, |v| Value::Flag(v.seen.grant.is_some());
    /// The same, by its older name.
    has_added_app: Flag, |v| Value::Flag(v.seen.grant.is_some());
    /// Always `offline` here.
    online_presence: Text, |_| Value::text(Some("offline"));
    /// Language and country: `en_GB`.
    locale: Text, |v| Value::text(v.person().locale.as_deref());
    /// An address at which the application reaches the person.
    proxied_email: Text, |v| Value::text(Some(&v.person().email));
    /// The address, where its owner shares it with the application.
    email: Text, |v| Value::text(Some(&v.person().email));
    /// The address, or the one that stands for it.
    contact_email: Text, |v| Value::text(Some(&v.person().email));
    /// The hash of each address: crc32, `_`, md5.
    email_hashes: Texts, |v| Value::Texts(vec![hashes::email(&v.person().email)]);
    /// Address of the profile's page.
    profile_url: Text, |v| Value::made(format!("{}/profile.php?id={}", v.scene.site, v.person().id));
    /// The text under the picture.
    profile_blurb: Text profile, |v| Value::text(Some(&v.profile().profile_blurb));
    /// Addresses of the person's own pages.
    website: Text profile, |v| Value::text(Some(&v.profile().website));
    /// `alcohol`, where the person is old enough.
    allowed_restrictions: Text, |v| Value::text(v.age().is_some_and(|age| age >= 21).then_some("alcohol"));
    /// Whether the site knows who the person is.
    verified: Flag, |v| Value::Flag(v.person().verified);
    /// Whether the session's person has blocked this one.
    is_blocked: Flag, |v| Value::Flag(v.seen.blocked_by_viewer);
    family: Family profile, |v| Value::Family(v.family());
    /// Whether the session's person is a friend.
    are_friends: Flag, |v| Value::Flag(v.sight.relation == Some(Relation::Friend));
    /// Whether the session's person may see the profile.
    can_see_profile: Flag, |v| Value::Flag(v.sight.relation != Some(Relation::Blocked));
    /// Whether the session's person may write on the wall.
    can_post: Flag, |v| Value::Flag(matches!(v.sight.relation, Some(Relation::Own | Relation::Friend)));
    /// How long and how large a video may be.
    video_upload_limits: Limits, |v| Value::Limits(Limits::of(v.person().verified));
    /// Whether the person is under 18.
    is_minor: Flag, |v| Value::Flag(v.age().is_some_and(|age| age < 18));
    languages: Texts, |_| Value::Texts(Vec::new());
    sports: Texts, |_| Value::Texts(Vec::new());
    favorite_athletes: Texts, |_| Value::Texts(Vec::new());
    favorite_teams: Texts, |_| Value::Texts(Vec::new());
    inspirational_people: Texts, |_| Value::Texts(Vec::new());
    /// Schools, as the late field had them; empty here.
    education: Texts, |_| Value::Texts(Vec::new());
    /// Jobs, as the late field had them; empty here.
    work: Texts, |_| Value::Texts(Vec::new());
    /// How many pages the person likes.
    likes_count: Number, |_| Value::Number(0);
    friend_count: Number, |v| Value::number(Some(v.seen.friends));
    /// How many friends the person shares with the session's.
    mutual_friend_count: Number, |v| Value::number(Some(v.seen.mutual));
    /// Phones that the person uses.
    devices: Texts, |_| Value::Texts(Vec::new());
    pic_cover: Cover, |_| Value::Cover(Cover {});
}

impl<'a> View<'a> {
    fn person(self) -> &'a Person {
        &self.seen.person
    }

    fn profile(self) -> &'a Profile {
        static EMPTY: LazyLock<Profile> = LazyLock::new(Profile::default);
        self.seen.profile.as_deref().unwrap_or(&EMPTY)
    }

    /// The address of their picture. No logo is drawn over any.
    fn picture(self, kind: &str) -> Value<'a> {
        Value::made(format!("{}/{}/picture?type={kind}", self.scene.site, self.person().id))
    }

    /// When the profile changed; 0 when that was long ago.
    fn updated(self) -> i64 {
        let at = self.person().profile_update_time;
        if at + UPDATED > self.scene.now { at } else { 0 }
    }

    fn age(self) -> Option<u16> {
        let today = jiff::Timestamp::from_second(self.scene.now).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (year, month, day) = (today.year(), today.month(), today.day());
        self.person().birthday?.age_on(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
    }

    fn family(self) -> Vec<FamilyInfo> {
        self.profile().family.iter().map(|one| FamilyInfo::of(one, self.person().id.0)).collect()
    }
}

/// Every field with its rule, by name: a call asks for a dozen of them.
static BY_NAME: LazyLock<HashMap<&str, (&Field, &Rule)>> = LazyLock::new(|| {
    let ruled = FIELDS.iter().filter_map(|field| Some((field.name, (field, Rule::find(field.name)?))));
    ruled.collect()
});

/// A field that is asked for, or a member of one.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) field: &'static Field,
    pub(crate) rule: &'static Rule,
    member: Option<&'static str>,
}

impl Asked {
    /// The fields of a call, without the uid, which comes first in any case. Every unknown one fails the call, as it failed the query that
    /// the method was.
    pub(crate) fn read(names: &[String], known: impl Fn(&str) -> bool) -> Result<Vec<Asked>> {
        if names.is_empty() {
            return Err(invalid("fields is empty: name at least one, such as name"));
        }
        if names.len() > MOST {
            return Err(invalid(format!("fields names {} fields, and {MOST} are the most", names.len())));
        }
        let mut asked = Vec::with_capacity(names.len());
        for name in names.iter().map(|name| name.trim()).filter(|name| *name != "uid") {
            let one = Asked::one(name).filter(|one| known(one.field.name));
            asked.push(one.ok_or_else(|| invalid(format!("fields: there is no field '{name}'")))?);
        }
        Ok(asked)
    }

    fn one(name: &str) -> Option<Asked> {
        let (name, member) = match name.split_once('.') {
            Some((name, member)) => (name, Some(member)),
            None => (name, None),
        };
        let (field, rule) = *BY_NAME.get(name)?;
        let member = match member {
            Some(member) => Some(*field.shape.members().iter().find(|one| **one == member)?),
            None => None,
        };
        Some(Asked { field, rule, member })
    }

    /// What a call sees of it.
    fn value<'a>(&self, view: View<'a>) -> Value<'a> {
        if !view.sight.sees(self.rule, &view.person().privacy) {
            // An address that is not shared was empty, where other fields are hidden.
            return if self.field.name == "email" { Value::text(None) } else { Value::HIDDEN };
        }
        let value = (self.field.value)(view);
        match self.member {
            Some(member) => value.member(member),
            None => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_core::privacy::RULES;

    #[test]
    fn every_field_has_a_rule_and_every_rule_a_field() {
        let mut fields: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        let mut rules: Vec<&str> = RULES.iter().map(|rule| rule.field).collect();
        fields.sort_unstable();
        rules.sort_unstable();
        assert_eq!(fields, rules);
    }

    #[test]
    fn members_are_those_that_the_structs_have() {
        let mut generator = schemars::SchemaGenerator::default();
        for shape in FIELDS.iter().map(|field| field.shape) {
            let schema = serde_json::to_value(shape.schema(&mut generator)).unwrap();
            let reference = schema["anyOf"][0]["$ref"].as_str().unwrap_or_default();
            let definition = generator.definitions().get(reference.trim_start_matches("#/$defs/"));
            let members = definition.and_then(|one| one["properties"].as_object()).into_iter().flatten();
            let members: Vec<&String> = members.map(|(name, _)| name).collect();
            assert_eq!(members, shape.members(), "{shape:?}");
        }
    }

    #[test]
    fn what_is_no_field_is_told() {
        let read = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            Asked::read(&names, |_| true).map(|asked| asked.len()).map_err(|error| error.on_the_wire().to_string())
        };
        assert_eq!(read(&["uid", " name", "name", "current_location.city"]), Ok(3));
        for wrong in
            ["nam", "", "NAME", "name.first", "current_location.", "current_location.planet", "work_history.position"]
        {
            assert!(read(&["name", wrong]).unwrap_err().contains(&format!("'{wrong}'")), "{wrong}");
        }
        assert!(read(&[]).is_err());
        assert!(read(&vec!["name"; MOST + 1]).is_err());
    }
}
