//! From the start of a process to its first question for work: what a cold start pays before the first event is looked at. Then that
//! event: a function that only claims to be ready would pay there.

use super::Case;
use super::function::Function;
use crate::Outcome;
use crate::figures::median_of;
use crate::plan::Plan;
use crate::table::{Goal, Table};

const SUBJECT: &str = "start to ready";
/// Starts differ more than answers do, and take less: so many in place of one round.
const STARTS: usize = 3;

/// One start, in milliseconds.
#[derive(Clone, Copy, Default)]
struct Start {
    ready: f64,
    cpu: f64,
    first_answer: f64,
}

impl Start {
    fn of(case: &Case) -> Outcome<Start> {
        let function = Function::start(&case.program, case.handler)?;
        let first_answer = function.invoke(&case.events[0], case.part)? / 1e3;
        let milliseconds = |time: std::time::Duration| time.as_secs_f64() * 1e3;
        Ok(Start { ready: milliseconds(function.started), cpu: milliseconds(function.started_cpu), first_answer })
    }
}

/// The start of each against the floor's.
pub(crate) fn measure<const N: usize>(plan: &Plan, floor: &Case, cases: [&Case; N], table: &mut Table) -> Outcome {
    let (mut rounds, mut floors) = (Vec::new(), Vec::new());
    for number in 0..plan.rounds * STARTS {
        let mut round = [Start::default(); N];
        let first = number % (N + 1);
        // Who comes first changes from round to round. The last of them is the floor.
        for at in (first..=N).chain(0..first) {
            match cases.get(at) {
                Some(case) => round[at] = Start::of(case)?,
                None => floors.push(Start::of(floor)?),
            }
        }
        rounds.push(round);
    }
    let pairs: Vec<([Start; N], Start)> = rounds.into_iter().zip(floors).collect();
    for (at, case) in cases.iter().enumerate() {
        let goal = if at == 0 { Goal::AtMost(1.5) } else { Goal::None };
        let both = |figure: fn(&Start) -> f64| {
            let ratio = median_of(&pairs, |(round, floor)| figure(&round[at]) / figure(floor));
            let (own, floor) = (median_of(&pairs, |p| figure(&p.0[at])), median_of(&pairs, |p| figure(&p.1)));
            (ratio, format!("{own:.2} and {floor:.2} ms"))
        };
        let name = case.program.name;
        let (ratio, from) = both(|start| start.ready);
        table.ratio(SUBJECT, &format!("{name}, to hello's"), ratio, goal, from);
        let (ratio, from) = both(|start| start.cpu);
        table.ratio(SUBJECT, &format!("{name}, CPU, to hello's"), ratio, Goal::None, from);
        let (ratio, from) = both(|start| start.first_answer);
        table.ratio(SUBJECT, &format!("{name}, first answer, to hello's"), ratio, Goal::None, from);
    }
    Ok(())
}
