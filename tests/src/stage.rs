//! What the tests of the login status play on: an application's page, the server, and a browser that has both.

use crate::chromium::Chromium;
use crate::home::Home;
use crate::program::{App, Person, workspace};
use crate::server::Server;
use crate::site::Site;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where the page and the server are, as the browser names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// One host name, two ports: all of the server's cookies travel with the page's requests.
    SameSite,
    /// Two host names of this machine, where a browser keeps `Secure` cookies without https: the server's cookie for other sites
    /// travels if the browser lets it.
    CrossSite,
    /// The same with the server by https.
    CrossSiteByHttps,
    /// Two host names of another machine, by http: no cookie can travel, and the page is no secure one.
    CrossSiteByHttp,
}

impl Places {
    fn page(self) -> &'static str {
        match self {
            Places::SameSite => "localhost",
            Places::CrossSite | Places::CrossSiteByHttps => "game.localhost",
            Places::CrossSiteByHttp => "game.test",
        }
    }

    fn flags(self) -> &'static [&'static str] {
        if self == Places::CrossSiteByHttps { &["--tls", "local", "--tls-listen", "127.0.0.1:0"] } else { &[] }
    }
}

/// The stage. The browser leaves it first.
#[derive(Debug)]
pub struct Stage {
    /// The browser.
    pub chromium: Chromium,
    /// The application's site.
    pub site: Site,
    /// The server.
    pub server: Server,
    /// The application: its callback address is the site's.
    pub app: App,
    /// Somebody.
    pub ann: Person,
    /// The window that the page is in.
    pub window: String,
    /// The home.
    pub home: Home,
    places: Places,
}

impl Stage {
    /// With everything on one host.
    pub fn same_site() -> Stage {
        Stage::with(Chromium::with_scripts(), Places::SameSite, &[])
    }

    /// In this browser, at these places, the application with these flags beside its callback address.
    pub fn with(chromium: Chromium, places: Places, flags: &[&str]) -> Stage {
        let (site, home) = (Site::open(), Home::new());
        site.put_folder(&workspace().join("tests/pages"));
        let callback = site.url(places.page(), "/");
        let app = home.app("Photo Corner", &[&["--callback-url", callback.as_str()], flags].concat());
        let (ann, server) = (home.person("Ann"), home.serve_with(places.flags()));
        let window = chromium.window();
        Stage { chromium, site, server, app, ann, window, home, places }
    }

    /// The server, as the browser names it.
    pub fn www(&self) -> String {
        match self.places {
            Places::SameSite => self.server.url_as("localhost", ""),
            Places::CrossSite => self.server.url_as("reconnect.localhost", ""),
            Places::CrossSiteByHttp => self.server.url_as("reconnect.test", ""),
            Places::CrossSiteByHttps => {
                let port = self.server.https.as_ref().and_then(|address| address.rsplit(':').next());
                format!("https://localhost:{}", port.expect("the server listens for https"))
            }
        }
    }

    /// An address of the application's site.
    pub fn page(&self, path: &str) -> String {
        self.site.url(self.places.page(), path)
    }

    /// Opens `status.html` with these options of FB.init beside the application's id, and waits for the first status, unless `status`
    /// is false. What it answered.
    #[track_caller]
    pub fn open(&self, options: &Value) -> Value {
        self.open_at(&self.page("/status.html"), options)
    }

    /// The same at another address.
    #[track_caller]
    pub fn open_at(&self, page: &str, options: &Value) -> Value {
        let mut init = json!({"appId": self.app.id});
        init.as_object_mut().unwrap().extend(options.as_object().cloned().unwrap());
        let (www, text) = (self.www(), init.to_string());
        let query = crate::http::encode([("server", www.as_str()), ("init", text.as_str())]);
        self.chromium.open(&format!("{page}?{query}"));
        self.begun(&init)
    }

    /// Loads the page again; what the first status answered.
    #[track_caller]
    pub fn reload(&self) -> Value {
        self.chromium.reload();
        self.answer("status")
    }

    #[track_caller]
    fn begun(&self, init: &Value) -> Value {
        self.chromium.wait_for_value("times.ready");
        if init["status"] == false { Value::Null } else { self.answer("status") }
    }

