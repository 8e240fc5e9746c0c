//! What of a person whom may see: one table of rules, one place that judges by it.
//!
//! A field of a profile is shown when all three agree: the field's rule, the person's own setting for the field where they made one, and
//! what the application may ask for. A person who may not be seen at all is left out of an answer; a field that may not be seen is hidden
//! ([`reconnect_wire::Visible`]), which differs from one that is empty.
//!
//! Extended permissions for single fields came with OAuth 2.0. So calls with an access token are judged by them (`user_birthday` for the
//! viewer's own, `friends_birthday` for everybody else's); calls with a session key are of the years before, when the authorisation itself
//! was leave to read the profile, which is also what the page says on which it is given.

use crate::permission::Permissions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the viewer stands to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is the viewer.
    Own,
    /// A friend.
    Friend,
    /// Neither, and what is between them all the same.
    Other {
        /// They have a friend in common.
        friend_of_friend: bool,
        /// They are in the same network.
        network: bool,
    },
    /// One of the two has blocked the other.
    Blocked,
}

impl Relation {
    /// Nothing is between them.
    pub const STRANGER: Relation = Relation::Other { friend_of_friend: false, network: false };
}

/// Whom a person shows a field to. The names are those of the API's privacy objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Audience {
    /// Everybody, logged in or not.
    Everyone,
    /// Friends, and whoever is in one of the person's networks.
    NetworksFriends,
    /// Friends, and theirs.
    FriendsOfFriends,
    /// Friends.
    AllFriends,
    /// Nobody but themselves.
    #[serde(rename = "SELF")]
    Myself,
}

impl Audience {
    /// Whether somebody who stands so to the person is among them; `None` is a caller without a viewer.
    pub fn takes(self, relation: Option<Relation>) -> bool {
        use Relation::{Blocked, Friend, Other, Own};
        match relation {
            None => self == Audience::Everyone,
            Some(Blocked) => false,
            Some(Own) => true,
            Some(Friend) => self != Audience::Myself,
            Some(Other { friend_of_friend, network }) => match self {
                Audience::Everyone => true,
                Audience::NetworksFriends => network,
                Audience::FriendsOfFriends => friend_of_friend,
                Audience::AllFriends | Audience::Myself => false,
            },
        }
    }
}

/// A person's own settings, by the name of the field.
pub type Choices = BTreeMap<String, Audience>;

/// Who sees a field of whoever has set nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Never hidden, whatever anybody sets.
    Always,
    /// Everybody, also callers without a session; the person may narrow it.
    Public,
    /// Whoever has a session: it is about the viewer and the person. Not for the person to set.
    Viewer,
    /// The person and their friends; the person may widen or narrow it.
    Friends,
    /// The person. Not theirs to set.
    Own,
    /// Whoever the person's address is told to: the application that they gave the permission `email`. Not theirs to set.
    Mail,
}

/// The rule of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The field, as on the wire.
    pub field: &'static str,
    /// Who sees it.
    pub reach: Reach,
    /// The permission is `user_` or `friends_` and this; empty: none is needed.
    pub asks: &'static str,
    /// Hidden unless the person has authorised the application themselves.
    pub users_only: bool,
}

macro_rules! rules {
    ($($reach:ident $asks:literal $of:ident: $($field:ident)*;)*) => {
        /// The rules, by reach.
        pub const RULES: &[Rule] = &[$($(
            Rule { field: stringify!($field), reach: Reach::$reach, asks: $asks, users_only: rules!(@ $of) },
        )*)*];
    };
    (@ all) => { false };
    (@ users) => { true };
}

// Which permission goes with which field: the reference of 2012. What is public: the same, and the pictures, which anybody can fetch
// by a person's id anyway.
rules! {
    Always "" all: uid first_name middle_name last_name name name_format affiliations;
    Public "" all: username sex locale profile_url third_party_id is_app_user has_added_app pic_cover
        pic pic_small pic_big pic_square pic_large pic_with_logo pic_small_with_logo pic_big_with_logo pic_square_with_logo;
    Viewer "" all: are_friends is_blocked can_see_profile can_post mutual_friend_count;
    Friends "" all: profile_update_time timezone wall_count verified allowed_restrictions profile_blurb friend_count;
    Friends "about_me" all: about_me;
    Friends "activities" all: activities;
    Friends "birthday" all: birthday birthday_date;
    Friends "education_history" all: hs_info education_history education;
    Friends "hometown" all: hometown_location;
    Friends "interests" all: interests;
    Friends "likes" all: music tv movies books quotes games languages sports favorite_athletes favorite_teams inspirational_people likes_count;
    Friends "location" all: current_location;
    Friends "notes" all: notes_count;
    Friends "online_presence" all: online_presence;
    Friends "relationships" all: relationship_status family;
    Friends "relationships" users: significant_other_id;
    Friends "relationship_details" users: meeting_sex meeting_for;
    Friends "religion_politics" all: political;
    Friends "religion_politics" users: religion;
    Friends "status" all: status;
    Friends "website" all: website;
    Friends "work_history" all: work_history work;
    Own "" all: video_upload_limits devices is_minor;
    Mail "" all: email proxied_email contact_email email_hashes;
}

