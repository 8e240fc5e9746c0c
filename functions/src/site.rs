//! What the pages and the router know of the place where they are served: addresses, proxies, and the dev server's own additions.

use axum::extract::FromRequestParts;
use futures_util::future::BoxFuture;
use http::request::Parts;
use http::{HeaderMap, header};
use ipnet::IpNet;
use reconnect_core::Services;
use reconnect_core::context::{Host, Request};
use reconnect_core::model::{Application, Person};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use url::Url;

/// Where a request came from: put into the request's extensions by whoever accepted it (the dev server's listener, the gateway's
/// event). Never taken from a header.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peer {
    /// The address at the other end of the socket.
    pub address: Option<IpAddr>,
    /// Whether the socket speaks TLS.
    pub https: bool,
}

/// People who may be logged in by a click, without a password: the dev server's row of faces. Implemented there only, so that the
/// cloud's artifact has nothing that could offer one.
pub trait Faces: Send + Sync + 'static {
    /// The people whom this request may log in as: none unless it comes from this machine, to a name of this machine.
    fn offered<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Vec<Person>>;

    /// Whom this request may be shown calls of, signed already. The same rule.
    fn example<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Option<Example>>;
}

/// An application whose secret is public, somebody who has authorised it, and where programs of this machine reach the server.
#[derive(Clone, Debug)]
pub struct Example {
    /// The application.
    pub application: Application,
    /// Who has authorised it, if anybody has.
    pub person: Option<Person>,
    /// `http://host:port`.
    pub server: String,
}

/// The place.
#[derive(Clone)]
pub struct Site {
    /// What all calls share.
    pub services: Arc<Services>,
    /// `scheme://host[:port]` by which browsers reach the site, where it differs from the request's own.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-*` headers count.
    pub trusted_proxies: Arc<[IpNet]>,
    /// The dev server's row of faces.
    pub faces: Option<Arc<dyn Faces>>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site")
            .field("public_url", &self.public_url)
            .field("faces", &self.faces.is_some())
            .finish_non_exhaustive()
    }
}

/// One request, as far as the pages care: who asks, by which name of ours, how.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The visitor's address.
    pub address: Option<IpAddr>,
    /// Whether the visitor speaks https with us (or with a trusted proxy).
    pub https: bool,
    /// The `Host` that was asked for, lower case, with its port.
    pub host: String,
}

impl Visit {
    /// Judges a request.
    pub fn of(site: &Site, headers: &HeaderMap, peer: Peer) -> Visit {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
        let host = text(header::HOST.as_str()).unwrap_or_default().to_ascii_lowercase();
        let trusted =
            peer.address.is_some_and(|a| site.trusted_proxies.iter().any(|net| net.contains(&a.to_canonical())));
        if !trusted {
            return Visit { address: peer.address, https: peer.https, host };
        }
        // The last entry is the one that the trusted proxy itself wrote; those before it came from outside.
        let forwarded = text("x-forwarded-for").and_then(|v| v.rsplit(',').next()).and_then(|v| v.trim().parse().ok());
        let https = text("x-forwarded-proto").map_or(peer.https, |p| p.eq_ignore_ascii_case("https"));
        let host = text("x-forwarded-host").map_or(host, str::to_ascii_lowercase);
        Visit { address: forwarded.or(peer.address), https, host }
    }

    /// `scheme://host[:port]` as the visitor sees it.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.host)
    }

    fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// Whether browsers keep a cookie that says `Secure`: over https, and from names of this machine, which they trust without.
    pub fn keeps_secure_cookies(&self) -> bool {
        let name = Url::parse(&self.origin()).ok();
        let here = match name.as_ref().and_then(Url::host) {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        self.https || here
    }

    /// What the API needs to know.
    pub fn request(&self) -> Request {
        let label = self.host.split(['.', ':']).next().unwrap_or_default();
        let host = match label {
            "api-read" => Host::Read,
            "api-video" => Host::Video,
            _ => Host::Api,
        };
        Request { address: self.address, https: self.https, host, ..Request::default() }
    }
}

/// The historic names of the pages' hosts. Whoever points one of them at this machine points the others here too: `reconnect hosts`
/// prints them together, and old flows go from one to the next. Behind the first lines: where the SDK came from, and its channel.
pub const PAGE_HOSTS: [&str; 10] = [
    "www.facebook.com",
    "login.facebook.com",
    "m.facebook.com",
    "apps.facebook.com",
    "graph.facebook.com",
    "connect.facebook.net",
    "static.ak.facebook.com",
    "s-static.ak.facebook.com",
    "static.ak.fbcdn.net",
    "s-static.ak.fbcdn.net",
];

impl Site {
    /// Where pages and pictures are, as a visitor reaches them.
    pub fn base(&self, visit: &Visit) -> String {
        self.public_url.clone().unwrap_or_else(|| visit.origin())
    }

    /// The origins that are this site, for a visit: the public one and the one that was asked for; and when that was by one of the
    /// historic names, the others of them. Never a historic name for somebody who came by another one: it would lead to the internet.
    pub fn origins(&self, visit: &Visit) -> Vec<String> {
        let mut origins: Vec<String> = self.public_url.iter().cloned().chain([visit.origin()]).collect();
        let (name, port) = match visit.host.split_once(':') {
            Some((name, port)) => (name, format!(":{port}")),
            None => (visit.host.as_str(), String::new()),
        };
        if PAGE_HOSTS.contains(&name) {
            let scheme = visit.scheme();
            origins.extend(PAGE_HOSTS.iter().map(|host| format!("{scheme}://{host}{port}")));
        }
        origins
    }
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Visit, Infallible> {
        let peer = parts.extensions.get::<Peer>().copied().unwrap_or_default();
        Ok(Visit::of(site, &parts.headers, peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::world::World;

    #[tokio::test]
    async fn historic_names_vouch_for_each_other_and_for_nobody_else() {
        let services = World::new().await.services;
        let site = Site { services, public_url: None, trusted_proxies: Arc::new([]), faces: None };
        let origins = |host: &str| site.origins(&Visit { address: None, https: false, host: host.to_owned() });
        assert!(origins("login.facebook.com:8080").contains(&"http://www.facebook.com:8080".to_owned()));
        assert_eq!(origins("127.0.0.1:8080"), ["http://127.0.0.1:8080"]);
        assert_eq!(origins("www.facebook.com.evil.example"), ["http://www.facebook.com.evil.example"]);
    }

    #[tokio::test]
    async fn forwarded_headers_count_only_from_a_trusted_proxy() {
        let services = World::new().await.services;
        let trusted_proxies = Arc::new(["192.0.2.0/24".parse().unwrap()]);
        let site = Site { services, public_url: None, trusted_proxies, faces: None };
        let headers: HeaderMap = [
            ("host", "inside:8080"),
            ("x-forwarded-for", "203.0.113.9, 198.51.100.7"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "API-Read.example"),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
        let by = |address: [u8; 4]| Visit::of(&site, &headers, Peer { address: Some(address.into()), https: false });
        let trusted = by([192, 0, 2, 1]);
        assert_eq!(trusted.address, Some([198, 51, 100, 7].into()), "the entry that the proxy itself wrote");
        assert_eq!((trusted.origin().as_str(), trusted.request().host), ("https://api-read.example", Host::Read));
        assert_eq!(site.base(&trusted), "https://api-read.example", "addresses in answers are as the visitor came");
        let stranger = by([203, 0, 113, 1]);
        assert_eq!(stranger.address, Some([203, 0, 113, 1].into()));
        assert_eq!((stranger.origin().as_str(), stranger.request().host), ("http://inside:8080", Host::Api));
    }
}
