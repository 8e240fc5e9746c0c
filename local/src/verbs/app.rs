//! `app`: the owner's applications.

use super::{find, finish};
use crate::cli::{AppFlags, AppVerb, Common};
use crate::fail::{Outcome, failed, usage};
use crate::home::Home;
use crate::output;
use crate::world::check_application;
use reconnect_core::ids::draw_secret;
use reconnect_core::model::Application;
use reconnect_store::Id;
use serde_json::{Value, json};

/// Runs one.
pub(super) async fn run(common: &Common, verb: AppVerb) -> Outcome {
    match verb {
        AppVerb::Create { name, api_key, secret, id, flags } => {
            let mut app = Application {
                id: Id(chosen(id)?),
                name,
                api_key: api_key.unwrap_or_default(),
                secret: secret.unwrap_or_default(),
                ..Application::default()
            };
            apply(&flags, &mut app);
            create(common, app).await
        }
        AppVerb::List => list(common).await,
        AppVerb::Show { app } => show(common, &app).await,
        AppVerb::Edit { app, name, secret, new_secret, disabled, flags } => {
            let secret = if new_secret { Some(draw_secret()) } else { secret };
            let change = Change { name, secret, disabled, flags: *flags };
            edit(common, &app, change).await
        }
        AppVerb::Remove { app } => remove(common, &app).await,
    }
}

/// An id of one's own choice; 0 is drawn. Others may belong to what is drawn.
pub(super) fn chosen(id: Option<u64>) -> Outcome<u64> {
    match id {
        None => Ok(0),
        Some(id) if (2..Id::FIRST_DRAWN).contains(&id) => Ok(id),
        Some(id) => Err(usage(format!("--id {id}: choose one from 2 to {}, or leave it out", Id::FIRST_DRAWN - 1))),
    }
}

async fn create(common: &Common, app: Application) -> Outcome {
    check_application(&app).map_err(|why| usage(format!("the application: {why}")))?;
    let home = Home::open(common).await?;
    let made = home.services.graph.create_application(app).await?;
    home.close();
    print(common, &made)
}

async fn list(common: &Common) -> Outcome {
    let home = Home::open(common).await?;
    let applications = home.services.graph.applications().await?;
    home.close();
    let value: Vec<Value> = applications.iter().map(output::application).collect();
    output::print(common, &json!(value), || {
        let rows = applications.iter().map(|app| {
            let kind = if app.desktop { "desktop" } else { "web" };
            vec![app.id.to_string(), app.api_key.clone(), kind.to_owned(), app.name.clone()]
        });
        let head = ["app id", "api key", "kind", "name"].map(str::to_owned).to_vec();
        output::table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
    })
}

async fn show(common: &Common, named: &str) -> Outcome {
    let home = Home::open(common).await?;
    let app = find::application(&home.services.graph, named).await?;
    home.close();
    print(common, &app)
}

fn print(common: &Common, app: &Application) -> Outcome {
    let value = output::application(app);
    output::print(common, &value, || output::pairs(&value))
}

/// What `edit` changes.
struct Change {
    name: Option<String>,
    secret: Option<String>,
    disabled: Option<bool>,
    flags: AppFlags,
}

impl Change {
    fn apply(&self, app: &mut Application) {
        if let Some(name) = &self.name {
            app.name.clone_from(name);
        }
        if let Some(secret) = &self.secret
            && *secret != app.secret
        {
            app.secret.clone_from(secret);
            // Whoever has a secret of their own is public no more.
            app.demo = false;
        }
        app.disabled = self.disabled.unwrap_or(app.disabled);
        apply(&self.flags, app);
    }
}

async fn edit(common: &Common, named: &str, change: Change) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let old = find::application(graph, named).await?;
    let mut tried = old.clone();
    change.apply(&mut tried);
    if tried.secret.is_empty() {
        return Err(usage("the secret cannot be taken away: --new-secret draws another one"));
    }
    check_application(&tried).map_err(|why| usage(format!("the application: {why}")))?;
    let edited = graph.edit_application(old.id, |app| change.apply(app)).await?;
    home.close();
    print(common, &edited)
}

async fn remove(common: &Common, named: &str) -> Outcome {
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let app = find::application(graph, named).await?;
    let Some(intent) = graph.remove_application(app.id).await? else {
        return Err(failed(format!("the application {named} was removed by somebody else meanwhile")));
    };
    finish(&home, intent).await;
    home.close();
    let value = json!({ "removed": true, "app_id": app.id.0, "api_key": app.api_key, "name": app.name });
    output::print(common, &value, || format!("removed {} ({})\n", app.name, app.api_key))
}

/// Puts what the flags say into an application; an empty value takes one away.
fn apply(flags: &AppFlags, app: &mut Application) {
    let texts = [
        (&flags.callback_url, &mut app.callback_url),
        (&flags.connect_url, &mut app.connect_url),
        (&flags.base_domain, &mut app.base_domain),
        (&flags.canvas_name, &mut app.canvas_name),
        (&flags.post_authorize_url, &mut app.post_authorize_url),
        (&flags.post_remove_url, &mut app.post_remove_url),
        (&flags.deauthorize_url, &mut app.deauthorize_url),
    ];
    for (flag, field) in texts {
        if let Some(text) = flag {
            *field = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
    }
    for (flag, field) in [(&flags.schemes, &mut app.schemes), (&flags.ip_list, &mut app.ip_list)] {
        if let Some(list) = flag {
            *field = list.iter().filter(|entry| !entry.is_empty()).cloned().collect();
        }
    }
    let switches = [
        (flags.desktop, &mut app.desktop),
        (flags.no_email, &mut app.no_email),
        (flags.strict_call_id, &mut app.strict_call_id),
        (flags.fine_session_errors, &mut app.fine_session_errors),
    ];
    for (flag, field) in switches {
        *field = flag.unwrap_or(*field);
    }
    app.emails_per_day = flags.emails_per_day.or(app.emails_per_day);
    app.session_lifetime = flags.session_lifetime.unwrap_or(app.session_lifetime);
    app.canvas_entry = flags.canvas_entry.map_or(app.canvas_entry, Into::into);
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_core::model::CanvasEntry;

    #[test]
    fn a_secret_of_its_own_ends_the_demo() {
        let mut app = Application { secret: "a".to_owned(), demo: true, ..Application::default() };
        let change = |secret: &str| Change {
            name: None,
            secret: Some(secret.to_owned()),
            disabled: None,
            flags: AppFlags::default(),
        };
        change("a").apply(&mut app);
        assert!(app.demo, "the same secret is as public as before");
        change("b").apply(&mut app);
        assert!(!app.demo);
    }

    #[test]
    fn an_empty_value_takes_one_away() {
        let mut app = Application {
            callback_url: Some("http://a.example/".to_owned()),
            schemes: vec!["a".to_owned()],
            desktop: true,
            canvas_entry: CanvasEntry::FbSig,
            ..Application::default()
        };
        apply(&AppFlags::default(), &mut app);
        assert!(app.callback_url.is_some() && app.desktop, "what is not named stays");
        assert_eq!(app.canvas_entry, CanvasEntry::FbSig);
        let empty = AppFlags {
            callback_url: Some(String::new()),
            schemes: Some(vec![String::new()]),
            desktop: Some(false),
            ..AppFlags::default()
        };
        apply(&empty, &mut app);
        assert_eq!((app.callback_url, app.schemes.len(), app.desktop), (None, 0, false));
    }
}
