//! The environment, every setting on one line.
//!
//! | variable | what it says |
//! |---|---|
//! | `_HANDLER` | what this function serves; see `role` |
//! | `RECONNECT_TABLE`, `RECONNECT_ENDPOINT` | the DynamoDB table, and where it is if not at the region's own address |
//! | `RECONNECT_BUCKET`, `RECONNECT_BUCKET_ENDPOINT` | the S3 bucket of what people upload, and where it is if not at the region's own address |
//! | `RECONNECT_DB` | the SQLite file, in a build with the feature `sqlite` |
//! | `RECONNECT_PUBLIC_URL` | the address by which browsers reach the site |
//! | `RECONNECT_TRUSTED_PROXY` | proxies whose forwarded headers count: addresses or networks, by comma |
//! | `RECONNECT_FRONT_SECRET` | what the owner's own front sends in `x-reconnect-front`; see `event` |
//! | `RECONNECT_OUTBOUND` | which addresses may be called, of applications and of pages: none, loopback, public, everywhere |
//! | `RECONNECT_TOKENS_OVER_HTTP` | `true`: access tokens are taken over plain http |
//! | `RECONNECT_CLOCK` | the time that it is now, for this function |
//!
//! Region and credentials are AWS's own variables, and so are the settings of the log.

use crate::environment::Environment;
use crate::place::Place;
use crate::role::Role;
use ipnet::IpNet;
use reconnect_core::Settings;
use reconnect_core::outbound::Reach;
use reconnect_functions::settings;
use reconnect_store::Time;
use reconnect_wire::Limits;

/// The gateway hands 6 MiB at most to a function, in which a body that is no text takes a third more room. What would be lost at
/// the door is refused by name.
const MOST_BODY: usize = 4_500_000;

/// What the owner decided.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// What the function serves.
    pub(crate) role: Role,
    /// Where the graph lies.
    pub(crate) place: Place,
    /// The address by which browsers reach the site.
    pub(crate) public_url: Option<String>,
    /// Proxies whose forwarded headers count.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// What the owner's own front proves itself with.
    pub(crate) front_secret: Option<String>,
    /// When the clock starts, if it is not the machine's.
    pub(crate) clock: Option<Time>,
    /// What the core is told.
    pub(crate) settings: Settings,
}

impl Config {
    /// From the environment, as `look` knows it. The error is one line.
    pub(crate) fn read(look: &dyn Fn(&str) -> Option<String>) -> Result<Config, String> {
        let env = Environment::new(look);
        let reach = env.parsed("RECONNECT_OUTBOUND", settings::reach)?.unwrap_or(Reach::Nowhere);
        Ok(Config {
            role: Role::of(&env.text("_HANDLER").unwrap_or_default())?,
            place: Place::read(&env)?,
            public_url: env.parsed("RECONNECT_PUBLIC_URL", settings::public_url)?,
            trusted_proxies: env.parsed("RECONNECT_TRUSTED_PROXY", networks)?.unwrap_or_default(),
            front_secret: env.text("RECONNECT_FRONT_SECRET"),
            clock: env.parsed("RECONNECT_CLOCK", settings::time)?,
            settings: Settings {
                limits: limits(),
                tokens_over_http: env.parsed("RECONNECT_TOKENS_OVER_HTTP", yes_or_no)?.unwrap_or(false),
                reach,
                pages: pages(reach),
                ..Settings::default()
            },
        })
    }
}

/// What holds for requests here.
pub(crate) fn limits() -> Limits {
    Limits { body: MOST_BODY, video: MOST_BODY, ..Limits::default() }
}

/// Pages are named by callers, and on loopback a function has the runtime that feeds it: `everywhere` stops at the internet for them.
fn pages(reach: Reach) -> Reach {
    if reach == Reach::Everywhere { Reach::Public } else { reach }
}

fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',').map(|one| settings::network(one.trim())).collect()
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "write true or false".to_owned())
}
