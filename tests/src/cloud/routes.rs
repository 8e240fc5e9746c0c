//! Which function a request goes to: the routes of the template, read from the list of methods that stand.

use crate::program::workspace;

/// The function with all methods.
const RESTSERVER: &str = "restserver";
/// The function with the pages.
const WEB: &str = "web";

/// The methods that are registered, as METHODS.md lists them.
pub fn methods() -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join("METHODS.md")).expect("METHODS.md");
    let rows = text.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let done = rows.filter(|cells| cells.get(5) == Some(&"done"));
    // A name stands between backticks, in a link.
    let names: Vec<String> = done.filter_map(|cells| cells[1].split('`').nth(1)).map(str::to_owned).collect();
    assert!(!names.is_empty(), "METHODS.md lists no method as done");
    names
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The route's name.
    pub(crate) key: String,
    /// The function's handler.
    pub(crate) handler: String,
    /// Parts of the path that the route names.
    pub(crate) parameters: Vec<(&'static str, String)>,
}

/// Finds it: an exact route before one with a name in it, and letters count.
pub(crate) fn find(methods: &[String], path: &str) -> Route {
    let route =
        |key: &str, handler: &str| Route { key: key.to_owned(), handler: handler.to_owned(), parameters: Vec::new() };
    let (prefix, rest) = ["/api-read", "/api-video"]
        .into_iter()
        .find_map(|prefix| path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')).map(|rest| (prefix, rest)))
        .unwrap_or(("", path));
    if rest == "/restserver.php" {
        return route(&format!("ANY {prefix}/restserver.php"), RESTSERVER);
    }
    match rest.strip_prefix("/method/").filter(|name| !name.is_empty() && !name.contains('/')) {
        Some(name) if prefix.is_empty() && methods.iter().any(|method| method == name) => {
            route(&format!("ANY /method/{name}"), name)
        }
        Some(name) => {
            let found = route(&format!("ANY {prefix}/method/{{name}}"), RESTSERVER);
            Route { parameters: vec![("name", name.to_owned())], ..found }
        }
        None => route("$default", WEB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_finds_its_function() {
        let methods = methods();
        for (path, handler) in [
            ("/method/auth.getSession", "auth.getSession"),
            ("/method/AUTH.getSession", RESTSERVER),
            ("/method/facebook.auth.getSession", RESTSERVER),
            ("/method/users.fly", RESTSERVER),
            ("/api-read/method/auth.getSession", RESTSERVER),
            ("/api-video/restserver.php", RESTSERVER),
            ("/restserver.php", RESTSERVER),
            ("/restserver.php/x", WEB),
            ("/method/", WEB),
            ("/method/a/b", WEB),
            ("/api-readx/restserver.php", WEB),
            ("/login.php", WEB),
            ("/", WEB),
        ] {
            assert_eq!(find(&methods, path).handler, handler, "{path}");
        }
        assert_eq!(find(&methods, "/method/x").parameters, [("name", "x".to_owned())]);
    }
}
