//! Addresses of the web as people share them, and what is kept of each: one record an address, found by its normal form, on which shares,
//! likes and comments are counted.

use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use crate::page_preview::Preview;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Object};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// How long an address may be, in bytes: a unique key takes 1 KB.
pub const MAX_ADDRESS: usize = 1000;

/// An http or https address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(Url);

impl WebAddress {
    /// What somebody wrote, the scheme perhaps left out. None for whatever is no address of a page: other schemes, names and passwords in
    /// it, no host, too long.
    pub fn read(text: &str) -> Option<WebAddress> {
        let text = text.trim();
        let full = match text {
            _ if text.contains("://") => text.to_owned(),
            _ if text.starts_with("//") => format!("http:{text}"),
            _ => format!("http://{text}"),
        };
        WebAddress::of(Url::parse(&full).ok()?)
    }

    /// An address that a page names, relative to where the page was found.
    pub fn within(&self, reference: &str) -> Option<WebAddress> {
        WebAddress::of(self.0.join(reference.trim()).ok()?)
    }

    fn of(url: Url) -> Option<WebAddress> {
        let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let host = url.host().is_some_and(|host| host != Host::Domain(""));
        (plain && host && url.as_str().len() <= MAX_ADDRESS).then_some(WebAddress(url))
    }

    /// As browsers write it.
    pub fn text(&self) -> &str {
        self.0.as_str()
    }

    /// Its host name.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The form by which two spellings of it are the same: scheme and host in lower case, no port that goes without saying, a path, no
    /// fragment, which is the reader's own, no question mark with nothing behind it.
    pub fn normal(&self) -> String {
        let mut url = self.0.clone();
        url.set_fragment(None);
        if url.query() == Some("") {
            url.set_query(None);
        }
        url.into()
    }

    /// The address itself.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// What is kept of an address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebPage {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The record's version; not in its data.
    #[serde(skip)]
    pub version: u64,
    /// Its normal form.
    pub address: String,
    /// What was found there; none where nobody looked, or nothing could be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// When that was fetched, in seconds since 1970.
    pub fetched: i64,
}

/// What is counted of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// How often it was shared.
    pub shares: u64,
    /// How many people like it.
    pub likes: u64,
    /// How many comments it has.
    pub comments: u64,
    /// How often it was followed.
    pub clicks: u64,
}

fn url_key(address: &str) -> Key {
    Key::Unique { space: kinds::URL_KEY, text: address.to_owned() }
}

fn read_page(object: &Object) -> Result<WebPage> {
    let page: WebPage = decode("url", object.id, &object.data)?;
    Ok(WebPage { id: object.id, version: object.version, ..page })
}

impl Graph {
    /// What is kept of an address.
    pub async fn web_page(&self, address: &WebAddress) -> Result<Option<WebPage>> {
        let Some(id) = self.unique(kinds::URL_KEY, &address.normal()).await? else { return Ok(None) };
        self.object(id, kinds::URL).await?.as_ref().map(read_page).transpose()
    }

