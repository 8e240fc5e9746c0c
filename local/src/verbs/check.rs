//! `check`: is all well? For people and scripts: the exit code is 1 when something is wrong.

use crate::cli::{CheckFlags, Common};
use crate::fail::{Failure, Outcome};
use crate::home::Home;
use crate::output;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a server may take to say that it is ready.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Looks.
pub(super) async fn run(common: &Common, flags: CheckFlags) -> Outcome {
    let mut wrong: Vec<String> = Vec::new();
    let mut value = json!({});
    // With a server only, there may be no file here at all.
    if flags.server.is_none() || common.names_db() || common.db().exists() {
        file(common, &mut value, &mut wrong).await?;
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

async fn file(common: &Common, value: &mut Value, wrong: &mut Vec<String>) -> Outcome {
    let home = Home::open(common).await?;
    for finding in home.store.quick_check()? {
        wrong.push(format!("the file is damaged: {finding}. Put a copy aside and restore a backup"));
    }
    let (unfinished, given_up) = home.services.graph.intents().await?;
    if given_up > 0 {
        wrong.push(format!("{given_up} unfinished tasks were given up after ten failures; the server's log says why"));
    }
    let demo = home.services.graph.demo().await?;
    let stats = home.store.stats();
    home.close();
    value["file"] = json!({
        "path": common.db().display().to_string(),
        "bytes": stats.file_bytes,
        "log_bytes": stats.log_bytes,
        "unfinished": unfinished,
        "given_up": given_up,
        "demo_people": demo.people.len(),
        "demo_applications": demo.applications.len(),
    });
    Ok(())
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
    if let Some(file) = value.get("file") {
        text.push_str(&output::pairs(file));
    }
    if let Some(server) = value.get("server") {
        text.push_str(&output::pairs(server));
    }
    for line in wrong {
        text.push_str(&format!("wrong: {line}\n"));
    }
    if wrong.is_empty() {
        text.push_str("all is well\n");
    }
    text
}
