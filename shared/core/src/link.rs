//! Links that somebody shared, each with the story on their wall that tells of it and a share counted for its address.

use crate::attachment::{Attachment, Media};
use crate::disclosure::Disclosure;
use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::intent::Swept;
use crate::kinds;
use crate::model::{decode, encode};
use crate::post::{Post, story};
use crate::web_address::WebAddress;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Object, Range, limits};
use serde::{Deserialize, Serialize};

/// How long the words about a link may be, in characters.
pub const MAX_COMMENT: usize = 1000;

/// A link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Link {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// Who shared it: a person or a page.
    pub owner: Id,
    /// The application that it was shared through; none for the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Id>,
    /// The owner's words about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Title of the page.
    pub title: String,
    /// What the page says of itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Where it leads.
    pub url: String,
    /// The pictures that are shown of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// When it was shared, in milliseconds since 1970.
    pub created: i64,
    /// Whom it is shown to.
    pub privacy: Disclosure,
    /// The story that tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Id>,
    /// What is kept of its address.
    pub page: Id,
}

impl Link {
    fn story(&self) -> Post {
        let (url, host) = (self.url.clone(), WebAddress::read(&self.url));
        let image = |src: &String| Media::Image { src: src.clone(), href: url.clone(), alt: String::new() };
        let attachment = Attachment {
            name: self.title.clone(),
            href: url.clone(),
            caption: host.map(|address| address.host().to_owned()).unwrap_or_default(),
            description: self.summary.clone(),
            media: self.images.iter().map(image).collect(),
            ..Attachment::default()
        };
        Post {
            actor: self.owner,
            owner: self.owner,
            kind: story::LINK,
            app: self.app,
            message: self.comment.clone(),
            attachment: Some(attachment),
            privacy: self.privacy.clone(),
            created: self.created,
            ..Post::default()
        }
    }
}

fn read_link(object: &Object) -> Result<Option<Link>> {
    if !object.is(kinds::LINK) {
        return Ok(None);
    }
    let link: Link = decode("link", object.id, &object.data)?;
    Ok(Some(Link { id: object.id, ..link }))
}

impl Graph {
    /// Shares a link: the link, the story that tells of it and the share of its address in one commit. Its id is drawn unless it has one,
    /// its time is now unless it has one.
    pub async fn create_link(&self, link: Link) -> Result<Link> {
        let wanted = link.id;
        let mut stored = link;
        for _ in 0..TRIES {
            let link = stored.clone();
            let published = self.publish(link.story(), |post, batch| {
                stored = Link { post: Some(post.id), created: post.created, ..link.clone() };
                stored.id = if wanted == Id(0) { ids::draw(self.now()) } else { wanted };
                batch.create(stored.id, kinds::LINK, encode(&stored)?);
                batch.link(stored.owner, kinds::LINKS, stored.id, stored.created, encode(&stored.app)?);
                batch.add(stored.page, kinds::SHARES, 0, 1);
                Ok(())
            });
            match published.await {
                Ok(_) => return Ok(stored),
                Err(Error::Commit(CommitError::Conflict { .. })) if wanted == Id(0) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the wall is being changed by others".to_owned())))
    }

    /// Links by their ids, in one wave, in that order; what is none is left out.
    pub async fn links(&self, ids: &[Id]) -> Result<Vec<Link>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        let mut links = Vec::with_capacity(ids.len());
        for found in self.get(&keys).await? {
            let Found::Object(Some(object)) = found else { continue };
            links.extend(read_link(&object)?);
        }
        Ok(links)
    }

    /// The links that somebody shared through an application, newest first: a range, which says whose each is, then one wave.
    pub async fn links_of(&self, owner: Id, app: Id, limit: usize) -> Result<Vec<Link>> {
        let page = self.range(&Range::newest(owner, kinds::LINKS, limits::MAX_RANGE)).await?;
        let mut ids = Vec::new();
        for entry in &page.entries {
            if decode::<Option<Id>>("links", owner, &entry.data)? == Some(app) && ids.len() < limit {
                ids.push(entry.to);
            }
        }
        self.links(&ids).await
    }

    /// One page of the links of somebody who is gone; what is listed is still to do. Their shares stay counted.
    pub(crate) async fn clear_links(&self, owner: Id) -> Result<Swept> {
        let page = self.range(&Range::oldest(owner, kinds::LINKS, 30)).await?;
        let ids: Vec<Id> = page.entries.iter().map(|entry| entry.to).collect();
        self.sweep(&ids).await?;
        let mut batch = Batch::new();
        for link in self.links(&ids).await? {
            batch.delete(link.id);
        }
        for id in ids {
            batch.unlink(owner, kinds::LINKS, id);
        }
        self.commit(batch).await?;
        Ok(if page.next.is_some() { Swept::More } else { Swept::Done })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Person;
    use reconnect_store::{ManualClock, StoreExt, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const APP: Id = Id(20);

    async fn graph() -> (Graph, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        let person =
            Person { id: ANN, first_name: "Ann".to_owned(), email: "ann@example.com".to_owned(), ..Person::default() };
        graph.create_person(person, None).await.unwrap();
        (graph, clock)
    }

    fn link(app: Option<Id>) -> Link {
        Link {
            owner: ANN,
            app,
            comment: "Look".to_owned(),
            title: "Pond".to_owned(),
            url: "http://pond.example/a".to_owned(),
            images: vec!["http://pond.example/d.jpg".to_owned()],
            page: Id(30),
            ..Link::default()
        }
    }

    #[tokio::test]
    async fn a_link_its_story_and_its_share_are_there_together() {
        let (graph, _) = graph().await;
        let made = graph.create_link(link(Some(APP))).await.unwrap();
        assert_eq!(graph.links(&[Id(99), made.id, ANN]).await.unwrap(), std::slice::from_ref(&made));
        let story = graph.post(made.post.unwrap()).await.unwrap().unwrap();
        assert_eq!((story.kind, story.message.as_str(), story.created), (story::LINK, "Look", made.created));
        let attachment = story.attachment.unwrap();
        assert_eq!((attachment.name.as_str(), attachment.caption.as_str()), ("Pond", "pond.example"));
        let image = Media::Image {
            src: "http://pond.example/d.jpg".to_owned(),
            href: "http://pond.example/a".to_owned(),
            alt: String::new(),
        };
        assert_eq!(attachment.media, [image]);
        assert_eq!(graph.store().counter(Id(30), kinds::SHARES, 0).await.unwrap(), 1);
        let taken = graph.create_link(Link { id: made.id, ..link(None) }).await;
        assert!(taken.is_err(), "a chosen id that is taken");
        assert_eq!(graph.store().counter(Id(30), kinds::SHARES, 0).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn an_application_lists_its_own_newest_first() {
        let (graph, clock) = graph().await;
        let mut made = Vec::new();
        for app in [Some(APP), None, Some(Id(21)), Some(APP)] {
            clock.advance(1000);
            made.push(graph.create_link(link(app)).await.unwrap());
        }
        let of = async |limit| graph.links_of(ANN, APP, limit).await.unwrap();
        assert_eq!(of(50).await, [made[3].clone(), made[0].clone()]);
        assert_eq!(of(1).await, [made[3].clone()]);
        while graph.clear_links(ANN).await.unwrap() == Swept::More {}
        assert!(of(50).await.is_empty() && graph.links(&[made[0].id]).await.unwrap().is_empty());
    }
}
