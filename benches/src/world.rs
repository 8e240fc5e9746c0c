//! What the servers find in their files: one application, people who authorised it, their sessions, tokens bound to one of them;
//! and the signed requests of a client that knows them.

use crate::{Outcome, While};
use form_urlencoded::Serializer;
use futures_util::{StreamExt, TryStreamExt, stream};
use reconnect_core::model::{Application, Person};
use reconnect_core::permission::Permissions;
use reconnect_core::session::Plan;
use reconnect_core::{Services, Settings};
use reconnect_store::{Clock, Id, MemoryBlobs, Store, SystemClock};
use reconnect_store_sqlite::{Options, SqliteStore};
use reconnect_wire::{Args, sign};
use std::path::Path;
use std::sync::Arc;

/// The first of the people.
pub(crate) const FIRST: u64 = 1_240_077;
/// How many there are, each with a session.
pub(crate) const PEOPLE: u64 = 64;
/// Different call_ids of requests that are sent over and over.
const CALL_IDS: usize = 256;
/// Tokens that are made at a time.
const AT_A_TIME: usize = 256;

/// What a file, or a table, was filled with.
pub(crate) struct World {
    app: Application,
    sessions: Vec<String>,
    tokens: Vec<String>,
}

impl World {
    /// Makes a file with so many bound tokens and closes it.
    pub(crate) async fn make(file: &Path, tokens: usize) -> Outcome<World> {
        let clock = Arc::new(SystemClock);
        let store = SqliteStore::open(file, clock.clone(), Options::default()).while_doing("making a database")?;
        let store = Arc::new(store);
        let world = World::on(Arc::clone(&store) as _, clock, tokens).await;
        store.close();
        world
    }

    /// Fills a new store with so many bound tokens.
    pub(crate) async fn on(store: Arc<dyn Store>, clock: Arc<dyn Clock>, tokens: usize) -> Outcome<World> {
        let services = Services::open(
            store,
            Arc::new(MemoryBlobs::new()),
            clock,
            reconnect_functions::registry(),
            Settings::default(),
        )
        .await;
        let services = services.while_doing("opening the services")?;
        World::fill(&services, tokens).await.while_doing("filling a store")
    }

    async fn fill(services: &Services, count: usize) -> reconnect_core::Result<World> {
        let graph = &services.graph;
        let app = Application { name: "Bench".to_owned(), ..Application::default() };
        let app = graph.create_application(app).await?;
        let (mut sessions, mut plans) = (Vec::new(), Vec::new());
        for id in (FIRST..FIRST + PEOPLE).map(Id) {
            let email = format!("{id}@example.com");
            let person = Person { id, first_name: "Ann".to_owned(), email, ..Person::default() };
            graph.create_person(person, None).await?;
            let plan = admit(services, &app, id, &Permissions::none()).await?;
            sessions.push(graph.open_session(&app, &plan).await?.key);
            plans.push(plan);
        }
        let tokens = plans.iter().cycle().take(count).map(|plan| token(services, &app, plan));
        let tokens = stream::iter(tokens).buffer_unordered(AT_A_TIME).try_collect().await?;
        Ok(World { app, sessions, tokens })
    }

    /// A file that holds people already, at the time of that clock: these of them use the application, let it read what they see, and get
    /// sessions.
    pub(crate) async fn of_people(file: &Path, people: &[Id], clock: Arc<dyn Clock>) -> Outcome<World> {
        let store = SqliteStore::open(file, clock.clone(), Options::default()).while_doing("opening a database")?;
        let store = Arc::new(store);
        let services = Services::open(
            Arc::clone(&store) as _,
            Arc::new(MemoryBlobs::new()),
            clock,
            reconnect_functions::registry(),
            Settings::default(),
        );
        let world = World::admit_all(&*services.await.while_doing("opening the services")?, people).await;
        store.close();
        world.while_doing("admitting people")
    }

    async fn admit_all(services: &Services, people: &[Id]) -> reconnect_core::Result<World> {
        let graph = &services.graph;
        let app = match graph.applications().await?.into_iter().next() {
            Some(app) => app,
            None => {
                graph.create_application(Application { name: "Bench".to_owned(), ..Application::default() }).await?
            }
        };
        let mut sessions = Vec::with_capacity(people.len());
        let (reads, _) = Permissions::parse("read_stream");
        for id in people {
            let plan = admit(services, &app, *id, &reads).await?;
            sessions.push(graph.open_session(&app, &plan).await?.key);
        }
        Ok(World { app, sessions, tokens: Vec::new() })
    }

