//! notifications.sendEmail: sends a mail to people who granted `email`. Here it goes to the application's outbox, where the owner of the server
//! finds it; nothing leaves the house.
//!
//! Whoever did not grant it, or has had all that the application may send them today, is silently missing from the answer, which is a text of ids. `fbml` wins
//! over `text`, which stands in where the markup holds what no mail may. A desktop application writes to its session's person only.

use super::mail_text::{named, render};
use reconnect_core::error::invalid;
use reconnect_core::graph::{grant_key, read_grant_in};
use reconnect_core::mail::{MAX_BYTES, MAX_RECIPIENTS, Mail};
use reconnect_core::method::Fidelity;
use reconnect_core::people::person_in;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::{Found, Id, Key};
use reconnect_wire::{Code, UidList};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

pub(crate) struct SendEmail;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whom to: 100 people at most.
    recipients: UidList,
    /// What it is about; may name people by `fb:name`.
    subject: String,
    /// What it says, as plain text.
    text: Option<String>,
    /// What it says, with links, line breaks and names.
    fbml: Option<String>,
}

impl Method for SendEmail {
    const NAME: &'static str = "notifications.sendEmail";
    const SUMMARY: &'static str =
        "Puts a mail to people who allow it into the application's outbox; answers who they are.";
    const ACCESS: Access = Access::optional_session().writes().needs("email");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = String;

    async fn call(cx: &Context, args: Args) -> Result<String> {
        let mut seen = HashSet::new();
        let recipients: Vec<Id> = args.recipients.0.iter().map(|uid| Id(*uid)).filter(|id| seen.insert(*id)).collect();
        check(cx, &args, &recipients)?;
        let markup = args.fbml.as_deref().unwrap_or_default();
        let wanted: Vec<u64> = named(&args.subject).into_iter().chain(named(markup)).take(MAX_RECIPIENTS).collect();
        let app = cx.app();
        let mut keys: Vec<Key> = recipients.iter().copied().map(Key::Object).collect();
        keys.extend(recipients.iter().map(|person| grant_key(*person, app.id)));
        keys.extend(wanted.iter().map(|uid| Key::Object(Id(*uid))));
        let found = cx.graph().get(&keys).await?;
        let (people, rest) = found.split_at(recipients.len());
        let (grants, others) = rest.split_at(recipients.len());
        let allowed = allowed(&recipients, people, grants)?;
        let names = names(others)?;
        let subject = render(&args.subject, &names).unwrap_or_else(|| args.subject.clone());
        let rendered = args.fbml.as_deref().and_then(|markup| render(markup, &names)).filter(|text| !text.is_empty());
        let (text, fbml) = match (rendered, args.text) {
            (Some(text), _) => (text, args.fbml),
            (None, Some(text)) => (text, None),
            (None, None) => {
                return Err(invalid(
                    "fbml holds what no mail may, or nothing, and there is no text to send in its place",
                ));
            }
        };
        let mail = Mail { recipients: allowed, subject, text, fbml, ..Mail::default() };
        let sent = cx.graph().send_mail(app, mail).await?;
        Ok(sent.iter().map(Id::to_string).collect::<Vec<_>>().join(","))
    }
}

fn check(cx: &Context, args: &Args, recipients: &[Id]) -> Result<()> {
    // A desktop application has nothing but its sessions' secrets to sign with; of any other its server must call.
    if !cx.caller.knows_app_secret() && !cx.app().desktop {
        return Err(Code::SessionSecretNotAllowed.into());
    }
    if cx.app().no_email {
        return Err(Code::FeatureEmailDisabled.into());
    }
    if recipients.is_empty() {
        return Err(Code::ParamUserIdList.because("recipients has no id in it").into());
    }
    if recipients.len() > MAX_RECIPIENTS {
        let why = format!("recipients names {} people, and {MAX_RECIPIENTS} are the most", recipients.len());
        return Err(Code::ParamTooMany.because(why).into());
    }
    let empty = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    if empty(&args.text) && empty(&args.fbml) {
        return Err(invalid("text and fbml are empty: send one of them"));
    }
    let texts = [Some(&args.subject), args.text.as_ref(), args.fbml.as_ref()];
    if texts.into_iter().flatten().any(|text| text.len() > MAX_BYTES) {
        return Err(invalid(format!("subject, text and fbml have at most {MAX_BYTES} bytes each")));
    }
    if cx.app().desktop {
        let viewer = cx.viewer()?;
        if recipients.iter().any(|id| *id != viewer) {
            return Err(Code::Permission.because("a desktop application writes to its session's user only").into());
        }
    }
    Ok(())
}

/// Those who let the application write to them.
fn allowed(recipients: &[Id], people: &[Found], grants: &[Found]) -> Result<Vec<Id>> {
    let mut allowed = Vec::with_capacity(recipients.len());
    for (id, (person, grant)) in recipients.iter().zip(people.iter().zip(grants)) {
        let there = person_in(person)?.is_some_and(|person| !person.opted_out);
        let grant = read_grant_in(*id, grant)?;
        allowed.extend(Some(*id).filter(|_| there && grant.is_some_and(|grant| grant.permissions.allow("email"))));
    }
    Ok(allowed)
}

fn names(found: &[Found]) -> Result<HashMap<u64, String>> {
    let mut names = HashMap::new();
    for found in found {
        if let Some(person) = person_in(found)?.filter(|person| !person.opted_out) {
            names.insert(person.id.0, person.name());
        }
    }
    Ok(names)
}
