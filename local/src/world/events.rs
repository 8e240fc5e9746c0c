//! The events of a world: what stands in its text, whether they can be, and how they come into a file.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use super::painting::{Painting, has_place};
use super::person::exact;
use crate::fail::{Outcome, failed};
use reconnect_core::Services;
use reconnect_core::event::{self, Attendance, Rsvp};
use reconnect_core::graph::fold;
use reconnect_core::openness::Openness;
use reconnect_core::profile::Place;
use reconnect_store::Id;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// What of an event can be left unshown.
const PARTS: [&str; 5] = ["search", "wall", "videos", "photos", "posts"];

/// An event of a world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    /// Its eid; drawn when absent.
    pub(crate) id: Option<u64>,
    name: String,
    /// Who made it, by e-mail address, like everybody below.
    creator: String,
    /// In how many hours from the loading of the world it begins: a world is as fresh as its file.
    starts_in: i64,
    /// How many hours it takes.
    hours: u16,
    /// The application through which it was made, by name.
    application: Option<String>,
    /// `OPEN`, `CLOSED` or `SECRET`.
    #[serde(default)]
    privacy: Openness,
    #[serde(default)]
    nid: u64,
    /// Who invites, in words; the creator's name when absent.
    host: Option<String>,
    #[serde(default)]
    tagline: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    event_type: String,
    #[serde(default)]
    event_subtype: String,
    #[serde(default)]
    location: String,
    /// Where that is: `street`, `city`, `state`, `country` and so on.
    venue: Option<toml::Value>,
    /// `motif` and `colors`, as a photo has them.
    picture: Option<Painting>,
    /// Only its administrators are told who comes.
    #[serde(default)]
    hide_guest_list: bool,
    /// What is not shown of it: `search`, `wall`, `videos`, `photos`, `posts`.
    #[serde(default)]
    not_shown: Vec<String>,
    /// Guests who administer it beside its creator.
    #[serde(default)]
    admins: Vec<String>,
    /// Who comes beside its creator.
    #[serde(default)]
    attending: Vec<String>,
    /// Who may come.
    #[serde(default)]
    unsure: Vec<String>,
    /// Who does not.
    #[serde(default)]
    declined: Vec<String>,
    /// Who was invited and has not answered.
    #[serde(default)]
    invited: Vec<String>,
}

impl Event {
    /// As the graph keeps it.
    fn model(&self, creator: Id, name: &str, app: Option<Id>, now: i64) -> Result<event::Event, String> {
        let full_hour = now - now.rem_euclid(3600);
        let start_time = full_hour.saturating_add(self.starts_in.saturating_mul(3600));
        Ok(event::Event {
            id: Id(self.id.unwrap_or(0)),
            name: self.name.trim().to_owned(),
            tagline: self.tagline.clone(),
            nid: self.nid,
            host: self.host.clone().unwrap_or_else(|| name.to_owned()),
            description: self.description.clone(),
            event_type: self.event_type.clone(),
            event_subtype: self.event_subtype.clone(),
            start_time,
            end_time: start_time.saturating_add(i64::from(self.hours) * 3600),
            creator,
            maker: Some(creator),
            app,
            location: self.location.clone(),
            venue: exact::<Option<Place>>("venue", self.venue.as_ref())?,
            openness: self.privacy,
            hide_guest_list: self.hide_guest_list,
            not_shown: self.not_shown.clone(),
            ..event::Event::default()
        })
    }

    /// Its guests, its creator aside.
    fn guests(&self) -> Vec<(&str, Attendance)> {
        let lists = [
            (&self.attending, Rsvp::Attending),
            (&self.unsure, Rsvp::Unsure),
            (&self.declined, Rsvp::Declined),
            (&self.invited, Rsvp::NotReplied),
        ];
        let admin = |email: &str| self.admins.iter().any(|one| fold(one) == fold(email));
        lists
            .into_iter()
            .flat_map(|(list, status)| list.iter().map(move |email| (email.as_str(), status)))
            .map(|(email, status)| (email, Attendance { status, admin: admin(email) }))
            .collect()
    }

    fn check(&self, taken: &mut Taken) -> Result<(), Wrong> {
        let name = &self.name;
        if name.trim().is_empty() {
            return wrong(name, format!("the event of {} needs a name", self.creator));
        }
        let guests = self.guests();
        let mut seen = HashSet::new();
        for email in std::iter::once(self.creator.as_str()).chain(guests.iter().map(|(email, _)| *email)) {
            if !taken.knows(email) {
                return wrong(
                    email,
                    format!("the event '{name}' names {email}, and no person of this world has that e-mail address"),
                );
            }
            if !seen.insert(fold(email)) {
                return wrong(email, format!("the event '{name}' names {email} twice"));
            }
        }
        if let Some(other) = self.admins.iter().find(|email| !seen.contains(&fold(email))) {
            return wrong(other, format!("{other} is to administer the event '{name}' and is no guest of it"));
        }
        if let Some(app) = self.application.as_ref().filter(|app| !taken.knows_application(app)) {
            return wrong(
                app,
                format!("the event '{name}' names '{app}', and no application of this world has that name"),
            );
        }
        if let Some(part) = self.not_shown.iter().find(|part| !PARTS.contains(&part.as_str())) {
            return wrong(part, format!("the event '{name}' has no '{part}': it has {}", PARTS.join(", ")));
        }
        if let Err(why) = self.model(Id(0), "", None, 0) {
            return wrong(name, format!("the event '{name}': {why}"));
        }
        id(self.id, taken)
    }
}

