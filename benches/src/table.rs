//! The table that is printed: every measurement with its goal, and whether it is met.

use crate::plan::{CONNECTIONS, Plan};
use crate::{Outcome, While};
use serde::Serialize;
use std::io::Write;

/// What a value should be.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// For comparing only.
    None,
}

impl Goal {
    fn met(self, value: f64) -> Option<bool> {
        match self {
            Goal::AtLeast(goal) => Some(value >= goal),
            Goal::AtMost(goal) => Some(value <= goal),
            Goal::None => None,
        }
    }

    fn text(self) -> String {
        match self {
            Goal::AtLeast(goal) => format!("≥ {goal}"),
            Goal::AtMost(goal) => format!("≤ {goal}"),
            Goal::None => String::new(),
        }
    }
}

#[derive(Serialize)]
struct Row {
    subject: String,
    figure: String,
    value: f64,
    /// Empty for a ratio.
    unit: &'static str,
    goal: Goal,
    met: Option<bool>,
    /// The figures that the value was made of.
    from: String,
}

/// All that was measured.
#[derive(Serialize)]
pub(crate) struct Table {
    rounds: usize,
    quick: bool,
    workers: usize,
    connections: usize,
    load_before: String,
    load_after: String,
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn new(plan: &Plan) -> Table {
        Table {
            rounds: plan.rounds,
            quick: plan.quick,
            workers: plan.workers,
            connections: CONNECTIONS,
            load_before: load(),
            load_after: String::new(),
            rows: Vec::new(),
        }
    }

    /// A ratio, with the figures that it was made of.
    pub(crate) fn ratio(&mut self, subject: &str, figure: &str, value: f64, goal: Goal, from: String) {
        self.value(subject, figure, value, "", goal, from);
    }

    /// A plain figure.
    pub(crate) fn value(
        &mut self,
        subject: &str,
        figure: &str,
        value: f64,
        unit: &'static str,
        goal: Goal,
        from: String,
    ) {
        let (subject, figure) = (subject.to_owned(), figure.to_owned());
        self.rows.push(Row { subject, figure, value, unit, goal, met: goal.met(value), from });
    }

    /// Prints it.
    pub(crate) fn print(mut self, json: bool) -> Outcome {
        self.load_after = load();
        let mut out = std::io::stdout().lock();
        if json {
            serde_json::to_writer_pretty(&mut out, &self).while_doing("printing")?;
            return writeln!(out).while_doing("printing");
        }
        self.write_text(&mut out).while_doing("printing")
    }

    fn write_text(&self, out: &mut impl Write) -> std::io::Result<()> {
        let rounds = if self.quick { "short rounds: a look, not a judgement" } else { "rounds" };
        writeln!(
            out,
            "{} {rounds}, medians; {} connections; {} threads a server; load average {} before, {} after\n",
            self.rounds, self.connections, self.workers, self.load_before, self.load_after
        )?;
        let width = |text: fn(&Row) -> &str| self.rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
        let (subjects, figures) = (width(|row| &row.subject), width(|row| &row.figure));
        let mut last = "";
        for row in &self.rows {
            let subject = if row.subject == last { "" } else { &row.subject };
            last = &row.subject;
            let value = if row.unit.is_empty() {
                format!("{:.2}", row.value)
            } else {
                format!("{:.1} {}", row.value, row.unit)
            };
            let met = row.met.map_or("", |met| if met { "met" } else { "NOT MET" });
            let line = format!(
                "{subject:subjects$}  {:figures$}  {value:>9}  {:7} {met:8} {}",
                row.figure,
                row.goal.text(),
                row.from
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// How busy the machine is, in processes that want to run, over the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}
