//! What people of a world have written to each other, and what waits for them: threads, notifications, friend requests, pokes, things that were
//! shared with them.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use crate::fail::Outcome;
use reconnect_core::Graph;
use reconnect_core::graph::fold;
use reconnect_core::notification::Notification;
use reconnect_core::request::MAX_MESSAGE;
use reconnect_core::thread::{MAX_BODY, MAX_RECIPIENTS, MAX_SUBJECT, Message, Thread};
use reconnect_store::Id;
use serde::Deserialize;
use std::collections::HashMap;

/// A thread of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ThreadText {
    /// Its thread_id; drawn when absent.
    pub(crate) id: Option<u64>,
    subject: String,
    /// Whom it goes to beside whoever wrote first, by e-mail address.
    to: Vec<String>,
    /// The page that writes, by its id; then nobody else does.
    page: Option<u64>,
    /// What was written, in order.
    messages: Vec<MessageText>,
}

/// A message of a thread.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MessageText {
    /// Who wrote it, by e-mail address; left out where a page did.
    from: String,
    body: String,
}

/// A notification of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NotificationText {
    /// Whose, by e-mail address.
    to: String,
    /// Who did it, by e-mail address; left out where an application speaks for itself.
    from: Option<String>,
    /// The application that it came through, by name; left out for the site itself.
    application: Option<String>,
    title: String,
    body: String,
    href: String,
}

/// A friend request of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RequestText {
    from: String,
    to: String,
    message: String,
}

/// Something that was shared with somebody.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ShareText {
    from: String,
    to: String,
    /// The id of a page of this world.
    page: u64,
}

/// Judges them.
pub(super) fn check(world: &World, taken: &mut Taken) -> Result<(), Wrong> {
    for one in &world.threads {
        thread(one, world, taken)?;
    }
    for one in &world.notifications {
        somebody(taken, "a notification", std::iter::once(&one.to).chain(&one.from))?;
        if one.title.trim().is_empty() {
            return wrong(&one.to, format!("a notification of {} needs a title", one.to));
        }
        if let Some(app) = one.application.as_ref().filter(|app| !taken.knows_application(app)) {
            let why = format!("a notification names '{app}', and no application of this world has that name");
            return wrong(app, why);
        }
    }
    let friends = |one: &str, other: &str| {
        world.friendships.iter().any(|[a, b]| {
            let pair = [fold(a), fold(b)];
            pair.contains(&fold(one)) && pair.contains(&fold(other))
        })
    };
    for one in &world.friend_requests {
        pair(taken, "a friend request", &one.from, &one.to)?;
        if friends(&one.from, &one.to) {
            return wrong(&one.from, format!("{} asks {}, who is a friend already", one.from, one.to));
        }
        if one.message.len() > MAX_MESSAGE {
            return wrong(&one.from, format!("the friend request of {} is longer than {MAX_MESSAGE} bytes", one.from));
        }
    }
    for [from, to] in &world.pokes {
        pair(taken, "a poke", from, to)?;
    }
    for one in &world.shares {
        pair(taken, "a share", &one.from, &one.to)?;
        page(world, one.page)?;
    }
    Ok(())
}

fn somebody<'a>(taken: &Taken, what: &str, emails: impl Iterator<Item = &'a String>) -> Result<(), Wrong> {
    for email in emails {
        if !taken.knows(email) {
            return wrong(email, format!("{what} names {email}, and no person of this world has that e-mail address"));
        }
    }
    Ok(())
}

fn pair(taken: &Taken, what: &str, from: &String, to: &String) -> Result<(), Wrong> {
    somebody(taken, what, [from, to].into_iter())?;
    if fold(from) == fold(to) {
        return wrong(from, format!("{what} of {from} goes to themselves"));
    }
    Ok(())
}

fn page(world: &World, id: u64) -> Result<(), Wrong> {
    if world.pages.iter().any(|page| page.id == Some(id)) {
        return Ok(());
    }
    wrong(&id.to_string(), format!("no page of this world has the id {id}"))
}

