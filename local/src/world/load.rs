//! Putting a world into a file: what would clash with what is there is found before anything is written.

use super::{Person, World, albums, events, groups, links, messages, notes, pages, posts};
use crate::fail::{Failure, Outcome, failed};
use futures_util::future::try_join_all;
use reconnect_core::friendship::FriendList;
use reconnect_core::graph::fold;
use reconnect_core::{Graph, Services};
use reconnect_store::{Id, Key, StoreExt};
use std::collections::HashMap;

/// So many things are written at a time: they share commits, and so wait for the disk together.
const AT_ONCE: usize = 64;

/// What was made so far, to be named by what comes later.
pub(super) struct Loaded {
    people: HashMap<String, Id>,
    applications: HashMap<String, Id>,
}

impl Loaded {
    /// A person, by e-mail address.
    pub(super) fn person(&self, email: &str) -> Outcome<Id> {
        self.people.get(&fold(email)).copied().ok_or_else(|| failed(format!("{email} is nobody of this world")))
    }

    /// An application, by name, where one is named.
    pub(super) fn application(&self, name: Option<&str>) -> Option<Id> {
        self.applications.get(&fold(name?)).copied()
    }
}

/// Writes a world that has been judged.
pub(crate) async fn load(services: &Services, world: &World) -> Outcome {
    let graph = &services.graph;
    clashes(graph, world).await?;
    let hashes = hashes(services, world).await?;
    let mut people: HashMap<String, Id> = HashMap::new();
    for some in world.people.chunks(AT_ONCE) {
        let made = try_join_all(some.iter().map(|one| create(graph, one, world.demo, &hashes))).await?;
        people.extend(some.iter().zip(made).map(|(one, id)| (fold(&one.email), id)));
    }
    let person = |email: &str| {
        people.get(&fold(email)).copied().ok_or_else(|| failed(format!("{email} is nobody of this world")))
    };
    for some in world.friendships.chunks(AT_ONCE) {
        let pairs = some.iter().map(|[a, b]| Ok((person(a)?, person(b)?))).collect::<Outcome<Vec<_>>>()?;
        try_join_all(pairs.into_iter().map(|(a, b)| graph.befriend(a, b))).await?;
    }
    for hidden in world.people.iter().filter(|one| one.opted_out) {
        graph.hide_from_applications(person(&hidden.email)?, true).await?;
    }
    for list in &world.friend_lists {
        let members = list.members.iter().map(|member| person(member)).collect::<Outcome<Vec<Id>>>()?;
        let (id, owner) = (Id(list.id.unwrap_or(0)), person(&list.owner)?);
        graph.create_friend_list(FriendList { id, owner, name: list.name.clone() }, &members).await?;
    }
    groups::load(graph, world, &people).await?;
    let mut applications: HashMap<String, Id> = HashMap::new();
    for app in &world.applications {
        let made = graph.create_application(app.model(world.demo)).await?;
        applications.insert(fold(&app.name), made.id);
    }
    events::load(services, world, &people, &applications).await?;
    for install in &world.installs {
        let Some(app) = applications.get(&fold(&install.application)) else { continue };
        graph.authorize(person(&install.person)?, *app, &install.granted()).await?;
    }
    pages::load(graph, world, &people, &applications).await?;
    posts::load(graph, world, &people, &applications).await?;
    messages::load(graph, world, &people, &applications).await?;
    albums::load(services, world, &people).await?;
    let loaded = Loaded { people, applications };
    notes::load(graph, world, &loaded).await?;
    links::load(graph, world, &loaded).await
}

/// Everything unique that the world brings and the file has already, told before the first write.
async fn clashes(graph: &Graph, world: &World) -> Outcome {
    for person in &world.people {
        if graph.person_by_email(&person.email).await?.is_some() {
            return Err(clash(&format!("somebody with the e-mail address {}", person.email)));
        }
    }
    let usernames = world.people.iter().map(|one| &one.username).chain(world.pages.iter().map(|page| &page.username));
    for name in usernames.flatten() {
        if graph.named(name).await?.is_some() {
            return Err(clash(&format!("something with the username {name}")));
        }
    }
    for app in &world.applications {
        if let Some(key) = &app.api_key
            && graph.application_by_key(key).await?.is_some()
        {
            return Err(clash(&format!("an application with the API key {key}")));
        }
    }
    let people = world.people.iter().map(|person| person.id);
    let others = world.applications.iter().map(|app| app.id).chain(world.friend_lists.iter().map(|list| list.id));
    let groups = world.groups.iter().map(|group| group.id);
    let pages = world.pages.iter().map(|page| page.id);
    let posts = world.posts.iter().map(|post| post.id);
    let events = world.events.iter().map(|event| event.id);
    let shared = world.notes.iter().map(|note| note.id).chain(world.links.iter().map(|link| link.id));
    let threads = world.threads.iter().map(|thread| thread.id);
    let albums = world.albums.iter().flat_map(|album| album.ids().map(Some));
    let things = groups.chain(pages).chain(posts).chain(events).chain(shared).chain(threads).chain(albums);
    for id in people.chain(others).chain(things).flatten() {
        if matches!(graph.store().read_one(Key::Object(Id(id))).await?, reconnect_store::Found::Object(Some(_))) {
            return Err(clash(&format!("something with the id {id}")));
        }
    }
    Ok(())
}

fn clash(what: &str) -> Failure {
    failed(format!("there is {what} already; nothing was loaded. Load it somewhere else, or change the world"))
}

/// Hashing is slow on purpose, and the people of a demo world share a password: each is hashed once.
async fn hashes<'a>(services: &Services, world: &'a World) -> Outcome<HashMap<&'a str, String>> {
    let mut hashes = HashMap::new();
    for password in world.people.iter().filter_map(|person| person.password.as_deref()) {
        if !hashes.contains_key(password) {
            hashes.insert(password, services.passwords.hash(password).await?);
        }
    }
    Ok(hashes)
}

async fn create(graph: &Graph, person: &Person, demo: bool, hashes: &HashMap<&str, String>) -> Outcome<Id> {
    let model = person.model(demo).map_err(failed)?;
    let hash = person.password.as_deref().and_then(|password| hashes.get(password)).cloned();
    let made = graph.create_person(model, hash).await?;
    if let Some(profile) = person.profile().map_err(failed)? {
        graph.set_profile(made.id, &profile).await?;
    }
    graph.note_demo_password(&made, person.password.as_deref()).await?;
    Ok(made.id)
}
