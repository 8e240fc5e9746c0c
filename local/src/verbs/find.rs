//! Whom and what a command line names: a person by e-mail address or uid, an application by API key, id or name, a page by id or username.

use crate::fail::{Outcome, failed};
use reconnect_core::Graph;
use reconnect_core::graph::fold;
use reconnect_core::model::{Application, Person};
use reconnect_core::page::Page;
use reconnect_store::Id;

/// The person.
pub(super) async fn person(graph: &Graph, named: &str) -> Outcome<Person> {
    let found = match named.parse::<u64>() {
        Ok(uid) => graph.person(Id(uid)).await?,
        Err(_) => graph.person_by_email(named).await?.map(|(person, _)| person),
    };
    found.ok_or_else(|| {
        failed(format!(
            "there is no person {named}: name one by e-mail address or uid, `reconnect user list` shows them"
        ))
    })
}

/// The application.
pub(super) async fn application(graph: &Graph, named: &str) -> Outcome<Application> {
    if let Some(app) = graph.application_by_key(named).await? {
        return Ok(app);
    }
    let wanted = fold(named);
    let mut found = graph.applications().await?.into_iter().filter(|app| fold(&app.name) == wanted);
    match (found.next(), found.next()) {
        (Some(app), None) => Ok(app),
        (Some(_), Some(_)) => {
            Err(failed(format!("several applications are called {named}: name one by its API key or id")))
        }
        (None, _) => Err(failed(format!(
            "there is no application {named}: name one by API key, id or name, `reconnect app list` shows them"
        ))),
    }
}

/// The page.
pub(super) async fn page(graph: &Graph, named: &str) -> Outcome<Page> {
    let found = match named.parse::<u64>() {
        Ok(id) => graph.page(Id(id)).await?,
        Err(_) => graph.page_by_username(named).await?,
    };
    found.ok_or_else(|| failed(format!("there is no page {named}: name one by its id or username")))
}
