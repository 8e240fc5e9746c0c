//! The demo world as the events use it: an application with its secret, and calls signed with it.

use crate::Result;
use reconnect_wire::sign;
use serde::Deserialize;

/// The world that the events are made for: `reconnect world load dorm`.
const WORLD: &str = include_str!("../../../local/worlds/dorm.toml");

/// An application of the world.
#[derive(Deserialize)]
pub(super) struct Application {
    pub(super) name: String,
    pub(super) api_key: String,
    secret: String,
}

#[derive(Deserialize)]
struct World {
    application: Vec<Application>,
}

impl Application {
    /// The first application of the world.
    pub(super) fn first() -> Result<Application> {
        let world: World = toml::from_str(WORLD).map_err(|e| format!("the world dorm: {e}"))?;
        world.application.into_iter().next().ok_or_else(|| "the world dorm has no application".to_owned())
    }

    /// A call as a form, signed with the application's secret. The method stands in the path or, like all else, in `args`.
    pub(super) fn call(&self, args: &[(&str, &str)]) -> String {
        let common = [("api_key", self.api_key.as_str()), ("v", "1.0")];
        let args: Vec<(&str, &str)> = args.iter().copied().chain(common).collect();
        let sig = sign::signature(args.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), self.secret.as_bytes());
        let sig = String::from_utf8_lossy(&sig).into_owned();
        form_urlencoded::Serializer::new(String::new()).extend_pairs(args).append_pair("sig", &sig).finish()
    }
}
