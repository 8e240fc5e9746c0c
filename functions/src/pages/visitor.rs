//! Who is looking: the browser's cookies, and the person who is logged in with them.
//!
//! | cookie | what it is |
//! |---|---|
//! | `xs` | the login: an id and random bits; historic name |
//! | `c_user` | the person's id, for scripts to read; never trusted; historic name |
//! | `xs_status` | says who is logged in to requests that pages of other sites cause, where `xs` must not come along; opens no page |
//! | `datr` | random, given to every browser that is shown a form: what form tokens are bound to |

use crate::site::Visit;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use reconnect_core::browser::LoggedIn;
use reconnect_core::model::{BROWSER_LIFETIME, Login, Person};
use reconnect_core::{Result, Services, ids};
use reconnect_store::Id;

/// The login.
const LOGIN: &str = "xs";
/// The person's id.
const PERSON: &str = "c_user";
/// Vouches for the login towards pages of other sites.
const STATUS: &str = "xs_status";
/// What form tokens are bound to.
const NONCE: &str = "datr";
/// The nonce outlives logins; two years, as the historic cookie did.
const NONCE_LIFETIME: i64 = 2 * 365 * 86_400;

/// The browser of one request.
#[derive(Debug)]
pub(crate) struct Visitor {
    /// How it reached us.
    pub(crate) visit: Visit,
    /// Who is logged in.
    pub(crate) login: Option<LoggedIn>,
    /// Whether the browser sent any cookie of ours.
    pub(crate) sent_cookies: bool,
    /// The text of a valid `xs`; empty when nobody is logged in.
    cookie: String,
    nonce: String,
    set: Vec<String>,
    /// What the browser is told about logins here in general, which spares it questions (`Set-Login`).
    told: Option<&'static str>,
}

impl Visitor {
    /// Reads the cookies, and the login behind them.
    pub(crate) async fn of(services: &Services, visit: Visit, headers: &HeaderMap) -> Result<Visitor> {
        let cookie = cookie(headers, LOGIN).unwrap_or_default();
        let login = if cookie.is_empty() { None } else { services.graph.logged_in(cookie).await? };
        let cookie = if login.is_some() { cookie.to_owned() } else { String::new() };
        let known = cookie_nonce(headers);
        let sent_cookies = known.is_some() || [LOGIN, STATUS].iter().any(|name| self::cookie(headers, name).is_some());
        let nonce = known.unwrap_or_default();
        let mut visitor = Visitor { visit, login, sent_cookies, cookie, nonce, set: Vec::new(), told: None };
        if visitor.nonce.is_empty() {
            visitor.nonce = ids::hex(&ids::random_bytes::<16>());
            visitor.set(NONCE, &visitor.nonce.clone(), NONCE_LIFETIME, Readable::No);
        }
        Ok(visitor)
    }

    /// Takes the word of the status cookie, where the login's own cookie did not come along. For answers that only an application's own
    /// pages can read, and that decide nothing.
    pub(crate) async fn take_status_cookie(&mut self, services: &Services, headers: &HeaderMap) -> Result<()> {
        if self.login.is_none()
            && let Some(text) = cookie(headers, STATUS)
        {
            self.login = services.by_status_cookie(text).await?;
        }
        Ok(())
    }

    /// The person who is logged in.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.login.as_ref().map(|login| &login.person)
    }

    /// The id of that person.
    pub(crate) fn person_id(&self) -> Option<Id> {
        self.person().map(|person| person.id)
    }

    /// What form tokens are bound to: the browser, and the login in it. The nonce has a fixed length.
    pub(crate) fn binding(&self) -> Vec<u8> {
        [self.nonce.as_bytes(), self.cookie.as_bytes()].concat()
    }

    /// Logs a person in; the browser gets a cookie that nobody has seen before.
    pub(crate) async fn log_in(&mut self, services: &Services, person: &Person, checked: &Login) -> Result<()> {
        let (login, cookie) = services.graph.log_in(person, checked.epoch, self.login.as_ref()).await?;
        self.set(LOGIN, &cookie, BROWSER_LIFETIME, Readable::No);
        self.set(PERSON, &person.id.to_string(), BROWSER_LIFETIME, Readable::Yes);
        if self.visit.keeps_secure_cookies() {
            let value = services.status_cookie(&login);
            self.set.push(foreign_cookie(STATUS, &value, BROWSER_LIFETIME));
        }
        self.login = Some(login);
        self.cookie = cookie;
        self.told = Some("logged-in");
        Ok(())
    }

    /// Logs whoever is logged in out: the login and all expiring sessions that were made in this browser end.
    pub(crate) async fn log_out(&mut self, services: &Services) -> Result<()> {
        if let Some(login) = self.login.take() {
            services.graph.log_out(&login).await?;
        }
        self.cookie.clear();
        self.told = Some("logged-out");
        self.set(LOGIN, "", 0, Readable::No);
        self.set(PERSON, "", 0, Readable::Yes);
        if self.visit.keeps_secure_cookies() {
            self.set.push(foreign_cookie(STATUS, "", 0));
        }
        Ok(())
    }

    /// Puts the cookies that changed on an answer.
    pub(crate) fn dress(self, mut response: Response) -> Response {
        if let Some(told) = self.told {
            response.headers_mut().insert("set-login", HeaderValue::from_static(told));
        }
        for cookie in self.set {
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        response
    }

    fn set(&mut self, name: &str, value: &str, seconds: i64, readable: Readable) {
        let secure = if self.visit.https { "; Secure" } else { "" };
        let http_only = if readable == Readable::No { "; HttpOnly" } else { "" };
        self.set.push(format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{http_only}{secure}"));
    }
}

/// A cookie that comes along with requests which pages of other sites cause, as far as the browser lets it. Browsers demand `Secure` of it.
fn foreign_cookie(name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=None; Secure; HttpOnly")
}

/// Whether scripts may read a cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readable {
    Yes,
    No,
}

fn cookie_nonce(headers: &HeaderMap) -> Option<String> {
    let nonce = cookie(headers, NONCE)?;
    let ours = nonce.len() == 32 && nonce.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    ours.then(|| nonce.to_owned())
}

/// The value of a cookie; of several of one name the first, which browsers send for the longest path.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}
