//! Signed calls against a bare axum handler that gives the same bytes: what the road of a call costs.

use crate::Outcome;
use crate::child::Child;
use crate::figures::{Slice, median_of};
use crate::load::{Clients, Shots, Until};
use crate::plan::{CONNECTIONS, Plan};
use crate::sample::SAMPLE;
use crate::start;
use crate::table::{Goal, Table};
use crate::world::{FIRST, World};
use std::path::Path;

/// One comparison: a server and the bare handler, loaded by turns with the same requests.
struct Pair {
    subject: &'static str,
    goals: (Goal, Goal),
    ours: (Child, Clients),
    bare: (Child, Clients),
    shots: Shots,
    rounds: Vec<(Slice, Slice)>,
}

/// The two calls that stand for all that read little.
pub(crate) async fn measure(plan: &Plan, table: &mut Table) -> Outcome {
    let folder = plan.folder()?;
    let file = folder.path().join("calls.db");
    let world = World::make(&file, 0).await?;
    let workers = plan.workers.to_string();
    let file = file.to_string_lossy();
    let ours = || Child::of_ours(&["api", "--workers", &workers, "--file", &file]);
    let uid = FIRST.to_string();
    let sample = Shots::again(world.calls(SAMPLE, &[("uid", &uid)]), "{\"uid\":1240077,");
    let session = Shots::again(world.calls_of_sessions("users.getLoggedInUser"), "1240");
    let (g1, g2) = ((Goal::AtLeast(0.92), Goal::AtMost(1.25)), (Goal::AtLeast(0.80), Goal::AtMost(1.35)));
    let mut pairs = [
        Pair::of("signed call without storage", g1, ours()?, sample, plan)?,
        Pair::of("users.getLoggedInUser", g2, ours()?, session, plan)?,
    ];
    compare(plan, &mut pairs)?;
    pairs.iter().for_each(|pair| pair.report(table));
    Ok(())
}

/// The same, of the program that people run: with its connections, its limits and its log.
pub(crate) async fn measure_program(plan: &Plan, program: &Path, table: &mut Table) -> Outcome {
    let folder = plan.folder()?;
    let file = folder.path().join("server.db");
    let world = World::make(&file, 0).await?;
    let shots = || Shots::again(world.calls_of_sessions("users.getLoggedInUser"), "1240");
    let none = (Goal::None, Goal::None);
    let (on, off) = (start::serve(program, &file, "info")?, start::serve(program, &file, "off")?);
    let mut pairs = [
        Pair::of("reconnect serve, log to nowhere", none, on, shots(), plan)?,
        Pair::of("reconnect serve, log off", none, off, shots(), plan)?,
    ];
    compare(plan, &mut pairs)?;
    pairs.iter().for_each(|pair| pair.report(table));
    Ok(())
}

fn compare(plan: &Plan, pairs: &mut [Pair]) -> Outcome {
    for round in 0..plan.rounds {
        for pair in &mut *pairs {
            pair.round(plan, round % 2 == 0)?;
        }
    }
    Ok(())
}

impl Pair {
    fn of(subject: &'static str, goals: (Goal, Goal), server: Child, shots: Shots, plan: &Plan) -> Outcome<Pair> {
        let mut clients = Clients::connect(server.address, CONNECTIONS)?;
        let bare = bare_like(&mut clients, &shots, plan)?;
        let bare_clients = Clients::connect(bare.address, CONNECTIONS)?;
        Ok(Pair { subject, goals, ours: (server, clients), bare: (bare, bare_clients), shots, rounds: Vec::new() })
    }

    /// One slice each; who comes first changes from round to round, so that a machine that gets slower favours nobody.
    fn round(&mut self, plan: &Plan, ours_first: bool) -> Outcome {
        let pair = if ours_first {
            let ours = slice(&mut self.ours, &self.shots, plan)?;
            (ours, slice(&mut self.bare, &self.shots, plan)?)
        } else {
            let bare = slice(&mut self.bare, &self.shots, plan)?;
            (slice(&mut self.ours, &self.shots, plan)?, bare)
        };
        self.rounds.push(pair);
        Ok(())
    }

    fn report(&self, table: &mut Table) {
        let rate = median_of(&self.rounds, |(ours, bare)| ours.rate() / bare.rate());
        let cpu = median_of(&self.rounds, |(ours, bare)| ours.cpu_each() / bare.cpu_each());
        let (ours, bare) = (
            |f: fn(&Slice) -> f64| median_of(&self.rounds, |r| f(&r.0)),
            |f: fn(&Slice) -> f64| median_of(&self.rounds, |r| f(&r.1)),
        );
        let from = format!("{:.0} and {:.0} a second", ours(Slice::rate), bare(Slice::rate));
        table.ratio(self.subject, "requests a second, to a bare handler's", rate, self.goals.0, from);
        let from = format!("{:.2} and {:.2} µs", ours(Slice::cpu_each), bare(Slice::cpu_each));
        table.ratio(self.subject, "server's CPU a request, to a bare handler's", cpu, self.goals.1, from);
    }
}

/// A bare handler that gives what this server answers to the first of these requests.
pub(crate) fn bare_like(clients: &mut Clients, shots: &Shots, plan: &Plan) -> Outcome<Child> {
    let (content_type, body) = clients.first(shots)?;
    let workers = plan.workers.to_string();
    Child::of_ours(&["bare", "--workers", &workers, "--content-type", &content_type, "--body", &body])
}

fn slice((server, clients): &mut (Child, Clients), shots: &Shots, plan: &Plan) -> Outcome<Slice> {
    clients.run(server, shots, Until::time(plan.lead))?;
    clients.run(server, shots, Until::time(plan.slice))
}
