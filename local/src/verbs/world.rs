//! `world`: the worlds that there are, loading one into a file, clearing demo data out of a file.

use super::finish;
use crate::cli::{Common, WorldVerb};
use crate::fail::{Outcome, failed};
use crate::home::{self, Home, Place};
use crate::output;
use crate::world::{self, SHIPPED, World};
use reconnect_store::SystemClock;
use serde_json::{Value, json};
use std::sync::Arc;

/// Runs one.
pub(super) async fn run(common: &Common, verb: WorldVerb) -> Outcome {
    match verb {
        WorldVerb::List => list(common),
        WorldVerb::Show { world } => show(common, &world),
        WorldVerb::Load { world } => load(common, &world).await,
        WorldVerb::Clear => clear(common).await,
    }
}

fn list(common: &Common) -> Outcome {
    let worlds =
        SHIPPED.iter().map(|(name, text)| Ok((*name, World::parse(name, text)?))).collect::<Outcome<Vec<_>>>()?;
    let value: Vec<Value> =
        worlds.iter().map(|(name, world)| json!({ "name": name, "about": world.about, "demo": world.demo })).collect();
    output::print(common, &json!(value), || {
        let rows: Vec<Vec<String>> = worlds.iter().map(|(name, w)| vec![(*name).to_owned(), w.about.clone()]).collect();
        output::table(&rows)
    })
}

fn show(common: &Common, name: &str) -> Outcome {
    let text = World::text(name)?;
    output::print(common, &json!({ "name": name, "text": text }), || text.clone())
}

async fn load(common: &Common, name: &str) -> Outcome {
    let world = World::find(name)?;
    let place = common.place()?;
    let made = match &place {
        Place::File(path) if !path.exists() => {
            home::make(path, &world, Arc::new(SystemClock)).await?;
            true
        }
        Place::File(_) | Place::Table(_) => {
            fits(&place, &world, name)?;
            let home = Home::open(common).await?;
            world::load(&home.services, &world).await?;
            home.close();
            false
        }
    };
    let (people, applications) = (world.people.len(), world.applications.len());
    let mut value = place.named();
    for (key, what) in [("made", json!(made)), ("people", json!(people)), ("applications", json!(applications))] {
        value[key] = what;
    }
    output::print(common, &value, || {
        let how = if made { "made" } else { "added to" };
        format!("{how} {place}: {people} people, {applications} applications of the world {name}\n")
    })
}

/// A demo world goes into a table only if nobody but this machine reaches it; `serve` has the same rule for files.
fn fits(place: &Place, world: &World, name: &str) -> Outcome {
    match place {
        Place::Table(table) if world.demo && !table.is_local() => Err(failed(format!(
            "{place} is not on this machine, and the world {name} has public passwords; nothing was loaded. Write it to a file \
             with `reconnect world show {name}`, take out `demo = true`, give it passwords and secrets of your own and load that, \
             or name a stand-in on 127.0.0.1 with --endpoint"
        ))),
        _ => Ok(()),
    }
}

async fn clear(common: &Common) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let (mut people, mut applications) = (0, 0);
    // Until nothing is found: the list is read in pages.
    loop {
        let demo = graph.demo().await?;
        if demo.is_empty() {
            break;
        }
        for app in &demo.applications {
            if let Some(intent) = graph.remove_application(app.id).await? {
                applications += 1;
                finish(&home, intent).await;
            }
        }
        for one in &demo.people {
            if let Some(intent) = graph.remove_person(one.person.id).await? {
                people += 1;
                finish(&home, intent).await;
            }
        }
    }
    for intent in graph.clear_demo_things().await?.1 {
        finish(&home, intent).await;
    }
    home.close();
    let value = json!({ "people": people, "applications": applications });
    output::print(common, &value, || format!("removed {people} demo people and {applications} demo applications\n"))
}
