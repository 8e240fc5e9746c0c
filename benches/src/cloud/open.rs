//! What opening a table is made of: the same steps as in a function, timed in a fresh process, because what is done for the second
//! time in a process takes a fraction.

use super::options;
use crate::figures::{median, median_of};
use crate::plan::Plan;
use crate::table::{Goal, Table};
use crate::{Outcome, While};
use clap::Args;
use reconnect_core::{Services, Settings};
use reconnect_store::{Consistency, Id, Key, MemoryBlobs, Store, SystemClock};
use reconnect_store_dynamodb::{DynamoStore, connector};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// Reads that are timed once all stands.
const READS: usize = 200;
/// What is timed, in the order of the numbers.
const STEPS: [&str; 5] = [
    "HTTP client with its roots",
    "SDK client, connection, table's record",
    "services, server's key",
    "SDK client, table's record, once more",
    "one read of the stand-in",
];

/// Flags of the process that opens a table.
#[derive(Args)]
pub(crate) struct Open {
    #[arg(long)]
    endpoint: String,
}

/// Opens the table, prints how long each step took, in microseconds.
pub(crate) fn open(flags: &Open) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let steps = runtime.while_doing("starting a runtime")?.block_on(steps(&flags.endpoint))?;
    println!("{}", steps.map(|step| step.to_string()).join(" "));
    Ok(())
}

async fn steps(endpoint: &str) -> Outcome<[f64; STEPS.len()]> {
    let clock = Arc::new(SystemClock);
    let options = options(endpoint)?;
    let mut last = Instant::now();
    let mut lap = || {
        let took = last.elapsed();
        last = Instant::now();
        took.as_secs_f64() * 1e6
    };
    let connector = connector(&options)?;
    let http = lap();
    let store = DynamoStore::open_through(options.clone(), clock.clone(), connector.clone()).await;
    let store = Arc::new(store.while_doing("opening a table")?);
    let opened = lap();
    let registry = reconnect_functions::registry();
    let services = Services::open(
        Arc::clone(&store) as _,
        Arc::new(MemoryBlobs::new()),
        clock.clone(),
        registry,
        Settings::default(),
    )
    .await;
    services.while_doing("opening the services")?;
    let served = lap();
    DynamoStore::open_through(options, clock, connector).await.while_doing("opening a table once more")?;
    let again = lap();
    let mut reads = Vec::with_capacity(READS);
    for _ in 0..READS {
        store.get(&[Key::Object(Id(1))], Consistency::Strong).await.while_doing("reading")?;
        reads.push(lap());
    }
    Ok([http, opened, served, again, median(&reads)])
}

/// The steps, each the median of many processes.
pub(crate) fn measure(plan: &Plan, endpoint: &str, table: &mut Table) -> Outcome {
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        rounds.push(said(&one(endpoint)?)?);
    }
    for (at, step) in STEPS.iter().enumerate() {
        let value = median_of(&rounds, |round: &Vec<f64>| round[at]) / 1e3;
        table.value("opening a table", step, value, "ms", Goal::None, String::new());
    }
    Ok(())
}

/// One process, to its end.
fn one(endpoint: &str) -> Outcome<String> {
    let program = std::env::current_exe().while_doing("finding this program")?;
    let mut process = Command::new(program);
    let output = process.args(["open", "--endpoint", endpoint]).stderr(Stdio::inherit()).output();
    let output = output.while_doing("starting this program once more")?;
    String::from_utf8(output.stdout).while_doing("reading the steps of opening a table")
}

/// The numbers in what the process said.
fn said(line: &str) -> Outcome<Vec<f64>> {
    let numbers: Result<Vec<f64>, _> = line.split_whitespace().map(str::parse).collect();
    let numbers = numbers.while_doing("reading the steps of opening a table")?;
    if numbers.len() == STEPS.len() { Ok(numbers) } else { Err(format!("a process said {line:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_a_step() {
        assert_eq!(said("1 2.5 3 4 5\n"), Ok(vec![1.0, 2.5, 3.0, 4.0, 5.0]));
        assert!(said("").is_err() && said("1 2 3 4 x").is_err() && said("1 2 3 4 5 6").is_err());
    }
}
