//! Where the server listens: the addresses that were asked for, the sockets that came of it, and how people reach them.

use crate::cli::ServeFlags;
use crate::fail::{Outcome, failed, usage};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

/// The addresses that were asked for.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    http: Vec<SocketAddr>,
    https: Vec<SocketAddr>,
}

impl Addresses {
    /// Reads the flags.
    pub(super) fn of(flags: &ServeFlags) -> Outcome<Addresses> {
        let https = if flags.tls.is_some() { all("--tls-listen", &flags.tls_listen)? } else { Vec::new() };
        Ok(Addresses { http: all("--listen", &flags.listen)?, https })
    }

    /// Whether only this machine can reach them.
    pub(super) fn loopback_only(&self) -> bool {
        self.first_exposed().is_none()
    }

    /// The first one that others can reach, for a refusal.
    pub(super) fn exposed(&self) -> String {
        self.first_exposed().map(|a| a.ip().to_string()).unwrap_or_default()
    }

    fn first_exposed(&self) -> Option<&SocketAddr> {
        self.http.iter().chain(&self.https).find(|address| !address.ip().to_canonical().is_loopback())
    }
}

fn all(flag: &str, texts: &[String]) -> Outcome<Vec<SocketAddr>> {
    let mut addresses = Vec::new();
    for text in texts {
        addresses.extend(address(text).ok_or_else(|| {
            usage(format!("{flag} {text}: write ADDRESS:PORT, such as 127.0.0.1:8080, or only the port"))
        })?);
    }
    Ok(addresses)
}

/// One address; a port alone is this machine's. A name is taken for all that it stands for (localhost: IPv4 and IPv6).
fn address(text: &str) -> Option<Vec<SocketAddr>> {
    if let Ok(port) = text.parse::<u16>() {
        return Some(vec![SocketAddr::from(([127, 0, 0, 1], port))]);
    }
    let mut found: Vec<SocketAddr> = text.to_socket_addrs().ok()?.collect();
    found.dedup();
    (!found.is_empty()).then_some(found)
}

/// The sockets.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    /// For http.
    pub(super) http: Vec<TcpListener>,
    /// For https.
    pub(super) https: Vec<TcpListener>,
}

impl Listeners {
    /// Opens those sockets that are (or are not) of this machine only.
    pub(super) fn bind(&mut self, addresses: &Addresses, loopback: bool) -> Outcome {
        for (wanted, sockets) in [(&addresses.http, &mut self.http), (&addresses.https, &mut self.https)] {
            for address in wanted.iter().filter(|a| a.ip().to_canonical().is_loopback() == loopback) {
                sockets.push(bind(*address)?);
            }
        }
        Ok(())
    }

    /// How people reach them, ports that the system chose included.
    pub(super) fn reached(&self, public_url: Option<String>) -> Reached {
        let urls = |scheme: &str, sockets: &[TcpListener]| -> Vec<String> {
            sockets.iter().filter_map(|s| s.local_addr().ok()).map(|a| format!("{scheme}://{}", shown(a))).collect()
        };
        Reached { http: urls("http", &self.http), https: urls("https", &self.https), public_url }
    }
}

fn bind(address: SocketAddr) -> Outcome<TcpListener> {
    let bound = TcpListener::bind(address).and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
    bound.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => failed(format!(
            "{address} is taken by another program. Stop that one, or choose another port: --listen {}:0 takes any free one",
            address.ip()
        )),
        std::io::ErrorKind::PermissionDenied => failed(format!(
            "the system does not allow this program to listen on {address}: ports below 1024 want more rights, or a redirection"
        )),
        _ => failed(format!("cannot listen on {address}: {error}")),
    })
}

/// What stands in a URL: an unspecified address is every address, this machine's included.
fn shown(address: SocketAddr) -> SocketAddr {
    let mut shown = address;
    if address.ip().is_unspecified() {
        shown.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    shown
}

/// The URLs under which the server is reached, without a path.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    pub(super) http: Vec<String>,
    pub(super) https: Vec<String>,
    pub(super) public_url: Option<String>,
}

impl Reached {
    /// All of them, the public one first.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.public_url.iter().chain(&self.http).chain(&self.https).map(String::as_str)
    }

    /// The one for programs: http, which asks for no certificate.
    pub(super) fn for_programs(&self) -> &str {
        self.http
            .iter()
            .chain(&self.public_url)
            .chain(&self.https)
            .next()
            .map_or("http://127.0.0.1:8080", String::as_str)
    }

    /// The one for people.
    pub(super) fn for_people(&self) -> &str {
        self.all().next().unwrap_or("http://127.0.0.1:8080")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(http: &[&str]) -> Addresses {
        let http = all("--listen", &http.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()).unwrap();
        Addresses { http, https: Vec::new() }
    }

    #[test]
    fn a_port_alone_is_of_this_machine() {
        assert_eq!(addresses(&["8080"]).http, ["127.0.0.1:8080".parse().unwrap()]);
        assert!(addresses(&["8080", "[::1]:80", "127.0.0.2:1", "[::ffff:127.0.0.1]:80"]).loopback_only());
    }

    #[test]
    fn whatever_others_can_reach_is_told() {
        for exposed in ["0.0.0.0:80", "[::]:80", "192.168.1.2:80", "10.0.0.1:8080"] {
            let addresses = addresses(&["127.0.0.1:80", exposed]);
            assert!(!addresses.loopback_only(), "{exposed}");
            assert!(exposed.contains(&addresses.exposed()), "{exposed}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "127.0.0.1", "127.0.0.1:99999", ":::"] {
            assert!(all("--listen", &[bad.to_owned()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_address_is_shown_as_one_that_can_be_opened() {
        assert_eq!(shown("0.0.0.0:80".parse().unwrap()).to_string(), "127.0.0.1:80");
        assert_eq!(shown("[::]:80".parse().unwrap()).to_string(), "[::1]:80");
    }
}
