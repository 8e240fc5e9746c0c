//! What a function serves, told by its handler's name.

use reconnect_core::Handler;
use reconnect_functions::METHODS;

/// All methods, for clients that name the method in the body.
const RESTSERVER: &str = "restserver";
/// The pages.
const WEB: &str = "web";
/// The scheduled function that carries on unfinished work.
const INTENTS: &str = "intents";
/// So many near names are offered.
const NEAR: usize = 3;

/// What a function serves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// One method.
    Method(&'static Handler),
    /// All methods.
    Restserver,
    /// The pages.
    Web,
    /// Unfinished work.
    Intents,
}

impl Role {
    /// By the handler's name, as the runtime hands it over in `_HANDLER`.
    pub(crate) fn of(handler: &str) -> Result<Role, String> {
        match handler {
            RESTSERVER => Ok(Role::Restserver),
            WEB => Ok(Role::Web),
            INTENTS => Ok(Role::Intents),
            _ => METHODS.iter().find(|method| method.name == handler).map(Role::Method).ok_or_else(|| unknown(handler)),
        }
    }
}

fn unknown(handler: &str) -> String {
    let mut near: Vec<(f64, &str)> = METHODS
        .iter()
        .map(|method| method.name)
        .chain([RESTSERVER, WEB, INTENTS])
        .map(|name| (strsim::jaro_winkler(&handler.to_ascii_lowercase(), &name.to_ascii_lowercase()), name))
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<&str> = near.into_iter().take(NEAR).map(|(_, name)| name).collect();
    format!(
        "_HANDLER is {handler:?}, which names nothing that is served; it takes a method's name, {RESTSERVER}, {WEB} or {INTENTS}. \
         Near it: {}",
        near.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_is_named_exactly() {
        assert!(matches!(Role::of("auth.getSession"), Ok(Role::Method(method)) if method.name == "auth.getSession"));
        assert!(matches!(Role::of("restserver"), Ok(Role::Restserver)));
        assert!(matches!(Role::of("web"), Ok(Role::Web)));
        assert!(matches!(Role::of("intents"), Ok(Role::Intents)));
    }

    #[test]
    fn an_unknown_handler_is_told_the_near_names() {
        let error = Role::of("auth.getsesion").unwrap_err();
        assert!(error.contains("\"auth.getsesion\"") && error.contains("Near it: auth.getSession, "), "{error}");
        assert!(Role::of("").is_err() && Role::of("users.getInfos").is_err());
    }
}
