//! Warm invocations: from handing an event to a function to its whole answer. Below this program's Runtime API, and below the real
//! emulator, so that the emulator's own part is visible.

use super::Case;
use super::event::to_emulator;
use super::function::{Emulated, Function};
use crate::Outcome;
use crate::figures::{Slice, median_of, quantile};
use crate::load::{Shots, Until};
use crate::plan::Plan;
use crate::table::{Goal, Table};
use std::time::{Duration, Instant};

/// Invocations before those that count.
const LEAD: usize = 50;
/// A slice ends after so long, however few were answered.
const PATIENCE: Duration = Duration::from_secs(10);

/// A function that runs twice, below each of the two.
struct Warm<'a> {
    case: &'a Case,
    direct: Function,
    emulated: Emulated,
    shots: Shots,
    next: usize,
    rounds: Vec<Round>,
}

struct Round {
    direct: Slice,
    emulated: Slice,
}

/// Each against the floor.
pub(crate) fn measure<const N: usize>(plan: &Plan, floor: &Case, cases: [&Case; N], table: &mut Table) -> Outcome {
    let count = if plan.quick { 100 } else { 400 };
    let mut all: Vec<Warm<'_>> = std::iter::once(floor).chain(cases).map(Warm::start).collect::<Outcome<_>>()?;
    for number in 0..plan.rounds {
        // Who comes first changes from round to round.
        let first = number % all.len();
        for at in (first..all.len()).chain(0..first) {
            all[at].round(count)?;
        }
    }
    let (floor, others) = all.split_first().ok_or("nothing was measured")?;
    floor.report_alone(table);
    others.iter().for_each(|one| one.report(floor, table));
    Ok(())
}

impl Warm<'_> {
    fn start(case: &Case) -> Outcome<Warm<'_>> {
        let requests = case.events.iter().map(|event| to_emulator(event)).collect();
        Ok(Warm {
            case,
            direct: Function::start(&case.program, case.handler)?,
            emulated: Emulated::start(&case.program, case.handler)?,
            shots: Shots::wrapped(requests, "{\"statusCode\":200,", case.part),
            next: 0,
            rounds: Vec::new(),
        })
    }

    fn round(&mut self, count: usize) -> Outcome {
        let until = |requests| Until { time: PATIENCE, requests };
        self.slice(LEAD)?;
        let direct = self.slice(count)?;
        self.emulated.clients.shoot(&self.shots, until(LEAD))?;
        let emulated = self.emulated.clients.shoot(&self.shots, until(count))?;
        self.rounds.push(Round { direct, emulated });
        Ok(())
    }

    /// Invocations one after the other, as a function takes them.
    fn slice(&mut self, count: usize) -> Outcome<Slice> {
        let (began, cpu) = (Instant::now(), self.direct.cpu()?);
        let mut latencies = Vec::with_capacity(count);
        while latencies.len() < count && began.elapsed() < PATIENCE {
            let event = &self.case.events[self.next % self.case.events.len()];
            self.next += 1;
            latencies.push(self.direct.invoke(event, self.case.part)?);
        }
        let cpu = self.direct.cpu()?.saturating_sub(cpu);
        Ok(Slice { answers: latencies.len(), lasted: began.elapsed(), cpu, latencies })
    }

    fn subject(&self) -> String {
        format!("warm {}, {}", self.case.handler, self.case.program.name)
    }

    fn p50(&self, which: fn(&Round) -> &Slice) -> f64 {
        median_of(&self.rounds, |round| which(round).p50())
    }

    /// Of all rounds together: in one of them it would be the tale of a handful.
    fn p99(&self, which: fn(&Round) -> &Slice) -> f64 {
        let all: Vec<f64> = self.rounds.iter().flat_map(|round| which(round).latencies.iter().copied()).collect();
        quantile(&all, 0.99)
    }

    fn cpu(&self) -> f64 {
        let (cpu, answers) = self.rounds.iter().fold((0.0, 0), |(cpu, answers), round| {
            (cpu + round.direct.cpu.as_secs_f64() * 1e6, answers + round.direct.answers)
        });
        cpu / answers as f64
    }

    fn report_alone(&self, table: &mut Table) {
        for (figure, which) in WAYS {
            let from = format!("p99 {:.0} µs", self.p99(which));
            table.value(&self.subject(), &format!("p50, {figure}"), self.p50(which), "µs", Goal::None, from);
        }
        table.value(&self.subject(), "CPU", self.cpu(), "µs", Goal::None, String::new());
    }

    fn report(&self, floor: &Warm<'_>, table: &mut Table) {
        for (figure, which) in WAYS {
            let rounds: Vec<_> = self.rounds.iter().zip(&floor.rounds).collect();
            let ratio = median_of(&rounds, |(own, floor)| which(own).p50() / which(floor).p50());
            let (own, least) = (self.p50(which), floor.p50(which));
            let from = format!("{own:.0} and {least:.0} µs, p99 {:.0} and {:.0}", self.p99(which), floor.p99(which));
            table.ratio(&self.subject(), &format!("p50, {figure}, to hello's"), ratio, Goal::None, from);
        }
        let from = format!("{:.0} and {:.0} µs", self.cpu(), floor.cpu());
        table.ratio(&self.subject(), "CPU, to hello's", self.cpu() / floor.cpu(), Goal::None, from);
    }
}

type Which = fn(&Round) -> &Slice;

/// The two ways to a function.
const WAYS: [(&str, Which); 2] = [("Runtime API alone", |round| &round.direct), ("emulator", |round| &round.emulated)];
