//! The arguments of login.php and of the pages that it leads through, read from the query or from a form's hidden fields.
//!
//! Read and left alone, because nothing here depends on them: `locale`, `extern`, `origin`, `domain`, `channel_url`, `auth_type`,
//! `enable_profile_selector`, `profile_selector_ids`, `required`, `offline_access`, `data_perms_user`, `data_perms_friends`.

use super::problem::Problem;
use super::reply::{OAuth, Reply};
use reconnect_core::permission::Permissions;
use reconnect_wire::Args;
use url::form_urlencoded;

/// By which page a visitor came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// login.php
    Login,
    /// tos.php, install.php, add.php
    Tos,
    /// authorize.php: for one permission; without any, another name of tos.php (Python client)
    Authorize,
    /// connect/prompt_permissions.php, and prompt_permission.php of 2009
    Permissions,
    /// dialog/oauth, and oauth/authorize of the graph host
    OAuth,
    /// dialog/permissions.request, and connect/uiserver.php
    Dialog,
}

/// What the visitor is here for; decides what the address at the end gets. Travels along from page to page as `source`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Source {
    /// Logging in to an application.
    #[default]
    Login,
    /// Granting permissions to an application.
    Permissions,
    /// Getting a code for an application.
    CodeGen,
    /// Logging in to the site itself.
    Home,
    /// Reaching the list of applications.
    EditApps,
    /// The photos that wait for approval.
    Photos,
}

const SOURCES: [(&str, Source); 6] = [
    ("login", Source::Login),
    ("permissions", Source::Permissions),
    ("code_gen", Source::CodeGen),
    ("home", Source::Home),
    ("editapps", Source::EditApps),
    ("photos", Source::Photos),
];

/// How much of a page is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Display {
    /// A whole page.
    #[default]
    Page,
    /// Without the site's navigation: a window, a frame or a small screen.
    Popup,
    /// No user interface at all.
    Hidden,
}

/// The typed arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LoginRequest {
    /// What the visitor is here for.
    pub(super) source: Source,
    /// `api_key`, or `app_id` of newer clients: key or id of the application.
    pub(super) api_key: Option<String>,
    /// Version of the pages; `1.0`, not enforced.
    pub(super) version: Option<String>,
    /// `next`: an address, or text behind the callback URL.
    pub(super) next: Option<String>,
    /// `next_cancel`, `cancel_url` or `cancel`: where declining leads.
    pub(super) cancel: Option<String>,
    /// The token of auth.createToken that is to be bound.
    pub(super) auth_token: Option<String>,
    /// Return to the canvas page. Presence counts: the Ruby client warns that `canvas=false` acts like true.
    pub(super) canvas: bool,
    /// `display`, `popup`, `connect_display`.
    pub(super) display: Display,
    /// A site outside: Connect style.
    pub(super) fbconnect: bool,
    /// The answer is a session, not a token. `session_key_only` asks for the same: clients decode the full object.
    pub(super) return_session: bool,
    /// Session version 3: the session object has an access token.
    pub(super) with_access_token: bool,
    /// `req_perms`, `ext_perm`: what is asked for beyond the authorisation itself.
    pub(super) permissions: Permissions,
    /// Show the login form whoever is logged in.
    pub(super) skipcookie: bool,
    /// Do not offer to keep the person logged in.
    pub(super) hide_checkbox: bool,
    /// Log in to the site only.
    pub(super) skip_api_login: bool,
    /// How the application is answered.
    pub(super) reply: Reply,
    /// Whether our own SDK asks, which takes more than the old ones do.
    pub(super) own_sdk: bool,
}

