//! The groups of a world: what stands in its text, whether they can be, and how they come into a file.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use super::person::exact;
use crate::fail::{Outcome, failed};
use reconnect_core::Graph;
use reconnect_core::graph::fold;
use reconnect_core::group::{self, Membership};
use reconnect_core::openness::Openness;
use reconnect_core::profile::Place;
use reconnect_store::Id;
use serde::Deserialize;
use std::collections::HashMap;

/// A group of a world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// Its gid; drawn when absent.
    pub(crate) id: Option<u64>,
    name: String,
    /// Who made it, by e-mail address, like everybody below.
    creator: String,
    /// `OPEN`, `CLOSED` or `SECRET`.
    #[serde(default)]
    privacy: Openness,
    #[serde(default)]
    nid: u64,
    #[serde(default)]
    description: String,
    #[serde(default)]
    group_type: String,
    #[serde(default)]
    group_subtype: String,
    #[serde(default)]
    recent_news: String,
    #[serde(default)]
    office: String,
    #[serde(default)]
    website: String,
    /// Where it meets: `street`, `city`, `state`, `country` and so on.
    venue: Option<toml::Value>,
    /// Who is in it beside its creator.
    #[serde(default)]
    members: Vec<String>,
    /// Members who administer it.
    #[serde(default)]
    admins: Vec<String>,
    /// Members who hold an office.
    #[serde(default)]
    officers: Vec<String>,
    /// Who was invited and has not answered.
    #[serde(default)]
    invited: Vec<String>,
}

impl Group {
    /// As the graph keeps it.
    fn model(&self, creator: Id) -> Result<group::Group, String> {
        Ok(group::Group {
            id: Id(self.id.unwrap_or(0)),
            name: self.name.trim().to_owned(),
            nid: self.nid,
            description: self.description.clone(),
            group_type: self.group_type.clone(),
            group_subtype: self.group_subtype.clone(),
            recent_news: self.recent_news.clone(),
            creator: Some(creator),
            office: self.office.clone(),
            website: self.website.clone(),
            venue: exact::<Option<Place>>("venue", self.venue.as_ref())?,
            openness: self.privacy,
            ..group::Group::default()
        })
    }

    /// Everybody who is in it or was invited, its creator aside, and what they are.
    fn people(&self) -> Vec<(&str, Membership)> {
        let is_in = |list: &[String], email: &str| list.iter().any(|one| fold(one) == fold(email));
        let members = self.members.iter().map(|email| {
            let (admin, officer) = (is_in(&self.admins, email), is_in(&self.officers, email));
            (email.as_str(), Membership { admin, officer, ..Membership::default() })
        });
        let invited = Membership { not_replied: true, ..Membership::default() };
        members.chain(self.invited.iter().map(|email| (email.as_str(), invited))).collect()
    }

    fn check(&self, taken: &mut Taken) -> Result<(), Wrong> {
        let name = &self.name;
        if name.trim().is_empty() {
            return wrong(name, format!("the group of {} needs a name", self.creator));
        }
        let named = std::iter::once(self.creator.as_str()).chain(self.people().into_iter().map(|(email, _)| email));
        let mut seen = std::collections::HashSet::new();
        for email in named {
            if !taken.knows(email) {
                return wrong(
                    email,
                    format!("the group '{name}' names {email}, and no person of this world has that e-mail address"),
                );
            }
            if !seen.insert(fold(email)) {
                return wrong(email, format!("the group '{name}' names {email} twice"));
            }
        }
        let members: Vec<String> = self.members.iter().map(|email| fold(email)).collect();
        if let Some(other) = self.admins.iter().chain(&self.officers).find(|email| !members.contains(&fold(email))) {
            return wrong(other, format!("in the group '{name}', {other} is to be something and is no member"));
        }
        if let Err(why) = self.model(Id(0)) {
            return wrong(name, format!("the group '{name}': {why}"));
        }
        id(self.id, taken)
    }
}

/// Judges the groups of a world whose people have been judged.
pub(super) fn check(world: &World, taken: &mut Taken) -> Result<(), Wrong> {
    world.groups.iter().try_for_each(|group| group.check(taken))
}

/// Puts them into a file that holds the people.
pub(super) async fn load(graph: &Graph, world: &World, people: &HashMap<String, Id>) -> Outcome {
    let person = |email: &str| people.get(&fold(email)).copied().unwrap_or_default();
    for group in &world.groups {
        let made = graph.create_group(group.model(person(&group.creator)).map_err(failed)?).await?;
        if world.demo {
            graph.note_demo_thing(made.id).await?;
        }
        let members: Vec<_> = group.people().into_iter().map(|(email, is)| (person(email), is)).collect();
        graph.add_to_group(made.id, &members).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::load;
    use reconnect_core::Settings;
    use reconnect_store::SystemClock;
    use std::sync::Arc;

    fn world(group: &str) -> Outcome<World> {
        let person = |name: &str| format!("[[person]]\nname = \"{name}\"\nemail = \"{name}@x\"\n");
        let group = format!("[[group]]\nname = \"Chess\"\ncreator = \"a@x\"\n{group}");
        World::parse("w", &format!("{}{}{}{group}", person("a"), person("b"), person("c")))
    }

    #[tokio::test]
    async fn a_group_is_loaded_with_everybody_in_it() {
        let home = crate::home::Home::in_memory(Arc::new(SystemClock), Settings::default()).await.unwrap();
        let text = "id = 77\nprivacy = \"SECRET\"\nvenue = { city = \"Bergen\" }\nmembers = [\"B@x\"]\nadmins = [\"b@x\"]\ninvited = [\"c@x\"]\n";
        load(&home.services, &world(text).unwrap()).await.unwrap();
        let graph = &home.services.graph;
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            ids.push(graph.person_by_email(&format!("{name}@x")).await.unwrap().unwrap().0.id);
        }
        let (group, people) = graph.group_members(ids[2], Id(77)).await.unwrap().unwrap();
        assert_eq!((group.name.as_str(), group.openness, group.creator), ("Chess", Openness::Secret, Some(ids[0])));
        assert_eq!(group.venue.unwrap().city, "Bergen");
        let is = |at: usize| people.iter().find(|(id, _)| *id == ids[at]).unwrap().1;
        assert!(is(0).owner && is(0).admin && is(1).admin && !is(1).owner && is(2).not_replied);
        let clash = world("id = 77\n").unwrap();
        assert!(load(&home.services, &clash).await.is_err());
    }

    #[test]
    fn a_group_that_cannot_be_is_told_with_its_line() {
        for (text, expected) in [
            ("privacy = \"open\"\n", "unknown variant `open`"),
            ("members = [\"d@x\"]\n", "line 13: the group 'Chess' names d@x"),
            ("members = [\"b@x\", \"B@x\"]\n", "names B@x twice"),
            ("invited = [\"a@x\"]\n", "names a@x twice"),
            ("members = [\"b@x\"]\nofficers = [\"c@x\"]\n", "c@x is to be something and is no member"),
            ("venue = { town = \"X\" }\n", "the group 'Chess': venue: there is no 'town'"),
            ("id = 1\n", "the id 1 is not one to choose"),
            ("creater = \"b@x\"\n", "unknown field"),
        ] {
            let crate::fail::Failure::Failed(told) = world(text).unwrap_err() else { panic!("{text}") };
            assert!(told.contains(expected), "{told:?} for {text:?}");
        }
    }
}
