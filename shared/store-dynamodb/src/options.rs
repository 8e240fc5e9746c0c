//! Which table, where, as whom.

use crate::error::OpenError;
use aws_sdk_dynamodb::config::Credentials;
use std::fmt;
use std::time::Duration;

/// Which table, where, as whom; how long things may take.
#[derive(Clone)]
pub struct Options {
    /// The table's name.
    pub table: String,
    /// The region.
    pub region: String,
    /// `scheme://host:port`, where it is not the region's own address.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
    /// How long one operation of the store may take, all its tries together.
    pub deadline: Duration,
    /// How long one request may take.
    pub request_timeout: Duration,
}

/// A function has 10 s; an answer that says "try again" must still fit.
const DEADLINE: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_millis(1500);
/// Where a stand-in's region does not matter.
const SOME_REGION: &str = "us-east-1";

impl Options {
    /// A table, as the environment of a function (or of a shell) says: `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`. A stand-in on this machine needs none of them.
    pub fn from_environment(table: String, endpoint: Option<String>) -> Result<Options, OpenError> {
        Options::read(table, endpoint, &|name| std::env::var(name).ok())
    }

    fn read(
        table: String,
        endpoint: Option<String>,
        look: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Options, OpenError> {
        let look = |name: &str| look(name).filter(|text| !text.is_empty());
        let local = endpoint.as_deref().is_some_and(on_this_machine);
        let missing = |what: &str| OpenError::Setting(what.to_owned());
        if let Some(endpoint) = endpoint.as_deref().filter(|endpoint| !is_endpoint(endpoint)) {
            return Err(OpenError::Setting(format!("the endpoint is {endpoint:?}; write it as http(s)://HOST[:PORT]")));
        }
        let region = look("AWS_REGION")
            .or_else(|| look("AWS_DEFAULT_REGION"))
            .or_else(|| local.then(|| SOME_REGION.to_owned()))
            .ok_or_else(|| missing("AWS_REGION is not set; it names the region that the table is in"))?;
        let credentials = match (look("AWS_ACCESS_KEY_ID"), look("AWS_SECRET_ACCESS_KEY")) {
            (Some(key), Some(secret)) => {
                Credentials::new(key, secret, look("AWS_SESSION_TOKEN"), None, "the environment")
            }
            _ if local => Credentials::new("local", "local", None, None, "a stand-in on this machine"),
            _ => {
                return Err(missing(
                    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; `aws configure export-credentials --format env` \
                     prints them",
                ));
            }
        };
        Ok(Options { table, region, endpoint, credentials, deadline: DEADLINE, request_timeout: REQUEST_TIMEOUT })
    }

    /// Whether the endpoint is on this machine, so that nobody else reaches what is written there.
    pub fn is_local(&self) -> bool {
        self.endpoint.as_deref().is_some_and(on_this_machine)
    }
}

/// Without the secret.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { table, region, endpoint, .. } = self;
        f.debug_struct("Options")
            .field("table", table)
            .field("region", region)
            .field("endpoint", endpoint)
            .finish_non_exhaustive()
    }
}

fn is_endpoint(text: &str) -> bool {
    let Ok(uri) = text.parse::<http::Uri>() else { return false };
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() && matches!(uri.path(), "" | "/")
}

/// By the name of the host alone: no name is looked up.
fn on_this_machine(endpoint: &str) -> bool {
    let Ok(uri) = endpoint.parse::<http::Uri>() else { return false };
    match uri.host() {
        Some("localhost") => true,
        Some(host) => host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(endpoint: Option<&str>, variables: &[(&str, &str)]) -> Result<Options, String> {
        let look = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Options::read("graph".to_owned(), endpoint.map(str::to_owned), &look).map_err(|error| error.to_string())
    }

    #[test]
    fn a_stand_in_on_this_machine_needs_no_account() {
        for endpoint in ["http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:8000/"] {
            assert!(read(Some(endpoint), &[]).unwrap().is_local(), "{endpoint}");
        }
        for elsewhere in ["http://dynamo.example", "http://127.0.0.1.example:8000", "https://localhost.example"] {
            assert!(read(Some(elsewhere), &[]).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(read(None, &[]).unwrap_err().contains("AWS_REGION"));
        assert!(read(None, &[("AWS_REGION", "eu-west-1")]).unwrap_err().contains("AWS_ACCESS_KEY_ID"));
        let keys =
            [("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "s3cret")];
        let options = read(None, &keys).unwrap();
        assert_eq!((options.region.as_str(), options.is_local()), ("eu-west-1", false));
        assert!(!format!("{options:?}").contains("s3cret"));
        for wrong in ["127.0.0.1:8000", "ftp://127.0.0.1", "http://127.0.0.1/path", "nonsense"] {
            assert!(read(Some(wrong), &keys).unwrap_err().contains(wrong), "{wrong}");
        }
    }
}