impl LoginRequest {
    /// Reads the arguments. Names of permissions that nobody knows are left out: nobody could grant them.
    pub(super) fn read(entry: Entry, args: &Args) -> Result<LoginRequest, Problem> {
        let text = |names: &[&'static str]| first_text(args, names);
        let mut permissions = Permissions::none();
        let dialog = matches!(entry, Entry::OAuth | Entry::Dialog);
        let lists: &[&str] =
            if dialog { &["scope", "perms", "req_perms", "ext_perm"] } else { &["req_perms", "ext_perm"] };
        for name in lists {
            if let Some(list) = text(&[name])? {
                // OAuth divides by blanks as well.
                permissions = permissions.union(&Permissions::parse(&list.replace([' ', '+'], ",")).0);
            }
        }
        let api_key = text(if dialog { &["client_id", "api_key", "app_id"] } else { &["api_key", "app_id"] })?;
        let named = text(&["source"])?.and_then(|name| SOURCES.iter().find(|s| s.0 == name)).map(|s| s.1);
        let source = match (entry, named) {
            (Entry::Login, None) if api_key.is_none() => Source::Home,
            (_, Some(source)) => source,
            (Entry::Login | Entry::Tos | Entry::OAuth | Entry::Dialog, None) => Source::Login,
            (Entry::Authorize, None) if permissions.is_empty() => Source::Login,
            (Entry::Authorize | Entry::Permissions, None) => Source::Permissions,
        };
        let reply = match entry {
            Entry::OAuth => Reply::OAuth(OAuth::read(args)?),
            // One address stood for all dialogs of 2010, by their method; those about friends and stories are not here.
            Entry::Dialog => match text(&["method"])?.as_deref() {
                None | Some("permissions.request" | "auth.login") => Reply::Result,
                Some("permissions.oauth" | "oauth") => Reply::OAuth(OAuth::read(args)?),
                Some(other) => return Err(Problem::Dialog(other.to_owned())),
            },
            _ => Reply::travelled(args)?,
        };
        let skip_api_login = is_true(args.get("skip_api_login"));
        let next = text(if dialog { &["redirect_uri", "next"] } else { &["next"] })?;
        Ok(LoginRequest {
            source: if reply == Reply::Classic { source } else { Source::Login },
            api_key,
            version: text(&["v"])?,
            next: if skip_api_login { next.map(unwrapped) } else { next },
            cancel: text(&["next_cancel", "cancel_url", "cancel"])?,
            auth_token: text(&["auth_token"])?,
            canvas: args.get("canvas").is_some(),
            display: display(args),
            fbconnect: is_true(args.get("fbconnect")),
            return_session: is_true(args.get("return_session")) || is_true(args.get("session_key_only")),
            with_access_token: args.get("session_version") == Some(b"3"),
            permissions,
            skipcookie: is_true(args.get("skipcookie")),
            hide_checkbox: is_true(args.get("hide_checkbox")),
            skip_api_login,
            reply,
            own_sdk: args.get("sdk") == Some(b"reconnect"),
        })
    }

    /// The arguments as they travel on: reading them again gives an equal request on every page.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let source = SOURCES.iter().find(|s| s.1 == self.source).map(|s| s.0.to_owned());
        let display = match self.display {
            Display::Page => None,
            Display::Popup => Some("popup".to_owned()),
            Display::Hidden => Some("hidden".to_owned()),
        };
        let permissions = (!self.permissions.is_empty()).then(|| self.permissions.to_list());
        let flag = |set: bool| set.then(|| "1".to_owned());
        [
            ("api_key", self.api_key.clone()),
            ("v", self.version.clone()),
            ("next", self.next.clone()),
            ("cancel", self.cancel.clone()),
            ("auth_token", self.auth_token.clone()),
            ("canvas", flag(self.canvas)),
            ("display", display),
            ("fbconnect", flag(self.fbconnect)),
            ("return_session", flag(self.return_session)),
            ("session_version", self.with_access_token.then(|| "3".to_owned())),
            ("ext_perm", permissions),
            ("skipcookie", flag(self.skipcookie)),
            ("hide_checkbox", flag(self.hide_checkbox)),
            ("skip_api_login", flag(self.skip_api_login)),
            ("sdk", self.own_sdk.then(|| "reconnect".to_owned())),
            ("source", source),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .chain(self.reply.fields())
        .collect()
    }

    /// The same as a query.
    pub(super) fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.fields()).finish()
    }

    /// The auth token that has to be bound: a program's, which waits for it. Pages that only grant permissions bind nothing.
    pub(super) fn token_to_bind(&self) -> Option<&str> {
        let binds = self.source == Source::Login && self.reply == Reply::Classic && !self.skip_api_login;
        self.auth_token.as_deref().filter(|_| binds)
    }
}

/// The SDK of 2012 logs somebody in to the site by way of login.php to login.php: what it wants in the end stands in the inner address.
fn unwrapped(next: String) -> String {
    let inner = next.split_once("/login.php?").map(|(_, query)| form_urlencoded::parse(query.as_bytes()));
    match inner.and_then(|mut pairs| pairs.find(|(name, _)| name == "next")) {
        Some((_, inner)) => inner.into_owned(),
        None => next,
    }
}

