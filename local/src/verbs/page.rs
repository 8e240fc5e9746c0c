//! `page`: the pages of bands, shops and towns.

use super::app::chosen;
use super::find;
use crate::cli::{Common, PageVerb};
use crate::fail::{Outcome, usage};
use crate::home::Home;
use crate::output;
use reconnect_core::page::{Page, TYPES, find_type};
use reconnect_store::Id;
use serde_json::{Value, json};

/// Runs one.
pub(super) async fn run(common: &Common, verb: PageVerb) -> Outcome {
    match verb {
        PageVerb::Create { name, kind, username, id } => {
            let kind = find_type(&kind).ok_or_else(|| usage(format!("--type: one of {}", TYPES.join(", "))))?;
            let page = Page { id: Id(chosen(id)?), name, username, kind: kind.to_owned(), ..Page::default() };
            page.check().map_err(usage)?;
            create(common, page).await
        }
        PageVerb::Show { page } => show(common, &page).await,
        PageVerb::Fan { page, user, remove } => fan(common, &page, &user, remove).await,
        PageVerb::Admin { page, user, remove } => admin(common, &page, &user, remove).await,
        PageVerb::Unblock { page, user } => unblock(common, &page, &user).await,
        PageVerb::App { page, app, remove } => app_of(common, &page, &app, remove).await,
    }
}

async fn create(common: &Common, page: Page) -> Outcome {
    let home = Home::open(common).await?;
    let made = home.services.graph.create_page(page).await?;
    home.close();
    let value = told(&made);
    output::print(common, &value, || output::pairs(&value))
}

async fn show(common: &Common, named: &str) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let page = find::page(graph, named).await?;
    let fans = graph.fan_count(page.id).await?;
    home.close();
    let mut value = told(&page);
    value["fan_count"] = json!(fans);
    for (name, text) in &page.texts {
        value[name] = json!(text);
    }
    output::print(common, &value, || output::pairs(&value))
}

fn told(page: &Page) -> Value {
    json!({ "page_id": page.id.0, "name": page.name, "username": page.username, "type": page.kind })
}

async fn fan(common: &Common, page: &str, user: &str, remove: bool) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let (page, person) = (find::page(graph, page).await?, find::person(graph, user).await?);
    let changed = match remove {
        false => graph.become_fan(person.id, page.id).await?,
        true => graph.stop_being_fan(person.id, page.id).await?,
    };
    home.close();
    let how = if remove { "is no fan of" } else { "is a fan of" };
    said(common, &page, json!({ "uid": person.id.0, "changed": changed }), &format!("{} {how}", person.name()))
}

async fn admin(common: &Common, page: &str, user: &str, remove: bool) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let (page, person) = (find::page(graph, page).await?, find::person(graph, user).await?);
    let changed = match remove {
        false => graph.add_page_admin(page.id, person.id).await?,
        true => graph.remove_page_admin(page.id, person.id).await?,
    };
    home.close();
    let how = if remove { "does not administer" } else { "administers" };
    said(common, &page, json!({ "uid": person.id.0, "changed": changed }), &format!("{} {how}", person.name()))
}

async fn unblock(common: &Common, page: &str, user: &str) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let (page, person) = (find::page(graph, page).await?, find::person(graph, user).await?);
    let changed = graph.unblock_fan(page.id, person.id).await?;
    home.close();
    let how = format!("{} may be a fan of", person.name());
    said(common, &page, json!({ "uid": person.id.0, "changed": changed }), &how)
}

async fn app_of(common: &Common, page: &str, app: &str, remove: bool) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let (page, app) = (find::page(graph, page).await?, find::application(graph, app).await?);
    let changed = match remove {
        false => graph.add_page_app(page.id, app.id).await?,
        true => graph.remove_page_app(page.id, app.id).await?,
    };
    home.close();
    let how = if remove { "is not on" } else { "is on" };
    said(common, &page, json!({ "app_id": app.id.0, "changed": changed }), &format!("{} {how}", app.name))
}

fn said(common: &Common, page: &Page, mut value: Value, line: &str) -> Outcome {
    value["page_id"] = json!(page.id.0);
    output::print(common, &value, || format!("{line} {}\n", page.name))
}
