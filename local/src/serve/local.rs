//! Who may see secrets and log in by a click: somebody at this machine, who asked for a name of this machine.
//!
//! The peer alone is not enough: a page of any web site can make a browser here ask for anything (DNS rebinding), but not with
//! another `Host` than its own name. And a proxy on this machine makes everybody a local peer: a request that was forwarded counts
//! by the address that a *trusted* proxy names, and not at all if the proxy is not trusted.

use http::HeaderMap;
use ipnet::IpNet;
use reconnect_functions::site::{Peer, Visit};

/// Headers that a proxy adds.
const FORWARDED: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

tokio::task_local! {
    /// Whether the request that this task answers came through a proxy that nobody trusts.
    static THROUGH_STRANGER: bool;
}

/// Runs the answer to one request with the knowledge of how it came.
pub(super) async fn answering<T>(through_stranger: bool, answer: impl Future<Output = T>) -> T {
    THROUGH_STRANGER.scope(through_stranger, answer).await
}

/// Whether a request came through a proxy that is not trusted.
pub(super) fn through_stranger(headers: &HeaderMap, peer: Peer, trusted: &[IpNet]) -> bool {
    FORWARDED.iter().any(|name| headers.contains_key(*name))
        && !peer.address.is_some_and(|a| trusted.iter().any(|net| net.contains(&a.to_canonical())))
}

/// The rule.
#[derive(Clone, Debug)]
pub(super) struct Local {
    loopback_only: bool,
    public_host: Option<String>,
}

impl Local {
    /// For a server that listens on this machine only (or not), under that URL.
    pub(super) fn new(loopback_only: bool, public_url: Option<String>) -> Local {
        let host = |url: String| url.split_once("://").map(|(_, host)| host.to_owned());
        Local { loopback_only, public_host: public_url.and_then(host) }
    }

    /// Whether anybody may at all: not while others can reach the server.
    pub(super) fn possible(&self) -> bool {
        self.loopback_only
    }

    /// Whether this visitor may.
    pub(super) fn allows(&self, visit: &Visit) -> bool {
        let stranger = THROUGH_STRANGER.try_with(|stranger| *stranger).unwrap_or(true);
        self.loopback_only
            && !stranger
            && visit.address.is_some_and(|a| a.to_canonical().is_loopback())
            && self.knows(&visit.host)
    }

    fn knows(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<http::uri::Authority>() else { return false };
        let this_machine = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
        !host.contains('@') && (this_machine || self.public_host.as_deref() == Some(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn allowed(local: &Local, address: &str, host: &str) -> bool {
        let visit = Visit { address: address.parse().ok(), https: false, host: host.to_owned() };
        answering(false, async { local.allows(&visit) }).await
    }

    #[tokio::test]
    async fn only_a_local_peer_that_asks_for_a_local_name_may() {
        let local = Local::new(true, Some("http://old.test:8080".to_owned()));
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "old.test:8080"] {
            assert!(allowed(&local, "127.0.0.1", host).await, "{host}");
            assert!(allowed(&local, "::1", host).await, "{host}");
            assert!(!allowed(&local, "192.168.1.2", host).await, "{host} from outside");
        }
        for host in [
            "",
            "evil.example",
            "old.test",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "a@localhost",
            "127.0.0.2",
            "::1",
        ] {
            assert!(!allowed(&local, "127.0.0.1", host).await, "{host}");
        }
    }

    #[tokio::test]
    async fn nobody_may_while_others_can_reach_the_server() {
        let local = Local::new(false, None);
        assert!(!local.possible() && !allowed(&local, "127.0.0.1", "localhost").await);
    }

    #[tokio::test]
    async fn nobody_may_through_a_proxy_that_is_not_trusted() {
        let local = Local::new(true, None);
        let visit = Visit { address: "127.0.0.1".parse().ok(), https: false, host: "localhost".to_owned() };
        assert!(!answering(true, async { local.allows(&visit) }).await);
        let mut headers = HeaderMap::new();
        let peer = Peer { address: "127.0.0.1".parse().ok(), https: false };
        assert!(!through_stranger(&headers, peer, &[]));
        headers.insert("x-forwarded-for", http::HeaderValue::from_static("8.8.8.8"));
        assert!(through_stranger(&headers, peer, &[]));
        assert!(!through_stranger(&headers, peer, &["127.0.0.0/8".parse().unwrap()]));
    }
}
