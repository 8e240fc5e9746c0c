//! Worlds: readable texts of people, friendships, applications and who installed what. This file reads one; `check` judges it, `load`
//! puts it into a file.

mod albums;
mod check;
mod events;
mod groups;
mod links;
mod load;
mod messages;
mod notes;
mod pages;
mod painting;
mod person;
mod posts;

pub(crate) use check::{application as check_application, email as check_email};
pub(crate) use load::load;
pub(crate) use person::{Person, split_name};

use crate::fail::{Outcome, failed};
use reconnect_core::model::{Application, CanvasEntry};
use reconnect_core::permission::Permissions;
use reconnect_store::Id;
use serde::Deserialize;
use std::path::Path;

/// The worlds that come with the program: name, text.
pub(crate) const SHIPPED: [(&str, &str); 2] =
    [("dorm", include_str!("../../worlds/dorm.toml")), ("empty", include_str!("../../worlds/empty.toml"))];

/// A world, as its text says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct World {
    /// One line for lists.
    pub(crate) about: String,
    /// Its passwords and secrets are public: its people can be logged in by a click, and nothing of it serves beyond loopback.
    pub(crate) demo: bool,
    /// The people.
    #[serde(rename = "person")]
    pub(crate) people: Vec<Person>,
    /// Pairs of e-mail addresses.
    pub(crate) friendships: Vec<[String; 2]>,
    /// The lists in which people put friends.
    #[serde(rename = "friend_list")]
    pub(crate) friend_lists: Vec<FriendList>,
    /// The groups.
    #[serde(rename = "group")]
    pub(crate) groups: Vec<groups::Group>,
    /// The events.
    #[serde(rename = "event")]
    pub(crate) events: Vec<events::Event>,
    /// The applications.
    #[serde(rename = "application")]
    pub(crate) applications: Vec<App>,
    /// Who authorised what.
    #[serde(rename = "install")]
    pub(crate) installs: Vec<Install>,
    /// The pages of bands, shops and towns.
    #[serde(rename = "page")]
    pub(crate) pages: Vec<pages::Page>,
    /// What was posted on walls.
    #[serde(rename = "post")]
    pub(crate) posts: Vec<posts::Post>,
    /// What people wrote.
    #[serde(rename = "note")]
    pub(crate) notes: Vec<notes::Note>,
    /// What people shared.
    #[serde(rename = "link")]
    pub(crate) links: Vec<links::Link>,
    /// What people and pages wrote to people.
    #[serde(rename = "thread")]
    pub(crate) threads: Vec<messages::ThreadText>,
    /// What people were notified of.
    #[serde(rename = "notification")]
    pub(crate) notifications: Vec<messages::NotificationText>,
    /// Who wants to be whose friend.
    #[serde(rename = "friend_request")]
    pub(crate) friend_requests: Vec<messages::RequestText>,
    /// Who poked whom, by e-mail address.
    pub(crate) pokes: Vec<[String; 2]>,
    /// What was shared with whom.
    #[serde(rename = "share")]
    pub(crate) shares: Vec<messages::ShareText>,
    /// The albums of its people.
    #[serde(rename = "album")]
    pub(crate) albums: Vec<albums::AlbumOfWorld>,
}

/// A friend list of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FriendList {
    /// Its flid; drawn when absent.
    pub(crate) id: Option<u64>,
    /// Whose, by e-mail address.
    pub(crate) owner: String,
    /// What they call it.
    pub(crate) name: String,
    /// Friends of the owner, by e-mail address.
    #[serde(default)]
    pub(crate) members: Vec<String>,
}

