//! Whom the posts of a view name: a person, page, group, event or application as stream.get lists them.

use reconnect_core::names::Named;
use schemars::JsonSchema;
use serde::Serialize;

/// Somebody or something that a post names.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "profile")]
pub(crate) struct Profile {
    /// Their id.
    id: u64,
    /// Their page.
    url: String,
    /// Their name.
    name: String,
    /// A small square picture.
    pic_square: String,
    /// `user`, `page`, `group`, `event` or `application`.
    r#type: &'static str,
}

impl Profile {
    /// As the site at this address shows it.
    pub(crate) fn of(one: Named, site: &str) -> Profile {
        let Named { id, kind, name } = one;
        let url = match kind {
            "group" => format!("{site}/group.php?gid={id}"),
            "event" => format!("{site}/event.php?eid={id}"),
            "application" => format!("{site}/apps/application.php?id={id}"),
            _ => format!("{site}/profile.php?id={id}"),
        };
        Profile { id: id.0, url, name, pic_square: format!("{site}/{id}/picture?type=square"), r#type: kind }
    }
}
