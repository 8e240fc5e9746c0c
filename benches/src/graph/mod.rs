//! Calls that read the graph, in a town of a thousand people and in one of a million, against a bare handler that gives the same bytes; and the
//! two towns against each other.

mod town;

use crate::Outcome;
use crate::calls::bare_like;
use crate::child::Child;
use crate::figures::{Slice, median_of};
use crate::load::{Clients, Shots, Until};
use crate::plan::{CONNECTIONS, Plan};
use crate::table::{Goal, Table};
use crate::world::World;
use town::{Draw, FRIENDS, Town, id};

/// The small town.
const FEW: u64 = 1000;
/// Fields that everybody shows: the person's record tells all of them.
const PUBLIC: &str =
    "first_name,last_name,name,sex,locale,profile_url,pic_square,pic_small,pic_big,username,affiliations";
/// Fields for friends among them: how the viewer stands to each person is read, too, and whether the person uses the application.
const FOR_FRIENDS: &str =
    "first_name,last_name,name,sex,locale,profile_url,pic_square,birthday,timezone,is_app_user,affiliations";
/// Different requests of each call: so many that most people of a large town are asked about who can be.
const REQUESTS: usize = 2048;

/// A call that is measured.
struct Asked {
    subject: &'static str,
    method: &'static str,
    format: &'static str,
    /// How many people it names, and which fields of them; none for a call that names nobody.
    people: Option<(usize, &'static str)>,
    /// What an answer begins with.
    prefix: &'static str,
    /// Requests a second and CPU, to a bare handler's.
    goals: (Goal, Goal),
}

const HUNDRED: &str = "users.getInfo of 100";
const IN_XML: &str = "users.getInfo of 100, XML";

fn asked() -> Vec<Asked> {
    let info = |subject, people, fields, goals| Asked {
        subject,
        method: "users.getInfo",
        format: "JSON",
        people: Some((people, fields)),
        prefix: "[{\"uid\":",
        goals,
    };
    let none = Goal::None;
    vec![
        info("users.getInfo of one", 1, PUBLIC, (Goal::AtLeast(0.80), Goal::AtMost(1.35))),
        info(HUNDRED, 100, PUBLIC, (none, Goal::AtMost(12.0))),
        Asked { format: "XML", prefix: "<?xml", ..info(IN_XML, 100, PUBLIC, (none, none)) },
        info("users.getInfo of 100, fields for friends", 100, FOR_FRIENDS, (none, none)),
        Asked {
            subject: "friends.get",
            method: "friends.get",
            format: "JSON",
            people: None,
            prefix: "[",
            goals: (none, Goal::AtMost(2.0)),
        },
    ]
}

impl Asked {
    /// Requests for the sessions of those who are measured; who is asked about lives anywhere.
    fn shots(&self, town: &Town, world: &World) -> Shots {
        let mut draw = Draw(1);
        let requests = world.calls_in_sessions(self.method, REQUESTS, |_| {
            let mut args = vec![("format", self.format.to_owned())];
            if let Some((people, fields)) = self.people {
                let uids: Vec<String> = (0..people).map(|_| id(town.anybody(&mut draw)).to_string()).collect();
                args.extend([("uids", uids.join(",")), ("fields", fields.to_owned())]);
            }
            args
        });
        Shots::again(requests, self.prefix)
    }