/// An application of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct App {
    /// Drawn when absent, like key and secret.
    pub(crate) id: Option<u64>,
    pub(crate) name: String,
    pub(crate) api_key: Option<String>,
    pub(crate) secret: Option<String>,
    pub(crate) desktop: bool,
    pub(crate) canvas_name: Option<String>,
    /// `signed_request`, `signed_request_get`, `fb_sig` or `fb_sig_post`.
    pub(crate) canvas_entry: CanvasEntry,
    pub(crate) callback_url: Option<String>,
    pub(crate) connect_url: Option<String>,
    pub(crate) base_domain: Option<String>,
    pub(crate) post_authorize_url: Option<String>,
    pub(crate) post_remove_url: Option<String>,
    pub(crate) deauthorize_url: Option<String>,
    pub(crate) schemes: Vec<String>,
    pub(crate) ip_list: Vec<String>,
    pub(crate) session_lifetime: u32,
    pub(crate) no_email: bool,
    pub(crate) emails_per_day: Option<u32>,
    pub(crate) strict_call_id: bool,
    pub(crate) fine_session_errors: bool,
}

impl App {
    /// As the graph keeps it.
    pub(crate) fn model(&self, demo: bool) -> Application {
        let app = self;
        Application {
            id: Id(app.id.unwrap_or(0)),
            version: 0,
            name: app.name.clone(),
            api_key: app.api_key.clone().unwrap_or_default(),
            secret: app.secret.clone().unwrap_or_default(),
            // A secret that is drawn here is known to nobody.
            demo: demo && app.secret.is_some(),
            desktop: app.desktop,
            disabled: false,
            canvas_name: app.canvas_name.clone(),
            canvas_entry: app.canvas_entry,
            callback_url: app.callback_url.clone(),
            connect_url: app.connect_url.clone(),
            base_domain: app.base_domain.clone(),
            post_authorize_url: app.post_authorize_url.clone(),
            post_remove_url: app.post_remove_url.clone(),
            deauthorize_url: app.deauthorize_url.clone(),
            schemes: app.schemes.clone(),
            ip_list: app.ip_list.clone(),
            session_lifetime: app.session_lifetime,
            no_email: app.no_email,
            emails_per_day: app.emails_per_day,
            strict_call_id: app.strict_call_id,
            fine_session_errors: app.fine_session_errors,
        }
    }
}

/// An authorisation of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Install {
    /// Whose, by e-mail address.
    pub(crate) person: String,
    /// Of which application, by name.
    pub(crate) application: String,
    /// The extended permissions.
    #[serde(default)]
    pub(crate) permissions: Vec<String>,
}

impl Install {
    /// The permissions as a set; their names have been checked.
    pub(crate) fn granted(&self) -> Permissions {
        Permissions::parse(&self.permissions.join(",")).0
    }
}

impl World {
    /// The text of a world: a shipped one by its name, else a file.
    pub(crate) fn text(name: &str) -> Outcome<String> {
        if let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
            return Ok((*text).to_owned());
        }
        let path = Path::new(name);
        if !path.exists() {
            let names = SHIPPED.map(|(name, _)| name).join(", ");
            return Err(failed(format!("there is no world `{name}`: name one of {names}, or a file")));
        }
        std::fs::read_to_string(path).map_err(|error| failed(format!("the world {name} cannot be read: {error}")))
    }

    /// A world by name or file, read and judged.
    pub(crate) fn find(name: &str) -> Outcome<World> {
        World::parse(name, &World::text(name)?)
    }

    /// Reads and judges a text.
    pub(crate) fn parse(name: &str, text: &str) -> Outcome<World> {
        let world: World = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            failed(format!("the world {name}, line {line}: {}", error.message()))
        })?;
        check::world(&world).map_err(|(what, why)| {
            let line = line_of(text, &what).map(|line| format!(", line {line}")).unwrap_or_default();
            failed(format!("the world {name}{line}: {why}"))
        })?;
        Ok(world)
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// The last line that names a thing: where a name stands twice, the second time is what is wrong.
fn line_of(text: &str, what: &str) -> Option<usize> {
    let quoted = format!("\"{what}\"");
    let bare = format!(" {what}");
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.contains(&quoted) || line.ends_with(&bare))
        .map(|(index, _)| index + 1)
        .last()
}

#[cfg(test)]
mod tests;
