//! `check`: is all well? For people and scripts: the exit code is 1 when something is wrong.

use crate::cli::{CheckFlags, Common};
use crate::fail::{Failure, Outcome};
use crate::home::{Base, Home};
use crate::output;
use reconnect_store_sqlite::SqliteStore;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a server may take to say that it is ready.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Looks.
pub(super) async fn run(common: &Common, flags: CheckFlags) -> Outcome {
    let mut wrong: Vec<String> = Vec::new();
    let mut value = json!({});
    // With a server only, there may be no file here at all.
    if flags.server.is_none() || common.names_home() || common.db().exists() {
        home(common, &mut value, &mut wrong).await?;
    }
    if let Some(server) = &flags.server {
        let ready = ready(common, server).await;
        value["server"] = json!({ "url": server, "ready": ready.is_ok() });
        if let Err(why) = ready {
            wrong.push(why);
        }
    }
    value["ok"] = wrong.is_empty().into();
    value["wrong"] = json!(wrong);
    output::print(common, &value, || text(&value, &wrong))?;
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Said) }
}

/// The home: that it opens says whose it is. What is special to a file or a table comes first.
async fn home(common: &Common, value: &mut Value, wrong: &mut Vec<String>) -> Outcome {
    let home = Home::open(common).await?;
    let (key, mut found) = match &home.base {
        Base::File(store, _) => ("file", file(store, wrong)?),
        Base::Table(table) => ("table", table.shown()),
    };
    let (unfinished, given_up) = home.services.graph.intents().await?;
    if given_up > 0 {
        wrong.push(format!("{given_up} unfinished tasks were given up after ten failures; the log says why"));
    }
    let demo = home.services.graph.demo().await?;
    home.close();
    for (key, number) in [
        ("unfinished", unfinished),
        ("given_up", given_up),
        ("demo_people", demo.people.len()),
        ("demo_applications", demo.applications.len()),
    ] {
        found[key] = number.into();
    }
    value[key] = found;
    Ok(())
}

fn file(store: &SqliteStore, wrong: &mut Vec<String>) -> Outcome<Value> {
    for finding in store.quick_check()? {
        wrong.push(format!("the file is damaged: {finding}. Put a copy aside and restore a backup"));
    }
    let stats = store.stats();
    let path = stats.path.map(|path| path.display().to_string());
    Ok(json!({ "path": path, "bytes": stats.file_bytes, "log_bytes": stats.log_bytes }))
}

async fn ready(common: &Common, server: &str) -> Result<(), String> {
    let url = format!("{}/readyz", server.trim_end_matches('/'));
    let client = super::call::client(common, TIMEOUT).map_err(|failure| match failure {
        Failure::Usage(text) | Failure::Failed(text) => text,
        Failure::Said => String::new(),
    })?;
    match client.get(&url).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("{url} answered {}", answer.status().as_u16())),
        Err(error) => Err(format!("{url} does not answer: {}. Is the server running?", super::call::reason(error))),
    }
}

fn text(value: &Value, wrong: &[String]) -> String {
    let mut text = String::new();
    for part in ["file", "table", "server"] {
        text.push_str(&value.get(part).map(output::pairs).unwrap_or_default());
    }
    for line in wrong {
        text.push_str(&format!("wrong: {line}\n"));
    }
    if wrong.is_empty() {
        text.push_str("all is well\n");
    }
    text
}
