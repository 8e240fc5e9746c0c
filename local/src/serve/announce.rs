//! What the terminal shows once the server is ready: where it listens, who is there, and a call to paste. One JSON line with `--json`.

use super::Origin;
use super::listen::Reached;
use super::tls::Prepared;
use crate::cli::Common;
use crate::fail::Outcome;
use crate::home::Home;
use crate::output;
use reconnect_core::model::Application;
use reconnect_core::owner::Demo;
use reconnect_wire::sign;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Prints it.
pub(super) async fn print(
    common: &Common,
    home: &Home,
    origin: &Origin,
    reached: &Reached,
    tls: Option<&Prepared>,
    loopback_only: bool,
) -> Outcome {
    let demo = home.services.graph.demo().await?;
    let authority = tls.and_then(|tls| tls.authority.as_ref()).map(|path| path.display().to_string());
    let value = json(origin, reached, &demo, authority.as_deref());
    output::print(common, &value, || text(origin, reached, &demo, authority.as_deref(), loopback_only))
}

/// A call that can be pasted into a shell and answers: signed, and with nothing in it that ages.
pub(super) fn curl(base: &str, app: &Application) -> String {
    format!("curl {base}/restserver.php -d '{}'", signed_body(app))
}

fn signed_body(app: &Application) -> String {
    let pairs = [("api_key", app.api_key.as_str()), ("format", "json"), ("method", "auth.createToken"), ("v", "1.0")];
    let bytes = pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let sig = sign::signature(bytes, app.secret.as_bytes());
    let mut body: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    body.push(format!("sig={}", String::from_utf8_lossy(&sig)));
    body.join("&")
}

/// Where a person logs in to an application and lands on a page of this server, so that no other program has to run.
pub(super) fn login_url(base: &str, app: &Application) -> String {
    let next: String =
        form_urlencoded::byte_serialize(format!("{base}/connect/login_success.html").as_bytes()).collect();
    format!("{base}/login.php?api_key={}&v=1.0&fbconnect=1&return_session=1&next={next}", app.api_key)
}

/// The application that the examples are about: the first one of the web.
pub(super) fn example(demo: &Demo) -> Option<&Application> {
    demo.applications.iter().find(|app| !app.desktop).or(demo.applications.first())
}

fn json(origin: &Origin, reached: &Reached, demo: &Demo, authority: Option<&str>) -> Value {
    let people: Vec<Value> = demo
        .people
        .iter()
        .map(|one| {
            let mut value = output::person(&one.person);
            value["password"] = one.password.clone().into();
            value
        })
        .collect();
    let (db, new) = match origin {
        Origin::Memory(_) => (None, true),
        Origin::New(path, _) => (Some(path.display().to_string()), true),
        Origin::Existing(path) => (Some(path.display().to_string()), false),
    };
    let example = example(demo);
    json!({
        "ready": true,
        "pid": std::process::id(),
        "url": reached.for_programs(),
        "http": reached.http,
        "https": reached.https,
        "public_url": reached.public_url,
        "ca": authority,
        "db": db,
        "new": new,
        "applications": demo.applications.iter().map(output::application).collect::<Vec<_>>(),
        "people": people,
        "call": example.map(|app| curl(reached.for_programs(), app)),
        "login_url": example.map(|app| login_url(reached.for_people(), app)),
    })
}

fn text(origin: &Origin, reached: &Reached, demo: &Demo, authority: Option<&str>, loopback_only: bool) -> String {
    let mut text = format!("Reconnect {}: the Legacy REST API, offline\n\n", env!("CARGO_PKG_VERSION"));
    let mut places: Vec<Vec<String>> = Vec::new();
    for url in reached.all() {
        let what = if loopback_only { "everything below, in a browser" } else { "the API and its pages" };
        places.push(vec![format!("{url}/"), what.to_owned()]);
    }
    places.push(vec![format!("{}/restserver.php", reached.for_programs()), "for programs".to_owned()]);
    places.push(match origin {
        Origin::Memory(world) => vec!["in memory".to_owned(), format!("the world `{world}`, gone at the end")],
        Origin::New(path, world) => {
            vec![path.display().to_string(), format!("made just now, with the world `{world}`")]
        }
        Origin::Existing(path) => vec![path.display().to_string(), "as it was left".to_owned()],
    });
    indent(&mut text, &output::table(&places));
    if let Some(authority) = authority {
        let _ = write!(text, "\nTrust the certificates of this machine, for example with\n  {}\n", trust(authority));
    }
    if demo.is_empty() {
        text.push_str("\nThere is no demo data here. Make your own with\n");
        text.push_str("  reconnect app create --name 'My App' --callback-url http://localhost:3000/\n");
        text.push_str("  reconnect user create --name 'Ada Okafor' --email ada@example.com\n");
    } else {
        applications(&mut text, demo);
        people(&mut text, demo);
    }
    if let Some(app) = example(demo) {
        let _ = write!(text, "\nA first call\n  {}\n", curl(reached.for_programs(), app));
    }
    text.push_str("\nCtrl-C ends it.\n");
    text
}

fn trust(authority: &str) -> String {
    format!("curl --cacert {authority} …; in a browser: settings, certificates, authorities, import {authority}")
}

fn applications(text: &mut String, demo: &Demo) {
    text.push_str("\nApplications\n");
    let head = ["name", "kind", "app id", "api key", "secret"].map(str::to_owned).to_vec();
    let rows = demo.applications.iter().map(|app| {
        let kind = if app.desktop { "desktop" } else { "web" };
        vec![app.name.clone(), kind.to_owned(), app.id.to_string(), app.api_key.clone(), app.secret.clone()]
    });
    indent(text, &output::table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()));
}

fn people(text: &mut String, demo: &Demo) {
    text.push_str("\nPeople\n");
    let head = ["name", "uid", "e-mail", "password"].map(str::to_owned).to_vec();
    let rows = demo.people.iter().map(|one| {
        let password = one.password.as_deref().unwrap_or("(changed)");
        vec![one.person.name(), one.person.id.to_string(), one.person.email.clone(), password.to_owned()]
    });
    indent(text, &output::table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()));
}

fn indent(text: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "  {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pasted_call_is_signed() {
        let app = Application {
            api_key: "c0ffee00000000000000000000002001".to_owned(),
            secret: "5ec2e700000000000000000000002001".to_owned(),
            ..Application::default()
        };
        let body = signed_body(&app);
        let call = reconnect_wire::Call::from_query(body.as_bytes(), reconnect_wire::Format::Xml);
        assert!(sign::verify(&call.args, app.secret.as_bytes()), "{body}");
        assert!(!body.contains(&app.secret));
    }
}
