//! Where a flow ends: the application's address with what is appended, or a page that says that all is done.

use super::problem::Problem;
use super::reply::Arguments;
use super::request::LoginRequest;
use crate::site::{Site, Visit};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use reconnect_core::address::{CANVAS_HOST, Refused, append, canvas_home, check, destination};
use reconnect_core::model::Application;
use reconnect_core::permission::Permissions;
use url::{Host, Url};

/// What the JavaScript SDK of 2010 writes where it wants the result.
const RESULT_TOKEN: &str = "xxRESULTTOKENxx";

/// The end of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An address of the application; not parsed and written anew, but sent as it was asked for.
    Address(String),
    /// Nowhere: a page tells the person to go back to the program, or that the window may be closed.
    Closed,
}

/// Where success leads. A program that waits for its token, or that is no web site, may name no address at all.
pub(super) fn success(app: &Application, request: &LoginRequest, origins: &[String]) -> Result<Target, Refused> {
    let waits = app.desktop || request.token_to_bind().is_some();
    if request.next.is_none() && waits {
        return Ok(Target::Closed);
    }
    if request.canvas
        && let (Some(name), Some(origin)) = (&app.canvas_name, origins.first())
    {
        return checked(&at(canvas_home(origin, name), app), request.next.as_deref(), origins);
    }
    checked(app, request.next.as_deref(), origins)
}

/// The application with another home: what a relative address is appended to.
fn at(home: String, app: &Application) -> Application {
    Application { callback_url: Some(home), ..app.clone() }
}

/// Where declining leads, by the same rules; None when the request names no address.
pub(super) fn cancelled(
    app: &Application,
    request: &LoginRequest,
    origins: &[String],
) -> Option<Result<Target, Refused>> {
    request.cancel.as_deref().map(|cancel| checked(app, Some(cancel), origins))
}

fn checked(app: &Application, text: Option<&str>, origins: &[String]) -> Result<Target, Refused> {
    let address = at_home(app, destination(app, text)?, origins);
    check(app, origins, &address)?;
    Ok(Target::Address(address))
}

/// An application inside the site knows itself by the name of the time. Its own canvas is meant, where nobody leads that name here: the same
/// page of this site.
fn at_home(app: &Application, address: String, origins: &[String]) -> String {
    let historic = ["http", "https"].map(|scheme| format!("{scheme}://{CANVAS_HOST}"));
    let (Some(name), Some(origin)) = (&app.canvas_name, origins.first()) else { return address };
    if origins.iter().any(|origin| historic.contains(origin)) {
        return address;
    }
    let rest =
        historic.iter().find_map(|host| address.strip_prefix(host.as_str())?.strip_prefix('/')).and_then(|path| {
            let (first, rest) = path.split_at_checked(name.len())?;
            let ends = rest.is_empty() || rest.starts_with(['/', '?', '#']);
            (first.eq_ignore_ascii_case(name) && ends).then_some(rest)
        });
    match rest {
        Some(rest) => format!("{}{}", canvas_home(origin, name), rest.strip_prefix('/').unwrap_or(rest)),
        None => address,
    }
}

/// Fills in the result and appends arguments, as login.php does.
pub(super) fn filled(address: &str, granted: &[&str], args: &Arguments) -> String {
    // Names of permissions are letters and underscores: only the comma needs an escape.
    let address = address.replace(RESULT_TOKEN, &granted.join("%2C"));
    append(&address, args.iter().map(|(name, value)| (*name, value.as_str())))
}

/// The finished text is judged, whatever it was made of.
pub(super) fn judged(app: &Application, origins: &[String], text: String) -> Result<String, Refused> {
    check(app, origins, &text)?;
    Ok(text)
}

/// Those of the permissions asked for that the application has now.
pub(super) fn granted_of<'a>(asked: &'a Permissions, granted: Option<&Permissions>) -> Vec<&'a str> {
    asked.iter().filter(|name| granted.is_some_and(|granted| granted.allow(name))).collect()
}

