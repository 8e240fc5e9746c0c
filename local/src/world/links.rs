//! Links of a world, which tell of themselves on the walls of whoever shared them. Nothing is fetched: the world says what their pages say.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use super::load::Loaded;
use super::notes::{disclosure, hours_before, shared};
use crate::fail::{Outcome, failed};
use reconnect_core::Graph;
use reconnect_core::link::{self, MAX_COMMENT};
use reconnect_core::page_preview::Preview;
use reconnect_core::privacy::Audience;
use reconnect_core::web_address::WebAddress;
use reconnect_store::Id;
use serde::Deserialize;

/// A link of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// Its link_id; drawn when absent.
    pub(crate) id: Option<u64>,
    /// Who shared it, by e-mail address.
    owner: String,
    /// Where it leads.
    url: String,
    /// Their words about it.
    #[serde(default)]
    comment: String,
    /// Title of the page; else the address.
    #[serde(default)]
    title: String,
    /// What the page says of itself.
    #[serde(default)]
    summary: String,
    /// Addresses of pictures on the page; the first is shown.
    #[serde(default)]
    images: Vec<String>,
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
    for Link { id: chosen, owner, url, comment, images, application, hours_ago, .. } in &world.links {
        taken.somebody(owner, "a link")?;
        if let Some(bad) = [url].into_iter().chain(images).find(|text| WebAddress::read(text).is_none()) {
            return wrong(bad, format!("a link of {owner}: '{bad}' is no address: write http://HOST/PATH"));
        }
        if comment.chars().count() > MAX_COMMENT {
            return wrong(url, format!("the link to {url}: its comment has more than {MAX_COMMENT} characters"));
        }
        shared(&format!("the link to {url}"), url, application.as_deref(), *hours_ago, taken)?;
        id(*chosen, taken)?;
    }
    Ok(())
}

/// Writes them all.
pub(super) async fn load(graph: &Graph, world: &World, loaded: &Loaded) -> Outcome {
    for one in &world.links {
        let owner = loaded.person(&one.owner)?;
        let address = WebAddress::read(&one.url).ok_or_else(|| failed(format!("'{}' is no address", one.url)))?;
        let title = one.title.trim().to_owned();
        let images: Vec<String> = one
            .images
            .iter()
            .filter_map(|image| WebAddress::read(image))
            .map(|image| image.text().to_owned())
            .collect();
        let found = Preview { title: title.clone(), description: one.summary.clone(), images: images.clone() };
        let page = graph.keep_web_page(&address, None, Some(found)).await?;
        let link = link::Link {
            id: Id(one.id.unwrap_or(0)),
            owner,
            app: loaded.application(one.application.as_deref()),
            comment: one.comment.trim().to_owned(),
            title: if title.is_empty() { address.text().to_owned() } else { title },
            summary: one.summary.clone(),
            url: address.text().to_owned(),
            images: images.into_iter().take(1).collect(),
            created: hours_before(graph, one.hours_ago),
            privacy: disclosure(graph, owner, one.privacy).await?,
            page,
            ..link::Link::default()
        };
        graph.create_link(link).await?;
    }
    Ok(())
}
