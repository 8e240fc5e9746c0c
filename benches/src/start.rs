//! The program `reconnect` itself: how soon it answers on a file that exists, and how much memory it holds.

use crate::child::Child;
use crate::figures::median;
use crate::load::{Clients, Shots, Until};
use crate::plan::Plan;
use crate::table::{Goal, Table};
use crate::world::World;
use crate::{Outcome, build};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

const SUBJECT: &str = "reconnect serve";
/// Connections at which memory is read once more.
const MANY: usize = 256;
/// A server that was just asked something has not finished settling: allocators and pools give back what they hold.
const SETTLE: Duration = Duration::from_millis(300);

/// The program to measure: the one that was named, or the release build of this workspace, brought up to date.
pub(crate) fn program(named: Option<&Path>) -> Outcome<PathBuf> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let built = build::release("reconnect", &["--package", "reconnect"]);
    built.map_err(|why| format!("{why}; name a program to measure with --reconnect FILE"))
}

/// The program on a file, its log thrown away.
pub(crate) fn serve(program: &Path, file: &Path, log: &str) -> Outcome<Child> {
    let file = file.to_string_lossy();
    let args = ["serve", "--db", &file, "--listen", "127.0.0.1:0", "--json", "--log", log];
    Child::start(program, &args, Stdio::null(), address)
}

/// What the program says, in one line of JSON, when it is ready.
fn address(line: &str) -> Option<SocketAddr> {
    let said: serde_json::Value = serde_json::from_str(line).ok()?;
    said.get("url")?.as_str()?.strip_prefix("http://")?.parse().ok()
}

pub(crate) async fn measure(plan: &Plan, program: &Path, table: &mut Table) -> Outcome {
    let folder = plan.folder()?;
    let file = folder.path().join("start.db");
    let world = World::make(&file, 10_000).await?;
    let shots = Shots::again(world.calls_of_sessions("users.getLoggedInUser"), "1240");
    let (mut starts, mut idle, mut busy) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let began = Instant::now();
        let server = serve(program, &file, "info")?;
        let mut one = Clients::connect(server.address, 1)?;
        one.first(&shots)?;
        starts.push(began.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(SETTLE);
        idle.push(server.memory()?);
        let mut many = Clients::connect(server.address, MANY)?;
        many.run(&server, &shots, Until::time(SETTLE))?;
        busy.push(server.memory()?);
    }
    let all = |values: &[f64]| {
        let (least, most) = values.iter().fold((f64::MAX, 0.0), |(a, b): (f64, f64), v| (a.min(*v), b.max(*v)));
        format!("{least:.1} to {most:.1}")
    };
    let goal = Goal::AtMost;
    table.value(SUBJECT, "start to first answer, existing file", median(&starts), "ms", goal(100.0), all(&starts));
    table.value(SUBJECT, "resident memory, idle", median(&idle), "MiB", goal(15.0), all(&idle));
    table.value(SUBJECT, "resident memory, 256 connections", median(&busy), "MiB", goal(40.0), all(&busy));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stands_in_the_line() {
        assert_eq!(address(r#"{"ready":true,"url":"http://127.0.0.1:81"}"#), "127.0.0.1:81".parse().ok());
        assert_eq!(address("reconnect: no"), None);
    }
}
