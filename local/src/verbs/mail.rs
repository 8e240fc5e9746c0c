//! `mail`: what applications have sent. Nothing leaves the house; here it can be read.

use super::find;
use crate::cli::{Common, MailVerb};
use crate::fail::Outcome;
use crate::home::Home;
use crate::output;
use serde_json::{Value, json};

/// Runs one.
pub(super) async fn run(common: &Common, verb: MailVerb) -> Outcome {
    let MailVerb::List { app } = verb;
    let home = Home::open(common).await?;
    let graph = &home.services.graph;
    let app = find::application(graph, &app).await?;
    let mails = graph.mails(app.id).await?;
    home.close();
    let value: Vec<Value> = mails
        .iter()
        .map(|mail| {
            json!({ "id": mail.id.0, "time": mail.time, "recipients": mail.recipients, "subject": mail.subject, "text": mail.text, "fbml": mail.fbml })
        })
        .collect();
    output::print(common, &json!(value), || value.iter().map(|mail| output::pairs(mail) + "\n").collect())
}