    /// So many signed requests of a method for the sessions of the people, by turns, each with arguments of its own.
    pub(crate) fn calls_in_sessions(
        &self,
        method: &str,
        count: usize,
        mut args: impl FnMut(usize) -> Vec<(&'static str, String)>,
    ) -> Vec<Vec<u8>> {
        let sessions = self.sessions.iter().cycle().take(count).enumerate();
        let forms = sessions.map(|(number, key)| {
            let own = args(number);
            let own = own.iter().map(|(name, value)| (*name, value.as_str()));
            let all: Vec<(&str, &str)> = own.chain([("session_key", key.as_str())]).collect();
            self.form(method, number, &all)
        });
        forms.map(|form| request(&form)).collect()
    }

    /// Signed requests of a method with arguments, each with a call_id of its own.
    pub(crate) fn calls(&self, method: &str, args: &[(&str, &str)]) -> Vec<Vec<u8>> {
        self.forms(method, args).iter().map(|form| request(form)).collect()
    }

    /// Signed requests of a method for the sessions of the people, by turns.
    pub(crate) fn calls_of_sessions(&self, method: &str) -> Vec<Vec<u8>> {
        self.forms_of_sessions(method).iter().map(|form| request(form)).collect()
    }

    /// Signed requests of auth.getSession, one a token; takes so many tokens out.
    pub(crate) fn exchanges(&mut self, count: usize) -> Vec<Vec<u8>> {
        let tokens = self.tokens.split_off(self.tokens.len().saturating_sub(count));
        let forms = tokens.iter().enumerate();
        forms.map(|(number, token)| request(&self.form("auth.getSession", number, &[("auth_token", token)]))).collect()
    }

    /// The bodies of such requests.
    pub(crate) fn forms(&self, method: &str, args: &[(&str, &str)]) -> Vec<String> {
        (0..CALL_IDS).map(|number| self.form(method, number, args)).collect()
    }

    /// The bodies of requests for the sessions of the people.
    pub(crate) fn forms_of_sessions(&self, method: &str) -> Vec<String> {
        let sessions = self.sessions.iter().cycle().take(CALL_IDS).enumerate();
        sessions.map(|(number, key)| self.form(method, number, &[("session_key", key)])).collect()
    }

    /// What the client libraries of 2008 send.
    fn form(&self, method: &str, number: usize, args: &[(&str, &str)]) -> String {
        let call_id = format!("{}.{number:06}", 1_234_567_890 + number);
        let common = [
            ("method", method),
            ("api_key", &self.app.api_key),
            ("v", "1.0"),
            ("call_id", &call_id),
            ("format", "JSON"),
        ];
        let mut all: Args = common.iter().copied().collect();
        args.iter().for_each(|(name, value)| all.set(name.as_bytes(), value.as_bytes()));
        let sig = sign::signature(all.iter(), self.app.secret.as_bytes());
        all.set(b"sig", &sig);
        let mut form = Serializer::new(String::new());
        for (name, value) in all.iter() {
            form.append_pair(&String::from_utf8_lossy(name), &String::from_utf8_lossy(value));
        }
        form.finish()
    }
}

/// Lets somebody use the application; with what a session of theirs is made.
async fn admit(
    services: &Services,
    app: &Application,
    id: Id,
    permissions: &Permissions,
) -> reconnect_core::Result<Plan> {
    let graph = &services.graph;
    let granted_epoch = graph.authorize(id, app.id, permissions).await?.grant.epoch;
    let login_epoch = graph.login(id).await?.map_or(0, |login| login.epoch);
    Ok(Plan { person: id, granted_epoch, login_epoch, infinite: false, secret: false, browser: None })
}

/// The HTTP request with that body.
fn request(form: &str) -> Vec<u8> {
    let length = form.len();
    format!(
        "POST /restserver.php HTTP/1.1\r\nUser-Agent: Facebook API PHP5 Client 1.1\r\nHost: api.localhost\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

/// Many draws in one second find some ids taken, which a server hardly ever sees: then once more.
async fn token(services: &Services, app: &Application, plan: &Plan) -> reconnect_core::Result<String> {
    let mut tries = 0;
    loop {
        match services.graph.create_bound_token(app, plan).await {
            Err(_) if tries < 10 => tries += 1,
            done => return done,
        }
    }
}