    /// Whether an answer is as long as it should be.
    fn check(&self, body: &str) -> Outcome {
        let listed = match self.format {
            "XML" => body.matches("<user>").count(),
            _ => serde_json::from_str::<Vec<serde_json::Value>>(body).map_or(0, |list| list.len()),
        };
        // Somebody may be named twice.
        let (least, most) = match self.people {
            Some((people, _)) => (people - people / 4, people),
            None => (FRIENDS, FRIENDS),
        };
        if (least..=most).contains(&listed) { Ok(()) } else { Err(format!("{}: {listed} in an answer", self.subject)) }
    }
}

/// A town that is served.
struct Served {
    town: Town,
    world: World,
    server: (Child, Clients),
}

impl Served {
    async fn open(plan: &Plan, people: u64) -> Outcome<Served> {
        let town = Town::plan(people);
        let file = town.file(plan).await?;
        let measured: Vec<_> = (0..crate::world::PEOPLE).map(|at| id(town.measured(at))).collect();
        let world = World::of_people(&file, &measured).await?;
        let (workers, file) = (plan.workers.to_string(), file.to_string_lossy().into_owned());
        let server = Child::of_ours(&["api", "--workers", &workers, "--file", &file])?;
        let clients = Clients::connect(server.address, CONNECTIONS)?;
        Ok(Served { town, world, server: (server, clients) })
    }
}

/// A call on its way: the requests for each town, and what was measured.
struct Lane {
    asked: Asked,
    shots: [Shots; 2],
    bare: (Child, Clients),
    /// In the small town, in the large one, of the bare handler.
    rounds: Vec<[Slice; 3]>,
}

pub(crate) async fn measure(plan: &Plan, people: u64, table: &mut Table) -> Outcome {
    let mut towns = [Served::open(plan, FEW).await?, Served::open(plan, people).await?];
    let mut lanes = Vec::new();
    for asked in asked() {
        let shots = [0, 1].map(|at: usize| asked.shots(&towns[at].town, &towns[at].world));
        for (served, shots) in towns.iter_mut().zip(&shots) {
            asked.check(&served.server.1.first(shots)?.1)?;
        }
        let bare = bare_like(&mut towns[0].server.1, &shots[0], plan)?;
        let clients = Clients::connect(bare.address, CONNECTIONS)?;
        lanes.push(Lane { asked, shots, bare: (bare, clients), rounds: Vec::new() });
    }
    for round in 0..plan.rounds {
        for lane in &mut lanes {
            lane.round(plan, &mut towns, round)?;
        }
    }
    lanes.iter().for_each(|lane| lane.report(&towns, table));
    in_xml(&lanes, table);
    Ok(())
}

impl Lane {
    /// One slice each; who comes first changes from round to round.
    fn round(&mut self, plan: &Plan, towns: &mut [Served; 2], round: usize) -> Outcome {
        let mut slices: [Slice; 3] = Default::default();
        for at in (0..3).map(|at| (at + round) % 3) {
            let (server, shots) = match towns.get_mut(at) {
                Some(served) => (&mut served.server, &self.shots[at]),
                None => (&mut self.bare, &self.shots[0]),
            };
            server.1.run(&server.0, shots, Until::time(plan.lead))?;
            slices[at] = server.1.run(&server.0, shots, Until::time(plan.slice))?;
        }
        self.rounds.push(slices);
        Ok(())
    }

    fn report(&self, towns: &[Served; 2], table: &mut Table) {
        let of = |at: usize, figure: fn(&Slice) -> f64| median_of(&self.rounds, |round| figure(&round[at]));
        let to = |one: usize, other: usize, figure: fn(&Slice) -> f64| {
            median_of(&self.rounds, |round| figure(&round[one]) / figure(&round[other]))
        };
        let subject = self.asked.subject;
        for (at, served) in towns.iter().enumerate() {
            let place = format!("of {} people", served.town.people());
            let from = format!("{:.0} and {:.0} a second", of(at, Slice::rate), of(2, Slice::rate));
            let figure = format!("{place}: requests a second, to a bare handler's");
            table.ratio(subject, &figure, to(at, 2, Slice::rate), self.asked.goals.0, from);
            let from = format!("{:.2} and {:.2} µs", of(at, Slice::cpu_each), of(2, Slice::cpu_each));
            let figure = format!("{place}: server's CPU a request, to a bare handler's");
            table.ratio(subject, &figure, to(at, 2, Slice::cpu_each), self.asked.goals.1, from);
        }
        let from = format!("{:.1} friends each on average", towns[1].town.average());
        table.ratio(subject, "CPU, large town to small", to(1, 0, Slice::cpu_each), Goal::AtMost(1.15), from);
    }
}

/// XML against JSON, in the small town.
fn in_xml(lanes: &[Lane], table: &mut Table) {
    let of = |subject: &str| lanes.iter().find(|lane| lane.asked.subject == subject).map(|lane| &lane.rounds);
    let (Some(xml), Some(json)) = (of(IN_XML), of(HUNDRED)) else { return };
    let ratios: Vec<f64> = xml.iter().zip(json).map(|(xml, json)| xml[0].cpu_each() / json[0].cpu_each()).collect();
    table.ratio(IN_XML, "CPU, XML to JSON", median_of(&ratios, |ratio| *ratio), Goal::AtMost(1.3), String::new());
}
