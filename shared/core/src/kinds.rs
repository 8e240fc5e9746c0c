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
    /// What somebody posted on a wall. A status is one, too.
    POST = 8, "post";
    /// A note.
    NOTE = 9, "note";
    /// A link that somebody shared.
    LINK = 10, "link";
    /// A group.
    GROUP = 11, "group";
    /// An event.
    EVENT = 12, "event";
    /// A page of a band, a shop, a town.
    PAGE = 13, "page";
    /// An album of photos.
    ALBUM = 14, "album";
    /// A photo.
    PHOTO = 15, "photo";
    /// A video.
    VIDEO = 16, "video";
    /// A thread of messages between people.
    THREAD = 17, "thread";
    /// A thread of comments that an application keeps under a name of its own.
    COMMENT_THREAD = 18, "comment_thread";
    /// An address of the web, with what was found there.
    URL = 19, "url";
    /// A mail that an application sent.
    MAIL = 21, "mail";
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
    /// Person → person, both directions in one commit. Time: since, in seconds. Data: whether it is the first who blocked the second.
    BLOCK = 16, "block", Counted::No, ordered true;
    /// Wall owner → post. Time: updated, in milliseconds. Data: what a list is filtered by.
    WALL = 17, "wall", Counted::Yes, ordered true;
    /// Actor → post. Time: made, in milliseconds. Data: the wall's owner.
    POSTED = 18, "posted", Counted::No, ordered true;
    /// Person → post that names them. Time: made, in milliseconds. Data: actor and wall owner.
    MENTIONED = 19, "mentioned", Counted::No, ordered true;
    /// Wall owner → self: the newest posts of the wall, for home views. Time: newest update, in milliseconds.
    HEAD = 20, "head", Counted::No, ordered false;
    /// Person or page → post that was a status. Time: set, in milliseconds.
    STATUSES = 21, "statuses", Counted::No, ordered true;
    /// Person or page → self: the current status. Time: set, in seconds.
    STATUS = 22, "status", Counted::No, ordered false;
    /// Post, photo, album, video, note, link, address or comment thread → drawn id. Time: written, in milliseconds. Data: author, text.
    COMMENT = 24, "comment", Counted::Yes, ordered true;
    /// Anything → person who likes it. Time: when, in milliseconds. Data: the kind of thing.
    LIKED_BY = 25, "liked_by", Counted::Yes, ordered true;
    /// Person → anything, the inverse of `liked_by`.
    LIKES = 26, "likes", Counted::No, ordered true;
    /// Application → comment thread. Time: last comment, in milliseconds. Data: its name.
    XIDS = 27, "xids", Counted::No, ordered true;
    /// Person or page → note. Time: made, in milliseconds. Data: the application.
    NOTES = 28, "notes", Counted::Yes, ordered true;
    /// Person or page → link. Time: made, in milliseconds. Data: the application.
    LINKS = 29, "links", Counted::Yes, ordered true;
    /// Event → person. Time: invited, in seconds. Data: what they answered, and whether they administer it.
    GUEST = 30, "guest", Counted::Yes, ordered true;
    /// Person, page or application → event, the inverse of `guest`, with a copy of its data.
    EVENTS = 31, "events", Counted::No, ordered true;
    /// Group → person. Time: joined, in seconds. Data: owner, administrator, officer, not answered yet.
    MEMBER = 32, "member", Counted::Yes, ordered true;
    /// Person → group, the inverse of `member`, with a copy of its data.
    GROUPS = 33, "groups", Counted::No, ordered true;
    /// Page → person. Time: since, in seconds. Hot: counted in shards, never listed.
    FAN = 34, "fan", Counted::Sharded(16), ordered true;
    /// Person → page, the inverse of `fan`. Data: the type of the page.
    FAN_OF = 35, "fan_of", Counted::No, ordered true;
    /// Page → person who administers it. Time: since, in seconds.
    ADMIN = 36, "admin", Counted::No, ordered true;
    /// Person → page, the inverse of `admin`.
    ADMIN_OF = 37, "admin_of", Counted::No, ordered true;
    /// Page → application that was added to it. Time: when, in seconds.
    PAGE_APP = 38, "page_app", Counted::No, ordered true;
    /// Page → person who may not be its fan. Time: when, in seconds.
    BLOCKED = 39, "blocked", Counted::No, ordered true;
    /// Person or page → album. Time: modified, in seconds. Data: its type.
    ALBUMS = 40, "albums", Counted::No, ordered true;
    /// Album → photo. Time: its position, the upload in milliseconds. Data: whether it waited for the owner's approval when it came.
    PHOTOS = 41, "photos", Counted::Yes, ordered true;
    /// Person → photo that waits for their approval. Time: upload, in milliseconds, so that they stand in the order of the album.
    PENDING = 42, "pending", Counted::Yes, ordered true;
    /// Photo or video → person, or drawn id for a name only. Time: made, in milliseconds. Data: place and text.
    TAG = 43, "tag", Counted::No, ordered true;
    /// Person → photo or video, the inverse of `tag`.
    TAGGED = 44, "tagged", Counted::No, ordered true;
    /// Person or page → video. Time: made, in milliseconds. Data: the application.
    VIDEOS = 45, "videos", Counted::Yes, ordered true;
    /// Person → thread in their inbox. Time: updated, in milliseconds. Data: unread, the last line and its author.
    INBOX = 46, "inbox", Counted::Yes, ordered true;
    /// Person → thread in which they wrote. Time and data as in `inbox`.
    SENT = 47, "sent", Counted::Yes, ordered true;
    /// Person → thread from a page or group. Time and data as in `inbox`.
    UPDATES = 48, "updates", Counted::Yes, ordered true;
    /// Thread → number of the message in it. Time: written, in milliseconds. Data: author, body, attachment.
    MESSAGE = 49, "message", Counted::Yes, ordered true;
    /// Person → drawn id. Time: updated, in milliseconds. Data: sender, application, texts. Expires.
    NOTIFICATION = 50, "notification", Counted::No, ordered true;
    /// Person → person who poked them. Time: when, in seconds.
    POKE = 51, "poke", Counted::No, ordered true;
    /// Person → thing that was shared with them. Time: when, in seconds.
    SHARE_IN = 52, "share_in", Counted::No, ordered true;
    /// Person → person who wants to be their friend. Time: sent, in seconds. Data: a message.
    REQUEST_IN = 53, "request_in", Counted::No, ordered true;
    /// Person → person whose friend they want to be, the inverse of `request_in`.
    REQUEST_OUT = 54, "request_out", Counted::No, ordered true;
    /// Person → drawn id: a message to the programs in their browser. Time: sent, in milliseconds. Expires.
    LIVE = 55, "live", Counted::No, ordered true;
    /// Application → mail that it sent. Time: queued, in milliseconds.
    OUTBOX = 56, "outbox", Counted::No, ordered true;
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
    /// Name in the address of a profile, folded → person or page.
    USERNAME = 6, "username";
    /// Application and name → comment thread.
    XID = 7, "xid";
    /// Normalised address → address of the web.
    URL_KEY = 8, "url";
    /// Application and person → the album that its photos go to.
    APP_ALBUM = 9, "app_album";
    /// Person → the album of their profile pictures.
    PROFILE_ALBUM = 10, "profile_album";
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
    /// Answers to an event; sub is the answer: 1 attending, 2 unsure, 3 declined. Who has not answered is the rest.
    RSVP = 3, "rsvp";
    /// What a person has not read; sub is the sort: 1 messages, 2 pokes, 3 shares, 4 updates.
    UNREAD = 4, "unread";
    /// How often an address was shared.
    SHARES = 5, "shares";
    /// How often a shared address was followed.
    CLICKS = 6, "clicks";
    /// Mails of an application to a person; sub is the day and the person. Expires.
    MAILS = 7, "mails";
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
