//! auth.getSession, durable before its answer: against the disk's own speed, against one transaction a request, against a bare
//! handler, and for a client that is alone.

use crate::calls::bare_like;
use crate::child::Child;
use crate::disk::Disk;
use crate::figures::{Slice, median, median_of};
use crate::load::{Clients, Shots, Until};
use crate::plan::{CONNECTIONS, Plan};
use crate::table::{Goal, Table};
use crate::world::World;
use crate::{Outcome, While};
use std::time::Duration;

const SUBJECT: &str = "auth.getSession";
const PREFIX: &str = "{\"session_key\":\"";
/// How long the disk is measured, before and after the rest of a round.
const DISK: Duration = Duration::from_millis(250);
/// A slice ends after so long even if tokens are left.
const PATIENCE: Duration = Duration::from_secs(4);

/// Tokens that a round uses up.
struct Needs {
    grouped: usize,
    one_by_one: usize,
    alone: usize,
}

struct Round {
    /// How long each overwriting of 4 KiB took, in microseconds.
    disk: Vec<f64>,
    grouped: Slice,
    one_by_one: Slice,
    bare: Slice,
    alone: Slice,
}

/// The servers, with what is sent to them.
struct Servers {
    grouped: (Child, Clients, Shots),
    one_by_one: (Child, Clients, Shots),
    bare: (Child, Clients, Shots),
    alone: (Clients, Shots),
}

pub(crate) async fn measure(plan: &Plan, table: &mut Table) -> Outcome {
    let needs = match plan.quick {
        true => Needs { grouped: 4_000, one_by_one: 400, alone: 60 },
        false => Needs { grouped: 16_000, one_by_one: 1_600, alone: 200 },
    };
    let folder = plan.folder()?;
    let mut disk = Disk::make(folder.path())?;
    let mut servers = Servers::start(plan, &needs, folder.path()).await?;
    let mut rounds = Vec::with_capacity(plan.rounds);
    for _ in 0..plan.rounds {
        rounds.push(servers.round(plan, &needs, &mut disk)?);
    }
    report(&rounds, table);
    servers.report_groups(table)
}

impl Servers {
    async fn start(plan: &Plan, needs: &Needs, folder: &std::path::Path) -> Outcome<Servers> {
        // One token more, which shows the bare handler what to answer.
        let (grouped, one_by_one, alone) =
            (plan.rounds * needs.grouped + 1, plan.rounds * needs.one_by_one, plan.rounds * needs.alone);
        let files = (folder.join("grouped.db"), folder.join("one_by_one.db"));
        let mut world = World::make(&files.0, grouped + alone).await?;
        let mut other = World::make(&files.1, one_by_one).await?;
        let shots = Shots::once(world.exchanges(grouped), PREFIX);
        let alone = Shots::once(world.exchanges(alone), PREFIX);
        let one_by_one = Shots::once(other.exchanges(one_by_one), PREFIX);
        let repeated = shots.repeated(PREFIX);
        let workers = plan.workers.to_string();
        let start = |file: &std::path::Path, extra: &[&str]| {
            let file = file.to_string_lossy();
            Child::of_ours(&[&["api", "--workers", &workers, "--file", &file], extra].concat())
        };
        let server = start(&files.0, &[])?;
        let mut clients = Clients::connect(server.address, CONNECTIONS)?;
        let bare = bare_like(&mut clients, &shots, plan)?;
        let slow = start(&files.1, &["--one-by-one"])?;
        let slow_clients = Clients::connect(slow.address, CONNECTIONS)?;
        let bare_clients = Clients::connect(bare.address, CONNECTIONS)?;
        let single = Clients::connect(server.address, 1)?;
        Ok(Servers {
            grouped: (server, clients, shots),
            one_by_one: (slow, slow_clients, one_by_one),
            bare: (bare, bare_clients, repeated),
            alone: (single, alone),
        })
    }

    fn round(&mut self, plan: &Plan, needs: &Needs, disk: &mut Disk) -> Outcome<Round> {
        let until = |requests| Until { time: PATIENCE, requests };
        let mut took = disk.overwrite(DISK)?;
        let (server, clients, shots) = &mut self.grouped;
        let grouped = clients.run(server, shots, until(needs.grouped))?;
        let alone = self.alone.0.run(server, &self.alone.1, until(needs.alone))?;
        let (server, clients, shots) = &mut self.one_by_one;
        let one_by_one = clients.run(server, shots, until(needs.one_by_one))?;
        let (server, clients, shots) = &mut self.bare;
        let bare = clients.run(server, shots, Until::time(plan.slice))?;
        took.extend(disk.overwrite(DISK)?);
        Ok(Round { disk: took, grouped, one_by_one, bare, alone })
    }

    /// How many batches went into one transaction: says that the two servers did what their names say.
    fn report_groups(self, table: &mut Table) -> Outcome {
        drop((self.grouped.1, self.alone.0, self.one_by_one.1));
        let grouped = batches(&self.grouped.0.finish()?)?;
        let one_by_one = batches(&self.one_by_one.0.finish()?)?;
        let from = format!("without grouping {one_by_one:.2}");
        table.ratio(SUBJECT, "batches in one transaction", grouped, Goal::None, from);
        Ok(())
    }
}

fn batches(said: &str) -> Outcome<f64> {
    let numbers: Result<Vec<f64>, _> = said.split_whitespace().map(str::parse).collect();
    match numbers.while_doing("reading what a server wrote")?.as_slice() {
        [transactions, batches] => Ok(batches / transactions),
        _ => Err(format!("a server said {said:?} at its end")),
    }
}

fn report(rounds: &[Round], table: &mut Table) {
    let disk_rate = |round: &Round| round.disk.len() as f64 * 1e6 / round.disk.iter().sum::<f64>();
    let disk_p50 = |round: &Round| median(&round.disk);
    let of = |figure: &dyn Fn(&Round) -> f64| median_of(rounds, figure);

    let from = format!("{:.0} a second, disk {:.0}", of(&|r| r.grouped.rate()), of(&disk_rate));
    let ratio = of(&|r| r.grouped.rate() / disk_rate(r));
    table.ratio(SUBJECT, "exchanges a second, to overwrites in place", ratio, Goal::AtLeast(2.5), from);

    let from = format!("{:.0} and {:.0} a second", of(&|r| r.grouped.rate()), of(&|r| r.one_by_one.rate()));
    let ratio = of(&|r| r.grouped.rate() / r.one_by_one.rate());
    table.ratio(SUBJECT, "exchanges a second, to one transaction a request", ratio, Goal::AtLeast(8.0), from);

    let from = format!("{:.2} and {:.2} µs", of(&|r| r.grouped.cpu_each()), of(&|r| r.bare.cpu_each()));
    let ratio = of(&|r| r.grouped.cpu_each() / r.bare.cpu_each());
    table.ratio(SUBJECT, "server's CPU a request, to a bare handler's", ratio, Goal::AtMost(2.6), from);

    let from = format!("{:.0} µs, overwriting {:.0} µs", of(&|r| r.alone.p50()), of(&disk_p50));
    let ratio = of(&|r| r.alone.p50() / (2.0 * disk_p50(r) + 200.0));
    table.ratio(SUBJECT, "one client's p50, to two overwrites and 0.2 ms", ratio, Goal::AtMost(1.0), from);
}