/// Judges the events of a world whose people and applications have been judged.
pub(super) fn check(world: &World, taken: &mut Taken) -> Result<(), Wrong> {
    world.events.iter().try_for_each(|event| event.check(taken))
}

/// Puts them into a file that holds the people and the applications.
pub(super) async fn load(
    services: &Services,
    world: &World,
    people: &HashMap<String, Id>,
    applications: &HashMap<String, Id>,
) -> Outcome {
    let graph = &services.graph;
    let person = |email: &str| people.get(&fold(email)).copied().unwrap_or_default();
    let shows = world.events.iter().any(|event| event.picture.is_some()) && has_place(services).await;
    for event in &world.events {
        let creator = person(&event.creator);
        let app = event.application.as_ref().and_then(|name| applications.get(&fold(name)).copied());
        let of = world.people.iter().find(|one| fold(&one.email) == fold(&event.creator));
        let name = of.map(|person| person.name.as_str()).unwrap_or_default();
        let model = event.model(creator, name, app, graph.now().secs()).map_err(failed)?;
        let picture = event.picture.filter(|_| shows).map(Painting::paint).transpose()?;
        let made = services.create_event(model, picture, |_| None).await?;
        if world.demo {
            graph.note_demo_thing(made.id).await?;
        }
        let guests: Vec<_> = event.guests().into_iter().map(|(email, is)| (person(email), is)).collect();
        graph.add_guests(made.id, &guests).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::load;
    use reconnect_core::Settings;
    use reconnect_core::event::Caller;
    use reconnect_store::SystemClock;
    use std::sync::Arc;

    fn world(event: &str) -> Outcome<World> {
        let person = |name: &str| format!("[[person]]\nname = \"{name}\"\nemail = \"{name}@x\"\n");
        let head = "[[event]]\nname = \"Ball\"\ncreator = \"a@x\"\nstarts_in = 48\nhours = 3\n";
        let app = "[[application]]\nid = 70\nname = \"Web\"\n";
        World::parse("w", &format!("{}{}{}{app}{head}{event}", person("a"), person("b"), person("c")))
    }

    #[tokio::test]
    async fn an_event_is_loaded_with_its_guests_and_lies_ahead() {
        let home = crate::home::Home::in_memory(Arc::new(SystemClock), Settings::default()).await.unwrap();
        let text = "id = 77\npicture = { motif = \"sea\", colors = [\"#102040\", \"#ffffff\"] }\nprivacy = \"CLOSED\"\napplication = \"Web\"\nvenue = { city = \"Bergen\" }\nunsure = [\"B@x\"]\nadmins = [\"b@x\"]\ninvited = [\"c@x\"]\n";
        load(&home.services, &world(text).unwrap()).await.unwrap();
        let graph = &home.services.graph;
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            ids.push(graph.person_by_email(&format!("{name}@x")).await.unwrap().unwrap().0.id);
        }
        let caller = Caller { viewer: Some(ids[2]), app: Id(70), server: true };
        let (event, guests) = graph.event_guests(caller, Id(77)).await.unwrap().unwrap();
        assert_eq!((event.name.as_str(), event.host.as_str(), event.app), ("Ball", "a", Some(Id(70))));
        let ahead = event.start_time - graph.now().secs();
        assert!((47 * 3600..=48 * 3600).contains(&ahead) && event.end_time == event.start_time + 3 * 3600, "{ahead}");
        let is = |at: usize| guests.iter().find(|(id, _)| *id == ids[at]).unwrap().1;
        assert_eq!(is(0), Attendance { status: Rsvp::Attending, admin: true });
        assert_eq!(is(1), Attendance { status: Rsvp::Unsure, admin: true });
        assert_eq!(is(2), Attendance::default());
        let files = home.services.blobs.list(None, 10).await.unwrap();
        assert!(files.len() == 3 && event.picture.unwrap().keys().iter().all(|key| files.contains(key)), "{files:?}");
        assert!(load(&home.services, &world("id = 77\n").unwrap()).await.is_err());
    }

    #[test]
    fn an_event_that_cannot_be_is_told_with_its_line() {
        for (text, expected) in [
            ("privacy = \"open\"\n", "unknown variant `open`"),
            ("attending = [\"d@x\"]\n", "the event 'Ball' names d@x"),
            ("attending = [\"b@x\"]\nunsure = [\"B@x\"]\n", "names B@x twice"),
            ("invited = [\"a@x\"]\n", "names a@x twice"),
            ("admins = [\"c@x\"]\n", "c@x is to administer the event 'Ball' and is no guest"),
            ("application = \"None\"\n", "no application of this world has that name"),
            ("not_shown = [\"guests\"]\n", "the event 'Ball' has no 'guests'"),
            ("venue = { town = \"X\" }\n", "the event 'Ball': venue: there is no 'town'"),
            ("picture = { motif = \"sea\", colors = [\"blue\", \"#ffffff\"] }\n", "'blue' is no color"),
            ("id = 1\n", "the id 1 is not one to choose"),
        ] {
            let crate::fail::Failure::Failed(told) = world(text).unwrap_err() else { panic!("{text}") };
            assert!(told.contains(expected), "{told:?} for {text:?}");
        }
    }
}