    /// Waits for what a callback was given, and forgets it.
    #[track_caller]
    pub fn answer(&self, name: &str) -> Value {
        self.chromium.wait_for_value(&format!("window.answers && {name:?} in answers"));
        self.chromium
            .run("var answer = answers[arguments[0]]; delete answers[arguments[0]]; return answer;", &[name.into()])
    }

    /// Asks for the status.
    #[track_caller]
    pub fn status(&self, force: bool) -> Value {
        self.chromium.run("FB.getLoginStatus(note('status'), arguments[0]);", &[force.into()]);
        self.answer("status")
    }

    /// Logs out by the SDK.
    #[track_caller]
    pub fn log_out(&self) -> Value {
        self.chromium.run("FB.logout(note('logout'));", &[]);
        self.answer("logout")
    }

    /// All that was told since the last look, one line each, `Ann` for her id; then forgotten.
    #[track_caller]
    pub fn told(&self) -> Vec<String> {
        // What is late is to be seen too.
        let told = self.chromium.run_until_done("setTimeout(function () { done(told.splice(0)); }, 150);");
        let told: Vec<String> = serde_json::from_value(told).unwrap();
        told.iter().map(|line| line.replace(&self.ann.uid, "Ann")).collect()
    }

    /// How many requests for the status went out so far.
    pub fn status_requests(&self) -> usize {
        self.chromium.requests("/x/oauth/status").iter().filter(|sent| sent.method == "POST").count()
    }

    /// Clicks a button of the page whose click calls this.
    #[track_caller]
    pub fn click_for(&self, script: &str) {
        self.chromium.run("act = new Function(arguments[0]);", &[script.into()]);
        self.chromium.click("#act");
    }

    /// Clicks FB.login with these options, and looks at the window that opens.
    #[track_caller]
    pub fn login_window(&self, options: &Value) -> String {
        self.chromium.window_opened_by(|| self.click_for(&format!("FB.login(note('login'), {options});")))
    }

    /// Clicks FB.login where the window closes by itself, because nothing is left to be asked; what its callback was given.
    #[track_caller]
    pub fn login_at_once(&self) -> Value {
        self.click_for("FB.login(note('login'));");
        self.answer("login")
    }

    /// Fills the login form of the window that is looked at, and sends it.
    #[track_caller]
    pub fn fill(&self, person: &Person) {
        self.chromium.wait_for("id=\"pass\"");
        self.chromium.type_into("#email", &person.email);
        self.chromium.type_into("#pass", &person.password);
        self.press("Login");
    }

    /// Presses a button of the server's pages once it is there; the window may close.
    #[track_caller]
    pub fn press(&self, label: &str) {
        let button = format!("input[value=\"{label}\"]");
        self.chromium.wait_for_value(&format!("document.querySelector({button:?}) !== null"));
        self.chromium.click_and_leave(&button);
    }

    /// Looks at the page again once the window has closed; what FB.login's callback was given.
    #[track_caller]
    pub fn back_from(&self, window: &str) -> Value {
        self.chromium.wait_until_closed(window);
        self.chromium.look_at(&self.window);
        self.answer("login")
    }

    /// The whole way: FB.login, the login form, Allow.
    #[track_caller]
    pub fn connect(&self, person: &Person) -> Value {
        let window = self.login_window(&json!({}));
        self.fill(person);
        self.press("Allow");
        self.back_from(&window)
    }

    /// Logs somebody in at the server itself, in a tab of their own.
    #[track_caller]
    pub fn log_in_elsewhere(&self, person: &Person) {
        self.chromium.new_tab();
        self.chromium.open(&format!("{}/login.php", self.www()));
        self.fill(person);
        self.chromium.wait_for_url("/home.php");
        self.chromium.close_for(&self.window);
    }

    /// The cookies of the page, as its scripts see them; values still encoded.
    #[track_caller]
    pub fn cookies(&self) -> BTreeMap<String, String> {
        let cookies = self.chromium.value("document.cookie");
        let pairs = cookies.as_str().unwrap().split("; ").filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}
