//! What the pages promise, each rule with a test that fails without it. Here: a small site, and a browser that fills in forms.

mod browsers;
mod dialogs;
mod flows;
mod fuzz;
mod others;
mod photos;
mod security;

use crate::site::{Example, Faces, Peer, Site, Visit};
use axum::Router;
use axum::body::Body;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, StatusCode, header};
use reconnect_core::model::{Application, Person};
use reconnect_core::permission::Permissions;
use reconnect_core::{Services, Settings};
use reconnect_store::{ManualClock, MemoryBlobs, Time};
use reconnect_store_sqlite::SqliteStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;
use url::form_urlencoded;

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const START: i64 = 1_800_000_000;

/// A site with two people and an application.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) site: Site,
    pub(crate) ann: Person,
    pub(crate) ben: Person,
    pub(crate) app: Application,
}

/// One-click people: those of the list, but only on the host `here`; and calls of the application there.
struct FacesHere {
    people: Vec<Person>,
    application: Application,
}

impl Faces for FacesHere {
    fn offered<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Vec<Person>> {
        Box::pin(async move { if visit.host == "here" { self.people.clone() } else { Vec::new() } })
    }

    fn example<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Option<Example>> {
        let (application, person) = (self.application.clone(), self.people.first().cloned());
        let example = Example { application, person, server: "http://here".to_owned() };
        Box::pin(async move { (visit.host == "here").then_some(example) })
    }
}

impl World {
    pub(crate) async fn new() -> World {
        World::with(|_| {}).await
    }

    pub(crate) async fn with(edit: impl Fn(&mut Application)) -> World {
        let clock = Arc::new(ManualClock::new(Time::from_secs(START)));
        let store = Arc::new(SqliteStore::in_memory(clock.clone()).unwrap());
        let services =
            Services::open(store, Arc::new(MemoryBlobs::new()), clock.clone(), crate::registry(), Settings::default())
                .await
                .unwrap();
        let hash = services.passwords.hash(PASSWORD).await.unwrap();
        let person = |first: &str, email: &str| Person {
            first_name: first.to_owned(),
            last_name: "Example".to_owned(),
            email: email.to_owned(),
            ..Person::default()
        };
        let graph = &services.graph;
        let ann = graph.create_person(person("Ann", "ann@example.com"), Some(hash.clone())).await.unwrap();
        let ben = graph.create_person(person("Ben", "ben@example.com"), Some(hash)).await.unwrap();
        let mut app = Application {
            name: "Farm <b>Game</b>".to_owned(),
            callback_url: Some("http://game.example/fb/".to_owned()),
            schemes: vec!["fbconnect".to_owned()],
            ..Application::default()
        };
        edit(&mut app);
        let app = graph.create_application(app).await.unwrap();
        let site = Site { services, public_url: None, trusted_proxies: Arc::from([]), faces: None };
        World { clock, site, ann, ben, app }
    }

    /// From now on there is Ann's face, and calls are shown.
    pub(crate) fn offer_ann(&mut self) {
        let faces = FacesHere { people: vec![self.ann.clone()], application: self.app.clone() };
        self.site.faces = Some(Arc::new(faces));
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(crate::router::router(self.site.clone()))
    }

    /// A browser in which somebody is logged in already.
    pub(crate) async fn logged_in(&self, person: &Person) -> Browser {
        let mut browser = self.browser();
        let page = browser.get("/login.php").await;
        let answer = browser.log_in(&page, &person.email, PASSWORD).await;
        assert_eq!(answer.location(), "/home.php");
        browser
    }

    pub(crate) async fn authorize(&self, person: &Person, permissions: &str) {
        let permissions = Permissions::parse(permissions).0;
        self.site.services.graph.authorize(person.id, self.app.id, &permissions).await.unwrap();
    }

    pub(crate) async fn granted(&self, person: &Person) -> Option<String> {
        let grant = self.site.services.graph.grant(person.id, self.app.id).await.unwrap();
        grant.map(|grant| grant.permissions.to_list())
    }

    pub(crate) fn login_php(&self, more: &str) -> String {
        format!("/login.php?api_key={}&v=1.0{more}", self.app.api_key)
    }

    /// Whether a token is bound, and to whom.
    pub(crate) async fn token(&self, text: &str) -> Option<reconnect_core::model::Session> {
        self.site.services.graph.token(self.app.id, text).await.unwrap()
    }

    pub(crate) async fn pending_token(&self) -> String {
        self.site.services.graph.create_token(&self.app).await.unwrap()
    }
}

/// A browser: cookies, forms, headers of its own.
pub(crate) struct Browser {
    pub(crate) router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) host: &'static str,
    pub(crate) https: bool,
    /// Further headers of every request.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) address: &'static str,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(router: Router) -> Browser {
        Browser {
            router,
            cookies: BTreeMap::new(),
            host: "here",
            https: false,
            headers: Vec::new(),
            address: "192.0.2.1",
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Follows redirects inside the site.
    pub(crate) async fn follow(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        self.onward(answer).await
    }

    pub(crate) async fn onward(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..6 {
            let location = answer.location().to_owned();
            if !location.starts_with('/') {
                return answer;
            }
            answer = self.get(&location).await;
        }
        panic!("redirected in a circle");
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::HOST, self.host.parse().unwrap());
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        for (name, value) in &self.headers {
            headers.insert(*name, value.parse().unwrap());
        }
        request.extensions_mut().insert(Peer { address: Some(self.address.parse().unwrap()), https: self.https });
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn log_in(&mut self, page: &Answer, email: &str, password: &str) -> Answer {
        let more = [("email", email), ("pass", password)];
        self.press(page, "Login", &more).await
    }

    /// Sends the form that has this button, with further fields.
    pub(crate) async fn press(&mut self, page: &Answer, button: &str, more: &[(&str, &str)]) -> Answer {
        let form = page.form(button);
        let mut fields = form.fields;
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(&form.action, &fields).await
    }
}

/// The form around a button, as far as pressing it needs.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| std::str::from_utf8(value.as_bytes()).unwrap())
    }

    /// An argument of the address that the answer leads to.
    pub(crate) fn argument(&self, name: &str) -> Option<String> {
        let query = self.location().split_once('?')?.1;
        form_urlencoded::parse(query.as_bytes()).find(|pair| pair.0 == name).map(|pair| pair.1.into_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Whether there is a button of this text.
    pub(crate) fn has_button(&self, button: &str) -> bool {
        self.body.contains(&format!("value=\"{button}\""))
    }

    pub(crate) fn form(&self, button: &str) -> Form {
        let button = format!("value=\"{button}\"");
        let form = self
            .body
            .split("<form")
            .skip(1)
            .map(|form| form.split("</form>").next().unwrap())
            .find(|form| form.contains(&button))
            .unwrap_or_else(|| panic!("no form with {button} in {} {}", self.status, self.body));
        let attribute = |text: &str, name: &str| -> Option<String> {
            let rest = text.split_once(&format!("{name}=\""))?.1;
            Some(unescape(rest.split('"').next().unwrap()))
        };
        let mut fields: Vec<(String, String)> = form
            .split("<input")
            .filter(|input| input.trim_start().starts_with("type=\"hidden\""))
            .map(|input| (attribute(input, " name").unwrap(), attribute(input, " value").unwrap()))
            .collect();
        if let Some(submit) = form.split("<input").find(|input| input.contains(&button))
            && let Some(name) = attribute(submit.split('>').next().unwrap(), " name")
        {
            fields.push((name, attribute(&button, "value").unwrap()));
        }
        Form { action: attribute(form, "action").unwrap(), fields }
    }
}

pub(crate) fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