impl Rule {
    /// The rule of a field.
    pub fn find(field: &str) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.field == field)
    }

    /// Whether a person may set who sees it.
    pub fn is_for_the_person_to_set(&self) -> bool {
        matches!(self.reach, Reach::Public | Reach::Friends)
    }

    /// Whom a person shows it to, where that is for them to set.
    pub fn audience(&self, choices: &Choices) -> Option<Audience> {
        let usual = match self.reach {
            Reach::Public => Audience::Everyone,
            Reach::Friends => Audience::AllFriends,
            _ => return None,
        };
        Some(choices.get(self.field).copied().unwrap_or(usual))
    }
}

/// How a call sees a person.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// How its viewer stands to the person; none without a session.
    pub relation: Option<Relation>,
    /// What the viewer lets the application ask, where single fields need it: calls with an access token.
    pub asks: Option<&'a Permissions>,
    /// What the person lets the application do; none where they have not authorised it.
    pub granted: Option<&'a Permissions>,
    /// The caller proved to be the application itself, not a program in somebody's hands.
    pub by_app: bool,
}

impl Sight<'_> {
    /// Whether it sees a field of the person, who has made these choices.
    pub fn sees(&self, rule: &Rule, choices: &Choices) -> bool {
        let own = self.relation == Some(Relation::Own);
        let reached = match rule.reach {
            Reach::Always => return true,
            Reach::Viewer => self.relation.is_some(),
            Reach::Own => own,
            // The owner's program or the application that was given the address; nobody else's program.
            Reach::Mail => (own || self.by_app) && self.granted.is_some_and(|granted| granted.allow("email")),
            // Without a viewer only what is public by its nature is told, and only while the person has not narrowed it.
            Reach::Friends if self.relation.is_none() => false,
            Reach::Public | Reach::Friends => rule.audience(choices).is_some_and(|a| a.takes(self.relation)),
        };
        reached && self.may_ask(rule, own) && (!rule.users_only || self.granted.is_some())
    }

    fn may_ask(&self, rule: &Rule, own: bool) -> bool {
        let Some(asks) = self.asks.filter(|_| !rule.asks.is_empty()) else { return true };
        let whose = if own { "user_" } else { "friends_" };
        asks.allow(&format!("{whose}{}", rule.asks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Permission;
    use std::collections::HashSet;

    const NEAR_TO_FAR: [Option<Relation>; 8] = [
        Some(Relation::Own),
        Some(Relation::Friend),
        Some(Relation::Other { friend_of_friend: true, network: true }),
        Some(Relation::Other { friend_of_friend: true, network: false }),
        Some(Relation::Other { friend_of_friend: false, network: true }),
        Some(Relation::STRANGER),
        Some(Relation::Blocked),
        None,
    ];

    /// One letter for each relation of [`NEAR_TO_FAR`]: `x` sees it, `-` does not.
    fn pattern(see: impl Fn(Option<Relation>) -> bool) -> String {
        NEAR_TO_FAR.into_iter().map(|relation| if see(relation) { 'x' } else { '-' }).collect()
    }

    fn sight<'a>(relation: Option<Relation>) -> Sight<'a> {
        Sight { relation, asks: None, granted: None, by_app: true }
    }

    #[test]
    fn who_belongs_to_an_audience() {
        let table = [
            (Audience::Everyone, "xxxxxx-x"),
            (Audience::NetworksFriends, "xxx-x---"),
            (Audience::FriendsOfFriends, "xxxx----"),
            (Audience::AllFriends, "xx------"),
            (Audience::Myself, "x-------"),
        ];
        for (audience, expected) in table {
            assert_eq!(pattern(|relation| audience.takes(relation)), expected, "{audience:?}");
        }
    }

    #[test]
    fn who_sees_a_field_that_nobody_has_set() {
        let nothing = Choices::new();
        let table = [
            ("name", "xxxxxxxx"),
            ("affiliations", "xxxxxxxx"),
            ("sex", "xxxxxx-x"),
            ("pic_square", "xxxxxx-x"),
            ("is_blocked", "xxxxxxx-"),
            ("birthday", "xx------"),
            ("wall_count", "xx------"),
            ("video_upload_limits", "x-------"),
            ("religion", "--------"),
            ("email", "--------"),
        ];
        for (field, expected) in table {
            let rule = Rule::find(field).unwrap();
            assert_eq!(pattern(|relation| sight(relation).sees(rule, &nothing)), expected, "{field}");
        }
    }

    #[test]
    fn a_person_widens_and_narrows_what_is_theirs_to_set() {
        let table = [
            ("birthday", Audience::Everyone, "xxxxxx--"),
            ("birthday", Audience::FriendsOfFriends, "xxxx----"),
            ("birthday", Audience::NetworksFriends, "xxx-x---"),
            ("birthday", Audience::Myself, "x-------"),
            ("sex", Audience::AllFriends, "xx------"),
            ("locale", Audience::Myself, "x-------"),
            // Not theirs to set.
            ("name", Audience::Myself, "xxxxxxxx"),
            ("are_friends", Audience::Myself, "xxxxxxx-"),
            ("video_upload_limits", Audience::Everyone, "x-------"),
            ("email", Audience::Everyone, "--------"),
        ];
        for (field, audience, expected) in table {
            let (rule, choices) = (Rule::find(field).unwrap(), Choices::from([(field.to_owned(), audience)]));
            assert_eq!(pattern(|relation| sight(relation).sees(rule, &choices)), expected, "{field} {audience:?}");
            let theirs = !matches!(field, "name" | "are_friends" | "video_upload_limits" | "email");
            assert_eq!(rule.is_for_the_person_to_set(), theirs, "{field}");
        }
    }

    #[test]
    fn an_access_token_asks_for_single_fields_with_their_permission_only() {
        let nothing = Choices::new();
        let seen = |permissions: &str, field: &str| {
            let asks = Permissions::parse(permissions).0;
            let rule = Rule::find(field).unwrap();
            pattern(|relation| Sight { asks: Some(&asks), ..sight(relation) }.sees(rule, &nothing))
        };
        assert_eq!(seen("", "birthday"), "--------");
        assert_eq!(seen("user_birthday", "birthday"), "x-------");
        assert_eq!(seen("friends_birthday", "birthday_date"), "-x------");
        assert_eq!(seen("user_birthday,friends_birthday", "birthday"), "xx------");
        assert_eq!(seen("user_birthday,friends_birthday", "music"), "--------");
        assert_eq!(seen("", "sex"), "xxxxxx-x", "what is public needs no permission");
        assert_eq!(seen("", "timezone"), "xx------", "nor does what none was ever made for");
    }

    #[test]
    fn some_fields_are_told_only_to_an_application_that_the_person_uses_too() {
        let (nothing, granted) = (Choices::new(), Permissions::none());
        for field in ["religion", "meeting_sex", "meeting_for", "significant_other_id"] {
            let rule = Rule::find(field).unwrap();
            assert!(!sight(Some(Relation::Friend)).sees(rule, &nothing), "{field}");
            let user = Sight { granted: Some(&granted), ..sight(Some(Relation::Friend)) };
            assert!(user.sees(rule, &nothing), "{field}");
        }
    }

    #[test]
    fn an_address_is_told_to_its_owners_program_and_to_the_application_that_may_have_it() {
        let (nothing, mail, none) = (Choices::new(), Permissions::parse("email").0, Permissions::none());
        let rule = Rule::find("email").unwrap();
        let sees = |granted, by_app, relation| Sight { granted, by_app, ..sight(relation) }.sees(rule, &nothing);
        assert!(sees(Some(&mail), true, Some(Relation::Friend)) && sees(Some(&mail), true, None));
        assert!(sees(Some(&mail), false, Some(Relation::Own)));
        assert!(!sees(Some(&mail), false, Some(Relation::Friend)), "a friend's program");
        assert!(!sees(Some(&none), true, Some(Relation::Own)) && !sees(None, true, Some(Relation::Own)));
    }

    #[test]
    fn every_field_has_one_rule_and_every_permission_exists() {
        let mut seen = HashSet::new();
        for rule in RULES {
            assert!(seen.insert(rule.field), "{} twice", rule.field);
            for whose in ["user_", "friends_"].iter().filter(|_| !rule.asks.is_empty()) {
                assert!(Permission::find(&format!("{whose}{}", rule.asks)).is_some(), "{whose}{}", rule.asks);
            }
        }
    }

    #[test]
    fn settings_are_kept_by_the_names_of_the_api() {
        let choices =
            Choices::from([("music".to_owned(), Audience::FriendsOfFriends), ("tv".to_owned(), Audience::Myself)]);
        let text = serde_json::to_string(&choices).unwrap();
        assert_eq!(text, r#"{"music":"FRIENDS_OF_FRIENDS","tv":"SELF"}"#);
        assert_eq!(serde_json::from_str::<Choices>(&text).unwrap(), choices);
    }
}
