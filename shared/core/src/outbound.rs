//! The one client for calls that the server makes itself: to the addresses of applications, and to pages that links lead to. Guarded:
//! what may be called is decided on the resolved address, not on the name.

mod fetch;

pub use fetch::{Fetched, MAX_BODY};

use reconnect_wire::Args;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use url::{Host, Url};

/// How long a call may take, all in all.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// Which addresses may be called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// None.
    #[default]
    Nowhere,
    /// Addresses of this machine: the dev server by itself, while it listens on loopback only.
    Loopback,
    /// Addresses of the internet; not this machine, not private networks.
    Public,
    /// All, because the owner said so.
    Everywhere,
}

impl Reach {
    /// Whether an address is within reach.
    pub fn allows(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Reach::Nowhere => false,
            Reach::Loopback => address.is_loopback(),
            Reach::Public => is_public(address),
            Reach::Everywhere => !address.is_unspecified() && !address.is_multicast(),
        }
    }
}

/// Whether an address belongs to a host on the internet. What is not surely public is not.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && b & 0xc0 == 64) // carrier-grade NAT
                || (a == 192 && b == 0 && c == 0) // protocol assignments
                || (a == 198 && b & 0xfe == 18)) // benchmarking
        }
        IpAddr::V6(v6) => {
            let s = v6.segments();
            // Global unicast is 2000::/3; of that, tunnels that carry an IPv4 address inside and documentation are left out.
            s[0] & 0xe000 == 0x2000 && s[0] != 0x2002 && !(s[0] == 0x2001 && (s[1] == 0 || s[1] == 0xdb8))
        }
    }
}

/// Why a call was not made, or came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address is out of reach.
    #[error("{0} is not an address that this server may call")]
    OutOfReach(String),
    /// The call failed; the text names no secret, since the fields go in the body.
    #[error("{0}")]
    Failed(String),
    /// The other side answered with this status.
    #[error("the answer was {0}")]
    Status(u16),
}

/// The guarded client. Made at the first call: most servers never call out.
#[derive(Clone, Debug)]
pub struct Outbound {
    reach: Reach,
    client: Arc<OnceLock<Result<reqwest::Client, String>>>,
    /// So many pages are fetched at a time.
    fetches: Arc<Semaphore>,
}

impl Outbound {
    /// With that reach.
    pub fn new(reach: Reach) -> Outbound {
        Outbound { reach, client: Arc::default(), fetches: Arc::new(Semaphore::new(fetch::AT_ONCE)) }
    }

    /// Whether anything may be called at all.
    pub fn is_off(&self) -> bool {
        self.reach == Reach::Nowhere
    }

    fn client(&self) -> Result<&reqwest::Client, OutboundError> {
        self.client.get_or_init(|| client(self.reach)).as_ref().map_err(|error| OutboundError::Failed(error.clone()))
    }

    /// Posts form fields. Redirects are not followed, the answer's body is not read.
    pub async fn post_form(&self, address: &str, fields: &Args) -> Result<(), OutboundError> {
        let url = self.check(address)?;
        let body = form(fields);
        let request = self
            .client()?
            .post(url)
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
            .body(body);
        let answer = request.send().await.map_err(|e| OutboundError::Failed(without_url(e)))?;
        if answer.status().is_success() { Ok(()) } else { Err(OutboundError::Status(answer.status().as_u16())) }
    }

    /// Names are checked once more when they are resolved; numbers only here.
    fn check(&self, address: &str) -> Result<Url, OutboundError> {
        let out = || OutboundError::OutOfReach(address.to_owned());
        let url = Url::parse(address).map_err(|_| out())?;
        let number = match url.host() {
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            Some(Host::Domain(_)) => None,
            None => return Err(out()),
        };
        let allowed = self.reach != Reach::Nowhere && number.is_none_or(|number| self.reach.allows(number));
        if allowed && matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(out()) }
    }
}

fn client(reach: Reach) -> Result<reqwest::Client, String> {
    // The choice of crypto library is the process's; the first one to make it wins, and all of ours make the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("Reconnect/", env!("CARGO_PKG_VERSION")))
        .timeout(TIMEOUT)
        .connect_timeout(TIMEOUT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .dns_resolver(Arc::new(Guard { reach }))
        .build()
        .map_err(|e| format!("the client for outbound calls: {}", without_url(e)))
}

fn form(fields: &Args) -> String {
    let escape = |bytes| url::form_urlencoded::byte_serialize(bytes).collect::<String>();
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

fn without_url(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

/// Resolves names and leaves out what is out of reach.
struct Guard {
    reach: Reach,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|a| reach.allows(a.ip())).collect();
            if allowed.is_empty() {
                return Err(OutboundError::OutOfReach(name.as_str().to_owned()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_is_judged_by_the_address() {
        let cases = [
            ("127.0.0.1", true, false),
            ("::1", true, false),
            ("::ffff:127.0.0.1", true, false),
            ("10.0.0.1", false, false),
            ("169.254.169.254", false, false),
            ("100.64.0.1", false, false),
            ("0.0.0.0", false, false),
            ("fd00::1", false, false),
            ("fe80::1", false, false),
            ("2002:7f00:1::", false, false),
            ("8.8.8.8", false, true),
            ("2606:4700::1", false, true),
        ];
        for (address, loopback, public) in cases {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(Reach::Loopback.allows(address), loopback, "{address}");
            assert_eq!(Reach::Public.allows(address), public, "{address}");
            assert!(!Reach::Nowhere.allows(address), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_out_of_reach_is_not_called() {
        let outbound = Outbound::new(Reach::Public);
        let error = outbound.post_form("http://localhost:9/x", &Args::new()).await.unwrap_err();
        assert!(error.to_string().contains("localhost"), "{error}");
        for address in
            ["http://127.0.0.1:9/", "http://[::1]:9/", "ftp://example.com/", "nonsense", "http://2130706433/"]
        {
            assert!(
                matches!(outbound.post_form(address, &Args::new()).await, Err(OutboundError::OutOfReach(_))),
                "{address}"
            );
        }
    }
}
