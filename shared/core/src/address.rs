//! Where a login may lead: `next`, `cancel` and their like are appended to as the old flows ask, and the *result* is held to the
//! application's own addresses. What is sent is the unparsed text: an xd proxy of 2010 relies on getting the appended arguments at
//! the very end, inside its fragment.

use crate::model::Application;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Everything but letters, digits and `-_.` is escaped in an appended value.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Pages of this site on which a program that watches the address of an embedded browser waits.
pub const OWN_PAGES: [&str; 2] = ["/connect/login_success.html", "/connect/login_failure.html"];

/// Pages of this site that hand their fragment on to a window of the page that opened them: the SDK's cross-domain channel. The first is
/// that of 2010 and 2011, the second that of 2012.
pub const CHANNEL_PAGES: [&str; 2] = ["/connect/xd_proxy.php", "/connect/xd_arbiter.php"];

/// Schemes that no application can have as its own: a browser would run or read what follows.
const NEVER: [&str; 12] = [
    "http",
    "https",
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
    "filesystem",
    "view-source",
    "ws",
    "wss",
];

/// Why an address was refused, with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing to go to.
    #[error("the application has neither a callback URL nor a Connect URL, and the request names no address")]
    Nowhere,
    /// Not an address, or one that a browser might read in another way than this server.
    #[error("'{0}' is not an address that can be trusted: {1}")]
    Malformed(String, &'static str),
    /// A page that no setting of the application covers.
    #[error(
        "'{0}' is not an origin of the application: it must be that of the callback URL or of the Connect URL, or lie in the base domain"
    )]
    ForeignOrigin(String),
    /// The SDK's channel, without one origin to hand its message to.
    #[error("'{0}' does not name, exactly once, the origin that it hands its message to")]
    NoOrigin(String),
    /// Somebody else's address.
    #[error(
        "'{0}' is not an address of the application: it must lie under the callback URL, the Connect URL or the base domain"
    )]
    Foreign(String),
}

/// The text that arguments are appended to: `next` itself where it is an address, else the callback URL with `next` behind it.
pub fn destination(app: &Application, next: Option<&str>) -> Result<String, Refused> {
    let home = app.callback_url.as_deref().or(app.connect_url.as_deref());
    match next.filter(|next| !next.is_empty()) {
        Some(next) if has_scheme(next) => Ok(next.to_owned()),
        Some(next) => Ok(format!("{}{next}", home.ok_or(Refused::Nowhere)?)),
        None => Ok(home.ok_or(Refused::Nowhere)?.to_owned()),
    }
}

/// Appends arguments to the text of an address: with `&` as soon as a `?` stands anywhere in it, fragment included.
pub fn append<'a>(address: &str, args: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = address.to_owned();
    for (name, value) in args {
        let before = text.as_bytes().last();
        if !text.contains('?') {
            text.push('?');
        } else if !matches!(before, Some(b'?' | b'&')) {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.extend(utf8_percent_encode(value, VALUE));
    }
    text
}

/// Whether an origin, `scheme://host[:port]` as browsers write it, is that of the application's own pages.
pub fn owns_origin(app: &Application, origin: &str) -> Result<(), Refused> {
    let foreign = || Refused::ForeignOrigin(origin.to_owned());
    let url = Url::parse(origin).map_err(|_| foreign())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(foreign());
    }
    let same = |base: &String| Url::parse(base).is_ok_and(|base| base.origin() == url.origin());
    let owned = [&app.callback_url, &app.connect_url].into_iter().flatten().any(same)
        || app.base_domain.as_deref().is_some_and(|domain| lies_in(&url, domain));
    if owned { Ok(()) } else { Err(foreign()) }
}

/// The origin of an http address, as browsers write it.
pub fn origin_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// What a channel page reads in its fragment as `origin`: the page's origin, and behind it what tells one channel of the page from
/// another. None unless it stands there exactly once: of two, the page might take the other one than we.
pub fn channel_origin(address: &str) -> Option<String> {
    let (_, fragment) = address.split_once('#')?;
    let mut origins = url::form_urlencoded::parse(fragment.as_bytes())
        .filter(|(name, _)| name.trim_start_matches('?') == "origin")
        .map(|(_, value)| value);
    let origin = origin_of(&origins.next()?)?;
    origins.next().is_none().then_some(origin)
}

