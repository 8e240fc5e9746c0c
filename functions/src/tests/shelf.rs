//! For the tests of notes and links: Ann, who has granted the web application to write both, and her friend Bob.

use crate::tests::world::{ANN, BOB, By, World, text};
use reconnect_core::Graph;
use reconnect_core::context::Host;
use reconnect_core::disclosure::Disclosure;
use reconnect_core::link::Link;
use reconnect_core::model::{Person, encode};
use reconnect_core::note::Note;
use reconnect_core::permission::Permissions;
use reconnect_core::{kinds, session};
use reconnect_store::{Batch, Id};
use reconnect_wire::Args;
use reconnect_wire::token::AccessToken;
use serde_json::Value;

pub(crate) struct Shelf {
    pub(crate) world: World,
    /// A session of Ann's with the web application.
    session: session::Opened,
}

impl Shelf {
    pub(crate) async fn new() -> Shelf {
        Shelf::on(World::new().await).await
    }

    pub(crate) async fn on(world: World) -> Shelf {
        world.services.graph.befriend(ANN, BOB).await.unwrap();
        let session = world.session(&world.web).await;
        let shelf = Shelf { world, session };
        shelf.grant(ANN, "create_note,share_item").await;
        shelf
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.world.services.graph
    }

    pub(crate) async fn grant(&self, person: Id, permissions: &str) {
        self.graph().authorize(person, self.world.web.id, &Permissions::parse(permissions).0).await.unwrap();
    }

    /// Takes all permissions back, the session stays.
    pub(crate) async fn revoke(&self, person: Id) {
        for permission in ["create_note", "share_item", "publish_stream"] {
            let _ = self.graph().revoke_permission(person, self.world.web.id, permission, None).await;
        }
    }

    /// A note that was written through the web application, a second after the one before.
    pub(crate) async fn note(&self, owner: Id, title: &str) -> Note {
        self.note_for(owner, title, Disclosure::default()).await
    }

    pub(crate) async fn note_for(&self, owner: Id, title: &str, privacy: Disclosure) -> Note {
        self.world.clock.advance(1000);
        let (title, content) = (title.to_owned(), "<p>A &amp; <b>B</b></p>".to_owned());
        let note = Note { owner, app: Some(self.world.web.id), title, content, privacy, ..Note::default() };
        self.graph().create_note(note).await.unwrap()
    }

    /// A link, a second after the one before.
    pub(crate) async fn link(&self, owner: Id, title: &str, app: Id, privacy: Disclosure) -> Link {
        self.world.clock.advance(1000);
        let link = Link {
            owner,
            app: Some(app),
            comment: "Look".to_owned(),
            title: title.to_owned(),
            summary: "Ducks.".to_owned(),
            url: "http://pond.example/".to_owned(),
            images: vec!["http://pond.example/d.jpg".to_owned()],
            privacy,
            ..Link::default()
        };
        self.graph().create_link(link).await.unwrap()
    }

    pub(crate) async fn edit(&self, id: Id, edit: impl Fn(&mut Person)) {
        let mut person = self.graph().person(id).await.unwrap().unwrap();
        edit(&mut person);
        let mut batch = Batch::new();
        batch.update(id, kinds::PERSON, encode(&person).unwrap(), person.version);
        self.graph().commit(batch).await.unwrap();
    }

    /// What a call in Ann's session answers.
    pub(crate) async fn ask(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.world.json(By::App(&self.world.web), method, &self.with_session(args)).await
    }

    /// The same in XML.
    pub(crate) async fn xml(&self, method: &str, args: &[(&str, &str)]) -> String {
        self.world.call(By::App(&self.world.web), method, &self.with_session(args)).await
    }

    fn with_session<'a>(&'a self, args: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [("session_key", self.session.key.as_str())].into_iter().chain(args.iter().copied()).collect()
    }

    /// What the application's server is answered without a session.
    pub(crate) async fn by_server(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.world.json(By::App(&self.world.web), method, args).await
    }

    /// What a program that knows only a session secret is answered.
    pub(crate) async fn by_session_secret(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let secret = self.ask("auth.promoteSession", &[]).await;
        let args: Vec<_> = self.with_session(args).into_iter().chain([("ss", "1")]).collect();
        self.world.json(By::Session(&self.world.web, secret.as_str().unwrap()), method, &args).await
    }
}

impl Shelf {
    /// What a page's script with Ann's access token is answered.
    pub(crate) async fn by_token(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let (session_key, app_id) = (self.session.key.clone(), self.world.web.id.0);
        let mac = self.world.services.secrets.access_token_mac(self.world.web.id, &session_key);
        let token = AccessToken::User { app_id, session_key, mac }.to_string();
        self.unsigned(method, &[args, &[("access_token", &token)]].concat()).await
    }

    /// What whoever signs nothing is answered.
    pub(crate) async fn unsigned(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let mut all = Args::new();
        for (name, value) in [("method", method), ("format", "json")].iter().chain(args) {
            all.set(name.as_bytes(), value.as_bytes());
        }
        serde_json::from_str(&text(&self.world.send(all, Host::Api).await)).unwrap()
    }
}

/// The code of an answer.
pub(crate) fn code(answer: &Value) -> u64 {
    answer["error_code"].as_u64().unwrap_or_else(|| panic!("no error: {answer}"))
}
