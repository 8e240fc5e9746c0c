//! For the tests of methods: a small world on a store in memory, and a client that signs.

use crate::registry;
use reconnect_core::context::{Host, Request};
use reconnect_core::dispatch::{self, Performed};
use reconnect_core::model::{Application, Person};
use reconnect_core::permission::Permissions;
use reconnect_core::session::{Opened, Plan};
use reconnect_core::{Services, Settings};
use reconnect_store::clock::ManualClock;
use reconnect_store::{Id, MemoryBlobs, Time};
use reconnect_store_sqlite::SqliteStore;
use reconnect_wire::{Args, Call, Limits, Upload, sign};
use std::sync::Arc;

/// When the world begins: 2009-02-13T23:31:30Z.
pub(crate) const BEGINNING: i64 = 1_234_567_890;
pub(crate) const ANN: Id = Id(1_240_077);
pub(crate) const BOB: Id = Id(1_240_078);

/// Two applications, two people; Ann has authorised both.
pub(crate) struct World {
    pub(crate) services: Arc<Services>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) web: Application,
    pub(crate) desktop: Application,
}

/// How a call of a test is signed.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    App(&'a Application),
    Session(&'a Application, &'a str),
}

impl World {
    pub(crate) async fn new() -> World {
        World::with(|_| ()).await
    }

    /// `adjust` changes the web application before it is made.
    pub(crate) async fn with(adjust: impl FnOnce(&mut Application)) -> World {
        let settings = Settings { tokens_over_http: true, ..Settings::default() };
        World::under(settings, adjust).await
    }

    /// Under other settings.
    pub(crate) async fn under(settings: Settings, adjust: impl FnOnce(&mut Application)) -> World {
        let clock = Arc::new(ManualClock::new(Time::from_secs(BEGINNING)));
        let store = Arc::new(SqliteStore::in_memory(clock.clone()).unwrap());
        let services =
            Services::open(store, Arc::new(MemoryBlobs::new()), clock.clone(), registry(), settings).await.unwrap();
        let mut web = Application {
            id: Id(350_685_531_728),
            name: "Web".to_owned(),
            callback_url: Some("http://app.example/".to_owned()),
            base_domain: Some("app.example".to_owned()),
            ..Application::default()
        };
        adjust(&mut web);
        let desktop = Application {
            id: Id(350_685_531_729),
            name: "Desktop".to_owned(),
            desktop: true,
            ..Application::default()
        };
        let web = services.graph.create_application(web).await.unwrap();
        let desktop = services.graph.create_application(desktop).await.unwrap();
        for (id, name) in [(ANN, "Ann"), (BOB, "Bob")] {
            let email = format!("{}@example.com", name.to_lowercase());
            let person = Person { id, first_name: name.to_owned(), email, ..Person::default() };
            services.graph.create_person(person, None).await.unwrap();
        }
        let world = World { services, clock, web, desktop };
        for app in [&world.web, &world.desktop] {
            world.services.graph.authorize(ANN, app.id, &Permissions::none()).await.unwrap();
        }
        world
    }

    /// What the login page would make of a person's press of the button.
    pub(crate) async fn plan(&self, app: &Application, person: Id, infinite: bool) -> Plan {
        let grant = self.services.graph.grant(person, app.id).await.unwrap().expect("an authorisation");
        let login = self.services.graph.login(person).await.unwrap().expect("a login");
        Plan { person, granted_epoch: grant.epoch, login_epoch: login.epoch, infinite, secret: false, browser: None }
    }

    /// A session of Ann.
    pub(crate) async fn session(&self, app: &Application) -> Opened {
        let plan = self.plan(app, ANN, false).await;
        self.services.graph.open_session(app, &plan).await.unwrap()
    }

    /// A session of Ann that never expires.
    pub(crate) async fn infinite_session(&self, app: &Application) -> Opened {
        let plan = self.plan(app, ANN, true).await;
        self.services.graph.open_session(app, &plan).await.unwrap()
    }

    /// Signs a call.
    pub(crate) fn sign(&self, by: By<'_>, method: &str, args: &[(&str, &str)]) -> Args {
        let (app, secret) = match by {
            By::App(app) => (app, app.secret.as_str()),
            By::Session(app, secret) => (app, secret),
        };
        let mut all = Args::new();
        for (name, value) in [("method", method), ("api_key", app.api_key.as_str()), ("v", "1.0")].iter().chain(args) {
            all.set(name.as_bytes(), value.as_bytes());
        }
        let sig = sign::signature(all.iter(), secret.as_bytes());
        all.set(b"sig", &sig);
        all
    }

    /// Signs and makes a call; answers the document's text.
    pub(crate) async fn call(&self, by: By<'_>, method: &str, args: &[(&str, &str)]) -> String {
        text(&self.send(self.sign(by, method, args), Host::Api).await)
    }

    /// The same in JSON.
    pub(crate) async fn json(&self, by: By<'_>, method: &str, args: &[(&str, &str)]) -> serde_json::Value {
        let args: Vec<_> = args.iter().copied().chain([("format", "JSON")]).collect();
        serde_json::from_str(&self.call(by, method, &args).await).unwrap()
    }

    /// The error code of a call; 0 when it succeeded.
    pub(crate) async fn code(&self, by: By<'_>, method: &str, args: &[(&str, &str)]) -> u64 {
        self.json(by, method, args).await["error_code"].as_u64().unwrap_or(0)
    }

    /// Makes a call with a file beside it; answers what it says in JSON.
    pub(crate) async fn upload(
        &self,
        by: By<'_>,
        method: &str,
        args: &[(&str, &str)],
        file: &[u8],
    ) -> serde_json::Value {
        let args: Vec<_> = args.iter().copied().chain([("format", "JSON")]).collect();
        let bytes = bytes::Bytes::copy_from_slice(file);
        let upload = Upload { filename: Some("x".to_owned()), content_type: None, bytes };
        let performed = self.send_with(self.sign(by, method, &args), Host::Api, Some(upload)).await;
        serde_json::from_str(&text(&performed)).unwrap()
    }

    /// Makes a call as it is.
    pub(crate) async fn send(&self, args: Args, host: Host) -> Performed {
        self.send_with(args, host, None).await
    }

    /// The same, with a file or without.
    pub(crate) async fn send_with(&self, args: Args, host: Host, upload: Option<Upload>) -> Performed {
        let body: Vec<String> = args
            .iter()
            .map(|(name, value)| {
                let escape = |bytes| form_urlencoded::byte_serialize(bytes).collect::<String>();
                format!("{}={}", escape(name), escape(value))
            })
            .collect();
        let body = body.join("&");
        let request = reconnect_wire::Request {
            path_method: None,
            query: None,
            content_type: Some(b"application/x-www-form-urlencoded"),
            body: body.into(),
        };
        let call = Call { upload, ..Call::read(request, &Limits::default()).unwrap() };
        let request =
            Request { address: Some([192, 0, 2, 7].into()), https: false, host, site: "http://site.example".into() };
        dispatch::perform(&self.services, request, &call).await
    }
}

/// The text of an answer.
pub(crate) fn text(performed: &Performed) -> String {
    String::from_utf8(performed.document.body.clone()).unwrap()
}