/// The value of the first of these names that has one; names are synonyms.
fn first_text(args: &Args, names: &[&'static str]) -> Result<Option<String>, Problem> {
    for name in names {
        match args.text(name) {
            Ok(None) => {}
            Ok(Some(text)) => return Ok(Some(text.to_owned())),
            // Addresses and tokens are never guessed at: bytes that are no text are refused.
            Err(_) => return Err(Problem::NotText(name)),
        }
    }
    Ok(None)
}

/// Whether nothing may be shown.
pub(super) fn is_hidden(args: &Args) -> bool {
    display(args) == Display::Hidden
}

fn display(args: &Args) -> Display {
    let named = |name| args.get(name).unwrap_or_default();
    match named("display") {
        b"hidden" | b"none" => Display::Hidden,
        b"popup" | b"touch" | b"wap" | b"iframe" | b"dialog" | b"async" => Display::Popup,
        _ if is_true(args.get("popup")) => Display::Popup,
        _ if matches!(named("connect_display"), b"popup" | b"touch") => Display::Popup,
        _ => Display::Page,
    }
}

/// `1` or `true`, as clients of all languages write it.
fn is_true(value: Option<&[u8]>) -> bool {
    value.is_some_and(|value| value == b"1" || value.eq_ignore_ascii_case(b"true"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_wire::{Call, Format};

    fn read(entry: Entry, query: &str) -> LoginRequest {
        LoginRequest::read(entry, &Call::from_query(query.as_bytes(), Format::Xml).args).unwrap()
    }

    #[test]
    fn synonyms_and_php_booleans_are_understood() {
        let request = read(
            Entry::Login,
            "app_id=7&cancel_url=x&req_perms=email,fly&ext_perm=sms&canvas=false&fbconnect=true&popup=1&session_key_only=TRUE",
        );
        assert_eq!((request.api_key.as_deref(), request.cancel.as_deref()), (Some("7"), Some("x")));
        assert_eq!(request.permissions.to_list(), "email,sms");
        assert!(request.canvas && request.fbconnect && request.return_session);
        assert_eq!(request.display, Display::Popup);
        assert!(!read(Entry::Login, "fbconnect=0&skipcookie=false&next=").fbconnect);
        assert_eq!(read(Entry::Login, "api_key=7&next=").next, None);
    }

    #[test]
    fn what_travels_on_reads_the_same_on_every_page() {
        for query in [
            "api_key=k&v=1.0&next=%3Fa%26b&next_cancel=c&auth_token=t&canvas&display=wap&skipcookie=1&hide_checkbox=1",
            "api_key=k&ext_perm=email&return_session=1&session_version=3&skip_api_login=1&fbconnect=1&display=none",
            "",
        ] {
            for entry in [Entry::Login, Entry::Tos, Entry::Authorize, Entry::Permissions] {
                let request = read(entry, query);
                for next in [Entry::Login, Entry::Tos, Entry::Authorize, Entry::Permissions] {
                    assert_eq!(read(next, &request.query()), request, "{entry:?} {next:?} {query}");
                }
            }
        }
    }

    #[test]
    fn only_the_dialogs_of_the_login_are_here() {
        let read =
            |query: &str| LoginRequest::read(Entry::Dialog, &Call::from_query(query.as_bytes(), Format::Xml).args);
        assert_eq!(read("api_key=k&method=permissions.request").unwrap().reply, Reply::Result);
        assert!(matches!(read("api_key=k&method=permissions.oauth").unwrap().reply, Reply::OAuth(_)));
        assert!(matches!(read("api_key=k&method=stream.publish"), Err(Problem::Dialog(_))));
    }

    #[test]
    fn a_login_to_the_site_by_way_of_itself_ends_where_the_inner_address_says() {
        let inner = "http%3A%2F%2Fa%2F%23cb%3D1";
        let outer: String =
            form_urlencoded::byte_serialize(format!("http://x/login.php?api_key=k&next={inner}").as_bytes()).collect();
        let request = read(Entry::Login, &format!("api_key=k&skip_api_login=1&next={outer}"));
        assert_eq!(request.next.as_deref(), Some("http://a/#cb=1"));
        assert_eq!(read(Entry::Login, &request.query()), request);
        let request = read(Entry::Login, &format!("api_key=k&next={outer}"));
        assert!(request.next.unwrap().starts_with("http://x/login.php?"), "only where no application is logged in to");
    }

    #[test]
    fn the_entry_says_what_a_visitor_is_here_for() {
        assert_eq!(read(Entry::Login, "").source, Source::Home);
        assert_eq!(read(Entry::Login, "api_key=k&req_perms=email").source, Source::Login);
        assert_eq!(read(Entry::Authorize, "api_key=k").source, Source::Login);
        assert_eq!(read(Entry::Authorize, "api_key=k&ext_perm=email").source, Source::Permissions);
        assert_eq!(read(Entry::Permissions, "api_key=k&source=login").source, Source::Login);
    }

    #[test]
    fn an_address_that_is_no_text_is_refused() {
        let args = Call::from_query(b"api_key=k&next=%ff", Format::Xml).args;
        assert!(matches!(LoginRequest::read(Entry::Login, &args), Err(Problem::NotText("next"))));
    }
}