/// Whether an address is a channel page of this site.
pub fn is_channel(origins: &[String], address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| is_page_of(&url, origins, &CHANNEL_PAGES))
}

/// Whether a finished address is one of the application's, or one of the own pages on one of `origins`
/// (`scheme://host[:port]`: the public URL, and the host that the request came to). A channel page is the application's when the origin
/// that it hands its message to is.
pub fn check(app: &Application, origins: &[String], address: &str) -> Result<(), Refused> {
    let malformed = |why| Refused::Malformed(address.to_owned(), why);
    if address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(malformed("it holds a blank, a control character or a backslash"));
    }
    let url = Url::parse(address).map_err(|_| malformed("it does not parse"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(malformed("it holds a user name"));
    }
    let own_scheme = app.schemes.iter().any(|s| s.eq_ignore_ascii_case(url.scheme()));
    if own_scheme && !NEVER.contains(&url.scheme()) {
        return Ok(());
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Foreign(address.to_owned()));
    }
    let ours = [&app.callback_url, &app.connect_url].into_iter().flatten().any(|base| lies_under(&url, base))
        || app.base_domain.as_deref().is_some_and(|domain| lies_in(&url, domain))
        || is_page_of(&url, origins, &OWN_PAGES)
        || app
            .canvas_name
            .as_deref()
            .is_some_and(|name| origins.iter().any(|origin| lies_in_canvas(&url, origin, name)));
    if !ours && is_page_of(&url, &with_plain_channels(origins), &CHANNEL_PAGES) {
        let origin = channel_origin(address).ok_or_else(|| Refused::NoOrigin(address.to_owned()))?;
        // A channel that leaves encryption may only lead to a page that has none either.
        let leaves = origin.starts_with("https:") && !is_page_of(&url, origins, &CHANNEL_PAGES);
        return if leaves { Err(Refused::ForeignOrigin(origin)) } else { owns_origin(app, &origin) };
    }
    if ours { Ok(()) } else { Err(Refused::Foreign(address.to_owned())) }
}

/// SDKs of 2011 and 2012 open their dialogs by https, from pages without it, with a channel without it: what goes through a channel stays in
/// the browser, and ends on a page that whoever listens reads anyway.
fn with_plain_channels(origins: &[String]) -> Vec<String> {
    let plain = origins.iter().filter_map(|origin| origin.strip_prefix("https:")).map(|rest| format!("http:{rest}"));
    origins.iter().cloned().chain(plain).collect()
}

/// The host of applications inside the site, in the days of the time.
pub const CANVAS_HOST: &str = "apps.facebook.com";

/// Where an application lives inside a site of this origin.
pub fn canvas_home(origin: &str, canvas_name: &str) -> String {
    let historic = Url::parse(origin).is_ok_and(|url| url.domain() == Some(CANVAS_HOST));
    if historic { format!("{origin}/{canvas_name}/") } else { format!("{origin}/apps/{canvas_name}/") }
}

/// Canvas names are compared without regard to case.
fn lies_in_canvas(url: &Url, origin: &str, canvas_name: &str) -> bool {
    let mut url = url.clone();
    url.set_path(&url.path().to_lowercase());
    lies_under(&url, &canvas_home(origin, &canvas_name.to_lowercase()))
}

