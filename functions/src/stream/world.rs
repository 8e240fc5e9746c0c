//! For the tests of this namespace: Ann and Bob are friends, Carl knows nobody. Ann lets the web application read and publish.

use crate::tests::world::{ANN, BOB, By, World};
use reconnect_core::comment::Comment;
use reconnect_core::model::Person;
use reconnect_core::permission::Permissions;
use reconnect_core::post::{Post, story};
use reconnect_core::privacy::Audience;
use reconnect_store::Id;
use serde_json::Value;

pub(crate) const CARL: Id = Id(1_240_079);

pub(crate) struct Street {
    pub(crate) world: World,
    /// The key of a session of Ann's with the web application.
    session: String,
}

impl Street {
    pub(crate) async fn new() -> Street {
        let world = World::new().await;
        let person =
            Person { id: CARL, first_name: "Carl".into(), email: "carl@example.com".into(), ..Person::default() };
        world.services.graph.create_person(person, None).await.unwrap();
        world.services.graph.befriend(ANN, BOB).await.unwrap();
        let both = Permissions::parse("read_stream,publish_stream").0;
        world.services.graph.authorize(ANN, world.web.id, &both).await.unwrap();
        let session = world.session(&world.web).await.key;
        Street { world, session }
    }

    /// Lets the web application do this for somebody, and nothing else.
    pub(crate) async fn grant(&self, person: Id, permissions: &str) {
        let (graph, web) = (&self.world.services.graph, self.world.web.id);
        for one in ["read_stream", "publish_stream", "status_update"] {
            graph.revoke_permission(person, web, one, None).await.unwrap();
        }
        graph.authorize(person, web, &Permissions::parse(permissions).0).await.unwrap();
    }

    /// What a call in Ann's session answers.
    pub(crate) async fn ann(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let args = self.with_session(args);
        self.world.json(By::App(&self.world.web), method, &args).await
    }

    /// The same in XML.
    pub(crate) async fn xml(&self, method: &str, args: &[(&str, &str)]) -> String {
        self.world.call(By::App(&self.world.web), method, &self.with_session(args)).await
    }

    /// What a call of the application's server without a session answers.
    pub(crate) async fn server(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.world.json(By::App(&self.world.web), method, args).await
    }

    /// What a call of Ann's own program answers, which knows no more than her session's secret.
    pub(crate) async fn program(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let secret = self.ann("auth.promoteSession", &[]).await;
        let args: Vec<_> = self.with_session(args).into_iter().chain([("ss", "1")]).collect();
        self.world.json(By::Session(&self.world.web, secret.as_str().unwrap()), method, &args).await
    }

    fn with_session<'a>(&'a self, args: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        args.iter().copied().chain([("session_key", self.session.as_str())]).collect()
    }

    /// A post that was made on the site, a second after the last one.
    pub(crate) async fn post(&self, actor: Id, owner: Id, audience: Audience) -> Post {
        self.world.clock.advance(1000);
        let kind = if actor == owner { story::STATUS } else { story::WALL };
        let message = format!("{actor} on {owner}");
        let post = Post { actor, owner, kind, message, privacy: audience.into(), ..Post::default() };
        self.world.services.graph.publish(post, |_, _| Ok(())).await.unwrap()
    }

    /// A comment that was made on the site; answers its id on the wire.
    pub(crate) async fn comment(&self, post: &Post, author: Id, text: &str) -> String {
        self.world.clock.advance(1000);
        let comment = Comment { author, text: text.to_owned(), ..Comment::default() };
        let made = self.world.services.graph.comment_on_post(post, &comment).await.unwrap();
        format!("{}_{}", post.wire_id(), made.id)
    }
}

/// The error code of an answer; 0 of one that succeeded.
pub(crate) fn code(answer: &Value) -> u64 {
    answer["error_code"].as_u64().unwrap_or(0)
}
