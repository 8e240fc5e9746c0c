//! The flags of `serve`.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, FromArgMatches, ValueEnum};
use ipnet::IpNet;
use reconnect_core::outbound::Reach;
use reconnect_functions::settings;
use reconnect_store::Time;
use std::path::PathBuf;
use std::str::FromStr;

/// Flags of `serve`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServeFlags {
    /// Where to listen for http: ADDRESS:PORT, or a port of this machine; may be given several times
    #[arg(
        long,
        env = "RECONNECT_LISTEN",
        value_name = "ADDR",
        value_delimiter = ',',
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) listen: Vec<String>,
    /// Listen for https as well: with a certificate and its key (PEM files), or `local` for a certificate authority of your own,
    /// kept beside the file
    #[arg(long, env = "RECONNECT_TLS", value_name = "CERT,KEY|local")]
    pub(crate) tls: Option<Tls>,
    /// Where to listen for https, with --tls; may be given several times
    #[arg(
        long,
        env = "RECONNECT_TLS_LISTEN",
        value_name = "ADDR",
        value_delimiter = ',',
        default_value = "127.0.0.1:8443"
    )]
    pub(crate) tls_listen: Vec<String>,
    /// Keep everything in memory, gone at the end; --db is left alone
    #[arg(long, env = "RECONNECT_EPHEMERAL", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub(crate) ephemeral: bool,
    /// What a new file is filled with: `dorm`, `empty`, or a file of your own
    #[arg(long, env = "RECONNECT_WORLD", value_name = "NAME|FILE", default_value = "dorm")]
    pub(crate) world: String,
    /// The address by which browsers reach the site, if it is another one than those listened on
    #[arg(long, env = "RECONNECT_PUBLIC_URL", value_name = "URL", value_parser = settings::public_url)]
    pub(crate) public_url: Option<String>,
    /// The time that it is now, for the server, whose clock runs on from there: RFC 3339 or seconds since 1970
    #[arg(long, env = "RECONNECT_CLOCK", value_name = "TIME", value_parser = settings::time)]
    pub(crate) clock: Option<Time>,
    /// A proxy whose X-Forwarded-For, -Proto and -Host count: an address or a network; may be given several times
    #[arg(long, env = "RECONNECT_TRUSTED_PROXY", value_name = "NET", value_delimiter = ',', value_parser = settings::network)]
    pub(crate) trusted_proxy: Vec<IpNet>,
    /// Which addresses the server may call: of applications, and of pages that links lead to [default: applications on loopback if it
    /// listens there only, else none; no pages]
    #[arg(long, env = "RECONNECT_OUTBOUND", value_enum, value_name = "REACH")]
    pub(crate) outbound: Option<OutboundReach>,
}

impl ServeFlags {
    /// As with no flag on the command line: defaults, and the environment.
    pub(crate) fn from_environment() -> ServeFlags {
        let command = ServeFlags::augment_args(clap::Command::new("reconnect"));
        let matches = command.get_matches_from(["reconnect"]);
        ServeFlags::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// A certificate authority of one's own, made at the first start.
    Local,
    /// Files of one's own.
    Files {
        /// The certificate and those above it.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
}

impl FromStr for Tls {
    type Err = String;

    fn from_str(text: &str) -> Result<Tls, String> {
        match text.split_once(',') {
            None if text == "local" => Ok(Tls::Local),
            Some((certificate, key)) if !certificate.is_empty() && !key.is_empty() => {
                Ok(Tls::Files { certificate: certificate.into(), key: key.into() })
            }
            _ => Err("write `local`, or the files as CERT,KEY".to_owned()),
        }
    }
}

/// Which addresses the server may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutboundReach {
    /// None
    None,
    /// This machine
    Loopback,
    /// The internet, but neither this machine nor private networks
    Public,
    /// All
    Everywhere,
}

impl From<OutboundReach> for Reach {
    fn from(reach: OutboundReach) -> Reach {
        match reach {
            OutboundReach::None => Reach::Nowhere,
            OutboundReach::Loopback => Reach::Loopback,
            OutboundReach::Public => Reach::Public,
            OutboundReach::Everywhere => Reach::Everywhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_local_or_a_pair_of_files() {
        assert_eq!("local".parse(), Ok(Tls::Local));
        assert_eq!("a.pem,b.pem".parse(), Ok(Tls::Files { certificate: "a.pem".into(), key: "b.pem".into() }));
        assert!("a.pem".parse::<Tls>().is_err() && ",".parse::<Tls>().is_err());
    }
}
