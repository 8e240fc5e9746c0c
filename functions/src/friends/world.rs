//! For the tests of this namespace: people who know each other, or do not.

use crate::tests::world::{ANN, BOB, By, World};
use reconnect_core::friendship::FriendList;
use reconnect_core::model::Person;
use reconnect_core::permission::Permissions;
use reconnect_store::Id;
use serde_json::{Value, json};

pub(super) const CARL: Id = Id(1_240_079);
pub(super) const DORA: Id = Id(1_240_080);
pub(super) const EMIL: Id = Id(1_240_081);
pub(super) const NOBODY: Id = Id(1_249_999);

/// Ann's friends are Bob, Carl and Dora, in this order, a second apart. Bob and Carl are friends, and so are Dora and Emil. Bob and Dora use
/// the web application, like Ann.
pub(super) struct Circle {
    pub(super) world: World,
    /// The key of a session of Ann's with the web application.
    pub(super) session: String,
}

impl Circle {
    pub(super) async fn new() -> Circle {
        let world = World::new().await;
        let graph = &world.services.graph;
        for (id, name) in [(CARL, "Carl"), (DORA, "Dora"), (EMIL, "Emil")] {
            let email = format!("{}@example.com", name.to_lowercase());
            let person = Person { id, first_name: name.to_owned(), email, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
        }
        for (a, b) in [(ANN, BOB), (CARL, ANN), (ANN, DORA), (BOB, CARL), (DORA, EMIL)] {
            world.clock.advance(1000);
            assert!(graph.befriend(a, b).await.unwrap());
        }
        for id in [BOB, DORA] {
            graph.authorize(id, world.web.id, &Permissions::none()).await.unwrap();
        }
        let session = world.session(&world.web).await.key;
        Circle { world, session }
    }

    /// A friend list of Ann's.
    pub(super) async fn list(&self, name: &str, members: &[Id]) -> Id {
        let list = FriendList { owner: ANN, name: name.to_owned(), ..FriendList::default() };
        self.world.services.graph.create_friend_list(list, members).await.unwrap().id
    }

    /// What a call in Ann's session answers.
    pub(super) async fn ask(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.world.json(By::App(&self.world.web), method, &self.with_session(args)).await
    }

    /// The same in XML.
    pub(super) async fn xml(&self, method: &str, args: &[(&str, &str)]) -> String {
        self.world.call(By::App(&self.world.web), method, &self.with_session(args)).await
    }

    fn with_session<'a>(&'a self, args: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [("session_key", self.session.as_str())].into_iter().chain(args.iter().copied()).collect()
    }

    /// What the application's server is answered without a session.
    pub(super) async fn by_server(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.world.json(By::App(&self.world.web), method, args).await
    }

    /// What a program that knows only a session secret is answered.
    pub(super) async fn by_session_secret(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let web = &self.world.web;
        let secret = self.ask("auth.promoteSession", &[]).await;
        let args: Vec<_> = self.with_session(args).into_iter().chain([("ss", "1")]).collect();
        self.world.json(By::Session(web, secret.as_str().unwrap()), method, &args).await
    }
}

/// An answer that lists people.
pub(super) fn people(ids: &[Id]) -> Value {
    json!(ids)
}

/// The code of an answer.
pub(super) fn code(answer: &Value) -> u64 {
    answer["error_code"].as_u64().unwrap_or_else(|| panic!("no error: {answer}"))
}
