//! Notes of a world, which tell of themselves on their writers' walls.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use super::load::Loaded;
use crate::fail::Outcome;
use reconnect_core::Graph;
use reconnect_core::disclosure::Disclosure;
use reconnect_core::note::{self, MAX_CONTENT, MAX_TAGS, MAX_TITLE, clean};
use reconnect_core::privacy::Audience;
use reconnect_store::Id;
use serde::Deserialize;

/// A note of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    /// Its note_id; drawn when absent.
    pub(crate) id: Option<u64>,
    /// Who wrote it, by e-mail address.
    owner: String,
    /// Plain text.
    title: String,
    /// HTML; what may not stand in a note is left out.
    content: String,
    /// Through which application, by name; none for the site.
    application: Option<String>,
    /// How many hours before the world is loaded.
    #[serde(default)]
    hours_ago: f64,
    /// Whom it is shown to; absent: whom its owner shows statuses to.
    privacy: Option<Audience>,
}

/// Judges them all.
pub(super) fn check(world: &World, taken: &mut Taken) -> Result<(), Wrong> {
    for Note { id: chosen, owner, title, content, application, hours_ago, .. } in &world.notes {
        taken.somebody(owner, "a note")?;
        if title.trim().is_empty() || title.chars().count() > MAX_TITLE {
            return wrong(owner, format!("a note of {owner} needs a title of at most {MAX_TITLE} characters"));
        }
        if content.len() > MAX_CONTENT || content.matches('<').count() > MAX_TAGS || clean(content).trim().is_empty() {
            return wrong(title, format!("the note '{title}' needs a text of at most {MAX_CONTENT} bytes"));
        }
        shared(&format!("the note '{title}'"), title, application.as_deref(), *hours_ago, taken)?;
        id(*chosen, taken)?;
    }
    Ok(())
}

/// Judges what everything has that people share.
pub(super) fn shared(
    what: &str,
    name: &str,
    application: Option<&str>,
    hours_ago: f64,
    taken: &Taken,
) -> Result<(), Wrong> {
    if let Some(unknown) = application.filter(|app| !taken.knows_application(app)) {
        return wrong(unknown, format!("{what} names '{unknown}', and no application of this world has that name"));
    }
    if !(0.0..=24.0 * 365.0).contains(&hours_ago) {
        return wrong(name, format!("{what}: hours_ago is a number of hours from 0 to a year"));
    }
    Ok(())
}

/// Writes them all.
pub(super) async fn load(graph: &Graph, world: &World, loaded: &Loaded) -> Outcome {
    for one in &world.notes {
        let owner = loaded.person(&one.owner)?;
        let note = note::Note {
            id: Id(one.id.unwrap_or(0)),
            owner,
            app: loaded.application(one.application.as_deref()),
            title: one.title.trim().to_owned(),
            content: clean(&one.content),
            created: hours_before(graph, one.hours_ago),
            privacy: disclosure(graph, owner, one.privacy).await?,
            ..note::Note::default()
        };
        graph.create_note(note).await?;
    }
    Ok(())
}

/// So long before now, in milliseconds since 1970.
pub(super) fn hours_before(graph: &Graph, hours: f64) -> i64 {
    graph.now().0 - (hours * 3_600_000.0) as i64
}

/// Whom a thing is shown to.
pub(super) async fn disclosure(graph: &Graph, owner: Id, said: Option<Audience>) -> Outcome<Disclosure> {
    match said {
        Some(audience) => Ok(audience.into()),
        None => Ok(graph.usual_disclosure_of(owner).await?),
    }
}
