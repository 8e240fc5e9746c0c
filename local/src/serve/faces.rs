//! What the dev server offers to somebody at this machine: the row of faces on the login page, demo people whom they may log in as by a
//! click; and calls in the reference that are signed already, for a demo application.

use super::announce;
use super::local::Local;
use futures_util::future::BoxFuture;
use reconnect_core::model::Person;
use reconnect_core::owner::Demo;
use reconnect_core::{Graph, Result};
use reconnect_functions::site::{Example, Faces, Visit};
use std::sync::Arc;

/// So many demo people are asked whether they use the application.
const ASKED: usize = 20;

/// Demo people, under the rule of [`Local`].
pub(super) struct DemoFaces {
    pub(super) graph: Graph,
    pub(super) local: Arc<Local>,
    /// Where programs of this machine reach the server.
    pub(super) server: String,
}

impl DemoFaces {
    /// The demo world, for those who may see it. That it cannot be read is for the log; the page does without.
    async fn demo(&self, visit: &Visit) -> Demo {
        if !self.local.allows(visit) {
            return Demo::default();
        }
        self.graph.demo().await.unwrap_or_else(|error| {
            tracing::error!(target: "reconnect", %error, "the demo people cannot be read");
            Demo::default()
        })
    }

    /// The first who has authorised the application.
    async fn user_of(&self, demo: &Demo, app: reconnect_store::Id) -> Result<Option<Person>> {
        for one in demo.people.iter().take(ASKED) {
            if self.graph.grant(one.person.id, app).await?.is_some() {
                return Ok(Some(one.person.clone()));
            }
        }
        Ok(None)
    }
}

impl Faces for DemoFaces {
    fn offered<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Vec<Person>> {
        Box::pin(async move { self.demo(visit).await.people.into_iter().map(|one| one.person).collect() })
    }

    fn example<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Option<Example>> {
        Box::pin(async move {
            let demo = self.demo(visit).await;
            let application = announce::example(&demo)?.clone();
            let person = self.user_of(&demo, application.id).await.unwrap_or_else(|error| {
                tracing::error!(target: "reconnect", %error, "the authorisations of the demo people cannot be read");
                None
            });
            Some(Example { application, person, server: self.server.clone() })
        })
    }
}
