//! Whom a group or an event is open to: the one word that both carry, and how names of people are told beside them.

use crate::context::{Context, Signed};
use crate::error::Result;
use crate::event::{Attendance, event_in, events_key};
use crate::graph::Graph;
use crate::group::{Membership, group_in, groups_key};
use crate::kinds;
use crate::model::decode;
use reconnect_store::{Found, Id, Key};
use reconnect_wire::Code;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Whom a group or an event is open to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Openness {
    /// Everybody.
    #[default]
    Open,
    /// Who was let in; others may know that it is there.
    Closed,
    /// Who was let in, and nobody else knows of it.
    Secret,
}

impl Openness {
    /// The word of the API.
    pub const fn name(self) -> &'static str {
        match self {
            Openness::Open => "OPEN",
            Openness::Closed => "CLOSED",
            Openness::Secret => "SECRET",
        }
    }

    /// What a caller says, in whichever case.
    pub fn find(name: &str) -> Option<Openness> {
        let all = [Openness::Open, Openness::Closed, Openness::Secret];
        all.into_iter().find(|one| one.name().eq_ignore_ascii_case(name.trim()))
    }
}

impl Context {
    /// Error 200 where an access token reads what is not open and has not got the permission for it. A session key is as much leave as it was
    /// before there were access tokens.
    pub fn check_token_reads(&self, openness: Openness, permission: &str) -> Result<()> {
        let grant = self.caller.grant.as_ref();
        let granted = grant.is_some_and(|grant| grant.permissions.allow(permission));
        if self.caller.signed != Signed::UserToken || openness == Openness::Open || granted {
            return Ok(());
        }
        Err(Code::Permission.because(format!("what is not open takes the permission {permission}")).into())
    }
}

impl Graph {
    /// Those of these people whom an application may tell a viewer of: who is gone or opted out is not among them. What is no person, such as
    /// a page or an application, is, as long as it is there.
    pub(crate) async fn may_be_named(&self, viewer: Option<Id>, ids: &[Id]) -> Result<HashSet<Id>> {
        let keys: Vec<Key> = ids.iter().copied().map(Key::Object).collect();
        let mut named = HashSet::with_capacity(ids.len());
        for (id, found) in ids.iter().zip(self.get(&keys).await?) {
            if is_named(viewer, &found)? {
                named.insert(*id);
            }
        }
        Ok(named)
    }
}

impl Graph {
    /// Those of these owners that are groups or events and do not let a viewer in; their records have been read. The viewer's side is read
    /// only where one of them is not open.
    pub(crate) async fn not_letting_in(&self, viewer: Option<Id>, records: &[Found]) -> Result<HashSet<Id>> {
        let mut out = HashSet::new();
        let (mut groups, mut events) = (Vec::new(), Vec::new());
        for record in records {
            groups.extend(group_in(record)?.filter(|group| !group.shows_inside(None)));
            events.extend(event_in(record)?.filter(|event| !event.shows(None)));
        }
        let keys: Vec<Key> = match viewer {
            Some(viewer) => {
                let groups = groups.iter().map(|group| groups_key(viewer, group.id));
                groups.chain(events.iter().map(|event| events_key(viewer, event.id))).collect()
            }
            None => Vec::new(),
        };
        let found = if keys.is_empty() { Vec::new() } else { self.get(&keys).await? };
        for (at, group) in groups.iter().enumerate() {
            if !group.shows_inside(Membership::found(group.id, found.get(at))?) {
                out.insert(group.id);
            }
        }
        for (at, event) in events.iter().enumerate() {
            if !event.shows(Attendance::found(event.id, found.get(groups.len() + at))?) {
                out.insert(event.id);
            }
        }
        Ok(out)
    }
}

/// Whether what was found is somebody or something that a viewer may be told of.
pub(crate) fn is_named(viewer: Option<Id>, found: &Found) -> Result<bool> {
    Ok(match found {
        Found::Object(Some(object)) if object.is(kinds::PERSON) => {
            viewer == Some(object.id) || !decode::<OptedOut>("person", object.id, &object.data)?.opted_out
        }
        found => matches!(found, Found::Object(Some(_))),
    })
}

/// Of a person's record only what says whether applications may know of them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OptedOut {
    opted_out: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_found_in_any_case_and_kept_as_they_are() {
        for (text, expected) in [("open", Openness::Open), (" Closed", Openness::Closed), ("SECRET", Openness::Secret)]
        {
            assert_eq!(Openness::find(text), Some(expected));
            assert_eq!(serde_json::to_string(&expected).unwrap(), format!("\"{}\"", expected.name()));
        }
        assert_eq!(Openness::find("hidden"), None);
    }
}
