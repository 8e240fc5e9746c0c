//! A person's browser: cookies, forms, redirects inside the site. Redirects that leave the site are not followed; where they lead is
//! what the tests are about.

use crate::form::{Content, Form};
use crate::http::{Answer, Request, decode, encode};
use crate::program::Person;
use crate::server::Server;
use std::collections::BTreeMap;

/// More redirects than any flow has.
const MOST_REDIRECTS: usize = 12;

/// A browser with its cookies.
#[derive(Debug)]
pub struct Browser<'a> {
    server: &'a Server,
    /// The cookies it would send.
    pub cookies: BTreeMap<String, String>,
}

/// Where the browser is now.
#[derive(Clone, Debug)]
pub struct Page {
    /// Path and query of the page; of a redirect out of the site, of the page that gave it.
    pub target: String,
    /// Where the site sends the browser away to; None when it stays.
    pub leads_to: Option<String>,
    /// The last answer.
    pub answer: Answer,
    /// What is on the page.
    pub content: Content,
}

impl Page {
    /// The form with this button.
    #[track_caller]
    pub fn form(&self, button: &str) -> Form {
        let found = self.content.forms.iter().find(|form| form.button(button).is_some());
        found.unwrap_or_else(|| panic!("no button {button} on {}", self.describe())).clone()
    }

    /// Whether a button is there.
    pub fn offers(&self, button: &str) -> bool {
        self.content.forms.iter().any(|form| form.button(button).is_some())
    }

    /// Whether this is the login form.
    pub fn asks_to_log_in(&self) -> bool {
        self.content.forms.iter().any(|form| form.has("email") && form.has("pass"))
    }

    /// Where the site sends the browser away to.
    #[track_caller]
    pub fn left_for(&self) -> &str {
        self.leads_to.as_deref().unwrap_or_else(|| panic!("the browser stays at {}", self.describe()))
    }

    /// An argument of the address that the browser is sent to, or of the page where it is.
    pub fn argument(&self, name: &str) -> Option<String> {
        let address = self.leads_to.as_deref().unwrap_or(&self.target);
        let query = address.split_once('?')?.1.split('#').next()?;
        decode(query).into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// For messages of failing tests.
    pub fn describe(&self) -> String {
        let to = self.leads_to.as_deref().unwrap_or("-");
        format!("{} ({}, leads to {to}): {}", self.target, self.answer.status, self.content.text)
    }
}

impl<'a> Browser<'a> {
    /// A fresh one.
    pub fn new(server: &'a Server) -> Browser<'a> {
        Browser { server, cookies: BTreeMap::new() }
    }

    /// Opens a page of the site and follows where the site leads.
    pub fn open(&mut self, target: &str) -> Page {
        let answer = self.ask(Request::get(target));
        self.arrive(target.to_owned(), answer)
    }

    /// One request, nothing followed.
    pub fn ask(&mut self, mut request: Request) -> Answer {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("Cookie", &cookies.join("; "));
        }
        let answer = self.server.ask(&request);
        for line in answer.all("set-cookie") {
            self.take_cookie(line);
        }
        answer
    }

    /// Sends a form by one of its buttons and follows where the site leads.
    pub fn send(&mut self, page: &Page, form: &Form, button: &str) -> Page {
        let sent = form.pressed(button);
        let fields = sent.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let action = if form.action.is_empty() { page.target.clone() } else { form.action.clone() };
        let action = self.inside(&action).unwrap_or_else(|| panic!("the form leaves the site for {action}"));
        if form.method == "get" {
            let path = action.split('?').next().unwrap_or_default();
            return self.open(&format!("{path}?{}", encode(fields)));
        }
        // What a browser of today sends along when the page's referrer policy is no-referrer.
        let request = Request::form(&action, fields).header("Origin", "null").header("Sec-Fetch-Site", "same-origin");
        let answer = self.ask(request);
        self.arrive(action, answer)
    }

    /// Presses a button, the form left as it is.
    #[track_caller]
    pub fn press(&mut self, page: &Page, button: &str) -> Page {
        let form = page.form(button);
        self.send(page, &form, button)
    }

    /// Fills the login form and presses `Login`.
    #[track_caller]
    pub fn log_in(&mut self, page: &Page, person: &Person) -> Page {
        let mut form = page.form("Login");
        form.fill("email", &person.email);
        form.fill("pass", &person.password);
        self.send(page, &form, "Login")
    }

    /// Opens a page, logs in and agrees to whatever is asked, until the flow is over.
    #[track_caller]
    pub fn agree(&mut self, target: &str, person: &Person) -> Page {
        let mut page = self.open(target);
        if page.asks_to_log_in() {
            page = self.log_in(&page, person);
        }
        for _ in 0..3 {
            let Some(button) = ["Connect", "Allow"].into_iter().find(|button| page.offers(button)) else { break };
            page = self.press(&page, button);
        }
        page
    }

    fn arrive(&mut self, mut target: String, mut answer: Answer) -> Page {
        for _ in 0..MOST_REDIRECTS {
            let location = answer.header("location").to_owned();
            if !(300..400).contains(&answer.status) || location.is_empty() {
                let content = Content::read(&String::from_utf8_lossy(&answer.body));
                return Page { target, leads_to: None, answer, content };
            }
            let Some(inside) = self.inside(&location) else {
                return Page { target, leads_to: Some(location), answer, content: Content::default() };
            };
            target = inside;
            answer = self.ask(Request::get(target.split('#').next().unwrap_or_default()));
        }
        panic!("{target} leads round in circles");
    }

    /// Path and query of an address inside the site.
    fn inside(&self, address: &str) -> Option<String> {
        if address.starts_with('/') && !address.starts_with("//") {
            return Some(address.to_owned());
        }
        let rest = address.strip_prefix(&self.server.url(""))?;
        rest.starts_with('/').then(|| rest.to_owned())
    }

    fn take_cookie(&mut self, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let attributes: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        // A cookie for another domain, or one over TLS only, is none for 127.0.0.1 over http.
        if attributes.iter().any(|a| a.starts_with("domain=") || a == "secure") {
            return;
        }
        if value.is_empty() || attributes.iter().any(|a| a == "max-age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