/// Scheme, host and port equal; path prefix on a segment boundary.
fn lies_under(url: &Url, base: &str) -> bool {
    let Ok(base) = Url::parse(base) else { return false };
    let prefix = base.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(prefix);
    url.origin() == base.origin() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The domain itself or a name below it, on a label boundary.
fn lies_in(url: &Url, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    let Some(host) = url.domain() else { return false };
    !domain.is_empty() && host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The domain of the site's cookies, without leading dot: the application's base domain, when the page at this address lies in it.
pub fn cookie_domain(app: &Application, page: &str) -> Option<String> {
    let domain = app.base_domain.as_deref()?.trim_start_matches('.');
    lies_in(&Url::parse(page).ok()?, domain).then(|| domain.to_owned())
}

fn is_page_of(url: &Url, origins: &[String], pages: &[&str]) -> bool {
    let ours = |origin: &String| Url::parse(origin).is_ok_and(|origin| origin.origin() == url.origin());
    pages.contains(&url.path()) && origins.iter().any(ours)
}

fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Application {
        Application {
            callback_url: Some("http://a.example/fb".to_owned()),
            connect_url: Some("https://connect.example/".to_owned()),
            base_domain: Some("site.example".to_owned()),
            schemes: vec!["fbconnect".to_owned(), "javascript".to_owned()],
            ..Application::default()
        }
    }

    fn allowed(address: &str) -> bool {
        check(&app(), &["http://127.0.0.1:8080".to_owned()], address).is_ok()
    }

    #[test]
    fn only_the_applications_own_addresses_are_gone_to() {
        for good in [
            "http://a.example/fb",
            "http://a.example/fb/",
            "http://a.example/fb?x=1",
            "http://a.example:80/fb/deep/er?auth_token=1#f",
            "https://connect.example/anything",
            "http://site.example/",
            "https://www.site.example:8443/x",
            "fbconnect://success?auth_token=1",
            "fbconnect:cancel",
            "http://127.0.0.1:8080/connect/login_success.html?session=%7B%7D",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "http://a.example.evil.example/fb",
            "http://a.example/fbx",
            "http://a.example/fb/../x",
            "http://a.example/fb/%2e%2e/x",
            "http://a.example/",
            "https://a.example/fb",
            "http://a.example:81/fb",
            "http://user@a.example/fb",
            "http://a.example\\@evil.example/fb",
            "http://evilsite.example/",
            "http://site.example.evil.example/",
            "javascript:alert(1)//http://a.example/fb",
            "data:text/html,x",
            "other://success",
            "//a.example/fb",
            "http://a.example/fb\r\nSet-Cookie: x=1",
            "http://127.0.0.1:8080/editapps.php",
            "http://127.0.0.1:9090/connect/login_success.html",
            "",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }

    #[test]
    fn a_page_is_the_applications_by_its_origin() {
        for good in
            ["http://a.example", "https://connect.example", "http://site.example", "https://www.site.example:8443"]
        {
            assert_eq!(owns_origin(&app(), good), Ok(()), "{good}");
        }
        for bad in [
            "https://a.example",
            "http://a.example:81",
            "http://a.example.evil.example",
            "http://evilsite.example",
            "http://user@site.example",
            "http://site.example/path",
            "ftp://site.example",
            "null",
            "",
        ] {
            assert_eq!(owns_origin(&app(), bad), Err(Refused::ForeignOrigin(bad.to_owned())), "{bad}");
        }
        assert!(owns_origin(&Application::default(), "http://a.example").is_err());
    }

    #[test]
    fn the_channel_is_the_applications_only_towards_its_own_origin() {
        let xd = |page: &str, rest: &str| format!("http://127.0.0.1:8080/connect/{page}#{rest}");
        for good in [
            xd("xd_proxy.php", "?=&cb=f1&origin=http%3A%2F%2Fa.example%2Ff2&relation=parent&transport=postmessage"),
            xd("xd_proxy.php", "?=&origin=http%3A%2F%2Fwww.site.example%2Ff2&session=%7B%7D"),
            xd("xd_arbiter.php", "cb=f1&origin=https%3A%2F%2Fconnect.example%2Ff2&access_token=1"),
        ] {
            assert!(allowed(&good), "{good}");
            assert!(is_channel(&["http://127.0.0.1:8080".to_owned()], &good));
        }
        for bad in [
            xd("xd_proxy.php", ""),
            xd("xd_proxy.php", "?=&cb=f1&origin=http%3A%2F%2Fevil.example%2Ff2"),
            xd("xd_proxy.php", "?=&origin=http%3A%2F%2Fa.example%2F&origin=http%3A%2F%2Fevil.example%2F"),
            xd("xd_proxy.php", "?origin=http%3A%2F%2Fevil.example%2F&origin=http%3A%2F%2Fa.example%2F"),
            xd("xd_proxy.php", "origin=javascript:alert(1)"),
            xd("other.php", "origin=http%3A%2F%2Fa.example%2F"),
            "http://127.0.0.1:9090/connect/xd_proxy.php#origin=http%3A%2F%2Fa.example%2F".to_owned(),
        ] {
            assert!(!allowed(&bad), "{bad}");
        }
    }

    #[test]
    fn a_canvas_lies_inside_the_site() {
        let app = Application { canvas_name: Some("Farm".to_owned()), ..Application::default() };
        let origins = ["http://127.0.0.1:8080", "http://apps.facebook.com"].map(str::to_owned);
        let allowed = |address: &str| check(&app, &origins, address).is_ok();
        for good in [
            "http://127.0.0.1:8080/apps/farm",
            "http://127.0.0.1:8080/apps/Farm/play?auth_token=1",
            "http://apps.facebook.com/farm/x",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1:8080/apps/farmer/",
            "http://127.0.0.1:8080/apps/farm/../other/",
            "http://127.0.0.1:9/apps/farm/",
            "http://apps.facebook.com/apps/farm/",
            "https://apps.facebook.com/farm/",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }

    #[test]
    fn a_channel_leaves_encryption_for_a_page_without_it_only() {
        let app = Application { base_domain: Some("site.example".to_owned()), ..Application::default() };
        let origins = ["https://www.facebook.com".to_owned()];
        let xd = |scheme: &str, origin: &str| {
            format!("{scheme}://www.facebook.com/connect/xd_proxy.php#cb=1&origin={origin}%2Ff")
        };
        let allowed = |address: String| check(&app, &origins, &address).is_ok();
        assert!(
            allowed(xd("https", "https%3A%2F%2Fsite.example")) && allowed(xd("https", "http%3A%2F%2Fsite.example"))
        );
        assert!(allowed(xd("http", "http%3A%2F%2Fsite.example")));
        assert!(!allowed(xd("http", "https%3A%2F%2Fsite.example")));
        assert!(check(&app, &origins, "http://www.facebook.com/connect/login_success.html").is_err());
    }

    #[test]
    fn cookies_are_for_the_base_domain_of_a_page_that_lies_in_it() {
        let domain = |page| cookie_domain(&app(), page);
        assert_eq!(domain("http://www.site.example/x").as_deref(), Some("site.example"));
        for page in ["http://evilsite.example/", "http://site.example.evil.example/", "fbconnect://success", "nonsense"]
        {
            assert_eq!(domain(page), None, "{page}");
        }
    }

    #[test]
    fn next_is_appended_as_text_and_the_result_is_judged() {
        let mut app = app();
        app.callback_url = Some("http://a.example".to_owned());
        let result = destination(&app, Some(".evil.example")).unwrap();
        assert_eq!(result, "http://a.example.evil.example");
        assert!(matches!(check(&app, &[], &result), Err(Refused::Foreign(_))));
        assert_eq!(destination(&app, Some("/play?x=1")).unwrap(), "http://a.example/play?x=1");
        assert_eq!(destination(&app, None).unwrap(), "http://a.example");
        assert_eq!(destination(&Application::default(), Some("x")), Err(Refused::Nowhere));
    }

    #[test]
    fn arguments_are_appended_to_the_text_even_inside_a_fragment() {
        let arg = [("auth_token", "a b")];
        assert_eq!(append("http://a/", arg), "http://a/?auth_token=a%20b");
        assert_eq!(append("http://a/?x", arg), "http://a/?x&auth_token=a%20b");
        assert_eq!(append("http://a/?", arg), "http://a/?auth_token=a%20b");
        assert_eq!(append("http://a/xd.php#?=&cb=1", arg), "http://a/xd.php#?=&cb=1&auth_token=a%20b");
        assert_eq!(append("fbconnect://success", arg), "fbconnect://success?auth_token=a%20b");
    }
}
