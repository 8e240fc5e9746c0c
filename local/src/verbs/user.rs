//! `user`: the people.

use super::app::chosen;
use super::{find, finish, password};
use crate::cli::{Common, UserVerb};
use crate::fail::{Outcome, failed, usage};
use crate::home::Home;
use crate::output;
use crate::world::{check_email, split_name};
use reconnect_core::model::Person;
use reconnect_core::permission::Permissions;
use reconnect_store::Id;
use serde_json::{Value, json};

/// Runs one.
pub(super) async fn run(common: &Common, verb: UserVerb) -> Outcome {
    match verb {
        UserVerb::Create { name, email, password, id, sex, locale } => {
            let (first_name, last_name) = split_name(&name);
            let email = email.trim().to_owned();
            let person = Person { id: Id(chosen(id)?), first_name, last_name, email, sex, locale, ..Person::default() };
            create(common, person, password).await
        }
        UserVerb::List => list(common).await,
        UserVerb::Show { user } => show(common, &user).await,
        UserVerb::Befriend { one, other } => befriend(common, &one, &other).await,
        UserVerb::Unfriend { one, other } => unfriend(common, &one, &other).await,
        UserVerb::Grant { user, app, permissions } => grant(common, &user, &app, &permissions).await,
        UserVerb::Password { user, password } => change_password(common, &user, password).await,
        UserVerb::Remove { user } => remove(common, &user).await,
    }
}

async fn create(common: &Common, person: Person, flag: Option<String>) -> Outcome {
    check_email(&person.email).map_err(usage)?;
    // The file first: nobody is asked for a password that goes nowhere.
    let home = Home::open(common).await?;
    let hash = home.services.passwords.hash(&password::read(flag)?).await?;
    let made = home.services.graph.create_person(person, Some(hash)).await?;
    home.close();
    let value = output::person(&made);
    output::print(common, &value, || output::pairs(&value))
}

async fn list(common: &Common) -> Outcome {
    let home = Home::open(common).await?;
    let people = home.services.graph.people().await?;
    home.close();
    let value: Vec<Value> = people.iter().map(output::person).collect();
    output::print(common, &json!(value), || {
        let rows = people.iter().map(|person| vec![person.id.to_string(), person.email.clone(), person.name()]);
        let head = ["uid", "e-mail", "name"].map(str::to_owned).to_vec();
        output::table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
    })
}

async fn show(common: &Common, named: &str) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let person = find::person(graph, named).await?;
    let friends: Vec<Id> = graph.friendships(person.id).await?.into_iter().map(|one| one.friend).collect();
    let grants = graph.grants_of(person.id).await?;
    home.close();
    let mut value = output::person(&person);
    value["friends"] = json!(friends);
    let grants = grants.iter().map(|(app, grant, since)| {
        json!({ "name": app.name, "api_key": app.api_key, "app_id": app.id.0, "since": since, "permissions": grant.permissions })
    });
    value["applications"] = grants.collect();
    output::print(common, &value, || {
        let mut lines = value.clone();
        lines["applications"] = value["applications"].as_array().into_iter().flatten().map(one_grant).collect();
        output::pairs(&lines)
    })
}

fn one_grant(grant: &Value) -> String {
    let permissions: Vec<&str> =
        grant["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    format!("{} ({})", grant["name"].as_str().unwrap_or_default(), permissions.join(" "))
}

async fn befriend(common: &Common, one: &str, other: &str) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let (a, b) = (find::person(graph, one).await?, find::person(graph, other).await?);
    let new = graph.befriend(a.id, b.id).await?;
    home.close();
    let value = json!({ "new": new, "people": [output::person(&a), output::person(&b)] });
    output::print(common, &value, || {
        let how = if new { "are friends now" } else { "were friends already" };
        format!("{} and {} {how}\n", a.name(), b.name())
    })
}

async fn unfriend(common: &Common, one: &str, other: &str) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let (a, b) = (find::person(graph, one).await?, find::person(graph, other).await?);
    let ended = graph.unfriend(a.id, b.id).await?;
    home.close();
    let value = json!({ "ended": ended, "people": [output::person(&a), output::person(&b)] });
    output::print(common, &value, || {
        let how = if ended { "are friends no more" } else { "were no friends" };
        format!("{} and {} {how}\n", a.name(), b.name())
    })
}

async fn grant(common: &Common, user: &str, app: &str, permissions: &[String]) -> Outcome {
    let (wanted, unknown) = Permissions::parse(&permissions.join(","));
    if let Some(name) = unknown.first() {
        return Err(usage(format!("--perm {name}: there is no extended permission of that name")));
    }
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let person = find::person(graph, user).await?;
    let app = find::application(graph, app).await?;
    let granted = graph.authorize(person.id, app.id, &wanted).await?;
    home.close();
    let value = json!({
        "uid": person.id.0,
        "email": person.email,
        "app_id": app.id.0,
        "api_key": app.api_key,
        "new": granted.fresh,
        "permissions": granted.grant.permissions,
    });
    output::print(common, &value, || {
        let list = granted.grant.permissions.to_list();
        let list = if list.is_empty() { "no extended permission" } else { &list };
        format!("{} has authorised {}, with {list}\n", person.name(), app.name)
    })
}

async fn change_password(common: &Common, named: &str, flag: Option<String>) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let person = find::person(graph, named).await?;
    let hash = home.services.passwords.hash(&password::read(flag)?).await?;
    graph.set_password(person.id, Some(hash)).await?;
    // The published one is not theirs any more, and the new one is not published.
    graph.note_demo_password(&person, None).await?;
    home.close();
    let value = json!({ "uid": person.id.0, "email": person.email });
    output::print(common, &value, || format!("{} has a new password; all their sessions have ended\n", person.name()))
}

async fn remove(common: &Common, named: &str) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let person = find::person(graph, named).await?;
    let Some(intent) = graph.remove_person(person.id).await? else {
        return Err(failed(format!("{named} was removed by somebody else meanwhile")));
    };
    finish(&home, intent).await;
    home.close();
    let value = json!({ "removed": true, "uid": person.id.0, "email": person.email });
    output::print(common, &value, || format!("removed {} <{}>\n", person.name(), person.email))
}