    /// Keeps what was found at an address, or only that there is such an address. Answers its id. Of two who do so at the same time the
    /// later one's finding stands.
    pub async fn keep_web_page(
        &self,
        address: &WebAddress,
        known: Option<WebPage>,
        found: Option<Preview>,
    ) -> Result<Id> {
        let mut known = known;
        for _ in 0..TRIES {
            let old = match known.take() {
                Some(page) => Some(page),
                None => self.web_page(address).await?,
            };
            let now = self.now();
            let mut batch = Batch::new();
            let id = match (old, &found) {
                (Some(old), None) => return Ok(old.id),
                (Some(old), Some(found)) => {
                    let page = WebPage { preview: Some(found.clone()), fetched: now.secs(), ..old };
                    batch.update(page.id, kinds::URL, encode(&page)?, page.version);
                    page.id
                }
                (None, found) => {
                    let id = ids::draw(now);
                    let fetched = if found.is_some() { now.secs() } else { 0 };
                    let address = address.normal();
                    let page =
                        WebPage { address: address.clone(), preview: found.clone(), fetched, ..WebPage::default() };
                    batch.create(id, kinds::URL, encode(&page)?).claim(kinds::URL_KEY, address, id);
                    id
                }
            };
            match self.commit(batch).await {
                Ok(_) => return Ok(id),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the address is being changed by others".to_owned())))
    }

    /// What is counted of addresses: two waves of reads, however many they are. Of one that nobody shared all is 0.
    pub async fn link_counts(&self, addresses: &[Option<WebAddress>]) -> Result<Vec<LinkCounts>> {
        let keys: Vec<Key> = addresses.iter().flatten().map(|address| url_key(&address.normal())).collect();
        let mut ids = self.get(&keys).await?.into_iter();
        // One for each address, none for what is no address or is not known.
        let known: Vec<Option<Id>> = addresses
            .iter()
            .map(|address| match address.as_ref().and_then(|_| ids.next()) {
                Some(Found::Unique(id)) => id,
                _ => None,
            })
            .collect();
        let keys: Vec<Key> = known.iter().flatten().flat_map(|id| count_keys(*id)).collect();
        let counts = self.get(&keys).await?;
        let mut counts = counts.chunks(4);
        let each = known.iter().map(|id| match id.and_then(|_| counts.next()) {
            Some([shares, clicks, likes, comments]) => LinkCounts {
                shares: number(shares),
                clicks: number(clicks),
                likes: number(likes),
                comments: number(comments),
            },
            _ => LinkCounts::default(),
        });
        Ok(each.collect())
    }
}

fn count_keys(id: Id) -> [Key; 4] {
    [
        Key::Counter { owner: id, kind: kinds::SHARES, sub: 0 },
        Key::Counter { owner: id, kind: kinds::CLICKS, sub: 0 },
        Key::Count { from: id, kind: kinds::LIKED_BY },
        Key::Count { from: id, kind: kinds::COMMENT },
    ]
}

fn number(found: &Found) -> u64 {
    match found {
        Found::Counter(Some(value)) => u64::try_from(*value).unwrap_or(0),
        Found::Count(count) => *count,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_store::{ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    fn graph() -> Graph {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
        Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock)
    }

    fn address(text: &str) -> WebAddress {
        WebAddress::read(text).unwrap()
    }

    #[test]
    fn spellings_of_one_address_have_one_normal_form() {
        for (text, normal) in [
            ("pond.example", "http://pond.example/"),
            (" HTTP://Pond.Example:80/ ", "http://pond.example/"),
            ("//pond.example/a", "http://pond.example/a"),
            ("http://pond.example/a/../b?x=1#below", "http://pond.example/b?x=1"),
            ("http://pond.example/?", "http://pond.example/"),
            ("https://pond.example:443/a b", "https://pond.example/a%20b"),
            ("http://pönd.example/ö", "http://xn--pnd-sna.example/%C3%B6"),
            ("localhost:8080/x", "http://localhost:8080/x"),
        ] {
            assert_eq!(address(text).normal(), normal, "{text}");
        }
        assert_eq!(address("http://pond.example/#a").text(), "http://pond.example/#a", "the fragment is not lost");
    }

    #[test]
    fn what_is_no_address_of_a_page_is_none() {
        let long = format!("http://pond.example/{}", "a".repeat(MAX_ADDRESS));
        for text in [
            "",
            " ",
            "http://",
            "http:///",
            "ftp://pond.example/",
            "javascript:alert(1)",
            "javascript://pond.example/%0aalert(1)",
            "data:text/html,x",
            "mailto:ann@pond.example",
            "http://ann:pass@pond.example/",
            "http://ann@pond.example/",
            "http://pond example/",
            "file:///etc/passwd",
            long.as_str(),
        ] {
            assert_eq!(WebAddress::read(text), None, "{text}");
        }
    }

    #[test]
    fn references_are_read_within_their_page() {
        let page = address("http://pond.example/a/b");
        let within = |reference: &str| page.within(reference).map(|address| address.text().to_owned());
        assert_eq!(within("c.png").as_deref(), Some("http://pond.example/a/c.png"));
        assert_eq!(within("//img.example/d").as_deref(), Some("http://img.example/d"));
        assert_eq!(within("data:image/png;base64,AA"), None);
    }

    #[tokio::test]
    async fn an_address_is_kept_once_whoever_comes_first() {
        let graph = graph();
        let pond = address("http://pond.example/");
        assert_eq!(graph.web_page(&pond).await.unwrap(), None);
        let id = graph.keep_web_page(&pond, None, None).await.unwrap();
        assert_eq!(graph.keep_web_page(&address("POND.example"), None, None).await.unwrap(), id);
        let known = graph.web_page(&pond).await.unwrap().unwrap();
        assert_eq!((known.preview.as_ref(), known.fetched), (None, 0));
        let found = Preview { title: "Pond".to_owned(), ..Preview::default() };
        for stale in [Some(known.clone()), Some(known), None] {
            assert_eq!(graph.keep_web_page(&pond, stale, Some(found.clone())).await.unwrap(), id);
        }
        let known = graph.web_page(&pond).await.unwrap().unwrap();
        assert_eq!((known.preview, known.fetched), (Some(found), 1_234_567_890));
    }

    #[tokio::test]
    async fn counts_stand_in_the_order_of_the_addresses() {
        let graph = graph();
        let pond = address("http://pond.example/");
        let id = graph.keep_web_page(&pond, None, None).await.unwrap();
        let mut batch = Batch::new();
        batch.add(id, kinds::SHARES, 0, 6).add(id, kinds::CLICKS, 0, 2);
        batch.keep(id, kinds::LIKED_BY, Id(11), 1, Vec::new()).keep(id, kinds::COMMENT, Id(12), 1, Vec::new());
        graph.commit(batch).await.unwrap();
        let counts = LinkCounts { shares: 6, likes: 1, comments: 1, clicks: 2 };
        let asked = [None, Some(address("http://lake.example/")), Some(pond.clone()), Some(pond)];
        let none = LinkCounts::default();
        assert_eq!(graph.link_counts(&asked).await.unwrap(), [none, none, counts, counts]);
        assert!(graph.link_counts(&[]).await.unwrap().is_empty());
    }
}
