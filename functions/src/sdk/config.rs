//! The addresses in front of the script: where this visitor's browser reaches the server.

use crate::site::{Site, Visit};
use serde::Serialize;
use url::Url;

/// The names by which pages of the time load the script. Whoever points them at this machine points the others here too, so the pages
/// are asked for by their historic names as well.
const HISTORIC: [&str; 5] = [
    "connect.facebook.net",
    "static.ak.facebook.com",
    "s-static.ak.facebook.com",
    "static.ak.fbcdn.net",
    "s-static.ak.fbcdn.net",
];

/// What the script knows of the server. All are origins as browsers write them, since senders of messages are compared with `www`;
/// `apiRead` may have a path behind its own.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Config {
    locale: String,
    www: String,
    api: String,
    api_read: String,
    graph: String,
}

impl Config {
    /// For a visit; None when the `Host` that it came by is none. What stands there is the visitor's own text, and becomes script.
    pub(super) fn of(site: &Site, visit: &Visit, locale: &str) -> Option<Config> {
        let origin = match &site.public_url {
            Some(url) => url.clone(),
            None => visit.origin(),
        };
        let url = Url::parse(&origin).ok().filter(|url| url.path() == "/" && url.username().is_empty())?;
        let name = url.host_str().filter(|name| name.bytes().all(is_of_a_name))?;
        let bare = url.query().is_none() && url.fragment().is_none() && url.password().is_none();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let at = |host: &str| format!("{}://{host}{port}", url.scheme());
        let (www, api, api_read, graph) = if HISTORIC.contains(&name) {
            let [www, api, read, graph] =
                ["www", "api", "api-read", "graph"].map(|part| at(&format!("{part}.facebook.com")));
            (www, api, read, graph)
        } else {
            let here = at(name);
            (here.clone(), here.clone(), format!("{here}/api-read"), here)
        };
        bare.then(|| Config { locale: locale.to_owned(), www, api, api_read, graph })
    }
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte)
}