fn thread(one: &ThreadText, world: &World, taken: &mut Taken) -> Result<(), Wrong> {
    let subject = &one.subject;
    let what = format!("the thread '{subject}'");
    somebody(taken, &what, one.to.iter())?;
    if one.to.is_empty() || one.to.len() > MAX_RECIPIENTS || subject.len() > MAX_SUBJECT {
        let why = format!("{what} goes to 1 to {MAX_RECIPIENTS} people, with a subject of at most {MAX_SUBJECT} bytes");
        return wrong(subject, why);
    }
    let Some(first) = one.messages.first() else { return wrong(subject, format!("{what} has no messages")) };
    if one.messages.iter().any(|message| message.body.trim().is_empty() || message.body.len() > MAX_BODY) {
        return wrong(subject, format!("{what} has a message that is empty or longer than {MAX_BODY} bytes"));
    }
    match one.page {
        Some(id) => {
            page(world, id)?;
            if one.messages.len() != 1 || !first.from.is_empty() {
                return wrong(subject, format!("{what} is a page's: it has one message, and nobody in `from`"));
            }
        }
        None => {
            somebody(taken, &what, one.messages.iter().map(|message| &message.from))?;
            if one.to.iter().any(|email| fold(email) == fold(&first.from)) {
                return wrong(subject, format!("{what} goes to whoever began it"));
            }
            let takes_part =
                |email: &str| std::iter::once(&first.from).chain(&one.to).any(|other| fold(other) == fold(email));
            if let Some(other) = one.messages.iter().find(|message| !takes_part(&message.from)) {
                return wrong(&other.from, format!("{what}: {} does not take part in it", other.from));
            }
        }
    }
    id(one.id, taken)
}

/// Writes them into a file that holds people, applications and pages.
pub(super) async fn load(
    graph: &Graph,
    world: &World,
    people: &HashMap<String, Id>,
    applications: &HashMap<String, Id>,
) -> Outcome {
    let person = |email: &str| people.get(&fold(email)).copied().unwrap_or_default();
    for one in &world.threads {
        let object = Id(one.page.unwrap_or(0));
        let message = |text: &MessageText| Message {
            author: if one.page.is_some() { object } else { person(&text.from) },
            body: text.body.clone(),
            ..Message::default()
        };
        let recipients = one.to.iter().map(|email| person(email)).collect();
        let thread = Thread { id: Id(one.id.unwrap_or(0)), subject: one.subject.clone(), recipients, object };
        let Some((first, rest)) = one.messages.split_first() else { continue };
        let made = graph.begin_thread(thread, &message(first)).await?;
        if world.demo {
            graph.note_demo_thing(made.id).await?;
        }
        for text in rest {
            graph.reply_to_thread(made.id, &message(text)).await?;
        }
    }
    for one in &world.notifications {
        let app = one.application.as_ref().and_then(|app| applications.get(&fold(app)));
        let notification = Notification {
            sender: one.from.as_deref().map(person).unwrap_or_default(),
            app: app.copied().unwrap_or_default(),
            title_html: one.title.clone(),
            body_html: one.body.clone(),
            href: one.href.clone(),
            ..Notification::default()
        };
        graph.notify(person(&one.to), &notification).await?;
    }
    for one in &world.friend_requests {
        graph.ask_to_be_friends(person(&one.from), person(&one.to), &one.message).await?;
    }
    for [from, to] in &world.pokes {
        graph.poke(person(from), person(to)).await?;
    }
    for one in &world.shares {
        graph.share_with(person(&one.from), person(&one.to), Id(one.page)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::World;
    use crate::fail::Failure;

    const PEOPLE: &str = "friendships = [[\"a@x\", \"b@x\"]]\n[[person]]\nname = \"A\"\nemail = \"a@x\"\n[[person]]\nname = \"B\"\nemail = \"b@x\"\n";

    #[test]
    fn what_cannot_be_is_told() {
        for (text, expected) in [
            ("[[thread]]\nsubject = \"S\"\nto = [\"c@x\"]\n", "the thread 'S' names c@x"),
            ("[[thread]]\nsubject = \"S\"\nto = [\"a@x\"]\n", "the thread 'S' has no messages"),
            (
                "[[thread]]\nsubject = \"S\"\nto = [\"a@x\"]\nmessages = [{ from = \"a@x\", body = \"x\" }]\n",
                "goes to whoever began it",
            ),
            (
                "[[thread]]\nsubject = \"S\"\nto = [\"a@x\"]\npage = 9\nmessages = [{ body = \"x\" }]\n",
                "no page of this world has the id 9",
            ),
            ("[[notification]]\nto = \"a@x\"\n", "needs a title"),
            ("[[notification]]\nto = \"a@x\"\ntitle = \"T\"\napplication = \"W\"\n", "no application of this world"),
            ("[[friend_request]]\nfrom = \"a@x\"\nto = \"b@x\"\n", "who is a friend already"),
            ("[[friend_request]]\nfrom = \"a@x\"\nto = \"A@x\"\n", "goes to themselves"),
            ("[[share]]\nfrom = \"a@x\"\nto = \"b@x\"\npage = 7\n", "no page of this world has the id 7"),
        ] {
            let Err(Failure::Failed(told)) = World::parse("w", &format!("{PEOPLE}{text}")) else { panic!("{text}") };
            assert!(told.contains(expected), "{told} for {text}");
        }
        let poke = format!("pokes = [[\"a@x\", \"d@x\"]]\n{PEOPLE}");
        let Err(Failure::Failed(told)) = World::parse("w", &poke) else { panic!("a poke") };
        assert!(told.contains("a poke names d@x"), "{told}");
    }
}
