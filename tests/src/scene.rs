//! What most tests begin with: a server with one application and one person, and the ways in which that person logs in.

use crate::browser::{Browser, Page};
use crate::client::{Reply, Session};
use crate::home::Home;
use crate::program::{App, Person};
use crate::server::Server;

/// A server, an application, a person.
#[derive(Debug)]
pub struct Scene {
    /// The database.
    pub home: Home,
    /// The application.
    pub app: App,
    /// The person.
    pub person: Person,
    /// The server on the database. Declared last but one, ended before the folder goes.
    pub server: Server,
}

impl Scene {
    /// With a web application.
    pub fn web() -> Scene {
        Scene::with(&["--callback-url", "http://vampires.example/fb/"])
    }

    /// With a desktop application.
    pub fn desktop() -> Scene {
        Scene::with(&["--desktop"])
    }

    /// With an application made by these flags.
    pub fn with(flags: &[&str]) -> Scene {
        Scene::on(flags, &[])
    }

    /// With an application made by these flags, on a server started with those.
    pub fn on(app: &[&str], server: &[&str]) -> Scene {
        let home = Home::new();
        let (app, person) = (home.app("Vampires", app), home.person("Ann"));
        let server = home.serve_with(server);
        Scene { home, app, person, server }
    }

    /// The address of the login page; `more` is appended to its query.
    pub fn login(&self, more: &str) -> String {
        self.app.login(more)
    }

    /// The person logs in to the web application in a fresh browser; the token that comes back.
    pub fn web_token(&self) -> String {
        self.app.web_token(&self.server, &self.person, "")
    }

    /// The same, and the application trades it for a session.
    pub fn web_session(&self) -> Session {
        self.app.get_session(&self.server, &self.web_token())
    }

    /// The person logs the desktop program in.
    pub fn desktop_session(&self) -> Session {
        self.app.desktop_session(&self.server, &self.person)
    }

    /// Who a session belongs to, asked with the application's secret.
    pub fn who_is(&self, session: &Session) -> Reply {
        self.app.who_is(&self.server, session)
    }
}

impl App {
    /// The address of the login page; `more` is appended to its query.
    pub fn login(&self, more: &str) -> String {
        format!("/login.php?api_key={}&v=1.0{more}", self.key)
    }

    /// A person logs in to the web application in a fresh browser; the token that comes back.
    #[track_caller]
    pub fn web_token(&self, server: &Server, person: &Person, more: &str) -> String {
        let end = Browser::new(server).agree(&self.login(more), person);
        token_of(&end)
    }

    /// A person logs in to the web application, which trades the token for a session.
    #[track_caller]
    pub fn web_session(&self, server: &Server, person: &Person, more: &str) -> Session {
        let token = self.web_token(server, person, more);
        self.get_session(server, &token)
    }

    /// A person logs the desktop program in.
    #[track_caller]
    pub fn desktop_session(&self, server: &Server, person: &Person) -> Session {
        let token = self.create_token(server);
        let end = Browser::new(server).agree(&self.login(&format!("&auth_token={token}")), person);
        assert!(end.answer.status == 200 && end.leads_to.is_none(), "{}", end.describe());
        self.get_session(server, &token)
    }
}

/// The token in the address that the site sends the browser to.
#[track_caller]
pub fn token_of(end: &Page) -> String {
    let address = end.left_for().to_owned();
    end.argument("auth_token").unwrap_or_else(|| panic!("no auth_token in {address}"))
}
