//! The kinds of the graph: objects, associations, unique keys. Codes are stored; they never change and are never reused.

use reconnect_store::{AssocKind, Counted, CounterKind, ObjectKind, Space};

macro_rules! object_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &ObjectKind = &ObjectKind { code: $code, name: $text };)*
        /// Every kind of object, for exports and for the test that holds codes and names apart.
        pub const OBJECTS: &[&ObjectKind] = &[$($name),*];
    };
}

object_kinds! {
    /// What the server knows about itself: its key. One object, id 1.
    SERVER = 1, "server";
    /// An application.
    APPLICATION = 2, "application";
    /// A person.
    PERSON = 3, "person";
    /// A session of one person with one application; before that, the auth token it grows from.
    SESSION = 4, "session";
    /// A browser in which a person is logged in to the site.
    BROWSER = 5, "browser";
    /// Unfinished large work.
    INTENT = 6, "intent";
    /// A list in which a person puts friends.
    FRIEND_LIST = 7, "friend_list";
}

macro_rules! assoc_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal, $counted:expr, ordered $ordered:literal;)*) => {
        $($(#[$doc])* pub const $name: &AssocKind = &AssocKind { code: $code, name: $text, counted: $counted, ordered: $ordered };)*
        /// Every kind of association, for exports and for the test that holds codes and names apart.
        pub const ASSOCS: &[&AssocKind] = &[$($name),*];
    };
}

assoc_kinds! {
    /// Person → person, both directions in one commit. Time: since, in seconds. Data: whether the other opted out of applications.
    FRIEND = 1, "friend", Counted::Yes, ordered true;
    /// Person → application: the authorisation with its permissions and its epoch. Time: granted, in seconds.
    GRANT = 2, "grant", Counted::No, ordered true;
    /// Application → person, the inverse of `grant`. Hot: read only when an application is removed.
    APP_USER = 3, "app_user", Counted::No, ordered true;
    /// Person → application: "do not offer me this again". Time: when, in seconds.
    REFUSED = 4, "refused", Counted::No, ordered true;
    /// Person → self: password hash and login epoch.
    LOGIN = 5, "login", Counted::No, ordered false;
    /// Browser → session, for the expiring sessions that logout ends. Time: bound, in seconds. Expires.
    WEB_SESSIONS = 6, "web_sessions", Counted::No, ordered true;
    /// Person → session, infinite ones only, so that a withdrawal can sweep them. Time: active since, in seconds.
    SESSIONS = 7, "sessions", Counted::No, ordered true;
    /// 0 → intent. Time: due, in milliseconds.
    INTENTS = 8, "intents", Counted::No, ordered true;
    /// 0 → application: the owner's list, for the command line and the start page; no method reads it.
    APPLICATIONS = 9, "applications", Counted::No, ordered true;
    /// 0 → person: the owner's list, for the command line and the start page; no method reads it.
    PEOPLE = 10, "people", Counted::No, ordered true;
    /// 0 → demo person or application. Time: made, in seconds. Data: their published password, if any.
    DEMO = 11, "demo", Counted::No, ordered true;
    /// Browser → application: the session that its pages are handed in this browser. Data: its id. Expires.
    APP_SESSION = 12, "app_session", Counted::No, ordered false;
    /// Person → friend list. Time: made, in seconds. Data: its name.
    LISTS = 13, "lists", Counted::No, ordered true;
    /// Friend list → person. Time: added, in seconds.
    LISTED = 14, "listed", Counted::No, ordered true;
    /// Person → self: the long texts of their profile. Time: when they were written, in seconds.
    PROFILE = 15, "profile", Counted::No, ordered false;
}

macro_rules! spaces {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &Space = &Space { code: $code, name: $text };)*
        /// Every space of unique keys, for exports and for the test that holds codes and names apart.
        pub const SPACES: &[&Space] = &[$($name),*];
    };
}

spaces! {
    /// API key → application.
    API_KEY = 1, "api_key";
    /// Canvas name, folded → application.
    CANVAS = 2, "canvas";
    /// E-mail address, folded → person.
    EMAIL = 3, "email";
    /// Hash of an infinite session key → session.
    SESSION_KEY = 4, "session";
    /// Application and hash of a code of code_gen.php → session. Expires.
    CODE = 5, "code";
}

macro_rules! counter_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &CounterKind = &CounterKind { code: $code, name: $text };)*
        /// Every kind of counter, for exports and for the test that holds codes and names apart.
        pub const COUNTERS: &[&CounterKind] = &[$($name),*];
    };
}

counter_kinds! {
    /// Failed logins: of a person, or of a network address under 0; sub is the window. Expires with it.
    FAILED_LOGINS = 1, "failed_logins";
    /// Attempts at short codes of an application; sub is the window. Expires with it.
    CODE_TRIES = 2, "code_tries";
}

/// What an export calls kinds by, instead of their codes.
pub trait Kind: 'static {
    /// All of them.
    const ALL: &'static [&'static Self];
    /// What backends store.
    fn code(&self) -> u16;
    /// What people read.
    fn name(&self) -> &'static str;

    /// The one with that code.
    fn with_code(code: u16) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// The one with that name.
    fn with_name(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

macro_rules! kind {
    ($($t:ty: $all:ident),*) => {$(
        impl Kind for $t {
            const ALL: &'static [&'static Self] = $all;
            fn code(&self) -> u16 { self.code }
            fn name(&self) -> &'static str { self.name }
        }
    )*};
}
kind!(ObjectKind: OBJECTS, AssocKind: ASSOCS, CounterKind: COUNTERS, Space: SPACES);

/// Where lists without an owner hang.
pub const ROOT: reconnect_store::Id = reconnect_store::Id(0);
/// The server's own object.
pub const SERVER_ID: reconnect_store::Id = reconnect_store::Id(1);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_code_and_no_name_is_given_twice() {
        fn apart(kinds: impl Iterator<Item = (u16, &'static str)>) {
            let (mut codes, mut names) = (HashSet::new(), HashSet::new());
            for (code, name) in kinds {
                assert!(codes.insert(code), "code {code} twice");
                assert!(names.insert(name), "name {name} twice");
            }
        }
        apart(OBJECTS.iter().map(|k| (k.code, k.name)));
        apart(ASSOCS.iter().map(|k| (k.code, k.name)));
        apart(COUNTERS.iter().map(|k| (k.code, k.name)));
        apart(SPACES.iter().map(|k| (k.code, k.name)));
    }

    #[test]
    fn kinds_are_found_by_code_and_by_name() {
        assert_eq!(AssocKind::with_code(2), Some(GRANT));
        assert_eq!(Space::with_name("email"), Some(EMAIL));
        assert_eq!(ObjectKind::with_code(0), None);
        assert_eq!(CounterKind::with_name("no such thing"), None);
    }
}
