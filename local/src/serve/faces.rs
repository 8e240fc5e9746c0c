//! The row of faces on the login page: demo people, whom somebody at this machine may log in as by a click.

use super::local::Local;
use futures_util::future::BoxFuture;
use reconnect_core::Graph;
use reconnect_core::model::Person;
use reconnect_functions::site::{Faces, Visit};
use std::sync::Arc;

/// Demo people, under the rule of [`Local`].
pub(super) struct DemoFaces {
    pub(super) graph: Graph,
    pub(super) local: Arc<Local>,
}

impl Faces for DemoFaces {
    fn offered<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Vec<Person>> {
        Box::pin(async move {
            if !self.local.allows(visit) {
                return Vec::new();
            }
            match self.graph.demo().await {
                Ok(demo) => demo.people.into_iter().map(|one| one.person).collect(),
                Err(error) => {
                    tracing::error!(target: "reconnect", %error, "the demo people cannot be read");
                    Vec::new()
                }
            }
        })
    }
}
