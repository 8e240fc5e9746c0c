//! The pages of a world: what stands on them, who runs them, who is a fan, which applications they added.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use super::person::exact;
use crate::fail::{Outcome, failed};
use reconnect_core::graph::fold;
use reconnect_core::page;
use reconnect_core::{Graph, profile::Place};
use reconnect_store::Id;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A page of a world.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Page {
    /// Its page_id; drawn when absent.
    pub(crate) id: Option<u64>,
    name: String,
    pub(super) username: Option<String>,
    /// `Musician`, `Restaurant` and the like.
    r#type: String,
    location: Option<toml::Value>,
    /// `mon_1_open` and so on, in seconds of the reference's week.
    hours: BTreeMap<String, i64>,
    parking: BTreeMap<String, bool>,
    restaurant_services: BTreeMap<String, bool>,
    restaurant_specialties: BTreeMap<String, bool>,
    /// All that is text: `website`, `bio`, `founded` and so on.
    texts: BTreeMap<String, String>,
    /// Who runs it, by e-mail address.
    admins: Vec<String>,
    /// Its fans, by e-mail address.
    fans: Vec<String>,
    /// Whom it has blocked, by e-mail address.
    blocked: Vec<String>,
    /// The applications that were added to it, by name.
    applications: Vec<String>,
}

impl Page {
    fn model(&self) -> Result<page::Page, String> {
        Ok(page::Page {
            id: Id(self.id.unwrap_or(0)),
            version: 0,
            name: self.name.clone(),
            username: self.username.clone(),
            kind: self.r#type.clone(),
            texts: self.texts.clone(),
            location: exact::<Option<Place>>("location", self.location.as_ref())?,
            hours: self.hours.clone(),
            parking: self.parking.clone(),
            restaurant_services: self.restaurant_services.clone(),
            restaurant_specialties: self.restaurant_specialties.clone(),
        })
    }
}

/// Judges the pages.
pub(super) fn check(world: &World, taken: &mut Taken) -> Result<(), Wrong> {
    for one in &world.pages {
        let name = &one.name;
        if let Err(why) = one.model().and_then(|page| page.check()) {
            return wrong(name, format!("the page '{name}': {why}"));
        }
        if let Some(username) = &one.username {
            taken.username(username)?;
        }
        for email in one.admins.iter().chain(&one.fans).chain(&one.blocked) {
            if !taken.knows(email) {
                let why =
                    format!("the page '{name}' names {email}, and no person of this world has that e-mail address");
                return wrong(email, why);
            }
        }
        if let Some(app) = one.applications.iter().find(|app| !taken.knows_application(app)) {
            let why = format!("the page '{name}' names '{app}', and no application of this world has that name");
            return wrong(app, why);
        }
        if let Some(both) = one.fans.iter().find(|fan| one.blocked.iter().any(|other| fold(other) == fold(fan))) {
            return wrong(both, format!("{both} is a fan of the page '{name}' and blocked by it"));
        }
        id(one.id, taken)?;
    }
    Ok(())
}

/// Writes the pages, whose people and applications have been written.
pub(super) async fn load(
    graph: &Graph,
    world: &World,
    people: &HashMap<String, Id>,
    applications: &HashMap<String, Id>,
) -> Outcome {
    let person = |email: &str| people.get(&fold(email)).copied().unwrap_or_default();
    for one in &world.pages {
        let page = graph.create_page(one.model().map_err(failed)?).await?.id;
        if world.demo {
            graph.note_demo_thing(page).await?;
        }
        for email in &one.admins {
            graph.add_page_admin(page, person(email)).await?;
        }
        for email in &one.fans {
            graph.become_fan(person(email), page).await?;
        }
        for email in &one.blocked {
            graph.block_fan(page, person(email)).await?;
        }
        for app in one.applications.iter().filter_map(|app| applications.get(&fold(app))) {
            graph.add_page_app(page, *app).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::World;
    use crate::fail::Failure;

    const PEOPLE: &str = "[[person]]\nname = \"A\"\nemail = \"a@x\"\nusername = \"ann\"\n[[page]]\nname = \"P\"\n";

    #[test]
    fn a_page_that_cannot_be_is_told_with_its_line() {
        for (page, expected) in [
            ("type = \"Duck\"\n", "line 6: the page 'P': 'Duck' is no type of page"),
            ("type = \"Film\"\nusername = \"Ann\"\n", "line 8: the username Ann stands twice"),
            ("type = \"Film\"\nfans = [\"b@x\"]\n", "line 8: the page 'P' names b@x"),
            ("type = \"Film\"\nadmins = [\"b@x\"]\n", "the page 'P' names b@x"),
            ("type = \"Film\"\nfans = [\"a@x\"]\nblocked = [\"A@x\"]\n", "is a fan of the page 'P' and blocked"),
            ("type = \"Film\"\napplications = [\"W\"]\n", "no application of this world"),
            ("type = \"Film\"\nlocation = { town = \"X\" }\n", "no 'town'"),
            ("type = \"Film\"\ntexts = { motto = \"X\" }\n", "there is no field 'motto'"),
            ("type = \"Film\"\nmotto = \"X\"\n", "unknown field `motto`"),
            ("type = \"Film\"\nid = 1\n", "the id 1 is not one to choose"),
        ] {
            let Err(Failure::Failed(told)) = World::parse("w", &format!("{PEOPLE}{page}")) else { panic!("{page}") };
            assert!(told.contains(expected), "{told} for {page}");
        }
        World::parse("w", &format!("{PEOPLE}type = \"Film\"\nfans = [\"a@x\"]\nusername = \"p\"\n")).unwrap();
    }
}
