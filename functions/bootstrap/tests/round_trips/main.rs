//! Round trips of every method on DynamoDB: counted on the wire, and held against the table in `docs/ROUND-TRIPS.md`, which is written
//! from them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]
#![cfg(feature = "dynamodb")]

mod auth;
mod batch;
mod comments;
mod friends;
mod groups;
mod links;
mod notes;
mod pages;
mod status;
mod stream;
mod users;

use reconnect_core::context::Request;
use reconnect_core::model::{Application, Person};
use reconnect_core::permission::Permissions;
use reconnect_core::session::Plan;
use reconnect_core::{Handler, Services, Settings, dispatch};
use reconnect_functions::{METHODS, registry};
use reconnect_store::{Clock, Id, SystemClock};
use reconnect_store_dynamodb::testing::Wire;
use reconnect_store_dynamodb::{DynamoStore, Options};
use reconnect_tests::standins::Dynoxide;
use reconnect_wire::{Args, Call, Limits, sign};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Set to anything, the table is written instead of compared.
const WRITE: &str = "RECONNECT_WRITE_DOCS";

/// The methods' world: an application that Ann and others have authorised.
struct World {
    services: Arc<Services>,
    app: Application,
    wire: Wire,
}

impl World {
    async fn on(endpoint: &str) -> World {
        let options = Options::from_environment("graph".to_owned(), Some(endpoint.to_owned())).unwrap();
        DynamoStore::create_table(&options).await.unwrap();
        let (wire, clock) = (Wire::safe(&options), Arc::new(SystemClock) as Arc<dyn Clock>);
        let store = DynamoStore::open_through(options, Arc::clone(&clock), wire.connector()).await.unwrap();
        let services = Services::open(Arc::new(store), clock, registry(), Settings::default()).await.unwrap();
        let app = Application { name: "Vampires".to_owned(), ..Application::default() };
        let app = services.graph.create_application(app).await.unwrap();
        World { services, app, wire }
    }

    /// A person who has authorised the application, with these permissions.
    async fn person(&self, name: &str, permissions: &str) -> Id {
        let email = format!("{name}@people.example");
        let person = Person { first_name: name.to_owned(), email, ..Person::default() };
        let person = self.services.graph.create_person(person, None).await.unwrap().id;
        let permissions = Permissions::parse(permissions).0;
        self.services.graph.authorize(person, self.app.id, &permissions).await.unwrap();
        person
    }

    /// So many new friends of somebody, as a list of ids.
    async fn friends(&self, person: Id, method: &str, count: usize) -> String {
        let mut ids = Vec::with_capacity(count);
        for n in 0..count {
            let friend = self.person(&format!("friend{n}.{}", method.to_lowercase()), "").await;
            assert!(self.services.graph.befriend(person, friend).await.unwrap());
            ids.push(friend.to_string());
        }
        ids.join(",")
    }

    async fn plan(&self, person: Id) -> Plan {
        let graph = &self.services.graph;
        let granted_epoch = graph.grant(person, self.app.id).await.unwrap().unwrap().epoch;
        let login_epoch = graph.login(person).await.unwrap().unwrap().epoch;
        Plan { person, granted_epoch, login_epoch, infinite: false, secret: false, browser: None }
    }

    async fn session(&self, person: Id) -> String {
        self.services.graph.open_session(&self.app, &self.plan(person).await).await.unwrap().key
    }

    fn signed(&self, method: &str, args: &[(&str, String)]) -> String {
        let mut all = Args::new();
        let common = [("method", method), ("api_key", &self.app.api_key), ("v", "1.0"), ("format", "json")];
        for (name, value) in common.into_iter().chain(args.iter().map(|(name, value)| (*name, value.as_str()))) {
            all.set(name.as_bytes(), value.as_bytes());
        }
        let sig = sign::signature(all.iter(), self.app.secret.as_bytes());
        all.set(b"sig", &sig);
        let text = |bytes: &[u8]| form_urlencoded::byte_serialize(bytes).collect::<String>();
        all.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect::<Vec<_>>().join("&")
    }

