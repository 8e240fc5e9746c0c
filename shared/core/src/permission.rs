//! The extended permissions: their names, what one implies, and the words that a person reads before granting one.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One extended permission.
#[derive(Debug, PartialEq, Eq)]
pub struct Permission {
    /// As on the wire.
    pub name: &'static str,
    /// What the person allows, for the permission page: "APP would like to …".
    pub asks: &'static str,
}

/// `publish_stream` is a superset of these.
const PUBLISH_STREAM_IMPLIES: [&str; 5] =
    ["status_update", "photo_upload", "video_upload", "create_note", "share_item"];

macro_rules! permissions {
    ($($name:literal: $asks:literal,)*) => {
        /// Every extended permission.
        pub const PERMISSIONS: &[Permission] = &[$(Permission { name: $name, asks: $asks }),*];
    };
}

// The names are those of the API's last years; what the older ones were called has not changed.
permissions! {
    "email": "send you e-mail at your address",
    "offline_access": "act for you at any time, also while you are not using it",
    "status_update": "set your status",
    "photo_upload": "add photos to your albums",
    "video_upload": "add videos",
    "create_event": "create and change events for you",
    "rsvp_event": "answer invitations to events for you",
    "sms": "send you text messages",
    "create_listing": "create listings for you",
    "create_note": "write notes for you",
    "share_item": "post links for you",
    "publish_stream": "post to your wall: statuses, links, notes, photos and videos",
    "read_stream": "read the posts in your news feed",
    "read_mailbox": "read your messages",
    "xmpp_login": "use chat as you",
    "ads_management": "manage your advertisements",
    "publish_checkins": "publish check-ins for you",
    "publish_actions": "publish what you do in it",
    "manage_pages": "manage your pages",
    "manage_friendlists": "change your friend lists",
    "manage_notifications": "read and mark your notifications",
    "read_friendlists": "read your friend lists",
    "read_insights": "read the statistics of your pages and applications",
    "read_requests": "read your friend requests",
    "user_about_me": "read your self-description",
    "friends_about_me": "read your friends' self-descriptions",
    "user_activities": "read your activities",
    "friends_activities": "read your friends' activities",
    "user_birthday": "read your birthday",
    "friends_birthday": "read your friends' birthdays",
    "user_checkins": "read your check-ins",
    "friends_checkins": "read your friends' check-ins",
    "user_education_history": "read your education",
    "friends_education_history": "read your friends' education",
    "user_events": "read your events",
    "friends_events": "read your friends' events",
    "user_games_activity": "read your games",
    "friends_games_activity": "read your friends' games",
    "user_groups": "read your groups",
    "friends_groups": "read your friends' groups",
    "user_hometown": "read your hometown",
    "friends_hometown": "read your friends' hometowns",
    "user_interests": "read your interests",
    "friends_interests": "read your friends' interests",
    "user_likes": "read what you like",
    "friends_likes": "read what your friends like",
    "user_location": "read where you live",
    "friends_location": "read where your friends live",
    "user_notes": "read your notes",
    "friends_notes": "read your friends' notes",
    "user_online_presence": "see when you are online",
    "friends_online_presence": "see when your friends are online",
    "user_photo_video_tags": "read the photos and videos you are tagged in",
    "friends_photo_video_tags": "read the photos and videos your friends are tagged in",
    "user_photos": "read your photos",
    "friends_photos": "read your friends' photos",
    "user_questions": "read your questions",
    "friends_questions": "read your friends' questions",
    "user_relationships": "read your relationships",
    "friends_relationships": "read your friends' relationships",
    "user_relationship_details": "read whom you look for",
    "friends_relationship_details": "read whom your friends look for",
    "user_religion_politics": "read your religious and political views",
    "friends_religion_politics": "read your friends' religious and political views",
    "user_status": "read your statuses",
    "friends_status": "read your friends' statuses",
    "user_subscriptions": "read your subscriptions",
    "friends_subscriptions": "read your friends' subscriptions",
    "user_videos": "read your videos",
    "friends_videos": "read your friends' videos",
    "user_website": "read your web sites",
    "friends_website": "read your friends' web sites",
    "user_work_history": "read your work history",
    "friends_work_history": "read your friends' work history",
}

impl Permission {
    /// The permission of that name; names are lower case on the wire.
    pub fn find(name: &str) -> Option<&'static Permission> {
        PERMISSIONS.iter().find(|p| p.name == name)
    }
}

/// A set of extended permissions, as granted or as asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(BTreeSet<String>);

impl Permissions {
    /// None.
    pub fn none() -> Permissions {
        Permissions::default()
    }

    /// From a list as clients send it: comma or blank between names. Names that nobody knows are handed back beside it.
    pub fn parse(list: &str) -> (Permissions, Vec<String>) {
        let mut known = Permissions::none();
        let mut unknown = Vec::new();
        for name in list.split([',', ' ', '+', '\n', '\t']).filter(|name| !name.is_empty()) {
            if !known.add(name) {
                unknown.push(name.to_owned());
            }
        }
        (known, unknown)
    }

    /// Whether exactly this one is in the set; what others imply is not looked at.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether the application may do what this permission allows.
    pub fn allow(&self, name: &str) -> bool {
        self.contains(name) || PUBLISH_STREAM_IMPLIES.contains(&name) && self.contains("publish_stream")
    }

    /// Adds one; false when nobody knows it.
    pub fn add(&mut self, name: &str) -> bool {
        let known = Permission::find(name).is_some();
        if known {
            self.0.insert(name.to_owned());
        }
        known
    }

    /// Takes one out; what was granted on its own stays when a superset goes.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name)
    }

    /// Both together.
    pub fn union(&self, other: &Permissions) -> Permissions {
        Permissions(self.0.union(&other.0).cloned().collect())
    }

    /// Those of this set that the other does not allow.
    pub fn missing_from(&self, granted: &Permissions) -> Permissions {
        Permissions(self.0.iter().filter(|name| !granted.allow(name)).cloned().collect())
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names, in the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// As a comma list.
    pub fn to_list(&self) -> String {
        self.iter().collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publish_stream_allows_what_it_includes_and_nothing_else() {
        let (granted, unknown) = Permissions::parse("publish_stream, email");
        assert!(unknown.is_empty());
        assert!(granted.allow("status_update") && granted.allow("share_item") && granted.allow("email"));
        assert!(!granted.allow("read_stream") && !granted.contains("status_update"));
    }

    #[test]
    fn a_single_permission_survives_the_loss_of_its_superset() {
        let (mut granted, _) = Permissions::parse("publish_stream,photo_upload");
        granted.remove("publish_stream");
        assert!(granted.allow("photo_upload") && !granted.allow("status_update"));
    }

    #[test]
    fn unknown_names_are_told() {
        let (known, unknown) = Permissions::parse("email,fly,,read_stream");
        assert_eq!((known.to_list().as_str(), unknown), ("email,read_stream", vec!["fly".to_owned()]));
    }
}
