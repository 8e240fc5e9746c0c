//! Settings as owners write them: the same texts in the flags of the dev server and in the environment of a function.

use ipnet::IpNet;
use reconnect_core::outbound::Reach;
use reconnect_store::{Clock, ShiftedClock, SystemClock, Time};
use std::net::IpAddr;
use std::sync::Arc;
use url::Url;

/// The address by which browsers reach the site: `scheme://host[:port]`, as browsers write an origin.
pub fn public_url(text: &str) -> Result<String, String> {
    let wrong = "write it as http(s)://HOST[:PORT], without a path";
    let url = Url::parse(text).map_err(|_| wrong.to_owned())?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain || url.password().is_some() {
        return Err(wrong.to_owned());
    }
    Ok(url.origin().ascii_serialization())
}

/// The time that a server's clock starts at: RFC 3339, or seconds since 1970.
pub fn time(text: &str) -> Result<Time, String> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(Time::from_secs(seconds));
    }
    let at: jiff::Timestamp =
        text.parse().map_err(|_| "write it like 2009-06-01T12:00:00Z, or as seconds since 1970".to_owned())?;
    Ok(Time(at.as_millisecond()))
}

/// A clock that starts at that time, or the machine's.
pub fn clock(start: Option<Time>) -> Arc<dyn Clock> {
    match start {
        Some(start) => Arc::new(ShiftedClock::starting_at(start)),
        None => Arc::new(SystemClock),
    }
}

/// A trusted proxy: an address or a network.
pub fn network(text: &str) -> Result<IpNet, String> {
    let single = text.parse::<IpAddr>().map(IpNet::from);
    single.or_else(|_| text.parse()).map_err(|_| "write it like 10.0.0.1 or 10.0.0.0/8".to_owned())
}

/// Which addresses the server may call: of applications, and of pages that links lead to.
pub fn reach(text: &str) -> Result<Reach, String> {
    match text {
        "none" => Ok(Reach::Nowhere),
        "loopback" => Ok(Reach::Loopback),
        "public" => Ok(Reach::Public),
        "everywhere" => Ok(Reach::Everywhere),
        _ => Err("write none, loopback, public or everywhere".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(public_url("https://Old.Example/").unwrap(), "https://old.example");
        assert_eq!(public_url("http://old.example:8080").unwrap(), "http://old.example:8080");
        for bad in [
            "old.example",
            "ftp://old.example",
            "http://a:b@old.example",
            "http://old.example/path",
            "http://old.example?x",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_is_rfc_3339_or_seconds() {
        assert_eq!(time("1240000000").unwrap(), Time::from_secs(1_240_000_000));
        assert_eq!(time("2009-04-17T20:26:40Z").unwrap(), Time::from_secs(1_240_000_000));
        assert!(time("yesterday").is_err());
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        assert_eq!(network("10.0.0.1").unwrap().to_string(), "10.0.0.1/32");
        assert_eq!(network("fd00::/8").unwrap().to_string(), "fd00::/8");
        assert!(network("proxy").is_err());
    }

    #[test]
    fn a_reach_has_a_name() {
        assert_eq!(reach("public"), Ok(Reach::Public));
        assert!(reach("Public").is_err() && reach("").is_err());
    }
}