    /// Makes a call that must succeed, and says what it cost. The application is in the cache, as it is in a function that is at
    /// work.
    async fn cost(&self, method: &str, args: &[(&str, String)]) -> BTreeMap<String, usize> {
        self.services.apps.find(&self.services.graph, &self.app.api_key).await.unwrap().unwrap();
        let request = reconnect_wire::Request {
            path_method: None,
            query: None,
            content_type: Some(b"application/x-www-form-urlencoded"),
            body: self.signed(method, args).into(),
        };
        let call = Call::read(request, &Limits::default()).unwrap();
        self.wire.take();
        let performed = dispatch::perform(&self.services, Request::default(), &call).await;
        let answer = String::from_utf8_lossy(&performed.document.body).into_owned();
        assert!(!answer.contains("error_code"), "{method}: {answer}");
        self.wire.take()
    }
}

/// What a method was called with, and how often that went to the database.
type Scene = (&'static str, BTreeMap<String, usize>);

/// A person with a session, and what they are called by in arguments.
struct Actor {
    id: Id,
    session: (&'static str, String),
    uid: (&'static str, String),
}

/// What each method is called with, and what it costs. A method without a scene fails the test.
async fn scene(world: &World, method: &Handler) -> Scene {
    let name = method.name;
    let id = world.person(&format!("ann.{}", name.to_lowercase()), "email,read_stream,publish_stream").await;
    let ann = Actor { id, session: ("session_key", world.session(id).await), uid: ("uid", id.to_string()) };
    let scene = match name.split('.').next() {
        Some("auth") => auth::scene(world, name, ann).await,
        Some("batch") => batch::scene(world, name, ann).await,
        Some("comments") => comments::scene(world, name, ann).await,
        Some("friends") => friends::scene(world, name, ann).await,
        Some("groups") => groups::scene(world, name, ann).await,
        Some("links") => links::scene(world, name, ann).await,
        Some("notes") => notes::scene(world, name, ann).await,
        Some("pages") => pages::scene(world, name, ann).await,
        Some("status") => status::scene(world, name, ann).await,
        Some("stream") => stream::scene(world, name, ann).await,
        Some("users") => users::scene(world, name, ann).await,
        _ => None,
    };
    scene.unwrap_or_else(|| panic!("{name} has no scene here: add one, and say in docs/ROUND-TRIPS.md what it costs"))
}

#[test]
fn every_method_costs_the_round_trips_that_the_docs_say() {
    let dynoxide = Dynoxide::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let table = runtime.block_on(async {
        let world = World::on(&dynoxide.endpoint).await;
        let mut table = HEAD.to_owned();
        for method in METHODS {
            let (with, requests) = scene(&world, method).await;
            let of = |operations: &[&str]| -> usize { operations.iter().filter_map(|name| requests.get(*name)).sum() };
            let (reads, writes) = (of(&["BatchGetItem", "Query"]), of(&["TransactWriteItems", "UpdateItem"]));
            assert_eq!(reads + writes, requests.values().sum::<usize>(), "{}: {requests:?}", method.name);
            let made: Vec<String> = requests.iter().map(|(name, n)| format!("{n} {name}")).collect();
            let _ = writeln!(table, "| `{}` | {with} | {reads} | {writes} | {} |", method.name, made.join(", "));
        }
        table
    });
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ROUND-TRIPS.md");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let stands = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(stands == table, "docs/ROUND-TRIPS.md is not true any more; {WRITE}=1 writes it anew:\n{table}");
}

const HEAD: &str = "# Round trips

What each method asks of DynamoDB, counted on the wire by a test, which also writes this page (`functions/bootstrap/tests/round_trips`).
Session, authorisation and login are read in one wave, which is the first read of every call with a session. A function that meets an
application for the first time, or after five seconds, reads it as well: two more.

| method | called with | reads | writes | requests |
| --- | --- | --- | --- | --- |
";