/// The site's addresses, as far as they may be somebody's `next`. A visitor who came without encryption may go on with it; never the
/// other way round.
pub(super) fn origins(site: &Site, visit: &Visit) -> Vec<String> {
    let mut origins = site.origins(visit);
    if !visit.https {
        origins.push(format!("https://{}", visit.host));
    }
    origins
}

/// Sends the browser on.
pub(super) fn redirect(address: &str) -> Response {
    // Bytes, not text: what lies beyond ASCII goes out as it came in.
    match HeaderValue::from_bytes(address.as_bytes()) {
        Ok(value) => (StatusCode::FOUND, [(header::LOCATION, value)]).into_response(),
        Err(_) => Problem::Unavailable.into_response(),
    }
}

/// What a page's policy must allow as the target of its form, so that the redirect behind the form is followed: browsers hold the whole
/// chain against `form-action`.
pub(super) fn form_source(target: &Target) -> Option<String> {
    let Target::Address(address) = target else { return None };
    policy_source(address)
}

/// An address as a page's policy can name it: by its origin, where there is one.
pub(crate) fn policy_source(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let scheme = format!("{}:", url.scheme());
    if !matches!(url.scheme(), "http" | "https") {
        return Some(scheme);
    }
    match url.host()? {
        // The policy's grammar knows no addresses of IPv6.
        Host::Ipv6(_) => Some(scheme),
        // Nor may a name smuggle in a policy of its own: `;` is legal in a host that is only parsed.
        Host::Domain(name) if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) => {
            None
        }
        Host::Domain(_) | Host::Ipv4(_) => Some(url.origin().ascii_serialization()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_the_origin_and_nothing_else() {
        let source = |address: &str| form_source(&Target::Address(address.to_owned()));
        assert_eq!(source("http://a.example:81/x?y#z").as_deref(), Some("http://a.example:81"));
        assert_eq!(source("fbconnect://success").as_deref(), Some("fbconnect:"));
        assert_eq!(source("http://[::1]:8080/").as_deref(), Some("http:"));
        assert_eq!(source("http://x;script-src.site.example/"), None);
        assert_eq!(form_source(&Target::Closed), None);
    }

    #[test]
    fn an_application_inside_the_site_comes_back_to_its_canvas() {
        let app = Application {
            callback_url: Some("http://a.example/fb/".to_owned()),
            canvas_name: Some("farm".to_owned()),
            ..Application::default()
        };
        let here = ["http://127.0.0.1:8080".to_owned()];
        let to = |canvas: bool, next: Option<&str>, origins: &[String]| {
            let request = LoginRequest { canvas, next: next.map(str::to_owned), ..LoginRequest::default() };
            success(&app, &request, origins)
        };
        let address = |text: &str| Ok(Target::Address(text.to_owned()));
        assert_eq!(to(true, None, &here), address("http://127.0.0.1:8080/apps/farm/"));
        assert_eq!(to(true, Some("play?x=1"), &here), address("http://127.0.0.1:8080/apps/farm/play?x=1"));
        assert_eq!(to(false, None, &here), address("http://a.example/fb/"));
        let named = Some("http://apps.facebook.com/farm/play?x=1");
        assert_eq!(to(false, named, &here), address("http://127.0.0.1:8080/apps/farm/play?x=1"));
        let historic = ["http://apps.facebook.com".to_owned()];
        assert_eq!(to(false, named, &historic), address("http://apps.facebook.com/farm/play?x=1"));
        assert!(to(false, Some("http://apps.facebook.com/farmer/"), &here).is_err());
        assert!(to(true, Some("../other/"), &here).is_err());
    }

    #[test]
    fn the_result_is_filled_in_before_the_address_is_judged() {
        let app = Application { callback_url: Some("http://a.example/".to_owned()), ..Application::default() };
        let next = "http://a.example/xd.html#cb=1&result=xxRESULTTOKENxx";
        let text = filled(next, &["email", "sms"], &vec![("session", "{}".to_owned())]);
        assert_eq!(text, "http://a.example/xd.html#cb=1&result=email%2Csms?session=%7B%7D");
        assert!(judged(&app, &[], text).is_ok());
        assert!(judged(&app, &[], filled("http://b.example/", &[], &Vec::new())).is_err());
    }
}
