//! Calls that read the graph (people, friends, walls), in a town of a thousand people and in one of a million, against a bare handler that
//! gives the same bytes; and the two towns against each other.

mod town;
mod walls;

use crate::calls::bare_like;
use crate::child::Child;
use crate::figures::{Slice, median_of};
use crate::load::{Clients, Shots, Until};
use crate::plan::{CONNECTIONS, Plan};
use crate::table::{Goal, Table};
use crate::world::{PEOPLE, World};
use crate::{Outcome, While};
use reconnect_core::{Services, Settings};
use reconnect_store::MemoryBlobs;
use reconnect_store_sqlite::{Options, SqliteStore};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use town::{Draw, FRIENDS, Town, id};
use walls::{ROWS, TODAY, WRITERS};

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
    /// What it asks about.
    of: Of,
    /// What an answer begins with.
    prefix: &'static str,
    /// Requests a second and CPU, to a bare handler's.
    goals: (Goal, Goal),
}

/// What a call asks about.
#[derive(Clone, Copy)]
enum Of {
    /// So many people, and these fields of them.
    People(usize, &'static str),
    /// The caller's friends.
    Friends,
    /// The posts of the caller's wall.
    Wall,
    /// The newest posts of some friends' walls.
    Home,
}

const HUNDRED: &str = "users.getInfo of 100";
const IN_XML: &str = "users.getInfo of 100, XML";

fn asked() -> Vec<Asked> {
    let json = |subject, method, of, prefix, goals| Asked { subject, method, format: "JSON", of, prefix, goals };
    let none = Goal::None;
    let (one, hundred) = ((Goal::AtLeast(0.80), Goal::AtMost(1.35)), (none, Goal::AtMost(12.0)));
    let twice = (none, Goal::AtMost(2.0));
    let info = |subject, people, fields, goals| {
        json(subject, "users.getInfo", Of::People(people, fields), "[{\"uid\":", goals)
    };
    vec![
        info("users.getInfo of one", 1, PUBLIC, one),
        info(HUNDRED, 100, PUBLIC, hundred),
        Asked { format: "XML", prefix: "<?xml", ..info(IN_XML, 100, PUBLIC, (none, none)) },
        info("users.getInfo of 100, fields for friends", 100, FOR_FRIENDS, (none, none)),
        json("friends.get", "friends.get", Of::Friends, "[", twice),
        json("stream.get of a wall", "stream.get", Of::Wall, "{\"posts\":[", twice),
        json("stream.get of 20 walls", "stream.get", Of::Home, "{\"posts\":[", twice),
    ]
}

impl Asked {
    fn shots(&self, town: &Town, world: &World) -> Shots {
        Shots::again(self.requests(town, world), self.prefix)
    }

    /// Requests for the sessions of those who are measured; who is asked about lives anywhere.
    fn requests(&self, town: &Town, world: &World) -> Vec<Vec<u8>> {
        let mut draw = Draw(1);
        world.calls_in_sessions(self.method, REQUESTS, |number| {
            let caller = town.measured(number as u64 % PEOPLE);
            let mut args = vec![("format", self.format.to_owned())];
            args.extend(self.args(town, caller, &mut draw));
            args
        })
    }

    fn args(&self, town: &Town, caller: u64, draw: &mut Draw) -> Vec<(&'static str, String)> {
        let list =
            |houses: Vec<u64>| houses.into_iter().map(|house| id(house).to_string()).collect::<Vec<_>>().join(",");
        let posts = |houses| vec![("source_ids", list(houses)), ("limit", ROWS.to_string())];
        match self.of {
            Of::People(count, fields) => {
                let houses = (0..count).map(|_| town.anybody(draw)).collect();
                vec![("uids", list(houses)), ("fields", fields.to_owned())]
            }
            Of::Friends => Vec::new(),
            Of::Wall => posts(vec![caller]),
            Of::Home => posts(town.friends(caller).take(WRITERS).collect()),
        }
    }

    /// Whether an answer is as long as it should be.
    fn check(&self, body: &str) -> Outcome {
        let json = || serde_json::from_str::<Value>(body).unwrap_or_default();
        let length = |list: &Value| list.as_array().map_or(0, Vec::len);
        let (listed, least, most) = match self.of {
            // Somebody may be named twice.
            Of::People(people, _) if self.format == "XML" => {
                (body.matches("<user>").count(), people - people / 4, people)
            }
            Of::People(people, _) => (length(&json()), people - people / 4, people),
            Of::Friends => (length(&json()), FRIENDS, FRIENDS),
            Of::Wall | Of::Home => (length(&json()["posts"]), ROWS, ROWS),
        };
        if (least..=most).contains(&listed) { Ok(()) } else { Err(format!("{}: {listed} in an answer", self.subject)) }
    }
}

/// A town, the sessions of those whose calls are measured, and the file that holds both.
async fn settled(plan: &Plan, people: u64) -> Outcome<(Town, World, PathBuf)> {
    let town = Town::plan(people);
    let file = town.file(plan).await?;
    let measured: Vec<_> = (0..PEOPLE).map(|at| id(town.measured(at))).collect();
    let world = World::of_people(&file, &measured, walls::clock()).await?;
    Ok((town, world, file))
}

/// A town that is served.
struct Served {
    town: Town,
    world: World,
    server: (Child, Clients),
}

impl Served {
    async fn open(plan: &Plan, people: u64) -> Outcome<Served> {
        let (town, world, file) = settled(plan, people).await?;
        let (workers, now) = (plan.workers.to_string(), TODAY.to_string());
        let file = file.to_string_lossy();
        let server = Child::of_ours(&["api", "--workers", &workers, "--now", &now, "--file", &file])?;
        let clients = Clients::connect(server.address, CONNECTIONS)?;
        Ok(Served { town, world, server: (server, clients) })
    }
}

/// The small town in this process, and the requests of each call.
pub(crate) async fn in_one_process(plan: &Plan) -> Outcome<(Arc<Services>, Vec<(&'static str, Vec<Vec<u8>>)>)> {
    let (town, world, file) = settled(plan, FEW).await?;
    let clock = walls::clock();
    let store = SqliteStore::open(&file, Arc::clone(&clock), Options::default()).while_doing("opening a town")?;
    let (registry, blobs) = (reconnect_functions::registry(), Arc::new(MemoryBlobs::new()));
    let services = Services::open(Arc::new(store), blobs, clock, registry, Settings::default()).await;
    let calls = asked().into_iter().map(|asked| (asked.subject, asked.requests(&town, &world))).collect();
    Ok((services.while_doing("opening the services of a town")?, calls))
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
